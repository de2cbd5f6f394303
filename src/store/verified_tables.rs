//! The tables whose rows are verified, with the kind of value in each column. A test compares this
//! with the schema, so no table is forgotten.

use super::api_tokens::{TOKEN_CONTEXTS, TOKEN_SCOPES};
use super::sign_in::SessionKind;
use super::sqlite::seeds::GREATEST_VERSION;
use crate::model::{AUDIT_ENTRY, Entity, Kind, LIST_ITEM, Property, REGISTRY, SELECTION, Syntax};

/// A table with the columns that are verified.
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// The columns that name a row in messages.
    pub key: Vec<&'static str>,
    /// Its columns with their kinds. Folded columns are derived from the columns that they belong
    /// to.
    pub columns: Vec<(&'static str, Kind)>,
}

const TEXT: Kind = Kind::Text { min: 0, max: usize::MAX, syntax: Syntax::Any };
const CONTEXT: Kind =
    Kind::Text { min: 0, max: usize::MAX, syntax: Syntax::OneOf(&TOKEN_CONTEXTS) };
const SCOPE: Kind = Kind::Text { min: 0, max: usize::MAX, syntax: Syntax::OneOf(&TOKEN_SCOPES) };
const SESSION_KIND: Kind =
    Kind::Text { min: 0, max: usize::MAX, syntax: Syntax::OneOf(&SessionKind::NAMES) };
const COUNT: Kind = Kind::Integer { min: 0, max: i64::MAX };
/// A count that must have room to increase.
const VERSION: Kind = Kind::Integer { min: 0, max: GREATEST_VERSION };
/// A number of 32 bits.
const SMALL: Kind = Kind::Integer { min: 0, max: u32::MAX as i64 };
/// The column of a table with a single row.
const ONE: Kind = Kind::Integer { min: 1, max: 1 };

/// Tables without entities: the name, the key, and the columns.
type Other = (&'static str, &'static str, &'static [(&'static str, Kind)]);

const OTHERS: [Other; 14] = [
    (
        "passwords",
        "user_id",
        &[("user_id", Kind::Id), ("hash", TEXT), ("changed_date", Kind::Date)],
    ),
    (
        "sessions",
        "id",
        &[
            ("token_hash", TEXT),
            ("id", Kind::Id),
            ("user_id", Kind::Id),
            ("created_date", Kind::Date),
            ("expires_date", Kind::Date),
            ("address", TEXT),
            ("kind", SESSION_KIND),
            ("credential", TEXT),
            ("source", TEXT),
            ("claims", TEXT),
        ],
    ),
    ("sign_in_failures", "key", &[("key", TEXT), ("failures", SMALL), ("last_date", Kind::Date)]),
    (
        "api_tokens",
        "id",
        &[
            ("token_hash", TEXT),
            ("id", Kind::Id),
            ("user_id", Kind::Id),
            ("name", TEXT),
            ("scope", SCOPE),
            ("context", CONTEXT),
            ("created_date", Kind::Date),
            ("expires_date", Kind::Date),
        ],
    ),
    (
        "credential_tokens",
        "connection_id",
        &[
            ("token_hash", TEXT),
            ("connection_id", Kind::Id),
            ("user_id", Kind::Id),
            ("created_date", Kind::Date),
            ("is_used", Kind::Boolean),
            ("rules_version", COUNT),
            ("connection_date", Kind::Date),
            ("user_date", Kind::Date),
        ],
    ),
    (
        "data_keys",
        "term",
        &[("term", SMALL), ("created_date", Kind::Date), ("sealed_key", TEXT), ("uses", VERSION)],
    ),
    (
        "key_derivation",
        "singleton",
        &[
            ("singleton", ONE),
            ("salt", TEXT),
            ("memory_kib", SMALL),
            ("iterations", SMALL),
            ("lanes", SMALL),
        ],
    ),
    ("versions", "singleton", &[("singleton", ONE), ("rules", VERSION), ("users", VERSION)]),
    (
        "audit_bounds",
        "singleton",
        &[
            ("singleton", ONE),
            ("before_number", COUNT),
            ("before_hash", TEXT),
            ("last_number", COUNT),
            ("last_hash", TEXT),
            ("unmasked_number", COUNT),
        ],
    ),
    ("audit_secrets", "id", &[("id", Kind::Id), ("sealed", TEXT)]),
    ("audit_texts", "id", &[("id", COUNT), ("digest", TEXT), ("secret_id", TEXT), ("text", TEXT)]),
    ("audit_entry_texts", "number", &[("number", COUNT), ("text_id", COUNT)]),
    (
        "site_bases",
        "id",
        &[("site", TEXT), ("type", TEXT), ("id", Kind::Id), ("site_id", Kind::Id), ("body", TEXT)],
    ),
    ("audit_masks", "number", &[("record", COUNT), ("number", COUNT), ("hash", TEXT)]),
];

