//! Settings of commands: flags, environment variables and the settings file together.

use super::{Cli, Command, secret_variable};
use crate::command_error::CommandError;
use crate::config::{
    DEFAULT_FILE, Given, SECRET_VARIABLES, Settings, SettingsFile, argument, refusal,
};
use clap::{Arg, ArgMatches, CommandFactory, FromArgMatches};
use std::env::{args_os, vars_os};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The command, with all its settings, and which of them are given; `matches` are what arguments
/// and variables say.
///
/// # Errors
/// [`CommandError::Usage`] if the settings file can't be used, or a variable is one slip away from
/// a setting.
pub fn read(matches: &ArgMatches) -> Result<(Command, Given), CommandError> {
    let Cli { command } = Cli::from_arg_matches(matches)
        .map_err(|error| CommandError::Usage(wrong_argument(&error)))?;
    if matches!(command, Command::Openapi | Command::Settings) {
        return Ok((command, Given::default()));
    }
    check_variables()?;
    let file = settings_file(&command)?;
    let (given, arguments) = (Given::of(matches), args_os().collect::<Vec<OsString>>());
    let matches = file.complete(Cli::command(), &arguments, &given).map_err(CommandError::Usage)?;
    let Cli { command } =
        Cli::from_arg_matches(&matches).map_err(|error| CommandError::Usage(refusal(&error)))?;
    Ok((command, given.and(file.names())))
}

/// The settings of the server that the command line starts.
///
/// # Errors
/// [`CommandError::Usage`] as [`read`], and if a value can't be used.
pub fn settings(matches: &ArgMatches) -> Result<Settings, CommandError> {
    match read(matches)? {
        (Command::Serve { options, .. } | Command::Demo { options, .. }, given) => {
            options.settle(&given, secret_variable).map_err(CommandError::Usage)
        }
        _ => Err(CommandError::Usage("the command starts no server".to_owned())),
    }
}

/// The settings file for a command, if there is one. To the demo, a settings file is somebody
/// else's.
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
        | Command::Cert { place, .. } => &place.config,
    };
    let file = named
        .clone()
        .or_else(|| Path::new(DEFAULT_FILE).exists().then(|| PathBuf::from(DEFAULT_FILE)));
    file.map_or_else(|| Ok(SettingsFile::default()), |path| SettingsFile::read(&path))
        .map_err(CommandError::Usage)
}

/// The line that says what is wrong with an argument, or with the variable that stands for it.
pub fn wrong_argument(error: &clap::Error) -> String {
    let message = refusal(error);
    match argument(error).and_then(variable_behind) {
        Some(variable) => format!("{message} (from the environment variable {variable})"),
        None => message,
    }
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

/// Refuses a variable that is one slip away from a setting: it would be set for nothing. Others may
/// be somebody else's, as those that Kubernetes sets for a service called patchbay.
fn check_variables() -> Result<(), CommandError> {
    let command = Cli::command();
    let known: Vec<String> = arguments(&command)
        .filter_map(Arg::get_env)
        .map(|name| name.to_string_lossy().into_owned())
        .chain(SECRET_VARIABLES.map(str::to_owned))
        .collect();
    for (name, _) in vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("PATCHBAY_") && !known.iter().any(|known| *known == name) {
            let slip = known.iter().find(|known| strsim::damerau_levenshtein(&name, known) == 1);
            if let Some(near) = slip {
                return Err(CommandError::Usage(format!(
                    "the environment variable {name} is no setting; did you mean {near}?"
                )));
            }
        }
    }
    Ok(())
}
