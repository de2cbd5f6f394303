//! Follows docs/adding-an-entity.md on a copy of the sources, and checks that the resulting program
//! has the new entity type.

use crate::support::program_path;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The files and folders that the build needs.
const SOURCES: [&str; 5] = ["src", "migrations", "Cargo.toml", "Cargo.lock", "askama.toml"];

/// A code block of the page.
struct Block<'p> {
    language: &'p str,
    text: String,
    /// The file that the text before the block names last.
    file: &'p str,
}

/// Returns the code blocks of a page, in order.
fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut file = "";
    for (index, part) in page.split("```").enumerate() {
        if index % 2 == 1 {
            let (language, text) = part.split_once('\n').unwrap();
            blocks.push(Block { language, text: text.to_owned(), file });
        } else if let Some(name) =
            part.split('`').skip(1).step_by(2).filter(|code| is_file(code)).last()
        {
            file = name;
        }
    }
    blocks
}

fn is_file(code: &str) -> bool {
    ["src/", "migrations/"].iter().any(|folder| code.starts_with(folder))
}

/// Adds to a file the lines of a diff that begin with a plus.
fn patched(text: &str, diff: &str) -> String {
    let side = |sign: char| -> String {
        let lines = diff.split_inclusive('\n').filter(|line| line.starts_with([' ', sign]));
        lines.map(|line| &line[1..]).collect()
    };
    let (before, after) = (side('-'), side('+'));
    assert_eq!(text.matches(&before).count(), 1, "these lines must occur exactly once:\n{before}");
    text.replace(&before, &after)
}

/// Applies the page to the copy of the sources. `number` is the number of the next migration.
fn apply(page: &str, source: &Path, number: usize) {
    let page = page.replace("00NN", &format!("{number:04}"));
    let mut seen = Vec::new();
    for Block { language, text, file } in blocks(&page) {
        let path = source.join(file);
        match language {
            "rust" | "sql" => {
                assert!(!path.exists(), "{file}");
                fs::write(path, text).unwrap();
            }
            "diff" => {
                fs::write(&path, patched(&fs::read_to_string(&path).unwrap(), &text)).unwrap();
            }
            "sh" => continue,
            other => panic!("the page has a code block of the unknown kind {other}"),
        }
        seen.push((language.to_owned(), file.to_owned()));
    }
    let migration = format!("migrations/{number:04}_streams.sql");
    let expected = [
        ("rust", "src/model/stream.rs"),
        ("diff", "src/model/mod.rs"),
        ("diff", "src/model/mod.rs"),
        ("sql", migration.as_str()),
        ("diff", "src/store/sqlite/migrations.rs"),
    ];
    assert_eq!(seen, expected.map(|(language, file)| (language.to_owned(), file.to_owned())));
}

/// Copies or links a file to another place.
type PlaceFile = fn(&Path, &Path);

/// Calls `place_file` with a file, or with each file of a folder.
fn place(from: &Path, to: &Path, place_file: PlaceFile) {
    if from.is_file() {
        place_file(from, to);
        return;
    }
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        place(&entry.path(), &to.join(entry.file_name()), place_file);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::copy(from, to).unwrap();
}

/// Copies a file with its modification date, from which cargo decides what is up to date.
fn copy_with_date(from: &Path, to: &Path) {
    copy(from, to);
    let date = fs::metadata(from).unwrap().modified().unwrap();
    fs::File::open(to).unwrap().set_modified(date).unwrap();
}

/// Hard-links a compiled file: these are large, and never modified in place.
fn link(from: &Path, to: &Path) {
    fs::hard_link(from, to).unwrap();
}

