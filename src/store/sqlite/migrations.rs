//! Upgrades the database to the newest schema.

use super::sql_functions;
use super::statement_cache::CachedConnection;
use crate::store::error::Error;
use rusqlite::{Connection, ErrorCode};
use rusqlite_migration::{Error as MigrationError, M, MigrationDefinitionError, Migrations};

/// The version of the newest schema: the number of steps.
pub const NEWEST: usize = STEPS.len();

/// The steps, each a file that never changes once released. Each step runs in one transaction.
const STEPS: &[M<'static>] = &[
    M::up(include_str!("../../../migrations/0001_first_schema.sql")),
    M::up(include_str!("../../../migrations/0002_system_rules.sql")),
    M::up(include_str!("../../../migrations/0003_rule_errors.sql")),
    M::up(include_str!("../../../migrations/0004_selections.sql")),
    M::up(include_str!("../../../migrations/0005_sign_in.sql")),
    M::up(include_str!("../../../migrations/0006_api_tokens.sql")),
    M::up(include_str!("../../../migrations/0007_audit_trail.sql")),
    M::up(include_str!("../../../migrations/0008_credentials.sql")),
    M::up(include_str!("../../../migrations/0009_elements.sql")),
    M::up(include_str!("../../../migrations/0010_uses_of_keys.sql")),
    M::up(include_str!("../../../migrations/0011_simple_case_folding.sql")),
    M::up(include_str!("../../../migrations/0012_names_of_types.sql")),
    M::up(include_str!("../../../migrations/0013_audit_texts.sql")),
    M::up(include_str!("../../../migrations/0014_versions_of_rules.sql")),
    M::up(include_str!("../../../migrations/0015_unmasked_audit_entries.sql")),
    M::up(include_str!("../../../migrations/0016_missing_audit_texts.sql")),
    M::up(include_str!("../../../migrations/0017_context_of_tokens.sql")),
    M::up(include_str!("../../../migrations/0018_sessions_by_header_or_jwt.sql")),
    M::up(include_str!("../../../migrations/0019_site_bases.sql")),
];

/// The mark of Patchbay's files: the letters PBAY.
const APPLICATION_ID: i32 = 0x5042_4159;

/// Refuses a file of another program, before anything in it is changed.
///
/// # Errors
/// [`Error::Unusable`] if another program created it.
pub fn check_ours(connection: &Connection) -> Result<(), Error> {
    let id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (id, tables) {
        (APPLICATION_ID, _) | (0, 0) => Ok(()),
        _ => Err(Error::Unusable("the database was created by another program".to_owned())),
    }
}

/// The first schema version with simple case folding.
pub const SIMPLE_FOLDING: usize = 11;

