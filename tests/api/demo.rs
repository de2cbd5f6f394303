//! `patchbay demo`: sample data that is worth exploring, and is kept.

use crate::support::visitor::{PASSWORD, Visitor, set_password};
use crate::support::{Reply, Server, program, wait_until};
use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};

const ADDRESSES: [&str; 4] = ["--listen", "127.0.0.1:0", "--front", "127.0.0.1:0"];

fn start(folder: tempfile::TempDir, arguments: &[&str]) -> Server {
    Server::start_command(folder, "demo", |command| {
        command.args(arguments);
    })
}

#[test]
fn one_command_starts_a_site_with_sample_data_that_is_kept() {
    let server = start(tempfile::tempdir().unwrap(), &ADDRESSES[2..]);
    let front = server
        .welcome
        .iter()
        .find_map(|line| line.strip_prefix("Front door: "))
        .unwrap()
        .to_owned();
    assert!(front.starts_with("http://127.0.0.1:"));
    assert!(server.welcome.contains(&format!("Console: {front}/console")));
    assert!(
        server
            .welcome
            .iter()
            .any(|line| line.starts_with("Choose the first administrator's password"))
    );
    let client = server.repository();
    let count = |path: &str| {
        client.get(&format!("/{path}/count")).expect(200).json()["value"].as_i64().unwrap()
    };
    assert_eq!(count("dataconnection"), 60);
    assert!(count("user") > 20 && count("tag") == 8 && count("custompropertydefinition") == 3);
    let all = client.get("/dataconnection/full").expect(200);
    let all = all.json();
    let sources = |name: &str| {
        let found = all
            .as_array()
            .unwrap()
            .iter()
            .filter(|own| own["connectionstring"].as_str().unwrap().contains(name));
        found.count()
    };
    for name in [
        "mssql",
        "postgres",
        "oracle",
        "mysql",
        "snowflake",
        "bigquery",
        "redshift",
        "s3",
        "azure",
        "OLEDB",
        "ODBC",
        "QvRest",
    ] {
        assert!(sources(name) > 0, "{name}");
    }
    for connection in all.as_array().unwrap() {
        assert_eq!(connection["owner"]["userDirectory"], "DEMO");
        assert!(
            !connection["tags"].as_array().unwrap().is_empty()
                && connection["customProperties"].as_array().unwrap().len() == 3
        );
    }
    // The rules share connections within a department.
    for (user, filter, expected) in [
        ("finance-trainee", "name so ''", 12),
        ("finance-trainee", "@Department eq 'finance'", 12),
        ("sales-trainee", "name so ''", 15),
        ("sales-trainee", "@Department eq 'people'", 0),
        ("auditor", "name so ''", 60),
    ] {
        assert!(set_password(&server.data(), &format!("DEMO\\{user}"), PASSWORD));
        let mut visitor = Visitor::new(&server, &front);
        visitor.login(&format!("DEMO\\{user}"), PASSWORD);
        let request = visitor.request("GET", &format!("/qrs/dataconnection/count?filter={filter}"));
        let reply =
            Reply::of(request.header("X-Qlik-Security", "Context=ManagementAccess")).expect(200);
        assert_eq!(reply.json()["value"], expected, "{user} {filter}");
    }
    // Changes are kept, and deleted entities are not created again.
    for name in client.names("dataconnection", "name so ''").iter().skip(1) {
        let id =
            client.get(&format!("/dataconnection?filter=name eq '{name}'")).json()[0]["id"].clone();
        client.delete(&format!("/dataconnection/{}", id.as_str().unwrap())).expect(204);
    }
    let server = start(server.stop(), &ADDRESSES[2..]);
    assert_eq!(server.repository().get("/dataconnection/count").json()["value"], 1);
    let folder = server.stop();
    let server = start(folder, &[&ADDRESSES[2..], &["--reset", "--yes"]].concat());
    assert_eq!(server.repository().get("/dataconnection/count").json()["value"], 60);
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = program();
    command.arg("demo").args(ADDRESSES).args(arguments).current_dir(folder).stdin(Stdio::null());
    command.output().unwrap()
}

