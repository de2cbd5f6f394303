//! The README tells the truth: its tour is typed as it stands there.

use crate::support::Server;
use std::process::Command;

const README: &str = include_str!("../../README.md");

/// One command of the tour and what the README says that it prints.
struct Step {
    command: String,
    output: String,
}

fn steps() -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut in_console = false;
    for line in README.lines() {
        match (in_console, line) {
            (false, "```console") => in_console = true,
            (true, "```") => in_console = false,
            (true, line) => match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => {
                    steps.push(Step { command: command.to_owned(), output: String::new() });
                }
                (None, Some(step)) => step.output.extend([line, "\n"]),
                (None, None) => panic!("output before the first command: {line}"),
            },
            (false, _) => {}
        }
    }
    steps
}

/// The text with what differs from run to run left out: ids that the server makes, and dates.
fn comparable(text: &str) -> String {
    let words = text.split_inclusive(['"', ' ', ';', ',']);
    words
        .map(|word| if is_made(word.trim_end_matches(['"', ' ', ';', ','])) { "…" } else { word })
        .collect()
}

fn is_made(word: &str) -> bool {
    let shape: String = word
        .chars()
        .map(|character| if character.is_ascii_hexdigit() { 'x' } else { character })
        .collect();
    shape == "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx" || shape == "xxxx-xx-xxTxx:xx:xx.xxxZ"
}

#[test]
fn the_tour_prints_what_the_readme_says() {
    let server = Server::start();
    let steps = steps();
    assert!(steps.len() > 10);
    // The server of this test has a port and a folder of its own.
    let address = server.base.trim_start_matches("https://");
    let folder = server.data().display().to_string();
    let here =
        |text: &str| text.replace("127.0.0.1:4242", address).replace("patchbay-data", &folder);
    let mut before = String::new();
    for step in &steps {
        let script = format!("{before}{}", here(&step.command));
        if step.output.is_empty() {
            before.extend([&here(&step.command), "\n"]);
            continue;
        }
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert_eq!(comparable(&printed), comparable(&step.output), "{}", step.command);
    }
}

#[test]
fn the_welcome_is_the_one_that_the_readme_shows() {
    let server = Server::start();
    let shown = README.split("```text\n").nth(1).unwrap().split("\n```").next().unwrap();
    let address = server.base.trim_start_matches("https://");
    let folder = server.data().canonicalize().unwrap().display().to_string();
    let printed = server
        .welcome
        .join("\n")
        .replace(address, "127.0.0.1:4242")
        .replace(&folder, "/home/you/patchbay/patchbay-data");
    assert_eq!(printed, shown);
}

#[test]
fn the_test_command_is_the_one_that_ci_calls() {
    let ci = include_str!("../../.ci/run");
    let command = README.split("Test it:\n\n```sh\n").nth(1).unwrap().lines().next().unwrap();
    assert!(ci.lines().any(|line| line.trim() == command), "{command}");
}
