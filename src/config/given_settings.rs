//! Which settings somebody gives. Some do nothing without another one, and are refused rather than
//! ignored.

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command};
use std::collections::BTreeSet;

/// The names of the settings that a flag, a variable or the file gives, so that they don't have
/// their defaults.
#[derive(Clone, Debug, Default)]
pub struct Given(BTreeSet<String>);

impl Given {
    /// Those that flags and variables give to the command that is run.
    #[must_use]
    pub fn of(matches: &ArgMatches) -> Self {
        let mut own = matches;
        while let Some((_, command)) = own.subcommand() {
            own = command;
        }
        let is_given =
            |name: &&str| !matches!(own.value_source(name), None | Some(ValueSource::DefaultValue));
        Self(
            own.ids()
                .map(clap::Id::as_str)
                .filter(is_given)
                .map(|name| name.replace('_', "-"))
                .collect(),
        )
    }

    /// These, and others.
    #[must_use]
    pub fn and<'n>(mut self, others: impl IntoIterator<Item = &'n str>) -> Self {
        self.0.extend(others.into_iter().map(str::to_owned));
        self
    }

    /// Whether this one is given.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// Refuses the settings of a group, which do nothing without `other`.
    ///
    /// # Errors
    /// One is given. The message names the first of them.
    pub fn refuse<Group: Args>(&self, other: &str) -> Result<(), String> {
        let group = Group::augment_args(Command::new("settings"));
        let first = group.get_arguments().filter_map(Arg::get_long).find(|name| self.has(name));
        first.map_or(Ok(()), |name| Err(format!("{name} needs {other}")))
    }
}
