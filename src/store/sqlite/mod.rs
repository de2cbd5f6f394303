//! SQLite: connections, transactions and statements, the schema with its migrations, the
//! write-ahead log, statistics, and copies of the file.
//!
//! No other module uses the SQLite crate.

pub(super) mod backup;
pub(super) mod connection;
pub(super) mod disk_watchdog;
mod error;
pub(super) mod existing;
pub(super) mod file_identity;
pub(super) mod integrity;
pub(super) mod migrations;
pub(super) mod progress;
pub(super) mod schema;
pub(super) mod seeds;
pub(super) mod sql_functions;
pub(super) mod statement;
pub(super) mod statement_cache;
pub(super) mod statistics;
pub(super) mod transaction;
pub(super) mod wal;
