//! A site, and a folder in which the commands for sites run.

use super::machine::{patchbay, says};
use super::rules::{rule, user};
use super::{Client, Server, connection, id, program};
use serde_json::{Value as Json, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;

/// A folder in which the commands run, and a site.
pub struct Staging {
    pub folder: TempDir,
    pub site: Server,
}

impl Staging {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), site: Server::start() }
    }

    /// The address of the site by this name of its machine.
    pub fn url(&self, host: &str) -> String {
        format!("https://{host}:{}", port(&self.site))
    }

    /// Runs `patchbay site` with these arguments.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let mut command = program();
        command.current_dir(self.folder.path()).arg("site").args(arguments).output().unwrap()
    }

    /// Adds the site by the certificates in a folder.
    pub fn add(&self, name: &str, url: &str, certificates: &Path, more: &[&str]) -> Output {
        let certificates = certificates.to_str().unwrap();
        let arguments = ["add", name, "--url", url, "--certificates", certificates];
        self.run(&[&arguments[..], &["--as", r"INTERNAL\sa_api"], more].concat())
    }

    pub fn certificates(&self) -> PathBuf {
        self.site.data().join("certs")
    }

    /// A copy of the site's certificates, of which a test changes one.
    pub fn copy(&self, name: &str) -> PathBuf {
        let copy = self.folder.path().join(name);
        fs::create_dir(&copy).unwrap();
        for file in ["root.pem", "client.pem", "client_key.pem"] {
            fs::copy(self.certificates().join(file), copy.join(file)).unwrap();
        }
        copy
    }
}

/// A Patchbay, and a site from which it pulls.
pub struct Pair {
    pub here: Server,
    pub there: Server,
}

impl Pair {
    /// Both run, and here knows the site as `prod`.
    pub fn new() -> Self {
        let (here, there) = (Server::start(), Server::start_new());
        let url = format!("https://localhost:{}", port(&there));
        says(&add_site(&here, &url, &there.data().join("certs")), &[]);
        Self { here, there }
    }

    /// Pulls, and returns what that prints. Nothing is to be decided.
    #[track_caller]
    pub fn pull(&self, more: &[&str]) -> Vec<String> {
        lines(&self.try_pull(more))
    }

    pub fn try_pull(&self, more: &[&str]) -> Output {
        patchbay(&self.here.data(), &[&["pull", "prod"], more].concat())
    }
}

/// Makes this the site `prod` of a Patchbay.
pub fn add_site(here: &Server, url: &str, certificates: &Path) -> Output {
    let arguments = ["site", "add", "prod", "--replace", "--url", url, "--certificates"];
    let more = [certificates.to_str().unwrap(), "--as", r"INTERNAL\sa_api"];
    patchbay(&here.data(), &[&arguments[..], &more].concat())
}

pub fn port(server: &Server) -> u16 {
    server.base.rsplit(':').next().unwrap().trim_end_matches("/qrs").parse().unwrap()
}

pub fn lines(output: &Output) -> Vec<String> {
    says(output, &[]).lines().map(str::to_owned).collect()
}

/// The output of a command as docs/staging.md shows it.
pub fn documented(command: &str) -> Vec<String> {
    let page = include_str!("../../../docs/staging.md");
    let (_, rest) = page.split_once(&format!("$ patchbay {command}")).unwrap();
    let output = rest.lines().skip(1).take_while(|line| !line.starts_with(['$', '`']));
    output.map(str::to_owned).collect()
}

/// Puts data on a server that uses all that a pull brings in.
pub fn fill(client: &Client) {
    client.create("tag", &json!({"name": "finance"}));
    client.create(
        "custompropertydefinition",
        &json!({"name": "Department", "choiceValues": ["East", "West"],
            "objectTypes": ["User", "DataConnection"]}),
    );
    user(client, "anna", &["ContentAdmin"], &["Sales"], &["East"]);
    let mut sales = connection("Sales");
    sales["owner"] = json!({"userDirectory": "LAB", "userId": "anna"});
    sales["username"] = json!("reader");
    sales["password"] = json!("canary-of-a-password");
    sales["logOn"] = json!(1);
    sales["tags"] = json!([{"id": tag(client, "finance")}]);
    sales["customProperties"] = json!([{"value": "West", "definition": {"name": "Department"}}]);
    let sales = client.create("dataconnection", &sales);
    let mut ledger = connection("Ledger");
    ledger["connectionstring"] = json!("host=db;port=1521");
    client.create("dataconnection", &ledger);
    let mut own = connection("ServerLogFolder");
    own["type"] = json!("folder");
    client.create("dataconnection", &own);
    let mut one = rule("Read Sales", "resource.@Department = user.@Department", 2);
    one["resourceFilter"] = json!(format!("DataConnection_{}", id(&sales)));
    client.create("systemrule", &one);
}

/// The tag of this name.
pub fn tag(client: &Client, name: &str) -> String {
    id(&one(client, "tag", name))
}

/// The one entity of this name, in full.
#[track_caller]
pub fn one(client: &Client, entity: &str, name: &str) -> Json {
    let reply = client.get(&format!("/{entity}/full?filter=name eq '{name}'")).expect(200).json();
    let [one] = reply.as_array().unwrap().as_slice() else { panic!("{reply}") };
    one.clone()
}

/// Changes these properties of the one entity of this name.
pub fn change(client: &Client, entity: &str, name: &str, changes: &Json) -> Json {
    let mut body = one(client, entity, name);
    for (property, value) in changes.as_object().unwrap() {
        body[property] = value.clone();
    }
    client.put(&format!("/{entity}/{}", id(&body)), &body).expect(200).json()
}

/// The lines of a pull after which something is to be decided, and the message.
#[track_caller]
pub fn undecided(output: &Output) -> (Vec<String>, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", text(&output.stderr));
    (text(&output.stdout).lines().map(str::to_owned).collect(), text(&output.stderr))
}
