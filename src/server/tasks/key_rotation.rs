//! Watching the data keys: another one takes the place of one that was used too often, and what
//! each seals is counted for the figures.

use crate::command_error::CommandError;
use crate::crypto::term_of;
use crate::http::State;
use crate::keys::{Occasion, PAUSE, Rotated, Rotation, Step};
use crate::store::{Error, Origin, Write};
use actix_web::rt::time::{Instant, Interval, interval, sleep};
use actix_web::web::{Data, block};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::MissedTickBehavior;

/// How often to look at the keys, which are a row or two.
const TURN: Duration = Duration::from_secs(5);

/// How long after a rotation there may be another: it uses the new key itself, once for each value.
const REST: Duration = Duration::from_hours(1);

/// How often to count what the keys seal, which goes through all of it, where they have not
/// changed.
const COUNT: Duration = Duration::from_mins(10);

/// When to look at the keys. What was missed while something else took long is not made up for.
fn turns() -> Interval {
    let mut turns = interval(TURN);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    turns
}

/// Makes another data key and seals everything anew under it, once the newest has sealed so often.
/// What was cut off by the end of a server is finished first.
pub async fn rotate_when_due(state: Data<State>, often: i64) {
    let mut turn = turns();
    let mut is_unfinished = true;
    loop {
        turn.tick().await;
        let Some(uses) = uses(&state).filter(|_| !state.backend.keys.is_sealed()) else { continue };
        let is_due = uses.last().is_some_and(|(_, uses)| *uses >= often);
        let is_left = is_unfinished && uses.len() > 1;
        if !(is_due || is_left) {
            is_unfinished = false;
            continue;
        }
        match rotate(&state, often).await {
            Ok(rotated) => {
                tracing::info!("{rotated}");
                if let Some(first) = rotated.lost.first(1).next() {
                    let many = rotated.lost.count();
                    tracing::warn!(
                        many,
                        first,
                        "sealed secrets of the audit log do not open, and are lost"
                    );
                }
            }
            Err(CommandError::Failure(why) | CommandError::Usage(why)) => {
                tracing::error!(why, "the data key can't be rotated; it is tried again in an hour");
                is_unfinished = true;
            }
        }
        sleep(REST).await;
    }
}

async fn rotate(state: &Data<State>, often: i64) -> Result<Rotated, CommandError> {
    let begin = {
        let state = state.clone();
        move |write: &Write<'_>| {
            let known =
                state.backend.keys.at(&write.snapshot()).map_err(|error| error.to_string())?;
            let known = known.ok_or_else(|| "the server runs sealed".to_owned())?;
            Rotation::begin(write, &known, Occasion::Used(often))
        }
    };
    let origin = || Origin::command("serve");
    let mut rotation = state.backend.store.write(origin(), begin).await?;
    loop {
        match state.backend.store.write(origin(), move |write| rotation.step(write)).await? {
            Step::More(more) => rotation = more,
            Step::Done(rotated) => return Ok(rotated),
        }
        sleep(PAUSE).await;
    }
}

/// Counts the sealed values of each data key for the figures, now and then and whenever there are
/// other keys.
pub async fn count_sealed_values(state: Data<State>) {
    let mut turn = turns();
    let mut counted: Option<(Vec<u32>, Instant)> = None;
    loop {
        turn.tick().await;
        let Some(uses) = uses(&state) else { continue };
        let terms: Vec<u32> = uses.into_iter().map(|(term, _)| term).collect();
        if counted.as_ref().is_some_and(|(known, at)| *known == terms && at.elapsed() < COUNT) {
            continue;
        }
        let count = block({
            let (state, terms) = (state.clone(), terms.clone());
            move || count(&state, &terms)
        });
        match count.await {
            Ok(Ok(values)) => state.metrics.note_sealed_values(&values),
            Ok(Err(error)) => tracing::warn!(%error, "the sealed values could not be counted"),
            Err(error) => tracing::warn!(%error, "the sealed values could not be counted"),
        }
        counted = Some((terms, Instant::now()));
    }
}

/// What no key of these seals counts for term 0, which none has.
fn count(state: &State, terms: &[u32]) -> Result<BTreeMap<u32, i64>, Error> {
    let mut values: BTreeMap<u32, i64> = terms.iter().map(|term| (*term, 0)).collect();
    state.backend.store.scan(|snapshot| {
        snapshot.each_sealed_value(|_, _, _, sealed| {
            let term = term_of(sealed).ok().filter(|term| terms.contains(term)).unwrap_or_default();
            *values.entry(term).or_default() += 1;
        })
    })?;
    Ok(values)
}

/// How often each data key has sealed, the oldest first; nothing if the database does not say just
/// now.
fn uses(state: &State) -> Option<Vec<(u32, i64)>> {
    state.backend.store.read(|snapshot| Ok::<_, CommandError>(snapshot.data_key_uses()?)).ok()
}
