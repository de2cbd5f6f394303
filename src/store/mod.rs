//! The database: connections, the single writer, migrations, and reading and writing entities from
//! their declarations.
//!
//! No other room accesses the database. Everything specific to SQLite is in `sqlite`; the rest
//! reads rows as cells. Nothing here knows HTTP or rules: the rights of the caller come in as
//! predicates.

mod access_path;
mod allowance;
mod api_tokens;
mod audit;
mod audit_chain;
mod audit_mask;
mod audit_removal;
mod audit_sealer;
mod audit_shown;
mod audit_texts;
mod budget;
mod cell;
mod collection_read;
mod collection_write;
mod columns;
mod count;
mod create;
mod credential_tokens;
mod database_error;
mod delete;
mod derived_sessions;
mod entity_row;
mod error;
mod failed_sign_ins;
mod find_unreadable;
mod findings;
mod folding;
mod if_match;
mod integrity;
mod json;
mod keys;
mod lost_links;
mod offline;
mod property_value;
mod readers;
mod references;
mod rights;
mod row_json;
mod row_match;
mod rows;
mod rule_names;
mod rules;
mod select;
mod select_query;
mod selections;
mod sign_in;
mod site_bases;
mod snapshot;
mod sqlite;
mod stored_extent;
mod submitted;
#[cfg(test)]
mod tests;
mod time_limit;
mod unreadable;
mod update;
mod users;
mod verified_tables;
mod verify_rows;
mod weight;
mod write;
mod write_meter;
mod write_origin;
mod writer;
mod writer_turns;

pub use allowance::{Added, Allowance, Allowances, Payer, Purpose};
pub use api_tokens::{ApiToken, TOKEN_SCOPES, TokenUser};
pub use audit::{Act, Outcome};
pub use audit_chain::AuditCheck;
pub use audit_mask::Masking;
pub use audit_sealer::Sealer;
pub use budget::Stop;
pub use credential_tokens::{CREDENTIAL_TOKEN_LIFE, StoredCredential};
pub use database_error::DatabaseError;
pub use delete::Deletion;
pub use derived_sessions::SessionBasis;
pub use error::Error;
pub use failed_sign_ins::{Counted, PendingSignIn, SignInKey};
pub use findings::Findings;
pub use folding::StoredText;
pub use if_match::IfMatch;
pub use integrity::{Count, newest_schema};
pub use keys::{KeyDerivation, Position, SealedValue, StoredKey};
pub use lost_links::is_linked;
pub use offline::{OfflineDatabase, inspect_at, inspect_file, overwrite_at, read_at, write_at};
pub use readers::{ReadKind, Readers, Reading};
pub use rights::{Rights, Unrestricted};
pub use row_match::{Keep, Page, Tested};
pub use rule_names::{OfUsers, RuleProperty};
pub use rules::{Moment, StoredRules, Versions};
pub use select::Entry;
pub use select_query::{Form, PrivilegeColumns, SelectQuery};
pub use sign_in::{FoundSession, Session, SessionKind};
pub use site_bases::SiteBase;
pub use snapshot::Snapshot;
pub use sqlite::backup::{Copied, copy_at};
pub use sqlite::connection::restoring;
pub use sqlite::integrity::Damage;
pub use sqlite::wal::WalPressure;
#[cfg(test)]
pub(crate) use tests::new_file;
pub use unreadable::Unreadable;
pub use update::Update;
pub use users::UserName;
pub use weight::{Extent, Stored, Weight};
pub use write::Write;
pub use write_meter::Bounds;
pub use write_origin::Origin;

use crate::memory::CacheMemory;
use crate::model::Timestamp;
use crate::query::{Expressions, Sql};
use readers::Pools;
use sqlite::connection::Shared;
use sqlite::file_identity::OpenFiles;
use sqlite::wal::Log;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::watch;
use writer::Writer;

