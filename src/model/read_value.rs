//! Reads the value of one property from JSON.

use super::{Choice, DATE_EXPECTED, FieldErrors, Syntax, Timestamp, excerpt};
use serde_json::{Number, Value as Json};

/// The most characters of an invalid text that a message repeats.
pub(super) const SHOWN: usize = 40;

/// Reads a text. As in QRS's JSON reader, a number or a truth value in place of a text becomes its
/// JSON text.
pub(super) fn read_text(json: Json) -> Result<String, FieldErrors> {
    match json {
        Json::String(text) if text.contains('\0') => {
            Err(FieldErrors::one("", "must not contain the NUL character"))
        }
        Json::String(text) => Ok(text),
        Json::Bool(value) => Ok(value.to_string()),
        Json::Number(number) if is_exact(&number) => Ok(number.to_string()),
        other => Err(FieldErrors::one("", format!("must be a string, not {}", describe(&other)))),
    }
}

/// Whether a number is kept as sent, except for zeros at its end. A whole number that is parsed as
/// floating-point had an exponent, or was too large.
fn is_exact(number: &Number) -> bool {
    const MOST_DIGITS: usize = 15;
    let is_whole = number.as_f64().is_some_and(|number| number.fract() == 0.0);
    let has_few_digits = |text: String| {
        text.bytes().filter(u8::is_ascii_digit).count() <= MOST_DIGITS && !text.contains('e')
    };
    !number.is_f64() || (!is_whole && has_few_digits(number.to_string()))
}

pub(super) fn read_checked_text(
    json: Json,
    min: usize,
    max: usize,
    syntax: Syntax,
) -> Result<String, FieldErrors> {
    let text = read_text(json)?;
    check_length(&text, min, max)?;
    match syntax {
        Syntax::Any | Syntax::Line | Syntax::TypeName | Syntax::Guid => Ok(text),
        Syntax::Identifier
            if text
                .chars()
                .all(|character| character.is_ascii_alphanumeric() || character == '_') =>
        {
            Ok(text)
        }
        Syntax::Identifier => Err(FieldErrors::one(
            "",
            format!(
                "must contain only letters, digits and underscores, not '{}'",
                excerpt(&text, SHOWN)
            ),
        )),
        Syntax::OneOf(words) => {
            let known = words.iter().find(|word| word.eq_ignore_ascii_case(&text));
            known.map(|word| (*word).to_owned()).ok_or_else(|| {
                let one_of = if words.len() == 1 { "" } else { "one of " };
                let (words, text) = (words.join(", "), excerpt(&text, SHOWN));
                FieldErrors::one("", format!("must be {one_of}{words}, not '{text}'"))
            })
        }
    }
}

/// The limits of the QRS reference count characters; a text that must not be empty must not be
/// blank either.
pub(super) fn check_length(text: &str, min: usize, max: usize) -> Result<(), FieldErrors> {
    let length = text.chars().count();
    if min > 0 && text.trim().is_empty() {
        Err(FieldErrors::one("", format!("must not be empty: it takes {min} to {max} characters")))
    } else if length > max {
        Err(FieldErrors::one(
            "",
            format!("is too long: it has {length} characters, but at most {max} are allowed"),
        ))
    } else {
        Ok(())
    }
}

pub(super) fn read_integer(json: &Json, min: i64, max: i64) -> Result<i64, FieldErrors> {
    let number = match json {
        Json::Number(number) => number.as_i64(),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| (min..=max).contains(number)).ok_or_else(|| {
        FieldErrors::one(
            "",
            format!("must be a whole number from {min} to {max}, not {}", describe(json)),
        )
    })
}

pub(super) fn read_choice(choices: &[Choice], json: &Json) -> Result<i64, FieldErrors> {
    let number = match json {
        Json::Number(number) => number.as_i64(),
        Json::String(text) => choice(choices, text),
        _ => None,
    };
    match number.filter(|number| choices.iter().any(|choice| choice.number == *number)) {
        Some(number) => Ok(number),
        None => Err(FieldErrors::one(
            "",
            format!("must be one of {}, not {}", describe_choices(choices), describe(json)),
        )),
    }
}

/// The number that `text` stands for: one of its names, or its digits.
#[must_use]
pub fn choice(choices: &[Choice], text: &str) -> Option<i64> {
    let named = choices
        .iter()
        .find(|choice| choice.names.iter().any(|name| name.eq_ignore_ascii_case(text)));
    named.map(|choice| choice.number).or_else(|| text.trim().parse().ok())
}

/// The numbers of an enumeration with their names, for messages.
#[must_use]
pub fn describe_choices(choices: &[Choice]) -> String {
    let choices: Vec<String> = choices
        .iter()
        .map(|choice| format!("{} ({})", choice.number, choice.names.join(", ")))
        .collect();
    choices.join(", ")
}

pub(super) fn read_boolean(json: &Json) -> Result<bool, FieldErrors> {
    match json {
        Json::Bool(value) => Some(*value),
        Json::Number(number) => number.as_i64().map(|number| number != 0),
        Json::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Json::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
    .ok_or_else(|| FieldErrors::one("", format!("must be true or false, not {}", describe(json))))
}

pub(super) fn read_date(json: &Json) -> Result<Timestamp, FieldErrors> {
    json.as_str().and_then(Timestamp::parse).ok_or_else(|| {
        FieldErrors::one("", format!("must be {DATE_EXPECTED}, not {}", describe(json)))
    })
}

/// Describes the JSON in place of a single value; texts are truncated.
fn describe(json: &Json) -> String {
    match json {
        Json::String(text) => format!("the string '{}'", excerpt(text, SHOWN)),
        other => kind_of(other),
    }
}

/// Describes the JSON in place of an object or a list. The content of a string is not repeated: it
/// may be a whole body. Explains how PowerShell truncates nested objects.
pub(super) fn kind_of(json: &Json) -> String {
    match json {
        Json::Null => "null".to_owned(),
        Json::Bool(value) => value.to_string(),
        Json::Number(number) => format!("the number {number}"),
        Json::String(text) if text.starts_with("@{") || text.starts_with("System.") => {
            "a string (PowerShell's ConvertTo-Json truncated it: call it with -Depth 10)".to_owned()
        }
        Json::String(_) => "a string".to_owned(),
        Json::Array(_) => "an array".to_owned(),
        Json::Object(_) => "an object".to_owned(),
    }
}
