//! The command line, with one file for each command.

mod audit;
mod backup;
mod cert;
mod demo;
mod explain;
mod help;
mod hidden_prompt;
mod input;
mod key;
mod openapi;
mod operator;
mod pull;
mod pull_report;
mod restore;
mod secret_lines;
mod settings;
mod settings_document;
mod site;
#[cfg(unix)]
mod unseal;
mod user;
mod verify;
mod watching;

use crate::command_error::CommandError;
use crate::config::{DEFAULT_DATA, Options};
use crate::server;
use crate::terminal::{complain, complaint};
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use secrecy::SecretString;
use std::env::VarError;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// A server for the data connection part of the Qlik Sense Repository Service (QRS) API, with an
/// embedded SQLite database.
#[derive(Parser)]
#[command(name = "patchbay", version, arg_required_else_help = false)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the server
    #[command(
        mut_args(help::of_server),
        after_help = help::SERVE_SHORT,
        after_long_help = help::SERVE_LONG
    )]
    Serve {
        /// TOML file with settings, whose keys are the names of the flags [default: patchbay.toml,
        /// if it exists]
        #[arg(long, env = "PATCHBAY_CONFIG", value_name = "FILE", help_heading = "Data and keys")]
        config: Option<PathBuf>,
        #[command(flatten)]
        options: Box<Options>,
    },
    /// Start a server with sample data and the console, for this machine only
    #[command(
        after_help = help::DEMO_END,
        mut_arg("data", |data| data.default_value("patchbay-demo").help("Folder of the demo")),
        mut_arg("front", |front| {
            front.default_value("127.0.0.1:4243").help("Address and port of the console")
        }),
        mut_arg("front_tls", |tls| tls.default_value("off")),
        mut_arg("log_level", |level| level.default_value("warn")),
        mut_args(help::of_demo)
    )]
    Demo {
        /// Start again from the sample data: ask, then delete the data of an earlier demo
        #[arg(long)]
        reset: bool,
        /// Delete the data without asking
        #[arg(long, requires = "reset")]
        yes: bool,
        #[command(flatten)]
        options: Box<Options>,
    },
    /// Show who may do what, and why
    #[command(after_help = explain::EXAMPLES)]
    Explain {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        question: explain::Question,
    },
    /// Manage users, also while the server runs
    #[command(arg_required_else_help = false)]
    User {
        #[command(flatten)]
        place: Place,
        #[command(subcommand)]
        command: user::Command,
    },
    /// Export, check and mask the audit log, also while the server runs
    #[command(arg_required_else_help = false)]
    Audit {
        #[command(flatten)]
        place: Place,
        #[command(subcommand)]
        command: audit::Command,
    },
    /// Copy the database into one file, also while the server runs
    #[command(after_help = backup::EXAMPLES)]
    Backup {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        aim: backup::Aim,
    },
    /// Restore the database from a backup, while the server is stopped
    Restore {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        aim: restore::Aim,
    },
    /// Check a database or a backup for damage, also while the server runs
    Verify {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        aim: verify::Aim,
    },
    /// Replace the keys that protect the stored passwords
    #[command(arg_required_else_help = false)]
    Key {
        #[command(flatten)]
        place: Place,
        /// File with the master key [default: master.key in the data folder]
        #[arg(long, env = "PATCHBAY_MASTER_KEY_FILE", value_name = "FILE", global = true)]
        master_key_file: Option<PathBuf>,
        #[command(subcommand)]
        command: key::Command,
    },
    /// Give the master key to a server that runs without it
    #[command(after_help = help::UNSEAL)]
    Unseal {
        #[command(flatten)]
        place: Place,
        /// File with the master key [default: master.key in the data folder]
        #[arg(long, env = "PATCHBAY_MASTER_KEY_FILE", value_name = "FILE")]
        master_key_file: Option<PathBuf>,
    },
    /// List, issue, renew and revoke certificates, also while the server runs
    #[command(arg_required_else_help = false)]
    Cert {
        #[command(flatten)]
        place: Place,
        #[command(subcommand)]
        command: cert::Command,
    },
    /// Add, list, check and remove sites: a QRS elsewhere, of Qlik or of another Patchbay
    #[command(arg_required_else_help = false)]
    Site {
        #[command(flatten)]
        place: Place,
        #[command(subcommand)]
        command: site::Command,
    },
    /// Bring in what a site has, and what has changed there since, also while the server runs
    #[command(after_help = pull::EXAMPLES)]
    Pull {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        aim: pull::Aim,
    },
    /// Print the OpenAPI document of the API
    Openapi,
    /// Print all settings of the server as Markdown, as docs/settings.md holds them
    #[command(hide = true)]
    Settings,
}

