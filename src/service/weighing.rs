//! Requests that would keep the one writer, and so everybody who writes, waiting for too long are
//! refused before they reach it. By the weight of the others it is known how long a request takes,
//! and so when it gets its turn.

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

/// The guards that the writer asks of each entity that is created, changed or removed, as often as
/// it asks them.
const CREATING: &[Action] = &[Action::Create, Action::Read];
const CHANGING: &[Action] =
    &[Action::Read, Action::Read, Action::Read, Action::Update, Action::Create, Action::Create];
const REMOVING: &[Action] = &[Action::Read, Action::Read, Action::Delete];

impl UserRequest {
    /// Weighs the entities that are to be created, and refuses more than an ordinary user may
    /// create at once.
    ///
    /// # Errors
    /// 413, which says how many of them may be created at once.
    pub async fn weigh_new<'d>(
        &self,
        documents: impl Iterator<Item = &'d Document>,
    ) -> Result<Weight, RequestError> {
        let Some(Bound { most, rules }) = self.bound(CREATING).await? else {
            return Ok(Weight::default());
        };
        check_sum(most, documents.map(|document| Weight::of_new(document).plus(rules)))
    }

    /// The same for a list whose entities may be there already: those with an id may turn out to be
    /// changes.
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

    /// Weighs what is to be changed, and refuses more than an ordinary user may change at once: the
    /// entities of `entity` that the user may read and that fulfil what `condition` gives. `weigh`
    /// tells the weight of what is stored.
    ///
    /// # Errors
    /// 413, which says how many of them may be worked on at once; whatever `condition` fails with.
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

    /// Weighs what is to be removed, and refuses more than an ordinary user may remove at once, or
    /// what too many others have: the entities of `entity` that the user may read and that fulfil
    /// what `condition` gives.
    ///
    /// # Errors
    /// 413; whatever `condition` fails with. It does not say how many may be removed where others
    /// have them, because the user may not be allowed to read those others.
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

    /// Weighs an entity that is to be removed, and refuses one that too many others have. An entity
    /// that no others can have is light enough.
    ///
    /// # Errors
    /// 413.
    pub async fn weigh_removal_of_one(&self, id: Uuid) -> Result<Weight, RequestError> {
        let entity = self.entity;
        if !is_linked(entity) {
            return Ok(Weight::default());
        }
        self.weigh_removal(entity, move |_, _| Ok(Predicate::has_id(entity, id))).await
    }

    /// What bounds the request, for each of whose entities the writer asks the guards of `actions`;
    /// nothing if the user may do anything at once.
    async fn bound(&self, actions: &'static [Action]) -> Result<Option<Bound>, RequestError> {
        // Where requests may weigh anything, they still wait for their turn as long as their weight
        // asks for.
        let most = self.backend.most_weight().unwrap_or(Weight::MAX);
        let rules = |caller: &Caller| of_rules(&caller.grants(self.entity), actions);
        let caller = self.read().await?.caller;
        Ok(is_ordinary(&caller.actor).then(|| Bound { most, rules: rules(&caller) }))
    }
}

/// What the rules add to the weight of one entity, whatever is done to it.
pub fn of_rules_for_one(grants: &Grants) -> Weight {
    of_rules(grants, CHANGING)
}

/// What the rules add to the weight of each entity, for which the writer asks the guards of
/// `actions`.
fn of_rules(grants: &Grants, actions: &[Action]) -> Weight {
    let patterns: usize =
        actions.iter().map(|action| grants.guards[*action as usize].patterns()).sum();
    Weight::of_patterns(patterns as u64)
}

/// What bounds a request of an ordinary user.
struct Bound {
    /// What it may weigh.
    most: Weight,
    /// What the rules add to the weight of each entity.
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
