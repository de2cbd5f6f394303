//! What Patchbay stores: the entity types, declared as data, and their values.
//!
//! These declarations drive everything else: reading bodies, writing JSON, SQL, filters, orders,
//! the OpenAPI document. This room does no I/O and uses no other room.

mod action;
mod actor;
mod allowed_values;
mod audit_entry;
mod characters;
mod common_properties;
mod custom_property_definition;
mod custom_property_value;
mod data_connection;
mod defines;
mod document;
mod field_errors;
mod field_path;
mod fold;
mod hidden_characters;
mod ignored;
mod json_field;
mod key;
mod list_change;
mod list_item;
mod list_limits;
mod look_ups;
mod nearest;
mod presence;
mod read;
mod read_value;
mod role;
mod schema;
mod secret_syntax;
mod secret_text;
mod selection;
mod staged;
mod staging;
mod system_rule;
mod tag;
mod timestamp;
mod user;
mod user_attribute;
mod value;
mod words;

pub use action::Action;
pub use actor::{Actor, Context};
pub use allowed_values::{Choice, Syntax};
pub use audit_entry::{AUDIT_ENTRY, AUDIT_SECRET};
pub use common_properties::{CREATED_DATE, ID, MODIFIED_BY_USER_NAME, MODIFIED_DATE};
pub use custom_property_definition::CUSTOM_PROPERTY_DEFINITION;
pub use custom_property_value::CUSTOM_PROPERTY_VALUE;
pub use data_connection::DATA_CONNECTION;
pub use defines::{Defines, ReadOnly};
pub use document::{Document, Input};
pub use field_errors::{Cause, FieldError, FieldErrors};
pub use field_path::{FieldPath, Step};
pub use fold::{earlier_fold, fold, fold_char, is_same_folded};
pub use hidden_characters::{code_point, escape_hidden, is_control, is_hidden, visible_name};
pub use json_field::{field_of, text_of};
pub use key::{Key, NaturalKey};
pub use list_change::ListChange;
pub use list_item::LIST_ITEM;
pub use list_limits::{MOST_CHOICES, MOST_ITEMS};
pub use nearest::{did_you_mean, nearest, nearest_alike};
pub use presence::{Default, Presence};
pub use read_value::{choice, describe_choices};
pub use role::Role;
pub use schema::{Entity, Kind, Property};
pub use secret_text::{MASK, holds_secret, masked, masked_json};
pub use selection::{SELECTION, SELECTION_ITEM};
pub use staged::staged;
pub use staging::Staging;
pub use system_rule::{RuleSource, SYSTEM_RULE};
pub use tag::TAG;
pub use timestamp::{EXPECTED as DATE_EXPECTED, Timestamp};
pub use user::{OWNER, USER};
pub use user_attribute::USER_ATTRIBUTE;
pub use value::Value;
pub use words::{capitalised, counted, excerpt};

/// The entity types with their own paths below `/qrs`. A new one is a file in this room and a line
/// here (docs/adding-an-entity.md).
pub static REGISTRY: &[&Entity] = &[
    // In the order in which the console lists them.
    &DATA_CONNECTION,
    &TAG,
    &CUSTOM_PROPERTY_DEFINITION,
    &USER,
    &SYSTEM_RULE,
];

/// The entity types with secrets, which are stored sealed.
pub fn with_secrets() -> impl Iterator<Item = &'static Entity> {
    REGISTRY
        .iter()
        .copied()
        .chain([&AUDIT_SECRET])
        .filter(|entity| entity.secrets().next().is_some())
}

/// The entity types that rules can cover: those of the registry, and those that are only recorded.
pub fn governed() -> impl Iterator<Item = &'static Entity> {
    REGISTRY.iter().copied().chain([&AUDIT_ENTRY])
}

/// The entity type that QRS calls `name`, ignoring case.
///
/// # Errors
/// The end of a message that no type has this name, with the nearest one.
pub fn resource_type(name: &str) -> Result<&'static Entity, String> {
    let found =
        REGISTRY.iter().copied().find(|entity| entity.resource_type.eq_ignore_ascii_case(name));
    found.ok_or_else(|| did_you_mean(name, REGISTRY.iter().map(|entity| entity.resource_type)))
}
