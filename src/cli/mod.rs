//! The command line: one file a command.

mod audit;
mod backup;
mod cert;
mod demo;
mod explain;
mod hidden_prompt;
mod input;
mod key;
mod openapi;
mod operator;
mod restore;
mod secret_lines;
mod settings;
mod settings_document;
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

/// The Qlik Sense Repository Service API for data connections, in one binary over SQLite.
#[derive(Parser)]
#[command(name = "patchbay", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API
    #[command(after_help = AFTER_HELP)]
    Serve {
        /// File with settings, spelt like the flags [default: patchbay.toml, if there is one]
        #[arg(long, env = "PATCHBAY_CONFIG", value_name = "FILE")]
        config: Option<PathBuf>,
        #[command(flatten)]
        options: Box<Options>,
    },
    /// Serve a site with sample data on this machine, with its console
    #[command(
        after_help = "It reads no settings file.",
        mut_arg("data", |data| data.default_value("patchbay-demo")),
        mut_arg("front", |front| front.default_value("127.0.0.1:4243")),
        mut_arg("front_tls", |tls| tls.default_value("off")),
        mut_arg("log_level", |level| level.default_value("warn"))
    )]
    Demo {
        /// Start over: remove what an earlier demo left, after asking
        #[arg(long)]
        reset: bool,
        /// Don't ask before removing
        #[arg(long, requires = "reset")]
        yes: bool,
        #[command(flatten)]
        options: Box<Options>,
    },
    /// Say who may do what, and why
    #[command(after_help = explain::EXAMPLES)]
    Explain {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        question: explain::Question,
    },
    /// Manage users at the machine itself
    User {
        #[command(flatten)]
        place: Place,
        #[command(subcommand)]
        command: user::Command,
    },
    /// Read and check the audit log at the machine itself
    Audit {
        #[command(flatten)]
        place: Place,
        #[command(subcommand)]
        command: audit::Command,
    },
    /// Copy the whole database into one file, beside a running server or without one
    #[command(after_help = backup::EXAMPLES)]
    Backup {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        aim: backup::Aim,
    },
    /// Make a backup the database of a folder
    Restore {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        aim: restore::Aim,
    },
    /// Say whether a database or a backup is sound, beside a running server or without one
    Verify {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        aim: verify::Aim,
    },
    /// Change the keys that stored secrets are sealed by
    Key {
        #[command(flatten)]
        place: Place,
        /// File that holds the master key [default: master.key in the data folder]
        #[arg(long, env = "PATCHBAY_MASTER_KEY_FILE", value_name = "FILE", global = true)]
        master_key_file: Option<PathBuf>,
        #[command(subcommand)]
        command: key::Command,
    },
    /// Hand the master key to a server that runs sealed, without it
    #[command(after_help = UNSEAL_HELP)]
    Unseal {
        #[command(flatten)]
        place: Place,
        /// File that holds the master key [default: master.key in the data folder]
        #[arg(long, env = "PATCHBAY_MASTER_KEY_FILE", value_name = "FILE")]
        master_key_file: Option<PathBuf>,
    },
    /// Issue certificates to clients, renew and revoke them, beside a running server or without one
    Cert {
        #[command(flatten)]
        place: Place,
        #[command(subcommand)]
        command: cert::Command,
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
    #[
        arg(
            long,
            env = "PATCHBAY_DATA",
            value_name = "DIR",
            global = true,
            default_value = DEFAULT_DATA
        )
    ]
    data: PathBuf,
    /// File with settings [default: patchbay.toml, if there is one]
    #[arg(long, env = "PATCHBAY_CONFIG", value_name = "FILE", global = true)]
    config: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
                          The master key encrypts stored passwords. Instead of a file, it can come \
                          from the environment:
  PATCHBAY_MASTER_KEY   the key, as base64 of 32 bytes
  PATCHBAY_PASSPHRASE   a passphrase to derive the key from

A proxy that names its users in a header can show itself by a secret, in the header \
                          X-Patchbay-Secret:
  PATCHBAY_FRONT_HEADER_SECRET   the secret, of at least 32 characters

Flags win over environment variables, these over the file.";

const UNSEAL_HELP: &str = "\
                           The master key comes from the file, or from the environment:
  PATCHBAY_MASTER_KEY   the key, as base64 of 32 bytes
  PATCHBAY_PASSPHRASE   a passphrase to derive the key from

If the database was made with a passphrase and none is there, it is asked for at the terminal, or \
                           read from standard input.";

/// Runs the command that the arguments name. Errors are one line on standard error.
#[must_use]
pub fn run() -> ExitCode {
    // Before anything that is secret is read.
    if let Err(why) = server::keep_memory_private() {
        complain(&why);
    }
    let parsed = Cli::command()
        .try_get_matches()
        .and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    let (cli, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) if !error.use_stderr() => {
            // Help and version; if nobody reads them, nothing is lost.
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(error) => return fail(CommandError::Usage(settings::wrong_argument(&error)), None),
    };
    // A server must end also where nobody reads why; all else waits until somebody does.
    let patience = matches!(cli.command, Command::Serve { .. } | Command::Demo { .. })
        .then_some(PATIENCE_OF_SERVERS);
    // Servers need more files, and check that themselves.
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

/// Executes the command that arguments and variables name, with what the settings file adds.
fn execute(matches: ArgMatches) -> Result<(), CommandError> {
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
            "a server on this system can't be unsealed while it runs; start it with its master key"
                .to_owned(),
        )),
        Command::Cert { place, command } => cert::run(&place.data, &command),
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

/// How long a server that fails waits for its error to be read.
const PATIENCE_OF_SERVERS: Duration = Duration::from_secs(1);

/// Says why, within that time if one is given.
fn fail(exit: CommandError, patience: Option<Duration>) -> ExitCode {
    let (message, code) = match exit {
        CommandError::Usage(message) => (message, 2),
        CommandError::Failure(message) => (message, 1),
    };
    match patience {
        Some(patience) => server::write_within(&(complaint(&message) + "\n"), patience),
        None => complain(&message),
    }
    ExitCode::from(code)
}

/// The value of a variable that holds a secret, if it is set to anything.
fn secret_variable(name: &str) -> Result<Option<SecretString>, String> {
    match std::env::var(name) {
        Ok(value) if value.is_empty() => Err(format!("{name} is empty")),
        Ok(value) => Ok(Some(value.into())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(format!("{name} is no text")),
    }
}