/// The entity types with a table: those of the registry, audit entries and selections.
pub fn entities() -> impl Iterator<Item = &'static Entity> {
    REGISTRY.iter().copied().chain([&AUDIT_ENTRY, &SELECTION])
}

/// All tables.
pub fn tables() -> Vec<Table> {
    let of_entities = entities().flat_map(|entity| {
        let columns = columns_of(entity);
        let name = entity.log_table.unwrap_or(entity.table);
        let own = Table { name, key: vec!["id"], columns };
        let collections = entity.properties.iter().filter_map(collection);
        [own].into_iter().chain(collections)
    });
    let others = OTHERS.into_iter().map(|(name, key, columns)| Table {
        name,
        key: vec![key],
        columns: columns.to_vec(),
    });
    of_entities.chain(others).collect()
}

/// The columns with the properties of an entity or element.
fn columns_of(entity: &'static Entity) -> Vec<(&'static str, Kind)> {
    let single = entity.properties.iter().filter(|property| !property.is_collection());
    single.map(|property| (property.column, property.kind)).collect()
}

/// The table of a collection.
fn collection(property: &'static Property) -> Option<Table> {
    let (key, more) = match property.kind {
        Kind::Strings { .. } => ("position", vec![("position", COUNT), ("value", LIST_ITEM.kind)]),
        Kind::Links(_) => ("target_id", vec![("target_id", Kind::Id)]),
        Kind::Elements(element) => ("id", columns_of(element)),
        _ => return None,
    };
    let columns = [("entity_id", Kind::Id)].into_iter().chain(more).collect();
    Some(Table { name: property.column, key: vec!["entity_id", key], columns })
}

#[cfg(test)]
mod tests {
    use super::super::sqlite::migrations::{NEWEST, empty};
    use super::*;
    use std::collections::BTreeSet;

    /// If a later step adds a table or column, it must be verified as well, or damage in it would
    /// stay unnoticed.
    #[test]
    fn every_column_of_every_table_is_verified() {
        let schema = empty(NEWEST).unwrap();
        let sql = "SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c \
                   WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
        let mut statement = schema.prepare(sql).unwrap();
        let there = statement
            .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
            .unwrap();
        let there: BTreeSet<(String, String)> = there.map(Result::unwrap).collect();
        let mut verified = BTreeSet::new();
        for table in tables() {
            for (column, kind) in table.columns {
                assert!(
                    verified.insert((table.name.to_owned(), column.to_owned())),
                    "{}.{column}",
                    table.name
                );
                let folded = (table.name.to_owned(), format!("{column}_folded"));
                if matches!(kind, Kind::Text { .. }) && there.contains(&folded) {
                    verified.insert(folded);
                }
            }
            assert!(
                table
                    .key
                    .iter()
                    .all(|key| verified.contains(&(table.name.to_owned(), (*key).to_owned())))
            );
        }
        assert_eq!(verified, there);
    }
}
