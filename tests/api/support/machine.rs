//! The commands of the program, with and without a running server.

use crate::support::program;
use std::path::Path;
use std::process::{Command, Output};

/// Such a command, to run or to kill.
pub fn command(data: &Path, arguments: &[&str]) -> Command {
    let mut command = program();
    command.args(arguments).current_dir(data.parent().unwrap()).env("PATCHBAY_DATA", data);
    command
}

pub fn patchbay(data: &Path, arguments: &[&str]) -> Output {
    command(data, arguments).output().unwrap()
}

#[track_caller]
pub fn says(output: &Output, parts: &[&str]) -> String {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for part in parts {
        assert!(text.contains(part), "'{part}' is not in: {text}");
    }
    text
}

#[track_caller]
pub fn fails(output: &Output, part: &str) {
    let error = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(!output.status.success());
    assert!(error.starts_with("patchbay: ") && error.contains(part), "{part}: {error}");
    assert_eq!(error.trim_end().lines().count(), 1, "{error}");
}
