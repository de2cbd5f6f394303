//! Says in one line why an argument is refused.

use super::parse::Unusable;
use crate::model::nearest;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{Arg, Command};
use std::any::TypeId;
use std::error::Error as _;
use std::path::PathBuf;

/// Returns the line that says what is wrong. Clap's own messages have several lines.
#[must_use]
pub fn refusal(error: &Error) -> String {
    if error.kind() == ErrorKind::MissingSubcommand {
        return missing_command(error);
    }
    if let (Some(name), Some(why)) = (argument(error), why(error)) {
        return format!("{name} {why}");
    }
    if let Some(message) = unknown(error) {
        return message;
    }
    let message = error.to_string();
    format!("{}; see {} --help", first_paragraph(&message), command_in_usage(&message))
}

/// Says that there is no such command or argument, and which one may be meant.
fn unknown(error: &Error) -> Option<String> {
    let (noun, wrong, suggested) = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            ("command", ContextKind::InvalidSubcommand, ContextKind::SuggestedSubcommand)
        }
        ErrorKind::UnknownArgument => {
            ("argument", ContextKind::InvalidArg, ContextKind::SuggestedArg)
        }
        _ => return None,
    };
    let ContextValue::String(name) = error.get(wrong)? else { return None };
    let near = match error.get(suggested) {
        Some(ContextValue::String(near)) => Some(near.as_str()),
        Some(ContextValue::Strings(all)) => nearest(name, all.iter().map(String::as_str)),
        _ => None,
    };
    let hint = near.map_or_else(String::new, |near| format!(" did you mean '{near}'?"));
    let command = command_in_usage(&error.to_string());
    Some(format!("there is no {noun} '{name}';{hint} see {command} --help"))
}

/// Commands that are not for people who look for one.
const UNLISTED: [&str; 2] = ["help", "settings"];

/// Says which commands there are.
fn missing_command(error: &Error) -> String {
    let parent = match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(parent)) => parent.as_str(),
        _ => "patchbay",
    };
    let commands = match error.get(ContextKind::ValidSubcommand) {
        Some(ContextValue::Strings(commands)) => commands.as_slice(),
        _ => &[],
    };
    let listed: Vec<String> =
        commands.iter().filter(|name| !UNLISTED.contains(&name.as_str())).cloned().collect();
    format!("a command is missing: {parent} takes {}; see {parent} --help", alternatives(&listed))
}

/// The command that a message shows the usage of.
fn command_in_usage(message: &str) -> String {
    let usage = message.split_once("Usage: ").map_or("patchbay", |(_, usage)| usage);
    let is_name =
        |word: &&str| word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-');
    let words: Vec<&str> = usage
        .split_whitespace()
        .take_while(|word| !word.starts_with('-'))
        .take_while(is_name)
        .collect();
    words.join(" ")
}

/// The name of the argument with the wrong value, without the hyphens.
#[must_use]
pub fn argument(error: &Error) -> Option<&str> {
    match error.get(ContextKind::InvalidArg)? {
        ContextValue::String(argument) => argument.strip_prefix("--")?.split(' ').next(),
        _ => None,
    }
}

/// Why the value is refused, to follow the name.
fn why(error: &Error) -> Option<String> {
    match error.kind() {
        ErrorKind::ValueValidation => Some(error.source()?.downcast_ref::<Unusable>()?.to_string()),
        ErrorKind::InvalidValue => {
            match (error.get(ContextKind::InvalidValue)?, error.get(ContextKind::ValidValue)?) {
                (ContextValue::String(_), ContextValue::Strings(valid)) if valid.is_empty() => {
                    Some("needs a value".to_owned())
                }
                (ContextValue::String(value), ContextValue::Strings(valid)) => {
                    Some(Unusable::expected(alternatives(valid), value).to_string())
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// The values that a setting may have, in the words by which it refuses an empty one.
#[must_use]
pub fn allowed_values(setting: &Arg) -> String {
    if setting.get_value_parser().type_id() == TypeId::of::<PathBuf>() {
        return "a path".to_owned();
    }
    let name = setting.get_long().unwrap_or_default();
    let parsed = Command::new("settings")
        .arg(setting.clone())
        .try_get_matches_from(["settings", &format!("--{name}=")]);
    let why = parsed.err().as_ref().and_then(why).unwrap_or_default();
    let why = why.strip_suffix(", not ''").unwrap_or(&why);
    why.strip_prefix("must be ").unwrap_or(why).to_owned()
}

/// Joins words as in `a, b or c`.
fn alternatives(words: &[String]) -> String {
    match words {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        words => words.concat(),
    }
}

/// A message of clap without its first word, `error:`, and its usage.
fn first_paragraph(message: &str) -> String {
    let end = message
        .find("\n\nUsage:")
        .or_else(|| message.find("\n\nFor more"))
        .unwrap_or(message.len());
    message[..end].trim_start_matches("error:").split_whitespace().collect::<Vec<_>>().join(" ")
}
