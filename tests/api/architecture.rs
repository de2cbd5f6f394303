//! The rooms of the house and which way they know each other (docs/architecture.md), read off the source.

use std::fs;
use std::path::{Path, PathBuf};

/// What each room may use of the others.
const ROOMS: [(&str, &[&str]); 23] = [
    ("private", &[]),
    ("memory", &[]),
    ("shares", &[]),
    ("crypto", &[]),
    ("model", &["memory"]),
    ("query", &["memory", "model"]),
    ("policy", &["memory", "model", "query"]),
    ("store", &["memory", "model", "private", "query", "shares"]),
    ("error", &["keys", "model", "store"]),
    ("access", &["model", "policy", "query", "store"]),
    ("threads", &["error"]),
    ("auth", &["crypto", "error", "memory", "model", "store", "threads"]),
    ("keys", &["crypto", "model", "private", "store"]),
    ("tls", &["model", "private"]),
    ("backup", &["auth", "crypto", "keys", "private", "store"]),
    (
        "service",
        &[
            "access", "auth", "crypto", "error", "keys", "memory", "model", "policy", "query", "shares", "store",
            "threads", "tls",
        ],
    ),
    (
        "http",
        &[
            "access", "auth", "crypto", "error", "keys", "memory", "model", "policy", "private", "query", "service",
            "shares", "store", "threads", "tls",
        ],
    ),
    ("openapi", &["access", "auth", "http", "model", "policy", "service", "store"]),
    ("config", &["auth", "backup", "crypto", "keys", "memory", "model", "private", "query", "service"]),
    ("exit", &["backup", "keys", "store", "tls"]),
    ("terminal", &["exit", "model"]),
    (
        "server",
        &[
            "access", "auth", "backup", "config", "crypto", "exit", "http", "keys", "memory", "model", "openapi",
            "private", "service", "store", "terminal", "tls",
        ],
    ),
    (
        "cli",
        &[
            "access", "auth", "backup", "config", "crypto", "exit", "http", "keys", "model", "openapi", "policy",
            "private", "query", "server", "service", "store", "terminal", "tls",
        ],
    ),
];

/// Crates that are named in these rooms or files only.
const CRATES: [(&str, &[&str]); 13] = [
    ("actix_web", &["http/", "server/"]),
    ("actix_tls", &["http/"]),
    ("nom", &["query/filter.rs", "query/grammar.rs", "policy/condition.rs"]),
    ("rusqlite", &["store/sqlite/"]),
    ("rusqlite_migration", &["store/sqlite/"]),
    ("r2d2", &["store/sqlite/"]),
    ("aes_gcm", &["crypto/"]),
    ("utoipa", &["openapi/"]),
    ("askama", &["http/console/"]),
    ("jsonwebtoken", &["auth/"]),
    ("age", &["backup/age_file.rs"]),
    ("rcgen", &["tls/"]),
    ("x509_parser", &["tls/"]),
];

fn source_files() -> Vec<(String, String)> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, files) } else { files.push(path) }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    let name = |path: &Path| path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
    files.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// The code without its comments and its tests.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Every word that follows `prefix`.
fn words_after<'a>(text: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    text.match_indices(prefix).map(move |(at, _)| {
        let rest = &text[at + prefix.len()..];
        &rest[..rest.find(|character: char| !character.is_alphanumeric() && character != '_').unwrap_or(rest.len())]
    })
}

#[test]
fn rooms_know_only_the_rooms_that_they_may() {
    let mut seen = 0;
    for (file, text) in
        source_files().iter().filter(|(file, _)| !file.ends_with("tests.rs") && !file.ends_with("evaluate.rs"))
    {
        let room = file.split(['/', '.']).next().unwrap();
        let allowed = match ROOMS.iter().find(|(name, _)| *name == room) {
            Some((_, allowed)) => *allowed,
            None if ["lib", "main"].contains(&room) => continue,
            None => panic!("{file} is in a room that this test does not know"),
        };
        for used in words_after(&code(text), "crate::") {
            seen += 1;
            assert!(used == room || allowed.contains(&used), "{file} uses {used}");
        }
    }
    assert!(seen > 50);
}

#[test]
fn crates_are_named_only_where_they_belong() {
    let is_test = |file: &str| file.ends_with("tests.rs") || file.contains("/tests/");
    for (file, text) in source_files().iter().filter(|(file, _)| !is_test(file)) {
        for (name, places) in CRATES {
            let code = code(text);
            // `Damage::` is not `age::`.
            let is_whole = |at: usize| !code[..at].ends_with(|last: char| last.is_ascii_alphanumeric() || last == '_');
            let is_used = code.match_indices(&format!("{name}::")).any(|(at, _)| is_whole(at));
            assert!(!is_used || places.iter().any(|place| file.starts_with(place)), "{file} uses {name}");
        }
    }
}

/// What reads and writes entities asks SQLite, and SQLite asks nothing of it.
#[test]
fn sqlite_knows_little_of_the_store() {
    const KNOWN: [&str; 6] = ["budget", "cell", "error", "failure", "findings", "time_limit"];
    let mut seen = 0;
    for (file, text) in source_files().iter().filter(|(file, _)| file.starts_with("store/sqlite/")) {
        let code = code(text);
        assert!(!code.contains("super::super::"), "{file} leaves its folder by super");
        for used in words_after(&code, "crate::store::") {
            seen += 1;
            assert!(KNOWN.contains(&used), "{file} uses store::{used}");
        }
    }
    assert!(seen > 15);
}

#[test]
fn no_file_is_too_long_to_have_one_subject() {
    for (file, text) in source_files() {
        assert!(text.lines().count() <= 400, "{file} has {} lines", text.lines().count());
    }
}
