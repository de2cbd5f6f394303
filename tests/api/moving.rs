//! docs/moving.md is correct: its bash commands copy the data of one server to another.

use crate::support::{Client, Server};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The commands of the page, in order.
fn commands() -> String {
    let page = include_str!("../../docs/moving.md");
    let blocks = page.split("```bash\n").skip(1).map(|part| part.split("```").next().unwrap());
    blocks.collect::<Vec<_>>().join("\n")
}

/// Creates the data of a site. Returns the id of a data connection that has a user name.
fn fill(site: &Client) -> String {
    let tag = site.create("tag", &json!({"name": "finance"}));
    site.create(
        "custompropertydefinition",
        &json!({"name": "stage", "choiceValues": ["test", "prod"],
            "objectTypes": ["DataConnection"]}),
    );
    let owner = site.create("user", &json!({"userDirectory": "LAB", "userId": "anna"}));
    site.create(
        "systemrule",
        &json!({"name": "Read prod", "resourceFilter": "DataConnection_*", "actions": 2,
            "rule": "resource.@stage = \"prod\""}),
    );
    let connection = site.create(
        "dataconnection",
        &json!({"name": "Sales", "type": "odbc", "connectionstring": "host=db",
            "username": "reader", "password": "secret of the site", "owner": {"id": owner["id"]},
            "tags": [{"id": tag["id"]}],
            "customProperties": [{"value": "prod", "definition": {"name": "stage"}}]}),
    );
    connection["id"].as_str().unwrap().to_owned()
}

/// A folder with the certificates where the page expects them.
fn workplace(site: &Server, patchbay: &Server) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let copy = |from: &Path, to: &str| {
        let to = folder.path().join(to);
        fs::create_dir_all(&to).unwrap();
        for name in ["root.pem", "client.pem", "client_key.pem"] {
            fs::copy(from.join("certs").join(name), to.join(name)).unwrap();
        }
    };
    copy(&site.data(), "site");
    copy(&patchbay.data(), "patchbay-data/certs");
    folder
}

/// All entities of a type by id, without the data that the page names as not copied.
fn entities(client: &Client, path: &str) -> BTreeMap<String, Json> {
    fn strip(json: &mut Json) {
        match json {
            Json::Object(fields) => {
                for name in ["createdDate", "modifiedDate", "modifiedByUserName"] {
                    fields.remove(name);
                }
                // Each copy of a custom property value gets a new id.
                if fields.contains_key("definition") {
                    fields.remove("id");
                }
                fields.values_mut().for_each(strip);
            }
            Json::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let list = client.get(&format!("/{path}/full")).expect(200).json();
    let by_id = |entity: &Json| {
        let mut entity = entity.clone();
        strip(&mut entity);
        (entity["id"].as_str().unwrap().to_owned(), entity)
    };
    list.as_array().unwrap().iter().map(by_id).collect()
}

#[test]
fn the_commands_of_the_page_copy_the_data_of_a_site() {
    let (site, patchbay) = (Server::start(), Server::start());
    let id = fill(&site.repository());
    let folder = workplace(&site, &patchbay);
    let address = |server: &Server| server.base.trim_start_matches("https://").to_owned();
    let script = commands()
        .replace("127.0.0.1:4242", &address(&patchbay))
        .replace("qlik.example.com:4242", &address(&site));
    let output = Command::new("bash")
        .args(["-euc", &format!("id={id}\n{script}")])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    assert!(printed.contains("\"outcome\":\"imported\""), "{printed}");

    for path in ["tag", "custompropertydefinition", "user", "dataconnection", "systemrule"] {
        let copied = entities(&patchbay.repository(), path);
        assert_eq!(copied, entities(&site.repository(), path), "{path}");
        let saved = fs::read_to_string(folder.path().join(format!("{path}.json"))).unwrap();
        let saved: Json = serde_json::from_str(&saved).unwrap();
        assert_eq!(saved.as_array().unwrap().len(), copied.len(), "{path}");
    }
}
