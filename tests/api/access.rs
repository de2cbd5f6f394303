//! Random rules, users and connections: the lists, privileges and statuses that each user gets
//! match what the rules say. The expected results are worked out here independently, from the
//! documentation.

mod condition;
mod facts;

use crate::support::{Client, Reply, Server, encode};
use condition::{Condition, Privileges, conditions};
use facts::{ASKERS, CONNECTIONS, Connection, Resource, USERS, User, fold, unborn};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::{TestCaseError, TestCaseResult, TestRunner};
use serde_json::{Value as Json, json};
use std::cell::Cell;

/// The actions that apply to connections, in the order of their bits.
const ACTIONS: [(&str, i64); 5] =
    [("create", 1), ("read", 2), ("update", 4), ("delete", 8), ("changeowner", 64)];

#[derive(Clone, Debug)]
struct Rule {
    items: Vec<Item>,
    actions: i64,
    context: i64,
    is_disabled: bool,
    category: &'static str,
    condition: Option<Condition>,
}

/// An item of a resource filter.
#[derive(Clone, Debug)]
enum Item {
    Types(&'static str),
    /// One connection, by its number.
    One(usize),
}

/// One random test case: rules, and a user who sends requests.
#[derive(Clone, Debug)]
struct Case {
    rules: Vec<Rule>,
    user: usize,
    is_hub: bool,
    filter: Option<(&'static str, &'static str)>,
    /// The numbers of the connections that the test tries to read, change and delete.
    tried: Vec<usize>,
    new_owner: usize,
    unborn: Connection,
}

impl Rule {
    fn body(&self) -> Json {
        let item = |item: &Item| match item {
            Item::Types(text) => (*text).to_owned(),
            Item::One(number) => format!("DataConnection_{}", facts::id(*number)),
        };
        json!({
            "name": "random", "actions": self.actions, "ruleContext": self.context,
            "disabled": self.is_disabled,
            "category": self.category,
            "resourceFilter": self.items.iter().map(item).collect::<Vec<_>>().join(", "),
            "rule": self.condition.as_ref().map(ToString::to_string).unwrap_or_default(),
        })
    }

    fn covers(&self, action: &str, resource: Resource<'_>) -> bool {
        self.items.iter().any(|item| match (item, resource) {
            (Item::Types("*"), _) => true,
            (Item::Types(kind), Resource::Connection(_)) => kind.starts_with('D'),
            (Item::Types(kind), Resource::User(_)) => kind.starts_with('U'),
            // A connection that does not exist yet has no id.
            (Item::One(number), Resource::Connection(connection)) => {
                connection.number == *number && action != "create"
            }
            (Item::One(_), Resource::User(_)) => false,
        })
    }
}

impl Privileges for Case {
    fn user(&self) -> &User {
        &USERS[self.user]
    }

    fn may(&self, action: &str, resource: Resource<'_>) -> bool {
        let bit = ACTIONS.iter().find(|(name, _)| *name == action).unwrap().1;
        let other_place = if self.is_hub { 2 } else { 1 };
        self.may_by_default(action, resource)
            || self.rules.iter().any(|rule| {
                !rule.is_disabled
                    && rule.category == "Security"
                    && rule.actions & bit != 0
                    && rule.context != other_place
                    && rule.covers(action, resource)
                    && rule
                        .condition
                        .as_ref()
                        .is_none_or(|condition| condition.holds(self, resource))
            })
    }
}

impl Case {
    /// Whether the default rules allow it, as far as they concern connections and users without
    /// roles.
    fn may_by_default(&self, action: &str, resource: Resource<'_>) -> bool {
        let is_me = |user: &User| user.user_id == self.user().user_id;
        match resource {
            Resource::Connection(connection) if action == "create" => {
                fold(connection.kind) != "folder"
            }
            Resource::Connection(connection) => is_me(&USERS[connection.owner]),
            Resource::User(user) => action == "read" && is_me(user),
        }
    }

    fn may_with(&self, action: &str, connection: &Connection) -> bool {
        self.may(action, Resource::Connection(connection))
    }

    fn privileges(&self, connection: &Connection) -> Vec<&'static str> {
        ACTIONS
            .iter()
            .map(|(action, _)| *action)
            .filter(|action| self.may_with(action, connection))
            .collect()
    }

