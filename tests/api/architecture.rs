//! The rooms of the source and their allowed dependencies (docs/architecture.md), read from the
//! source itself.

use crate::support::import_graph::{code, cycles, dependencies, is_test, source_files};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The rooms in layers, from the bottom up, with the lower rooms that each uses. A room is a file
/// or a folder directly below `src/`.
const ROOMS: [(&str, &[&str]); 26] = [
    // Rooms without dependencies.
    ("memory", &[]),
    ("user_shares", &[]),
    ("private_files", &[]),
    ("crypto", &[]),
    ("model", &["memory"]),
    ("query", &["memory", "model"]),
    ("policy", &["memory", "model", "query"]),
    // The database, and the state kept next to it.
    ("store", &["memory", "model", "private_files", "query", "user_shares"]),
    ("keys", &["crypto", "model", "private_files", "store"]),
    ("tls", &["model", "private_files"]),
    ("site", &["model", "private_files", "store"]),
    ("access_report", &["model", "policy", "query", "store"]),
    ("error", &["keys", "model", "query", "store"]),
    ("threads", &["error"]),
    // Users and their operations.
    ("auth", &["crypto", "error", "memory", "model", "store", "threads"]),
    (
        "service",
        &[
            "access_report",
            "auth",
            "crypto",
            "error",
            "keys",
            "memory",
            "model",
            "policy",
            "query",
            "store",
            "threads",
            "tls",
            "user_shares",
        ],
    ),
    ("staging", &["model", "policy", "query", "service", "site", "store"]),
    // Requests and replies.
    (
        "http",
        &[
            "access_report",
            "auth",
            "crypto",
            "error",
            "keys",
            "memory",
            "model",
            "policy",
            "query",
            "service",
            "store",
            "tls",
            "user_shares",
        ],
    ),
    (
        "console",
        &[
            "access_report",
            "auth",
            "crypto",
            "error",
            "http",
            "model",
            "policy",
            "query",
            "service",
            "store",
            "threads",
            "tls",
        ],
    ),
    (
        "openapi",
        &["access_report", "auth", "console", "http", "model", "policy", "service", "store"],
    ),
    // The program.
    ("backup", &["auth", "crypto", "keys", "private_files", "store"]),
    ("config", &["auth", "backup", "keys", "memory", "model", "private_files", "query", "service"]),
    ("command_error", &["backup", "keys", "site", "store", "tls"]),
    ("terminal", &["command_error", "model"]),
    (
        "server",
        &[
            "access_report",
            "auth",
            "backup",
            "config",
            "console",
            "crypto",
            "command_error",
            "http",
            "keys",
            "memory",
            "model",
            "openapi",
            "private_files",
            "service",
            "store",
            "terminal",
            "tls",
        ],
    ),
    (
        "cli",
        &[
            "access_report",
            "auth",
            "backup",
            "config",
            "crypto",
            "command_error",
            "keys",
            "model",
            "openapi",
            "policy",
            "private_files",
            "query",
            "server",
            "service",
            "site",
            "staging",
            "store",
            "terminal",
            "tls",
        ],
    ),
];

/// Crates that only these rooms or files may name.
const CRATES: [(&str, &[&str]); 18] = [
    ("actix_web", &["console/", "http/", "server/"]),
    ("actix_tls", &["http/"]),
    ("nom", &["query/filter.rs", "query/grammar.rs", "policy/condition.rs"]),
    ("rusqlite", &["store/sqlite/"]),
    ("rusqlite_migration", &["store/sqlite/"]),
    ("r2d2", &["store/sqlite/"]),
    ("aes_gcm", &["crypto/"]),
    // Types that serde reads and writes derive their own schema, so that the document always
    // matches them. The document itself is built in one room.
    (
        "utoipa",
        &["access_report/", "http/", "openapi/", "policy/warning.rs", "service/rule_import.rs"],
    ),
    ("utoipa::openapi", &["openapi/"]),
    ("askama", &["console/"]),
    ("jsonwebtoken", &["auth/"]),
    ("age", &["backup/age_file.rs"]),
    ("rcgen", &["tls/"]),
    // Only commands call other machines.
    ("reqwest", &["site/"]),
    ("rustls_platform_verifier", &["site/"]),
    ("p12_keystore", &["site/"]),
    ("pkcs8", &["site/"]),
    ("x509_parser", &["auth/jwt/", "tls/"]),
];

/// The largest share of the code that one room may have, in percent. A folder that is private to
/// its room counts separately.
const LARGEST_ROOM: usize = 18;

/// Folders that count separately.
const FOLDERS: [&str; 1] = ["store/sqlite"];

/// The room of a file.
fn room(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap()
}

#[test]
fn rooms_use_only_the_rooms_that_they_may_use() {
    let dependencies = dependencies();
    let mut seen = 0;
    for (file, targets) in &dependencies {
        let own = room(file);
        if own == "lib" {
            continue;
        }
        let place = ROOMS.iter().position(|(name, _)| *name == own);
        let place = place.unwrap_or_else(|| panic!("{file} is in a room that ROOMS does not list"));
        for target in targets.iter().map(|target| room(target)).filter(|target| *target != own) {
            seen += 1;
            assert!(ROOMS[place].1.contains(&target), "{file} uses {target}");
        }
    }
    assert!(seen > 500, "{seen}");
    for (place, (name, used)) in ROOMS.iter().enumerate() {
        for used in *used {
            let below = ROOMS[..place].iter().any(|(below, _)| below == used);
            assert!(below, "{name} may use {used}, which is not below it");
            let is_used = dependencies.iter().any(|(file, targets)| {
                room(file) == *name && targets.iter().any(|target| room(target) == *used)
            });
            assert!(is_used, "{name} may use {used}, but does not");
        }
    }
}

