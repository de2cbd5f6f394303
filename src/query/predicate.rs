//! The predicate tree, to which filters and rules are compiled: a condition on the rows of one
//! entity type, with every name resolved.

use crate::memory;
use crate::model::{Entity, Property, Value};
use std::collections::HashSet;
use uuid::Uuid;

/// A condition on a row. It is true or false, never unknown, because columns are never null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Predicate {
    /// Every row.
    True,
    /// No row.
    False,
    /// All of the parts.
    And(Vec<Predicate>),
    /// Any of the parts.
    Or(Vec<Predicate>),
    /// The negation of a predicate.
    Not(Box<Predicate>),
    /// A comparison of the property with the value. For a reference, its id is compared.
    Compare {
        /// A property of the row.
        property: &'static Property,
        /// The operator.
        operator: Operator,
        /// The value. Text is compared in its folded form.
        value: Value,
    },
    /// The property equals one of the values.
    In {
        /// A property of the row.
        property: &'static Property,
        /// The values.
        values: Vec<Value>,
    },
    /// The text matches a pattern.
    Match {
        /// A text property of the row.
        property: &'static Property,
        /// The pattern.
        pattern: Pattern,
    },
    /// The row is related to at least one row for which the predicate holds.
    Any {
        /// A reference, links, elements or list of strings of the row.
        relation: &'static Property,
        /// The condition on the related row.
        predicate: Box<Predicate>,
    },
}

/// Patterns for texts, which only rules use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// One of these texts, exactly.
    Exactly(Vec<String>),
    /// A text with wildcards, ignoring case: `*` for any number of characters, `?` for one, `\\`
    /// before either for the character itself.
    Wildcard(String),
    /// A regular expression that matches the text as a whole.
    Regex(String),
}

/// The operator of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Starts with.
    Sw,
    /// Ends with.
    Ew,
    /// Contains ("substring of").
    So,
}

impl Operator {
    /// All of them, in the order of the QRS documentation.
    pub const ALL: [Self; 9] =
        [Self::Eq, Self::Ne, Self::Gt, Self::Ge, Self::Lt, Self::Le, Self::Sw, Self::Ew, Self::So];

    /// The word for it in a filter.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
            Self::Sw => "sw",
            Self::Ew => "ew",
            Self::So => "so",
        }
    }
}

impl Predicate {
    /// The property equals the value.
    #[must_use]
    pub const fn equals(property: &'static Property, value: Value) -> Self {
        Self::Compare { property, operator: Operator::Eq, value }
    }

    /// The property equals one of `values`.
    #[must_use]
    pub fn one_of(property: &'static Property, values: impl IntoIterator<Item = Value>) -> Self {
        let mut known = HashSet::new();
        let mut values: Vec<Value> =
            values.into_iter().filter(|value| known.insert(value.clone())).collect();
        match values.len() {
            0 => Self::False,
            1 => Self::equals(property, values.remove(0)),
            _ => Self::In { property, values },
        }
    }

    /// The row of `entity` with this id.
    #[must_use]
    pub fn has_id(entity: &'static Entity, id: Uuid) -> Self {
        entity.id().map_or(Self::False, |property| Self::equals(property, Value::Id(id)))
    }

    /// The rows of `entity` with these ids.
    #[must_use]
    pub fn has_id_among(entity: &'static Entity, ids: impl IntoIterator<Item = Uuid>) -> Self {
        let ids = ids.into_iter().map(Value::Id);
        entity.id().map_or(Self::False, |property| Self::one_of(property, ids))
    }

    /// The rows of `entity` that clients can neither change nor delete.
    #[must_use]
    pub fn is_read_only(entity: &'static Entity) -> Self {
        let kept =
            entity.read_only.and_then(|kept| Some((entity.property(kept.property)?, kept.text)));
        kept.map_or(Self::False, |(property, text)| {
            Self::equals(property, Value::Text(text.to_owned()))
        })
    }

    /// The number of its comparisons. A list of values counts as one, a prefix as two: its SQL has
    /// as many parameters, plus some for the first few thousand values of short lists.
    #[must_use]
    pub fn weight(&self) -> usize {
        match self {
            Self::True | Self::False => 0,
            Self::And(parts) | Self::Or(parts) => parts.iter().map(Self::weight).sum(),
            Self::Not(part) => part.weight(),
            Self::Compare { operator: Operator::Sw, .. } => 2,
            Self::Compare { .. } | Self::Match { .. } | Self::In { .. } => 1,
            Self::Any { predicate, .. } => predicate.weight(),
        }
    }

