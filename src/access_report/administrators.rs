//! Root administrators, who may do everything.

use crate::model::{Actor, Context, Document, Input, USER, Value, fold};
use crate::query::Predicate;
use crate::store::{Error, IfMatch, Snapshot, Unrestricted, Update, UserName, Write};

/// The role to which a read-only rule grants everything.
const ROOT_ADMIN: &str = "RootAdmin";

/// Whether no user of a site can sign in and manage it yet: no user has a password, and only the
/// site's own accounts are root administrators.
///
/// # Errors
/// The database failed.
pub fn has_no_administrator(snapshot: &Snapshot<'_>) -> Result<bool, Error> {
    Ok(!snapshot.has_passwords()? && !has_root(snapshot, &is_not("deleteProhibited"))?)
}

/// Whether there is a root administrator who is not barred and not one of the site's own accounts.
///
/// # Errors
/// The database failed.
pub fn has_root_administrator(snapshot: &Snapshot<'_>) -> Result<bool, Error> {
    has_root(snapshot, &Predicate::and(["deleteProhibited", "inactive", "blacklisted"].map(is_not)))
}

fn has_root(snapshot: &Snapshot<'_>, users: &Predicate) -> Result<bool, Error> {
    Ok(snapshot.roles(users)?.iter().any(|role| role.eq_ignore_ascii_case(ROOT_ADMIN)))
}

/// The users for whom this property is false.
fn is_not(name: &str) -> Predicate {
    USER.property(name)
        .map_or(Predicate::False, |property| Predicate::equals(property, Value::Boolean(false)))
}

/// Whether a user is an ordinary one, whose requests are limited: neither one of the site's own
/// accounts nor a root administrator.
#[must_use]
pub fn is_ordinary(actor: &Actor) -> bool {
    let is_internal = fold(&actor.user_directory) == fold(&UserName::repository().user_directory);
    !is_internal && !is_root(actor)
}

/// Whether a user is a root administrator, who may do everything in the management console.
#[must_use]
pub fn is_root(actor: &Actor) -> bool {
    actor.context == Context::Management
        && actor.roles.iter().any(|role| role.eq_ignore_ascii_case(ROOT_ADMIN))
}

/// Makes a user a root administrator, and lifts a bar on the user. Creates the user if it does not
/// exist.
///
/// # Errors
/// The database failed.
pub fn grant_root(write: &Write<'_>, name: &UserName) -> Result<Actor, Error> {
    let actor = write.actor(name)?;
    let author = write.actor(&UserName::repository())?;
    let document = root_administrator(&actor);
    let update =
        Update { id: actor.id, document: &document, seen: None, if_match: Some(&IfMatch::Any) };
    write.update(&Unrestricted(&author), &update)?;
    Ok(actor)
}

/// The change that makes a user a root administrator.
fn root_administrator(actor: &Actor) -> Document {
    let mut document = Document::new(&USER);
    let mut roles = actor.roles.clone();
    if !roles.iter().any(|role| role.eq_ignore_ascii_case(ROOT_ADMIN)) {
        roles.push(ROOT_ADMIN.to_owned());
    }
    let no = || Input::Value(Value::Boolean(false));
    for (name, input) in
        [("roles", Input::Strings(roles)), ("inactive", no()), ("blacklisted", no())]
    {
        if let Some(property) = USER.property(name) {
            document.set(property, input);
        }
    }
    document
}
