//! The long texts and the secrets of audit entries.
//!
//! `before` and `after` are JSON objects. If the JSON of a property is long or contains a secret,
//! it is stored in a table of its own, once for all entries that have the same value. The entry has
//! `{"$sha256": …}` in its place, and its own hash covers that. Of a secret, the table has the
//! masked form, and `"$sealed"` names the sealed value that has the original.

use super::error::Error;
use super::snapshot::Snapshot;
use super::write::Write;
use crate::model::{AUDIT_SECRET, Value, masked, masked_json};
use crate::query::{Predicate, Sql};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fmt::Write as _;
use uuid::Uuid;

/// Bytes of JSON above which a property is stored separately.
const LONG: usize = 256;

const DIGEST: &str = "$sha256";
const SEALED: &str = "$sealed";

/// How an object that refers to a text begins or continues. Nothing else contains this, because
/// quotes within texts are escaped.
pub(super) const MARK: &str = "\"$sha256\":";

/// For each table beside the entries, the statement that counts its rows that belong to no entry.
/// Retention and masking remove such rows together with the last entry that refers to them, so
/// there are some only if another program has removed entries.
pub(super) const UNNAMED: [(&str, &str); 3] = [
    (
        "audit_texts",
        "SELECT count(*) FROM audit_texts AS one WHERE NOT EXISTS (SELECT 1 FROM audit_entry_texts \
         WHERE text_id = one.id)",
    ),
    (
        "audit_secrets",
        "SELECT count(*) FROM audit_secrets AS one WHERE NOT EXISTS (\
         SELECT 1 FROM audit_texts WHERE secret_id <> '' AND secret_id = one.id)",
    ),
    (
        "audit_entry_texts",
        "SELECT count(*) FROM audit_entry_texts AS one WHERE NOT EXISTS (\
         SELECT 1 FROM audit_entries WHERE number = one.number)",
    ),
];

/// `before` or `after` as an entry stores it.
#[derive(Default)]
pub(super) struct Stored {
    /// The JSON; empty if there was none.
    pub json: String,
    /// The ids of the texts that it refers to.
    pub texts: Vec<i64>,
    /// Whether a secret was masked whose original could not be sealed.
    pub has_lost_secret: bool,
}

/// The reference in place of a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct TextReference {
    /// The SHA-256 of the text that is shown, in hexadecimal.
    pub digest: String,
    /// The sealed value with the original, if that differs from the text.
    pub secret: Option<Uuid>,
}

impl TextReference {
    pub fn read(value: &Json) -> Option<Self> {
        let digest = value.get(DIGEST)?.as_str()?.to_owned();
        let secret =
            value.get(SEALED).and_then(Json::as_str).and_then(|id| Uuid::parse_str(id).ok());
        Some(Self { digest, secret })
    }

    fn json(&self) -> Json {
        match self.secret {
            None => json!({ DIGEST: self.digest }),
            Some(id) => json!({ DIGEST: self.digest, SEALED: id }),
        }
    }

    /// The id of the sealed value as columns store it; empty if there is none.
    fn secret_id(&self) -> Value {
        Value::Text(self.secret.map(|id| id.to_string()).unwrap_or_default())
    }

    /// The references in `before` or `after` of an entry.
    pub fn all_of(stored: &str) -> Vec<Self> {
        if !stored.contains(MARK) {
            return Vec::new();
        }
        properties(stored).unwrap_or_default().values().filter_map(Self::read).collect()
    }
}