    /// The number of its comparisons that search through a text. Each takes far longer than other
    /// comparisons.
    #[must_use]
    pub fn patterns(&self) -> usize {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().map(Self::patterns).sum(),
            Self::Not(part) => part.patterns(),
            Self::Any { predicate, .. } => predicate.patterns(),
            Self::Compare { operator: Operator::So | Operator::Ew, .. }
            | Self::Match { pattern: Pattern::Wildcard(_) | Pattern::Regex(_), .. } => 1,
            Self::True
            | Self::False
            | Self::Compare { .. }
            | Self::Match { .. }
            | Self::In { .. } => 0,
        }
    }

    /// The depth of its nesting.
    #[must_use]
    pub fn depth(&self) -> usize {
        match self {
            Self::And(parts) | Self::Or(parts) => {
                1 + parts.iter().map(Self::depth).max().unwrap_or(0)
            }
            Self::Not(part) => 1 + part.depth(),
            Self::Any { predicate, .. } => 1 + predicate.depth(),
            Self::True
            | Self::False
            | Self::Compare { .. }
            | Self::In { .. }
            | Self::Match { .. } => 1,
        }
    }

    /// The bytes that it owns, besides its own size.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let all =
            |parts: &[Self]| size_of_val(parts) + parts.iter().map(Self::bytes).sum::<usize>();
        match self {
            Self::True | Self::False => 0,
            Self::And(parts) | Self::Or(parts) => all(parts),
            Self::Not(part) => size_of::<Self>() + part.bytes(),
            Self::Compare { value, .. } => bytes_of(value),
            Self::In { values, .. } => {
                size_of_val(values.as_slice()) + values.iter().map(bytes_of).sum::<usize>()
            }
            Self::Match { pattern: Pattern::Exactly(texts), .. } => {
                texts.iter().map(|text| memory::text(text)).sum()
            }
            Self::Match { pattern: Pattern::Wildcard(text) | Pattern::Regex(text), .. } => {
                memory::text(text)
            }
            Self::Any { predicate, .. } => size_of::<Self>() + predicate.bytes(),
        }
    }

    /// The operands of an `And`; otherwise itself as the only part.
    #[must_use]
    pub fn parts(&self) -> &[Self] {
        match self {
            Self::And(parts) if !parts.is_empty() => parts,
            part => std::slice::from_ref(part),
        }
    }

    /// The operands of an `Or`; otherwise itself as the only part.
    #[must_use]
    pub fn alternatives(&self) -> &[Self] {
        match self {
            Self::Or(parts) if !parts.is_empty() => parts,
            part => std::slice::from_ref(part),
        }
    }

    /// Whether it depends only on the row itself, not on related rows.
    #[must_use]
    pub fn is_about_row(&self) -> bool {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().all(Self::is_about_row),
            Self::Not(part) => part.is_about_row(),
            Self::Any { .. } => false,
            Self::True
            | Self::False
            | Self::Compare { .. }
            | Self::In { .. }
            | Self::Match { .. } => true,
        }
    }

    /// Whether it depends on one of these properties, of the row itself or of a related row. A part
    /// that is `settled`, known to keep its value, counts as independent.
    #[must_use]
    pub fn asks_about(&self, properties: &[&'static Property], settled: &Self) -> bool {
        if self == settled {
            return false;
        }
        match self {
            Self::True | Self::False => false,
            Self::And(parts) | Self::Or(parts) => {
                parts.iter().any(|part| part.asks_about(properties, settled))
            }
            Self::Not(part) => part.asks_about(properties, settled),
            Self::Compare { property, .. }
            | Self::In { property, .. }
            | Self::Match { property, .. } => properties.contains(property),
            // `settled` applies to the row itself.
            Self::Any { relation, predicate } => {
                properties.contains(relation) || predicate.asks_about(properties, &Self::True)
            }
        }
    }
}

/// A constant, decided before any row is read.
impl From<bool> for Predicate {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

/// The bytes that a value owns, besides its own size.
fn bytes_of(value: &Value) -> usize {
    match value {
        Value::Text(text) => memory::text(text),
        _ => 0,
    }
}
