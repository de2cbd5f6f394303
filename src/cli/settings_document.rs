//! `patchbay settings`: prints all settings of the server as Markdown, as `docs/settings.md` holds
//! them. They are read off the declarations of the arguments.

use super::Cli;
use crate::command_error::CommandError;
use crate::config::{HEADER_SECRET, NEW_MASTER_KEY, NEW_PASSPHRASE, allowed_values, form_in_file};
use crate::keys::{MASTER_KEY, PASSPHRASE};
use clap::{Arg, CommandFactory};
use std::iter::once;

/// The beginning of the document.
const INTRODUCTION: &str = r#"# Settings

<!-- `cargo run -- settings > docs/settings.md` writes this file from the declarations in
src/config. Do not edit it. -->

These are the settings of `patchbay serve`. A flag overrides an environment variable, a
variable the settings file, and the file the default. `patchbay serve -h` shows the most common
flags, `patchbay serve --help` all of them.

- **Settings file.** It is in [TOML](https://toml.io), and its keys are the flags without the two
  hyphens at the start. Patchbay reads `patchbay.toml` in the current folder if it exists, or the
  file that `--config` names. Other users must not be able to write to it. The other commands take
  `data` and `master-key-file` from it; `patchbay demo` reads no settings file.
- **Several values.** Where the file has a list (`["…"]`), repeat the flag, or separate the values
  by commas in the flag or the variable.
- **Wrong values.** Patchbay does not start with a setting that it can't use. It prints one line
  that names the setting, the variable or the line of the file, and what is allowed; the exit code
  is 2.
- **Changes while the server runs.** SIGHUP (`systemctl reload`) makes the server read `log-level`
  and the certificates again. All other settings need a restart."#;

/// The last part of the document, before the table of variables that hold a secret.
const SECRETS: &str = "\
## Secrets

These have no flag, because every user of a machine can read the arguments of a program, and no key
in the settings file.

| environment variable | meaning |
| --- | --- |";

/// The variables that hold a secret.
const SECRET_VARIABLES: [(&str, &str); 5] = [
    (MASTER_KEY, "The master key, as base64 of 32 bytes, instead of a file."),
    (
        PASSPHRASE,
        "A passphrase to derive the master key from, instead of a file. For a new database it must \
         have at least 12 characters.",
    ),
    (
        HEADER_SECRET,
        "The secret that a reverse proxy sends in `X-Patchbay-Secret`, so that the server trusts \
         its `front-header`; at least 32 characters.",
    ),
    (NEW_MASTER_KEY, "For `patchbay key rekey`: the new master key, as base64 of 32 bytes."),
    (
        NEW_PASSPHRASE,
        "For `patchbay key rekey`: a passphrase to derive the new master key from, of at least 12 \
         characters.",
    ),
];

/// The heading of arguments without a heading.
const OTHERS: &str = "Others";

/// Prints the document.
pub fn print() -> Result<(), CommandError> {
    let document = document()?;
    crate::terminal::print(document.lines())
}

fn document() -> Result<String, CommandError> {
    let command = Cli::command();
    let serve = command
        .find_subcommand("serve")
        .ok_or_else(|| CommandError::Failure("there is no command serve".to_owned()))?;
    let settings: Vec<&Arg> = serve.get_arguments().filter(|own| own.get_env().is_some()).collect();
    let mut headings = Vec::new();
    for title in settings.iter().map(|setting| heading(setting)) {
        if !headings.contains(&title) {
            headings.push(title);
        }
    }
    let sections = headings.into_iter().map(|title| {
        let own = settings.iter().filter(|setting| heading(setting) == title);
        section(title, own.map(|setting| row(setting)))
    });
    let parts: Vec<String> =
        once(INTRODUCTION.to_owned()).chain(sections).chain([secrets()]).collect();
    Ok(parts.join("\n\n"))
}

fn secrets() -> String {
    let rows = SECRET_VARIABLES.map(|(name, meaning)| format!("| `{name}` | {meaning} |"));
    format!("{SECRETS}\n{}", rows.join("\n"))
}

fn heading(setting: &Arg) -> &str {
    setting.get_help_heading().unwrap_or(OTHERS)
}

fn section(title: &str, rows: impl Iterator<Item = String>) -> String {
    let head = "| flag | environment variable | in the file | default | allowed | meaning |\n\
                | --- | --- | --- | --- | --- | --- |";
    let rows: Vec<String> = rows.collect();
    format!("## {title}\n\n{head}\n{}", rows.join("\n"))
}

/// The line of a table about one setting.
fn row(setting: &Arg) -> String {
    let name = setting.get_long().unwrap_or_default();
    let variable = setting.get_env().unwrap_or_default().to_string_lossy();
    let (meaning, told_default) = split_default(&help(setting));
    let default = default_value(setting).or(told_default).unwrap_or_else(|| "none".to_owned());
    let cells = [
        format!("`--{name}`"),
        format!("`{variable}`"),
        in_file(setting, name),
        default,
        allowed_values(setting),
        meaning,
    ];
    format!("| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
}

/// The whole help of a setting, on one line.
fn help(setting: &Arg) -> String {
    let help = setting.get_long_help().or_else(|| setting.get_help());
    let help = help.map(ToString::to_string).unwrap_or_default();
    help.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The meaning, and the default that the help describes in words.
fn split_default(help: &str) -> (String, Option<String>) {
    let described = help.split_once(" [default: ").and_then(|(before, rest)| {
        rest.split_once(']').map(|(default, after)| (format!("{before}{after}"), default))
    });
    match described {
        Some((meaning, default)) => (meaning, Some(default.to_owned())),
        None => (help.to_owned(), None),
    }
}

fn default_value(setting: &Arg) -> Option<String> {
    let values: Vec<String> = setting
        .get_default_values()
        .iter()
        .map(|value| format!("`{}`", value.to_string_lossy()))
        .collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// The setting as the settings file has it. The file can't name itself.
fn in_file(setting: &Arg, name: &str) -> String {
    if name == "config" { "no".to_owned() } else { format!("`{name} = {}`", form_in_file(setting)) }
}