#[test]
fn files_have_no_cyclic_dependencies() {
    let dependencies = dependencies();
    assert!(dependencies.values().map(BTreeSet::len).sum::<usize>() > 1_500);
    let cycles = cycles(dependencies);
    assert!(cycles.is_empty(), "{cycles:#?}");
}

/// A check that overlooks a cycle would be worthless.
#[test]
fn cyclic_dependencies_are_found() {
    let arrow =
        |from: &str, to: &[&str]| (from.to_owned(), to.iter().map(|to| (*to).to_owned()).collect());
    let graph = [arrow("a", &["b"]), arrow("b", &["c", "d"]), arrow("c", &["b"]), arrow("d", &[])];
    let cycles = cycles(graph.into_iter().collect());
    assert_eq!(cycles.keys().map(String::as_str).collect::<Vec<_>>(), ["b", "c"]);
}

#[test]
fn no_room_has_too_large_a_share_of_the_code() {
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    for (file, text) in source_files().iter().filter(|(file, _)| !is_test(file)) {
        let folder = FOLDERS.iter().find(|folder| file.starts_with(&format!("{folder}/")));
        let number = code(text).lines().filter(|line| !line.trim().is_empty()).count();
        *lines.entry(folder.copied().unwrap_or_else(|| room(file)).to_owned()).or_default() +=
            number;
    }
    let all: usize = lines.values().sum();
    for (room, lines) in lines {
        assert!(
            lines * 100 <= all * LARGEST_ROOM,
            "{room} has {lines} of {all} lines, which is too large a share"
        );
    }
}

#[test]
fn crates_are_named_only_in_the_rooms_that_may_use_them() {
    for (file, text) in source_files().iter().filter(|(file, _)| !is_test(file)) {
        for (name, places) in CRATES {
            let code = code(text);
            // `Damage::` is not `age::`.
            let is_whole = |at: usize| {
                !code[..at].ends_with(|last: char| last.is_ascii_alphanumeric() || last == '_')
            };
            let is_used = code.match_indices(&format!("{name}::")).any(|(at, _)| is_whole(at));
            assert!(
                !is_used || places.iter().any(|place| file.starts_with(place)),
                "{file} uses {name}"
            );
        }
    }
}

/// Only the code that reads and writes entities depends on SQLite's module, which depends on none
/// of it.
#[test]
fn the_sqlite_folder_uses_few_other_files_of_the_store() {
    const KNOWN: [&str; 6] =
        ["budget", "cell", "database_error", "error", "findings", "time_limit"];
    let mut seen = 0;
    for (file, targets) in
        dependencies().iter().filter(|(file, _)| file.starts_with("store/sqlite/"))
    {
        let of_store = targets.iter().filter_map(|target| target.strip_prefix("store/"));
        for used in of_store.filter(|target| !target.starts_with("sqlite/")) {
            seen += 1;
            assert!(KNOWN.contains(&used.trim_end_matches(".rs")), "{file} uses store::{used}");
        }
    }
    assert!(seen > 15, "{seen}");
}

#[test]
fn no_file_has_more_than_400_lines() {
    for (file, text) in source_files() {
        assert!(text.lines().count() <= 400, "{file} has {} lines", text.lines().count());
    }
}

/// A file that readers of docs/adding-an-entity.md create.
const TO_BE_MADE: &str = "src/model/stream.rs";

fn is_rust(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "rs")
}

#[test]
fn files_that_the_documentation_names_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let documents =
        files.filter(|file| file.extension().is_some_and(|extension| extension == "md"));
    let mut seen = 0;
    for document in documents.chain([root.join("README.md")]) {
        let text = fs::read_to_string(&document).unwrap();
        let names = text
            .split('`')
            .skip(1)
            .step_by(2)
            .flat_map(|code| code.split([' ', '\n', '(', ')', ',']));
        for name in names.filter(|name| {
            is_rust(name) && name.contains('/') && !name.contains('<') && *name != TO_BE_MADE
        }) {
            seen += 1;
            let exists =
                ["", "src", "tests"].iter().any(|folder| root.join(folder).join(name).exists());
            assert!(exists, "{} names {name}, which does not exist", document.display());
        }
    }
    assert!(seen > 60, "{seen}");
}

#[test]
fn test_files_that_the_threat_model_names_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("docs/threat-model.md")).unwrap();
    let (_, tables) = text.split_once("## OWASP").unwrap();
    let shown_by = tables.lines().filter_map(|line| line.strip_suffix('|')?.rsplit('|').next());
    let mut seen = 0;
    for cell in shown_by {
        for name in cell.split('`').skip(1).step_by(2).filter(|name| !name.contains(['/', ' '])) {
            seen += 1;
            let file = root.join("tests/api").join(name).with_extension("rs");
            assert!(file.exists(), "the threat model names the test file {name}, which is missing");
        }
    }
    assert!(seen > 60, "{seen}");
}
