//! Audit entries as clients see them: with their texts in place and secrets masked.

use super::audit_texts::{MARK, TextReference, properties};
use super::cell::OwnedCell;
use super::error::Error;
use super::property_value::{BadCell, read_text};
use super::snapshot::Snapshot;
use super::unreadable::WrongCell;
use crate::model::{Value, holds_secret, masked, masked_json};
use crate::query::Sql;
use serde::de::IgnoredAny;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::fmt::Write as _;

impl Snapshot<'_> {
    /// Converts the cells of an audit entry to what clients see: inserts the texts and masks
    /// secrets. Returns the property that can't be shown, if there is one.
    pub(super) fn show_cells(
        &self,
        position: impl Fn(&'static str) -> Option<usize>,
        cells: &mut [OwnedCell],
    ) -> Result<Option<WrongCell>, Error> {
        for (name, is_json) in
            [("before", true), ("after", true), ("detail", false), ("objectName", false)]
        {
            if let Some(OwnedCell::Text(text)) =
                position(name).and_then(|column| cells.get_mut(column))
            {
                let shown = if is_json { self.shown_json(text)? } else { Ok(masked(text)) };
                match shown {
                    Ok(Cow::Owned(shown)) => *text = shown,
                    Ok(Cow::Borrowed(_)) => {}
                    Err(why) => return Ok(Some(WrongCell::new(name, why))),
                }
            }
        }
        Ok(None)
    }

    /// `before` or `after` of an entry with its texts in place. Secrets of entries that were
    /// written before masking existed are masked here.
    fn shown_json<'t>(&self, stored: &'t str) -> Result<Result<Cow<'t, str>, BadCell>, Error> {
        let whole = if stored.contains(MARK) {
            self.with_texts(stored)?.map(Cow::Owned)
        } else {
            Ok(Cow::Borrowed(stored))
        };
        Ok(whole.map(|whole| {
            // Parsing costs more than searching for the characters that each secret has.
            if !has_sign_of_secret(&whole) {
                return whole;
            }
            let masked = serde_json::from_str(&whole).ok().and_then(|json| masked_json(&json));
            masked.map_or(whole, |masked| Cow::Owned(masked.to_string()))
        }))
    }

    fn with_texts(&self, stored: &str) -> Result<Result<String, BadCell>, Error> {
        let mut whole = String::from("{");
        for (name, value) in properties(stored).unwrap_or_default() {
            let value = match TextReference::read(&value) {
                Some(reference) => match self.text_of(&reference)? {
                    Ok(text) => text,
                    Err(why) => return Ok(Err(why)),
                },
                None => value.to_string(),
            };
            let comma = if whole.len() == 1 { "" } else { "," };
            // Writing to a String can't fail.
            let _ = write!(whole, "{comma}{}:{value}", Json::String(name));
        }
        whole.push('}');
        Ok(Ok(whole))
    }

    /// Whether `before` or `after` of an entry contains a secret that is not masked. A text that
    /// can't be read counts as masked.
    pub(super) fn is_unmasked(&self, stored: &str) -> Result<bool, Error> {
        let Some(properties) = properties(stored) else { return Ok(holds_secret(stored)) };
        for value in properties.values() {
            let is_unmasked = match TextReference::read(value) {
                None => masked_json(value).is_some(),
                Some(reference) => {
                    let json = self
                        .text_of(&reference)?
                        .ok()
                        .and_then(|text| serde_json::from_str(&text).ok());
                    json.is_some_and(|json| masked_json(&json).is_some())
                }
            };
            if is_unmasked {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The JSON of a referenced text, or why it can't be shown.
    pub(super) fn text_of(
        &self,
        reference: &TextReference,
    ) -> Result<Result<String, BadCell>, Error> {
        let mut sql = Sql::new("SELECT text FROM audit_texts WHERE digest = ");
        sql.bind(Value::Text(reference.digest.clone())).push(" LIMIT 1");
        let text = self.first(&sql, |row| Ok(read_text(row.cell(0)).map(str::to_owned)))?;
        Ok(match text {
            None => Err(BadCell::MissingText),
            Some(Ok(text)) if serde_json::from_str::<IgnoredAny>(&text).is_ok() => Ok(text),
            Some(_) => Err(BadCell::DamagedText),
        })
    }
}

/// Whether a JSON text contains a character that every secret has: an equals sign, or a colon that
/// neither follows the name of a property nor is part of a time.
fn has_sign_of_secret(json: &str) -> bool {
    let bytes = json.as_bytes();
    memchr::memchr2_iter(b'=', b':', bytes).any(|at| match &bytes[..at] {
        _ if bytes[at] == b'=' => true,
        [.., before, b'"'] => *before == b'\\',
        [.., before] => !before.is_ascii_digit(),
        [] => true,
    })
}
