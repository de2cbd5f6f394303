//! Settings of commands: flags, environment variables and the settings file together.

use super::{Cli, Command, secret_variable};
use crate::command_error::CommandError;
use crate::config::{
    DEFAULT_FILE, Given, SECRET_VARIABLES, Settings, SettingsFile, argument, from_variable, refusal,
};
use crate::model::nearest;
use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, CommandFactory, FromArgMatches};
use std::any::TypeId;
use std::env::{args_os, var_os, vars_os};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Returns the command with all its settings, and which of them are given; `matches` are what
/// arguments and variables give.
///
/// # Errors
/// [`CommandError::Usage`] if the settings file can't be used.
pub fn read(matches: &ArgMatches) -> Result<(Command, Given), CommandError> {
    let Cli { command } = Cli::from_arg_matches(matches)
        .map_err(|error| CommandError::Usage(wrong_argument(&error)))?;
    if matches!(command, Command::Openapi | Command::Settings) {
        return Ok((command, Given::default()));
    }
    let file = settings_file(&command)?;
    let (given, arguments) = (Given::of(matches), args_os().collect::<Vec<OsString>>());
    let matches = file.complete(Cli::command(), &arguments, &given).map_err(CommandError::Usage)?;
    let Cli { command } =
        Cli::from_arg_matches(&matches).map_err(|error| CommandError::Usage(refusal(&error)))?;
    Ok((command, given.and(file.places())))
}

/// Returns the settings of the server that the command line starts.
///
/// # Errors
/// [`CommandError::Usage`] as [`read`], and if a value can't be used.
pub fn settings(matches: &ArgMatches) -> Result<Settings, CommandError> {
    match read(matches)? {
        (Command::Serve { options, .. } | Command::Demo { options, .. }, given) => {
            options.settle(&given, secret_variable).map_err(CommandError::Usage)
        }
        _ => Err(CommandError::Usage("this command does not start a server".to_owned())),
    }
}

/// Reads the settings file for a command, if there is one. The demo ignores it: it is for a site.
fn settings_file(command: &Command) -> Result<SettingsFile, CommandError> {
    let named = match command {
        Command::Demo { .. } | Command::Openapi | Command::Settings => {
            return Ok(SettingsFile::default());
        }
        Command::Serve { config, .. } => config,
        Command::Explain { place, .. }
        | Command::User { place, .. }
        | Command::Audit { place, .. }
        | Command::Backup { place, .. }
        | Command::Restore { place, .. }
        | Command::Verify { place, .. }
        | Command::Key { place, .. }
        | Command::Unseal { place, .. }
        | Command::Site { place, .. }
        | Command::Pull { place, .. }
        | Command::Cert { place, .. } => &place.config,
    };
    let file = named
        .clone()
        .or_else(|| Path::new(DEFAULT_FILE).exists().then(|| PathBuf::from(DEFAULT_FILE)));
    file.map_or_else(|| Ok(SettingsFile::default()), |path| SettingsFile::read(&path))
        .map_err(CommandError::Usage)
}

/// Returns the line that says what is wrong with an argument, or with the variable that gives it.
pub fn wrong_argument(error: &clap::Error) -> String {
    if error.kind() == ErrorKind::InvalidUtf8 {
        let variable = variable_without_text();
        let name = variable.as_deref().unwrap_or("an argument");
        return format!("{name} is not valid UTF-8");
    }
    let message = refusal(error);
    match argument(error).and_then(variable_behind) {
        Some(variable) => from_variable(&message, &variable),
        None => message,
    }
}

/// The first variable that must hold a text and does not. A path may be any bytes.
fn variable_without_text() -> Option<String> {
    let command = Cli::command();
    let is_path = |setting: &Arg| setting.get_value_parser().type_id() == TypeId::of::<PathBuf>();
    let mut variables =
        arguments(&command).filter(|own| !is_path(own)).filter_map(|own| own.get_env());
    let wrong = variables.find(|name| var_os(name).is_some_and(|value| value.to_str().is_none()));
    wrong.map(|name| name.to_string_lossy().into_owned())
}

/// The variable that gives a setting which no flag gives.
fn variable_behind(name: &str) -> Option<String> {
    let flag = format!("--{name}");
    let is_flag =
        |argument: OsString| argument.to_string_lossy().split('=').next() == Some(flag.as_str());
    if args_os().any(is_flag) {
        return None;
    }
    let command = Cli::command();
    let setting = arguments(&command).find(|argument| argument.get_long() == Some(name))?;
    setting.get_env().map(|variable| variable.to_string_lossy().into_owned())
}

/// The arguments of all commands.
fn arguments(command: &clap::Command) -> impl Iterator<Item = &Arg> {
    command.get_subcommands().flat_map(clap::Command::get_arguments)
}

/// Returns a warning for each variable that looks like a setting and is not one. The variables that
/// Kubernetes sets for a service called patchbay are not meant for this program.
///
/// # Errors
/// [`CommandError::Usage`] if a variable is one keystroke away from a setting, which is a typing
/// error.
pub fn check_variables() -> Result<Vec<String>, CommandError> {
    let command = Cli::command();
    let known: Vec<String> = arguments(&command)
        .filter_map(Arg::get_env)
        .map(|name| name.to_string_lossy().into_owned())
        .chain(SECRET_VARIABLES.map(str::to_owned))
        .collect();
    let mut warnings = Vec::new();
    for (name, value) in vars_os() {
        let (name, value) = (name.to_string_lossy(), value.to_string_lossy());
        let is_known = known.iter().any(|known| *known == name);
        if !name.starts_with("PATCHBAY_") || is_known || is_of_kubernetes(&name, &value) {
            continue;
        }
        let near = nearest(&name, known.iter().map(String::as_str));
        let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        let unknown = format!("the environment variable {name} is not a setting");
        if near.is_some_and(|near| strsim::damerau_levenshtein(&name, near) == 1) {
            return Err(CommandError::Usage(unknown + &hint));
        }
        warnings.push(format!("{unknown}, and is ignored{hint}"));
    }
    Ok(warnings)
}

/// Whether Kubernetes sets a variable of this name to such a value for a service.
fn is_of_kubernetes(name: &str, value: &str) -> bool {
    let is_url = ["tcp://", "udp://", "sctp://"].iter().any(|scheme| value.starts_with(scheme));
    let is_of_port = ["_TCP", "_UDP", "_SCTP"].iter().any(|protocol| name.contains(protocol));
    name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || name.contains("_PORT") && (is_url || is_of_port)
}
