//! Signing in with a password: failures are throttled, and neither a reply nor its time reveals
//! whether a user exists.

use super::attempt_counts::Counts;
use super::session_cookie::{begun_cookie, check_xrfkey};
use crate::auth::session::Begun;
use crate::auth::throttle::Attempt;
use crate::error::RequestError;
use crate::http::State;
use crate::http::extract::named_user::note_user;
use crate::http::extract::source::{address, origin};
use crate::http::extract::{body, cookie};
use crate::http::middleware::refusal_audit;
use crate::model::{Actor, Timestamp};
use crate::store::{Error, Purpose, SignInKey, UserName};
use actix_web::cookie::Cookie;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::time::{Duration, Instant};
use tokio::time::sleep;
use utoipa::ToSchema;

/// How long an attempt waits for pending ones, which end as fast as the machine checks passwords.
const LONG_PATIENCE: Duration = Duration::from_secs(30);

/// An attempt that is possible within `SOON` seconds waits up to `PATIENCE` instead of being
/// refused.
const SOON: i64 = 2;
const PATIENCE: Duration = Duration::from_millis(1_500);

/// How often a waiting attempt tries again.
const BETWEEN: Duration = Duration::from_millis(50);

/// Maximum length of a body with a name and a password, in bytes.
pub const LONGEST_CREDENTIALS: usize = 16 * 1024;

/// The credentials of a sign-in.
pub struct Credentials {
    /// `DIRECTORY\userid`.
    pub user: String,
    /// The password.
    pub password: SecretString,
}

/// The body of a sign-in.
#[derive(Deserialize, ToSchema)]
pub struct LoginBody {
    /// The user, as `DIRECTORY\userid`.
    user: String,
    #[schema(write_only)]
    password: String,
}

/// The user, and the end of the session that has begun.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoginReply {
    /// The user, as `DIRECTORY\userid`.
    user: String,
    /// The end of the session.
    expires_date: String,
}

/// `POST /login`: begins a session with a password.
pub async fn login(
    request: HttpRequest,
    payload: Payload,
    state: Data<State>,
) -> Result<HttpResponse, RequestError> {
    check_xrfkey(&request)?;
    let credentials = body::read(&request, payload, LONGEST_CREDENTIALS, read).await?;
    let SignedIn { user, begun, cookies } = sign_in(&request, &state, credentials).await?;
    let mut reply = HttpResponse::Ok()
        .json(LoginReply { user: user.name(), expires_date: begun.expires_date().to_string() });
    cookies.iter().try_for_each(|cookie| cookie::set(&mut reply, cookie))?;
    Ok(reply)
}

