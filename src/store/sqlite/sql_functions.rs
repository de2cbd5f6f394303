//! The SQL functions that filters and rule conditions need and SQLite does not have.

use super::error::{NOT_TEXT, cause};
use crate::model::{fold, visible_name};
use crate::query::{Expressions, Wildcards};
use crate::store::error::Error as StoreError;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::{Connection, Error, ffi};
use std::sync::Arc;

type Reason = Box<dyn std::error::Error + Send + Sync>;

/// SQLite's message about a stored text that is not valid JSON, for which it has no error code.
/// Filters on the audit log read such texts.
const NOT_JSON: &str = "malformed JSON";

/// Whether a statement has failed because a stored text can't be read.
pub fn is_about_text(error: &StoreError) -> bool {
    match cause(error) {
        Some(Error::SqliteFailure(failure, _)) if failure.code == NOT_TEXT => true,
        Some(Error::SqliteFailure(_, Some(message))) => message == NOT_JSON,
        _ => false,
    }
}

/// The error of a function that receives a text that is not UTF-8. SQLite itself uses this code
/// only for wrong row ids in writes.
fn not_text() -> Error {
    Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_MISMATCH), None)
}

/// Tests one text.
type Matcher = Box<dyn Fn(&str) -> bool + Send + Sync>;

/// Registers the functions with a connection. Compiled regular expressions are taken from
/// `expressions`.
pub fn register(connection: &Connection, expressions: &Arc<Expressions>) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_DIRECTONLY;
    register_folding(connection)?;
    connection.create_scalar_function("visible_name", 1, flags, visible_name_of)?;
    let expressions = Arc::clone(expressions);
    connection.create_scalar_function("matches_regex", 2, flags, move |context| {
        matches_regex(&expressions, context)
    })?;
    connection.create_scalar_function("contains_text", 2, flags, contains_text)?;
    connection.create_scalar_function("ends_with_text", 2, flags, ends_with_text)?;
    connection.create_scalar_function("matches_wildcards", 2, flags, matches_wildcards)
}

/// Registers the functions that migrations call. A view calls `fold_text` as well, which the schema
/// may do because the function has no effects and reveals nothing.
pub fn register_folding(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function(
        "fold_text",
        1,
        flags | FunctionFlags::SQLITE_INNOCUOUS,
        fold_text,
    )?;
    connection.create_scalar_function(
        "fold_type",
        1,
        flags | FunctionFlags::SQLITE_DIRECTONLY,
        fold_type,
    )
}

/// `fold_text(text)` returns the form by which the text is compared; migrations and the view of the
/// audit log call it.
fn fold_text(context: &Context<'_>) -> rusqlite::Result<String> {
    let text =
        context.get_raw(0).as_bytes().map_err(|error| Error::UserFunctionError(error.into()))?;
    // One text that can't be read must not prevent the server from starting. `patchbay verify`
    // reports it.
    Ok(fold(&String::from_utf8_lossy(text)))
}

/// `fold_type(text)` returns the form by which the name of a type is compared; migrations call it.
fn fold_type(context: &Context<'_>) -> rusqlite::Result<String> {
    let text =
        context.get_raw(0).as_bytes().map_err(|error| Error::UserFunctionError(error.into()))?;
    Ok(fold(&visible_name(&String::from_utf8_lossy(text))))
}

/// `visible_name(text)` returns the name of a type as it is compared if case matters.
fn visible_name_of(context: &Context<'_>) -> rusqlite::Result<String> {
    let text = context.get_raw(0).as_str().map_err(|_| not_text())?;
    Ok(visible_name(text).into_owned())
}

/// `matches_regex(expression, text)`. The engine takes linear time whatever the expression. A
/// statement looks up the compiled expression once, because it is the same for every row, and has
/// its own working memory for it.
fn matches_regex(expressions: &Expressions, context: &Context<'_>) -> rusqlite::Result<bool> {
    let matches = context.get_or_create_aux(0, |value| {
        let expression = expressions
            .get(value.as_str()?)
            .map_err(|refused| Reason::from(refused.reason.as_str()))?;
        Ok::<Matcher, Reason>(Box::new(expression.matcher()))
    })?;
    // Whether a text that can't be read matches is unknown, and a row must not be omitted silently.
    let text = context.get_raw(1).as_str().map_err(|_| not_text())?;
    Ok(matches(text))
}

/// `ends_with_text(end, text)` returns the result of `text LIKE '%end'`, in a time that does not
/// depend on the length of the text. NULL if there is no text.
fn ends_with_text(context: &Context<'_>) -> rusqlite::Result<Option<bool>> {
    let bytes = |index| context.get_raw(index).as_bytes_or_null();
    let (end, text) = bytes(0)
        .and_then(|end| Ok((end, bytes(1)?)))
        .map_err(|error| Error::UserFunctionError(error.into()))?;
    Ok(end.zip(text).map(|(end, text)| text.ends_with(end)))
}

/// `matches_wildcards(pattern, text)`, for patterns with `*` and `?`. A statement parses the
/// pattern once.
fn matches_wildcards(context: &Context<'_>) -> rusqlite::Result<bool> {
    let wildcards =
        context.get_or_create_aux(0, |value| Ok::<_, Reason>(Wildcards::of(value.as_str()?)))?;
    let text = context.get_raw(1).as_str().map_err(|_| not_text())?;
    Ok(wildcards.match_all_of(text))
}

/// `contains_text(part, text)` returns the result of `text LIKE '%part%'`, but searches faster than
/// letter by letter. NULL if there is no text.
fn contains_text(context: &Context<'_>) -> rusqlite::Result<Option<bool>> {
    let part = context.get_or_create_aux(0, |value| {
        Ok::<_, Reason>(memchr::memmem::Finder::new(value.as_bytes()?).into_owned())
    })?;
    let text = context
        .get_raw(1)
        .as_bytes_or_null()
        .map_err(|error| Error::UserFunctionError(error.into()))?;
    Ok(text.map(|text| part.find(text).is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_text_is_distinguished_from_other_failures() {
        let connection = Connection::open_in_memory().unwrap();
        register(&connection, &Arc::new(Expressions::new(1 << 20))).unwrap();
        let broken = "CAST(x'C3' AS TEXT)";
        for (expression, expected) in [
            (format!("matches_wildcards('*a*', {broken})"), true),
            (format!("matches_regex('^(?i:a)$', {broken})"), true),
            (format!("visible_name({broken})"), true),
            ("json_extract('{', '$.a')".to_owned(), true),
            ("matches_regex('(', 'a')".to_owned(), false),
            ("abs(-9223372036854775807 - 1)".to_owned(), false),
        ] {
            let found = connection
                .query_row(&format!("SELECT {expression}"), [], |row| row.get::<_, bool>(0));
            let error = StoreError::from(found.unwrap_err());
            assert_eq!(is_about_text(&error), expected, "{expression}: {error}");
            assert_eq!(
                error.to_string().contains("not valid UTF-8"),
                expression.contains(broken),
                "{expression}: {error}"
            );
        }
    }
}
