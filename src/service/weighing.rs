//! Requests that would block the one writer for too long are refused before they reach it. The
//! weights of the other requests show how long each takes, and so when the next one gets its turn.

use super::caller::Caller;
use super::reads::LongRead;
use super::user_request::UserRequest;
use crate::access_report::is_ordinary;
use crate::error::RequestError;
use crate::model::{Action, Document, Entity};
use crate::policy::Grants;
use crate::query::Predicate;
use crate::store::{Snapshot, Stored, Weight, is_linked};
use uuid::Uuid;

/// The guards that the writer evaluates for each entity that is created, changed or deleted, each
/// as often as it is evaluated.
const CREATING: &[Action] = &[Action::Create, Action::Read];
const CHANGING: &[Action] =
    &[Action::Read, Action::Read, Action::Read, Action::Update, Action::Create, Action::Create];
const REMOVING: &[Action] = &[Action::Read, Action::Read, Action::Delete];

impl UserRequest {
    /// Weighs the entities to create, and refuses more than an ordinary user may create in one
    /// request.
    ///
    /// # Errors
    /// [`RequestError::TooHeavy`], which says how many may be created in one request.
    pub async fn weigh_new<'d>(
        &self,
        documents: impl Iterator<Item = &'d Document>,
    ) -> Result<Weight, RequestError> {
        let Some(Bound { most, rules }) = self.bound(CREATING).await? else {
            return Ok(Weight::default());
        };
        check_sum(most, documents.map(|document| Weight::of_new(document).plus(rules)))
    }

    /// As [`UserRequest::weigh_new`], for a list whose entities may exist already: those with an id
    /// may turn out to be changes.
    ///
    /// # Errors
    /// As [`UserRequest::weigh_new`].
    pub async fn weigh_new_or_changed<'d>(
        &self,
        documents: impl Iterator<Item = &'d Document>,
    ) -> Result<Weight, RequestError> {
        let Some(Bound { most, rules: creating }) = self.bound(CREATING).await? else {
            return Ok(Weight::default());
        };
        let Some(Bound { rules: changing, .. }) = self.bound(CHANGING).await? else {
            return Ok(Weight::default());
        };
        let weigh = |document: &Document| match document.id {
            None => Weight::of_new(document).plus(creating),
            Some(_) => Weight::of_replacement(document).plus(changing),
        };
        check_sum(most, documents.map(weigh))
    }

    /// Weighs the entities to change, and refuses more than an ordinary user may change in one
    /// request: the entities of `entity` that the user may read and that fulfil the result of
    /// `condition`. `weigh` computes the weight of the stored entities.
    ///
    /// # Errors
    /// [`RequestError::TooHeavy`], which says how many may be changed in one request; the error of
    /// `condition`.
    pub async fn weigh_stored(
        &self,
        entity: &'static Entity,
        condition: impl FnOnce(&Snapshot<'_>, &Caller) -> Result<Predicate, RequestError>
        + Send
        + 'static,
        weigh: impl FnOnce(Stored) -> Weight,
    ) -> Result<Weight, RequestError> {
        let Some(Bound { most, rules }) = self.bound(CHANGING).await? else {
            return Ok(Weight::default());
        };
        let stored = self.read_long(LongRead::Many, move |snapshot, caller| {
            let condition = caller.visible(entity, condition(snapshot, caller)?);
            Ok(snapshot.stored_of(entity, &condition)?)
        });
        let (stored, make_smaller) = (stored.await?, "make it smaller");
        let (all, number) = (weigh(stored).plus(rules.times(stored.entities)), stored.entities);
        let fitting = all.share_within(most, number);
        if all <= most { Ok(all) } else { Err(too_heavy(all, most, number, fitting, make_smaller)) }
    }

    /// Weighs the entities to delete, and refuses more than an ordinary user may delete in one
    /// request, or entities that too many others use: the entities of `entity` that the user may
    /// read and that fulfil the result of `condition`.
    ///
    /// # Errors
    /// [`RequestError::TooHeavy`]; the error of `condition`. If others use them, the message does
    /// not say how many may be deleted, because the user may not be allowed to read those others.
    pub async fn weigh_removal(
        &self,
        entity: &'static Entity,
        condition: impl FnOnce(&Snapshot<'_>, &Caller) -> Result<Predicate, RequestError>
        + Send
        + 'static,
    ) -> Result<Weight, RequestError> {
        let Some(Bound { most, rules }) = self.bound(REMOVING).await? else {
            return Ok(Weight::default());
        };
        let stored = self.read_long(LongRead::Many, move |snapshot, caller| {
            let removable = caller.guard(entity, Action::Delete);
            let condition =
                caller.visible(entity, Predicate::and([removable, condition(snapshot, caller)?]));
            Ok(snapshot.stored_to_remove(entity, &condition)?)
        });
        let stored = stored.await?;
        let all = Weight::of_removal(entity, stored).plus(rules.times(stored.entities));
        let number = stored.entities;
        if all <= most {
            return Ok(all);
        }
        if !is_linked(entity) {
            return Err(too_heavy(
                all,
                most,
                number,
                all.share_within(most, number),
                "remove fewer at a time",
            ));
        }
        let most = most.millis();
        Err(RequestError::TooHeavy(format!(
            "this removal would keep the database busy for more than the limit of {most} ms \
             (max-write-milliseconds); remove fewer at a time, or first take them off some of the \
             entities that use them"
        )))
    }

    /// Weighs an entity to delete, and refuses one that too many others use. An entity that others
    /// can't use is light enough.
    ///
    /// # Errors
    /// [`RequestError::TooHeavy`].
    pub async fn weigh_removal_of_one(&self, id: Uuid) -> Result<Weight, RequestError> {
        let entity = self.entity;
        if !is_linked(entity) {
            return Ok(Weight::default());
        }
        self.weigh_removal(entity, move |_, _| Ok(Predicate::has_id(entity, id))).await
    }

    /// The bound of the request, if the writer evaluates the guards of `actions` for each of its
    /// entities; `None` if the user has no bound.
    async fn bound(&self, actions: &'static [Action]) -> Result<Option<Bound>, RequestError> {
        // Without a limit on weight, requests still wait for their turn as long as their weight
        // requires.
        let most = self.backend.most_weight().unwrap_or(Weight::MAX);
        let rules = |caller: &Caller| of_rules(&caller.grants(self.entity), actions);
        let caller = self.read().await?.caller;
        Ok(is_ordinary(&caller.actor).then(|| Bound { most, rules: rules(&caller) }))
    }
}

/// The weight that the rules add to one entity, for any operation.
pub fn of_rules_for_one(grants: &Grants) -> Weight {
    of_rules(grants, CHANGING)
}

/// The weight that the rules add to each entity, if the writer evaluates the guards of `actions`
/// for it.
fn of_rules(grants: &Grants, actions: &[Action]) -> Weight {
    let patterns: usize =
        actions.iter().map(|action| grants.guards[*action as usize].patterns()).sum();
    Weight::of_patterns(patterns as u64)
}

/// The bound of a request of an ordinary user.
struct Bound {
    /// The greatest weight.
    most: Weight,
    /// The weight that the rules add to each entity.
    rules: Weight,
}

fn check_sum(most: Weight, weights: impl Iterator<Item = Weight>) -> Result<Weight, RequestError> {
    let (mut all, mut number, mut fitting) = (Weight::default(), 0, 0);
    for weight in weights {
        all = all.plus(weight);
        number += 1;
        fitting += u64::from(all <= most);
    }
    if all <= most {
        Ok(all)
    } else {
        Err(too_heavy(all, most, number, fitting, "make it smaller"))
    }
}

fn too_heavy(
    all: Weight,
    most: Weight,
    number: u64,
    fitting: u64,
    advice_for_one: &str,
) -> RequestError {
    let (all, most) = (all.millis(), most.millis());
    let advice = match (number, fitting) {
        (0 | 1, _) => advice_for_one.to_owned(),
        (_, 0) => "send fewer entities at a time, or less data with each".to_owned(),
        (number, fitting) => format!("send about {fitting} of these {number} at a time"),
    };
    RequestError::TooHeavy(format!(
        "this request would keep the database busy for about {all} ms, more than the limit of \
         {most} ms (max-write-milliseconds); {advice}"
    ))
}
