//! Removes old audit entries.

use crate::http::State;
use crate::model::Timestamp;
use crate::store::{Act, Error, Origin, Write};
use actix_web::rt::time::interval;
use actix_web::web::Data;
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

/// Removes audit entries that are older than `days` days, at the start and then once a day.
pub async fn remove_old_audit_entries(state: Data<State>, days: u32) {
    let mut turn = interval(DAY);
    loop {
        turn.tick().await;
        match remove_all(&state, days).await {
            Ok(0) => {}
            Ok(entries) => tracing::info!(entries, days, "old audit entries were removed"),
            Err(error) => tracing::warn!(%error, "can't remove old audit entries"),
        }
    }
}

async fn remove_all(state: &State, days: u32) -> Result<usize, Error> {
    let age = i64::from(days) * i64::try_from(DAY.as_millis()).unwrap_or(i64::MAX);
    let moment = Timestamp::from_millis(Timestamp::now().millis() - age);
    // The first batch records the removal in the audit log. Batches are small, so that other writes
    // wait only briefly.
    let mut all = 0;
    loop {
        let some = move |write: &Write<'_>| {
            let removed = write.remove_old_audit_entries(moment)?;
            if removed > 0 && all == 0 {
                let detail = format!("audit entries from before {moment}");
                write.record(Act { detail, ..Act::done("let go") })?;
            }
            Ok::<_, Error>(removed)
        };
        match state.backend.store.write(Origin::command("serve"), some).await? {
            0 => return Ok(all),
            removed => all += removed,
        }
    }
}
