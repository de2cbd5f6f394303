//! `patchbay user`: users, managed at the machine itself, also while the server runs.

use super::Exit;
use super::output::print;
use crate::model::{Actor, Document, Entity, Input, USER, Value};
use crate::query::Predicate;
use crate::store::{self, Error, IfMatch, Update, UserName, Write};
use clap::Subcommand;
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
}

/// Does it to the database in `data`.
pub fn run(data: &Path, command: &Command) -> Result<(), Exit> {
    let Command::GrantRoot { user } = command;
    let name: UserName = user.parse().map_err(Exit::Usage)?;
    let outcome = store::write_at(&data.join("patchbay.db"), |write| grant_root(write, &name));
    let told = match outcome.map_err(|error| Exit::Failure(error.to_string()))? {
        Outcome::Made => "was not there yet; the user was made, and is a root administrator",
        Outcome::Granted => "is a root administrator",
    };
    print(&format!("{user} {told}\n"))
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
