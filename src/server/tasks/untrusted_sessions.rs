//! Ends sessions whose header or JSON Web Token is no longer trusted.

use crate::config::Settings;
use crate::store::{Origin, Snapshot, Store, Write};

/// Ends the sessions that were started by a header or a token that is no longer trusted, so that
/// they stay ended if it is trusted again. If the database can't be written, the sessions remain
/// stored but are not accepted.
pub fn end_without_source(store: &Store, settings: &Settings) {
    let sources =
        settings.front.as_ref().map(|front| front.takes.session_sources()).unwrap_or_default();
    let ended = match store
        .read(|snapshot: &Snapshot<'_>| snapshot.has_derived_sessions_beside(&sources))
    {
        Ok(true) => store.write_blocking(Origin::command("serve"), move |write: &Write<'_>| {
            write.end_derived_sessions_beside(&sources)
        }),
        other => other.map(|_| 0),
    };
    match ended {
        Ok(0) => {}
        Ok(sessions) => {
            tracing::info!(
                sessions,
                "ended the sessions whose header or JSON Web Token is no longer trusted"
            );
        }
        Err(error) => {
            tracing::warn!(%error, "sessions whose header or JSON Web Token is no longer trusted \
                                    can't be deleted yet; they are not accepted");
        }
    }
}
