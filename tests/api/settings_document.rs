//! docs/settings.md equals the output of the program.

use crate::support::program;

const DOCUMENT: &str = include_str!("../../docs/settings.md");

fn output(arguments: &[&str]) -> String {
    let mut command = program();
    // The help shows the values of variables that are set.
    let variables = std::env::vars_os().map(|(name, _)| name);
    for name in variables.filter(|name| name.to_string_lossy().starts_with("PATCHBAY_")) {
        command.env_remove(name);
    }
    let output = command.args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_document_equals_the_output_of_the_program() {
    let hint = "run: cargo run -- settings > docs/settings.md";
    assert!(output(&["settings"]) == DOCUMENT, "docs/settings.md is out of date; {hint}");
}

#[test]
fn the_document_has_every_flag_with_its_variable_bounds_and_meaning() {
    let help = output(&["serve", "--help"]);
    let first_words = help.lines().filter_map(|line| line.split_whitespace().next());
    let flags: Vec<&str> = first_words.filter(|word| word.starts_with("--")).collect();
    assert!(flags.len() >= 50, "{flags:?}");
    for flag in flags {
        let row = DOCUMENT.lines().find(|line| line.starts_with(&format!("| `{flag}` |")));
        let row = row.unwrap_or_else(|| panic!("{flag} is missing"));
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        assert_eq!(cells.len(), 6, "{row}");
        assert!(cells.iter().all(|cell| !cell.is_empty()), "{row}");
        let variable = format!("`PATCHBAY_{}`", flag[2..].to_uppercase().replace('-', "_"));
        assert_eq!(cells[1], variable);
    }
}
