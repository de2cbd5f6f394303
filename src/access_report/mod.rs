//! Reports about access, from one snapshot: why a user may or may not do something, who may, what a
//! user may do, and what a change of the rules would change. Entities that the caller may not read
//! are treated as if they did not exist.

mod accessible;
mod administrators;
mod audit;
mod changes;
mod draft;
mod error;
mod fields;
mod folding;
mod matrix;
mod name_warnings;
mod overview;
mod resource;
mod rewrite;
mod rights;
mod roles;
mod warnings;
mod why;

pub use accessible::{AccessibleBody, AccessibleObjects};
pub use administrators::{
    grant_root, has_no_administrator, has_root_administrator, is_ordinary, is_root,
};
pub use audit::{Audit, AuditRequest};
pub use changes::{Changes, DraftChanges, DraftWarning, Triple};
pub use draft::{Draft, DraftBody, MOST_RULES};
pub use error::Error;
pub use fields::read;
pub use folding::unmatched;
pub use matrix::{AuditMatrix, MatrixRequest};
pub use name_warnings::{KnownRoles, type_warnings};
pub use overview::{ResourceAccess, UserAccess};
pub use resource::{Resource, action, entity};
pub use rewrite::{Rewrite, Watch};
pub use rights::Rights;
pub use roles::roles_of_rules;
pub use warnings::rule_warnings;
pub use why::{EvaluatedTerm, Verdict, Why};

use crate::model::{Action, Actor, Context, Entity, USER, nearest};
use crate::policy::{Guards, RuleSet};
use crate::query::{Limits, Predicate, Readable, Unparsable};
use crate::store::{Page, Snapshot, UserName};
use crate::{query, store};
use std::borrow::Cow;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// The site at one moment, as the caller of a report sees it.
pub struct Site<'a> {
    /// The snapshot.
    pub snapshot: &'a Snapshot<'a>,
    /// The rules in force.
    pub rules: &'a RuleSet,
    /// The rows that the caller may read.
    pub readable: Readable<'a>,
    /// Sets the context of a user in the report.
    pub situation: &'a dyn Fn(&mut Actor),
    /// The limits on filters.
    pub limits: Limits,
    /// The attributes that sessions provide, according to the settings.
    pub session_attributes: &'a [String],
}

/// The most users, or resources, of one report.
pub const MOST: u32 = 10_000;

/// The number of users processed together.
const BATCH: u32 = 500;

/// How long one report may keep the database busy.
const PATIENCE: Duration = Duration::from_secs(10);

