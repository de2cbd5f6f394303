//! The grammar of filters (QRS reference, 1.2) and its syntax tree. Names are not resolved here.

use super::TextError;
use super::grammar::{
    GrammarError, Parsed, Position, chain, expect, found, identifier, is_name_character,
    is_typographic_quote, keyword, problem, word,
};
use super::predicate::Operator;
use crate::model::did_you_mean;
use nom::Parser;
use nom::bytes::complete::{take_while, take_while1};
use nom::character::complete::{char, multispace0, multispace1};
use nom::combinator::{cut, verify};
use nom::multi::{many0, separated_list1};
use nom::sequence::{preceded, terminated};

/// A filter as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Any of two or more filters.
    Or(Vec<Filter>),
    /// All of two or more filters. Parentheses around several terms keep them together as one
    /// operand.
    And(Vec<Filter>),
    /// The negation of a filter.
    Not(Box<Filter>),
    /// One comparison.
    Term(Term),
}

/// One comparison: `owner.userId eq 'anna'`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The property.
    pub path: Path,
    /// The operator.
    pub operator: Operator,
    /// The position of the operator.
    pub operator_position: Position,
    /// The value.
    pub value: Literal,
    /// The position of the value.
    pub value_position: Position,
}

/// A property, possibly through references.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(pub Vec<Segment>);

/// One name in a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The name, without the `@` of a custom property.
    pub name: String,
    /// Whether it is `@Name`, the short form for the values of a custom property.
    pub is_custom_property: bool,
    /// The position of the name.
    pub position: Position,
}

/// A value as written. The meaning of a bare word depends on the property with which it is
/// compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// `null`
    Null,
    /// `'text'`, unescaped.
    Quoted(String),
    /// A GUID, a number, a truth value, an enumeration's name or a single word.
    Bare(String),
}

/// The limits on a filter.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most bytes of text.
    pub bytes: usize,
    /// Most comparisons.
    pub terms: usize,
    /// Deepest nesting of parentheses and `not`.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 8 * 1024, terms: 200, depth: 64 }
    }
}

impl Filter {
    /// Its comparisons, from left to right.
    pub fn terms(&self) -> Vec<&Term> {
        match self {
            Self::Or(parts) | Self::And(parts) => parts.iter().flat_map(Self::terms).collect(),
            Self::Not(part) => part.terms(),
            Self::Term(term) => vec![term],
        }
    }
}

/// Parses a filter that is not blank.
///
/// # Errors
/// [`TextError`] with the position at which the text stops being a filter, and what is expected
/// there; or with the limit that it exceeds.
pub fn parse(text: &str, limits: Limits) -> Result<Filter, TextError> {
    if text.len() > limits.bytes {
        return Err(TextError::new(
            text,
            0,
            format!(
                "the filter is {} bytes long, but at most {} are allowed",
                text.len(),
                limits.bytes
            ),
        ));
    }
    if let Some(offset) = text.find('\0') {
        return Err(TextError::new(text, offset, "a filter can't contain the NUL character"));
    }
    let grammar = Grammar { text, depth: limits.depth };
    let (rest, filter) = terminated(|input| grammar.disjunction(input, 0), multispace0)
        .parse(text)
        .map_err(|error| problem(text, error))?;
    if !rest.is_empty() {
        return Err(problem(
            text,
            GrammarError::expected(rest, "'and', 'or' or the end of the filter"),
        ));
    }
    match filter.terms().get(limits.terms) {
        Some(term) => Err(TextError::new(
            text,
            term.path.position(),
            format!("more than {} comparisons", limits.terms),
        )),
        None => Ok(filter),
    }
}

impl Path {
    /// The position of its first character.
    #[must_use]
    pub fn position(&self) -> usize {
        self.0.first().map_or(0, |segment| segment.position.0)
    }
}

/// The grammar for one text, which it needs to compute positions.
struct Grammar<'a> {
    text: &'a str,
    depth: usize,
}

