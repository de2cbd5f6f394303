//! Commands on the server's machine leave an audit entry with the operating system's user.

use super::{entries, only};
use crate::support::backups::{backup, restore};
use crate::support::machine::{command, patchbay, says};
use crate::support::visitor::PASSWORD;
use crate::support::{Server, output_with_input};
use rusqlite::Connection;
use serde_json::Value as Json;
use std::path::Path;
use std::process::Command;

/// How an entry names the operating system's user who runs the tests.
fn operator() -> String {
    let id = |option: &str| {
        let output = Command::new("id").arg(option).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    format!("by the user {} ({}) of this machine", id("-un"), id("-u"))
}

fn text<'j>(entry: &'j Json, field: &str) -> &'j str {
    entry[field].as_str().unwrap()
}

/// Runs a command of the program as this user, without sudo.
fn run(data: &Path, arguments: &[&str]) -> std::process::Output {
    command(data, arguments).env_remove("SUDO_USER").output().unwrap()
}

/// The entries of a database that is not in use, as lines of JSON.
fn exported(data: &Path) -> Vec<Json> {
    let lines = says(&patchbay(data, &["audit", "export"]), &[]);
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_command_that_changes_something_says_who_ran_it() {
    let server = Server::start();
    let data = server.data();
    let to = data.parent().unwrap().join("saved.db");
    let mut password = command(&data, &["user", "set-password", "LAB\\anna"]);
    assert!(
        output_with_input(password.env_remove("SUDO_USER"), &format!("{PASSWORD}\n"))
            .status
            .success()
    );
    for arguments in [
        &["user", "grant-root", "LAB\\anna"][..],
        &["key", "rotate"],
        &["cert", "issue", "nightly"],
        &["cert", "revoke", "nightly"],
        &["audit", "mask-secrets"],
        &["backup", "--to", to.to_str().unwrap()],
    ] {
        says(&run(&data, arguments), &[]);
    }
    let client = server.repository();
    let of_commands = entries(&client, "userName sw 'patchbay ' and userName ne 'patchbay serve'");
    let mut commands: Vec<&str> = of_commands.iter().map(|entry| text(entry, "userName")).collect();
    commands.dedup();
    let expected = [
        "patchbay user set-password",
        "patchbay user grant-root",
        "patchbay key rotate",
        "patchbay cert issue",
        "patchbay cert revoke",
        "patchbay backup",
    ];
    assert_eq!(commands, expected);
    for entry in &of_commands {
        assert!(text(entry, "detail").ends_with(&operator()), "{entry}");
    }
    let saved = only(&client, "action eq 'backup'");
    assert!(
        text(&saved, "detail").contains(to.to_str().unwrap()) && saved["outcome"] == "done",
        "{saved}"
    );
    // Changes that the server makes by itself name no such user.
    let own = entries(&client, "userName eq 'patchbay serve'");
    assert!(
        !own.is_empty()
            && own.iter().all(|entry| !text(entry, "detail").contains("of this machine")),
        "{own:?}"
    );

    let folder = server.stop();
    let data = folder.path().join("data");
    says(&run(&data, &["key", "rekey"]), &["the new master key is in"]);
    let rekeyed = exported(&data).pop().unwrap();
    assert_eq!(rekeyed["userName"], "patchbay key rekey");
    assert!(text(&rekeyed, "detail").ends_with(&operator()), "{rekeyed}");
    says(&patchbay(&data, &["audit", "verify"]), &["all unchanged"]);
}

#[test]
fn a_restored_database_has_an_audit_entry_of_the_restore() {
    let server = Server::start();
    server.repository().connection("c");
    let data = server.data();
    let saved = backup(&data, &data.parent().unwrap().join("saved.db"));
    let new = data.parent().unwrap().join("new");
    says(&restore(&saved, &new, &[]), &["restored into"]);
    // The backup was taken before its own entry was written, so the restored database lacks that
    // entry.
    let entries = exported(&new);
    assert!(entries.iter().all(|entry| entry["action"] != "backup"));
    let last = entries.last().unwrap();
    assert_eq!((text(last, "userName"), text(last, "action")), ("patchbay restore", "restore"));
    let detail = text(last, "detail");
    assert!(
        detail.contains(&format!("restored from {}", saved.display()))
            && !detail.contains("what was there before")
    );
    says(&restore(&saved, &new, &["--force"]), &["restored into", "The earlier database is now"]);
    let entries = exported(&new);
    assert_eq!(entries.iter().filter(|entry| entry["action"] == "restore").count(), 1);
    assert!(
        text(entries.last().unwrap(), "detail").contains("; the earlier database is now "),
        "{:?}",
        entries.last()
    );
    says(&patchbay(&new, &["audit", "verify"]), &["all unchanged"]);
}

/// The commands succeed, and report that no entry was written.
#[test]
fn a_backup_of_a_database_that_can_not_be_written_to_works_and_says_so() {
    let server = Server::start();
    server.repository().connection("c");
    let folder = server.stop();
    let data = folder.path().join("data");
    // Another process locks the database for longer than the command waits.
    let holder = Connection::open(data.join("patchbay.db")).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let to = folder.path().join("saved.db");
    let output = run(&data, &["backup", "--to", to.to_str().unwrap()]);
    says(&output, &["saved in", "and checked"]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.starts_with("patchbay: the audit log of ")
            && error.contains("can't record this backup"),
        "{error}"
    );
    assert_eq!(error.lines().count(), 1, "{error}");
    holder.execute_batch("ROLLBACK").unwrap();
    assert!(exported(&data).iter().all(|entry| entry["action"] != "backup"));
    says(&patchbay(&data, &["verify", to.to_str().unwrap()]), &["sound"]);
}

#[test]
fn an_entry_names_the_user_who_became_root_by_sudo() {
    let server = Server::start();
    let data = server.data();
    let mut granting = command(&data, &["user", "grant-root", "LAB\\anna"]);
    says(&granting.env("SUDO_USER", "joe\u{202e}").output().unwrap(), &[]);
    let entry = only(
        &server.repository(),
        "userName eq 'patchbay user grant-root' and type eq 'User' and action ne 'create'",
    );
    let detail = text(&entry, "detail");
    // The variables of sudo are ignored for a user who is not root: any user can set them.
    let is_root = operator().contains("(0)");
    assert_eq!(
        detail.contains("(0), by sudo from joe\\u202e of this machine"),
        is_root,
        "{detail}"
    );
    assert!(is_root || detail.ends_with(&operator()), "{detail}");
}
