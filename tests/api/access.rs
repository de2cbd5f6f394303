//! Random rules, users and connections: the lists, privileges and statuses that each user gets
//! match what the rules say. The expected results are worked out here independently, from the
//! documentation.

mod case;
mod condition;
mod facts;

use crate::support::{Client, Reply, Server, encode};
use case::{ACTIONS, Case, Rule, cases};
use facts::{ASKERS, CONNECTIONS, Connection, USERS, User};
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestCaseResult, TestRunner};
use serde_json::{Value as Json, json};
use std::cell::Cell;

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

/// `PROPTEST_CASES` sets the number of cases.
#[test]
fn users_have_exactly_the_access_that_random_rules_grant() {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 30;
    }
    let site = Site::new();
    let outcome = TestRunner::new(config).run(&cases(), |case| site.check(&case));
    assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
}
