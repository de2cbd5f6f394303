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
#[cfg(unix)]
mod unseal;
mod user;
mod verify;
mod watching;

use crate::config::{DEFAULT_FILE, Options, SECRET_VARIABLES};
use crate::exit::Exit;
use crate::server;
use crate::terminal::{complain, complaint};
use clap::{Args, CommandFactory, Parser, Subcommand};
use secrecy::SecretString;
use std::env::VarError;
use std::path::{Path, PathBuf};
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
    #[command(after_help = DEMO_HELP)]
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
    /// Read and check the audit trail at the machine itself
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
}

/// Where the data is.
#[derive(Args)]
struct Place {
    /// Folder with the database [default: the one that serve would use]
    #[arg(long, env = "PATCHBAY_DATA", value_name = "DIR", global = true)]
    data: Option<PathBuf>,
    /// File with settings [default: patchbay.toml, if there is one]
    #[arg(long, env = "PATCHBAY_CONFIG", value_name = "FILE", global = true)]
    config: Option<PathBuf>,
}

impl Place {
    fn data(self) -> Result<PathBuf, Exit> {
        Ok(self.settle()?.0)
    }

    /// The folder, and what the settings file says.
    fn settle(self) -> Result<(PathBuf, Options), Exit> {
        let options = from_file(self.config)?;
        Ok((options.data_folder(self.data), options))
    }
}

const AFTER_HELP: &str = "\
The master key encrypts stored passwords. Instead of a file, it can come from the environment:
  PATCHBAY_MASTER_KEY   the key, as base64 of 32 bytes
  PATCHBAY_PASSPHRASE   a passphrase to derive the key from

A proxy that names its users in a header can show itself by a secret, in the header X-Patchbay-Secret:
  PATCHBAY_FRONT_HEADER_SECRET   the secret, of at least 32 characters

Flags win over environment variables, these over the file.";

const DEMO_HELP: &str = "\
Unless they are given, the demo has: --data patchbay-demo, --front 127.0.0.1:4243, --front-tls off, --log-level warn.
It reads no settings file.";

const UNSEAL_HELP: &str = "\
The master key comes from the file, or from the environment:
  PATCHBAY_MASTER_KEY   the key, as base64 of 32 bytes
  PATCHBAY_PASSPHRASE   a passphrase to derive the key from

If the database was made with a passphrase and none is there, it is asked for at the terminal, or read from standard input.";

