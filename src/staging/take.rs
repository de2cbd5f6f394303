//! Takes an entity of a site over: creates or changes its counterpart here.

use super::content::Content;
use super::counterpart::{Counterpart, Found, Search, site_id};
use super::error::TakeError;
use super::facet::Facet;
use super::merge::{Merge, Preference, merge};
use super::references::References;
use super::rule_ids::with_ids_of_here;
use crate::model::{
    Actor, Document, Entity, Kind, MODIFIED_BY_USER_NAME, MODIFIED_DATE, Property, Role, Timestamp,
    field_of, text_of,
};
use crate::store::{Error, IfMatch, SiteBase, Unrestricted, Update, Write};
use serde_json::Value as Json;
use uuid::Uuid;

/// The outcome of an entity of a site.
#[derive(Debug)]
pub enum Taken {
    /// It was created here.
    Created(Uuid),
    /// Its counterpart here was changed.
    Changed(Uuid),
    /// Here is as it is there.
    Same,
    /// Only here was changed, and stays as it is.
    Kept,
    /// The site has it for itself.
    Own,
    /// It was deleted here, and is not created again.
    DeletedHere,
    /// The user has to decide.
    Undecided(Dispute),
}

/// Why a user has to decide about an entity.
#[derive(Debug)]
pub enum Dispute {
    /// Both sides have changed these properties, or differ in them from the start.
    Properties {
        /// The properties in which they differ.
        differences: Vec<Difference>,
        /// Whether both were the same once.
        was_same: bool,
        /// The user who last changed it on the site, and when.
        changed_there: String,
    },
    /// It was changed on the site, and deleted here.
    DeletedHere,
    /// It is not clear which entity here is the same, for this reason.
    Unclear(String),
}

/// A property that both sides have changed.
#[derive(Debug)]
pub struct Difference {
    /// The property.
    pub property: &'static Property,
    /// Its value when both were last the same.
    pub base: Option<Facet>,
    /// Its value there.
    pub there: Facet,
    /// Its value here.
    pub here: Facet,
}

/// Takes the entities of one site over.
pub struct Taking<'a> {
    /// The write.
    pub write: &'a Write<'a>,
    /// The name of the site.
    pub site: &'a str,
    /// The user as whom the entities are written.
    pub actor: &'a Actor,
}

impl Taking<'_> {
    /// Takes over an entity, as the site shows it in full.
    ///
    /// # Errors
    /// [`TakeError::Refused`] if it can't be stored here; [`TakeError::Store`] if the database
    /// fails.
    pub fn take(
        &self,
        entity: &'static Entity,
        there: &Json,
        preference: Preference,
    ) -> Result<Taken, TakeError> {
        if entity.is_own(there) {
            return Ok(Taken::Own);
        }
        let snapshot = self.write.snapshot();
        let site_id = site_id(there)?;
        let mut source = Content::read(entity, there)?;
        with_ids_of_here(&snapshot, self.site, &mut source)?;
        self.create_missing_users(entity, there)?;
        let one = One { taking: self, site_id, there, source, preference };
        let search = Search { snapshot: &snapshot, site: self.site, entity };
        match search.find(site_id, there)? {
            Counterpart::Missing => one.create(site_id),
            Counterpart::Found(found) => one.change(&found),
            Counterpart::Deleted { id, base } => one.deleted_here(id, &base),
            Counterpart::Unclear(why) => Ok(Taken::Undecided(Dispute::Unclear(why))),
        }
    }

    /// Creates the users to whom an entity refers, such as its owner, if they are not here: users
    /// need not be pulled themselves.
    fn create_missing_users(&self, entity: &'static Entity, there: &Json) -> Result<(), TakeError> {
        for property in entity.properties.iter().filter(|property| property.refers_to_user()) {
            let (Kind::Reference(users), Some(user)) =
                (property.kind, field_of(there, property.name))
            else {
                continue;
            };
            let within = |error| match error {
                TakeError::Refused(why) => TakeError::Refused(format!("{}: {why}", property.name)),
                error @ TakeError::Store(_) => error,
            };
            self.create_missing_user(users, user).map_err(within)?;
        }
        Ok(())
    }

    fn create_missing_user(&self, users: &'static Entity, user: &Json) -> Result<(), TakeError> {
        let snapshot = self.write.snapshot();
        let site_id = site_id(user)?;
        // Most users are known, and need not be read.
        if snapshot.base_of_site_id(self.site, users, site_id)?.is_some() {
            return Ok(());
        }
        let search = Search { snapshot: &snapshot, site: self.site, entity: users };
        match search.find(site_id, user)? {
            Counterpart::Missing => {}
            Counterpart::Found(_) | Counterpart::Deleted { .. } => return Ok(()),
            Counterpart::Unclear(why) => return Err(TakeError::Refused(why)),
        }
        let source = Content::read(users, user)?;
        let preference = Preference::Neither;
        let one = One { taking: self, site_id, there: user, source, preference };
        one.create(site_id).map(drop)
    }
}

