//! An entity that is open in the console while another client changes it.

use crate::support::browser::{Browser, fields};
use crate::support::credentials::{engine, redeem, token};
use crate::support::visitor::start;
use crate::support::{Client, Reply, Server, id};
use serde_json::{Value as Json, json};

/// The user of the other client.
pub const THEM: &str = "INTERNAL\\sa_repository";

pub type Form = Vec<(String, String)>;

/// An administrator's browser, and another client that changes the same entity.
pub struct Scene {
    pub server: Server,
    pub front: String,
    pub browser: Browser,
    pub them: Client,
}

impl Scene {
    pub fn new() -> Self {
        let (server, front) = start(&[]);
        let browser = Browser::administrator(&server, &front);
        let them = server.repository();
        Self { server, front, browser, them }
    }

    /// Creates an entity, and returns its path below `/qrs`.
    pub fn create(&self, kind: &str, body: &Json) -> String {
        format!("/{kind}/{}", id(&self.them.create(kind, body)))
    }

    pub fn connection(&self, more: &Json) -> String {
        let mut body = json!({
            "name": "c", "type": "internet", "connectionstring": "lib://c", "username": "before"
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.create("dataconnection", &body)
    }

    pub fn open(&mut self, path: &str) -> Form {
        fields(&self.browser.get(&format!("/console{path}")).expect_page(200).text)
    }

    /// Submits a form with these texts as the only values of the named fields.
    pub fn save(&mut self, path: &str, form: &Form, changes: &[(&str, &str)]) -> Reply {
        let is_kept =
            |(name, _): &&(String, String)| changes.iter().all(|(changed, _)| changed != name);
        let kept = form.iter().filter(is_kept).map(|(name, text)| (name.as_str(), text.as_str()));
        let all: Vec<(&str, &str)> = kept.chain(changes.iter().copied()).collect();
        self.browser.post(&format!("/console{path}"), &all)
    }

    /// The other client changes the entity, from its current version.
    pub fn they_change(&self, path: &str, body: &Json) {
        Reply::of(self.them.request("PUT", path).header("If-Match", "*").json(body)).expect(200);
    }

    pub fn stored(&self, path: &str) -> Json {
        self.them.get(path).expect(200).json()
    }

    /// The last modification date, as pages show it.
    pub fn date(&self, path: &str) -> String {
        self.stored(path)["modifiedDate"].as_str().unwrap().replace('T', " ").replace('Z', "")
    }

    pub fn password(&self, path: &str) -> String {
        let engine = engine(&self.server);
        let token = token(&self.server, &engine, path.rsplit('/').next().unwrap());
        redeem(&self.server, &engine, &token).expect(200).json()["password"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

/// The fields for which the page asks to choose a value.
pub fn conflicting_fields(page: &Reply) -> Vec<String> {
    fields(&page.text)
        .iter()
        .filter_map(|(name, _)| name.strip_prefix("before "))
        .map(ToOwned::to_owned)
        .collect()
}

pub fn names(list: &Json, name: &str) -> Vec<String> {
    let mut names: Vec<String> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item[name].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}
