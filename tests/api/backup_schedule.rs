//! Backups that the server makes by itself.

use crate::support::backups::{key, names};
use crate::support::machine::{patchbay, says};
use crate::support::{Server, wait_until};
use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

fn scheduled(folder: &Path) -> Vec<String> {
    let all = if folder.is_dir() { names(folder) } else { Vec::new() };
    all.into_iter().filter(|name| name.starts_with("patchbay-scheduled-")).collect()
}

fn start_with(folder: TempDir, to: &Path, more: &[&str]) -> Server {
    Server::start_in(folder, |command| {
        command.arg("--backup-folder").arg(to).args(more);
    })
}

#[test]
fn scheduled_backups_are_made_and_only_the_newest_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("backups");
    fs::create_dir(&to).unwrap();
    let foreign_names = [
        "notes.txt",
        "patchbay-20200101T000000Z.db",
        "patchbay-scheduled-20200101T000000Z.db.old",
        "patchbay-scheduled-2020.db",
    ];
    let old =
        ["patchbay-scheduled-20200101T000000Z.db", "patchbay-scheduled-20200102T000000Z.db.age"];
    for name in foreign_names.iter().chain(&old) {
        fs::write(to.join(name), "x").unwrap();
    }
    let server = start_with(folder, &to, &["--backup-every", "1s", "--backup-keep", "2"]);
    server.repository().connection("c");
    wait_until(|| server.log().matches("made and checked a backup").count() >= 3);
    wait_until(|| server.log().matches("removed an old backup").count() >= 3);
    let log = server.log();
    assert!(!log.contains("ERROR") && log.contains("data connection"), "{log}");
    let _folder = server.stop();
    let left = names(&to);
    assert!(foreign_names.iter().all(|name| left.contains(&(*name).to_owned())), "{left:?}");
    assert!(old.iter().all(|name| !left.contains(&(*name).to_owned())), "{left:?}");
    let made: Vec<&String> =
        left.iter().filter(|name| !foreign_names.contains(&name.as_str())).collect();
    assert_eq!(made.len(), 2, "{left:?}");
    let newest = to.join(made[1]);
    let empty = to.join("no data");
    says(
        &patchbay(&empty, &["verify", newest.to_str().unwrap()]),
        &["1 data connection,", "sound"],
    );
}

#[test]
fn a_failed_scheduled_backup_is_reported_and_retried() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("backups");
    fs::write(&to, "a file where the folder should be").unwrap();
    let server = start_with(folder, &to, &["--backup-every", "1s", "--log-format", "text"]);
    wait_until(|| server.log().contains("the backup failed"));
    let log = server.log();
    for part in [
        "ERROR",
        "backup-folder has free space and that Patchbay may write to it",
        "The next attempt is in 1s",
    ] {
        assert!(log.contains(part), "{part}: {log}");
    }
    server.repository().connection("c");
    fs::remove_file(&to).unwrap();
    wait_until(|| !scheduled(&to).is_empty());
}

#[test]
fn backups_of_a_damaged_database_replace_no_sound_backup() {
    let server = Server::start();
    let folder = server.stop();
    let database = rusqlite::Connection::open(folder.path().join("data/patchbay.db")).unwrap();
    database.execute("UPDATE audit_entries SET detail = 'another' WHERE number = 1", []).unwrap();
    let to = folder.path().join("backups");
    fs::create_dir(&to).unwrap();
    let sound =
        ["patchbay-scheduled-20200101T000000Z.db", "patchbay-scheduled-20200102T000000Z.db"];
    for name in sound {
        fs::write(to.join(name), "x").unwrap();
    }
    let server = start_with(folder, &to, &["--backup-every", "1s", "--backup-keep", "2"]);
    wait_until(|| server.log().matches("removed an old backup").count() >= 2);
    let notice =
        "the database that was backed up has faults, so no backup without faults is removed";
    wait_until(|| server.log().contains(notice));
    let log = server.log();
    let _folder = server.stop();
    let left = scheduled(&to);
    assert!(sound.iter().all(|name| left.contains(&(*name).to_owned())), "{left:?}");
    assert_eq!(left.iter().filter(|name| name.ends_with("Z-faulty.db")).count(), 2, "{left:?}");
    // It never existed under another name either, which it would keep if the server were killed.
    let made: Vec<_> =
        log.lines().filter(|line| line.contains("made and checked a backup")).collect();
    assert!(made.len() >= 3 && made.iter().all(|line| line.contains("Z-faulty.db")), "{made:?}");
}

#[test]
fn a_restart_makes_no_backup_before_the_next_one_is_due() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("backups");
    let (recipient, identity) = key(folder.path(), "identity");
    let more = ["--backup-recipient", recipient.as_str()];
    let server = start_with(folder, &to, &more);
    wait_until(|| !scheduled(&to).is_empty());
    let first = scheduled(&to);
    let server = start_with(server.stop(), &to, &more);
    server.repository().connection("c");
    thread::sleep(Duration::from_millis(300));
    assert_eq!(scheduled(&to), first);
    assert!(first[0].ends_with(".db.age"), "{first:?}");
    let file = to.join(&first[0]);
    let verify = ["verify", file.to_str().unwrap(), "--identity", identity.to_str().unwrap()];
    says(&patchbay(&server.data(), &verify), &["0 data connections", "sound"]);
}