/// A successful sign-in.
pub struct SignedIn {
    /// The user.
    user: Actor,
    /// The new session.
    begun: Begun,
    /// The cookies for the browser: that of the session, and the device cookie.
    pub cookies: [Cookie<'static>; 2],
}

/// Begins a session with a password.
///
/// # Errors
/// `Unauthorized` if the password is wrong, or the user is unknown, inactive or blacklisted;
/// `TooMany` if the attempt must wait.
pub async fn sign_in(
    request: &HttpRequest,
    state: &State,
    credentials: Credentials,
) -> Result<SignedIn, RequestError> {
    let Right { user, password_hash, counts, attempt } = check(request, state, credentials).await?;
    let name = user_name(&user);
    let begun = Begun::new(address(request))?;
    let cookies = [begun_cookie(request, &begun), counts.cookie(request, user.id, &password_hash)?];
    let (kept, counted) = (begun.clone(), attempt.counts.clone());
    let bounds = state.backend.bounds_of(&user, Purpose::SignIn);
    let write = state.backend.store.write_within(origin(request, &name), bounds, move |write| {
        let has_begun = kept.keep(write, user.id, &password_hash)?;
        if has_begun {
            write.succeed_sign_in(&counted)?;
        }
        Ok::<_, Error>(has_begun.then_some(user))
    });
    // The password may have changed while it was checked.
    let written = write.await;
    drop(attempt);
    let user = written?.ok_or_else(|| wrong(request))?;
    Ok(SignedIn { user, begun, cookies })
}

/// Checks the user's password again, before an action that must not be possible in a stolen
/// session.
///
/// # Errors
/// `Unauthorized` if the password is wrong, or the user is inactive or blacklisted; `TooMany` if
/// the attempt must wait.
pub async fn confirm(
    request: &HttpRequest,
    state: &State,
    credentials: Credentials,
) -> Result<(), RequestError> {
    let Right { user, attempt, .. } = check(request, state, credentials).await?;
    let counted = attempt.counts.clone();
    let write = state.backend.store.write(origin(request, &user.name()), move |write| {
        Ok::<_, RequestError>(write.succeed_sign_in(&counted)?)
    });
    let written = write.await;
    drop(attempt);
    written
}

/// Valid credentials.
struct Right {
    user: Actor,
    password_hash: String,
    counts: Counts,
    /// To be kept until the success is recorded.
    attempt: Attempt,
}

/// Checks credentials. The attempt counts as failed until its success is recorded.
async fn check(
    request: &HttpRequest,
    state: &State,
    credentials: Credentials,
) -> Result<Right, RequestError> {
    let name: Option<UserName> = credentials.user.parse().ok();
    let counts = Counts::of(request, state, name.as_ref())?;
    let attempt = count_attempt(request, state, &counts.keys).await?;
    let found = find(state, name.as_ref())?;
    let kept = found.as_ref().map(|(_, hash)| hash.clone());
    let is_right = state.passwords.verify(credentials.password, kept).await?;
    if let Some((actor, _)) = &found {
        note_user(request, &user_name(actor));
    }
    let found = found.filter(|(actor, _)| is_right && !actor.is_barred());
    let (user, password_hash) = found.ok_or_else(|| {
        state.metrics.note_sign_in_failure();
        refusal_audit::note_wrong_password(request);
        wrong(request)
    })?;
    Ok(Right { user, password_hash, counts, attempt })
}

fn user_name(actor: &Actor) -> UserName {
    UserName { user_directory: actor.user_directory.clone(), user_id: actor.user_id.clone() }
}

/// The error for a wrong password, an unknown user, a user without a password, and one who is
/// inactive or blacklisted. It is the same for all.
fn wrong(request: &HttpRequest) -> RequestError {
    tracing::warn!(
        address = address(request).map(|address| address.to_string()),
        "a sign-in was refused"
    );
    RequestError::Unauthorized("the user or the password is wrong".to_owned())
}

/// Counts an attempt as failed until it succeeds. If only pending attempts stand in its way, it
/// waits for them: a user may sign in several times simultaneously.
async fn count_attempt(
    request: &HttpRequest,
    state: &State,
    keys: &[SignInKey],
) -> Result<Attempt, RequestError> {
    let (start, under_way) = (Instant::now(), &state.passwords.under_way);
    loop {
        // A pending attempt that ends during the next call was in the way, too.
        let were_others = under_way.has_any(keys);
        let seconds = match try_to_count(request, state, keys).await {
            Err(RequestError::TooMany(seconds)) => seconds,
            counted => return counted,
        };
        let patience = match seconds {
            _ if were_others || under_way.has_any(keys) => LONG_PATIENCE,
            ..=SOON => PATIENCE,
            _ => Duration::ZERO,
        };
        if start.elapsed() >= patience {
            return Err(RequestError::TooMany(seconds));
        }
        sleep(BETWEEN).await;
    }
}

async fn try_to_count(
    request: &HttpRequest,
    state: &State,
    keys: &[SignInKey],
) -> Result<Attempt, RequestError> {
    let now = Timestamp::now();
    // Checked by a reader first, so that throttled attempts don't occupy the writer.
    if let Some(seconds) = state.backend.store.read(|snapshot| snapshot.sign_in_wait(keys, now))? {
        return Err(RequestError::TooMany(seconds));
    }
    let (counted, under_way) = (keys.to_vec(), state.passwords.under_way.clone());
    let write = state.backend.store.write(origin(request, &"-"), move |write| {
        // It is pending before others can see the count.
        Ok::<_, Error>(write.attempt_sign_in(&counted, now)?.map(|counts| under_way.begin(counts)))
    });
    write.await?.map_err(RequestError::TooMany)
}

fn read(json: Json) -> Result<Credentials, RequestError> {
    // A more precise message could repeat the password.
    let wrong =
        || RequestError::BadRequest("the body must have the strings user and password".to_owned());
    // serde would take a list of two strings as well.
    let fields = Some(json).filter(Json::is_object).ok_or_else(wrong)?;
    let LoginBody { user, password } = serde_json::from_value(fields).map_err(|_| wrong())?;
    Ok(Credentials { user, password: SecretString::from(password) })
}

/// The user with this name and the hash of the user's password, if there is one.
fn find(state: &State, name: Option<&UserName>) -> Result<Option<(Actor, String)>, RequestError> {
    let Some(name) = name else { return Ok(None) };
    state.backend.store.read(|snapshot| {
        let actor = match snapshot.find_actor(name) {
            // For the client, this is an unknown user.
            Err(Error::OtherSpelling) => None,
            found => found?,
        };
        let Some(actor) = actor else { return Ok(None) };
        Ok(snapshot.password_hash(actor.id)?.map(|hash| (actor, hash)))
    })
}
