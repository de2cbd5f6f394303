//! The hash chain of the audit log: each entry contains the hash of the previous one, and the log
//! stores where it starts and ends.

use super::audit_texts::hexadecimal;
use super::error::Error;
use super::findings::Findings;
use super::snapshot::Snapshot;
use super::sqlite::statement::Row;
use crate::model::{Timestamp, Value, fold};
use crate::query::Sql;
use sha2::{Digest, Sha256};

/// The result of checking the audit log.
#[derive(Debug)]
pub struct AuditCheck {
    /// The number of entries.
    pub entries: u64,
    /// The number of entries whose secrets were masked after they were written.
    pub masked: u64,
    /// The hash of the last entry. Anyone who notes it can later tell whether the log was replaced.
    pub last_hash: String,
    /// The faults, entry by entry.
    pub faults: Findings,
}

/// The hash of the current content of a masked entry.
const MASK: &str = "(SELECT mask.hash FROM audit_masks AS mask WHERE mask.number = entry.number \
                    ORDER BY mask.record DESC LIMIT 1)";

/// The table of the entries. Clients see them through a view.
pub(super) const TABLE: &str = "audit_entries";

/// The action of an entry that records the masking of secrets in earlier entries.
pub(super) const MASK_ACTION: &str = "mask secrets";

/// The columns that the hash covers, in its order.
pub(super) const COLUMNS: &str = "number, created_date, id, user_name, address, request_id, \
                                  action, outcome, type, object_id, object_name, detail, before, \
                                  after";

/// The number of text columns among them.
const TEXTS: usize = 12;

/// The columns of one entry that the hash covers.
pub(super) struct AuditRow {
    pub number: i64,
    pub created_date: i64,
    pub id: String,
    pub user_name: String,
    pub address: String,
    pub request_id: String,
    pub action: String,
    pub outcome: String,
    pub resource_type: String,
    pub object_id: String,
    pub object_name: String,
    pub detail: String,
    pub before: String,
    pub after: String,
}

impl AuditRow {
    /// The texts, in the order of the columns.
    pub fn texts(&self) -> [&str; TEXTS] {
        [
            &self.id,
            &self.user_name,
            &self.address,
            &self.request_id,
            &self.action,
            &self.outcome,
            &self.resource_type,
            &self.object_id,
            &self.object_name,
            &self.detail,
            &self.before,
            &self.after,
        ]
    }

    /// SHA-256 over the previous hash and all columns, each preceded by its length, so that no
    /// content can be moved from one column to another.
    pub fn hash(&self, before: &str) -> String {
        let mut hash = Sha256::new();
        let numbers = [self.number.to_string(), self.created_date.to_string()];
        for text in
            [before].into_iter().chain(numbers.iter().map(String::as_str)).chain(self.texts())
        {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        hexadecimal(&hash.finalize())
    }

    /// The names of the user and of the object in folded form, by which filters find them.
    pub fn folded_names(&self) -> [String; 2] {
        [&self.user_name, &self.object_name].map(|name| fold(name))
    }

    fn read(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            number: row.get(0)?,
            created_date: row.get(1)?,
            id: row.get(2)?,
            user_name: row.get(3)?,
            address: row.get(4)?,
            request_id: row.get(5)?,
            action: row.get(6)?,
            outcome: row.get(7)?,
            resource_type: row.get(8)?,
            object_id: row.get(9)?,
            object_name: row.get(10)?,
            detail: row.get(11)?,
            before: row.get(12)?,
            after: row.get(13)?,
        })
    }
}

/// Where the log starts or ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bound {
    /// The number of the entry.
    pub number: i64,
    pub hash: String,
}