#[test]
fn nothing_is_removed_without_confirmation_or_outside_a_demo_folder() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("patchbay-demo");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("mine"), "").unwrap();
    let refused = run(folder.path(), &["--reset", "--yes"]);
    assert!(
        refused.status.code() == Some(1)
            && String::from_utf8(refused.stderr).unwrap().contains("nothing was removed")
    );
    // A file that only resembles the demo's marker does not count as one.
    for pretended in ["demo", ".patchbay-demo"] {
        fs::write(data.join(pretended), "").unwrap();
        assert!(
            String::from_utf8(run(folder.path(), &["--reset", "--yes"]).stderr)
                .unwrap()
                .contains("nothing was removed")
        );
    }
    // The demo does not take over another site either.
    let other_site = tempfile::tempdir().unwrap();
    fs::write(other_site.path().join("thesis"), "").unwrap();
    let taken = run(folder.path(), &["--data", other_site.path().to_str().unwrap()]);
    assert!(String::from_utf8(taken.stderr).unwrap().contains("is not the folder of a demo"));
    assert_eq!(fs::read_dir(other_site.path()).unwrap().count(), 1);
    let site = Server::start();
    let site = site.stop();
    let taken = run(site.path(), &["--data", site.path().join("data").to_str().unwrap()]);
    assert!(String::from_utf8(taken.stderr).unwrap().contains("is not the folder of a demo"));
    fs::write(data.join(".patchbay-demo"), "patchbay demo\n").unwrap();
    let unasked = run(folder.path(), &["--reset"]);
    assert!(
        unasked.status.code() == Some(2)
            && String::from_utf8(unasked.stderr).unwrap().contains("--yes")
    );
    let alone = run(folder.path(), &["--yes"]);
    assert!(
        alone.status.code() == Some(2)
            && String::from_utf8(alone.stderr).unwrap().contains("--reset")
    );
    assert!(data.join("mine").exists());
    let server = start(tempfile::tempdir().unwrap(), &ADDRESSES[2..]);
    let data = server.data();
    let busy = run(folder.path(), &["--reset", "--yes", "--data", data.to_str().unwrap()]);
    assert!(String::from_utf8(busy.stderr).unwrap().contains("another Patchbay is serving"));
    server.repository().get("/tag").expect(200);
}

#[test]
fn a_reset_removes_only_the_files_that_the_demo_created() {
    let folder = start(tempfile::tempdir().unwrap(), &ADDRESSES[2..]).stop();
    let data = folder.path().join("data");
    let old_key = fs::read(data.join("master.key")).unwrap();
    let old_root = fs::read(data.join("certs/root.pem")).unwrap();
    for mine in ["notes.txt", "certs/mine.txt", "certs/issued/mine.txt"] {
        fs::write(data.join(mine), "mine").unwrap();
    }
    fs::create_dir(data.join("pictures")).unwrap();
    fs::write(data.join("pictures/one"), "mine").unwrap();
    let server = start(folder, &[&ADDRESSES[2..], &["--reset", "--yes"]].concat());
    assert_eq!(server.repository().get("/dataconnection/count").json()["value"], 60);
    wait_until(|| server.log().contains("files that the demo did not make stay in"));
    wait_until(|| server.log().contains("certs, notes.txt, pictures"));
    for mine in ["notes.txt", "certs/mine.txt", "certs/issued/mine.txt", "pictures/one"] {
        assert_eq!(fs::read_to_string(data.join(mine)).unwrap(), "mine", "{mine}");
    }
    assert_ne!(fs::read(data.join("master.key")).unwrap(), old_key);
    assert_ne!(fs::read(data.join("certs/root.pem")).unwrap(), old_root);
}
