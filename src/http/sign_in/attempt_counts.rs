//! The counts of an attempt to sign in, and the cookie that marks a browser in which a user has
//! signed in before.

use super::authenticate;
use crate::auth::door::Door;
use crate::auth::front::Front;
use crate::auth::throttle::{counted, device_of, keys, mark_device};
use crate::error::RequestError;
use crate::http::State;
use crate::http::extract::cookie;
use crate::http::extract::source::address;
use crate::store::{Counted, SignInKey, UserName};
use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use actix_web::cookie::time::Duration;
use std::net::IpAddr;
use uuid::Uuid;

/// The cookie with the mark.
const COOKIE: &str = "X-Patchbay-Device";

/// How long a browser keeps it.
const LASTS: Duration = Duration::days(180);

/// What an attempt to sign in is counted by.
pub struct Counts {
    /// The counts.
    pub keys: Vec<SignInKey>,
    /// The name of the browser, if the user has signed in there before.
    device: Option<String>,
}

impl Counts {
    /// Those of an attempt in the name of a user.
    ///
    /// # Errors
    /// The database failed.
    pub fn of(
        request: &HttpRequest,
        state: &State,
        name: Option<&UserName>,
    ) -> Result<Self, RequestError> {
        let Door::Front(front) = authenticate::of(request)? else {
            return Err(RequestError::internal(&"signing in is possible at the front door only"));
        };
        let limits = front.sign_in;
        if let Some(device) = known_device(request, state, name)? {
            let key = format!("device {device}");
            let keys =
                vec![counted(Counted::Browser, key, limits.user_failures, limits.wait_seconds)];
            return Ok(Self { keys, device: Some(device) });
        }
        let address = address(request);
        Ok(Self {
            keys: keys(limits, name, address, stands_for_many(front, address)),
            device: None,
        })
    }

    /// The cookie with the mark, for the browser of a user who has signed in.
    ///
    /// # Errors
    /// `Internal` if there is no randomness.
    pub fn cookie(
        &self,
        request: &HttpRequest,
        user: Uuid,
        password_hash: &str,
    ) -> Result<Cookie<'static>, RequestError> {
        let mark = mark_device(self.device.as_deref(), &user.to_string(), password_hash);
        let mark = mark.map_err(|error| RequestError::internal(&error))?;
        let mut cookie = cookie::build(request, COOKIE, &mark, "/");
        cookie.set_max_age(LASTS);
        Ok(cookie)
    }
}

/// The name of the browser that asks, if that user has signed in there before. It takes as long for
/// who is not there.
fn known_device(
    request: &HttpRequest,
    state: &State,
    name: Option<&UserName>,
) -> Result<Option<String>, RequestError> {
    // Where a page elsewhere has set another, there is none.
    let (Some(mark), Some(name)) = (cookie::value(request, COOKIE).ok().flatten(), name) else {
        return Ok(None);
    };
    let kept = state.backend.store.read(|snapshot| snapshot.kept_password(name))?;
    let (user, hash) = kept.unwrap_or_default();
    Ok(device_of(&mark, &user.to_string(), &hash))
}

/// Whether others than who signs in come from there, too: this machine's own address, and that of a
/// proxy that is trusted.
fn stands_for_many(front: &Front, address: Option<IpAddr>) -> bool {
    address.is_none_or(|address| address.is_loopback() || front.is_proxy(address))
}
