//! Single bits in a database that a disk has flipped: either `patchbay verify` finds the damage, or
//! the API can read everything. It never passes a database that the API can't read.

use crate::support::credentials::{engine, token, with_password};
use crate::support::machine::patchbay;
use crate::support::rules::{rule, site, user};
use crate::support::visitor::{PASSWORD, Visitor, set_password, start};
use crate::support::{Client, Server, connection, id};
use rusqlite::Connection;
use serde_json::{Value as Json, json};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

/// Everything that the API lists.
const LISTED: [&str; 6] =
    ["dataconnection", "tag", "custompropertydefinition", "user", "systemrule", "auditentry"];

/// Pseudo-random numbers that are the same in each run, by xorshift.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }
}

/// A folder with a database that has every kind of data, in one file.
fn filled() -> TempDir {
    let (server, front) = start(&[]);
    let client = server.repository();
    site(&client);
    for number in 0..6 {
        let tag = client.create("tag", &json!({"name": format!("Tag Ä{number}")}));
        let mut body = connection(&format!("Connection Ö{number}"));
        body["tags"] = json!([tag]);
        body["customProperties"] = json!([{"value": "x", "definition": {"name": "Department"}}]);
        body["username"] = json!(format!("User{number}"));
        client.create("dataconnection", &body);
        let name = format!("person{number}");
        user(&client, &name, &["Reader", "Writer"], &["Sales", "Größe"], &["Fin"]);
        let condition = format!("user.userId = \"{name}\" and resource.name like \"c*\"");
        client.create("systemrule", &rule(&format!("Rule {number}"), &condition, 2));
    }
    for name in ["one", "two", "three"] {
        with_password(&client, name);
    }
    token(&server, &engine(&server), &id(&client.get("/dataconnection").json()[0]));
    client.post("/selection/dataconnection", &json!({})).expect(201);
    for number in 0..2 {
        let name = format!("LAB\\person{number}");
        assert!(set_password(&server.data(), &name, PASSWORD));
        let mut person = Visitor::new(&server, &front);
        person.login(&name, PASSWORD);
        crate::support::Reply::of(person.request("POST", "/tokens").json(&json!({"name": "ci"})))
            .expect(201);
    }
    let folder = server.stop();
    assert!(!folder.path().join("data/patchbay.db-wal").exists());
    folder
}

/// The texts of all rows, to locate data in the file.
fn texts(database: &Path) -> Vec<Vec<u8>> {
    let database = Connection::open(database).unwrap();
    let columns = "SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c \
                   WHERE t.type = 'table'";
    let mut statement = database.prepare(columns).unwrap();
    let columns: Vec<(String, String)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut texts = Vec::new();
    for (table, column) in columns {
        let sql = format!(
            "SELECT {column} FROM {table} WHERE typeof({column}) = 'text' AND length({column}) > 2"
        );
        let mut statement = database.prepare(&sql).unwrap();
        let found =
            statement.query_map([], |row| Ok(row.get_ref(0)?.as_bytes()?.to_vec())).unwrap();
        texts.extend(found.map(Result::unwrap));
    }
    texts
}

/// Chooses a bit of the file: any one, or one in a text or in the numbers that precede it.
fn choose(numbers: &mut Numbers, file: &[u8], texts: &[Vec<u8>]) -> (usize, u8) {
    let bit = u8::try_from(numbers.below(8)).unwrap();
    if numbers.below(4) == 0 {
        return (numbers.below(file.len()), bit);
    }
    let text = &texts[numbers.below(texts.len())];
    let from = numbers.below(file.len());
    let find = |part: &[u8]| part.windows(text.len()).position(|window| window == text);
    // The search starts at a random position, so that copies in indexes are hit as well.
    let place = find(&file[from..]).map(|place| from + place).or_else(|| find(file));
    // A long text may continue on another page.
    let Some(place) = place else { return (from, bit) };
    let start = place.saturating_sub(30);
    (start + numbers.below(place + text.len() - start), bit)
}

/// Reads everything through the API.
fn read_everything(folder: TempDir) {
    let server = Server::start_in(folder, |command| {
        command.args(["--answer-cache-bytes", "0", "--log-level", "error"]);
    });
    let client = server.repository();
    for entity in LISTED {
        let list = |path: &str| client.get(path).expect(200).json().as_array().unwrap().clone();
        let rows = list(&format!("/{entity}/full"));
        let number = client.get(&format!("/{entity}/count")).expect(200).json()["value"].clone();
        assert_eq!(json!(rows.len()), number, "{entity}");
        assert_eq!(list(&format!("/{entity}")).len(), rows.len(), "{entity}");
        if entity != "auditentry" {
            for row in &rows {
                assert_is_listed(&client, entity, row);
            }
        }
    }
    server.user("person3").get("/dataconnection/full").expect(200);
}

