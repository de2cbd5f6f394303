//! Removes old audit entries in batches, with the texts that no other entry refers to.

use super::audit_chain::Bound;
use super::error::Error;
use super::sqlite::statement::Row;
use super::write::Write;
use crate::model::{Timestamp, Value};
use crate::query::Sql;

/// The number of entries that one write removes at most, and about how many bytes with their texts:
/// other writes wait for it.
const MOST_ENTRIES: i64 = 500;
const MOST_BYTES: i64 = 8 * 1024 * 1024;

impl Write<'_> {
    /// Removes a batch of entries that are older than `moment`, and returns how many. The start of
    /// the log is stored, so that the rest can still be verified.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn remove_old_audit_entries(&self, moment: Timestamp) -> Result<usize, Error> {
        let (start, _) = self.snapshot().audit_bounds()?;
        // Entries are always removed from the start of the log without gaps, even if the clock was
        // put back. A date in the future says nothing about the age of an entry: such an entry does
        // not keep the entries before it, and is removed once an entry after it is old.
        let mut sql = Sql::new("SELECT number, hash FROM audit_entries WHERE number <= ");
        sql.bind(Value::Integer(start.number.saturating_add(MOST_ENTRIES)))
            .push(" AND number < coalesce((SELECT min(number) FROM audit_entries");
        sql.push(" WHERE number <= ");
        // Limited to this batch: otherwise all old entries would be scanned for each batch.
        sql.bind(Value::Integer(start.number.saturating_add(MOST_ENTRIES + 1)))
            .push(" AND created_date >= ");
        sql.bind(Value::Date(moment)).push(" AND created_date <= ");
        sql.bind(Value::Date(Timestamp::now().latest_plausible())).push("), 9223372036854775807)");
        sql.push(" AND number <= (SELECT max(number) FROM audit_entries WHERE created_date = (");
        sql.push("SELECT max(created_date) FROM audit_entries WHERE created_date < ")
            .bind(Value::Date(moment));
        sql.push(")) ORDER BY number DESC LIMIT 1");
        let Some(bound) = self.snapshot().first(&sql, read_bound)? else { return Ok(0) };
        let bound = self.within_bytes(bound)?;
        let texts = self.snapshot().texts_named_by(start.number, bound.number)?;
        let mut sql = Sql::new("DELETE FROM audit_entries WHERE number <= ");
        sql.bind(Value::Integer(bound.number));
        let removed = self.snapshot().execute(&sql)?;
        self.remove_unnamed(&texts)?;
        // A record of masking is verified by all masks that it covers, so these stay as long as the
        // record.
        let mut sql = Sql::new("DELETE FROM audit_masks WHERE record <= ");
        sql.bind(Value::Integer(bound.number));
        self.snapshot().execute(&sql)?;
        let mut sql = Sql::new("UPDATE audit_bounds SET before_number = ");
        sql.bind(Value::Integer(bound.number))
            .push(", before_hash = ")
            .bind(Value::Text(bound.hash));
        self.snapshot().execute(&sql)?;
        Ok(removed)
    }

    /// The last entry to remove if those up to `bound` are too many bytes for one batch; at least
    /// one is removed.
    fn within_bytes(&self, bound: Bound) -> Result<Bound, Error> {
        let mut sql = Sql::new(
            "SELECT number, hash FROM (SELECT number, hash, sum(octet_length(before) + \
             octet_length(after) + coalesce((SELECT sum(octet_length(text)) FROM audit_entry_texts \
             AS named JOIN audit_texts ON audit_texts.id = text_id WHERE named.number = \
             audit_entries.number), 0)) OVER (ORDER BY number) AS bytes FROM audit_entries WHERE \
             number <= ",
        );
        sql.bind(Value::Integer(bound.number))
            .push(") AS summed WHERE bytes >= ")
            .bind(Value::Integer(MOST_BYTES));
        sql.push(" ORDER BY number LIMIT 1");
        Ok(self.snapshot().first(&sql, read_bound)?.unwrap_or(bound))
    }
}

fn read_bound(row: &Row<'_>) -> Result<Bound, Error> {
    Ok(Bound { number: row.get(0)?, hash: row.get(1)? })
}
