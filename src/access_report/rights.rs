//! The rights of users on rows before and after a change, evaluated inside the transaction that
//! makes it: so the same policy code judges data that is not yet committed.

use super::rewrite::MOST_ROWS;
use super::{
    Anywhere, BATCH, Changes, Error, PATIENCE, Resource, Site, Watch, anywhere, guards_anywhere,
};
use crate::model::{Actor, Entity, REGISTRY, USER};
use crate::query::Predicate;
use crate::store::Page;
use std::collections::HashMap;
use std::time::Instant;
use uuid::Uuid;

/// The rights on a row: one bit for each action in each context.
type Held = u32;

/// The rows of one type, in the order in which rights on them are listed.
#[derive(Debug)]
struct Rows {
    entity: &'static Entity,
    names: Vec<(Uuid, String)>,
    places: HashMap<Uuid, usize>,
}

/// A user, and the user's rights on the rows of each type.
type UserRights = (Uuid, Vec<Vec<Held>>);

/// The rights of users on the rows of a watch, before a change.
#[derive(Debug)]
pub struct Rights {
    rows: Vec<Rows>,
    users: Vec<UserRights>,
    /// The users about to be changed, in their state before.
    changed_users: Vec<Actor>,
    is_complete: bool,
    has_hidden: bool,
}

