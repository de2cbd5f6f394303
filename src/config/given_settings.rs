//! Which settings are given, and where. Some settings need another one; without it they are refused
//! rather than ignored, with the place that gives them.

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command};
use std::collections::BTreeMap;
use std::fmt::Display;

/// Where a setting is given.
#[derive(Clone, Debug)]
enum Place {
    Flag,
    Variable,
    /// The settings file and its line.
    Line(String),
}

/// The settings that a flag, a variable or the settings file gives. The others have their defaults.
#[derive(Clone, Debug, Default)]
pub struct Given(BTreeMap<String, Place>);

/// A setting that can't be used, and why.
#[derive(Debug)]
pub struct WrongSetting {
    /// `None` for what only an environment variable can hold; the message names it then.
    name: Option<String>,
    message: String,
}

impl WrongSetting {
    /// Makes a message of the name of a setting and of what is wrong with it.
    pub fn new(name: &str, why: impl Display) -> Self {
        Self { name: Some(name.to_owned()), message: format!("{name} {why}") }
    }
}

impl From<String> for WrongSetting {
    fn from(message: String) -> Self {
        Self { name: None, message }
    }
}

/// The environment variable of a setting.
#[must_use]
pub fn variable(name: &str) -> String {
    format!("PATCHBAY_{}", name.to_uppercase().replace('-', "_"))
}

impl Given {
    /// Returns the settings that flags and variables give to the command that runs.
    #[must_use]
    pub fn of(matches: &ArgMatches) -> Self {
        let mut own = matches;
        while let Some((_, command)) = own.subcommand() {
            own = command;
        }
        let place = |id: &str| match own.value_source(id)? {
            ValueSource::CommandLine => Some(Place::Flag),
            ValueSource::EnvVariable => Some(Place::Variable),
            _ => None,
        };
        let places = own.ids().filter_map(|id| {
            let id = id.as_str();
            Some((id.replace('_', "-"), place(id)?))
        });
        Self(places.collect())
    }

    /// Adds the settings of the settings file, each with its place there. A flag or a variable
    /// wins.
    #[must_use]
    pub fn and(mut self, file: impl IntoIterator<Item = (String, String)>) -> Self {
        for (name, line) in file {
            self.0.entry(name).or_insert(Place::Line(line));
        }
        self
    }

    /// Whether this setting is given.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Refuses the settings of a group, which need another one: `needed` names it.
    ///
    /// # Errors
    /// `WrongSetting` with the first setting of the group that is given.
    pub fn refuse<Group: Args>(&self, needed: &str) -> Result<(), WrongSetting> {
        let group = Group::augment_args(Command::new("settings"));
        let first = group.get_arguments().filter_map(Arg::get_long).find(|name| self.has(name));
        first.map_or(Ok(()), |name| Err(WrongSetting::new(name, format_args!("needs {needed}"))))
    }

    /// Returns the message about a setting, with the variable or the line of the file that gives
    /// it.
    #[must_use]
    pub fn locate(&self, WrongSetting { name, message }: WrongSetting) -> String {
        let Some(name) = name else { return message };
        match self.0.get(&name) {
            Some(Place::Line(line)) => format!("{line}: {message}"),
            Some(Place::Variable) => from_variable(&message, &variable(&name)),
            Some(Place::Flag) | None => message,
        }
    }
}

/// A message about a setting that a variable gives.
#[must_use]
pub fn from_variable(message: &str, variable: &str) -> String {
    format!("{message} (from the environment variable {variable})")
}
