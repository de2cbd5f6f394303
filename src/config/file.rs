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
    /// A message of one line if the file can't be read, or has anything but settings in it.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = read_trusted(path).map_err(|why| format!("config: {why}"))?;
        let text = String::from_utf8(text)
            .map_err(|_| format!("config: {} is not a text in UTF-8", path.display()))?;
        let line = |position: usize| text[..position].matches('\n').count() + 1;
        let at = |line: usize, why: &str| format!("{}, line {line}: {why}", path.display());
        let arguments = Options::augment_args(Command::new("settings"));
        let table = DeTable::parse(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| line(span.start));
            let shown = text.lines().nth(line - 1).unwrap_or_default();
            at(line, &syntax_fault(&arguments, shown, error.message()))
        })?;
        let mut settings = BTreeMap::new();
        for (name, value) in table.get_ref() {
            let (name, line) = (name.get_ref().as_ref(), line(name.span().start));
            let values = values(&arguments, name, value.get_ref()).map_err(|why| at(line, &why))?;
            // An empty list means the default.
            if !values.is_empty() {
                settings.insert(name.to_owned(), Setting { line, values });
            }
        }
        Ok(Self { path: path.to_owned(), settings })
    }

    /// The names of the settings in the file, each with its line.
    pub fn places(&self) -> impl Iterator<Item = (String, String)> {
        self.settings.iter().map(|(name, setting)| (name.clone(), self.place(setting)))
    }

    fn place(&self, setting: &Setting) -> String {
        format!("{}, line {}", self.path.display(), setting.line)
    }

    /// Returns the settings that arguments, environment variables and this file give together;
    /// `given` are the settings that the first two give.
    ///
    /// # Errors
    /// A message of one line, with the place, if a value in the file can't be used.
    pub fn complete(
        &self,
        command: Command,
        arguments: &[OsString],
        given: &Given,
    ) -> Result<ArgMatches, String> {
        self.as_defaults(command, given).try_get_matches_from(arguments).map_err(|error| {
            let setting = argument(&error).and_then(|name| self.settings.get(name));
            let place = setting.map(|setting| self.place(setting) + ": ");
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

    /// The setting of this file for an argument. An argument without a variable is not a setting.
    fn of(&self, argument: &Arg) -> Option<(&str, &Setting)> {
        let (name, _) = argument.get_long().zip(argument.get_env())?;
        self.settings.get_key_value(name).map(|(name, setting)| (name.as_str(), setting))
    }
}

/// Says what is wrong in a line that is not TOML. The parser's own messages speak of its grammar.
fn syntax_fault(arguments: &Command, line: &str, message: &str) -> String {
    let name = line.split_once('=').map(|(name, _)| name.trim());
    match name.and_then(|name| find(arguments, name)) {
        Some((name, _)) if message.contains("duplicate key") => {
            format!("{name} is set twice; remove one of the two")
        }
        Some((name, argument)) => format!("{name} must be {}", Kind::of(argument).expected(name)),
        None => "this is not TOML; write a setting as a line such as listen = \"127.0.0.1:4242\""
            .to_owned(),
    }
}

/// The argument of a setting.
fn find<'c>(arguments: &'c Command, name: &str) -> Option<(&'c str, &'c Arg)> {
    let mut named = arguments.get_arguments().filter_map(|own| Some((own.get_long()?, own)));
    named.find(|(own, _)| *own == name)
}

/// The values of a setting as an argument would have them.
fn values(arguments: &Command, name: &str, value: &DeValue<'_>) -> Result<Vec<String>, String> {
    let Some((name, argument)) = find(arguments, name) else {
        let near = nearest(name, arguments.get_arguments().filter_map(Arg::get_long));
        let hint = near.map_or("patchbay serve --help lists all settings".to_owned(), |near| {
            format!("did you mean {near}?")
        });
        return Err(format!("{name} is not a setting; {hint}"));
    };
    let kind = Kind::of(argument);
    let values = match (value, &kind) {
        (DeValue::Integer(number), Kind::Number) => Some(vec![decimal(number)]),
        (DeValue::String(text), Kind::Text) => Some(vec![text.clone().into_owned()]),
        (DeValue::Array(items), Kind::List) => texts(items),
        _ => None,
    };
    values
        .ok_or_else(|| format!("{name} must be {}, not {}", kind.expected(name), described(value)))
}

/// A value of the wrong type, in words.
const fn described(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text in quotes",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list of other values",
        DeValue::Table(_) => "a section",
    }
}

/// The number in decimal digits. One that is too large stays as it is written, and is refused
/// later.
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

    /// What a setting of this type must be.
    fn expected(&self, name: &str) -> String {
        let what = match self {
            Self::Number => "a whole number without quotes",
            Self::Text => "a text in quotes",
            Self::List => "a list of texts in quotes",
        };
        format!("{what}, as in {name} = {}", self.form())
    }
}
