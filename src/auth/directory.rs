//! The directories of users who sign in. The site's own accounts, of the directory INTERNAL, can't
//! use the front door.

use crate::error::RequestError;
use crate::model::is_same_folded;
use crate::store::UserName;

/// The user that a header or a token names; `None` if it can't be the name of a user.
///
/// # Errors
/// `Unauthorized` if the user is one of the site's own accounts.
pub fn outsider(directory: &str, id: &str) -> Result<Option<UserName>, RequestError> {
    // Written as DIRECTORY\userid, the name would be that of another user.
    if directory.contains('\\') {
        return Ok(None);
    }
    let name = UserName::new(directory, id);
    if name.as_ref().is_some_and(|name| is_own_directory(&name.user_directory)) {
        let message = "users of the directory INTERNAL can't sign in with a header or a token; use \
                       another directory";
        return Err(RequestError::Unauthorized(message.to_owned()));
    }
    Ok(name)
}

/// Checks the setting for the directory of all users that a header or a token names.
///
/// # Errors
/// A message to be put after the name of the setting.
pub fn check_directory(directory: &str) -> Result<String, String> {
    match UserName::new(directory, "user") {
        Some(_) if directory.contains('\\') => Err("must not contain a backslash".to_owned()),
        Some(name) if is_own_directory(&name.user_directory) => {
            Err("must not be INTERNAL, which is for the site's own accounts".to_owned())
        }
        Some(name) => Ok(name.user_directory),
        None => Err("must have 1 to 255 characters, and no control characters".to_owned()),
    }
}

fn is_own_directory(directory: &str) -> bool {
    is_same_folded(directory, &UserName::repository().user_directory)
}
