//! Letting go of what is older than it need be kept.

use crate::http::State;
use crate::model::Timestamp;
use crate::store::{Act, Error, Origin, Write};
use actix_web::rt::time::interval;
use actix_web::web::Data;
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

/// Once a day, from the start on, lets go of audit entries that are older than so many days.
pub async fn forget_audit(state: Data<State>, days: u32) {
    let mut turn = interval(DAY);
    loop {
        turn.tick().await;
        match forget(&state, days).await {
            Ok(0) => {}
            Ok(entries) => tracing::info!(entries, days, "old audit entries were let go"),
            Err(error) => tracing::warn!(%error, "old audit entries could not be let go"),
        }
    }
}

async fn forget(state: &State, days: u32) -> Result<usize, Error> {
    let age = i64::from(days) * i64::try_from(DAY.as_millis()).unwrap_or(i64::MAX);
    let moment = Timestamp::from_millis(Timestamp::now().millis() - age);
    // What is begun is recorded with the first of them, and goes on some at a time, for which other
    // writes need not wait long.
    let mut all = 0;
    loop {
        let some = move |write: &Write<'_>| {
            let forgotten = write.forget_audit(moment)?;
            if forgotten > 0 && all == 0 {
                let detail = format!("audit entries from before {moment}");
                write.record(Act { detail, ..Act::done("let go") })?;
            }
            Ok::<_, Error>(forgotten)
        };
        match state.backend.store.write(Origin::command("serve"), some).await? {
            0 => return Ok(all),
            forgotten => all += forgotten,
        }
    }
}
