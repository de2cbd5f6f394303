//! The grammar of rule conditions (QRS reference, 6.5), and the tree it yields. No names are looked
//! up here.

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

/// A condition as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Any of them; two or more.
    Or(Vec<Condition>),
    /// All of them; two or more.
    And(Vec<Condition>),
    /// Not that.
    Not(Box<Condition>),
    /// A comparison of two operands.
    Compare(Comparison),
    /// A function of something: `resource.IsOwned()`.
    Call(Call),
}

impl Condition {
    /// Each comparison and call in it, from left to right.
    #[must_use]
    pub fn terms(&self) -> Vec<&Self> {
        match self {
            Self::Or(parts) | Self::And(parts) => parts.iter().flat_map(Self::terms).collect(),
            Self::Not(part) => part.terms(),
            Self::Compare(_) | Self::Call(_) => vec![self],
        }
    }

    /// Whether it asks what somebody may do.
    #[must_use]
    pub fn asks_privileges(&self) -> bool {
        let asks = |call: &Call| call.function.eq_ignore_ascii_case("HasPrivilege");
        self.terms().into_iter().any(|term| matches!(term, Self::Call(call) if asks(call)))
    }
}

/// A comparison of two operands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// What stands before the operator.
    pub left: Operand,
    /// How they are compared.
    pub operator: Comparator,
    /// Where the operator stands.
    pub position: Position,
    /// What stands behind it.
    pub right: Operand,
}

/// A call of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// What the function is asked of.
    pub subject: Reference,
    /// The function, as written.
    pub function: String,
    /// Where its name stands.
    pub position: Position,
    /// What stands between its parentheses.
    pub argument: Option<String>,
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// Something of the user or the resource.
    Reference(Reference),
    /// A text, number or truth value; several in braces.
    Values(Vec<String>),
}

/// Something of the user or the resource: `user.group`, `resource.owner.@Department`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Whose it is.
    pub root: Root,
    /// The names after the root.
    pub path: Vec<Name>,
    /// Where it stands.
    pub position: Position,
}

/// Whose attributes a reference names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// Who asks.
    User,
    /// What it is about.
    Resource,
}

/// One name in a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name, without the `@` of a custom property.
    pub text: String,
    /// Whether it is a custom property.
    pub is_custom_property: bool,
    /// Where it stands.
    pub position: Position,
}

/// How two operands are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparator {
    /// `=`: equal, whatever the case.
    Equal,
    /// `==`: equal to the letter.
    StrictlyEqual,
    /// `!=`: different, whatever the case.
    Different,
    /// `!==`: different in some letter.
    StrictlyDifferent,
    /// `like`: matches a pattern with `*` and `?`, whatever the case.
    Like,
    /// `matches`: matches a regular expression as a whole, whatever the case.
    Matches,
}

/// Longest condition, in characters (QRS reference, 3.7).
pub const MAX_LENGTH: usize = 2048;

/// Deepest nesting of parentheses and negations.
pub(super) const MAX_DEPTH: usize = 64;

/// What can be written between operands.
const COMPARATORS: &str = "an operator (=, ==, !=, !==, like or matches)";

/// Parses a condition that is not blank.
///
/// # Errors
/// Where the text stops being a condition, and what was expected there.
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

/// The grammar over one text, which it needs to tell positions.
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

/// The arguments of a call; the last name of the reference is the function's.
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

/// A sign with the space before it.
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

/// A text in double quotes. There is no escape: a text can't hold a double quote.
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
