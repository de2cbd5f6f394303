//! Resolves the names of a path in the declared entities.

use super::filter::{Path, Segment};
use super::text_error::TextError;
use crate::model::{Entity, Kind, LIST_ITEM, Property, did_you_mean};

/// A path with its names resolved: the relations to follow, and the end.
pub struct Resolved {
    /// The relations from the row to the end of the path.
    pub steps: Vec<&'static Property>,
    /// The value to compare.
    pub end: End,
}

/// The end of a path.
pub enum End {
    /// A property of the last row.
    Property(&'static Property),
    /// The last relation itself, as in `owner eq null`.
    Relation,
    /// The values of the custom property with this name; the last step is the relation to them.
    CustomProperty(String),
}

/// Resolves `path`, starting from `entity`.
///
/// # Errors
/// [`TextError`] for the first unknown name, with the nearest valid one.
pub fn resolve(text: &str, path: &Path, entity: &'static Entity) -> Result<Resolved, TextError> {
    let mut steps = Vec::new();
    let mut at = Some(entity);
    let mut end = End::Relation;
    let mut previous = entity.resource_type;
    for segment in &path.0 {
        let Some(entity) = at else {
            let message = format!("{previous} has no properties of its own");
            return Err(TextError::new(text, segment.position.0, message));
        };
        let property = find(text, segment, entity)?;
        previous = property.name;
        at = target(property);
        end = match property.kind {
            _ if segment.is_custom_property => {
                at = None;
                steps.push(property);
                End::CustomProperty(segment.name.clone())
            }
            Kind::Strings { .. } => {
                steps.push(property);
                End::Property(&LIST_ITEM)
            }
            Kind::Reference(_) | Kind::Links(_) | Kind::Elements(_) => {
                steps.push(property);
                End::Relation
            }
            _ => End::Property(property),
        };
    }
    Ok(Resolved { steps, end })
}

/// The entity type at the other end of a relation.
pub const fn target(relation: &Property) -> Option<&'static Entity> {
    match relation.kind {
        Kind::Reference(entity) | Kind::Links(entity) | Kind::Elements(entity) => Some(entity),
        _ => None,
    }
}

/// The names that a path may use at `entity`: all except secrets.
pub fn names(entity: &'static Entity) -> impl Iterator<Item = &'static str> {
    let custom = entity.custom_properties().map(|_| "@Name");
    entity.full().map(|property| property.name).chain(custom)
}

fn find(
    text: &str,
    segment: &Segment,
    entity: &'static Entity,
) -> Result<&'static Property, TextError> {
    let problem = |message: String| TextError::new(text, segment.position.0, message);
    if segment.is_custom_property {
        return entity
            .custom_properties()
            .ok_or_else(|| problem(format!("a {} has no custom properties", entity.noun)));
    }
    match entity.property(&segment.name) {
        Some(Property { name, kind: Kind::Secret { .. }, .. }) => {
            Err(problem(format!("{name} is secret: it can't be used in filters or for sorting")))
        }
        Some(property) => Ok(property),
        None => {
            let hint = did_you_mean(&segment.name, names(entity));
            Err(problem(format!(
                "{} has no property '{}'; {hint}",
                entity.resource_type, segment.name
            )))
        }
    }
}