/// An entity requested by its id equals its row in the list.
#[track_caller]
fn assert_is_listed(client: &Client, entity: &str, row: &Json) {
    let one = client.get(&format!("/{entity}/{}", id(row))).expect(200).json();
    assert_eq!(one, *row);
}

fn verify(folder: &TempDir) -> Output {
    patchbay(&folder.path().join("data"), &["verify"])
}

/// The results for all copies.
#[derive(Debug, Default)]
struct Outcome {
    found: usize,
    sound_and_readable: usize,
    sound_and_unreadable: Vec<String>,
}

/// A copy of the folder with these bytes as its database.
fn with_database(original: &Path, database: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for part in ["", "certs"] {
        fs::create_dir(data.join(part)).unwrap();
        fs::set_permissions(
            data.join(part),
            fs::metadata(original.join(part)).unwrap().permissions(),
        )
        .unwrap();
        for entry in fs::read_dir(original.join(part)).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_file() {
                fs::copy(entry.path(), data.join(part).join(entry.file_name())).unwrap();
            }
        }
    }
    fs::write(data.join("patchbay.db"), database).unwrap();
    folder
}

fn flip_bits(copies: usize, seed: u64) -> Outcome {
    let folder = filled();
    let original = folder.path().join("data");
    let sound = fs::read(original.join("patchbay.db")).unwrap();
    let texts = texts(&original.join("patchbay.db"));
    // The original is sound, and everything can be read.
    let same = with_database(&original, &sound);
    assert!(verify(&same).status.success());
    read_everything(same);
    let mut numbers = Numbers(seed);
    let mut outcome = Outcome::default();
    for copy in 1..=copies {
        let (place, bit) = choose(&mut numbers, &sound, &texts);
        let mut flipped = sound.clone();
        flipped[place] ^= 1 << bit;
        let folder = with_database(&original, &flipped);
        let output = verify(&folder);
        if !output.status.success() {
            assert_names_something(&output);
            outcome.found += 1;
        } else if catch_unwind(AssertUnwindSafe(|| read_everything(folder))).is_ok() {
            outcome.sound_and_readable += 1;
        } else {
            let page = place / 4_096 + 1;
            outcome
                .sound_and_unreadable
                .push(format!("copy {copy}: bit {bit} of byte {place}, in page {page}"));
        }
        if copy % 50 == 0 {
            println!("{copy}: {outcome:?}");
        }
    }
    outcome
}

/// A fault is one line that names the place: a row and a column, a page, or the file if it can't be
/// read at all.
fn assert_names_something(output: &Output) {
    let (lines, error) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{error}");
    let is_named =
        lines.lines().any(|line| line.starts_with("  fault  ")) || error.contains("patchbay.db");
    assert!(is_named, "{lines}{error}");
}

#[test]
fn a_flipped_bit_is_found_or_harmless() {
    let outcome = flip_bits(24, 0x9E37_79B9_7F4A_7C15);
    assert!(outcome.sound_and_unreadable.is_empty(), "{outcome:?}");
    assert!(outcome.found > 8 && outcome.sound_and_readable > 0, "{outcome:?}");
}

/// The reading itself must detect damage.
#[test]
fn reading_everything_fails_on_an_unreadable_row() {
    let folder = filled();
    let original = folder.path().join("data");
    let database = Connection::open(original.join("patchbay.db")).unwrap();
    database.execute_batch("UPDATE users SET inactive = 2 WHERE user_id = 'person3'").unwrap();
    drop(database);
    let copy = with_database(&original, &fs::read(original.join("patchbay.db")).unwrap());
    assert!(!verify(&copy).status.success());
    assert!(catch_unwind(AssertUnwindSafe(|| read_everything(copy))).is_err());
}

/// The long run: `cargo test --test api -- --ignored --nocapture a_thousand_flipped_bits`.
#[test]
#[ignore = "takes many minutes"]
fn a_thousand_flipped_bits_are_found_or_harmless() {
    let seed = std::env::var("SEED").map_or(0x2545_F491_4F6C_DD1D, |seed| seed.parse().unwrap());
    let outcome = flip_bits(1_000, seed);
    println!("{outcome:?}");
    assert!(outcome.sound_and_unreadable.is_empty(), "{outcome:?}");
}
