//! What is logged once case folding has changed under a database.

use crate::access_report;
use crate::command_error::CommandError;
use crate::store::Store;

/// Lines of the log at most; the command lists all.
const LINES: usize = 100;

/// Logs which rules and stored texts matched before the upgrade and no longer do.
///
/// # Errors
/// The database failed.
pub fn warn_of_unmatched(store: &Store) -> Result<(), CommandError> {
    let unmatched = store.scan(access_report::unmatched)?;
    for line in unmatched.iter().take(LINES) {
        tracing::warn!("{line}");
    }
    if !unmatched.is_empty() {
        let found = unmatched.len();
        tracing::warn!(
            found,
            "case folding tells apart what it did not; patchbay explain --folding lists it again"
        );
    }
    Ok(())
}
