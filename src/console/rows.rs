//! The rows of a page, as JSON.

use crate::error::RequestError;
use crate::store::{SelectQuery, Snapshot};
use serde_json::Value as Json;

/// Converts each row of a selection with `read`. It gets the row as the API would return it. Rows
/// are read one by one, so that only what is shown stays in memory.
///
/// # Errors
/// If the database fails.
pub fn read_each<T>(
    snapshot: &Snapshot<'_>,
    selection: &SelectQuery,
    read: impl Fn(Json) -> T,
) -> Result<Vec<T>, RequestError> {
    let mut rows = Vec::new();
    snapshot.each_value(selection, &mut |row| {
        rows.push(read(row));
        Ok(())
    })?;
    Ok(rows)
}
