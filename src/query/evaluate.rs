//! An independent evaluation of predicates without SQL: the oracle against which tests check the
//! SQL.

use super::predicate::{Operator, Pattern, Predicate};
use crate::model::{Entity, Kind, LIST_ITEM, Property, Timestamp, Value, fold, visible_name};
use serde_json::Value as Json;
use std::cmp::Ordering;
use std::collections::HashMap;
use uuid::Uuid;

/// A row with its related rows.
#[derive(Debug, Default)]
pub(crate) struct Row {
    values: HashMap<&'static str, Value>,
    related: HashMap<&'static str, Vec<Row>>,
}

impl Row {
    /// The row that a JSON reply represents.
    pub(crate) fn from_json(entity: &'static Entity, json: &Json) -> Self {
        let mut row = Self::default();
        for property in entity.properties {
            let Some(json) = json.get(property.name) else { continue };
            match property.kind {
                Kind::Reference(target) => {
                    row.related.insert(property.name, vec![Self::from_json(target, json)]);
                }
                Kind::Links(target) | Kind::Elements(target) => {
                    let rows =
                        json.as_array().unwrap().iter().map(|json| Self::from_json(target, json));
                    row.related.insert(property.name, rows.collect());
                }
                Kind::Strings { .. } => {
                    let item = |json: &Json| Self {
                        values: HashMap::from([(LIST_ITEM.name, value(LIST_ITEM.kind, json))]),
                        related: HashMap::new(),
                    };
                    row.related
                        .insert(property.name, json.as_array().unwrap().iter().map(item).collect());
                }
                kind => {
                    row.values.insert(property.name, value(kind, json));
                }
            }
        }
        row
    }

    fn value(&self, property: &Property) -> Value {
        match property.kind {
            Kind::Reference(_) => self.related[property.name][0].values["id"].clone(),
            _ => self.values[property.name].clone(),
        }
    }
}

fn value(kind: Kind, json: &Json) -> Value {
    match kind {
        Kind::Id => Value::Id(Uuid::parse_str(json.as_str().unwrap()).unwrap()),
        Kind::Date => Value::Date(Timestamp::parse(json.as_str().unwrap()).unwrap()),
        Kind::Boolean => Value::Boolean(json.as_bool().unwrap()),
        Kind::Enumeration(_) | Kind::Integer { .. } => Value::Integer(json.as_i64().unwrap()),
        _ => Value::Text(json.as_str().unwrap().to_owned()),
    }
}

/// Whether `row` fulfils `predicate`.
pub(crate) fn holds(predicate: &Predicate, row: &Row) -> bool {
    match predicate {
        Predicate::True => true,
        Predicate::False => false,
        Predicate::And(parts) => parts.iter().all(|part| holds(part, row)),
        Predicate::Or(parts) => parts.iter().any(|part| holds(part, row)),
        Predicate::Not(part) => !holds(part, row),
        Predicate::Compare { property, operator, value } => {
            compare(property, &row.value(property), *operator, value)
        }
        Predicate::In { property, values } => {
            values.iter().any(|value| compare(property, &row.value(property), Operator::Eq, value))
        }
        Predicate::Match { property, pattern } => {
            let text = match row.value(property) {
                Value::Text(text) => text,
                Value::Id(id) => id.to_string(),
                _ => panic!("{property:?} is no text"),
            };
            let text =
                if property.is_type_name() { visible_name(&text).into_owned() } else { text };
            matches(&text, pattern)
        }
        Predicate::Any { relation, predicate } => {
            row.related[relation.name].iter().any(|row| holds(predicate, row))
        }
    }
}

fn matches(text: &str, pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Exactly(texts) => texts.iter().any(|exact| text == exact),
        Pattern::Wildcard(pattern) => {
            let (pattern, text): (Vec<char>, Vec<char>) =
                (fold(pattern).chars().collect(), fold(text).chars().collect());
            wildcard(&pattern, &text)
        }
        Pattern::Regex(regex) => regex::Regex::new(regex).unwrap().is_match(text),
    }
}

fn wildcard(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], text) => text.is_empty(),
        (['*', rest @ ..], text) => (0..=text.len()).any(|skip| wildcard(rest, &text[skip..])),
        (['?', rest @ ..], [_, text @ ..]) => wildcard(rest, text),
        (['\\', expected, rest @ ..] | [expected, rest @ ..], [first, text @ ..]) => {
            expected == first && wildcard(rest, text)
        }
        (_, []) => false,
    }
}

fn compare(property: &Property, stored: &Value, operator: Operator, expected: &Value) -> bool {
    if let (Value::Text(stored), Value::Text(expected)) = (stored, expected) {
        let (is_same, stored) =
            (property.folded(stored) == property.folded(expected), property.folded(stored));
        let expected = fold(expected);
        return match operator {
            Operator::Eq => is_same,
            Operator::Ne => !is_same,
            Operator::Sw => stored.starts_with(&expected),
            Operator::Ew => stored.ends_with(&expected),
            Operator::So => stored.contains(&expected),
            _ => panic!("text is not compared by {operator:?}"),
        };
    }
    let ordering = match (stored, expected) {
        (Value::Integer(stored), Value::Integer(expected)) => stored.cmp(expected),
        (Value::Boolean(stored), Value::Boolean(expected)) => stored.cmp(expected),
        (Value::Date(stored), Value::Date(expected)) => stored.cmp(expected),
        (Value::Id(stored), Value::Id(expected)) => stored.cmp(expected),
        other => panic!("{other:?} are not comparable"),
    };
    match operator {
        Operator::Eq => ordering == Ordering::Equal,
        Operator::Ne => ordering != Ordering::Equal,
        Operator::Gt => ordering == Ordering::Greater,
        Operator::Ge => ordering != Ordering::Less,
        Operator::Lt => ordering == Ordering::Less,
        Operator::Le => ordering != Ordering::Greater,
        _ => panic!("{operator:?} compares text"),
    }
}
