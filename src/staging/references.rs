//! The entities here to which an entity of a site refers by name.

use super::error::TakeError;
use super::facet::{Facet, label, labelled, parts_of};
use crate::model::{Entity, Kind, Property, field_of, is_same_folded};
use crate::store::Write;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

/// Finds the entities here to which the names in the values of an entity refer.
pub struct References<'a> {
    /// The write in which they are found.
    pub write: &'a Write<'a>,
    /// The name of the site.
    pub site: &'a str,
    /// The entity on the site.
    pub there: &'a Json,
    /// The same entity here, if there is one.
    pub here: Option<&'a Json>,
}

impl References<'_> {
    /// The body that gives an entity here these values.
    ///
    /// # Errors
    /// [`TakeError::Refused`] if it refers to an entity that does not exist here.
    pub fn body(&self, facets: &[(&'static Property, Facet)]) -> Result<Json, TakeError> {
        let mut body = Map::new();
        for (property, facet) in facets {
            body.insert(property.name.to_owned(), self.value(property, facet)?);
        }
        Ok(Json::Object(body))
    }

    fn value(&self, property: &'static Property, facet: &Facet) -> Result<Json, TakeError> {
        match (property.kind, facet) {
            (Kind::Reference(target), Facet::One(item)) => {
                self.reference(property, target, item.shown.as_str().unwrap_or_default())
            }
            (Kind::Links(target), Facet::Set(items)) => items
                .iter()
                .map(|item| {
                    self.reference(property, target, item.shown.as_str().unwrap_or_default())
                })
                .collect(),
            (Kind::Elements(_), Facet::Set(items)) => {
                items.iter().map(|item| self.element(property, &item.shown)).collect()
            }
            _ => Ok(facet.to_json()),
        }
    }

    fn element(&self, property: &'static Property, parts: &Json) -> Result<Json, TakeError> {
        let mut element = Map::new();
        for (part, value) in parts_of(property).zip(parts.as_array().into_iter().flatten()) {
            let value = match part.kind {
                Kind::Reference(target) => {
                    self.reference(property, target, value.as_str().unwrap_or_default())?
                }
                _ => value.clone(),
            };
            element.insert(part.name.to_owned(), value);
        }
        Ok(Json::Object(element))
    }

    fn reference(
        &self,
        property: &'static Property,
        target: &'static Entity,
        name: &str,
    ) -> Result<Json, TakeError> {
        Ok(json!({ "id": self.id(property, target, name)? }))
    }

    /// The id here of the entity with this name: the one to which the entity here refers already,
    /// the counterpart of the one to which the entity on the site refers, or the oldest of the
    /// name.
    fn id(
        &self,
        property: &'static Property,
        target: &'static Entity,
        name: &str,
    ) -> Result<Uuid, TakeError> {
        let snapshot = self.write.snapshot();
        let id_in = |json: &Json| id_of_named(property, target, name, json);
        if let Some(id) = self.here.and_then(id_in) {
            return Ok(id);
        }
        let site_id = id_in(self.there);
        if let Some(site_id) = site_id
            && let Some(base) = snapshot.base_of_site_id(self.site, target, site_id)?
            && snapshot.exists(target, base.id)?
        {
            return Ok(base.id);
        }
        let ids = snapshot.ids_of(target, &labelled(target, name))?;
        for id in &ids {
            match snapshot.base_of_id(self.site, target, *id)? {
                Some(base) if site_id.is_some_and(|site_id| site_id != base.site_id) => {}
                _ => return Ok(*id),
            }
        }
        let others = if ids.is_empty() { "" } else { " that is not another one on the site" };
        Err(TakeError::Refused(format!(
            "{}: there is no {} '{name}' here{others}",
            property.name, target.noun
        )))
    }
}

/// The id of the entity with this name to which a property of an entity refers.
fn id_of_named(
    property: &'static Property,
    target: &'static Entity,
    name: &str,
    entity: &Json,
) -> Option<Uuid> {
    let value = field_of(entity, property.name)?;
    let items = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
    let referred = items.iter().filter_map(|item| match property.kind {
        Kind::Elements(_) => {
            let part = parts_of(property).find(|part| matches!(part.kind, Kind::Reference(_)))?;
            field_of(item, part.name)
        }
        _ => Some(item),
    });
    let mut named = referred
        .filter(|item| label(target, item).is_some_and(|label| is_same_folded(&label, name)));
    id_of(named.next()?)
}

/// The id in the JSON of an entity.
pub fn id_of(entity: &Json) -> Option<Uuid> {
    field_of(entity, "id")?.as_str()?.parse().ok()
}
