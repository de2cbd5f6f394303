//! Sessions whose header or JSON Web Token is no longer trusted.

use crate::config::Settings;
use crate::store::{Origin, Snapshot, Store, Write};

/// Ends the sessions that a header or a token began which is no longer trusted, so that they stay
/// ended once it is again. While the database can't be written to, they are still there, and are
/// not accepted.
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
                "sessions have ended whose header or JSON Web Token is no longer trusted"
            );
        }
        Err(error) => {
            tracing::warn!(%error, "sessions whose header or JSON Web Token is no longer trusted \
                                    are still stored");
        }
    }
}