    /// The status of an action on a stored connection.
    fn status(&self, action: &str, connection: &Connection, success: u16) -> u16 {
        match (self.may_with("read", connection), self.may_with(action, connection)) {
            (false, _) => 404,
            (true, false) => 403,
            (true, true) => success,
        }
    }

    /// The status of changing a connection's owner.
    fn giving_status(&self, given: &Connection) -> u16 {
        let after = Connection { owner: self.new_owner, ..given.clone() };
        match self.status("update", given, 200) {
            200 if !self.may("read", Resource::User(&USERS[self.new_owner])) => 400,
            200 if !self.may_with("changeowner", given) => 403,
            // An update can't produce an entity that the user is not allowed to create.
            200 if self.may_with("create", given) && !self.may_with("create", &after) => 403,
            status => status,
        }
    }

    /// Whether the filter matches the connection. It only sees connections and owners that the user
    /// can read.
    fn finds(&self, connection: &Connection) -> bool {
        let Some((property, value)) = self.filter else { return true };
        let owner = &USERS[connection.owner];
        match property {
            "name sw" => fold(connection.name).starts_with(&fold(value)),
            "@Team eq" => connection.teams.iter().any(|team| fold(team) == fold(value)),
            _ => self.may("read", Resource::User(owner)) && fold(owner.user_id) == fold(value),
        }
    }

    fn seen(&self) -> Vec<&'static Connection> {
        CONNECTIONS.iter().filter(|connection| self.may_with("read", connection)).collect()
    }
}

/// The server with the users and connections that all cases share.
struct Site {
    _server: Server,
    repository: Client,
    clients: Vec<Client>,
    /// Whether a connection may differ from its initial state.
    is_dirty: Cell<bool>,
}

impl Site {
    fn new() -> Self {
        let server = Server::start();
        let repository = server.repository();
        let team = json!({"name": "Team", "objectTypes": ["User", "DataConnection"]});
        repository.create("custompropertydefinition", &team);
        repository.create(
            "tag/many",
            &json!([{"id": facts::id(101), "name": "t1"}, {"id": facts::id(102), "name": "t2"}]),
        );
        repository.create("user/many", &USERS[..ASKERS].iter().map(User::body).collect());
        repository
            .create("dataconnection/many", &CONNECTIONS.iter().map(Connection::body).collect());
        let clients = USERS[..ASKERS].iter().map(|user| server.user(user.user_id)).collect();
        Self { _server: server, repository, clients, is_dirty: Cell::new(false) }
    }

    /// Restores the connections that the last case may have changed; it may have ended halfway.
    fn restore(&self) {
        let rules = self.repository.get("/systemrule?filter=type eq 'Custom'").expect(200).json();
        for rule in rules.as_array().unwrap() {
            self.repository
                .delete(&format!("/systemrule/{}", rule["id"].as_str().unwrap()))
                .expect(204);
        }
        if !self.is_dirty.get() {
            return;
        }
        let stored = self.repository.get("/dataconnection").expect(200).json();
        for row in stored.as_array().unwrap() {
            self.repository
                .delete(&format!("/dataconnection/{}", row["id"].as_str().unwrap()))
                .expect(204);
        }
        self.repository
            .create("dataconnection/many", &CONNECTIONS.iter().map(Connection::body).collect());
        self.is_dirty.set(false);
    }

    fn ask(&self, case: &Case, method: &str, path: &str, body: Option<&Json>) -> Reply {
        let mut request = self.clients[case.user].request(method, path);
        if case.is_hub {
            request = request.header("X-Qlik-Security", "Context=AppAccess");
        }
        if let Some(body) = body {
            request = request.header("If-Match", "*").json(body);
        }
        Reply::of(request)
    }

    fn get(&self, case: &Case, path: &str) -> Json {
        self.ask(case, "GET", path, None).expect(200).json()
    }

    fn check(&self, case: &Case) -> TestCaseResult {
        self.restore();
        self.repository.create("systemrule/many", &case.rules.iter().map(Rule::body).collect());
        let full = self.check_lists(case)?;
        self.check_each(case, &full)?;
        self.check_found(case)?;
        for index in &case.tried {
            self.try_update(case, &CONNECTIONS[*index])?;
            self.try_giving(case, &CONNECTIONS[*index])?;
            self.try_delete(case, &CONNECTIONS[*index])?;
        }
        self.try_create(case)
    }

