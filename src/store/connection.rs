//! Opening connections: what each is allowed and how it is tuned.

use super::error::Error;
use super::{Pool, SqliteConnectionManager, regex};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::fs::{File, OpenOptions};
use std::path::Path;
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
const PATIENCE: Duration = Duration::from_secs(5);

/// Prepared statements kept by each connection. An entity type and form needs a handful, a filter shape one or two.
const STATEMENTS: usize = 128;

const COMMON: &str = "
    PRAGMA foreign_keys = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA mmap_size = 0;
    PRAGMA temp_store = MEMORY;
";

/// `synchronous = FULL` makes an acknowledged write survive a power cut: with NORMAL it may not.
const WRITER: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -16384;
    PRAGMA journal_size_limit = 67108864;
";

const READER: &str = "
    PRAGMA query_only = ON;
    PRAGMA cache_size = -8192;
";

/// Makes an empty database file that only the user can read, unless there is a file already. SQLite gives its companion
/// files the same permissions.
pub fn create_private(path: &Path) -> Result<(), Error> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let opened: std::io::Result<File> = options.open(path);
    opened.map(drop).map_err(|error| Error::Unusable(format!("can't open {}: {error}", path.display())))
}

/// Opens one connection.
pub fn open(path: &Path, role: Role) -> Result<Connection, Error> {
    let mut connection = Connection::open_with_flags(path, flags())?;
    match prepare(&mut connection, role) {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            Err(Error::Unusable(format!("{} is no SQLite database", path.display())))
        }
        prepared => Ok(prepared.map(|()| connection)?),
    }
}

/// A pool of reading connections, opened as they are needed.
pub fn pool(path: &Path, size: u32) -> Result<Pool, Error> {
    let manager = SqliteConnectionManager::file(path)
        .with_flags(flags())
        .with_init(|connection| prepare(connection, Role::Reader));
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
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Without the guarantee SQLite plans anew for each bound value once there are statistics, which costs more than the
    // query itself.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    regex::register(connection)?;
    connection.execute_batch(COMMON)?;
    connection.execute_batch(if role == Role::Writer { WRITER } else { READER })
}
