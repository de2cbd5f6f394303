//! The README and the tour are right: the test types their commands and compares the output.

use crate::support::Server;
use std::path::Path;
use std::process::Command;

const README: &str = include_str!("../../README.md");
const TOUR: &str = include_str!("../../docs/tour.md");

/// One command of a page and the output that the page shows.
struct Step {
    command: String,
    output: String,
}

fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut in_console = false;
    for line in page.lines() {
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

/// The text without what differs from run to run: ids that the server creates, and dates.
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

/// Types the commands of a page and compares what they print. Each command without output, such as
/// the definition of a function, is repeated before those that follow it.
fn type_all(page: &str, server: &Server) {
    // The server of this test has its own port and folder.
    let address = server.base.trim_start_matches("https://");
    let folder = server.data().display().to_string();
    let here =
        |text: &str| text.replace("127.0.0.1:4242", address).replace("patchbay-data", &folder);
    let mut before = String::new();
    for step in steps(page) {
        if step.output.is_empty() {
            before.extend([&here(&step.command), "\n"]);
            continue;
        }
        let script = format!("{before}{}", here(&step.command));
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert_eq!(comparable(&printed), comparable(&step.output), "{}", step.command);
    }
}

#[test]
fn the_readme_and_the_tour_show_what_their_commands_print() {
    assert_eq!(steps(README).len(), 1);
    assert!(steps(TOUR).len() > 10);
    let server = Server::start();
    type_all(README, &server);
    type_all(TOUR, &server);
}

#[test]
fn the_tour_shows_the_startup_message() {
    let server = Server::start();
    let shown = TOUR.split("```text\n").nth(1).unwrap().split("\n```").next().unwrap();
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
fn the_test_command_is_the_one_that_ci_runs() {
    let ci = include_str!("../../.ci/run");
    let command = README.split("Test it:\n\n```sh\n").nth(1).unwrap().lines().next().unwrap();
    assert!(ci.lines().any(|line| line.trim() == command), "{command}");
}

#[test]
fn the_workflow_has_the_steps_of_the_check() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(root.join(".ci/run")).arg("--list").output().unwrap();
    let steps = String::from_utf8(output.stdout).unwrap();
    let workflow = include_str!("../../.github/workflows/check.yml");
    let jobs = workflow.lines().filter_map(|line| line.strip_prefix("          - "));
    let (mut jobs, mut steps): (Vec<_>, Vec<_>) = (jobs.collect(), steps.lines().collect());
    jobs.sort_unstable();
    steps.sort_unstable();
    assert!(steps.len() > 10, "{steps:?}");
    assert_eq!(jobs, steps);
}
