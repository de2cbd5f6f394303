//! kill -9 at random moments while clients write: acknowledged writes are stored and complete, and
//! writes in doubt are stored completely or not at all.

use crate::support::credentials::password;
use crate::support::machine::{patchbay, says};
use crate::support::{Client, Server};
use State::{Absent, Version};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use uuid::Uuid;

const WRITERS: usize = 8;

/// The connections that each writer creates, changes and deletes repeatedly.
const CONNECTIONS_PER_WRITER: usize = 5;

const TAGS: [&str; 4] = ["t0", "t1", "t2", "t3"];

/// The state of a connection.
#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Absent,
    /// All its fields show this number.
    Version(u32),
}

/// A writer's knowledge of one of its connections.
#[derive(Clone, Default)]
struct Known {
    /// The state after the last acknowledged request.
    acknowledged: State,
    /// The state after a request that was never answered, if it was carried out.
    doubtful: Option<State>,
    /// The number of the last version that was sent.
    last: u32,
    /// How many requests were acknowledged or turned out to be done: the audit log has an entry for
    /// each.
    done: u32,
    /// The modification date that the server returned last.
    modified_date: Json,
}

type Book = BTreeMap<Uuid, Known>;

/// The content of a connection in that version.
fn content(id: Uuid, version: u32) -> Json {
    let tags: Vec<&str> = TAGS
        .iter()
        .enumerate()
        .filter(|(bit, _)| version >> bit & 1 == 1)
        .map(|(_, name)| *name)
        .collect();
    json!({
        "name": format!("{id} {version}"),
        // Longer than a page of the database.
        "connectionstring": format!("{version} ").repeat(1_500).trim(),
        "username": version.to_string(),
        "tags": tags,
        "customProperties": [version.to_string(), format!("again {version}")],
    })
}

/// The body that creates a connection of that version, or updates one to it.
fn body(id: Uuid, version: u32, tag_ids: &BTreeMap<&str, Json>) -> Json {
    let mut body = content(id, version);
    body["id"] = json!(id);
    body["type"] = json!("internet");
    body["password"] = json!(version.to_string());
    for tag in body["tags"].as_array_mut().unwrap() {
        *tag = json!({ "id": tag_ids[tag.as_str().unwrap()] });
    }
    for value in body["customProperties"].as_array_mut().unwrap() {
        *value = json!({ "value": *value, "definition": {"name": "version"} });
    }
    body
}

/// The connection as the server shows it, in the form of [`content`].
fn shown_content(full: &Json) -> Json {
    let each = |list: &str, field: &str| {
        let mut texts: Vec<&str> = full[list]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item[field].as_str().unwrap())
            .collect();
        texts.sort_unstable();
        json!(texts)
    };
    json!({
        "name": full["name"],
        "connectionstring": full["connectionstring"],
        "username": full["username"],
        "tags": each("tags", "name"),
        "customProperties": each("customProperties", "value"),
    })
}

/// The number of audit entries for each connection.
type EntryCounts = BTreeMap<Uuid, u32>;

/// Describes each contradiction to the book, in one line.
fn compare(book: &Book, shown: &BTreeMap<Uuid, Json>, entry_counts: &EntryCounts) -> Vec<String> {
    let unknown = shown
        .keys()
        .filter(|id| !book.contains_key(id))
        .map(|id| format!("{id}: no request created it"));
    let wrong = book.iter().filter_map(|(id, known)| {
        let found = shown.get(id).map(shown_content);
        let is = |state: State| match state {
            Absent => found.is_none(),
            Version(version) => found.as_ref() == Some(&content(*id, version)),
        };
        let entries = entry_counts.get(id).copied().unwrap_or_default();
        let done = if is(known.acknowledged) {
            known.done
        } else if known.doubtful.is_some_and(is) {
            known.done + 1
        } else {
            return Some(format!("{id}: {}", wrong_kind(*id, known, found.as_ref())));
        };
        (entries != done)
            .then(|| format!("{id}: {done} requests were done, and the audit log has {entries}"))
    });
    unknown.chain(wrong).collect()
}
/// Describes a stored state that is neither the acknowledged one nor the one in doubt.
fn wrong_kind(id: Uuid, known: &Known, found: Option<&Json>) -> String {
    let kind = match (found, known.acknowledged) {
        (None, _) => "lost",
        (Some(_), Absent) => "there again",
        (Some(found), Version(_))
            if (0..=known.last).any(|version| *found == content(id, version)) =>
        {
            "of another version"
        }
        (Some(_), Version(_)) => "half-written",
    };
    format!("{kind}; acknowledged {:?}, in doubt {:?}", known.acknowledged, known.doubtful)
}

/// Takes the stored state as the known one from now on.
fn adopt(book: &mut Book, shown: &BTreeMap<Uuid, Json>, entry_counts: &EntryCounts) {
    for (id, known) in book {
        let found = shown.get(id);
        known.done = entry_counts.get(id).copied().unwrap_or_default();
        known.acknowledged = found
            .map_or(Absent, |full| Version(full["username"].as_str().unwrap().parse().unwrap()));
        known.doubtful = None;
        known.modified_date = found.map_or(Json::Null, |full| full["modifiedDate"].clone());
    }
}

