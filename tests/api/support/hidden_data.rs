//! Connections with data that a user can't read, and replies to compare.

use crate::support::{Client, Reply, Server, UNKNOWN_ID, connection, encode, id};
use serde_json::{Value as Json, json};

/// anna can read all data connections, but no tag, no definition and no user except herself.
pub struct Site {
    _server: Server,
    pub anna: Client,
    pub repository: Client,
    pub bert: String,
    pub tag: String,
    pub definition: String,
}

impl Site {
    pub fn new() -> Self {
        let server = Server::start();
        let repository = server.repository();
        hide_tags_and_definitions(&repository);
        repository.create(
            "systemrule",
            &json!({"name": "all", "resourceFilter": "DataConnection_*", "actions": 2}),
        );
        let definition = json!({"name": "Stage", "objectTypes": ["DataConnection"]});
        let bert = json!({"userDirectory": "AD", "userId": "bert", "name": "Bert"});
        repository.create("user", &json!({"userDirectory": "LAB", "userId": "zoe"}));
        let site = Self {
            bert: id(&repository.create("user", &bert)),
            tag: id(&repository.create("tag", &json!({"name": "secret"}))),
            definition: id(&repository.create("custompropertydefinition", &definition)),
            anna: server.user("anna"),
            repository,
            _server: server,
        };
        site.anna.connection("own");
        // zoe's connection comes first, so that the order of creation differs from every order by
        // owner.
        site.connection_of("plain", json!({"userDirectory": "LAB", "userId": "zoe"}), json!({}));
        let marks = json!({
            "tags": [{"id": site.tag}],
            "customProperties": [{"value": "prod", "definition": {"id": site.definition}}],
        });
        site.connection_of("marked", json!({"id": site.bert}), marks);
        site
    }

    pub fn connection_of(&self, name: &str, owner: Json, mut marks: Json) {
        let mut body = connection(name);
        body["owner"] = owner;
        body.as_object_mut().unwrap().append(marks.as_object_mut().unwrap());
        self.repository.create("dataconnection", &body);
    }

    /// The values hidden from anna by the path that reaches them, each with a missing value of the
    /// same length.
    pub fn hidden(&self) -> Vec<(&'static str, &str, &'static str)> {
        vec![
            ("owner.userId", "bert", "none"),
            ("owner.name", "Bert", "None"),
            ("owner.userDirectory", "AD", "XY"),
            ("owner.id", &self.bert, UNKNOWN_ID),
            ("tags.name", "secret", "absent"),
            ("tags.id", &self.tag, UNKNOWN_ID),
            ("customProperties.definition.name", "Stage", "Other"),
            ("customProperties.definition.id", &self.definition, UNKNOWN_ID),
            ("@Stage", "prod", "none"),
        ]
    }
}

fn hide_tags_and_definitions(repository: &Client) {
    let found = repository
        .get("/systemrule?filter=name eq 'ReadTagsAndCustomProperties'")
        .expect(200)
        .json();
    let request = repository
        .request("PUT", &format!("/systemrule/{}", id(&found[0])))
        .header("If-Match", "*");
    Reply::of(request.json(&json!({"disabled": true}))).expect(200);
}

/// The status and text of a reply are all that a client can compare. Some messages repeat the
/// requested value, which is replaced.
pub fn comparable(reply: &Reply, hidden: &str, unknown: &str) -> (u16, String) {
    (reply.status, reply.text.replace(hidden, unknown))
}

/// The names of the connections that a filter and an order return.
pub fn names(client: &Client, filter: &str, order: &str) -> Vec<String> {
    let path = format!("/dataconnection?filter={}&orderby={}", encode(filter), encode(order));
    let list = client.get(&path).expect(200).json();
    list.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}
