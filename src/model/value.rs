//! A single value, in a row or a comparison.

use super::Timestamp;
use uuid::Uuid;

/// A value of one of the kinds that a column can store.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// Text.
    Text(String),
    /// A number, or the number behind an enumeration's name.
    Integer(i64),
    /// True or false.
    Boolean(bool),
    /// A time.
    Date(Timestamp),
    /// An entity's id.
    Id(Uuid),
}
