//! Hypothetical changes of entities, and what must be compared to find whose rights they change:
//! the rows on which rules may give another result, the users for whom they may, and the users who
//! are changed themselves.

use super::{Anywhere, Error, Site, anywhere, guards_anywhere};
use crate::model::{CUSTOM_PROPERTY_VALUE, Entity, Property, REGISTRY, Role, USER, Value};
use crate::query::Predicate;
use crate::store::{Page, UserName};
use std::collections::HashSet;
use std::ops::ControlFlow;
use uuid::Uuid;

/// The most rows of one type that are compared.
pub(super) const MOST_ROWS: u32 = 2_000;

/// A change of entities.
#[derive(Clone, Debug)]
pub enum Rewrite {
    /// A change of some properties of entities.
    Properties {
        /// The type.
        entity: &'static Entity,
        /// The ids.
        ids: Vec<Uuid>,
        /// The properties.
        properties: Vec<&'static Property>,
        /// The new owner, if the change sets one.
        owner: Option<UserName>,
    },
    /// A removal of the custom property definitions with these ids, with all their values.
    Definitions(Vec<Uuid>),
}

/// The rows and users to compare before and after a change.
#[derive(Debug)]
pub struct Watch {
    /// The rows on which rules may give another result.
    pub(super) rows: Vec<(&'static Entity, Vec<Uuid>)>,
    /// The users for whom they may.
    pub(super) users: Vec<Uuid>,
    /// The users who are changed themselves. For these, rules may give another result on any row.
    pub(super) changed_users: Vec<Uuid>,
    /// Whether everything is included; otherwise there are more rows than can be compared.
    pub(super) is_complete: bool,
    /// Whether there may be users or rows that the caller may not read.
    pub(super) has_hidden: bool,
}

impl Rewrite {
    /// The change of these properties, if rules can use any of them; otherwise `None`. `owner` is
    /// the new owner, if the change sets one.
    #[must_use]
    pub fn of(
        entity: &'static Entity,
        ids: Vec<Uuid>,
        names: &[&str],
        owner: Option<UserName>,
    ) -> Option<Self> {
        let own = names.iter().filter_map(|name| entity.property(name));
        let is_asked = |property: &&'static Property| {
            property.in_rules
                || entity.custom_properties().is_some_and(|values| values == *property)
        };
        let properties: Vec<&'static Property> = own.filter(is_asked).collect();
        (!properties.is_empty()).then_some(Self::Properties { entity, ids, properties, owner })
    }

    /// The properties that change.
    fn properties(&self) -> Vec<&'static Property> {
        match self {
            Self::Properties { properties, .. } => properties.clone(),
            Self::Definitions(_) => {
                REGISTRY.iter().copied().filter_map(Entity::custom_properties).collect()
            }
        }
    }
}

impl Watch {
    /// Whether there is nothing to compare.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && self.changed_users.is_empty()
    }
}

