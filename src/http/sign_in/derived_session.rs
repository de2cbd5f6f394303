//! Sessions that begin with a trusted header or a JSON Web Token: the reply sets a cookie, and
//! clients may then send only the cookie. The same credential leads to the same session, so a
//! client that ignores cookies causes one row and one write.

use super::session_cookie;
use crate::auth::session::{Kept, SignIn};
use crate::auth::token::token_hash;
use crate::crypto::digest;
use crate::error::RequestError;
use crate::http::State;
use crate::http::extract::cookie;
use crate::http::extract::source::{address, origin};
use crate::keys::{KeyRing, KeyRingError};
use crate::model::Timestamp;
use crate::service::rule_cache::ReadFrom;
use crate::store::{Added, Bounds, Purpose, Session, SessionBasis, Snapshot};
use actix_web::body::MessageBody;
use actix_web::cookie::Cookie;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How long a reply waits for its session.
const TIMEOUT: Duration = Duration::from_secs(1);

/// How often the search for a session is repeated if the session found has just ended.
const ROUNDS: usize = 3;

/// Adds the session of a sign-in to its reply, as a cookie.
///
/// # Errors
/// Those of `next`.
pub async fn give_session<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut reply = next.call(request).await?;
    let sign_in = reply.request().extensions_mut().remove::<SignIn>();
    if let Some(sign_in) = sign_in.filter(|_| has_signed_in(reply.status()))
        && let Some(cookie) = cookie_of(reply.request(), &sign_in).await
    {
        cookie::set(reply.response_mut(), &cookie)?;
        if !reply.headers().contains_key(CACHE_CONTROL) {
            // Shared caches must not pass the cookie on to others.
            reply.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private"));
        }
    }
    Ok(reply)
}

/// Whether a reply may begin a session: not if the request was refused, nor if the server is busy.
fn has_signed_in(status: StatusCode) -> bool {
    let is_refused = [StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS].contains(&status);
    !is_refused && !status.is_server_error()
}

/// The cookie with the session of a sign-in; `None` if the client has it already, or no session
/// begins.
async fn cookie_of(request: &HttpRequest, sign_in: &SignIn) -> Option<Cookie<'static>> {
    let name = session_cookie::name(request)?;
    let state = State::of(request).ok()?;
    let shown = cookie::value(request, &name).ok()?.map(|token| token_hash(&token));
    let kept =
        match timeout(TIMEOUT, find_or_begin(request, &state, sign_in, shown.as_deref())).await {
            Ok(Ok(kept)) => kept?,
            // The request itself is answered; the next one tries again.
            Ok(Err(failure)) => {
                tracing::debug!(%failure, "a session could not be begun");
                return None;
            }
            Err(_) => {
                tracing::debug!("it took too long to begin a session");
                return None;
            }
        };
    let seconds = (kept.expires_date.millis() - Timestamp::now().millis()) / 1_000;
    let is_new = shown.as_deref() != Some(kept.hash.as_str());
    (is_new && seconds > 0).then(|| session_cookie::build(request, name, &kept.token, seconds))
}

/// Finds the session of a sign-in, or begins it. If several requests need the same session, one
/// begins it and the others wait.
async fn find_or_begin(
    request: &HttpRequest,
    state: &State,
    sign_in: &SignIn,
    shown: Option<&str>,
) -> Result<Option<Kept>, RequestError> {
    let credential = sign_in.credential(Timestamp::now());
    let key = digest(credential.as_bytes());
    let kept_sessions = &state.derived_sessions.kept;
    for _ in 0..ROUNDS {
        match kept_sessions.get_value_or_guard_async(key.as_str()).await {
            Ok(kept) => match state
                .backend
                .store
                .read(|snapshot| check(snapshot, sign_in, shown, Some(&kept)))?
            {
                Check::Served => return Ok(None),
                Check::Valid => return Ok(Some(kept)),
                Check::Ended => {
                    drop(kept_sessions.remove_if(key.as_str(), |other| other.hash == kept.hash));
                }
            },
            Err(guard) => {
                let check =
                    state.backend.store.read(|snapshot| check(snapshot, sign_in, shown, None))?;
                if let Check::Served = check {
                    return Ok(None);
                }
                let kept = begin(request, state, sign_in, &credential).await?;
                if let Some(kept) = &kept {
                    // The entry may be evicted already, which does no harm.
                    drop(guard.insert(kept.clone()));
                }
                return Ok(kept);
            }
        }
    }
    Ok(None)
}

