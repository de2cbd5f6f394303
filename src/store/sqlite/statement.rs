//! Statements, with their bound values and the rows that they return.

use crate::model::Value;
use crate::store::cell::{Cell, FromCell, Mismatch};
use crate::store::error::Error;
use rusqlite::types::{ToSqlOutput, Value as SqlValue, ValueRef};
use rusqlite::{CachedStatement, ToSql, params_from_iter};

/// A statement, which is kept prepared.
pub struct Statement<'c>(CachedStatement<'c>);

impl<'c> Statement<'c> {
    pub(super) const fn new(statement: CachedStatement<'c>) -> Self {
        Self(statement)
    }

    /// Runs a statement that returns rows.
    pub fn query(&mut self, parameters: &[Value]) -> Result<Rows<'_>, Error> {
        Ok(Rows(self.0.query(params_from_iter(parameters))?))
    }

    /// Runs a statement that changes rows, and returns their number.
    pub fn execute(&mut self, parameters: &[Value]) -> Result<usize, Error> {
        Ok(self.0.execute(params_from_iter(parameters))?)
    }

    /// Whether it changes nothing.
    pub fn is_readonly(&self) -> bool {
        self.0.readonly()
    }

    /// The steps that SQLite has taken for it.
    #[cfg(test)]
    pub fn steps(&self) -> i32 {
        self.0.get_status(rusqlite::StatementStatus::VmStep)
    }
}

/// The rows that a statement returns, one after the other.
pub struct Rows<'s>(rusqlite::Rows<'s>);

impl Rows<'_> {
    /// The next row, if there is one.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>, Error> {
        Ok(self.0.next()?.map(Row))
    }
}

/// A row, valid until the next one is read.
pub struct Row<'r>(&'r rusqlite::Row<'r>);

impl<'r> Row<'r> {
    /// The value in a column; [`Cell::Null`] if there is no such column.
    pub fn cell(&self, column: usize) -> Cell<'r> {
        self.0.get_ref(column).map_or(Cell::Null, lent)
    }

    /// The value in a column, read as a type.
    ///
    /// # Errors
    /// [`Error::Database`] if the value is not of that type.
    pub fn get<T: FromCell>(&self, column: usize) -> Result<T, Error> {
        let value = self.0.get_ref(column)?;
        T::from_cell(lent(value)).map_err(|mismatch| self.mismatch(column, value, mismatch).into())
    }

    fn mismatch(&self, column: usize, value: ValueRef<'_>, mismatch: Mismatch) -> rusqlite::Error {
        match mismatch {
            Mismatch::Type => {
                let name = self.0.as_ref().column_name(column).unwrap_or_default().to_owned();
                rusqlite::Error::InvalidColumnType(column, name, value.data_type())
            }
            Mismatch::Range(number) => rusqlite::Error::IntegralValueOutOfRange(column, number),
            Mismatch::Utf8(error) => rusqlite::Error::Utf8Error(column, error),
            Mismatch::Content(error) => {
                rusqlite::Error::FromSqlConversionFailure(column, value.data_type(), error)
            }
        }
    }
}

fn lent(value: ValueRef<'_>) -> Cell<'_> {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Integer(number),
        ValueRef::Real(_) => Cell::Other(&[]),
        ValueRef::Text(bytes) => Cell::Text(bytes),
        ValueRef::Blob(bytes) => Cell::Other(bytes),
    }
}

/// How values are stored in columns: ids as text, dates as milliseconds, booleans as 0 and 1.
impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Text(text) => ToSqlOutput::from(text.as_str()),
            Self::Integer(number) => ToSqlOutput::from(*number),
            Self::Boolean(value) => ToSqlOutput::from(i64::from(*value)),
            Self::Date(date) => ToSqlOutput::from(date.millis()),
            Self::Id(id) => ToSqlOutput::Owned(SqlValue::Text(id.to_string())),
        })
    }
}
