//! How the entries of the audit log hang together: each holds the hash of the one before, and the
//! log knows where it starts and ends.

use super::audit_texts::hexadecimal;
use super::error::Error;
use super::findings::Findings;
use super::snapshot::Snapshot;
use super::sqlite::statement::Row;
use crate::model::{Timestamp, Value, fold};
use crate::query::Sql;
use sha2::{Digest, Sha256};

/// What is wrong with the audit log, if anything, and what there is of it.
#[derive(Debug)]
pub struct AuditCheck {
    /// How many entries there are.
    pub entries: u64,
    /// How many of them have secrets that were masked after they were written.
    pub masked: u64,
    /// The hash of the last one: whoever notes it can tell later whether the audit log is still the
    /// one that it was.
    pub last_hash: String,
    /// What is wrong, entry by entry.
    pub faults: Findings,
}

/// The hash of what is in a masked entry now.
const MASK: &str = "(SELECT mask.hash FROM audit_masks AS mask WHERE mask.number = entry.number \
                    ORDER BY mask.record DESC LIMIT 1)";

/// The table of the entries. Clients see them by a view.
pub(super) const TABLE: &str = "audit_entries";

/// What the entry of masking secrets in earlier ones says was done.
pub(super) const MASK_ACTION: &str = "mask secrets";

/// The columns that the hash covers, in the order in which it does.
pub(super) const COLUMNS: &str = "number, created_date, id, user_name, address, request_id, \
                                  action, outcome, type, object_id, object_name, detail, before, \
                                  after";

/// How many of them are texts.
const TEXTS: usize = 12;

/// One entry, as far as the hash covers it.
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

    /// SHA-256 over the hash before and all columns, each with its length before it, so that
    /// nothing can be moved from one to another.
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

    /// The names of who did it and of what it was done to, in the forms by which filters find them.
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

/// Where the audit log starts or ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bound {
    /// The entry.
    pub number: i64,
    pub hash: String,
}

impl Snapshot<'_> {
    /// Checks the whole audit log. An entry that is wrong or can't be read is a fault, and those
    /// after it are checked nevertheless.
    ///
    /// # Errors
    /// The database failed.
    pub fn check_audit(&self) -> Result<AuditCheck, Error> {
        let (start, end) = self.audit_bounds()?;
        let mut last = start;
        let mut faults = Findings::default();
        let (mut entries, mut masked) = (0, 0);
        // A database of an earlier version knows neither texts apart nor masks.
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
            // Without it, the next entry can't be right either.
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

    /// Checks what an entry says of the texts that it names, and of the entries that it masked.
    fn check_beside(&self, entry: &AuditRow, faults: &mut Findings) -> Result<(), Error> {
        let found = [
            self.fault_of_texts(entry.number, [&entry.before, &entry.after])?,
            self.fault_of_record(entry)?,
        ];
        found.into_iter().flatten().for_each(|fault| faults.add(fault));
        Ok(())
    }

    /// Checks what lies beside the entries.
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

    /// The entry after that of a number, up to another.
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

    /// The last entry that is no longer there, and the last one.
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

    /// Number and date of the last entry; 1970 if it was let go.
    pub(super) fn last_audit_entry(&self) -> Result<(i64, Timestamp), Error> {
        let sql = "SELECT last_number, coalesce(created_date, 0) FROM audit_bounds LEFT JOIN \
                   audit_entries ON number = last_number";
        let last = self.first(&Sql::new(sql), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(last.unwrap_or((0, Timestamp::from_millis(0))))
    }
}

/// Entries are numbered without gaps.
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

/// Checks what is in an entry that holds this hash.
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
    // The forms by which filters find an entry follow from what the hash covers.
    if row.folded_names() != folded {
        faults.add(format!(
            "entry {} has folded names that differ from its names, so filters don't find it",
            row.number
        ));
    }
    Ok(row)
}