/// One entity that is taken over.
struct One<'a> {
    taking: &'a Taking<'a>,
    site_id: Uuid,
    there: &'a Json,
    source: Content,
    preference: Preference,
}

impl One<'_> {
    /// Creates it, with this id if that is free.
    fn create(&self, id: Uuid) -> Result<Taken, TakeError> {
        let (write, entity) = (self.taking.write, self.source.entity);
        let is_free = !write.snapshot().exists(entity, id)?;
        let id = if is_free { id } else { Uuid::now_v7() };
        let body = self.references(None).body(self.source.facets())?;
        let mut document = Document::read(entity, body)?;
        document.complete(id, self.taking.actor, Timestamp::now())?;
        write.create(&Unrestricted(self.taking.actor), &document)?;
        self.put_base(id)?;
        Ok(Taken::Created(id))
    }

    fn change(&self, found: &Found) -> Result<Taken, TakeError> {
        let mut present = found.content.clone();
        let state = self.state_of_faulty(found);
        if let Some((property, state)) = &state {
            present.set(property, state.clone());
        }
        let Merge { mut set, kept, conflicts } =
            merge(found.base.as_ref(), &self.source, &present, self.preference);
        if !conflicts.is_empty() {
            return Ok(Taken::Undecided(self.dispute(found, conflicts)));
        }
        if !set.is_empty() {
            set.extend(state);
            let body = self.references(Some(&found.json)).body(&set)?;
            let mut document = Document::read(self.source.entity, body)?;
            document.set_by_change();
            let update = Update {
                id: found.id,
                document: &document,
                seen: None,
                if_match: Some(&IfMatch::Any),
            };
            self.taking.write.update(&Unrestricted(self.taking.actor), &update)?;
        }
        if !found.base.as_ref().is_some_and(|base| base.is_same(&self.source)) {
            self.put_base(found.id)?;
        }
        Ok(match (set.is_empty(), kept.is_empty()) {
            (false, _) => Taken::Changed(found.id),
            (true, false) => Taken::Kept,
            (true, true) => Taken::Same,
        })
    }

    /// The state on the site of a rule that can't be evaluated here. Such a rule is disabled here
    /// whatever its state there, which counts again as soon as the rule changes.
    fn state_of_faulty(&self, found: &Found) -> Option<(&'static Property, Facet)> {
        let entity = self.source.entity;
        entity.fault_in(&found.json)?;
        let disabled = entity.with_role(Role::Disabled)?;
        Some((disabled, self.source.get(disabled)?.clone()))
    }

    fn deleted_here(&self, id: Uuid, base: &Content) -> Result<Taken, TakeError> {
        match self.preference {
            _ if base.is_same(&self.source) => Ok(Taken::DeletedHere),
            Preference::Neither => Ok(Taken::Undecided(Dispute::DeletedHere)),
            Preference::Source => self.create(id),
            Preference::Target => {
                self.put_base(id)?;
                Ok(Taken::DeletedHere)
            }
        }
    }

    fn dispute(&self, found: &Found, conflicts: Vec<&'static Property>) -> Dispute {
        let difference = |property: &'static Property| {
            Some(Difference {
                property,
                base: found.base.as_ref().and_then(|base| base.get(property)).cloned(),
                there: self.source.get(property)?.clone(),
                here: found.content.get(property)?.clone(),
            })
        };
        let changed_there = [MODIFIED_BY_USER_NAME, MODIFIED_DATE]
            .map(|property| text_of(self.there, property.name))
            .into_iter()
            .filter(|text| !text.is_empty());
        Dispute::Properties {
            differences: conflicts.into_iter().filter_map(difference).collect(),
            was_same: found.base.is_some(),
            changed_there: changed_there.collect::<Vec<_>>().join(", "),
        }
    }

    fn references<'a>(&'a self, here: Option<&'a Json>) -> References<'a> {
        References { write: self.taking.write, site: self.taking.site, there: self.there, here }
    }

    fn put_base(&self, id: Uuid) -> Result<(), Error> {
        let base = SiteBase { id, site_id: self.site_id, body: self.source.to_json().to_string() };
        self.taking.write.put_base(self.taking.site, self.source.entity, &base)
    }
}
