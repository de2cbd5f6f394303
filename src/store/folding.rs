//! Stored texts that another case folding could compare differently.

use super::error::Error;
use super::snapshot::Snapshot;
use crate::query::Sql;

/// A stored text that rules compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredText {
    /// Where it is stored, such as `role`, or `userId of LAB\anna`.
    pub place: String,
    /// The text.
    pub text: String,
}

/// The texts that rules compare: the place, the column and the table of each.
const COMPARED: [(&str, &str, &str); 9] = [
    ("'userDirectory of ' || user_directory || '\\' || user_id", "user_directory", "users"),
    ("'userId of ' || user_directory || '\\' || user_id", "user_id", "users"),
    ("'name of ' || user_directory || '\\' || user_id", "name", "users"),
    ("'role'", "value", "user_roles"),
    ("'attribute ' || attribute_type", "attribute_value", "user_attributes"),
    ("'custom property value'", "value", "user_custom_properties"),
    ("'custom property value'", "value", "data_connection_custom_properties"),
    ("'name of a data connection'", "name", "data_connections"),
    ("'type of a data connection'", "type", "data_connections"),
];

impl Snapshot<'_> {
    /// Each text outside ASCII that rules compare, once for each place.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn compared_texts_outside_ascii(&self) -> Result<Vec<StoredText>, Error> {
        let selects = COMPARED.map(|(place, column, table)| {
            let condition = format!("{column} GLOB '*[^' || char(1) || '-' || char(127) || ']*'");
            format!("SELECT {place}, {column} FROM {table} WHERE {condition}")
        });
        let sql = Sql::new(&selects.join(" UNION "));
        self.all(&sql, |row| Ok(StoredText { place: row.get(0)?, text: row.get(1)? }))
    }
}
