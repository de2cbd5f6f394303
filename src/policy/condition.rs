//! The grammar of rule conditions (QRS reference, 6.5) and its syntax tree. Names are not resolved
//! here.

use crate::query::TextError;
use crate::query::grammar::{
    GrammarError, Parsed, Position, chain, expect, identifier, is_name_character, keyword, problem,
    word,
};
use nom::branch::alt;
use nom::bytes::complete::{tag, take_till, take_while1};
use nom::character::complete::{char, multispace0};
use nom::combinator::{cut, opt, recognize, value};
use nom::multi::{many0, separated_list1};
use nom::sequence::{delimited, preceded, terminated};
use nom::{Err, Parser};

/// A condition as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Any of two or more conditions.
    Or(Vec<Condition>),
    /// All of two or more conditions.
    And(Vec<Condition>),
    /// The negation of a condition.
    Not(Box<Condition>),
    /// A comparison of two operands.
    Compare(Comparison),
    /// A call of a function, such as `resource.IsOwned()`.
    Call(Call),
}

impl Condition {
    /// Its comparisons and calls, from left to right.
    #[must_use]
    pub fn terms(&self) -> Vec<&Self> {
        match self {
            Self::Or(parts) | Self::And(parts) => parts.iter().flat_map(Self::terms).collect(),
            Self::Not(part) => part.terms(),
            Self::Compare(_) | Self::Call(_) => vec![self],
        }
    }

    /// Whether it calls `HasPrivilege`.
    #[must_use]
    pub fn asks_privileges(&self) -> bool {
        let asks = |call: &Call| call.function.eq_ignore_ascii_case("HasPrivilege");
        self.terms().into_iter().any(|term| matches!(term, Self::Call(call) if asks(call)))
    }
}

/// A comparison of two operands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The operand before the operator.
    pub left: Operand,
    /// The operator.
    pub operator: Comparator,
    /// The position of the operator.
    pub position: Position,
    /// The operand after the operator.
    pub right: Operand,
}

/// A call of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The reference on which the function is called.
    pub subject: Reference,
    /// The name of the function, as written.
    pub function: String,
    /// The position of the name.
    pub position: Position,
    /// The argument between the parentheses.
    pub argument: Option<String>,
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// A reference to the user or the resource.
    Reference(Reference),
    /// A text, number or truth value, or several of them in braces.
    Values(Vec<String>),
}

/// A reference to the user or the resource: `user.group`, `resource.owner.@Department`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The root.
    pub root: Root,
    /// The names after the root.
    pub path: Vec<Name>,
    /// The position of the reference.
    pub position: Position,
}

/// The object at which a reference starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// The user who makes the request.
    User,
    /// The resource.
    Resource,
}

/// One name in a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name, without the `@` of a custom property.
    pub text: String,
    /// Whether it is a custom property.
    pub is_custom_property: bool,
    /// The position of the name.
    pub position: Position,
}

/// How two operands are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparator {
    /// `=`: equal, ignoring case.
    Equal,
    /// `==`: equal, including case.
    StrictlyEqual,
    /// `!=`: different, ignoring case.
    Different,
    /// `!==`: different, including case.
    StrictlyDifferent,
    /// `like`: matches a pattern with `*` and `?`, ignoring case.
    Like,
    /// `matches`: the whole text matches a regular expression, ignoring case.
    Matches,
}

/// Longest condition, in characters (QRS reference, 3.7).
pub const MAX_LENGTH: usize = 2048;

/// Deepest nesting of parentheses and negations.
pub(super) const MAX_DEPTH: usize = 64;

/// The valid operators, for messages.
const COMPARATORS: &str = "an operator (=, ==, !=, !==, like or matches)";

/// Parses a condition that is not blank.
///
/// # Errors
/// [`TextError`] with the position at which the text stops being a condition, and what is expected
/// there.
pub fn parse(text: &str) -> Result<Condition, TextError> {
    let grammar = Grammar { text };
    let (rest, condition) = terminated(|input| grammar.disjunction(input, 0), multispace0)
        .parse(text)
        .map_err(|error| problem(text, error))?;
    if rest.is_empty() {
        return Ok(condition);
    }
    Err(problem(text, GrammarError::expected(rest, "'and', 'or' or the end of the condition")))
}

/// The grammar for one text, which it needs to compute positions.
struct Grammar<'a> {
    text: &'a str,
}

