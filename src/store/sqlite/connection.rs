//! Opens connections: the rights and the tuning of each.

use super::error::cause;
use super::statement_cache::{CachedConnection, StatementMemory};
use super::{migrations, seeds, sql_functions};
use crate::memory::{Cache, CacheMemory};
use crate::private_files::{check_regular, close_file, options, with_ending};
use crate::query::Expressions;
use crate::store::error::Error;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The resources that the connections of one store share.
#[derive(Clone, Debug)]
pub struct Shared {
    /// The memory for their statements.
    pub statements: Arc<StatementMemory>,
    /// Compiled regular expressions.
    pub expressions: Arc<Expressions>,
}

impl Shared {
    /// Creates them for this number of connections.
    pub fn new(memory: CacheMemory, connections: u32) -> Self {
        Self {
            statements: StatementMemory::new(memory.share(Cache::Statements), connections),
            expressions: Arc::new(Expressions::new(memory.share(Cache::Expressions))),
        }
    }
}

/// The role of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It writes; there is one.
    Writer,
    /// It only reads.
    Reader,
}

/// How long a request waits for a connection before it gets the error that the server is busy.
const TIMEOUT: Duration = Duration::from_millis(1_500);

/// How long a connection waits for a lock of another one, for example while another program writes.
/// A request that waits for the writer may wait twice as long, and must be answered within two
/// seconds.
pub const BUSY: Duration = Duration::from_millis(800);

const COMMON: &str = "
    PRAGMA foreign_keys = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA mmap_size = 0;
";

/// `synchronous = FULL` makes an acknowledged write survive a power cut: with NORMAL it may not.
const WRITER: &str = "
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -16384;
    PRAGMA journal_size_limit = 67108864;
";

const READER: &str = "
    PRAGMA query_only = ON;
";

/// Creates an empty database file that only the user can read, or removes the rights of other users
/// to an existing one. SQLite gives new companion files the same permissions.
fn create_private(path: &Path) -> Result<(), Error> {
    let checked = match check_regular(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        checked => checked,
    };
    let opened = checked.and_then(|()| options().create(true).append(true).open(path));
    opened.map_err(|error| Error::Unusable(format!("can't open {}: {error}", path.display())))?;
    let files = ["", "-wal", "-shm"].map(|ending| with_ending(path, ending));
    files.iter().try_for_each(|file| {
        let exposed = |error| {
            format!(
                "other users can read {0}, and its permissions can't be changed: {error}",
                file.display()
            )
        };
        close_file(file).map_err(|error| Error::Unusable(exposed(error)))
    })
}

/// Opens the connection that writes. Before that, creates the database if it does not exist, and
/// upgrades it to the newest schema. Returns the previous version of the schema as well, which is 0
/// for a new database.
pub fn open_writer(path: &Path, shared: &Shared) -> Result<(CachedConnection, usize), Error> {
    create_private(path)?;
    let mut connection = open_sharing(path, Role::Writer, shared)?;
    let schema_before = migrations::migrate(connection.raw_mut())?;
    seeds::check_versions(&connection)?;
    Ok((connection, schema_before))
}

/// Opens one connection.
pub fn open(path: &Path, role: Role) -> Result<CachedConnection, Error> {
    open_sharing(path, role, &Shared::new(CacheMemory::default(), 1))
}

/// Opens one of several connections.
fn open_sharing(path: &Path, role: Role, shared: &Shared) -> Result<CachedConnection, Error> {
    check_not_restoring(path)?;
    let connection = open_with(path, role, flags(), shared)?;
    // A restore that started in the meantime has removed the log.
    check_not_restoring(path)?;
    Ok(connection)
}

fn check_not_restoring(path: &Path) -> Result<(), Error> {
    if restoring(path).exists() {
        let path = path.display();
        let message = format!(
            "a restore of {path} was interrupted, and part of it may be missing; run patchbay \
             restore --force again"
        );
        return Err(Error::Unusable(message));
    }
    Ok(())
}

/// The mark beside a database that a backup is replacing: while it exists, the database may lie
/// without its write-ahead log.
#[must_use]
pub fn restoring(path: &Path) -> PathBuf {
    with_ending(path, ".restoring")
}

/// Opens a file to read it. Nothing is written to it or beside it.
pub fn open_file(path: &Path) -> Result<CachedConnection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    open_with(path, Role::Reader, flags, &Shared::new(CacheMemory::default(), 1))
}

fn open_with(
    path: &Path,
    role: Role,
    flags: OpenFlags,
    shared: &Shared,
) -> Result<CachedConnection, Error> {
    let mut connection = Connection::open_with_flags(path, flags)?;
    match migrations::check_ours(&connection)
        .and_then(|()| Ok(prepare(&mut connection, role, shared)?))
    {
        Err(error)
            if cause(&error).and_then(rusqlite::Error::sqlite_error_code)
                == Some(ErrorCode::NotADatabase) =>
        {
            Err(Error::Unusable(format!("{} is not a SQLite database", path.display())))
        }
        prepared => prepared.map(|()| CachedConnection::new(connection, &shared.statements)),
    }
}

/// A pool of connections that read, opened as needed.
pub type Pool = r2d2::Pool<Readers>;

/// A connection of a pool, which is returned when it is dropped.
pub type PooledConnection = r2d2::PooledConnection<Readers>;

/// Opens the connections of a pool.
#[derive(Debug)]
pub struct Readers {
    path: PathBuf,
    cache_kib: i64,
    shared: Shared,
}

impl r2d2::ManageConnection for Readers {
    type Connection = CachedConnection;
    type Error = rusqlite::Error;

    fn connect(&self) -> rusqlite::Result<CachedConnection> {
        let mut connection = Connection::open_with_flags(&self.path, flags())?;
        prepare(&mut connection, Role::Reader, &self.shared)?;
        connection.pragma_update(None, "cache_size", -self.cache_kib)?;
        Ok(CachedConnection::new(connection, &self.shared.statements))
    }

    fn is_valid(&self, _: &mut CachedConnection) -> rusqlite::Result<()> {
        Ok(())
    }

    fn has_broken(&self, _: &mut CachedConnection) -> bool {
        false
    }
}

/// A pool of reading connections, each of which caches up to `cache_kib` of pages.
pub fn pool(path: &Path, size: u32, cache_kib: i64, shared: &Shared) -> Result<Pool, Error> {
    r2d2::Pool::builder()
        .max_size(size)
        .min_idle(Some(1))
        .idle_timeout(None)
        .max_lifetime(None)
        .test_on_check_out(false)
        .connection_timeout(TIMEOUT)
        .build(Readers { path: path.to_owned(), cache_kib, shared: shared.clone() })
        .map_err(|error| Error::Unusable(format!("can't read {}: {error}", path.display())))
}

fn flags() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

fn prepare(connection: &mut Connection, role: Role, shared: &Shared) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    // Without this guarantee SQLite makes a new query plan for each bound value once there are
    // statistics, which costs more than the query itself.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    sql_functions::register(connection, &shared.expressions)?;
    connection.execute_batch(COMMON)?;
    if role == Role::Reader {
        return connection.execute_batch(READER);
    }
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        tracing::warn!(
            mode,
            "the file system does not allow a write-ahead log: reads and writes wait for each other"
        );
    }
    connection.execute_batch(WRITER)
}
