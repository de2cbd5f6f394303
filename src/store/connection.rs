//! Opening connections: what each is allowed and how it is tuned.

use super::error::Error;
use super::{Pool, SqliteConnectionManager, functions, migrations};
use crate::private::{close_file, options, with_ending};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It writes; there is one.
    Writer,
    /// It can only read.
    Reader,
}

/// How long a request waits for a connection before it is told that the server is busy.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// How long a connection waits for a lock of another one, as while another program writes. Who waits for the writer may wait twice as long, and must be
/// answered within two seconds.
pub const BUSY: Duration = Duration::from_millis(800);

/// Prepared statements kept by each connection. An entity type and form needs a handful, and each shape of a filter one for each of its parts and for
/// each way in which rows are found.
const STATEMENTS: usize = 256;

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

/// Makes an empty database file that only the user can read, unless there is a file already, which is taken away from others. SQLite gives new
/// companion files the same permissions.
pub fn create_private(path: &Path) -> Result<(), Error> {
    let opened = options().create(true).append(true).open(path);
    opened.map_err(|error| Error::Unusable(format!("can't open {}: {error}", path.display())))?;
    let files = ["", "-wal", "-shm"].map(|ending| with_ending(path, ending));
    files.iter().try_for_each(|file| {
        let exposed = |error| format!("others can read {0}, and that can't be changed: {error}", file.display());
        close_file(file).map_err(|error| Error::Unusable(exposed(error)))
    })
}

/// Opens one connection.
pub fn open(path: &Path, role: Role) -> Result<Connection, Error> {
    check_not_restoring(path)?;
    let connection = open_with(path, role, flags())?;
    // One that began meanwhile has taken the log away.
    check_not_restoring(path)?;
    Ok(connection)
}

fn check_not_restoring(path: &Path) -> Result<(), Error> {
    if restoring(path).exists() {
        let path = path.display();
        let message = format!(
            "a restore of {path} was cut off, and part of it may be missing; run patchbay restore --force again"
        );
        return Err(Error::Unusable(message));
    }
    Ok(())
}

/// The mark beside a database whose place a backup takes: while it is there, the database may lie without its write-ahead log.
#[must_use]
pub fn restoring(path: &Path) -> PathBuf {
    with_ending(path, ".restoring")
}

/// Opens a file to look at it. Nothing is written to it, nor beside it.
pub fn open_file(path: &Path) -> Result<Connection, Error> {
    open_with(path, Role::Reader, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
}

fn open_with(path: &Path, role: Role, flags: OpenFlags) -> Result<Connection, Error> {
    let mut connection = Connection::open_with_flags(path, flags)?;
    match migrations::check_ours(&connection).and_then(|()| Ok(prepare(&mut connection, role)?)) {
        Err(Error::Database(error)) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            Err(Error::Unusable(format!("{} is no SQLite database", path.display())))
        }
        prepared => prepared.map(|()| connection),
    }
}

/// A pool of reading connections, opened as they are needed, each of which keeps up to `cache_kib` of pages.
pub fn pool(path: &Path, size: u32, cache_kib: i64) -> Result<Pool, Error> {
    let manager = SqliteConnectionManager::file(path).with_flags(flags()).with_init(move |connection| {
        prepare(connection, Role::Reader)?;
        connection.pragma_update(None, "cache_size", -cache_kib)
    });
    r2d2::Pool::builder()
        .max_size(size)
        .min_idle(Some(1))
        .idle_timeout(None)
        .max_lifetime(None)
        .test_on_check_out(false)
        .connection_timeout(PATIENCE)
        .build(manager)
        .map_err(|error| Error::Unusable(format!("can't read {}: {error}", path.display())))
}

fn flags() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

fn prepare(connection: &mut Connection, role: Role) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Without the guarantee SQLite plans anew for each bound value once there are statistics, which costs more than the
    // query itself.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    functions::register(connection)?;
    connection.execute_batch(COMMON)?;
    if role == Role::Reader {
        return connection.execute_batch(READER);
    }
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        tracing::warn!(mode, "the file system does not allow a write-ahead log: reads and writes wait for each other");
    }
    connection.execute_batch(WRITER)
}
