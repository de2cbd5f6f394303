//! Transactions of one connection, each of which ends with its value.

use super::statement_cache::CachedConnection;
use crate::store::error::Error;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::ops::Deref;

/// A transaction that only reads, on a connection that is borrowed or its own. All that it reads is
/// of one moment.
pub struct ReadTransaction<C: Deref<Target = CachedConnection>> {
    connection: C,
}

impl<C: Deref<Target = CachedConnection>> ReadTransaction<C> {
    /// Begins it. The moment is that of its first read.
    pub fn begin(connection: C) -> Result<Self, Error> {
        // A failing disk may have kept the last one from its end.
        end(connection.raw())?;
        connection.control("BEGIN")?;
        Ok(Self { connection })
    }

    /// The connection that it is of.
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

/// Ends the transaction, if it has not ended. On a failing disk it may end though SQLite says that
/// it could not.
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
    /// Begins it, as the only one that writes.
    pub fn begin(connection: &'c CachedConnection) -> Result<Self, Error> {
        Ok(Self(Transaction::new_unchecked(connection.raw(), TransactionBehavior::Immediate)?))
    }

    /// Puts what was written on disk.
    pub fn commit(self) -> Result<(), Error> {
        Ok(self.0.commit()?)
    }
}