impl Site<'_> {
    /// The current rights of the users of a watch on its rows.
    ///
    /// # Errors
    /// The database failed.
    pub fn rights(&self, watch: &Watch) -> Result<Rights, Error> {
        let rows: Result<Vec<Rows>, Error> =
            watch.rows.iter().map(|(entity, ids)| self.rows(entity, ids)).collect();
        let mut rights = Rights {
            rows: rows?,
            users: Vec::new(),
            changed_users: self.actors(&watch.changed_users)?,
            is_complete: watch.is_complete,
            has_hidden: watch.has_hidden,
        };
        for ids in watch.users.chunks(BATCH as usize) {
            for actor in self.actors(ids)? {
                let places = anywhere(&actor);
                let held: Result<_, Error> =
                    rights.rows.iter().map(|rows| self.held(&places, rows)).collect();
                rights.users.push((actor.id, held?));
            }
        }
        Ok(rights)
    }

    /// The differences in these rights since `before`.
    ///
    /// # Errors
    /// The database failed.
    pub fn changes_since(&self, before: &Rights) -> Result<Changes, Error> {
        let mut changes = Changes {
            complete: before.is_complete,
            has_hidden: before.has_hidden,
            ..Changes::default()
        };
        for users in before.users.chunks(BATCH as usize) {
            let ids: Vec<Uuid> = users.iter().map(|(id, _)| *id).collect();
            let actors: HashMap<Uuid, Actor> =
                self.actors(&ids)?.into_iter().map(|actor| (actor.id, actor)).collect();
            for (id, held) in users {
                let Some(actor) = actors.get(id) else { continue };
                let places = anywhere(actor);
                for (rows, before) in before.rows.iter().zip(held) {
                    self.compare_rows(&mut changes, &places, rows, before)?;
                }
                if changes.is_much() {
                    changes.complete = false;
                    return Ok(changes);
                }
            }
        }
        Ok(changes)
    }

    /// The users whose attributes for rules have changed since `before`, each before and after.
    ///
    /// # Errors
    /// The database failed.
    pub fn users_changed_since(&self, before: &Rights) -> Result<Vec<[Actor; 2]>, Error> {
        let ids: Vec<Uuid> = before.changed_users.iter().map(|actor| actor.id).collect();
        let mut after: HashMap<Uuid, Actor> =
            self.actors(&ids)?.into_iter().map(|actor| (actor.id, actor)).collect();
        let pairs = before
            .changed_users
            .iter()
            .filter_map(|before| Some([before.clone(), after.remove(&before.id)?]));
        Ok(pairs.filter(|[before, after]| before != after).collect())
    }

    /// The rights that changed users gain and lose on all rows except those of the watch.
    ///
    /// # Errors
    /// The database failed.
    pub fn changes_of_users(&self, users: &[[Actor; 2]], watch: &Watch) -> Result<Changes, Error> {
        let start = Instant::now();
        let mut changes = Changes { complete: true, ..Changes::default() };
        let left = REGISTRY.iter().copied().map(|entity| {
            let watched = watch
                .rows
                .iter()
                .filter(|(own, _)| *own == entity)
                .flat_map(|(_, ids)| ids.iter().copied());
            let watched = Predicate::negate(Predicate::has_id_among(entity, watched));
            (entity, Predicate::and([(self.readable)(entity), watched]))
        });
        let left: Vec<_> = left.collect();
        for [before, after] in users {
            let places = [before, after].map(anywhere);
            for (entity, visible) in &left {
                let [earlier, later] =
                    places.each_ref().map(|places| guards_anywhere(self.rules, places, entity));
                if earlier == later {
                    continue;
                }
                changes.has_hidden |= self.hides(entity);
                let is_too_much = self
                    .add(&mut changes, after, entity, visible, &[later, earlier].concat())?
                    .is_break();
                if is_too_much || start.elapsed() > PATIENCE {
                    changes.complete = false;
                    return Ok(changes);
                }
            }
        }
        Ok(changes)
    }

    /// The users with these ids.
    fn actors(&self, ids: &[Uuid]) -> Result<Vec<Actor>, Error> {
        let mut actors = Vec::new();
        for ids in ids.chunks(BATCH as usize) {
            let condition = Predicate::has_id_among(&USER, ids.iter().copied());
            actors.extend(self.snapshot.actors(&condition, Page { skip: 0, take: BATCH })?);
        }
        actors.iter_mut().for_each(self.situation);
        Ok(actors)
    }

    fn rows(&self, entity: &'static Entity, ids: &[Uuid]) -> Result<Rows, Error> {
        let in_question = Predicate::has_id_among(entity, ids.iter().copied());
        let condition = Predicate::and([(self.readable)(entity), in_question]);
        let found =
            self.snapshot.test_each(entity, &condition, &[], Page { skip: 0, take: MOST_ROWS })?;
        let names: Vec<(Uuid, String)> = found.into_iter().map(|row| (row.id, row.name)).collect();
        let places = names.iter().enumerate().map(|(place, (id, _))| (*id, place)).collect();
        Ok(Rows { entity, names, places })
    }

    /// The rights of a user on each of the rows.
    fn held(&self, places: &Anywhere<'_>, rows: &Rows) -> Result<Vec<Held>, Error> {
        let mut held = vec![0; rows.names.len()];
        let guards = guards_anywhere(self.rules, places, rows.entity);
        if guards.iter().all(|guard| *guard == Predicate::False) {
            return Ok(held);
        }
        let in_question = Predicate::has_id_among(rows.entity, rows.places.keys().copied());
        let page = Page { skip: 0, take: MOST_ROWS };
        for row in self.snapshot.test_each(rows.entity, &in_question, &guards, page)? {
            if let Some(place) = rows.places.get(&row.id) {
                held[*place] = packed(&row.holds);
            }
        }
        Ok(held)
    }

    fn compare_rows(
        &self,
        changes: &mut Changes,
        places: &Anywhere<'_>,
        rows: &Rows,
        before: &[Held],
    ) -> Result<(), Error> {
        let after = self.held(places, rows)?;
        for ((id, name), [before, after]) in
            rows.names.iter().zip(before.iter().zip(after).map(|(one, two)| [*one, two]))
        {
            if before != after {
                let resource = Resource { entity: rows.entity, id: *id };
                let [before, after] = [before, after].map(unpacked);
                changes.compare(&places[0], resource, name, [&before, &after]);
            }
        }
        Ok(())
    }
}

fn packed(holds: &[bool]) -> Held {
    holds.iter().enumerate().fold(0, |bits, (place, holds)| bits | Held::from(*holds) << place)
}

fn unpacked(held: Held) -> [bool; Held::BITS as usize] {
    std::array::from_fn(|place| held >> place & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Action;

    /// A user has two contexts, and a result for each action in each.
    #[test]
    fn rights_survive_the_encoding_as_bits() {
        assert!(2 * Action::ALL.len() <= Held::BITS as usize);
        let holds: Vec<bool> = (0..2 * Action::ALL.len()).map(|place| place % 3 == 0).collect();
        assert_eq!(unpacked(packed(&holds))[..holds.len()], holds);
    }
}