fn random(below: usize) -> usize {
    usize::try_from(Uuid::new_v4().as_u128() % below as u128).unwrap()
}

/// Creates, changes and deletes connections until the server stops responding.
fn write(
    client: &Client,
    book: &mut Book,
    tag_ids: &BTreeMap<&str, Json>,
    acknowledged: &AtomicUsize,
) {
    loop {
        let (id, known) = book.iter_mut().nth(random(CONNECTIONS_PER_WRITER)).unwrap();
        let path = format!("/dataconnection/{id}");
        let changed = |version: u32| {
            let mut body = body(*id, version, tag_ids);
            body["modifiedDate"] = known.modified_date.clone();
            body
        };
        let next = known.last + 1;
        let (request, intended) = match known.acknowledged {
            Absent => (
                client.request("POST", "/dataconnection").json(&body(*id, next, tag_ids)),
                Version(next),
            ),
            Version(_) if random(4) == 0 => (client.request("DELETE", &path), Absent),
            Version(_) => (client.request("PUT", &path).json(&changed(next)), Version(next)),
        };
        known.last = next;
        known.doubtful = Some(intended);
        let Ok(response) = request.send() else { return };
        let status = response.status();
        let text = response.text();
        assert!(status.is_success(), "{status}: {text:?}");
        known.acknowledged = intended;
        known.doubtful = None;
        known.done += 1;
        acknowledged.fetch_add(1, Ordering::Relaxed);
        let Ok(text) = text else { return };
        known.modified_date = match intended {
            Absent => Json::Null,
            Version(_) => serde_json::from_str::<Json>(&text).unwrap()["modifiedDate"].clone(),
        };
    }
}

/// The connections that the server shows, by id.
fn everything(client: &Client) -> BTreeMap<Uuid, Json> {
    let list = client.get("/dataconnection/full").expect(200).json();
    let id = |full: &Json| Uuid::parse_str(full["id"].as_str().unwrap()).unwrap();
    list.as_array().unwrap().iter().map(|full| (id(full), full.clone())).collect()
}

/// The number of audit entries for each connection, after an integrity check of the whole database
/// by SQLite.
fn checked_audit_log(server: &Server) -> EntryCounts {
    let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
    let integrity: String =
        database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(integrity, "ok");
    let dangling = database.prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap();
    assert!(!dangling, "a reference leads to no row");
    let changes =
        "type = 'DataConnection' AND outcome = 'done' AND action IN ('create', 'update', 'delete')";
    let sql =
        format!("SELECT object_id, count(*) FROM audit_entries WHERE {changes} GROUP BY object_id");
    let mut counts = database.prepare(&sql).unwrap();
    let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get(1)?));
    let counts = counts.query_map([], read).unwrap().map(Result::unwrap);
    counts.map(|(id, entries)| (Uuid::parse_str(&id).unwrap(), entries)).collect()
}

/// Checks that the password of one connection has the same version as its other fields.
fn check_a_password(server: &Server, shown: &BTreeMap<Uuid, Json>) {
    let Some((id, full)) = shown.iter().nth(random(shown.len().max(1))) else { return };
    assert_eq!(password(server, &id.to_string()), full["username"], "of {id}");
}

/// In a debug build, some starts are complete by then.
fn kill_in_start(folder: TempDir) -> TempDir {
    Server::kill_in_start(folder, Duration::from_micros(random(60_000) as u64))
}

/// Starts the server, compares it with the books, lets the writers write, and kills it.
fn serve_and_kill(
    folder: TempDir,
    books: &mut [Book],
    tag_ids: &BTreeMap<&str, Json>,
    acknowledged: &AtomicUsize,
) -> TempDir {
    let folder = if random(4) == 0 { kill_in_start(folder) } else { folder };
    let server = Server::start_in(folder, quietly);
    compare_all(&server, books);
    let client = server.repository();
    let enough = acknowledged.load(Ordering::Relaxed) + random(3 * WRITERS);
    thread::scope(|scope| {
        for book in books {
            scope.spawn(|| write(&client, book, tag_ids, acknowledged));
        }
        let deadline = Instant::now() + Duration::from_secs(20);
        while acknowledged.load(Ordering::Relaxed) < enough {
            assert!(Instant::now() < deadline, "the writers make no progress");
            thread::sleep(Duration::from_micros(100));
        }
        thread::sleep(Duration::from_micros(random(3_000) as u64));
        server.kill()
    })
}

fn compare_all(server: &Server, books: &mut [Book]) {
    let entry_counts = checked_audit_log(server);
    let shown = everything(&server.repository());
    let all: Book = books.iter().flatten().map(|(id, known)| (*id, known.clone())).collect();
    assert_eq!(compare(&all, &shown, &entry_counts), [""; 0]);
    check_a_password(server, &shown);
    for book in books {
        adopt(book, &shown, &entry_counts);
    }
}

