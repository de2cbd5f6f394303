//! Sessions that begin by a sign-in with a trusted header or a JSON Web Token: the reply sets a
//! cookie, and clients may then send the cookie alone. The same credential gives the same cookie,
//! so a client that keeps no cookies leaves one row and costs one write.

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

/// How often a session is looked for that ends meanwhile.
const ROUNDS: usize = 3;

/// Gives the session of a sign-in to its reply, as a cookie.
///
/// # Errors
/// Whatever `next` fails with.
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
            // No cache that others use may give it to them.
            reply.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private"));
        }
    }
    Ok(reply)
}

/// A refused request begins no session, and a server that is busy is not given more to do.
fn has_signed_in(status: StatusCode) -> bool {
    let is_refused = [StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS].contains(&status);
    !is_refused && !status.is_server_error()
}

/// The cookie that gives a client the session of its sign-in, unless the client has it, or there is
/// no session.
async fn cookie_of(request: &HttpRequest, sign_in: &SignIn) -> Option<Cookie<'static>> {
    let name = session_cookie::name(request)?;
    let state = State::of(request).ok()?;
    let shown = cookie::value(request, &name).ok()?.map(|token| token_hash(&token));
    let kept =
        match timeout(TIMEOUT, find_or_begin(request, &state, sign_in, shown.as_deref())).await {
            Ok(Ok(kept)) => kept?,
            // The request itself was answered. The next one tries again.
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

/// The session of a sign-in. Of several requests that begin the same one, one does it, and the
/// others wait for it.
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
                    // It may have been evicted meanwhile, which is no harm.
                    drop(guard.insert(kept.clone()));
                }
                return Ok(kept);
            }
        }
    }
    Ok(None)
}

/// What becomes of a remembered session.
enum Check {
    /// The client needs none.
    Served,
    /// It is valid.
    Valid,
    /// It has ended, or none is remembered.
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

/// What it takes to begin a session.
struct Prepared {
    ring: Arc<KeyRing>,
    /// What finds the session of this credential.
    code: String,
    /// The session, if it is there.
    begun: Option<Session>,
    bounds: Option<Bounds>,
}

/// Finds the session of a credential in the database, or begins it. There is none while the server
/// runs without its master key, for a user who is inactive or blacklisted, and for one who began
/// too many.
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
                // A user who has used the allowance up takes none of the writer's time.
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
