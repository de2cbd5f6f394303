//! Lines of code, comments and Markdown are at most 100 columns wide, so that two files fit next to
//! each other on a screen.

use crate::support::import_graph::files_below;
use std::fs;
use std::path::{Path, PathBuf};

const WIDTH: usize = 100;

/// The kinds of files that people read and edit.
const KINDS: [&str; 8] = ["c", "css", "html", "js", "md", "py", "rs", "toml"];

/// Scripts have no extension.
const SCRIPTS: [&str; 2] = ["run", "setup"];

/// A word or quoted text of at least this many characters may extend beyond the limit: breaking it
/// would make it harder to search for.
const UNBREAKABLE: usize = 60;

fn is_unbreakable(line: &str) -> bool {
    let is_long = |part: &str| part.chars().count() >= UNBREAKABLE;
    line.split_whitespace().any(is_long) || line.split('"').skip(1).step_by(2).any(is_long)
}

/// The lines that are too wide, with their numbers. Code blocks and tables in Markdown are exempt.
fn too_wide(text: &str, is_markdown: bool) -> Vec<(usize, &str)> {
    let mut is_code = false;
    let mut found = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        is_code ^= is_markdown && line.trim_start().starts_with("```");
        let is_exempt = is_markdown && (is_code || line.starts_with('|'));
        if line.chars().count() > WIDTH && !is_exempt && !is_unbreakable(line) {
            found.push((number, line));
        }
    }
    found
}

/// The project's own texts. Inputs for tests may have any width.
fn texts() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["src", "tests", "benches", "docs", ".ci"].map(|folder| root.join(folder));
    let mut files: Vec<PathBuf> = folders.iter().flat_map(|folder| files_below(folder)).collect();
    files.extend(fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()));
    let is_text = |file: &PathBuf| {
        SCRIPTS.iter().any(|name| file.ends_with(name))
            || file.extension().is_some_and(|extension| KINDS.iter().any(|kind| extension == *kind))
    };
    let is_built = |file: &PathBuf| file.iter().any(|part| part == "target");
    files.into_iter().filter(|file| is_text(file) && !is_built(file)).collect()
}

#[test]
fn lines_are_at_most_100_characters_wide() {
    let texts = texts();
    assert!(texts.len() > 500, "{}", texts.len());
    let mut wide = Vec::new();
    for file in texts {
        let is_markdown = file.extension().is_some_and(|extension| extension == "md");
        let text = fs::read_to_string(&file).unwrap();
        let found = too_wide(&text, is_markdown).into_iter();
        wide.extend(found.map(|(number, line)| format!("{}:{number}: {line}", file.display())));
    }
    assert!(wide.is_empty(), "lines of more than {WIDTH} characters:\n{}", wide.join("\n"));
}

#[test]
fn wide_lines_are_found() {
    let wide = "word ".repeat(30);
    let cases = [
        (wide.clone(), true, 1),
        (format!("| {wide}"), true, 0),
        (format!("| {wide}"), false, 1),
        (format!("```\n{wide}\n```\n{wide}"), true, 1),
        (format!("let text = \"{wide}\";"), false, 0),
        (format!("<https://example.com/{}>", "a".repeat(WIDTH)), true, 0),
    ];
    for (text, is_markdown, number) in cases {
        assert_eq!(too_wide(&text, is_markdown).len(), number, "{text}");
    }
}
