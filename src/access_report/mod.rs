//! Questions about who may do what, answered from one snapshot: why someone may or may not, who
//! may, what someone may, and what a change of the rules would change. What who asks may not read
//! is not there for him.

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

/// The site as it is at one moment, for one who asks about it.
pub struct Site<'a> {
    /// The moment.
    pub snapshot: &'a Snapshot<'a>,
    /// The rules that are in force.
    pub rules: &'a RuleSet,
    /// What who asks may read.
    pub readable: Readable<'a>,
    /// Adds to a user who is asked about from where he would come.
    pub situation: &'a dyn Fn(&mut Actor),
    /// How large filters may be.
    pub limits: Limits,
    /// The attributes that the settings say sessions bring.
    pub session_attributes: &'a [String],
}

/// Users, or resources, that one question is about at most.
pub const MOST: u32 = 10_000;

/// Users that are looked at together.
const BATCH: u32 = 500;

/// How long one question may keep the database busy.
const PATIENCE: Duration = Duration::from_secs(10);

impl Site<'_> {
    /// The user of that name, coming from where he would come.
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

    /// That there is no user of that name, with the nearest name that the caller may read.
    fn no_user(&self, name: &UserName, readable: &Predicate) -> Result<Error, Error> {
        let hidden = if *readable == Predicate::True { "" } else { ", or you may not see them" };
        let near = nearest_user(self.snapshot, readable, name)?;
        let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        Ok(Error::NotThere(format!("there is no user {name}{hidden}{hint}")))
    }

    /// What a filter selects of `entity` among what who asks may read; a blank filter selects all
    /// of it. `field` is where the filter stands.
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
        let wanted = query::bind(filter, &parsed, entity, self.readable).map_err(unparsable)?;
        Ok(Predicate::and([visible, wanted]))
    }

    /// Calls `each` with the users that fulfil `condition`, coming from where they would come, the
    /// oldest first, until it has enough. Tells whether all of them were looked at before the time
    /// was up.
    fn each_user(
        &self,
        condition: &Predicate,
        each: impl FnMut(&Actor) -> Result<ControlFlow<()>, Error>,
    ) -> Result<bool, Error> {
        self.check_number(&USER, condition)?;
        self.each_of_first_users(condition, each)
    }

    /// The same for the first users where there may be more than can be looked at.
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

    /// Refuses a question about more than can be answered in one go.
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

/// The user whose name is likely to be meant by an unknown one, among the first of those that
/// fulfil `readable`.
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

/// What a user may do to resources of a type: nothing if he is barred, whatever the rules say.
fn guards(rules: &RuleSet, actor: &Actor, entity: &'static Entity) -> Guards {
    if actor.is_barred() {
        Action::ALL.map(|_| Predicate::False)
    } else {
        rules.guards(actor, entity)
    }
}

/// A user in each place from where users can ask.
type Anywhere<'a> = [Cow<'a, Actor>; 2];

/// The user in each of these places. A user has many attributes, so only one of them is a copy.
fn anywhere(actor: &Actor) -> Anywhere<'_> {
    [Context::Management, Context::App].map(|context| {
        if actor.context == context {
            Cow::Borrowed(actor)
        } else {
            Cow::Owned(Actor { context, ..actor.clone() })
        }
    })
}

/// What a user may do to resources of a type from each place, one after the other: a rule may hold
/// in one of them only.
fn guards_anywhere(
    rules: &RuleSet,
    places: &Anywhere<'_>,
    entity: &'static Entity,
) -> Vec<Predicate> {
    places.iter().flat_map(|actor| guards(rules, actor, entity)).collect()
}

/// The names of the actions that are allowed, in QRS's order.
fn names(held: &[bool]) -> Vec<&'static str> {
    Action::held(held).map(Action::name).collect()
}