/// Runs the command that the arguments name. Errors are one line on standard error.
#[must_use]
pub fn run() -> ExitCode {
    // Before anything that is secret is read.
    if let Err(why) = server::keep_memory_private() {
        complain(&why);
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if !error.use_stderr() => {
            // Help and version; if nobody reads them, nothing is lost.
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(error) => return fail(Exit::Usage(one_line(&error.to_string())), None),
    };
    // A server must end also where nobody reads why; all else waits until somebody does.
    let patience = matches!(cli.command, Command::Serve { .. } | Command::Demo { .. }).then_some(PATIENCE_OF_SERVERS);
    // Servers need more files, and check that themselves.
    let ready = if patience.is_some() { Ok(()) } else { server::check_free_files().map_err(Exit::Usage) };
    match ready.and_then(|()| execute(cli.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(exit) => fail(exit, patience),
    }
}

fn execute(command: Command) -> Result<(), Exit> {
    match command {
        Command::Serve { config, options } => {
            let again: server::ReadSettings = Box::new(move || settle(config.clone(), (*options).clone()));
            again().and_then(|settings| server::serve(&settings, again))
        }
        Command::Demo { reset, yes, options } => demo(*options, reset, yes),
        Command::Explain { place, question } => place.data().and_then(|data| explain::explain(&data, &question)),
        Command::User { place, command } => place.data().and_then(|data| user::run(&data, &command)),
        Command::Audit { place, command } => {
            place.settle().and_then(|(data, options)| audit::run(&data, options, command))
        }
        Command::Backup { place, aim } => place.data().and_then(|data| backup::backup(&data, &aim)),
        Command::Restore { place, aim } => place.data().and_then(|data| restore::restore(&data, &aim)),
        Command::Verify { place, aim } => {
            place.settle().and_then(|(data, options)| verify::verify(&data, options, aim))
        }
        Command::Key { place, master_key_file, command } => {
            place.settle().and_then(|(data, options)| key::run(&data, options, master_key_file, &command))
        }
        #[cfg(unix)]
        Command::Unseal { place, master_key_file } => {
            place.settle().and_then(|(data, options)| unseal::unseal(&data, options, master_key_file))
        }
        #[cfg(not(unix))]
        Command::Unseal { .. } => Err(Exit::Usage(
            "a server on this system can't be unsealed while it runs; start it with its master key".to_owned(),
        )),
        Command::Cert { place, command } => place.data().and_then(|data| cert::run(&data, &command)),
        Command::Openapi => openapi::print(),
    }
}

/// How long a server that fails waits for its error to be read.
const PATIENCE_OF_SERVERS: Duration = Duration::from_secs(1);

/// Says why, within that time if one is given.
fn fail(exit: Exit, patience: Option<Duration>) -> ExitCode {
    let (message, code) = match exit {
        Exit::Usage(message) => (message, 2),
        Exit::Failure(message) => (message, 1),
    };
    match patience {
        Some(patience) => server::write_within(&(complaint(&message) + "\n"), patience),
        None => complain(&message),
    }
    ExitCode::from(code)
}

/// Clap's message without its mark and its usage.
fn one_line(message: &str) -> String {
    let end = message.find("\n\nUsage:").or_else(|| message.find("\n\nFor more")).unwrap_or(message.len());
    let message = message[..end].trim_start_matches("error:");
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{line}; see patchbay --help")
}

fn settle(config: Option<PathBuf>, options: Options) -> Result<crate::config::Settings, Exit> {
    let options = options.or(from_file(config)?);
    options.settle(secret_variable).map_err(Exit::Usage)
}

/// The demo, whose settings are its own where none are given; a settings file is somebody else's.
fn demo(options: Options, reset: bool, yes: bool) -> Result<(), Exit> {
    check_variables()?;
    let again: server::ReadSettings =
        Box::new(move || options.clone().or(Options::demo()).settle(secret_variable).map_err(Exit::Usage));
    let settings = again()?;
    let start = match (reset, yes) {
        (false, _) => demo::Start::GoOn,
        (true, false) => demo::Start::AskAndReset,
        (true, true) => demo::Start::Reset,
    };
    demo::run(&settings, again, start)
}

/// The options in the settings file, if there is one.
fn from_file(config: Option<PathBuf>) -> Result<Options, Exit> {
    check_variables()?;
    let file = config.or_else(|| Path::new(DEFAULT_FILE).exists().then(|| PathBuf::from(DEFAULT_FILE)));
    file.map_or_else(|| Ok(Options::default()), |path| Options::from_file(&path)).map_err(Exit::Usage)
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

/// Refuses a variable that is one slip away from a setting: it would be set for nothing. Others may be somebody else's, as
/// those that Kubernetes sets for a service called patchbay.
fn check_variables() -> Result<(), Exit> {
    let command = Cli::command();
    let flags = command.get_subcommands().flat_map(clap::Command::get_arguments);
    let mut known: Vec<String> =
        flags.filter_map(|flag| flag.get_env()).map(|name| name.to_string_lossy().into_owned()).collect();
    known.extend(SECRET_VARIABLES.map(str::to_owned));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("PATCHBAY_") && !known.iter().any(|known| *known == name) {
            let slip = known.iter().find(|known| strsim::damerau_levenshtein(&name, known) == 1);
            if let Some(near) = slip {
                return Err(Exit::Usage(format!(
                    "the environment variable {name} is no setting; did you mean {near}?"
                )));
            }
        }
    }
    Ok(())
}