impl<'a> Grammar<'a> {
    fn disjunction(&self, input: &'a str, depth: usize) -> Parsed<'a, Condition> {
        let or = alt((keyword("or"), symbol("||")));
        let (input, first) = self.conjunction(input, depth)?;
        let (input, rest) =
            many0(preceded(or, cut(|input| self.conjunction(input, depth)))).parse(input)?;
        Ok((input, chain(first, rest, Condition::Or)))
    }

    fn conjunction(&self, input: &'a str, depth: usize) -> Parsed<'a, Condition> {
        let and = alt((keyword("and"), symbol("&&")));
        let (input, first) = self.negation(input, depth)?;
        let (input, rest) =
            many0(preceded(and, cut(|input| self.negation(input, depth)))).parse(input)?;
        Ok((input, chain(first, rest, Condition::And)))
    }

    fn negation(&self, input: &'a str, depth: usize) -> Parsed<'a, Condition> {
        let (input, _) = multispace0(input)?;
        if depth > MAX_DEPTH {
            return Err(GrammarError::failure(input, format!("nested more than {MAX_DEPTH} deep")));
        }
        if let Ok((rest, _)) = alt((symbol("!"), keyword("not"))).parse(input) {
            let (rest, negated) = self.negation(rest, depth + 1)?;
            return Ok((rest, Condition::Not(Box::new(negated))));
        }
        if input.starts_with('(') { self.group(input, depth) } else { self.term(input) }
    }

    fn group(&self, input: &'a str, depth: usize) -> Parsed<'a, Condition> {
        let (inside, _) = char('(').parse(input)?;
        let (rest, condition) = self.disjunction(inside, depth + 1)?;
        let (rest, _) = multispace0(rest)?;
        match rest.strip_prefix(')') {
            Some(rest) => Ok((rest, condition)),
            None => Err(GrammarError::expected(rest, "'and', 'or' or ')'")),
        }
    }

    fn term(&self, input: &'a str) -> Parsed<'a, Condition> {
        let (rest, left) = self.operand(input)?;
        if let (Operand::Reference(reference), true) = (&left, rest.starts_with('(')) {
            return call(rest, reference.clone());
        }
        let (at, _) = multispace0(rest)?;
        let (rest, operator) = expect(COMPARATORS, comparator).parse(at)?;
        let (rest, _) = multispace0(rest)?;
        let (rest, right) = self.operand(rest)?;
        let position = Position::of(self.text, at);
        Ok((rest, Condition::Compare(Comparison { left, operator, position, right })))
    }

    fn operand(&self, input: &'a str) -> Parsed<'a, Operand> {
        let reference = |input| self.reference(input);
        let one = alt((text, literal)).map(|text| Operand::Values(vec![text]));
        let operand = alt((one, list.map(Operand::Values), reference));
        expect("user.…, resource.…, a text in double quotes, or a list of them in braces", operand)
            .parse(input)
    }

    fn reference(&self, input: &'a str) -> Parsed<'a, Operand> {
        let (rest, word) = identifier(input)?;
        let root = match word.to_ascii_lowercase().as_str() {
            "user" => Root::User,
            "resource" => Root::Resource,
            _ => return Err(GrammarError::expected(input, "user or resource")),
        };
        let (rest, path) = many0(preceded(char('.'), cut(|input| self.name(input)))).parse(rest)?;
        Ok((
            rest,
            Operand::Reference(Reference { root, path, position: Position::of(self.text, input) }),
        ))
    }

    fn name(&self, input: &'a str) -> Parsed<'a, Name> {
        let (rest, at) = opt(char('@')).parse(input)?;
        let (rest, text) = match at {
            Some(_) => expect("the name of a custom property", word).parse(rest)?,
            None => expect("a name", identifier).parse(rest)?,
        };
        let position = Position::of(self.text, input);
        Ok((rest, Name { text: text.to_owned(), is_custom_property: at.is_some(), position }))
    }
}

/// The arguments of a call; the last name of the reference is the function's name.
fn call(input: &str, mut subject: Reference) -> Parsed<'_, Condition> {
    let (rest, _) = (char('('), multispace0).parse(input)?;
    let (rest, argument) = opt(text).parse(rest)?;
    let (rest, _) = expect("')'", preceded(multispace0, char(')'))).parse(rest)?;
    match subject.path.pop() {
        Some(Name { text: function, is_custom_property: false, position }) => {
            Ok((rest, Condition::Call(Call { subject, function, position, argument })))
        }
        _ => Err(GrammarError::failure(input, "only a function can be called")),
    }
}

/// A sign, with any space before it.
fn symbol<'a>(
    sign: &'static str,
) -> impl Parser<&'a str, Output = &'a str, Error = GrammarError<'a>> {
    preceded(multispace0, tag(sign))
}

fn comparator(input: &str) -> Parsed<'_, Comparator> {
    alt((
        value(Comparator::StrictlyDifferent, tag("!==")),
        value(Comparator::Different, tag("!=")),
        value(Comparator::StrictlyEqual, tag("==")),
        value(Comparator::Equal, tag("=")),
        value(Comparator::Like, keyword("like")),
        value(Comparator::Matches, keyword("matches")),
    ))
    .parse(input)
}

/// A text in double quotes. There is no escape: a text can't contain a double quote.
fn text(input: &str) -> Parsed<'_, String> {
    let (inside, _) = char('"').parse(input)?;
    let (rest, text) = take_till(|character| character == '"').parse(inside)?;
    match rest.strip_prefix('"') {
        Some(rest) => Ok((rest, text.to_owned())),
        None => Err(GrammarError::failure(input, "the quote is never closed")),
    }
}

/// A number or a truth value.
fn literal(input: &str) -> Parsed<'_, String> {
    let digits = || take_while1(|character: char| character.is_ascii_digit());
    let number = recognize((opt(char('-')), digits(), opt((char('.'), digits()))));
    let (rest, word) = alt((keyword("true"), keyword("false"), number)).parse(input)?;
    if rest.starts_with(is_name_character) {
        return Err(Err::Error(GrammarError::silent(input)));
    }
    Ok((rest, word.to_ascii_lowercase()))
}

fn list(input: &str) -> Parsed<'_, Vec<String>> {
    let item = preceded(multispace0, expect("a text in double quotes", text));
    let comma = preceded(multispace0, char(','));
    let end = expect("',' or '}'", preceded(multispace0, char('}')));
    delimited(char('{'), cut(separated_list1(comma, item)), end).parse(input)
}