impl Snapshot<'_> {
    /// Checks the whole log. An entry that is wrong or can't be read is reported as a fault, and
    /// the check continues after it.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn check_audit(&self) -> Result<AuditCheck, Error> {
        let (start, end) = self.audit_bounds()?;
        let mut last = start;
        let mut faults = Findings::default();
        let (mut entries, mut masked) = (0, 0);
        // A database of an earlier version has neither separate texts nor masks.
        let has_texts = self.has_table("audit_texts")?;
        let mask = if has_texts { MASK } else { "NULL" };
        let mut statement = self.prepare(&Sql::new(&format!(
            "SELECT {COLUMNS}, hash, user_name_folded, object_name_folded, {mask} FROM \
             audit_entries AS entry ORDER BY number"
        )))?;
        let mut rows = statement.query(&[])?;
        while let Some(row) = rows.next_row()? {
            let number: i64 = row.get(0)?;
            check_number(last.number, number, &mut faults);
            // Without the hash, the next entry can't be right either.
            let hash: String = row.get(14).unwrap_or_default();
            let mask: Option<String> = row.get(17).unwrap_or_default();
            masked += u64::from(mask.is_some());
            match check_entry(&row, &last, mask.as_deref().unwrap_or(&hash), &mut faults) {
                Ok(entry) if has_texts => self.check_beside(&entry, &mut faults)?,
                Ok(_) => {}
                Err(error) => {
                    faults.add(format!("entry {number} can't be read: {}", error.reason()));
                }
            }
            last = Bound { number, hash };
            entries += 1;
        }
        if last != end {
            faults.add(format!(
                "the audit log ends with entry {}, although {} were written",
                last.number, end.number
            ));
        }
        if has_texts {
            self.check_masks_and_texts(&mut faults)?;
        }
        Ok(AuditCheck { entries, masked, last_hash: last.hash, faults })
    }

    /// Checks the texts that an entry refers to, and the entries that it records as masked.
    fn check_beside(&self, entry: &AuditRow, faults: &mut Findings) -> Result<(), Error> {
        let found = [
            self.fault_of_texts(entry.number, [&entry.before, &entry.after])?,
            self.fault_of_record(entry)?,
        ];
        found.into_iter().flatten().for_each(|fault| faults.add(fault));
        Ok(())
    }

    /// Checks the tables beside the entries.
    fn check_masks_and_texts(&self, faults: &mut Findings) -> Result<(), Error> {
        let unrecorded = self.unrecorded_masks()?;
        if unrecorded > 0 {
            faults.add(format!(
                "{unrecorded} entries are marked as masked, but no entry records that"
            ));
        }
        self.check_texts(|fault| faults.add(fault))?;
        self.check_unnamed(|fault| faults.add(fault))
    }

    /// The next entry after `number`, up to `last`.
    pub(super) fn audit_row_after(
        &self,
        number: i64,
        last: i64,
    ) -> Result<Option<AuditRow>, Error> {
        let mut sql = Sql::new("SELECT ");
        sql.push(COLUMNS)
            .push(" FROM ")
            .push(TABLE)
            .push(" WHERE number > ")
            .bind(Value::Integer(number));
        sql.push(" AND number <= ").bind(Value::Integer(last)).push(" ORDER BY number LIMIT 1");
        self.first(&sql, AuditRow::read)
    }

    /// The last entry that was removed from the start of the log, and the last entry.
    pub(super) fn audit_bounds(&self) -> Result<(Bound, Bound), Error> {
        let sql =
            Sql::new("SELECT before_number, before_hash, last_number, last_hash FROM audit_bounds");
        let bounds = self.first(&sql, |row| {
            let bound = |first| {
                Ok::<_, Error>(Bound { number: row.get(first)?, hash: row.get(first + 1)? })
            };
            Ok((bound(0)?, bound(2)?))
        })?;
        Ok(bounds.unwrap_or_default())
    }

    /// The number and date of the last entry; the date is 1970 if the entry was removed.
    pub(super) fn last_audit_entry(&self) -> Result<(i64, Timestamp), Error> {
        let sql = "SELECT last_number, coalesce(created_date, 0) FROM audit_bounds LEFT JOIN \
                   audit_entries ON number = last_number";
        let last = self.first(&Sql::new(sql), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(last.unwrap_or((0, Timestamp::from_millis(0))))
    }
}

/// Checks that entries are numbered without gaps.
fn check_number(last: i64, number: i64, faults: &mut Findings) {
    match last.checked_add(1) {
        None => faults.add(format!("the audit log can't start after entry {last}")),
        Some(next) if next == number => {}
        Some(next) if number.checked_sub(1) == Some(next) => {
            faults.add(format!("entry {next} is missing"));
        }
        Some(next) => {
            faults.add(format!("entries {next} to {} are missing", number.saturating_sub(1)));
        }
    }
}

/// Checks an entry against this hash.
fn check_entry(
    row: &Row<'_>,
    last: &Bound,
    hash: &str,
    faults: &mut Findings,
) -> Result<AuditRow, Error> {
    let folded: [String; 2] = [row.get(15)?, row.get(16)?];
    let row = AuditRow::read(row)?;
    if row.hash(&last.hash) != hash {
        faults.add(format!(
            "entry {}, or the one before it, was changed after it was written",
            row.number
        ));
    }
    // The hash covers the names, from which the folded names follow.
    if row.folded_names() != folded {
        faults.add(format!(
            "entry {} has folded names that differ from its names, so filters don't find it",
            row.number
        ));
    }
    Ok(row)
}
