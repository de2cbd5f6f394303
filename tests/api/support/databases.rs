//! Reading the database of a server.

use crate::support::Server;
use rusqlite::Connection;
use rusqlite::types::Value as SqlValue;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// The content of a database: the sorted rows of each table.
pub type Dump = BTreeMap<String, Vec<Vec<SqlValue>>>;

pub fn dump(database: &Path) -> Dump {
    let database = Connection::open(database).unwrap();
    let mut tables =
        database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
    let tables: Vec<String> =
        tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let tables = tables.into_iter().filter(|table| !table.starts_with("sqlite_"));
    let rows = |table: &str| {
        let mut statement = database.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let rows = statement
            .query_map([], |row| (0..columns).map(|column| row.get(column)).collect())
            .unwrap();
        let mut rows: Vec<Vec<SqlValue>> = rows.map(Result::unwrap).collect();
        rows.sort_by_key(|row| format!("{row:?}"));
        rows
    };
    tables.map(|table| (table.clone(), rows(&table))).collect()
}

/// The same without the changes that backups and restores make themselves: their audit entries, and
/// the end of the audit log.
pub fn content(database: &Path) -> Dump {
    let mut dump = dump(database);
    let is_own = |value: &SqlValue| {
        matches!(
            value,
            SqlValue::Text(text) if ["backup", "restore"].contains(&text.as_str())
        )
    };
    if let Some(entries) = dump.get_mut("audit_entries") {
        entries.retain(|row| !row.iter().any(is_own));
    }
    dump.remove("audit_bounds");
    dump
}

pub fn numbers<T>(database: &Connection, sql: &str) -> Vec<T>
where
    T: rusqlite::types::FromSql,
{
    let mut statement = database.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// How often each data key was used to seal, by its term.
pub fn uses(data: &Path) -> Vec<(u32, i64)> {
    let database = Connection::open(data.join("patchbay.db")).unwrap();
    let mut statement = database.prepare("SELECT term, uses FROM data_keys ORDER BY term").unwrap();
    let uses = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    uses.map(Result::unwrap).collect()
}

pub fn number_in(server: &Server, sql: &str) -> i64 {
    let database = Connection::open(server.data().join("patchbay.db")).unwrap();
    database.query_row(sql, [], |row| row.get(0)).unwrap()
}

pub fn open(server: &Server) -> Connection {
    let database = Connection::open(server.data().join("patchbay.db")).unwrap();
    database.busy_timeout(Duration::from_secs(10)).unwrap();
    database
}
