//! The rows of a page, as JSON.

use crate::error::RequestError;
use crate::store::{SelectQuery, Snapshot};
use serde_json::Value as Json;

/// What `read` makes of each row of a selection, which comes as the API would show it. Each row is
/// read by itself, so that no more of it stays in memory than is shown.
///
/// # Errors
/// The database failed.
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
