//! The SQL function `matches_regex`, for the conditions of rules. The engine takes linear time whatever the expression.

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::{Connection, Error};

/// Makes the function known to a connection.
pub fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function("matches_regex", 2, flags, matches)
}

/// The expression is compiled once a statement, because it is the same for every row.
fn matches(context: &Context<'_>) -> rusqlite::Result<bool> {
    let expression = context.get_or_create_aux(0, |value| {
        regex::Regex::new(value.as_str()?)
            .map_err(|error| Box::<dyn std::error::Error + Send + Sync>::from(error.to_string()))
    })?;
    let text = context.get_raw(1).as_str().map_err(|error| Error::UserFunctionError(error.into()))?;
    Ok(expression.is_match(text))
}
