//! `patchbay user`: users, managed at the machine itself, also while the server runs.

use super::Exit;
use super::output::print;
use crate::model::{Actor, Document, Entity, Input, Timestamp, USER, Value};
use crate::query::Predicate;
use crate::secrets::hash_password;
use crate::store::{self, Error, IfMatch, Update, UserName, Write};
use clap::Subcommand;
use secrecy::{ExposeSecret, SecretString};
use std::io::IsTerminal;
use std::path::Path;

/// The role that a rule which nobody can change lets do everything.
const ROOT_ADMIN: &str = "RootAdmin";

/// What is to be done.
#[derive(Subcommand)]
pub enum Command {
    /// Make a user a root administrator, and let him in again if he is barred
    GrantRoot {
        /// The user, as 'DIRECTORY\userid'; made if nobody has seen him before
        user: String,
    },
    /// Give a user a password for the front door, which is read from standard input
    SetPassword {
        /// The user, as 'DIRECTORY\userid'; made if nobody has seen him before
        user: String,
    },
}

/// Characters of a password.
const SHORTEST: usize = 12;
const LONGEST: usize = 1_024;

/// Does it to the database in `data`.
pub fn run(data: &Path, command: &Command) -> Result<(), Exit> {
    let (Command::GrantRoot { user } | Command::SetPassword { user }) = command;
    let name: UserName = user.parse().map_err(Exit::Usage)?;
    let database = data.join("patchbay.db");
    let told = match command {
        Command::GrantRoot { .. } => match store::write_at(&database, |write| grant_root(write, &name)) {
            Ok(Outcome::Made) => Ok("was not there yet; the user was made, and is a root administrator"),
            Ok(Outcome::Granted) => Ok("is a root administrator"),
            Err(error) => Err(error),
        },
        Command::SetPassword { .. } => {
            let hash = hash_password(&read_password()?)?;
            store::write_at(&database, |write| {
                let actor = write.actor(&name)?;
                write.set_password(actor.id, &hash, Timestamp::now())
            })
            .map(|()| "has this password now, and no session any more")
        }
    };
    let told = told.map_err(|error: Error| Exit::Failure(error.to_string()))?;
    print(&format!("{user} {told}\n"))
}

/// A password from the terminal, where it is not shown, or else the first line of standard input.
fn read_password() -> Result<SecretString, Exit> {
    let failed = |error: std::io::Error| Exit::Failure(format!("can't read the password: {error}"));
    let password = if std::io::stdin().is_terminal() {
        rpassword::prompt_password("New password: ").map_err(failed)?
    } else {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).map_err(failed)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    let password = SecretString::from(password);
    let length = password.expose_secret().chars().count();
    if (SHORTEST..=LONGEST).contains(&length) {
        Ok(password)
    } else {
        Err(Exit::Usage(format!("a password has {SHORTEST} to {LONGEST} characters, not {length}")))
    }
}

/// What granting came to.
enum Outcome {
    /// Nobody had seen the user before.
    Made,
    /// He was there.
    Granted,
}

fn grant_root(write: &Write<'_>, name: &UserName) -> Result<Outcome, Error> {
    let was_there = write.snapshot().find_actor(name)?.is_some();
    let actor = write.actor(name)?;
    let author = write.actor(&UserName::repository())?;
    let everything = |_: &'static Entity| Predicate::True;
    write.update(&Update {
        id: actor.id,
        document: &root_administrator(&actor),
        seen: None,
        if_match: Some(&IfMatch::Any),
        actor: &author,
        readable: &everything,
        updatable: &Predicate::True,
        may: &|_| Predicate::True,
        creatable: &Predicate::True,
    })?;
    Ok(if was_there { Outcome::Granted } else { Outcome::Made })
}

/// What makes a root administrator of a user.
fn root_administrator(actor: &Actor) -> Document {
    let mut document = Document::new(&USER);
    let mut roles = actor.roles.clone();
    if !roles.iter().any(|role| role.eq_ignore_ascii_case(ROOT_ADMIN)) {
        roles.push(ROOT_ADMIN.to_owned());
    }
    let no = || Input::Value(Value::Boolean(false));
    for (name, input) in [("roles", Input::Strings(roles)), ("inactive", no()), ("blacklisted", no())] {
        if let Some(property) = USER.property(name) {
            document.set(property, input);
        }
    }
    document
}