/// Upgrades the database to the newest schema. Returns the previous version of the schema, which is
/// 0 for a new database.
///
/// # Errors
/// [`Error::Unusable`] if a newer Patchbay wrote the file, or if a step fails.
pub fn migrate(connection: &mut Connection) -> Result<usize, Error> {
    sql_functions::register_folding(connection)?;
    let before: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if id != APPLICATION_ID {
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    Migrations::from_slice(STEPS).to_latest(connection).map_err(|error| match error {
        MigrationError::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => {
            newer()
        }
        other => Error::Unusable(not_up_to_date(before, &other)),
    })?;
    Ok(usize::try_from(before).unwrap_or(NEWEST))
}

/// Why a step failed, without the text of its statements.
fn not_up_to_date(before: i64, error: &MigrationError) -> String {
    let why = match error {
        MigrationError::RusqliteError { err, .. } => err,
        other => return format!("the database can't be upgraded: {other}"),
    };
    let code = why.sqlite_error_code();
    // The step refers to something that does not exist, or creates something that does.
    if matches!(why, rusqlite::Error::SqlInputError { .. }) || code == Some(ErrorCode::Unknown) {
        return format!(
            "the database claims schema version {before}, but its tables are different; run \
             patchbay verify to see the differences, or patchbay restore to restore a backup"
        );
    }
    let why = code.map_or_else(
        || "it contains an invalid value".to_owned(),
        |code| format!("SQLite reports {code:?}"),
    );
    format!("the database can't be upgraded: {why}")
}

fn newer() -> Error {
    Error::Unusable(
        "the database was written by a newer version of Patchbay; run that version".to_owned(),
    )
}

/// The version of a database's schema.
///
/// # Errors
/// [`Error::Unusable`] if it is newer than this program, or if there is no schema yet.
pub fn schema_of(connection: &CachedConnection) -> Result<usize, Error> {
    let version: i64 =
        connection.raw().pragma_query_value(None, "user_version", |row| row.get(0))?;
    match usize::try_from(version) {
        Ok(version @ 1..=NEWEST) => Ok(version),
        Ok(0) | Err(_) => Err(Error::Unusable("the database has no tables of Patchbay".to_owned())),
        Ok(_) => Err(newer()),
    }
}

/// Creates a database in memory with a schema of this version and the rows that every such database
/// starts with.
///
/// # Errors
/// [`Error::Unusable`] if SQLite fails.
pub fn empty(version: usize) -> Result<Connection, Error> {
    let mut connection = Connection::open_in_memory()?;
    sql_functions::register_folding(&connection)?;
    let steps = Migrations::from_slice(STEPS).to_version(&mut connection, version);
    steps.map_err(|error| {
        Error::Unusable(format!("the schema of version {version} can't be created: {error}"))
    })?;
    Ok(connection)
}

/// Refuses a database of another version of Patchbay.
///
/// # Errors
/// [`Error::Unusable`] if it has another version.
pub fn check_newest(connection: &CachedConnection) -> Result<(), Error> {
    let version: i64 =
        connection.raw().pragma_query_value(None, "user_version", |row| row.get(0))?;
    if usize::try_from(version) == Ok(NEWEST) {
        return Ok(());
    }
    let message = "the database belongs to another version of Patchbay; patchbay serve upgrades an \
                   older one";
    Err(Error::Unusable(message.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{earlier_fold, fold};

    /// A database of each earlier schema is upgraded to the newest and keeps its content.
    #[test]
    fn earlier_schemas_are_upgraded() {
        for earlier in 1..STEPS.len() {
            let mut connection = empty(earlier).unwrap();
            connection
                .execute_batch("UPDATE users SET name = 'kept' WHERE user_id = 'sa_api'")
                .unwrap();
            migrate(&mut connection).unwrap();
            let count =
                |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
            assert_eq!(count("SELECT count(*) FROM users WHERE name = 'kept'"), 1);
            assert_eq!(count("SELECT count(*) FROM system_rules WHERE type = 'ReadOnly'"), 3);
            assert_eq!(count("PRAGMA user_version"), i64::try_from(STEPS.len()).unwrap());
        }
    }

    /// Text columns are folded first as the program of schema 10 folded them, and then as this one
    /// does.
    #[test]
    fn text_is_folded_again_wherever_it_is_stored() {
        const TEXT: &str = "Straße İvı ﬁn \u{212a} ΣΑΣ";
        let mut connection = empty(10).unwrap();
        connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        let columns = folded_columns(&connection);
        assert_eq!(columns.len(), 45);
        for (table, column) in &columns {
            fill(&connection, table, column, TEXT);
        }
        migrate(&mut connection).unwrap();
        for (table, column) in &columns {
            let sql = format!("SELECT {column}_folded FROM {table} WHERE {column} = ?1");
            let folded: String = connection.query_row(&sql, [TEXT], |row| row.get(0)).unwrap();
            assert_eq!(folded, fold(TEXT), "{table}.{column}");
        }
    }

    /// The program's own foldings can't cause this (see `model::fold`), but a database can come
    /// from anywhere.
    #[test]
    fn names_that_become_equal_stay_separate_and_do_not_stop_the_migration() {
        let mut connection = empty(10).unwrap();
        for (number, folded) in [(1, "first"), (2, "second")] {
            insert_definition(&connection, number, "größe", folded);
        }
        migrate(&mut connection).unwrap();
        let sql = "SELECT group_concat(name_folded) FROM (SELECT name_folded FROM \
                   custom_property_definitions ORDER BY id)";
        let folded: String = connection.query_row(sql, [], |row| row.get(0)).unwrap();
        assert_eq!(folded, "größe,second");
    }

    fn insert_definition(connection: &Connection, number: i64, name: &str, folded: &str) {
        let sql = "INSERT INTO custom_property_definitions VALUES (?1, 0, 0, '', '', ?2, ?3, '', \
                   '', '', '')";
        connection.execute(sql, rusqlite::params![format!("{number}"), name, folded]).unwrap();
    }

    /// The tables and columns with a folded column of their own that SQLite does not generate.
    fn folded_columns(connection: &Connection) -> Vec<(String, String)> {
        let sql = "SELECT t.name, substr(c.name, 1, length(c.name) - 7) FROM sqlite_schema AS t, \
                   pragma_table_xinfo(t.name) AS c WHERE t.type = 'table' AND c.name LIKE \
                   '%\\_folded' ESCAPE '\\' AND c.hidden = 0";
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    }

    /// Adds a row with this text in this column, folded as by a program without simple folding.
    fn fill(connection: &Connection, table: &str, column: &str, text: &str) {
        let sql = "SELECT name, type FROM pragma_table_info(?1)";
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement
            .query_map([table], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
            .unwrap();
        let columns: Vec<(String, String)> = rows.map(Result::unwrap).collect();
        let value = |(name, kind): &(String, String)| match name {
            name if name == column => format!("'{text}'"),
            name if *name == format!("{column}_folded") => format!("'{}'", earlier_fold(text)),
            name if name == "rule_context" || kind == "INTEGER" => {
                "(abs(random() % 1000000000))".to_owned()
            }
            _ => "hex(randomblob(8))".to_owned(),
        };
        let (names, values): (Vec<_>, Vec<_>) =
            columns.iter().map(|column| (column.0.clone(), value(column))).unzip();
        let sql =
            format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), values.join(", "));
        connection.execute(&sql, []).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}