    /// Both lists show the readable connections with all their privileges. Returns the full list.
    fn check_lists(&self, case: &Case) -> Result<Json, TestCaseError> {
        let expected: Vec<(String, Vec<&str>)> = case
            .seen()
            .iter()
            .map(|connection| (connection.id(), case.privileges(connection)))
            .collect();
        let lists = ["", "/full"]
            .map(|form| self.get(case, &format!("/dataconnection{form}?privileges=true")));
        for list in &lists {
            let mut rows: Vec<_> = list
                .as_array()
                .unwrap()
                .iter()
                .map(|row| (text(&row["id"]), actions_of(row)))
                .collect();
            rows.sort();
            prop_assert_eq!(&rows, &expected);
        }
        let [condensed, full] = lists;
        let all = |list: &Json| {
            list.as_array().unwrap().iter().map(|row| row["privileges"].clone()).collect::<Vec<_>>()
        };
        prop_assert_eq!(all(&condensed), all(&full));
        Ok(full)
    }

    /// Each connection is readable by its id exactly if the list has it, with the same content.
    fn check_each(&self, case: &Case, full: &Json) -> TestCaseResult {
        for connection in &CONNECTIONS {
            let reply =
                self.ask(case, "GET", &format!("{}?privileges=true", connection.path()), None);
            prop_assert_eq!(reply.status, case.status("read", connection, 200), "{:?}", connection);
            let row = full.as_array().unwrap().iter().find(|row| row["id"] == connection.id());
            let shown = (reply.status == 200).then(|| reply.json());
            prop_assert_eq!(row, shown.as_ref());
        }
        Ok(())
    }

    fn check_found(&self, case: &Case) -> TestCaseResult {
        let filter = case
            .filter
            .map(|(property, value)| encode(&format!("{property} '{value}'")))
            .unwrap_or_default();
        let found: Vec<String> =
            case.seen().into_iter().filter(|row| case.finds(row)).map(Connection::id).collect();
        let list = self.get(case, &format!("/dataconnection?filter={filter}"));
        let mut ids: Vec<String> =
            list.as_array().unwrap().iter().map(|row| text(&row["id"])).collect();
        ids.sort();
        prop_assert_eq!(&ids, &found);
        let count = self.get(case, &format!("/dataconnection/count?filter={filter}"));
        prop_assert_eq!(&count["value"], &json!(found.len()));
        Ok(())
    }

    fn try_update(&self, case: &Case, connection: &Connection) -> TestCaseResult {
        let reply = self.ask(case, "PUT", &connection.path(), Some(&json!({"username": "x"})));
        prop_assert_eq!(
            reply.status,
            case.status("update", connection, 200),
            "{:?}: {}",
            connection,
            reply.text
        );
        Ok(())
    }

    fn try_giving(&self, case: &Case, connection: &Connection) -> TestCaseResult {
        if case.new_owner == connection.owner {
            return Ok(());
        }
        self.is_dirty.set(true);
        let body = json!({"owner": USERS[case.new_owner].key()});
        let reply = self.ask(case, "PUT", &connection.path(), Some(&body));
        prop_assert_eq!(
            reply.status,
            case.giving_status(connection),
            "{:?}: {}",
            connection,
            reply.text
        );
        if reply.status == 200 {
            let request =
                self.repository.request("PUT", &connection.path()).header("If-Match", "*");
            Reply::of(request.json(&json!({"owner": USERS[connection.owner].key()}))).expect(200);
        }
        self.is_dirty.set(false);
        Ok(())
    }

    fn try_delete(&self, case: &Case, connection: &Connection) -> TestCaseResult {
        self.is_dirty.set(true);
        let reply = self.ask(case, "DELETE", &connection.path(), None);
        prop_assert_eq!(
            reply.status,
            case.status("delete", connection, 204),
            "{:?}: {}",
            connection,
            reply.text
        );
        if reply.status == 204 {
            self.repository.create("dataconnection", &connection.body());
        }
        self.is_dirty.set(false);
        Ok(())
    }

