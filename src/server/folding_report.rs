//! The warnings after an upgrade that changed the case folding of a database.

use crate::access_report;
use crate::command_error::CommandError;
use crate::store::Store;

/// Most lines in the log; the command lists all.
const LINES: usize = 100;

/// Logs the rules and stored texts that matched before the upgrade and no longer match.
///
/// # Errors
/// [`CommandError::Failure`] if the database can't be read.
pub fn warn_of_unmatched(store: &Store) -> Result<(), CommandError> {
    let unmatched = store.scan(access_report::unmatched)?;
    for line in unmatched.iter().take(LINES) {
        tracing::warn!("{line}");
    }
    if !unmatched.is_empty() {
        let found = unmatched.len();
        tracing::warn!(
            found,
            "case folding now distinguishes texts that it did not distinguish before; patchbay \
             explain --folding lists them"
        );
    }
    Ok(())
}