impl<'a> Grammar<'a> {
    fn disjunction(&self, input: &'a str, depth: usize) -> Parsed<'a, Filter> {
        let (input, first) = self.conjunction(input, depth)?;
        let (input, rest) =
            many0(preceded(keyword("or"), cut(|input| self.conjunction(input, depth))))
                .parse(input)?;
        Ok((input, chain(first, rest, Filter::Or)))
    }

    fn conjunction(&self, input: &'a str, depth: usize) -> Parsed<'a, Filter> {
        let (input, first) = self.negation(input, depth)?;
        let (input, rest) =
            many0(preceded(keyword("and"), cut(|input| self.negation(input, depth))))
                .parse(input)?;
        Ok((input, chain(first, rest, Filter::And)))
    }

    fn negation(&self, input: &'a str, depth: usize) -> Parsed<'a, Filter> {
        let (input, _) = multispace0(input)?;
        if depth > self.depth {
            return Err(GrammarError::failure(
                input,
                format!("nested more than {} deep", self.depth),
            ));
        }
        if let Ok((rest, _)) = keyword("not").parse(input)
            && operator_word(rest).is_err()
        {
            let (rest, negated) = cut(|input| self.negation(input, depth + 1)).parse(rest)?;
            return Ok((rest, Filter::Not(Box::new(negated))));
        }
        if input.starts_with('(') { self.group(input, depth) } else { self.term(input) }
    }

    fn group(&self, input: &'a str, depth: usize) -> Parsed<'a, Filter> {
        let (inside, _) = char('(').parse(input)?;
        if inside.trim_start().starts_with(')') {
            // The first words are QRS's own (QRS reference, 1.6).
            return Err(GrammarError::failure(
                input,
                "Invalid expression: the parentheses are empty",
            ));
        }
        let (rest, filter) = self.disjunction(inside, depth + 1)?;
        let (rest, _) = multispace0(rest)?;
        match rest.strip_prefix(')') {
            Some(rest) => Ok((rest, filter)),
            None => Err(GrammarError::expected(rest, "'and', 'or' or ')'")),
        }
    }

    fn term(&self, input: &'a str) -> Parsed<'a, Filter> {
        let (rest, path) = self.path(input)?;
        let (operator_at, _) = expect("a space and an operator", multispace1).parse(rest)?;
        let (rest, operator) = operator(operator_at)?;
        let (value_at, _) = expect("a space and a value", multispace1).parse(rest)?;
        let (rest, value) = value(value_at)?;
        let term = Term {
            path,
            operator,
            operator_position: self.position(operator_at),
            value,
            value_position: self.position(value_at),
        };
        Ok((rest, Filter::Term(term)))
    }

    fn path(&self, input: &'a str) -> Parsed<'a, Path> {
        let segment = |input| self.segment(input);
        expect("the name of a property", separated_list1(char('.'), segment)).map(Path).parse(input)
    }

    fn segment(&self, input: &'a str) -> Parsed<'a, Segment> {
        let (rest, is_custom_property) = match input.strip_prefix('@') {
            Some(rest) => (rest, true),
            None => (input, false),
        };
        // Names of custom properties may start with a digit.
        let (rest, name) = if is_custom_property { word(rest)? } else { identifier(rest)? };
        let segment =
            Segment { name: name.to_owned(), is_custom_property, position: self.position(input) };
        Ok((rest, segment))
    }

    fn position(&self, rest: &str) -> Position {
        Position::of(self.text, rest)
    }
}

fn operator_word(input: &str) -> Parsed<'_, &str> {
    let word = preceded(multispace0, take_while1(is_name_character));
    verify(word, |word: &str| {
        Operator::ALL.iter().any(|operator| operator.word().eq_ignore_ascii_case(word))
    })
    .parse(input)
}

fn operator(input: &str) -> Parsed<'_, Operator> {
    let (rest, word) = take_while(is_name_character).parse(input)?;
    if let Some(operator) =
        Operator::ALL.into_iter().find(|operator| operator.word().eq_ignore_ascii_case(word))
    {
        Ok((rest, operator))
    } else {
        let hint = did_you_mean(word, Operator::ALL.map(Operator::word));
        Err(GrammarError::failure(
            input,
            format!("expected an operator, found {}; {hint}", found(input)),
        ))
    }
}

fn value(input: &str) -> Parsed<'_, Literal> {
    if input.starts_with('\'') {
        return quoted(input).map(|(rest, text)| (rest, Literal::Quoted(text)));
    }
    let bare =
        take_while1(|character: char| !character.is_whitespace() && !"'\"()".contains(character));
    let bare = verify(bare, |word: &str| !word.starts_with(is_typographic_quote));
    let literal = bare.map(|word: &str| {
        if word.eq_ignore_ascii_case("null") {
            Literal::Null
        } else {
            Literal::Bare(word.to_owned())
        }
    });
    expect("a value in single quotes, a GUID, a number, true, false or null", literal).parse(input)
}

/// A text in single quotes. A quote inside is written `\'`, as in QRS, or doubled, as some clients
/// send it. A backslash is written `\\`, or as a single one if neither a quote nor a backslash
/// follows, as in `C:\data`.
fn quoted(input: &str) -> Parsed<'_, String> {
    let mut text = String::new();
    let mut characters = input.char_indices().skip(1).peekable();
    while let Some((offset, character)) = characters.next() {
        let doubled = character == '\'' && matches!(characters.peek(), Some((_, '\'')));
        match character {
            '\\' => {
                let escaped = characters.next_if(|(_, next)| matches!(next, '\'' | '\\'));
                text.push(escaped.map_or('\\', |(_, escaped)| escaped));
            }
            '\'' if doubled => text.extend(characters.next().map(|(_, quote)| quote)),
            '\'' => return Ok((&input[offset + 1..], text)),
            other => text.push(other),
        }
    }
    let hint = "inside a value, write a quote as \\', a backslash at the end as \\\\, and an \
                ampersand in a URL as %26";
    Err(GrammarError::failure(input, format!("the quote is never closed; {hint}")))
}
