//! Connections in the console that tests change and delete together.

use crate::support::browser::{Browser, fields};
use crate::support::rules::rule;
use crate::support::visitor::start;
use crate::support::{Client, Reply, Server, id};
use serde_json::{Value as Json, json};

pub const PATH: &str = "/console/dataconnection/selected";

/// The connections a, b and c, with the data to change them.
pub struct Site {
    pub server: Server,
    pub front: String,
    pub browser: Browser,
    pub client: Client,
    pub ids: Vec<String>,
    pub finance: String,
    pub old: String,
    pub stage: String,
}

impl Site {
    pub fn new() -> Self {
        let (server, front) = start(&[]);
        let browser = Browser::administrator(&server, &front);
        let client = server.repository();
        let [finance, old] =
            ["finance", "old"].map(|name| id(&client.create("tag", &json!({ "name": name }))));
        let definition = json!({
            "name": "stage", "choiceValues": ["dev", "prod"],
            "objectTypes": ["DataConnection", "User"]
        });
        let stage = id(&client.create("custompropertydefinition", &definition));
        let ids = ["a", "b", "c"].map(|name| id(&client.connection(name))).to_vec();
        let mut site = Self { server, front, browser, client, ids, finance, old, stage };
        site.browser.get("/console/dataconnection").expect_page(200);
        site
    }

    /// The fields that select the first connections, as the list sends them.
    pub fn chosen(&self, number: usize) -> Vec<(String, String)> {
        self.ids.iter().take(number).map(|id| ("id".to_owned(), id.clone())).collect()
    }

    /// Sends the form for the first connections, with further fields.
    pub fn send(&mut self, number: usize, action: &str, more: &[(&str, &str)]) -> Reply {
        let mut all = self.chosen(number);
        all.extend(more.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
        press(&mut self.browser, PATH, all, action)
    }

    pub fn stored(&self) -> Json {
        self.client.get("/dataconnection/full?orderby=name").expect(200).json()
    }

    pub fn set_stage(&self, names: &[&str], value: &str) {
        for name in names {
            let stored =
                self.client.get(&format!("/dataconnection?filter=name eq '{name}'")).json()[0]
                    .clone();
            let body =
                json!({"customProperties": [{"value": value, "definition": {"id": self.stage}}]});
            change(&self.client, "dataconnection", &id(&stored), &body);
        }
    }
}

/// Creates a user of LAB with these roles, and returns the id.
pub fn user(client: &Client, user_id: &str, roles: &Json) -> String {
    id(&client.create("user", &json!({"userDirectory": "LAB", "userId": user_id, "roles": roles})))
}

/// Creates a rule that lets developers read everything except production. dev is a developer, ops
/// is not.
pub fn with_developers(site: &Site) -> String {
    user(&site.client, "dev", &json!(["Developer"]));
    user(&site.client, "ops", &json!([]));
    let condition = "user.roles = \"Developer\" and resource.@stage != \"prod\"";
    id(&site.client.create("systemrule", &rule("Developers", condition, 2)))
}

/// Sends fields, as a button does.
pub fn press(
    browser: &mut Browser,
    path: &str,
    mut fields: Vec<(String, String)>,
    action: &str,
) -> Reply {
    fields.push(("do".to_owned(), action.to_owned()));
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    browser.post(path, &fields)
}

/// Submits the form of a page.
pub fn press_on(browser: &mut Browser, page: &Reply, action: &str) -> Reply {
    press(browser, PATH, fields(&page.text), action)
}

pub fn change(client: &Client, kind: &str, id: &str, body: &Json) {
    Reply::of(client.request("PUT", &format!("/{kind}/{id}")).header("If-Match", "*").json(body))
        .expect(200);
}

pub fn has(page: &Reply, parts: &[&str]) {
    for part in parts {
        assert!(page.text.contains(part), "{part} is not in {}", page.text);
    }
}
