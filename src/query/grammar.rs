//! The common parts of the grammars of filters and rules: words, positions, and errors that say
//! what is expected.

use super::TextError;
use crate::model::{code_point, is_hidden};
use nom::bytes::complete::{tag_no_case, take_while, take_while1};
use nom::character::complete::{anychar, multispace0};
use nom::combinator::{not, peek, recognize, verify};
use nom::error::{ErrorKind, ParseError};
use nom::sequence::{preceded, terminated};
use nom::{Err, IResult, Parser};

/// A byte offset in a text, for messages only: it does not count in comparisons, so that texts with
/// the same content are equal.
#[derive(Clone, Copy, Debug, Default)]
pub struct Position(pub usize);

impl Position {
    /// The position of `rest`, the end of `text`.
    #[must_use]
    pub const fn of(text: &str, rest: &str) -> Self {
        Self(text.len() - rest.len())
    }
}

impl PartialEq for Position {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Position {}

/// The result of a parser.
pub type Parsed<'a, T> = IResult<&'a str, T, GrammarError<'a>>;

/// The reason a text can't be parsed, and the rest of the text from the error on.
#[derive(Debug)]
pub struct GrammarError<'a> {
    rest: &'a str,
    message: Option<String>,
}

impl<'a> GrammarError<'a> {
    /// Ends the parse with an error: `what` was expected at `rest`.
    #[must_use]
    pub fn expected(rest: &'a str, what: &str) -> Err<Self> {
        Self::failure(rest, format!("expected {what}, found {}", found(rest)))
    }

    /// Fails, but another alternative may succeed.
    #[must_use]
    pub const fn silent(rest: &'a str) -> Self {
        Self { rest, message: None }
    }

    /// Ends the parse with a message.
    pub fn failure(rest: &'a str, message: impl Into<String>) -> Err<Self> {
        Err::Failure(Self { rest, message: Some(message.into()) })
    }
}

impl<'a> ParseError<&'a str> for GrammarError<'a> {
    fn from_error_kind(rest: &'a str, _: ErrorKind) -> Self {
        Self::silent(rest)
    }

    fn append(_: &'a str, _: ErrorKind, other: Self) -> Self {
        other
    }
}

/// The error of a failed parse of `text`.
#[must_use]
pub fn problem(text: &str, error: Err<GrammarError<'_>>) -> TextError {
    match error {
        Err::Error(fault) | Err::Failure(fault) => {
            let message =
                fault.message.unwrap_or_else(|| format!("unexpected {}", found(fault.rest)));
            TextError::new(text, Position::of(text, fault.rest).0, message)
        }
        Err::Incomplete(_) => TextError::new(text, text.len(), "the text ends too early"),
    }
}

/// Runs `parser`; if it fails, ends the whole parse with an error that says what was expected.
pub fn expect<'a, T>(
    what: &'static str,
    mut parser: impl Parser<&'a str, Output = T, Error = GrammarError<'a>>,
) -> impl FnMut(&'a str) -> Parsed<'a, T> {
    move |input| match parser.parse(input) {
        Err(Err::Error(_)) => Err(GrammarError::expected(input, what)),
        result => result,
    }
}

/// A whole word, ignoring case, with any space before it.
pub fn keyword<'a>(
    word: &'static str,
) -> impl Parser<&'a str, Output = &'a str, Error = GrammarError<'a>> {
    let boundary = peek(not(verify(anychar, |next| is_name_character(*next))));
    terminated(preceded(multispace0, tag_no_case(word)), boundary)
}

/// A name: a letter or underscore, then letters, digits and underscores.
///
/// # Errors
/// [`GrammarError`] if the text does not start with a name.
pub fn identifier(input: &str) -> Parsed<'_, &str> {
    let letter = take_while1(|character: char| character.is_ascii_alphabetic() || character == '_');
    recognize((letter, take_while(is_name_character))).parse(input)
}

/// Letters, digits and underscores in any order.
///
/// # Errors
/// [`GrammarError`] if the text does not start with such a character.
pub fn word(input: &str) -> Parsed<'_, &str> {
    take_while1(is_name_character).parse(input)
}

/// Whether a name can contain the character.
#[must_use]
pub const fn is_name_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// A single operand as it is, or several joined.
pub fn chain<T>(first: T, mut rest: Vec<T>, join: fn(Vec<T>) -> T) -> T {
    if rest.is_empty() {
        return first;
    }
    rest.insert(0, first);
    join(rest)
}

/// The character at `rest`, for messages. Characters that are invisible or resemble others are
/// named.
#[must_use]
pub fn found(rest: &str) -> String {
    let word = || -> String {
        rest.chars().take_while(|one| !one.is_whitespace() && !is_hidden(*one)).take(30).collect()
    };
    match rest.chars().next() {
        None => "the end".to_owned(),
        Some(' ') => "a space".to_owned(),
        Some('\t' | '\n' | '\r') => "a line break or a tab".to_owned(),
        Some('\u{a0}') => {
            "U+00A0 (a no-break space, often copied from a web page); write a plain space"
                .to_owned()
        }
        Some(one) if one.is_whitespace() || is_hidden(one) => {
            format!(
                "{} (an invisible character, often copied from a web page); remove it",
                code_point(one)
            )
        }
        Some('"') => format!("'{}' (a double quote)", word()),
        Some(one) if is_typographic_quote(one) => {
            let code = code_point(one);
            format!(
                "'{}' ({code}, a typographic quote, often inserted by a word processor)",
                word()
            )
        }
        Some(_) => format!("'{}'", word()),
    }
}

/// The quotation marks of languages and word processors, which are mistaken for `'` and `"`.
#[must_use]
pub const fn is_typographic_quote(character: char) -> bool {
    matches!(
        character,
        '\u{2018}'..='\u{201f}' | '\u{2039}' | '\u{203a}' | '\u{ab}' | '\u{bb}' | '\u{b4}' | '`'
    )
}