    fn try_create(&self, case: &Case) -> TestCaseResult {
        self.is_dirty.set(true);
        let reply =
            self.ask(case, "POST", "/dataconnection?privileges=true", Some(&case.unborn.body()));
        let may_create = case.may_with("create", &case.unborn);
        prop_assert_eq!(reply.status, if may_create { 201 } else { 403 }, "{}", reply.text);
        if may_create {
            let made = reply.json();
            prop_assert_eq!(actions_of(&made), case.privileges(&case.unborn));
            self.repository.delete(&format!("/dataconnection/{}", text(&made["id"]))).expect(204);
        }
        self.is_dirty.set(false);
        Ok(())
    }
}

fn text(value: &Json) -> String {
    value.as_str().unwrap().to_owned()
}

/// The privileges of an entity, restricted to [`ACTIONS`].
fn actions_of(row: &Json) -> Vec<&'static str> {
    let names = row["privileges"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
    names
        .filter_map(|name| ACTIONS.iter().find(|(action, _)| *action == name))
        .map(|(action, _)| *action)
        .collect()
}

fn rules() -> impl Strategy<Value = Rule> {
    // Wildcard filters also match types without connections, so property names in conditions are
    // not checked.
    let item = prop_oneof![
        3 => Just(Item::Types("DataConnection_*")),
        2 => Just(Item::Types("*")),
        1 => select(vec!["Data*", "DATAconnection_*", "User*", "Tag_*,App*"]).prop_map(Item::Types),
        2 => (1..=CONNECTIONS.len()).prop_map(Item::One),
    ];
    let bits = subsequence(ACTIONS.map(|(_, bit)| bit).to_vec(), 1..=ACTIONS.len());
    (
        prop::collection::vec(item, 1..=3),
        bits.prop_map(|bits| bits.iter().sum::<i64>()),
        prop_oneof![4 => Just(0_i64), 1 => Just(1), 1 => Just(2)],
        prop::bool::weighted(0.1),
        prop_oneof![9 => Just("Security"), 1 => Just("License")],
        prop::option::weighted(0.95, conditions()),
    )
        .prop_map(|(items, actions, context, is_disabled, category, condition)| {
            let actions = actions & !circular(condition.as_ref());
            Rule { items, actions, context, is_disabled, category, condition }
        })
}

/// The actions that a rule with this condition can't grant, because privileges would depend on
/// themselves: read if the condition asks for the read privilege, read and update if it asks for
/// the update privilege.
fn circular(condition: Option<&Condition>) -> i64 {
    match condition {
        Some(condition) if condition.depends_on("update") => 2 + 4,
        Some(condition) if condition.depends_on("read") => 2,
        _ => 0,
    }
}

fn cases() -> impl Strategy<Value = Case> {
    let filter = prop_oneof![
        (Just("name sw"), select(vec!["s", "SALES", "a", "x"])),
        (Just("@Team eq"), select(vec!["red", "BLUE", "strasse", "none"])),
        (Just("owner.userId eq"), select(vec!["anna", "BERT", "carl", "dora", "sa_repository"])),
    ];
    let unborn_kind = select(vec!["internet", "folder", "Folder", "QvRestConnector.exe"]);
    let unborn_teams = select(vec![&[][..], &["Red"], &["BLUE", "Straße"]]);
    (
        prop::collection::vec(rules(), 1..=4),
        0..ASKERS,
        any::<bool>(),
        prop::option::weighted(0.9, filter),
        subsequence((0..CONNECTIONS.len()).collect::<Vec<_>>(), 1..=2),
        0..USERS.len(),
        (unborn_kind, unborn_teams),
    )
        .prop_map(|(rules, user, is_hub, filter, tried, new_owner, (kind, teams))| {
            // The new connection belongs to the caller, who may be unable to read other owners.
            Case {
                rules,
                user,
                is_hub,
                filter,
                tried,
                new_owner,
                unborn: unborn(kind, user, teams),
            }
        })
}

/// `PROPTEST_CASES` sets the number of cases.
#[test]
fn users_have_exactly_the_access_that_random_rules_grant() {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 60;
    }
    let site = Site::new();
    let outcome = TestRunner::new(config).run(&cases(), |case| site.check(&case));
    assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
}
