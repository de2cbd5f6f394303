//! Rows that can't be read, made by changing the database of a server.

use crate::support::Server;
use rusqlite::Connection;
use rusqlite::types::Value as SqlValue;
use std::time::Duration;

/// Bytes that are invalid UTF-8, as text.
pub const BROKEN: &str = "CAST(x'61FF62' AS TEXT)";

/// An id that no row has.
pub const LOST: &str = "'00000000-0000-4000-8000-000000000000'";

/// A server without a response cache, so that changes to its database are visible immediately.
pub fn start() -> (Server, Connection) {
    let server = Server::start_in(tempfile::tempdir().unwrap(), |command| {
        command.args(["--answer-cache-bytes", "0"]);
    });
    let database = Connection::open(server.data().join("patchbay.db")).unwrap();
    database.busy_timeout(Duration::from_secs(10)).unwrap();
    database.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    (server, database)
}

/// A column of a row that holds another value for a while.
pub struct Change<'d> {
    database: &'d Connection,
    /// The statement that sets the column to its parameter.
    set: String,
    before: SqlValue,
}

impl<'d> Change<'d> {
    /// Sets the column to the value of an SQL expression.
    pub fn make(
        database: &'d Connection,
        table: &str,
        column: &str,
        row: &str,
        value: &str,
    ) -> Self {
        let find = format!("SELECT {column} FROM {table} WHERE {row}");
        let before = database.query_row(&find, [], |row| row.get(0)).unwrap();
        let change = format!("UPDATE {table} SET {column} = {value} WHERE {row}");
        assert_eq!(database.execute(&change, []).unwrap(), 1, "{change}");
        Self { database, set: format!("UPDATE {table} SET {column} = ?1 WHERE {row}"), before }
    }

    pub fn undo(self) {
        assert_eq!(self.database.execute(&self.set, [self.before]).unwrap(), 1, "{}", self.set);
    }
}
