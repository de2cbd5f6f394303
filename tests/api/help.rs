//! The help of the program, as somebody reads it who has never seen the program.

use std::process::Command;

fn help(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_patchbay"));
    let output = command.args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The flags that start a line of the help.
fn flags(help: &str) -> Vec<&str> {
    let words = help.lines().filter_map(|line| line.split_whitespace().next());
    words.filter(|word| word.starts_with("--")).collect()
}

/// The headings of the help.
fn headings(help: &str) -> Vec<&str> {
    help.lines()
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.strip_suffix(':'))
        .collect()
}

#[test]
fn the_short_help_of_serve_shows_the_ten_flags_that_people_need_first() {
    let help = help(&["serve", "-h"]);
    let mut flags = flags(&help);
    flags.sort_unstable();
    assert_eq!(
        flags,
        [
            "--backup-folder",
            "--config",
            "--data",
            "--front",
            "--front-tls",
            "--host",
            "--listen",
            "--log-level",
            "--master-key-file",
            "--operations",
        ]
    );
    let last = help.trim_end().lines().last().unwrap();
    assert!(last.contains("patchbay serve --help shows all"), "{last}");
}

#[test]
fn the_long_help_of_serve_shows_all_flags_under_headings_with_their_variables() {
    let help = help(&["serve", "--help"]);
    let flags = flags(&help);
    assert!(flags.len() >= 52, "{flags:?}");
    for flag in flags {
        let variable = format!("PATCHBAY_{}=", flag[2..].to_uppercase().replace('-', "_"));
        assert!(help.contains(&variable), "{variable}");
    }
    let headings = headings(&help);
    for heading in ["Data and keys", "Addresses", "Signing in", "Caches", "Backups", "Audit log"] {
        assert!(headings.contains(&heading), "{headings:?}");
    }
    // Only the help itself has no heading of its own.
    let general = help.split("Options:").nth(1).unwrap().split("Data and keys:").next().unwrap();
    assert_eq!(general.matches("--").count(), 1, "{general}");
    for variable in
        ["PATCHBAY_MASTER_KEY ", "PATCHBAY_PASSPHRASE ", "PATCHBAY_FRONT_HEADER_SECRET "]
    {
        assert!(help.contains(variable), "{variable}");
    }
}

#[test]
fn the_help_of_the_demo_shows_what_a_demo_needs_and_no_more() {
    for flag in ["-h", "--help"] {
        let help = help(&["demo", flag]);
        assert_eq!(flags(&help), ["--reset", "--yes", "--data", "--listen", "--front"], "{help}");
        assert!(help.contains("patchbay-demo") && help.contains("127.0.0.1:4243"), "{help}");
    }
}

#[test]
fn each_command_says_in_its_help_what_it_is_for() {
    let commands = help(&["--help"]);
    let listed = commands.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    let names = listed.lines().filter_map(|line| line.strip_prefix("  "));
    let names: Vec<&str> = names
        .filter(|line| !line.starts_with(' '))
        .map(|line| line.split_whitespace().next().unwrap())
        .filter(|name| *name != "help")
        .collect();
    assert!(names.len() >= 12, "{names:?}");
    for name in names {
        let help = help(&[name, "--help"]);
        let first = help.lines().next().unwrap();
        assert!(first.split(' ').count() >= 3, "{name}: {first}");
    }
    let keys = help(&["key", "--help"]);
    for part in ["rotate  Replace the data key", "rekey   Replace the master key"] {
        assert!(keys.contains(part), "{keys}");
    }
}