/// The open database.
pub struct Store {
    pools: Pools,
    writer: Writer,
    shared: Shared,
    wal: PathBuf,
    pressure: watch::Receiver<WalPressure>,
    schema_before: usize,
}

/// Figures about the load of the database.
#[derive(Clone, Debug)]
pub struct Figures {
    /// The name of each connection pool, the number of its connections and the number of idle ones.
    pub pools: [(&'static str, u32, u32); 4],
    /// The number of requests that wait for the writer.
    pub waiting_writes: usize,
    /// The size of the write-ahead log, in bytes.
    pub wal_bytes: u64,
    /// The number and date of the last audit entry, if it could be read.
    pub last_audit_entry: Option<(i64, Timestamp)>,
    /// How many values each data key has sealed, by its term; empty if that could not be read.
    pub key_uses: Vec<(u32, i64)>,
}

impl Store {
    /// Opens the database at `path`; creates it if it does not exist, and upgrades it to the newest
    /// schema. When its write-ahead log reaches `max_wal_bytes`, [`Store::wal_pressure`] asks slow
    /// readers to end.
    ///
    /// # Errors
    /// [`Error::Unusable`] if the file can't be opened, does not belong to Patchbay, or was written
    /// by a newer version.
    pub fn open(path: &Path, readers: Readers, max_wal_bytes: u64) -> Result<Self, Error> {
        Self::open_within(path, readers, max_wal_bytes, CacheMemory::default(), None)
    }

    /// Opens the database with this much memory for caches. `sealer` seals the secrets that the
    /// audit log masks.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_within(
        path: &Path,
        readers: Readers,
        max_wal_bytes: u64,
        memory: CacheMemory,
        sealer: Option<Arc<dyn Sealer>>,
    ) -> Result<Self, Error> {
        let shared = Shared::new(memory, readers.sum() + 1);
        let (writing, schema_before) = sqlite::connection::open_writer(path, &shared)?;
        let pools = Pools::open(path, readers, &shared)?;
        let files = OpenFiles::of(path)?;
        let wal = files.log().to_owned();
        let log = Log::new(max_wal_bytes);
        let pressure = log.pressure();
        let writer = Writer::start(writing, log, files, sealer)?;
        Ok(Self { pools, writer, shared, wal, pressure, schema_before })
    }

    /// Whether opening the database changed its text from full to simple case folding, by which
    /// fewer texts match.
    #[must_use]
    pub const fn has_refolded(&self) -> bool {
        self.schema_before > 0 && self.schema_before < sqlite::migrations::SIMPLE_FOLDING
    }

    /// Signals when readers that wait for slow clients must end, because they keep the write-ahead
    /// log longer than allowed.
    #[must_use]
    pub fn wal_pressure(&self) -> watch::Receiver<WalPressure> {
        self.pressure.clone()
    }

    /// The compiled regular expressions, as statements use them.
    #[must_use]
    pub const fn expressions(&self) -> &Arc<Expressions> {
        &self.shared.expressions
    }

    /// The bytes of the prepared statements of all connections.
    #[must_use]
    pub fn statement_bytes(&self) -> u64 {
        self.shared.statements.used()
    }

    /// Figures about the current load of the database.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let read = |snapshot: &Snapshot<'_>| {
            Ok::<_, Error>((snapshot.last_audit_entry()?, snapshot.data_key_uses()?))
        };
        let (last_audit_entry, key_uses) = self.read(read).ok().unzip();
        Figures {
            pools: self.pools.figures(),
            waiting_writes: self.writer.waiting(),
            wal_bytes: self.wal.metadata().map_or(0, |file| file.len()),
            last_audit_entry,
            key_uses: key_uses.unwrap_or_default(),
        }
    }

    /// Writes a change and its reversal, to test whether the database can be written to.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn touch(&self) -> Result<(), Error> {
        // SQLite omits a write that changes nothing.
        let there_and_back =
            ["UPDATE versions SET rules = rules + 1", "UPDATE versions SET rules = rules - 1"];
        let touch = move |write: &Write<'_>| {
            let snapshot = write.snapshot();
            there_and_back.iter().try_for_each(|sql| snapshot.execute(&Sql::new(sql)).map(drop))
        };
        self.write(Origin::command("serve"), touch).await
    }

    /// Finishes the writes that were submitted and checkpoints the write-ahead log. Later writes
    /// fail with [`Error::Stopped`].
    pub fn finish(&self) {
        self.writer.finish();
    }

    /// Starts a read with a connection of this kind. Statements fail once `stop` returns true. This
    /// may wait for a connection.
    ///
    /// # Errors
    /// [`Error::Busy`] if no connection becomes free.
    pub fn begin_read(&self, kind: ReadKind, stop: Option<Stop>) -> Result<Reading, Error> {
        self.pools.begin(kind, stop)
    }

    /// Reads a few rows, on the calling thread. `read` sees a single snapshot.
    ///
    /// # Errors
    /// The error of `read`, or [`Error::Busy`] if no connection becomes free.
    pub fn read<T, E: From<Error>>(
        &self,
        read: impl FnOnce(&Snapshot<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        read(&self.begin_read(ReadKind::Point, None)?.snapshot())
    }

    /// Reads any number of rows; call it on a thread that may block. `read` sees a single snapshot.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn scan<T, E: From<Error>>(
        &self,
        read: impl FnOnce(&Snapshot<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        read(&self.begin_read(ReadKind::Scan, None)?.snapshot())
    }

    /// Runs `work` in a transaction of its own and returns once its changes are on disk. If it
    /// fails, nothing is written.
    ///
    /// # Errors
    /// The error of `work`, [`Error::Busy`] if too many writes wait, [`Error::Commit`] if the
    /// commit fails, [`Error::Hangs`], after which nothing is written, or
    /// [`Error::OutcomeUnknown`], after which the changes may be written.
    pub async fn write<T, E, W>(&self, origin: Origin, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        W: FnOnce(&Write<'_>) -> Result<T, E> + Send + 'static,
    {
        self.write_within(origin, None, work).await
    }

    /// [`Store::write`] within bounds.
    ///
    /// # Errors
    /// As [`Store::write`]; [`Error::AllowanceUsedUp`] or [`Error::TooHeavy`] if the write exceeds
    /// the bounds. Then nothing is written.
    pub async fn write_within<T, E, W>(
        &self,
        origin: Origin,
        bounds: Option<Bounds>,
        work: W,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        W: FnOnce(&Write<'_>) -> Result<T, E> + Send + 'static,
    {
        let turn = self.writer.turn(bounds.as_ref()).await?;
        let work = move |write: &Write<'_>| {
            let _turn = turn;
            work(write)
        };
        let mut submitted = self.writer.submit(origin, bounds, work)?;
        tokio::select! {
            biased;
            answer = &mut submitted.answer => answer.map_err(|_| Error::Stopped)?,
            () = self.writer.hang() => Err(submitted.give_up().into()),
        }
    }

    /// Submits an entry for the audit log. It is written even if the returned future is dropped.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many writes wait; the future returns the failure of the commit.
    pub fn record_soon(
        &self,
        origin: Origin,
        act: Act,
    ) -> Result<impl Future<Output = Result<(), Error>> + use<>, Error> {
        let answer = self.writer.submit(origin, None, |write| write.record(act))?.answer;
        Ok(async { answer.await.map_err(|_| Error::Stopped)? })
    }

    /// [`Store::write`] for callers that may block.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_blocking<T, E, W>(&self, origin: Origin, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        W: FnOnce(&Write<'_>) -> Result<T, E> + Send + 'static,
    {
        self.writer
            .submit(origin, None, work)?
            .answer
            .blocking_recv()
            .map_err(|_| Error::Stopped)?
    }
}