/// Hands the dependencies that were compiled for these tests to another target folder, so that only
/// the program itself is compiled again. Cargo compiles anything that is missing.
fn share_dependencies(built: &Path, to: &Path) {
    if to.exists() {
        return;
    }
    let folders: [(&str, PlaceFile); 3] =
        [("deps", link), ("build", copy_with_date), (".fingerprint", copy_with_date)];
    for (folder, place_file) in folders {
        fs::create_dir_all(to.join(folder)).unwrap();
        for entry in fs::read_dir(built.join(folder)).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            let is_own = ["patchbay", "libpatchbay", "api-", "ratios-"]
                .iter()
                .any(|own| name.starts_with(own));
            if !is_own {
                place(&entry.path(), &to.join(folder).join(name), place_file);
            }
        }
    }
}

/// Builds the program with the new type, and returns its path.
fn build(page: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = program_path();
    let built = program.parent().unwrap();
    let folder = built.parent().unwrap().join("adding-an-entity");
    let (source, target) = (folder.join("source"), folder.join("target"));
    if source.exists() {
        fs::remove_dir_all(&source).unwrap();
    }
    fs::create_dir_all(&source).unwrap();
    for name in SOURCES {
        place(&root.join(name), &source.join(name), copy);
    }
    // The manifest names these targets; their content is not needed. One empty test makes cargo
    // select the same features of the dependencies.
    for file in ["tests/api/main.rs", "benches/ratios/main.rs"] {
        fs::create_dir_all(source.join(file).parent().unwrap()).unwrap();
        fs::write(source.join(file), "//! Nothing.\n").unwrap();
    }
    apply(page, &source, fs::read_dir(root.join("migrations")).unwrap().count() + 1);
    share_dependencies(built, &target.join("debug"));
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // The environment that cargo sets for tests would make it compile some dependencies again.
    let of_package =
        ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"];
    let names = env::vars_os().map(|(name, _)| name);
    for name in names
        .filter(|name| of_package.iter().any(|start| name.to_string_lossy().starts_with(start)))
    {
        cargo.env_remove(name);
    }
    cargo.args(["test", "--no-run", "--offline", "--locked", "--test", "api"]);
    let output = cargo.current_dir(&source).env("CARGO_TARGET_DIR", &target).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    target.join("debug/patchbay")
}

/// Runs tests of this crate against another program, and returns how many passed.
fn passed(program: &Path, arguments: &[&str]) -> usize {
    let mut command = Command::new(env::current_exe().unwrap());
    let output = command.args(arguments).env("TESTED_PROGRAM", program).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    let result = text.lines().find_map(|line| line.strip_prefix("test result: ok. ")).unwrap();
    result.split(' ').next().unwrap().parse().unwrap()
}

#[test]
#[ignore = "it builds the program once more; .ci/run full does it"]
fn the_steps_of_the_page_add_an_entity_type_with_all_operations() {
    let program = build(include_str!("../../docs/adding-an-entity.md"));
    assert!(passed(&program, &["operations::"]) > 12);
    assert!(passed(&program, &["--ignored", "streams::"]) > 7);
}

#[test]
fn the_code_of_the_page_applies_to_the_current_sources() {
    let page = include_str!("../../docs/adding-an-entity.md");
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["src", "migrations"] {
        place(&root.join(name), &folder.path().join(name), copy);
    }
    apply(page, folder.path(), 9_999);
    let registry = fs::read_to_string(folder.path().join("src/model/mod.rs")).unwrap();
    assert!(registry.contains("\nmod stream;\n") && registry.contains("    &stream::STREAM,\n];"));
}

#[test]
fn a_diff_adds_its_lines_at_the_right_place() {
    assert_eq!(patched("a\nb\nc\n", " a\n+x\n b\n"), "a\nx\nb\nc\n");
    assert_eq!(patched("a\nb\n", "-a\n+y\n b\n"), "y\nb\n");
    let page = "one `src/a.rs`\n```rust\ncode\n```\ntwo `mod`\n```diff\n+x\n```\n";
    let found: Vec<(&str, String, &str)> =
        blocks(page).into_iter().map(|block| (block.language, block.text, block.file)).collect();
    assert_eq!(
        found,
        [("rust", "code\n".to_owned(), "src/a.rs"), ("diff", "+x\n".to_owned(), "src/a.rs")]
    );
}
