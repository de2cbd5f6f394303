//! Finds the entity here that is the same as one on a site (docs/staging.md).

use super::content::Content;
use super::error::TakeError;
use super::references::id_of;
use crate::model::{Entity, Property, text_of};
use crate::query::Predicate;
use crate::store::{Error, SelectQuery, Snapshot};
use serde_json::Value as Json;
use uuid::Uuid;

/// The entity here that is the same as one on a site.
pub enum Counterpart {
    /// There is no such entity here.
    Missing,
    /// The entity here.
    Found(Box<Found>),
    /// It was here, and was deleted. The content is what it was when both were last the same.
    Deleted {
        /// Its id here.
        id: Uuid,
        /// Its content when both were last the same.
        base: Content,
    },
    /// It is not clear which entity here is the same, for this reason.
    Unclear(String),
}

/// An entity here that is the same as one on a site.
pub struct Found {
    /// Its id here.
    pub id: Uuid,
    /// The entity in full.
    pub json: Json,
    /// Its content.
    pub content: Content,
    /// Its content when both were last the same; `None` if that is not known.
    pub base: Option<Content>,
}

/// Looks for the entities here that are the same as those of a site.
pub struct Search<'a> {
    /// The database.
    pub snapshot: &'a Snapshot<'a>,
    /// The name of the site.
    pub site: &'a str,
    /// The type of the entities.
    pub entity: &'static Entity,
}

impl Search<'_> {
    /// The entity here that is the same as the one on the site with this id: the one that was the
    /// same before, the one with the same id, or the one that the same properties identify.
    ///
    /// # Errors
    /// [`TakeError::Refused`] if the entity here can't be read; [`TakeError::Store`] if the
    /// database fails.
    pub fn find(&self, site_id: Uuid, there: &Json) -> Result<Counterpart, TakeError> {
        if let Some(base) = self.snapshot.base_of_site_id(self.site, self.entity, site_id)? {
            let content = serde_json::from_str(&base.body).unwrap_or_default();
            let content = Content::of_json(self.entity, &content);
            return Ok(match self.read(base.id)? {
                Some(json) => self.found(base.id, json, Some(content))?,
                None => Counterpart::Deleted { id: base.id, base: content },
            });
        }
        if self.is_free(site_id)?
            && let Some(json) = self.read(site_id)?
        {
            return self.found(site_id, json, None);
        }
        for key in self.entity.identifying() {
            let Some(parts) = values(&key, there) else { continue };
            match self.find_by(&key, &parts)? {
                Counterpart::Missing => {}
                other => return Ok(other),
            }
        }
        Ok(Counterpart::Missing)
    }

    fn find_by(
        &self,
        key: &[&'static Property],
        parts: &[(&'static Property, String)],
    ) -> Result<Counterpart, TakeError> {
        let ids = self.snapshot.ids_of(self.entity, parts)?;
        let mut free = Vec::new();
        for id in &ids {
            if self.is_free(*id)?
                && let Some(json) = self.read(*id)?
            {
                free.push((*id, json));
            }
        }
        let is_unique =
            self.entity.unique.iter().any(|group| key.iter().all(|own| group.contains(&own.name)));
        let noun = self.entity.noun;
        match free.len() {
            0 if is_unique && !ids.is_empty() => Ok(Counterpart::Unclear(format!(
                "the {noun} of this name here is the counterpart of another one on the site"
            ))),
            0 => Ok(Counterpart::Missing),
            1 => {
                let (id, json) = free.remove(0);
                self.found(id, json, None)
            }
            _ if self.are_alike(&free)? => {
                let (id, json) = free.remove(0);
                self.found(id, json, None)
            }
            _ => Ok(Counterpart::Unclear(format!(
                "there are several {noun}s of this name here; rename or delete all but one"
            ))),
        }
    }

    fn found(&self, id: Uuid, json: Json, base: Option<Content>) -> Result<Counterpart, TakeError> {
        let content = Content::read(self.entity, &json)?;
        // An entity that comes with each site was not changed here.
        let base = base.or_else(|| self.entity.is_own(&json).then(|| content.clone()));
        Ok(Counterpart::Found(Box::new(Found { id, json, content, base })))
    }

    /// Whether the entity with this id here is not the counterpart of one on the site.
    fn is_free(&self, id: Uuid) -> Result<bool, Error> {
        Ok(self.snapshot.base_of_id(self.site, self.entity, id)?.is_none())
    }

    fn read(&self, id: Uuid) -> Result<Option<Json>, Error> {
        let condition = Predicate::has_id(self.entity, id);
        self.snapshot.one_value(&SelectQuery::full(self.entity, condition))
    }

    /// Whether these entities have the same content, so that it does not matter which is taken.
    fn are_alike(&self, entities: &[(Uuid, Json)]) -> Result<bool, TakeError> {
        let mut contents = Vec::with_capacity(entities.len());
        for (_, json) in entities {
            contents.push(Content::read(self.entity, json)?);
        }
        Ok(contents.windows(2).all(|pair| match pair {
            [one, other] => one.is_same(other),
            _ => true,
        }))
    }
}

/// The values of identifying properties, unless one of them is empty.
fn values(key: &[&'static Property], there: &Json) -> Option<Vec<(&'static Property, String)>> {
    let value = |property: &&'static Property| {
        let text = text_of(there, property.name);
        let is_empty = text.is_empty() || text.parse::<Uuid>().is_ok_and(|id| id.is_nil());
        (!is_empty).then(|| (*property, text.to_owned()))
    };
    key.iter().map(value).collect()
}

/// The id of an entity on a site.
///
/// # Errors
/// [`TakeError::Refused`] if it has none.
pub fn site_id(there: &Json) -> Result<Uuid, TakeError> {
    id_of(there)
        .filter(|id| !id.is_nil())
        .ok_or_else(|| TakeError::Refused("the site shows it without a valid id".to_owned()))
}
