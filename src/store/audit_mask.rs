//! Masks secrets in entries that were written before this program recognised them as secrets.
//!
//! The hash of such an entry stays, because the next entry covers it, but it no longer matches the
//! content. So the hash of the new content is stored beside it, and an audit entry, the record,
//! covers these hashes.

use super::audit::Act;
use super::audit_chain::{AuditRow, MASK_ACTION};
use super::audit_texts::digest;
use super::error::Error;
use super::snapshot::Snapshot;
use super::write::Write;
use crate::model::{Value, fold, masked};
use crate::query::Sql;
use serde_json::{Value as Json, json};
use std::fmt::Write as _;

/// The number of entries that one write checks, and about how many bytes with their texts, masked
/// or not: other writes wait for it.
const MOST_ENTRIES: usize = 200;
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// The progress of masking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Masking {
    /// The last entry that was checked.
    pub number: i64,
    /// The number of entries that had secrets to mask.
    pub masked: u64,
}

impl Write<'_> {
    /// Masks the secrets of some entries after `done`, up to `last`, seals the originals, and
    /// records it. Masking is complete once `number` no longer changes.
    ///
    /// # Errors
    /// [`Error::Unusable`] if the data keys can't be used; [`Error::Database`] or
    /// [`Error::Unreachable`] if the database fails.
    pub fn mask_audit(&self, done: Masking, last: i64) -> Result<Masking, Error> {
        let (_, end) = self.snapshot().audit_bounds()?;
        let record = end.number.saturating_add(1);
        let (start, mut done, mut bytes, mut numbers) = (done.number, done, 0, Vec::new());
        for _ in 0..MOST_ENTRIES {
            let Some(row) = self.snapshot().audit_row_after(done.number, last)? else { break };
            done.number = row.number;
            bytes += self.snapshot().bytes_of(&row)?;
            if self.snapshot().has_open_secret(&row)? {
                numbers.push(row.number);
                self.mask(row, record)?;
            }
            if bytes > MOST_BYTES {
                break;
            }
        }
        if done.number == start {
            self.note_all_masked(last)?;
        }
        if !numbers.is_empty() {
            self.record_masking(&numbers, record)?;
            done.masked += numbers.len() as u64;
        }
        Ok(done)
    }

    /// Notes that no entry up to `last` contains a secret in clear text.
    fn note_all_masked(&self, last: i64) -> Result<(), Error> {
        let mut sql =
            Sql::new("UPDATE audit_bounds SET unmasked_number = 0 WHERE unmasked_number <= ");
        sql.bind(Value::Integer(last));
        self.snapshot().execute(&sql).map(drop)
    }

    fn mask(&self, row: AuditRow, record: i64) -> Result<(), Error> {
        let (before, after) = (self.stored_side(&row.before)?, self.stored_side(&row.after)?);
        if before.has_lost_secret || after.has_lost_secret {
            let why = "the data keys can no longer be used, and without them the masked secrets \
                       would be lost";
            return Err(Error::Unusable(format!(
                "the secrets of entry {} are not masked: {why}",
                row.number
            )));
        }
        let (object_name, detail) =
            (masked(&row.object_name).into_owned(), masked(&row.detail).into_owned());
        let row = AuditRow { before: before.json, after: after.json, object_name, detail, ..row };
        let earlier_texts = self.snapshot().texts_named_by(row.number, row.number)?;
        let mut sql = Sql::new("DELETE FROM audit_entry_texts WHERE number = ");
        sql.bind(Value::Integer(row.number));
        self.snapshot().execute(&sql)?;
        self.note_texts(row.number, &before.texts)?;
        self.note_texts(row.number, &after.texts)?;
        self.remove_unnamed(&earlier_texts)?;
        let hash = row.hash(&self.snapshot().hash_before(row.number)?);
        let mut sql = Sql::new("INSERT INTO audit_masks (record, number, hash) VALUES (");
        sql.bind(Value::Integer(record)).push(", ").bind(Value::Integer(row.number)).push(", ");
        sql.bind(Value::Text(hash)).push(")");
        self.snapshot().execute(&sql)?;
        let mut sql = Sql::new("UPDATE audit_entries SET object_name_folded = ");
        sql.bind(Value::Text(fold(&row.object_name)))
            .push(", object_name = ")
            .bind(Value::Text(row.object_name));
        sql.push(", detail = ")
            .bind(Value::Text(row.detail))
            .push(", before = ")
            .bind(Value::Text(row.before));
        sql.push(", after = ")
            .bind(Value::Text(row.after))
            .push(" WHERE number = ")
            .bind(Value::Integer(row.number));
        self.snapshot().execute(&sql).map(drop)
    }

    fn record_masking(&self, numbers: &[i64], record: i64) -> Result<(), Error> {
        let digest = self.snapshot().digest_of_masks(record)?;
        let detail = match numbers {
            [number] => format!("entry {number}"),
            [first, .., last] => format!("{} entries, from {first} to {last}", numbers.len()),
            [] => String::new(),
        };
        let after = json!({ "entries": numbers, "sha256": digest }).to_string();
        self.record(Act { detail, after, ..Act::done(MASK_ACTION) })
    }
}