impl Write<'_> {
    /// Converts `before` or `after` to the form that an entry stores: masks secrets and stores long
    /// texts separately. The input may be in the stored form already.
    pub(super) fn stored_side(&self, shown: &str) -> Result<Stored, Error> {
        let Some(properties) = properties(shown) else {
            return Ok(Stored { json: masked(shown).into_owned(), ..Stored::default() });
        };
        let mut stored = Stored::default();
        let mut short = Map::new();
        for (name, value) in properties {
            let value = self.stored_property(value, &mut stored)?;
            short.insert(name, value);
        }
        stored.json = Json::Object(short).to_string();
        Ok(stored)
    }

    fn stored_property(&self, value: Json, stored: &mut Stored) -> Result<Json, Error> {
        let value = if let Some(reference) = TextReference::read(&value) {
            let Some(original) = self.original(&reference)? else {
                stored.texts.extend(self.snapshot().text_id(&reference)?);
                return Ok(value);
            };
            original
        } else {
            value
        };
        let text = value.to_string();
        let (shown, secret) = match masked_json(&value) {
            None if text.len() <= LONG => return Ok(value),
            None => (text, None),
            Some(shown) => {
                let secret = self.seal(&text.into())?;
                stored.has_lost_secret |= secret.is_none();
                (shown.to_string(), secret)
            }
        };
        let reference = TextReference { digest: digest(&shown), secret };
        stored.texts.push(self.keep_text(&reference, shown)?);
        Ok(reference.json())
    }

    /// The referenced property before anything in it was masked; `None` if it can't be opened.
    fn original(&self, reference: &TextReference) -> Result<Option<Json>, Error> {
        let Some(id) = reference.secret else {
            return Ok(self
                .snapshot()
                .text_of(reference)?
                .ok()
                .and_then(|text| serde_json::from_str(&text).ok()));
        };
        let opened = self.open_secret(id)?;
        Ok(opened.and_then(|text| serde_json::from_str(text.expose_secret()).ok()))
    }

    /// Opens the sealed value with this id; `None` if it does not exist or can't be opened.
    fn open_secret(&self, id: Uuid) -> Result<Option<SecretString>, Error> {
        let Some(keys) = self.sealer else { return Ok(None) };
        let mut sql = Sql::new("SELECT sealed FROM audit_secrets WHERE id = ");
        sql.bind(Value::Id(id));
        let sealed =
            self.snapshot().first(&sql, |row| Ok(row.cell(0).text_or_empty().to_owned()))?;
        sealed.map_or(Ok(None), |sealed| keys.open(&self.snapshot(), id, &sealed))
    }

    /// Stores a secret sealed, once for all entries that have the same; `None` if no data key can
    /// be used.
    fn seal(&self, text: &SecretString) -> Result<Option<Uuid>, Error> {
        let Some(keys) = self.sealer else { return Ok(None) };
        let Some(id) = keys.id_of(&self.snapshot(), text)? else { return Ok(None) };
        if self.open_secret(id)?.is_some_and(|kept| kept.expose_secret() == text.expose_secret()) {
            return Ok(Some(id));
        }
        let Some((term, sealed)) = keys.seal(&self.snapshot(), id, text)? else { return Ok(None) };
        let mut sql = Sql::new("INSERT INTO audit_secrets (id, sealed) VALUES (");
        sql.bind(Value::Id(id)).push(", ").bind(Value::Text(sealed));
        // The same id means the same text. If the stored value can't be opened, it is damaged, and
        // this repairs it.
        sql.push(") ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed");
        self.snapshot().execute(&sql)?;
        self.count_uses(term, 1)?;
        Ok(Some(id))
    }

    fn keep_text(&self, reference: &TextReference, text: String) -> Result<i64, Error> {
        if let Some(id) = self.snapshot().text_id(reference)? {
            return Ok(id);
        }
        let mut sql = Sql::new("INSERT INTO audit_texts (digest, secret_id, text) VALUES (");
        sql.bind(Value::Text(reference.digest.clone()))
            .push(", ")
            .bind(reference.secret_id())
            .push(", ")
            .bind(Value::Text(text))
            .push(") RETURNING id");
        let id = self.snapshot().execute_returning(&sql, |row| row.get(0))?;
        id.ok_or_else(Error::no_row)
    }

    /// Notes that an entry refers to these texts.
    pub(super) fn note_texts(&self, number: i64, texts: &[i64]) -> Result<(), Error> {
        for text in texts {
            let mut sql = Sql::new("INSERT INTO audit_entry_texts (number, text_id) VALUES (");
            sql.bind(Value::Integer(number))
                .push(", ")
                .bind(Value::Integer(*text))
                .push(") ON CONFLICT DO NOTHING");
            self.snapshot().execute(&sql)?;
        }
        Ok(())
    }

    /// Removes those of these texts that no entry refers to, with their secrets.
    pub(super) fn remove_unnamed(&self, texts: &[i64]) -> Result<(), Error> {
        for text in texts {
            let mut sql = Sql::new("DELETE FROM audit_texts WHERE id = ");
            sql.bind(Value::Integer(*text));
            sql.push(
                " AND NOT EXISTS (SELECT 1 FROM audit_entry_texts WHERE text_id = audit_texts.id) \
                 RETURNING secret_id",
            );
            let removed = self
                .snapshot()
                .execute_returning(&sql, |row| Ok(row.cell(0).text_or_empty().to_owned()))?;
            if let Some(secret) = removed.filter(|secret| !secret.is_empty()) {
                let mut sql = Sql::new("DELETE FROM audit_secrets WHERE id = ");
                sql.bind(Value::Text(secret));
                sql.push(
                    " AND NOT EXISTS (SELECT 1 FROM audit_texts WHERE secret_id = audit_secrets.id \
                     AND secret_id <> '')",
                );
                self.snapshot().execute(&sql)?;
            }
        }
        Ok(())
    }
}

