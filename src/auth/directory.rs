//! The directories of users who sign in. The directory of the site's own accounts is nobody's at the front door.

use crate::error::Failure;
use crate::model::is_same_folded;
use crate::store::UserName;

/// The user of that name, as somebody outside says it; nobody if it is no name.
///
/// # Errors
/// It is one of the site's own accounts, which are nobody's outside.
pub fn outsider(directory: &str, id: &str) -> Result<Option<UserName>, Failure> {
    // It would be another user's name once it is written DIRECTORY\userid.
    if directory.contains('\\') {
        return Ok(None);
    }
    let name = UserName::new(directory, id);
    if name.as_ref().is_some_and(|name| is_own_directory(&name.user_directory)) {
        let message = "the site's own accounts don't sign in so: the directory must be another than theirs";
        return Err(Failure::Unauthorized(message.to_owned()));
    }
    Ok(name)
}

/// Takes the name of a directory to which all users belong who come from outside.
///
/// # Errors
/// What is wrong with it, to follow its name.
pub fn check_directory(directory: &str) -> Result<String, String> {
    match UserName::new(directory, "user") {
        Some(_) if directory.contains('\\') => Err("must not have a backslash".to_owned()),
        Some(name) if is_own_directory(&name.user_directory) => {
            Err("must not be that of the site's own accounts".to_owned())
        }
        Some(name) => Ok(name.user_directory),
        None => Err("must have 1 to 255 characters, and no control characters".to_owned()),
    }
}

fn is_own_directory(directory: &str) -> bool {
    is_same_folded(directory, &UserName::repository().user_directory)
}