impl Snapshot<'_> {
    /// The number of the last audit entry.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn last_audit_number(&self) -> Result<i64, Error> {
        Ok(self.audit_bounds()?.1.number)
    }

    /// Whether there are entries of an earlier version that may contain secrets in clear text,
    /// which filters would find.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn may_have_unmasked_secrets(&self) -> Result<bool, Error> {
        let sql = Sql::new("SELECT unmasked_number > before_number FROM audit_bounds");
        Ok(self.first(&sql, |row| row.get(0))?.unwrap_or_default())
    }

    /// The size of an entry with the texts that it refers to, in bytes.
    fn bytes_of(&self, row: &AuditRow) -> Result<usize, Error> {
        let own: usize =
            [&row.object_name, &row.detail, &row.before, &row.after].map(String::len).iter().sum();
        let mut sql = Sql::new(
            "SELECT coalesce(sum(octet_length(text)), 0) FROM audit_entry_texts JOIN audit_texts \
             ON audit_texts.id = text_id WHERE number = ",
        );
        sql.bind(Value::Integer(row.number));
        let texts: i64 = self.first(&sql, |row| row.get(0))?.unwrap_or_default();
        Ok(own.saturating_add(usize::try_from(texts).unwrap_or_default()))
    }

    fn has_open_secret(&self, row: &AuditRow) -> Result<bool, Error> {
        let is_open = |text: &str| masked(text) != text;
        Ok(is_open(&row.object_name)
            || is_open(&row.detail)
            || self.is_unmasked(&row.before)?
            || self.is_unmasked(&row.after)?)
    }

    /// The hash that the entry with this number covers: that of the previous entry.
    fn hash_before(&self, number: i64) -> Result<String, Error> {
        let (start, _) = self.audit_bounds()?;
        if start.number == number.saturating_sub(1) {
            return Ok(start.hash);
        }
        let mut sql = Sql::new("SELECT hash FROM audit_entries WHERE number = ");
        sql.bind(Value::Integer(number.saturating_sub(1)));
        Ok(self.first(&sql, |row| row.get(0))?.unwrap_or_default())
    }

    /// SHA-256 over the numbers of the entries that a record covers and the hashes of their
    /// content.
    pub(super) fn digest_of_masks(&self, record: i64) -> Result<String, Error> {
        let mut sql = Sql::new("SELECT number, hash FROM audit_masks WHERE record = ");
        sql.bind(Value::Integer(record)).push(" ORDER BY number");
        let masks =
            self.all(&sql, |row| Ok((row.get::<i64>(0)?, row.cell(1).text_or_empty().to_owned())))?;
        let lines = masks.iter().fold(String::new(), |mut lines, (number, hash)| {
            // Writing to a String can't fail.
            let _ = writeln!(lines, "{number} {hash}");
            lines
        });
        Ok(digest(&lines))
    }

    /// The fault of an entry that records masking, if it has one.
    pub(super) fn fault_of_record(&self, row: &AuditRow) -> Result<Option<String>, Error> {
        if row.action != MASK_ACTION {
            return Ok(None);
        }
        let recorded: Json = serde_json::from_str(&row.after).unwrap_or_default();
        let is_right = recorded["sha256"] == self.digest_of_masks(row.number)?.as_str();
        Ok((!is_right)
            .then(|| format!("entries that entry {} masked were changed since", row.number)))
    }

    /// The number of masks that no record covers.
    pub(super) fn unrecorded_masks(&self) -> Result<i64, Error> {
        let mut sql = Sql::new(
            "SELECT count(*) FROM audit_masks AS mask WHERE NOT EXISTS (\
             SELECT 1 FROM audit_entries AS entry WHERE entry.number = mask.record AND action = ",
        );
        sql.bind(Value::Text(MASK_ACTION.to_owned())).push(")");
        Ok(self.first(&sql, |row| row.get(0))?.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Origin;
    use crate::store::tests::open;

    /// Bytes of each text; a step reads eight of them before it reaches its limit.
    const TEXT: usize = 512 * 1024;
    const ENTRIES: usize = 30;

    #[test]
    fn one_write_is_bounded_by_the_texts_that_it_reads_even_if_none_is_masked() {
        for of in [|entry: usize| entry, |_| 0] {
            let (_folder, store) = open();
            let record = move |write: &Write<'_>| {
                (0..ENTRIES).try_for_each(|entry| {
                    let after = json!({ "name": format!("{} {}", of(entry), "x".repeat(TEXT)) })
                        .to_string();
                    write.record(Act { after, ..Act::done("update") })
                })
            };
            store.write_blocking(Origin::command("test"), record).unwrap();
            let last = store.read(|snapshot: &Snapshot<'_>| snapshot.last_audit_number()).unwrap();
            let (mut done, mut steps) = (Masking::default(), 0);
            while done.number < last {
                let before = done.number;
                done = store
                    .write_blocking(Origin::command("test"), move |write: &Write<'_>| {
                        write.mask_audit(done, last)
                    })
                    .unwrap();
                assert!((1..=9).contains(&(done.number - before)), "{before}: {done:?}");
                steps += 1;
            }
            assert!(steps >= 3 && done.masked == 0, "{steps}: {done:?}");
        }
    }
}