/// The state of a cached session.
enum Check {
    /// The client has a session that is good enough.
    Served,
    /// The cached session is valid.
    Valid,
    /// The cached session has ended, or there is none.
    Ended,
}

fn check(
    snapshot: &Snapshot<'_>,
    sign_in: &SignIn,
    shown: Option<&str>,
    kept: Option<&Kept>,
) -> Result<Check, crate::store::Error> {
    let now = Timestamp::now();
    let hash = kept.map(|kept| kept.hash.as_str());
    if let Some(shown) = shown.filter(|shown| Some(*shown) != hash)
        && let Some(session) = snapshot.session(shown, now)?
        && sign_in.is_served_by(&session, now)
    {
        return Ok(Check::Served);
    }
    let is_valid = hash.map(|hash| snapshot.session(hash, now)).transpose()?.flatten().is_some();
    Ok(if is_valid { Check::Valid } else { Check::Ended })
}

/// The data for beginning a session.
struct Prepared {
    ring: Arc<KeyRing>,
    /// The code under which the session of this credential is stored.
    code: String,
    /// The session, if it exists already.
    begun: Option<Session>,
    bounds: Option<Bounds>,
}

/// Finds the session of a credential in the database, or begins it. Returns `None` while the server
/// runs without its master key, for an inactive or blacklisted user, and for one who has begun too
/// many.
async fn begin(
    request: &HttpRequest,
    state: &State,
    sign_in: &SignIn,
    credential: &str,
) -> Result<Option<Kept>, RequestError> {
    let Some(prepared) =
        state.backend.store.read(|snapshot| prepare(state, snapshot, sign_in, credential))?
    else {
        return Ok(None);
    };
    let Prepared { ring, code, begun, bounds } = prepared;
    let session = match begun {
        Some(session) => Some(session),
        None if !state.derived_sessions.admits(&sign_in.user) => None,
        None => {
            if let Some(bounds) = &bounds {
                // Checked here as well, so that a user who has used up the allowance does not
                // occupy the writer.
                bounds.allowance.check(Added::default())?;
            }
            let new = sign_in.begin(address(request));
            let token = ring
                .session_token(credential, &new.id.to_string())
                .map_err(|error| unusable(&error))?;
            let basis = SessionBasis {
                credential: code,
                source: sign_in.source.clone(),
                claims: sign_in.claims.clone(),
            };
            let (hash, user) = (token_hash(&token), sign_in.user.clone());
            let write =
                state.backend.store.write_within(origin(request, &user), bounds, move |write| {
                    write.begin_derived_session(&hash, &user, &new, &basis)
                });
            write.await?
        }
    };
    let Some(session) = session else { return Ok(None) };
    let token = ring
        .session_token(credential, &session.id.to_string())
        .map_err(|error| unusable(&error))?;
    Ok(Some(Kept { hash: token_hash(&token), token, expires_date: session.expires_date }))
}

fn prepare(
    state: &State,
    snapshot: &Snapshot<'_>,
    sign_in: &SignIn,
    credential: &str,
) -> Result<Option<Prepared>, RequestError> {
    let Some(ring) = state.backend.keys.at(snapshot)? else { return Ok(None) };
    let version = snapshot.versions()?.users;
    let actor = state.backend.rules.actor(snapshot, &sign_in.user, version, ReadFrom::Committed)?;
    if actor.as_ref().is_some_and(crate::model::Actor::is_barred) {
        return Ok(None);
    }
    let code = ring.credential_code(credential).map_err(|error| unusable(&error))?;
    let begun = snapshot.derived_session(&code, Timestamp::now())?;
    let bounds = actor.map_or_else(
        || Some(state.backend.bounds_of_new_user()),
        |actor| state.backend.bounds_of(&actor, Purpose::SignIn),
    );
    Ok(Some(Prepared { ring, code, begun, bounds }))
}

fn unusable(error: &KeyRingError) -> RequestError {
    RequestError::internal(error)
}
