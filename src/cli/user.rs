//! `patchbay user`: manages users in the database, also while the server runs.

use super::input::HiddenInput;
use super::operator::origin;
use crate::access_report::{grant_root, has_root_administrator, nearest_user};
use crate::auth::directory::check_directory;
use crate::auth::password::hash_password;
use crate::command_error::CommandError;
use crate::config::DATABASE;
use crate::crypto::check_password;
use crate::model::Timestamp;
use crate::query::Predicate;
use crate::store::{self, Error, UserName, Write};
use crate::terminal::print;
use clap::Subcommand;
use secrecy::{ExposeSecret, SecretString};
use std::path::Path;

/// The commands for users.
#[derive(Subcommand)]
pub enum Command {
    /// Make a user a root administrator, and make a barred user active again
    GrantRoot {
        /// User, as 'DIRECTORY\userid'
        user: String,
        /// Create the user if it does not exist; not needed while the site has no root
        /// administrator
        #[arg(long)]
        create: bool,
    },
    /// Set the password of a user for the front door; asks for it, or reads it from standard input
    SetPassword {
        /// User, as 'DIRECTORY\userid'; created if it does not exist
        user: String,
    },
}

/// Runs the command on the database in `data`.
pub fn run(data: &Path, command: &Command) -> Result<(), CommandError> {
    let (Command::GrantRoot { user, .. } | Command::SetPassword { user }) = command;
    let name: UserName = user.parse().map_err(CommandError::Usage)?;
    let database = data.join(DATABASE);
    let outcome = match command {
        Command::GrantRoot { create, .. } => {
            let granted = store::write_at(&database, &origin("user grant-root"), |write| {
                grant(write, &name, *create)
            });
            match granted {
                Ok(Ok(outcome)) => Ok(outcome),
                Ok(Err(refusal)) => return Err(CommandError::Failure(refusal)),
                Err(error) => Err(error),
            }
        }
        Command::SetPassword { .. } => {
            check_directory(&name.user_directory)
                .map_err(|why| CommandError::Usage(format!("the directory {why}")))?;
            let hash = hash_password(&read_password()?)?;
            store::write_at(&database, &origin("user set-password"), |write| {
                let is_new = write.snapshot().find_actor(&name)?.is_none();
                let actor = write.actor(&name)?;
                write.set_password(actor.id, &hash, Timestamp::now())?;
                Ok(if is_new {
                    "did not exist; the user was created, and has the new password"
                } else {
                    "has the new password, and all sessions of the user have ended"
                })
            })
        }
    };
    let outcome = outcome.map_err(|error: Error| CommandError::Failure(error.to_string()))?;
    print([format!("{user} {outcome}")])
}

/// Makes a user a root administrator, or returns the reason why not: a typing error in the name
/// would create another user with all rights.
fn grant(
    write: &Write<'_>,
    name: &UserName,
    create: bool,
) -> Result<Result<&'static str, String>, Error> {
    let snapshot = write.snapshot();
    let was_there = snapshot.find_actor(name)?.is_some();
    if !was_there && !create && has_root_administrator(&snapshot)? {
        let near = nearest_user(&snapshot, &Predicate::True, name)?;
        let hint = near.map_or_else(|| ".".to_owned(), |near| format!("; did you mean {near}?"));
        return Ok(Err(format!(
            "there is no user {name}{hint} Use --create to make a root administrator of that name"
        )));
    }
    grant_root(write, name)?;
    Ok(Ok(if was_there {
        "is a root administrator"
    } else {
        "did not exist; the user was created, and is a root administrator"
    }))
}

/// Reads a password from the terminal, which does not show it, or the first line of standard input.
fn read_password() -> Result<SecretString, CommandError> {
    let mut input = HiddenInput::open()?;
    let password = input.line("New password: ")?;
    if matches!(input, HiddenInput::Terminal(_))
        && input.line("Repeat the password: ")?.expose_secret() != password.expose_secret()
    {
        return Err(CommandError::Usage("the two passwords differ".to_owned()));
    }
    check_password(&password).map_err(CommandError::Usage)?;
    Ok(password)
}
