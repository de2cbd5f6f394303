//! The resources that a rule covers (QRS reference, 6.3): a list of types, wildcards and single
//! resources.

use super::resource_types::{begin_so_elsewhere, is_known, stored};
use crate::model::{Action, Entity};
use crate::query::{Predicate, TextError};
use uuid::Uuid;

/// The resources that a rule covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceFilter(Vec<Item>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    /// `*`
    Everything,
    /// `App*`: every type whose name starts with this.
    TypesLike(String),
    /// `DataConnection_*`: every resource of the type.
    All(String),
    /// `DataConnection_<guid>`: a single resource.
    One(String, Uuid),
    /// `QmcSection_Tag`, or a type alone: no stored resource. The type is kept.
    Nothing(String),
}

/// The kinds of resource types that a filter covers. Unknown names in a rule are errors only if no
/// other site has types with these names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Coverage {
    /// Each item names a stored type, such as `Tag_*`.
    OnlyNamed,
    /// Only stored types, but an item is a wildcard such as `Data*`, or matches no resource.
    OnlyStored,
    /// Also types that only a whole QRS site has, such as `App_*`.
    Others,
}

impl ResourceFilter {
    /// Parses a resource filter.
    ///
    /// # Errors
    /// [`TextError`] with the position of the first invalid item.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let item = |part: Part<'_>| {
            parse_item(part.text).map_err(|message| TextError::new(text, part.offset, message))
        };
        parts(text).map(item).collect::<Result<_, _>>().map(Self)
    }

    /// The rows of `entity` that the filter covers, for `action`. A resource still to be created
    /// has no id that a rule could name.
    #[must_use]
    pub fn reach(&self, entity: &'static Entity, action: Action) -> Predicate {
        Predicate::or(self.0.iter().map(|item| match item {
            Item::One(kind, id) if is(entity, kind) && action != Action::Create => {
                Predicate::has_id(entity, *id)
            }
            _ if item.covers(entity) => Predicate::True,
            _ => Predicate::False,
        }))
    }

    /// The kinds of types that it covers: of all items, the one that reaches furthest decides.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        self.0.iter().map(Item::coverage).max().unwrap_or(Coverage::OnlyNamed)
    }

    /// Whether it can cover resources of this type at all.
    #[must_use]
    pub fn concerns(&self, entity: &Entity) -> bool {
        self.0.iter().any(|item| {
            item.covers(entity) || matches!(item, Item::One(kind, _) if is(entity, kind))
        })
    }
}

impl Item {
    fn covers(&self, entity: &Entity) -> bool {
        match self {
            Self::Everything => true,
            Self::TypesLike(start) => {
                entity.resource_type.to_ascii_lowercase().starts_with(&start.to_ascii_lowercase())
            }
            Self::All(kind) => is(entity, kind),
            Self::One(..) | Self::Nothing(_) => false,
        }
    }

    fn coverage(&self) -> Coverage {
        let is_stored = |kind: &str| stored(kind).is_some();
        match self {
            Self::All(kind) | Self::One(kind, _) if is_stored(kind) => Coverage::OnlyNamed,
            Self::Nothing(kind) if is_stored(kind) => Coverage::OnlyStored,
            Self::All(kind) | Self::One(kind, _) | Self::Nothing(kind) if !is_known(kind) => {
                Coverage::OnlyStored
            }
            Self::TypesLike(start) if !begin_so_elsewhere(start) => Coverage::OnlyStored,
            _ => Coverage::Others,
        }
    }
}

/// An item of a resource filter as written.
#[derive(Clone, Copy, Debug)]
pub struct Part<'t> {
    /// The byte offset of its first character.
    pub offset: usize,
    /// Its text.
    pub text: &'t str,
}

impl<'t> Part<'t> {
    /// The resource type, and the rest after it: empty, `*`, `_*`, or `_` and an id or a name.
    #[must_use]
    pub fn split(self) -> (&'t str, &'t str) {
        let is_of_type = |character: char| character.is_ascii_alphanumeric() || character == '.';
        self.text
            .split_at(self.text.find(|character| !is_of_type(character)).unwrap_or(self.text.len()))
    }
}

/// The items of a resource filter, in order.
pub fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    let mut offset = 0;
    text.split(',').map(move |part| {
        let begin = offset + part.len() - part.trim_start().len();
        offset += part.len() + 1;
        Part { offset: begin, text: part.trim() }
    })
}

fn is(entity: &Entity, kind: &str) -> bool {
    entity.resource_type.eq_ignore_ascii_case(kind)
}

