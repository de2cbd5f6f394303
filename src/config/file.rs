//! The settings file: its values are the defaults of the arguments of the same names, so the same
//! parsers check them.

use super::given_settings::Given;
use super::options::Options;
use super::refusal::{argument, refusal};
use crate::model::nearest;
use crate::private_files::read_trusted;
use clap::{Arg, ArgAction, ArgMatches, Args, Command};
use std::any::TypeId;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use toml::de::{DeArray, DeInteger, DeTable, DeValue};

/// The settings of a file.
#[derive(Debug, Default)]
pub struct SettingsFile {
    path: PathBuf,
    settings: BTreeMap<String, Setting>,
}

#[derive(Debug)]
struct Setting {
    line: usize,
    values: Vec<String>,
}

impl SettingsFile {
    /// Reads a settings file.
    ///
    /// # Errors
    /// It can't be read, or holds what is no setting. The message is one line.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = read_trusted(path).map_err(|why| format!("config: {why}"))?;
        let text = String::from_utf8(text)
            .map_err(|_| format!("config: {} is no UTF-8 text", path.display()))?;
        let line = |position: usize| text[..position].matches('\n').count() + 1;
        let at = |line: usize, why: &str| format!("{}, line {line}: {why}", path.display());
        let table = DeTable::parse(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| line(span.start));
            let setting = text.lines().nth(line - 1).and_then(|line| line.split_once('='));
            let setting = setting.map(|(name, _)| format!("{}: ", name.trim())).unwrap_or_default();
            at(line, &(setting + &error.message().replace('\n', "; ")))
        })?;
        let arguments = Options::augment_args(Command::new("settings"));
        let mut settings = BTreeMap::new();
        for (name, value) in table.get_ref() {
            let (name, line) = (name.get_ref().as_ref(), line(name.span().start));
            let values = values(&arguments, name, value.get_ref()).map_err(|why| at(line, &why))?;
            // An empty list is as good as none.
            if !values.is_empty() {
                settings.insert(name.to_owned(), Setting { line, values });
            }
        }
        Ok(Self { path: path.to_owned(), settings })
    }

    /// The names of the settings that it gives.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.settings.keys().map(String::as_str)
    }

    /// The settings by arguments, environment variables and this file together; `given` are the
    /// settings that the first two give.
    ///
    /// # Errors
    /// A value in the file can't be used. The message is one line, with the place.
    pub fn complete(
        &self,
        command: Command,
        arguments: &[OsString],
        given: &Given,
    ) -> Result<ArgMatches, String> {
        self.as_defaults(command, given).try_get_matches_from(arguments).map_err(|error| {
            let setting = argument(&error).and_then(|name| self.settings.get(name));
            let place =
                setting.map(|setting| format!("{}, line {}: ", self.path.display(), setting.line));
            place.unwrap_or_default() + &refusal(&error)
        })
    }

    fn as_defaults(&self, command: Command, given: &Given) -> Command {
        let command = command.mut_args(|argument| match self.of(&argument) {
            // A comma in a list of the file separates nothing.
            Some((name, setting)) if !given.has(name) => {
                let argument = argument.default_values(&setting.values);
                argument.value_delimiter(None::<char>)
            }
            _ => argument,
        });
        command.mut_subcommands(|command| self.as_defaults(command, given))
    }

    /// The setting of this file for an argument. What is no setting has no variable.
    fn of(&self, argument: &Arg) -> Option<(&str, &Setting)> {
        let (name, _) = argument.get_long().zip(argument.get_env())?;
        self.settings.get_key_value(name).map(|(name, setting)| (name.as_str(), setting))
    }
}

/// The values of a setting as an argument would have them.
fn values(arguments: &Command, name: &str, value: &DeValue<'_>) -> Result<Vec<String>, String> {
    let Some(argument) =
        arguments.get_arguments().find(|argument| argument.get_long() == Some(name))
    else {
        let near = nearest(name, arguments.get_arguments().filter_map(Arg::get_long));
        let hint = near.map_or("patchbay serve --help lists them".to_owned(), |near| {
            format!("did you mean {near}?")
        });
        return Err(format!("{name} is no setting; {hint}"));
    };
    let kind = Kind::of(argument);
    let values = match (value, &kind) {
        (DeValue::Integer(number), Kind::Number) => Some(vec![decimal(number)]),
        (DeValue::String(text), Kind::Text) => Some(vec![text.clone().into_owned()]),
        (DeValue::Array(items), Kind::List) => texts(items),
        _ => None,
    };
    values.ok_or_else(|| {
        format!("{name} must be {}, and its type in TOML is {}", kind.expected(), value.type_str())
    })
}

/// The number as it is parsed everywhere. One that is too large stays as it is, and is refused for
/// that.
fn decimal(number: &DeInteger<'_>) -> String {
    let parsed = i128::from_str_radix(number.as_str(), number.radix());
    parsed.map_or_else(|_| number.to_string(), |number| number.to_string())
}

fn texts(items: &DeArray<'_>) -> Option<Vec<String>> {
    items.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect()
}

/// The value of a setting as the file has it, such as `"…"`.
#[must_use]
pub fn form_in_file(setting: &Arg) -> &'static str {
    Kind::of(setting).form()
}

/// The type that a setting has in the file.
enum Kind {
    Number,
    Text,
    List,
}

impl Kind {
    fn of(argument: &Arg) -> Self {
        let parsed = argument.get_value_parser().type_id();
        let numbers = [TypeId::of::<u32>(), TypeId::of::<u64>(), TypeId::of::<usize>()];
        match argument.get_action() {
            ArgAction::Append => Self::List,
            _ if numbers.iter().any(|number| parsed == *number) => Self::Number,
            _ => Self::Text,
        }
    }

    /// A value of this type in the file, as the documentation shows it.
    const fn form(&self) -> &'static str {
        match self {
            Self::Number => "N",
            Self::Text => "\"…\"",
            Self::List => "[\"…\"]",
        }
    }

    /// How such a setting is written.
    const fn expected(&self) -> &'static str {
        match self {
            Self::Number => "a number without quotes",
            Self::Text => "a text in quotes",
            Self::List => "a list of texts, as in [\"…\", \"…\"]",
        }
    }
}
