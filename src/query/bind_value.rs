//! Converts a value to its property's type, and rejects comparisons that the property's kind does
//! not support (QRS reference, 1.1).

use super::filter::{Literal, Term};
use super::predicate::{Operator, Predicate};
use super::text_error::TextError;
use crate::model::{
    Choice, DATE_EXPECTED, Kind, Property, Timestamp, Value, choice, describe_choices, did_you_mean,
};
use uuid::Uuid;

/// The operators for each kind of value.
const TEXT: &[Operator] = &[Operator::Eq, Operator::Ne, Operator::Sw, Operator::Ew, Operator::So];
const ORDERED: &[Operator] =
    &[Operator::Eq, Operator::Ne, Operator::Gt, Operator::Ge, Operator::Lt, Operator::Le];
const EQUALITY: &[Operator] = &[Operator::Eq, Operator::Ne];

/// Compares `property` with the value of `term`. `operator` may differ from the term's own.
///
/// # Errors
/// [`TextError`] if the operator does not fit the property, or the value is not of its kind.
pub fn compare(
    text: &str,
    property: &'static Property,
    operator: Operator,
    term: &Term,
) -> Result<Predicate, TextError> {
    let literal = match &term.value {
        Literal::Null => return compare_null(text, operator, term),
        Literal::Quoted(literal) | Literal::Bare(literal) => literal,
    };
    check_operator(text, property, operator, term)?;
    let value = convert(property, literal).map_err(|expected| {
        TextError::new(text, term.value_position.0, format!("{} takes {expected}", property.name))
    })?;
    let matches_all =
        matches!(operator, Operator::Sw | Operator::Ew | Operator::So) && literal.is_empty();
    Ok(if matches_all { Predicate::True } else { Predicate::Compare { property, operator, value } })
}

/// A comparison with `null` of a value that exists, and so is never null.
///
/// # Errors
/// [`TextError`] if the operator is neither `eq` nor `ne`.
pub fn compare_null(text: &str, operator: Operator, term: &Term) -> Result<Predicate, TextError> {
    match operator {
        Operator::Eq => Ok(Predicate::False),
        Operator::Ne => Ok(Predicate::True),
        _ => Err(TextError::new(
            text,
            term.operator_position.0,
            "null can be compared only with eq and ne",
        )),
    }
}

fn check_operator(
    text: &str,
    property: &Property,
    operator: Operator,
    term: &Term,
) -> Result<(), TextError> {
    let (what, valid) = match property.kind {
        Kind::Text { .. } => ("text", TEXT),
        Kind::Date => ("a date", ORDERED),
        Kind::Enumeration(_) | Kind::Integer { .. } => ("a number", ORDERED),
        Kind::Boolean => ("true or false", EQUALITY),
        Kind::Id => ("a GUID", EQUALITY),
        _ => return Ok(()),
    };
    if valid.contains(&operator) {
        return Ok(());
    }
    let valid: Vec<&str> = valid.iter().map(|operator| operator.word()).collect();
    let message = format!(
        "{} is {what}, which the operator '{}' can't compare; valid are: {}",
        property.name,
        operator.word(),
        valid.join(", ")
    );
    Err(TextError::new(text, term.operator_position.0, message))
}

/// Converts `literal` to the type of `property`; the error describes the expected value.
fn convert(property: &Property, literal: &str) -> Result<Value, String> {
    match property.kind {
        Kind::Id => {
            Uuid::parse_str(literal).map(Value::Id).map_err(|_| format!("a GUID, not '{literal}'"))
        }
        Kind::Enumeration(choices) => choice(choices, literal)
            .map(Value::Integer)
            .ok_or_else(|| unknown_choice(choices, literal)),
        Kind::Integer { .. } => literal
            .trim()
            .parse()
            .map(Value::Integer)
            .map_err(|_| format!("a whole number, not '{literal}'")),
        Kind::Boolean if literal.eq_ignore_ascii_case("true") => Ok(Value::Boolean(true)),
        Kind::Boolean if literal.eq_ignore_ascii_case("false") => Ok(Value::Boolean(false)),
        Kind::Boolean => Err(format!("true or false, not '{literal}'")),
        Kind::Date => Timestamp::parse(literal)
            .map(Value::Date)
            .ok_or_else(|| format!("{DATE_EXPECTED}, not '{literal}'")),
        _ => Ok(Value::Text(literal.to_owned())),
    }
}

fn unknown_choice(choices: &[Choice], literal: &str) -> String {
    let names = choices.iter().flat_map(|choice| choice.names.iter().copied());
    format!("{}, not '{literal}'; {}", describe_choices(choices), did_you_mean(literal, names))
}