fn parse_item(text: &str) -> Result<Item, String> {
    if text == "*" {
        return Ok(Item::Everything);
    }
    let (kind, rest) = Part { offset: 0, text }.split();
    if !kind.starts_with(|character: char| character.is_ascii_alphabetic()) {
        return Err(format!(
            "expected '*' or a resource type such as DataConnection_*, found '{text}'"
        ));
    }
    match (rest, rest.strip_prefix('_')) {
        ("", _) => Ok(Item::Nothing(kind.to_owned())),
        ("*", _) => Ok(Item::TypesLike(kind.to_owned())),
        ("_*", _) => Ok(Item::All(kind.to_owned())),
        (_, Some(name)) if !name.is_empty() && !name.contains(['*', '?', ' ']) => {
            let kind = kind.to_owned();
            Ok(match Uuid::parse_str(name) {
                Ok(id) => Item::One(kind, id),
                Err(_) => Item::Nothing(kind),
            })
        }
        _ => Err(format!("expected '*', '_*' or '_' and an id after {kind}, found '{rest}'")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CUSTOM_PROPERTY_DEFINITION, DATA_CONNECTION, TAG, USER};

    fn reach(text: &str, entity: &'static Entity, action: Action) -> Predicate {
        ResourceFilter::parse(text).unwrap().reach(entity, action)
    }

    #[test]
    fn covers_the_resources_that_it_names() {
        for (text, entity, all) in [
            ("*", &DATA_CONNECTION, true),
            ("DataConnection_*", &DATA_CONNECTION, true),
            ("dataconnection_*", &DATA_CONNECTION, true),
            ("Data*", &DATA_CONNECTION, true),
            ("App*, Stream_*,  Tag_*", &TAG, true),
            ("CustomProperty*", &CUSTOM_PROPERTY_DEFINITION, true),
            ("User*", &USER, true),
            ("DataConnection", &DATA_CONNECTION, false),
            ("QmcSection_DataConnection", &DATA_CONNECTION, false),
            ("App*", &DATA_CONNECTION, false),
            ("App.Object_*", &DATA_CONNECTION, false),
        ] {
            let expected = if all { Predicate::True } else { Predicate::False };
            assert_eq!(reach(text, entity, Action::Read), expected, "{text}");
        }
    }

    #[test]
    fn covers_the_right_types() {
        use Coverage::{OnlyNamed, OnlyStored, Others};
        for (text, connections, tags, coverage) in [
            ("*", true, true, Others),
            ("DataConnection_*", true, false, OnlyNamed),
            ("tag_*, dataconnection_*", true, true, OnlyNamed),
            ("Tag_649ebe2e-f582-49ee-8976-d08b43b5fd89", false, true, OnlyNamed),
            ("Data*", true, false, OnlyStored),
            ("Tag_*, Data*", true, true, OnlyStored),
            ("User*", false, false, Others),
            ("DataConection*, Tag_*", false, true, OnlyStored),
            ("DataConection_*, Tag_*", false, true, OnlyStored),
            ("DataConection_649ebe2e-f582-49ee-8976-d08b43b5fd89", false, false, OnlyStored),
            ("DataConnection", false, false, OnlyStored),
            ("Tag_finance", false, false, OnlyStored),
            ("App_*", false, false, Others),
            ("App_649ebe2e-f582-49ee-8976-d08b43b5fd89", false, false, Others),
            ("App_*, Tag_*", false, true, Others),
            ("QmcSection_Tag", false, false, Others),
        ] {
            let filter = ResourceFilter::parse(text).unwrap();
            let concerned = (filter.concerns(&DATA_CONNECTION), filter.concerns(&TAG));
            assert_eq!((concerned, filter.coverage()), ((connections, tags), coverage), "{text}");
        }
    }

    #[test]
    fn a_rule_about_a_single_resource_can_not_grant_create() {
        let one = "DataConnection_649ebe2e-f582-49ee-8976-d08b43b5fd89";
        assert!(matches!(reach(one, &DATA_CONNECTION, Action::Read), Predicate::Compare { .. }));
        assert_eq!(reach(one, &DATA_CONNECTION, Action::Create), Predicate::False);
        assert_eq!(reach(one, &TAG, Action::Read), Predicate::False);
    }

    #[test]
    fn reports_the_error_and_its_position() {
        for (text, position) in [
            ("", 1),
            ("*_*", 1),
            ("Tag_*, ?", 8),
            ("Tag_*,,App*", 7),
            ("Tag**", 1),
            ("Tag_a*", 1),
            ("1Tag", 1),
        ] {
            assert_eq!(ResourceFilter::parse(text).unwrap_err().position, position, "{text}");
        }
    }
}