impl Site<'_> {
    /// The user with this name, in the context of the report.
    fn user(&self, name: &UserName) -> Result<Actor, Error> {
        let found = match self.snapshot.find_actor(name) {
            Err(store::Error::OtherSpelling) => None,
            found => found?,
        };
        let readable = (self.readable)(&USER);
        let Some(mut actor) = found else { return Err(self.no_user(name, &readable)?) };
        if !self.snapshot.holds(&USER, actor.id, &readable)? {
            return Err(self.no_user(name, &readable)?);
        }
        (self.situation)(&mut actor);
        Ok(actor)
    }

    /// The error that no user has this name, with the nearest name that the caller may read.
    fn no_user(&self, name: &UserName, readable: &Predicate) -> Result<Error, Error> {
        let hidden = if *readable == Predicate::True { "" } else { ", or you may not see them" };
        let near = nearest_user(self.snapshot, readable, name)?;
        let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        Ok(Error::NotThere(format!("there is no user {name}{hidden}{hint}")))
    }

    /// The rows of `entity` that a filter selects among those that the caller may read; a blank
    /// filter selects all of them. `field` is the field with the filter.
    fn select(
        &self,
        entity: &'static Entity,
        field: &'static str,
        filter: &str,
    ) -> Result<Predicate, Error> {
        let visible = (self.readable)(entity);
        if filter.trim().is_empty() {
            return Ok(visible);
        }
        let unparsable = |problem| Error::Unparsable(field, Unparsable::new(filter, problem));
        let parsed = query::parse(filter, self.limits).map_err(unparsable)?;
        let filtered = query::bind(filter, &parsed, entity, self.readable).map_err(unparsable)?;
        Ok(Predicate::and([visible, filtered]))
    }

    /// Calls `each` with the users that fulfil `condition`, in the context of the report, the
    /// oldest first, until it breaks. Returns whether all of them were processed within the time
    /// limit.
    fn each_user(
        &self,
        condition: &Predicate,
        each: impl FnMut(&Actor) -> Result<ControlFlow<()>, Error>,
    ) -> Result<bool, Error> {
        self.check_number(&USER, condition)?;
        self.each_of_first_users(condition, each)
    }

    /// As [`Site::each_user`], for the first users if there may be more than one report can
    /// process.
    fn each_of_first_users(
        &self,
        condition: &Predicate,
        mut each: impl FnMut(&Actor) -> Result<ControlFlow<()>, Error>,
    ) -> Result<bool, Error> {
        let start = Instant::now();
        for skip in (0..MOST).step_by(BATCH as usize) {
            let mut actors = self.snapshot.actors(condition, Page { skip, take: BATCH })?;
            let is_last = actors.len() < BATCH as usize;
            for actor in &mut actors {
                (self.situation)(actor);
                if each(actor)?.is_break() || start.elapsed() > PATIENCE {
                    return Ok(false);
                }
            }
            if is_last {
                return Ok(true);
            }
        }
        Ok(self.snapshot.count(&USER, condition)? <= i64::from(MOST))
    }

    /// Whether there may be entities of a type that the caller may not read.
    fn hides(&self, entity: &'static Entity) -> bool {
        (self.readable)(entity) != Predicate::True
    }

    /// Rejects a report about too many entities.
    fn check_number(&self, entity: &'static Entity, condition: &Predicate) -> Result<(), Error> {
        let number = self.snapshot.count(entity, condition)?;
        if number > i64::from(MOST) {
            return Err(Error::TooMuch(format!(
                "{number} entities of type {} are too many for one request; at most {MOST} are \
                 allowed, so use a filter",
                entity.resource_type
            )));
        }
        Ok(())
    }
}

/// The user whose name is probably meant by an unknown one, among the first of those that fulfil
/// `readable`.
///
/// # Errors
/// The database failed.
pub fn nearest_user(
    snapshot: &Snapshot<'_>,
    readable: &Predicate,
    name: &UserName,
) -> Result<Option<String>, store::Error> {
    let users = snapshot.actors(readable, Page { skip: 0, take: MOST })?;
    let names: Vec<String> = users.iter().map(Actor::name).collect();
    Ok(nearest(&name.to_string(), names.iter().map(String::as_str)).map(ToOwned::to_owned))
}

/// The rights of a user on resources of a type: none if the user is barred, whatever the rules say.
fn guards(rules: &RuleSet, actor: &Actor, entity: &'static Entity) -> Guards {
    if actor.is_barred() {
        Action::ALL.map(|_| Predicate::False)
    } else {
        rules.guards(actor, entity)
    }
}

/// A user in each context.
type Anywhere<'a> = [Cow<'a, Actor>; 2];

/// The user in each context. A user has many attributes, so only one of them is a copy.
fn anywhere(actor: &Actor) -> Anywhere<'_> {
    [Context::Management, Context::App].map(|context| {
        if actor.context == context {
            Cow::Borrowed(actor)
        } else {
            Cow::Owned(Actor { context, ..actor.clone() })
        }
    })
}

/// The rights of a user on resources of a type, first in one context, then in the other: a rule may
/// apply in only one.
fn guards_anywhere(
    rules: &RuleSet,
    places: &Anywhere<'_>,
    entity: &'static Entity,
) -> Vec<Predicate> {
    places.iter().flat_map(|actor| guards(rules, actor, entity)).collect()
}

/// The names of the allowed actions, in QRS's order.
fn names(held: &[bool]) -> Vec<&'static str> {
    Action::held(held).map(Action::name).collect()
}
