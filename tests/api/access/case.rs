//! Random rules and requests, and the access that a user should have. Worked out from the
//! documentation alone, without code of the program.

use super::condition::{Condition, Privileges, conditions};
use super::facts::{self, ASKERS, CONNECTIONS, Connection, Resource, USERS, User, fold, unborn};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value as Json, json};

/// The actions that apply to connections, in the order of their bits.
pub const ACTIONS: [(&str, i64); 5] =
    [("create", 1), ("read", 2), ("update", 4), ("delete", 8), ("changeowner", 64)];

#[derive(Clone, Debug)]
pub struct Rule {
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
pub struct Case {
    pub rules: Vec<Rule>,
    pub user: usize,
    pub is_hub: bool,
    pub filter: Option<(&'static str, &'static str)>,
    /// The numbers of the connections that the test tries to read, change and delete.
    pub tried: Vec<usize>,
    pub new_owner: usize,
    pub unborn: Connection,
}

impl Rule {
    pub fn body(&self) -> Json {
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

    pub fn may_with(&self, action: &str, connection: &Connection) -> bool {
        self.may(action, Resource::Connection(connection))
    }

    pub fn privileges(&self, connection: &Connection) -> Vec<&'static str> {
        ACTIONS
            .iter()
            .map(|(action, _)| *action)
            .filter(|action| self.may_with(action, connection))
            .collect()
    }

    /// The status of an action on a stored connection.
    pub fn status(&self, action: &str, connection: &Connection, success: u16) -> u16 {
        match (self.may_with("read", connection), self.may_with(action, connection)) {
            (false, _) => 404,
            (true, false) => 403,
            (true, true) => success,
        }
    }

    /// The status of changing a connection's owner.
    pub fn giving_status(&self, given: &Connection) -> u16 {
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
    pub fn finds(&self, connection: &Connection) -> bool {
        let Some((property, value)) = self.filter else { return true };
        let owner = &USERS[connection.owner];
        match property {
            "name sw" => fold(connection.name).starts_with(&fold(value)),
            "@Team eq" => connection.teams.iter().any(|team| fold(team) == fold(value)),
            _ => self.may("read", Resource::User(owner)) && fold(owner.user_id) == fold(value),
        }
    }

    pub fn seen(&self) -> Vec<&'static Connection> {
        CONNECTIONS.iter().filter(|connection| self.may_with("read", connection)).collect()
    }
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

pub fn cases() -> impl Strategy<Value = Case> {
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
