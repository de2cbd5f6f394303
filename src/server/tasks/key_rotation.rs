//! Rotates the data keys after too many uses, and counts for the metrics what each key seals.

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

/// How often the keys are checked; they are one or two rows.
const TURN: Duration = Duration::from_secs(5);

/// The least time between two rotations: a rotation itself uses the new key once for each value.
const REST: Duration = Duration::from_hours(1);

/// How often the sealed values are counted while the keys stay the same; a count reads all values.
const COUNT: Duration = Duration::from_mins(10);

/// The times at which the keys are checked. Missed times are skipped.
fn turns() -> Interval {
    let mut turns = interval(TURN);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    turns
}

/// Creates a new data key and seals everything under it, once the newest key has sealed `often`
/// times. A rotation that a restart interrupted is finished first.
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
                        "sealed secrets of the audit log can't be opened and are lost"
                    );
                }
            }
            Err(error) => {
                let why = error.into_message();
                tracing::error!(
                    why,
                    "the data key can't be rotated; the next attempt is in an hour"
                );
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

/// Counts the sealed values of each data key for the metrics, every ten minutes and after each
/// change of the keys.
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
            Ok(Err(error)) => tracing::warn!(%error, "can't count the sealed values"),
            Err(error) => tracing::warn!(%error, "can't count the sealed values"),
        }
        counted = Some((terms, Instant::now()));
    }
}

/// Counts the values of each term. Values of unknown keys count for term 0, which no key has.
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

/// The uses of each data key, the oldest first; `None` if the database can't be read at the moment.
fn uses(state: &State) -> Option<Vec<(u32, i64)>> {
    state.backend.store.read(|snapshot| Ok::<_, CommandError>(snapshot.data_key_uses()?)).ok()
}
