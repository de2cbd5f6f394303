//! Reads the schema of a database from SQLite.

use super::statement_cache::CachedConnection;
use crate::model::Value;
use crate::query::Sql;
use crate::store::error::Error;

/// Whether there is a table with this name.
pub fn has_table(connection: &CachedConnection, name: &str) -> Result<bool, Error> {
    let mut sql = Sql::new("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ");
    sql.bind(Value::Text(name.to_owned()));
    let mut statement = connection.prepare_kept(&sql.text)?;
    Ok(statement.query(&sql.parameters)?.next_row()?.is_some())
}

/// Selects the names of a table's columns, except those that SQLite generates.
pub fn columns_of(table: &str) -> Sql {
    let mut sql = Sql::new("SELECT name FROM pragma_table_info(");
    sql.bind(Value::Text(table.to_owned())).push(")");
    sql
}

/// Selects the columns of a table that refer to other rows, with the table and the column that each
/// refers to.
pub fn references_of(table: &str) -> Sql {
    let mut sql = Sql::new("SELECT \"from\", \"table\", \"to\" FROM pragma_foreign_key_list(");
    sql.bind(Value::Text(table.to_owned())).push(")");
    sql
}
