//! The database: connections, the one writer, migrations, and reading and writing entities from
//! their declarations.
//!
//! No other room knows the database. What is special about SQLite is in `sqlite`; the rest reads
//! rows as cells. Nothing here knows HTTP or rules: what a caller may see or do comes in as
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
pub use offline::{inspect_at, inspect_file, overwrite_at, read_at, write_at};
pub use readers::{ReadKind, Readers, Reading};
pub use rights::{Rights, Unrestricted};
pub use row_match::{Keep, Page, Tested};
pub use rule_names::{OfUsers, RuleProperty};
pub use rules::{Moment, StoredRules, Versions};
pub use select::Entry;
pub use select_query::{Form, PrivilegeColumns, SelectQuery};
pub use sign_in::{FoundSession, Session, SessionKind};
pub use snapshot::Snapshot;
pub use sqlite::backup::{Copied, copy_at};
pub use sqlite::connection::restoring;
pub use sqlite::integrity::Damage;
pub use sqlite::wal::Hurry;
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
    hurry: watch::Receiver<Hurry>,
    schema_before: usize,
}

/// How busy the database is.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Each pool of connections by its name: how many there are, and how many of them nobody uses.
    pub pools: [(&'static str, u32, u32); 4],
    /// Requests that wait for the writer.
    pub waiting_writes: usize,
    /// Size of the write-ahead log, in bytes.
    pub wal_bytes: u64,
    /// Number and date of the last entry of the audit log, if it could be read.
    pub last_audit_entry: Option<(i64, Timestamp)>,
    /// How often each data key has sealed a value, by its term; none if that could not be read.
    pub key_uses: Vec<(u32, i64)>,
}

impl Store {
    /// Opens the database at `path`, making it if there is none and bringing it to the newest
    /// schema. Once its write-ahead log has so many bytes, [`Store::hurry`] asks slow readers to
    /// end.
    ///
    /// # Errors
    /// The file can't be opened, is no database of Patchbay's, or was made by a newer version.
    pub fn open(path: &Path, readers: Readers, max_wal_bytes: u64) -> Result<Self, Error> {
        Self::open_within(path, readers, max_wal_bytes, CacheMemory::default(), None)
    }

    /// The same, with so much memory for caches. Secrets that the audit log masks are sealed by
    /// `sealer`.
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
        let hurry = log.hurry();
        let writer = Writer::start(writing, log, files, sealer)?;
        Ok(Self { pools, writer, shared, wal, hurry, schema_before })
    }

    /// Whether opening the database has brought its text from full to simple case folding, by which
    /// fewer texts match.
    #[must_use]
    pub const fn has_refolded(&self) -> bool {
        self.schema_before > 0 && self.schema_before < sqlite::migrations::SIMPLE_FOLDING
    }

    /// Tells when those who read as slowly as their clients have to end, because they keep the
    /// write-ahead log longer than it may be.
    #[must_use]
    pub fn hurry(&self) -> watch::Receiver<Hurry> {
        self.hurry.clone()
    }

    /// Compiled regular expressions, as statements look for them.
    #[must_use]
    pub const fn expressions(&self) -> &Arc<Expressions> {
        &self.shared.expressions
    }

    /// Bytes of the prepared statements of all connections.
    #[must_use]
    pub fn statement_bytes(&self) -> u64 {
        self.shared.statements.used()
    }

    /// How busy the database is at this moment.
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

    /// Writes, and changes nothing by it, to see whether the database can be written to.
    ///
    /// # Errors
    /// It can't.
    pub async fn touch(&self) -> Result<(), Error> {
        // SQLite leaves out what would write the same again.
        let there_and_back =
            ["UPDATE versions SET rules = rules + 1", "UPDATE versions SET rules = rules - 1"];
        let touch = move |write: &Write<'_>| {
            let snapshot = write.snapshot();
            there_and_back.iter().try_for_each(|sql| snapshot.execute(&Sql::new(sql)).map(drop))
        };
        self.write(Origin::command("serve"), touch).await
    }

    /// Finishes the writes that were handed over and folds the write-ahead log into the file; there
    /// are no writes from then on.
    pub fn finish(&self) {
        self.writer.finish();
    }

    /// Begins a read with a connection of that kind; statements fail once `stop` says that it has
    /// to end. It may wait for a connection.
    ///
    /// # Errors
    /// [`Error::Busy`] when no connection comes free.
    pub fn begin_read(&self, kind: ReadKind, stop: Option<Stop>) -> Result<Reading, Error> {
        self.pools.begin(kind, stop)
    }

    /// Reads a few rows, on the thread that asks. All that `read` sees is of one moment.
    ///
    /// # Errors
    /// Whatever `read` fails with, or [`Error::Busy`] when no connection comes free.
    pub fn read<T, E: From<Error>>(
        &self,
        read: impl FnOnce(&Snapshot<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        read(&self.begin_read(ReadKind::Point, None)?.snapshot())
    }

    /// Reads any number of rows; call it on a thread that may block. All that `read` sees is of one
    /// moment.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn scan<T, E: From<Error>>(
        &self,
        read: impl FnOnce(&Snapshot<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        read(&self.begin_read(ReadKind::Scan, None)?.snapshot())
    }

    /// Runs `work` in a transaction of its own and answers once what it wrote is on disk; if it
    /// fails, nothing is written.
    ///
    /// # Errors
    /// Whatever `work` fails with, [`Error::Busy`] when too many writes wait, the failure of the
    /// commit, [`Error::Hangs`], after which nothing is written, or [`Error::OutcomeUnknown`],
    /// after which it may be.
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
    /// the bounds, and then nothing is written.
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

    /// Adds an entry to the audit log soon, whether or not somebody waits for what becomes of it.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many writes wait; later, the failure of the commit.
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
