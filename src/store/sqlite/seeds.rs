//! The rows that every database starts with: the service accounts, the read-only rules, and the row
//! of versions. Only the steps in `migrations/` define them; a database is compared with an empty
//! one that they create.

use super::migrations::{empty, schema_of};
use super::schema::has_table;
use super::statement_cache::CachedConnection;
use crate::store::error::Error;
use crate::store::findings::Findings;
use rusqlite::Connection;
use rusqlite::types::Value;
use std::collections::BTreeMap;

/// The greatest version, which leaves room for all future changes.
pub const GREATEST_VERSION: i64 = i64::MAX / 2;

/// Rows that every database has, and that no client can change.
struct Seed {
    table: &'static str,
    /// The condition of the rows.
    rows: &'static str,
    /// The columns that never change.
    columns: &'static [&'static str],
    /// The noun for such a row in messages.
    noun: &'static str,
}

const SEEDS: [Seed; 2] = [
    Seed {
        table: "users",
        rows: "delete_prohibited <> 0",
        columns: &["user_directory", "user_id", "delete_prohibited"],
        noun: "a service account",
    },
    Seed {
        table: "system_rules",
        rows: "type = 'ReadOnly'",
        columns: &[
            "name",
            "category",
            "type",
            "rule",
            "resource_filter",
            "actions",
            "disabled",
            "rule_context",
        ],
        noun: "a read-only rule",
    },
];

/// The rows of a seed by their ids, with the values in its columns.
type Rows = BTreeMap<String, Vec<Value>>;

/// Reports rows that every database starts with and that are missing or different here.
///
/// # Errors
/// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
pub fn compare(connection: &CachedConnection, findings: &mut Findings) -> Result<(), Error> {
    let right = empty(schema_of(connection)?)?;
    for seed in &SEEDS {
        if has_table(connection, seed.table)? {
            seed.compare(&seed.read(connection.raw())?, &seed.read(&right)?, findings);
        }
    }
    if has_table(connection, "versions")? {
        let rows = count_versions(connection.raw())?;
        if rows != 1 {
            findings.add(format!(
                "row: versions has {rows} rows instead of one, so no request can be answered"
            ));
        }
    }
    Ok(())
}

impl Seed {
    fn read(&self, connection: &Connection) -> Result<Rows, Error> {
        let sql = format!(
            "SELECT id, {} FROM {} WHERE {}",
            self.columns.join(", "),
            self.table,
            self.rows
        );
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map([], |row| {
            let values = (1..=self.columns.len()).map(|place| row.get(place));
            Ok((row.get(0)?, values.collect::<Result<_, _>>()?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn compare(&self, here: &Rows, right: &Rows, findings: &mut Findings) {
        let Self { table, noun, .. } = self;
        for (id, values) in right {
            let Some(stored) = here.get(id) else {
                findings.add(format!("row: {table} {id}: {noun} is missing: {}", name_of(values)));
                continue;
            };
            let columns = self.columns.iter().zip(values).zip(stored);
            for ((column, ..), _) in columns.filter(|((_, value), stored)| value != stored) {
                findings.add(format!(
                    "row: {table} {id}: {column} of {noun} differs from what Patchbay creates"
                ));
            }
        }
        for id in here.keys().filter(|id| !right.contains_key(*id)) {
            findings.add(format!(
                "row: {table} {id}: it looks like {noun}, but Patchbay does not create it"
            ));
        }
    }
}

/// The first two texts of a row, which name it.
fn name_of(values: &[Value]) -> String {
    let texts = values.iter().map_while(|value| match value {
        Value::Text(text) => Some(text.as_str()),
        _ => None,
    });
    texts.take(2).collect::<Vec<_>>().join(", ")
}

fn count_versions(connection: &Connection) -> Result<i64, Error> {
    Ok(connection.query_row("SELECT count(*) FROM versions", [], |row| row.get(0))?)
}

/// Refuses a database of the newest schema whose versions can't increase: no request could be
/// answered, or changes would go unnoticed.
///
/// # Errors
/// [`Error::Unusable`] if its versions can't increase; [`Error::Database`] or
/// [`Error::Unreachable`] if the database fails.
pub fn check_versions(connection: &CachedConnection) -> Result<(), Error> {
    let connection = connection.raw();
    let sql =
        "SELECT count(*) FROM versions WHERE rules BETWEEN 0 AND ?1 AND users BETWEEN 0 AND ?1";
    let usable: i64 = connection.query_row(sql, [GREATEST_VERSION], |row| row.get(0))?;
    if (usable, count_versions(connection)?) == (1, 1) {
        return Ok(());
    }
    Err(Error::Unusable(
        "the table versions of the database must have one row with room for further versions, or \
         no request can be answered; run patchbay verify for details, or patchbay restore to \
         restore a backup"
            .to_owned(),
    ))
}
