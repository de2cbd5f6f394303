//! The counts of an attempt to sign in, and the device cookie of a browser in which a user has
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

/// The name of the device cookie.
const COOKIE: &str = "X-Patchbay-Device";

/// How long a browser keeps the cookie.
const LASTS: Duration = Duration::days(180);

/// The counts of an attempt to sign in.
pub struct Counts {
    /// The keys of the counts.
    pub keys: Vec<SignInKey>,
    /// The name in the device cookie, if the user has signed in in this browser before.
    device: Option<String>,
}

impl Counts {
    /// The counts of an attempt in the name of a user.
    ///
    /// # Errors
    /// If the database fails.
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
        Ok(Self { keys: keys(limits, name, address, is_shared(front, address)), device: None })
    }

    /// The device cookie for the browser of a user who has signed in.
    ///
    /// # Errors
    /// `Internal` if the system's random number generator fails.
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

/// The name in the device cookie, if it is valid for this user. The check takes equally long for
/// unknown users.
fn known_device(
    request: &HttpRequest,
    state: &State,
    name: Option<&UserName>,
) -> Result<Option<String>, RequestError> {
    // Two different cookies, one of which a page of another site may have set, count as none.
    let (Some(mark), Some(name)) = (cookie::value(request, COOKIE).ok().flatten(), name) else {
        return Ok(None);
    };
    let kept = state.backend.store.read(|snapshot| snapshot.kept_password(name))?;
    let (user, hash) = kept.unwrap_or_default();
    Ok(device_of(&mark, &user.to_string(), &hash))
}

/// Whether many users share an address: that of this machine, or of a trusted proxy.
fn is_shared(front: &Front, address: Option<IpAddr>) -> bool {
    address.is_none_or(|address| address.is_loopback() || front.is_proxy(address))
}
