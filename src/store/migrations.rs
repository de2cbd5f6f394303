//! Bringing the database to the newest schema.

use super::error::Error;
use rusqlite::Connection;
use rusqlite_migration::{Error as MigrationError, M, MigrationDefinitionError, Migrations};

/// The version of the newest schema: versions are numbers of steps.
pub const NEWEST: usize = 10;

/// The steps, each a file that never changes once released. Each runs in one transaction.
const STEPS: [M<'static>; NEWEST] = [
    M::up(include_str!("../../migrations/0001_first_schema.sql")),
    M::up(include_str!("../../migrations/0002_system_rules.sql")),
    M::up(include_str!("../../migrations/0003_rule_errors.sql")),
    M::up(include_str!("../../migrations/0004_selections.sql")),
    M::up(include_str!("../../migrations/0005_sign_in.sql")),
    M::up(include_str!("../../migrations/0006_api_tokens.sql")),
    M::up(include_str!("../../migrations/0007_audit_trail.sql")),
    M::up(include_str!("../../migrations/0008_credentials.sql")),
    M::up(include_str!("../../migrations/0009_elements.sql")),
    M::up(include_str!("../../migrations/0010_uses_of_keys.sql")),
];

/// What marks a file as Patchbay's: the letters PBAY.
const APPLICATION_ID: i32 = 0x5042_4159;

/// Refuses a file of another program, before anything in it is changed.
///
/// # Errors
/// It is one.
pub fn check_ours(connection: &Connection) -> Result<(), Error> {
    let id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (id, tables) {
        (APPLICATION_ID, _) | (0, 0) => Ok(()),
        _ => Err(Error::Unusable("the database was made by another program".to_owned())),
    }
}

/// Brings the database to the newest schema.
///
/// # Errors
/// The file belongs to a newer Patchbay.
pub fn migrate(connection: &mut Connection) -> Result<(), Error> {
    let id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if id != APPLICATION_ID {
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    Migrations::from_slice(&STEPS).to_latest(connection).map_err(|error| match error {
        MigrationError::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => newer(),
        other => Error::Unusable(format!("the database can't be brought up to date: {other}")),
    })
}

fn newer() -> Error {
    Error::Unusable("the database was made by a newer version of Patchbay; run that version".to_owned())
}

/// The version of a database's schema.
///
/// # Errors
/// It is newer than this program, or there is none yet.
pub fn schema_of(connection: &Connection) -> Result<usize, Error> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match usize::try_from(version) {
        Ok(version @ 1..=NEWEST) => Ok(version),
        Ok(0) | Err(_) => Err(Error::Unusable("the database holds nothing of Patchbay's".to_owned())),
        Ok(_) => Err(newer()),
    }
}

/// A database in memory with a schema of that version, and what every such database starts with.
///
/// # Errors
/// SQLite failed.
pub fn empty(version: usize) -> Result<Connection, Error> {
    let mut connection = Connection::open_in_memory()?;
    let steps = Migrations::from_slice(&STEPS).to_version(&mut connection, version);
    steps.map_err(|error| Error::Unusable(format!("the schema of version {version} can't be made: {error}")))?;
    Ok(connection)
}

/// Refuses a database of another version of Patchbay.
///
/// # Errors
/// It is one.
pub fn check_newest(connection: &Connection) -> Result<(), Error> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if usize::try_from(version) == Ok(NEWEST) {
        return Ok(());
    }
    let message = "the database is of another version of Patchbay; patchbay serve brings an older one up to date";
    Err(Error::Unusable(message.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A database of each earlier schema comes to the newest with what was in it.
    #[test]
    fn earlier_schemas_are_brought_up_to_date() {
        for earlier in 1..STEPS.len() {
            let mut connection = Connection::open_in_memory().unwrap();
            Migrations::from_slice(&STEPS[..earlier]).to_latest(&mut connection).unwrap();
            connection.execute_batch("UPDATE users SET name = 'kept' WHERE user_id = 'sa_api'").unwrap();
            migrate(&mut connection).unwrap();
            let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
            assert_eq!(count("SELECT count(*) FROM users WHERE name = 'kept'"), 1);
            assert_eq!(count("SELECT count(*) FROM system_rules WHERE type = 'ReadOnly'"), 3);
            assert_eq!(count("PRAGMA user_version"), i64::try_from(STEPS.len()).unwrap());
        }
    }

    #[test]
    fn every_step_is_valid_sql() {
        Migrations::from_slice(&STEPS).validate().unwrap();
    }
}