impl Site<'_> {
    /// Finds the rows and users whose rights a change may affect.
    ///
    /// # Errors
    /// The database failed.
    pub fn watch(&self, rewrite: &Rewrite) -> Result<Watch, Error> {
        let mut watch = Watch {
            rows: Vec::new(),
            users: Vec::new(),
            changed_users: Vec::new(),
            is_complete: true,
            has_hidden: self.hides(&USER),
        };
        match rewrite {
            Rewrite::Properties { entity, ids, .. } => watch.rows.push((entity, ids.clone())),
            Rewrite::Definitions(ids) => self.watch_values(&mut watch, ids)?,
        }
        self.watch_users(&mut watch)?;
        let properties = rewrite.properties();
        let owners = self.owners(rewrite)?;
        let changed: HashSet<Uuid> = watch.changed_users.drain(..).collect();
        let Watch { rows, users, changed_users, .. } = &mut watch;
        let all_seen = self.each_of_first_users(&(self.readable)(&USER), |actor| {
            let (is_owner, places) = (owners.contains(&actor.id), anywhere(actor));
            let asks = |(entity, _): &(&'static Entity, Vec<Uuid>)| {
                // A user who owns none of the rows before or after is never the owner.
                let settled = entity.owner().filter(|_| !is_owner);
                let settled = settled.map(|owner| Predicate::equals(owner, Value::Id(actor.id)));
                self.asks_about(&places, entity, &properties, &settled.unwrap_or(Predicate::True))
            };
            let is_changed = changed.contains(&actor.id);
            if is_changed || rows.iter().any(asks) {
                users.push(actor.id);
            }
            changed_users.extend(is_changed.then_some(actor.id));
            Ok(ControlFlow::Continue(()))
        })?;
        watch.is_complete &= all_seen;
        Ok(watch)
    }

    /// Whether the rights of a user on rows of `entity` depend on one of the properties, other than
    /// those that are settled.
    fn asks_about(
        &self,
        places: &Anywhere<'_>,
        entity: &'static Entity,
        properties: &[&'static Property],
        settled: &Predicate,
    ) -> bool {
        guards_anywhere(self.rules, places, entity)
            .iter()
            .any(|guard| guard.asks_about(properties, settled))
    }

    /// The users who own some of the rows before or after.
    fn owners(&self, rewrite: &Rewrite) -> Result<HashSet<Uuid>, Error> {
        let Rewrite::Properties { entity, ids, owner: Some(name), .. } = rewrite else {
            return Ok(HashSet::new());
        };
        let Some(owner) = entity.owner() else { return Ok(HashSet::new()) };
        let rows = Predicate::has_id_among(entity, ids.iter().copied());
        let mut owners: HashSet<Uuid> =
            self.snapshot.referred_to(entity, owner, &rows)?.into_iter().collect();
        // A user who does not exist, or whose name has another spelling, can't become the owner.
        if let Ok(Some(actor)) = self.snapshot.find_actor(name) {
            owners.insert(actor.id);
        }
        Ok(owners)
    }

    /// Adds the rows with values of these definitions.
    fn watch_values(&self, watch: &mut Watch, definitions: &[Uuid]) -> Result<(), Error> {
        let Some(definition) = CUSTOM_PROPERTY_VALUE.with_role(Role::Definition) else {
            return Ok(());
        };
        let of_one = Predicate::one_of(definition, definitions.iter().copied().map(Value::Id));
        for entity in REGISTRY.iter().copied() {
            if let Some(values) = entity.custom_properties() {
                self.watch_rows(watch, entity, Predicate::any(values, of_one.clone()))?;
            }
        }
        Ok(())
    }

    /// Adds the users among the rows to the changed users, and the rows that refer to them: rules
    /// can use the owner of a row.
    fn watch_users(&self, watch: &mut Watch) -> Result<(), Error> {
        let users =
            watch.rows.iter().filter(|(entity, _)| entity.is_of_users()).flat_map(|(_, ids)| ids);
        watch.changed_users = users.copied().collect();
        let ids: Vec<Value> = watch.changed_users.iter().copied().map(Value::Id).collect();
        if ids.is_empty() {
            return Ok(());
        }
        for entity in REGISTRY.iter().copied() {
            for property in entity.properties.iter().filter(|property| property.refers_to_user()) {
                self.watch_rows(watch, entity, Predicate::one_of(property, ids.clone()))?;
            }
        }
        Ok(())
    }

    /// Adds the rows that fulfil a condition, if the caller may read them.
    fn watch_rows(
        &self,
        watch: &mut Watch,
        entity: &'static Entity,
        condition: Predicate,
    ) -> Result<(), Error> {
        watch.has_hidden |= self.hides(entity);
        let condition = Predicate::and([(self.readable)(entity), condition]);
        let found = self.snapshot.test_each(
            entity,
            &condition,
            &[],
            Page { skip: 0, take: 2 * MOST_ROWS + 1 },
        )?;
        let known = watch.rows.iter().position(|(own, _)| *own == entity);
        let place = known.unwrap_or_else(|| {
            watch.rows.push((entity, Vec::new()));
            watch.rows.len() - 1
        });
        let ids = &mut watch.rows[place].1;
        let own: HashSet<Uuid> = ids.iter().copied().collect();
        let mut new = found.into_iter().map(|row| row.id).filter(|id| !own.contains(id));
        let room = (MOST_ROWS as usize).saturating_sub(ids.len());
        ids.extend(new.by_ref().take(room));
        watch.is_complete &= new.next().is_none();
        Ok(())
    }
}
