//! The user of the operating system that runs a command, for the audit log.

use crate::model::escape_hidden;
use crate::store::{Act, Error, Origin, write_at};
use crate::terminal::complain;
use std::path::{Path, absolute};

/// Most characters of a name; it may come from the environment.
const LONGEST: usize = 100;

/// The origin of the writes of a command: the command and the user that runs it.
#[must_use]
pub fn origin(command: &str) -> Origin {
    Origin { operator: Some(operator()), ..Origin::command(command) }
}

/// Records in the audit log what a command has done. If the database can't be written, it prints a
/// warning: the command itself has succeeded.
pub fn record(database: &Path, command: &str, act: Act) {
    let recorded: Result<(), Error> =
        write_at(database, &origin(command), |write| write.record(act));
    if let Err(error) = recorded {
        complain(&format!(
            "the audit log of {} can't record this {command}: {error}",
            database.display()
        ));
    }
}

/// The absolute path, which means the same wherever the audit entry is read.
pub fn in_full(path: &Path) -> String {
    absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

/// The user, and the user behind sudo.
#[cfg(unix)]
fn operator() -> String {
    let id = rustix::process::geteuid();
    // In a container, a user may have no name.
    let user = whoami::username()
        .map_or_else(|_| id.to_string(), |name| format!("{} ({id})", shown(&name)));
    let sudo = std::env::var("SUDO_USER").ok().filter(|name| id.is_root() && !name.is_empty());
    sudo.map_or_else(|| user.clone(), |name| format!("{user}, by sudo from {}", shown(&name)))
}

#[cfg(not(unix))]
fn operator() -> String {
    whoami::username().map_or_else(|_| "without a name".to_owned(), |name| shown(&name))
}

/// A name from outside, which becomes part of a sentence.
fn shown(name: &str) -> String {
    escape_hidden(&name.chars().take(LONGEST).collect::<String>()).into_owned()
}
