//! The users and data connections of the site, and the values that conditions can compare.

use crate::support::connection;
use serde_json::{Value as Json, json};

#[derive(Debug)]
#[expect(clippy::struct_field_names, reason = "userId is QRS's name")]
pub struct User {
    pub directory: &'static str,
    pub user_id: &'static str,
    name: &'static str,
    roles: &'static [&'static str],
    groups: &'static [&'static str],
    teams: &'static [&'static str],
}

#[derive(Clone, Debug)]
pub struct Connection {
    /// The number in its id; 0 until the connection is stored.
    pub number: usize,
    pub name: &'static str,
    pub kind: &'static str,
    /// The index of the owner in [`USERS`].
    pub owner: usize,
    pub teams: &'static [&'static str],
    /// The numbers of its tags.
    pub tags: &'static [usize],
}

/// The resource that a rule is evaluated on.
#[derive(Clone, Copy, Debug)]
pub enum Resource<'a> {
    Connection(&'a Connection),
    User(&'a User),
}

pub static USERS: [User; 5] = [
    lab("anna", "Anna", &[], &["Sales", "EUROPE"], &["Red", "blue"]),
    lab("bert", "Bert B.", &["Designer"], &["sales"], &["STRASSE", "red"]),
    lab("carl", "internet", &["designer", "Auditor"], &["sal*"], &[]),
    lab("dora", "red", &[], &[], &["Blue"]),
    User {
        directory: "INTERNAL",
        user_id: "sa_repository",
        name: "sa_repository",
        roles: &[],
        groups: &[],
        teams: &[],
    },
];

/// The number of LAB users, who send the requests. The last user is the repository's account, which
/// only owns connections.
pub const ASKERS: usize = 4;

const fn lab(
    user_id: &'static str,
    name: &'static str,
    roles: &'static [&'static str],
    groups: &'static [&'static str],
    teams: &'static [&'static str],
) -> User {
    User { directory: "LAB", user_id, name, roles, groups, teams }
}

pub static CONNECTIONS: [Connection; 8] = [
    stored(1, "Sales EU", "QvOdbcConnectorPackage.exe", 0, &["Red"], &[101]),
    stored(2, "sales us", "internet", 1, &["blue", "RED"], &[101, 102]),
    stored(3, "Archive", "folder", 0, &[], &[]),
    stored(4, "Finance", "Folder", 3, &["Strasse"], &[102]),
    stored(5, "Anna", "internet", 3, &[], &[]),
    stored(6, "HR", "QvRestConnector.exe", 1, &["Straße", "Red"], &[]),
    stored(7, "sal*", "INTERNET", 2, &["Blue"], &[101]),
    stored(8, "Europe", "folder", 4, &["RED"], &[]),
];

const fn stored(
    number: usize,
    name: &'static str,
    kind: &'static str,
    owner: usize,
    teams: &'static [&'static str],
    tags: &'static [usize],
) -> Connection {
    Connection { number, name, kind, owner, teams, tags }
}

/// A connection that does not exist yet.
pub const fn unborn(
    kind: &'static str,
    owner: usize,
    teams: &'static [&'static str],
) -> Connection {
    stored(0, "new", kind, owner, teams, &[])
}

/// Folds text as comparisons do.
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}

pub fn id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn custom_properties(teams: &[&str]) -> Vec<Json> {
    teams.iter().map(|team| json!({"value": team, "definition": {"name": "Team"}})).collect()
}

impl User {
    pub fn key(&self) -> Json {
        json!({"userDirectory": self.directory, "userId": self.user_id})
    }

    pub fn body(&self) -> Json {
        let groups: Vec<Json> = self
            .groups
            .iter()
            .map(|group| json!({"attributeType": "group", "attributeValue": group}))
            .collect();
        json!({
            "userDirectory": self.directory, "userId": self.user_id, "name": self.name,
            "roles": self.roles,
            "attributes": groups, "customProperties": custom_properties(self.teams),
        })
    }

    pub fn values(&self, name: &str) -> Vec<String> {
        match name {
            "userId" => owned(&[self.user_id]),
            "name" => owned(&[self.name]),
            "roles" => owned(self.roles),
            "group" => owned(self.groups),
            "@Team" => owned(self.teams),
            _ => Vec::new(),
        }
    }
}

impl Connection {
    pub fn id(&self) -> String {
        id(self.number)
    }

    pub fn path(&self) -> String {
        format!("/dataconnection/{}", self.id())
    }

    pub fn body(&self) -> Json {
        let mut body = connection(self.name);
        body["type"] = json!(self.kind);
        body["owner"] = USERS[self.owner].key();
        body["customProperties"] = json!(custom_properties(self.teams));
        body["tags"] = self.tags.iter().map(|tag| json!({"id": id(*tag)})).collect();
        if self.number > 0 {
            body["id"] = json!(self.id());
        }
        body
    }
}

impl<'a> Resource<'a> {
    pub fn owner(self) -> Option<&'a User> {
        match self {
            Self::Connection(connection) => Some(&USERS[connection.owner]),
            Self::User(_) => None,
        }
    }

    pub fn values(self, name: &str) -> Vec<String> {
        if let Some(name) = name.strip_prefix("owner.") {
            return self.owner().map(|owner| owner.values(name)).unwrap_or_default();
        }
        match (self, name) {
            (Self::Connection(_), "resourcetype") => owned(&["DataConnection"]),
            (Self::Connection(connection), "name") => owned(&[connection.name]),
            (Self::Connection(connection), "type") => owned(&[connection.kind]),
            (Self::Connection(connection), "@Team") => owned(connection.teams),
            (Self::Connection(_), _) => Vec::new(),
            (Self::User(_), "resourcetype") => owned(&["User"]),
            (Self::User(user), name) => user.values(name),
        }
    }
}