impl Snapshot<'_> {
    /// The id of the referenced text with the referenced secret, if it exists.
    pub(super) fn text_id(&self, reference: &TextReference) -> Result<Option<i64>, Error> {
        let mut sql = Sql::new("SELECT id FROM audit_texts WHERE digest = ");
        sql.bind(Value::Text(reference.digest.clone())).push(" AND secret_id = ");
        sql.bind(reference.secret_id());
        self.first(&sql, |row| row.get(0))
    }

    /// Reports each text of audit entries that does not match its SHA-256.
    pub(super) fn check_texts(&self, mut fault: impl FnMut(String)) -> Result<(), Error> {
        let mut statement =
            self.prepare(&Sql::new("SELECT id, digest, text FROM audit_texts ORDER BY id"))?;
        let mut rows = statement.query(&[])?;
        while let Some(row) = rows.next_row()? {
            let id: i64 = row.get(0)?;
            let is_right = match (row.cell(1).text(), row.cell(2).text()) {
                (Some(expected), Some(text)) => digest(text) == expected,
                _ => false,
            };
            if !is_right {
                fault(format!("{} was changed after it was written", self.describe_text(id)?));
            }
        }
        Ok(())
    }

    /// Describes a text by one of the entries that refer to it.
    fn describe_text(&self, id: i64) -> Result<String, Error> {
        let mut sql =
            Sql::new("SELECT min(number), count(*) FROM audit_entry_texts WHERE text_id = ");
        sql.bind(Value::Integer(id));
        let named = self.first(&sql, |row| Ok((row.get::<Option<i64>>(0)?, row.get::<i64>(1)?)))?;
        Ok(match named {
            Some((Some(number), 1)) => format!("text {id} of entry {number}"),
            Some((Some(number), many)) => {
                format!("text {id} of entry {number} and {} others", many - 1)
            }
            _ => format!("text {id} of no entry"),
        })
    }

    /// Reports, for each table beside the entries, the rows that belong to no entry; and sealed
    /// secrets that are empty.
    pub(super) fn check_unnamed(&self, mut fault: impl FnMut(String)) -> Result<(), Error> {
        let count = |sql: &str| {
            Ok::<_, Error>(self.first(&Sql::new(sql), |row| row.get::<i64>(0))?.unwrap_or_default())
        };
        for (table, sql) in UNNAMED {
            let many = count(sql)?;
            if many > 0 {
                fault(format!(
                    "rows of {table} that belong to no entry: {many}; entries may have been \
                     removed, so compare with a backup; if no entry is missing, these rows can be \
                     deleted"
                ));
            }
        }
        let empty = count("SELECT count(*) FROM audit_secrets WHERE sealed = ''")?;
        if empty > 0 {
            fault(format!(
                "empty rows of audit_secrets: {empty}; their secrets are lost unless a backup has \
                 them"
            ));
        }
        Ok(())
    }

    /// The fault of an entry's texts, if there is one: each referenced text must exist and be noted
    /// for the entry, and no other may be noted.
    pub(super) fn fault_of_texts(
        &self,
        number: i64,
        sides: [&str; 2],
    ) -> Result<Option<String>, Error> {
        let references: HashSet<TextReference> =
            sides.into_iter().flat_map(TextReference::all_of).collect();
        for reference in &references {
            let mut sql = Sql::new("SELECT 1 FROM audit_entry_texts WHERE number = ");
            sql.bind(Value::Integer(number))
                .push(" AND text_id = ")
                .bind(Value::Integer(self.text_id(reference)?.unwrap_or(-1)));
            if self.first(&sql, |_| Ok(()))?.is_none() {
                return Ok(Some(format!("a text of entry {number} is missing")));
            }
            if let Some(id) = reference.secret
                && !self.holds(&AUDIT_SECRET, id, &Predicate::True)?
            {
                return Ok(Some(format!("a sealed secret of entry {number} is missing")));
            }
        }
        let mut sql = Sql::new("SELECT count(*) FROM audit_entry_texts WHERE number = ");
        sql.bind(Value::Integer(number));
        let noted: i64 = self.first(&sql, |row| row.get(0))?.unwrap_or_default();
        let is_more = usize::try_from(noted).is_ok_and(|noted| noted > references.len());
        Ok(is_more.then(|| {
            format!(
                "rows of audit_entry_texts link entry {number} to texts that it does not refer to"
            )
        }))
    }

    /// The ids of the texts that these entries refer to.
    pub(super) fn texts_named_by(&self, first: i64, last: i64) -> Result<Vec<i64>, Error> {
        let mut sql =
            Sql::new("SELECT DISTINCT text_id FROM audit_entry_texts WHERE number BETWEEN ");
        sql.bind(Value::Integer(first)).push(" AND ").bind(Value::Integer(last));
        self.all(&sql, |row| row.get(0))
    }
}

pub(super) fn properties(json: &str) -> Option<Map<String, Json>> {
    serde_json::from_str(json).ok()
}

/// SHA-256 in hexadecimal.
pub(super) fn digest(text: &str) -> String {
    hexadecimal(&Sha256::digest(text))
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