/// Where the data is.
#[derive(Args)]
struct Place {
    /// Folder with the database
    #[arg(
        long,
        env = "PATCHBAY_DATA",
        value_name = "DIR",
        global = true,
        default_value = DEFAULT_DATA
    )]
    data: PathBuf,
    /// Settings file, which can name the folder and the master key [default: patchbay.toml, if it
    /// exists]
    #[arg(long, env = "PATCHBAY_CONFIG", value_name = "FILE", global = true)]
    config: Option<PathBuf>,
}

/// Runs the command that the arguments name. An error is one line on standard error.
#[must_use]
pub fn run() -> ExitCode {
    // This comes before any secret is read.
    if let Err(why) = server::keep_memory_private() {
        complain(&why);
    }
    let parsed = Cli::command()
        .try_get_matches()
        .and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    let (cli, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) if !error.use_stderr() => {
            // This is the help or the version; if it can't be written, nothing is lost.
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(error) => return fail(CommandError::Usage(settings::wrong_argument(&error)), None),
    };
    // A server must end even if its standard error is not read; other commands wait for the reader.
    let patience = matches!(cli.command, Command::Serve { .. } | Command::Demo { .. })
        .then_some(PATIENCE_OF_SERVERS);
    // Servers need more open files, and check that themselves.
    let ready = if patience.is_some() {
        Ok(())
    } else {
        server::check_free_files().map_err(CommandError::Usage)
    };
    match ready.and_then(|()| execute(matches)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(exit) => fail(exit, patience),
    }
}

/// Executes the command that arguments and variables name, with the settings of the settings file.
fn execute(matches: ArgMatches) -> Result<(), CommandError> {
    for unknown in settings::check_variables()? {
        complain(&unknown);
    }
    let (command, _) = settings::read(&matches)?;
    let again: server::ReadSettings = Box::new(move || settings::settings(&matches));
    match command {
        Command::Serve { .. } => again().and_then(|settings| server::serve(&settings, again)),
        Command::Demo { reset, yes, .. } => {
            again().and_then(|settings| demo::run(&settings, again, start(reset, yes)))
        }
        Command::Explain { place, question } => explain::explain(&place.data, &question),
        Command::User { place, command } => user::run(&place.data, &command),
        Command::Audit { place, command } => audit::run(&place.data, command),
        Command::Backup { place, aim } => backup::backup(&place.data, &aim),
        Command::Restore { place, aim } => restore::restore(&place.data, &aim),
        Command::Verify { place, aim } => verify::verify(&place.data, aim),
        Command::Key { place, master_key_file, command } => {
            key::run(&place.data, master_key_file, &command)
        }
        #[cfg(unix)]
        Command::Unseal { place, master_key_file } => unseal::unseal(&place.data, master_key_file),
        #[cfg(not(unix))]
        Command::Unseal { .. } => Err(CommandError::Usage(
            "a running server can't be unsealed on this system; start it with its master key"
                .to_owned(),
        )),
        Command::Cert { place, command } => cert::run(&place.data, &command),
        Command::Site { place, command } => site::run(&place.data, command),
        Command::Pull { place, aim } => pull::pull(&place.data, &aim),
        Command::Openapi => openapi::print(),
        Command::Settings => settings_document::print(),
    }
}

const fn start(reset: bool, yes: bool) -> demo::Start {
    match (reset, yes) {
        (false, _) => demo::Start::GoOn,
        (true, false) => demo::Start::AskAndReset,
        (true, true) => demo::Start::Reset,
    }
}

/// How long a server that fails waits until its error is read.
const PATIENCE_OF_SERVERS: Duration = Duration::from_secs(1);

/// Prints the error, within `patience` if there is one, and returns the exit code.
fn fail(exit: CommandError, patience: Option<Duration>) -> ExitCode {
    let (message, code) = match exit {
        CommandError::Usage(message) => (message, 2),
        CommandError::Failure(message) => (message, 1),
        CommandError::Undecided(message) => (message, 4),
    };
    match patience {
        Some(patience) => server::write_within(&(complaint(&message) + "\n"), patience),
        None => complain(&message),
    }
    ExitCode::from(code)
}

/// Returns the value of a variable that holds a secret, if the variable is set.
fn secret_variable(name: &str) -> Result<Option<SecretString>, String> {
    match std::env::var(name) {
        Ok(value) if value.is_empty() => {
            Err(format!("{name} is empty; give it a value or unset it"))
        }
        Ok(value) => Ok(Some(value.into())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(format!("{name} is not valid UTF-8")),
    }
}
