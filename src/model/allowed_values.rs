//! The values that a property accepts, beyond its kind: the syntax of texts, the choices of
//! enumerations.

/// The texts that a text property accepts, beyond their length.
#[derive(Clone, Copy)]
pub enum Syntax {
    /// Any text.
    Any,
    /// Letters, digits and underscores, because filters and rules write the name bare after an `@`.
    Identifier,
    /// Text on one line: new values have no control characters.
    Line,
    /// The name of a type that other programs compare: new values have no invisible characters, and
    /// comparisons ignore white space around them.
    TypeName,
    /// A GUID; an empty text counts as omitted.
    Guid,
    /// One of these, ignoring case.
    OneOf(&'static [&'static str]),
}

/// One number of an enumeration.
pub struct Choice {
    /// The number, as JSON shows it.
    pub number: i64,
    /// Its names; the first is QRS's own.
    pub names: &'static [&'static str],
}
