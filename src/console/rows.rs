//! The rows of a page, as JSON.

use crate::error::Failure;
use crate::store::{Selection, Snapshot};
use serde_json::Value as Json;

/// The rows of a selection as the API would show them, each changed as it is read, so that no more of it stays in memory than is shown.
///
/// # Errors
/// The database failed.
pub fn read_each(
    snapshot: &Snapshot<'_>,
    selection: &Selection,
    change: impl Fn(&mut Json),
) -> Result<Vec<Json>, Failure> {
    let mut rows = Vec::new();
    snapshot.each(selection, &mut |json| {
        // What the store writes is JSON.
        rows.extend(serde_json::from_slice::<Json>(json).map(|mut row| {
            change(&mut row);
            row
        }));
        Ok(())
    })?;
    Ok(rows)
}