fn quietly(command: &mut std::process::Command) {
    command.args(["--log-level", "error"]);
}

fn kill_often(kills: usize) {
    let folder = (0..5).fold(tempfile::tempdir().unwrap(), |folder, _| kill_in_start(folder));
    let server = Server::start_in(folder, quietly);
    let client = server.repository();
    client.create(
        "custompropertydefinition",
        &json!({"name": "version", "objectTypes": ["DataConnection"]}),
    );
    let tag_ids: BTreeMap<&str, Json> = TAGS
        .iter()
        .map(|name| (*name, client.create("tag", &json!({ "name": name }))["id"].clone()))
        .collect();
    let new_book =
        || (0..CONNECTIONS_PER_WRITER).map(|_| (Uuid::new_v4(), Known::default())).collect();
    let mut books: Vec<Book> = (0..WRITERS).map(|_| new_book()).collect();
    let acknowledged = AtomicUsize::new(0);
    let (mut folder, mut in_doubt) = (server.kill(), 0);
    for turn in 0..kills {
        folder = serve_and_kill(folder, &mut books, &tag_ids, &acknowledged);
        if turn % 10 == 0 {
            // The state after the kill: every password opens, and the hash chain of the audit log
            // is intact.
            says(
                &patchbay(&folder.path().join("data"), &["verify"]),
                &["sealed values open", "sound"],
            );
        }
        in_doubt += books.iter().flatten().filter(|(_, known)| known.doubtful.is_some()).count();
    }
    compare_all(&Server::start_in(folder, quietly), &mut books);
    let acknowledged = acknowledged.into_inner();
    println!(
        "{kills} kills, {acknowledged} writes acknowledged, {in_doubt} in doubt: none lost, none \
         half-written"
    );
    assert!(acknowledged > kills && in_doubt > kills, "no write was in doubt at any kill");
}

#[test]
fn fifty_kills_lose_no_acknowledged_write() {
    kill_often(50);
}

/// The long run: `cargo test --test api -- --ignored --nocapture a_thousand_kills`.
#[test]
#[ignore = "takes minutes"]
fn a_thousand_kills_lose_no_acknowledged_write() {
    kill_often(1_000);
}

/// Tests the comparison itself: what it must accept, and what it must report.
#[test]
fn the_comparison_finds_lost_and_half_written_connections() {
    let id = Uuid::new_v4();
    let known = |acknowledged, doubtful| {
        Book::from([(
            id,
            Known { acknowledged, doubtful, last: 7, done: 3, modified_date: Json::Null },
        )])
    };
    let shown = |version: u32| {
        let mut full = body(id, version, &TAGS.map(|name| (name, json!(name))).into());
        for tag in full["tags"].as_array_mut().unwrap() {
            tag["name"] = tag["id"].clone();
        }
        full
    };
    let mixed = |field: &str| {
        let mut full = shown(6);
        full[field] = shown(5)[field].clone();
        full
    };
    let stands = |full: Json| BTreeMap::from([(id, full)]);
    let nothing = BTreeMap::new();
    for (known, entries, shown, found) in [
        (known(Version(6), None), 3, stands(shown(6)), None),
        (known(Absent, None), 3, nothing.clone(), None),
        (known(Version(6), Some(Version(7))), 4, stands(shown(7)), None),
        (known(Version(6), Some(Version(7))), 3, stands(shown(6)), None),
        (known(Version(6), Some(Absent)), 4, nothing.clone(), None),
        (known(Version(6), None), 2, stands(shown(6)), Some("the audit log has 2")),
        (known(Version(6), None), 4, stands(shown(6)), Some("the audit log has 4")),
        (known(Version(6), Some(Version(7))), 3, stands(shown(7)), Some("the audit log has 3")),
        (known(Version(6), Some(Absent)), 3, nothing.clone(), Some("the audit log has 3")),
        (known(Version(6), None), 3, nothing.clone(), Some("lost")),
        (known(Version(6), Some(Version(7))), 3, nothing.clone(), Some("lost")),
        (known(Version(6), None), 3, stands(shown(5)), Some("of another version")),
        (known(Absent, None), 3, stands(shown(5)), Some("there again")),
        (Book::new(), 3, stands(shown(5)), Some("no request created it")),
        (known(Version(6), Some(Version(5))), 3, stands(mixed("name")), Some("half-written")),
        (known(Version(6), Some(Version(5))), 3, stands(mixed("username")), Some("half-written")),
        (
            known(Version(6), Some(Version(5))),
            3,
            stands(mixed("connectionstring")),
            Some("half-written"),
        ),
        (known(Version(6), Some(Version(5))), 3, stands(mixed("tags")), Some("half-written")),
        (
            known(Version(6), Some(Version(5))),
            3,
            stands(mixed("customProperties")),
            Some("half-written"),
        ),
    ] {
        let lines = compare(&known, &shown, &EntryCounts::from([(id, entries)]));
        assert_eq!(lines.len(), usize::from(found.is_some()), "{lines:?}");
        assert!(found.is_none_or(|found| lines[0].contains(found)), "{found:?}: {lines:?}");
    }
}
