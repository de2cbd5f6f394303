//! `If-Match`: the versions of an entity that a write accepts (RFC 9110, 13.1.1).

use super::error::Error;
use crate::model::Timestamp;

/// The versions that an `If-Match` header accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// Any.
    Any,
    /// One of these.
    Versions(Vec<Timestamp>),
}

/// Compares the stored version with those that a write accepts.
///
/// # Errors
/// [`Error::PreconditionFailed`] if it is another version.
pub(super) fn check_if_match(if_match: Option<&IfMatch>, stored: Timestamp) -> Result<(), Error> {
    match if_match {
        Some(IfMatch::Versions(versions)) if !versions.contains(&stored) => {
            Err(Error::PreconditionFailed(format!(
                "If-Match does not match the stored version, which is \"{}\" (modifiedDate \
                 {stored}); get it again",
                stored.millis()
            )))
        }
        _ => Ok(()),
    }
}
