//! Transactions of one connection, each of which ends when its value is dropped.

use super::statement_cache::CachedConnection;
use crate::store::error::Error;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::ops::Deref;

/// A transaction that only reads, on a borrowed or an owned connection. All its statements see the
/// same snapshot.
pub struct ReadTransaction<C: Deref<Target = CachedConnection>> {
    connection: C,
}

impl<C: Deref<Target = CachedConnection>> ReadTransaction<C> {
    /// Starts it. The snapshot is taken at the first read.
    pub fn begin(connection: C) -> Result<Self, Error> {
        // A failing disk may have prevented the end of the previous transaction.
        end(connection.raw())?;
        connection.control("BEGIN")?;
        Ok(Self { connection })
    }

    /// The connection of the transaction.
    pub fn connection(&self) -> &CachedConnection {
        &self.connection
    }
}

impl<C: Deref<Target = CachedConnection>> Drop for ReadTransaction<C> {
    fn drop(&mut self) {
        if let Err(error) = end(self.connection.raw()) {
            tracing::error!(%error, "a read transaction could not be ended");
        }
        self.connection.trim();
    }
}

/// Ends the transaction, unless it has ended. On a failing disk it may end although SQLite reports
/// an error.
fn end(connection: &Connection) -> rusqlite::Result<()> {
    if connection.is_autocommit() {
        return Ok(());
    }
    let ended = connection.prepare_cached("COMMIT").and_then(|mut commit| commit.execute([]));
    if connection.is_autocommit() { Ok(()) } else { ended.map(drop) }
}

/// A transaction that writes, which is rolled back unless it is committed.
pub struct WriteTransaction<'c>(Transaction<'c>);

impl<'c> WriteTransaction<'c> {
    /// Starts it, as the only one that writes.
    pub fn begin(connection: &'c CachedConnection) -> Result<Self, Error> {
        Ok(Self(Transaction::new_unchecked(connection.raw(), TransactionBehavior::Immediate)?))
    }

    /// Writes the changes to disk.
    pub fn commit(self) -> Result<(), Error> {
        Ok(self.0.commit()?)
    }
}
