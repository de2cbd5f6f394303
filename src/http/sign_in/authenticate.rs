//! Authentication at the doors: with a client certificate and `X-Qlik-User` at the direct door, and
//! with the credentials of users and programs at the front door.

use super::trusted_header::by_header;
use super::{bearer, session_cookie};
use crate::auth::credential::{Claim, Credential, FromHub, Scope, Visitor};
use crate::auth::door::Door;
use crate::auth::front::Front;
use crate::auth::security_header::SecurityHeader;
use crate::error::RequestError;
use crate::http::State;
use crate::http::extract::qlik_user;
use crate::http::middleware::hub_header;
use crate::model::Context;
use actix_web::{HttpMessage, HttpRequest};

/// The door at which a request arrived.
///
/// # Errors
/// Never fails in practice: `Internal` if the server was built without a door.
pub fn of(request: &HttpRequest) -> Result<&Door, RequestError> {
    request.app_data::<Door>().ok_or_else(|| RequestError::internal(&"the server has no door"))
}

/// Authenticates a request.
///
/// # Errors
/// `Unauthorized` if the request has no valid credential for this door.
pub fn check(door: &Door, request: &HttpRequest, state: &State) -> Result<Proof, RequestError> {
    match door {
        Door::Direct => {
            qlik_user::check_certificate(request, &state.clients).map(|()| Proof::Certificate)
        }
        Door::Front(front) => {
            let visitor = visitor(front, request, state)?;
            let context = visitor.context.unwrap_or(front.context);
            Ok(Proof::Visitor(visitor, context))
        }
    }
}

/// How a request was authenticated.
pub enum Proof {
    /// A client certificate. The request itself names the user that it acts for.
    Certificate,
    /// A visitor at the front door, and the default context.
    Visitor(Visitor, Context),
}

impl Proof {
    /// The user and the context of a request. At the front door, requests can't choose their user
    /// or their attributes.
    ///
    /// # Errors
    /// `Unauthorized` if it names no user; `BadRequest` if `X-Qlik-Security` is malformed.
    pub fn claim(self, request: &HttpRequest) -> Result<Claim, RequestError> {
        let security = security_header(request)?;
        match self {
            Self::Certificate => {
                let user = qlik_user::user(request)?;
                let from_hub = FromHub::default();
                Ok(Claim {
                    user,
                    security,
                    scope: Scope::All,
                    credential: Credential::Certificate,
                    from_hub,
                })
            }
            Self::Visitor(Visitor { user, scope, credential, attributes, .. }, context) => {
                let security = security.of_visitor(context, attributes)?;
                Ok(Claim {
                    user,
                    security,
                    scope,
                    credential,
                    from_hub: hub_header::note_for(request),
                })
            }
        }
    }
}

/// Parses `X-Qlik-Security`; empty if there is no such header.
fn security_header(request: &HttpRequest) -> Result<SecurityHeader, RequestError> {
    let Some(header) = request.headers().get(SecurityHeader::NAME) else {
        return Ok(SecurityHeader::default());
    };
    SecurityHeader::of_header(header.to_str().ok())
}

/// The user of a browser, if the user has signed in.
///
/// # Errors
/// `Unauthorized` if the request has contradictory credentials, or a header from an untrusted
/// source.
pub fn signed_in(
    front: &Front,
    request: &HttpRequest,
    state: &State,
) -> Result<Option<Visitor>, RequestError> {
    match by_header(front, request)? {
        Some(visitor) => Ok(Some(visitor)),
        None => session_cookie::find(request, front, state),
    }
}

/// The visitor of a request. The header of a proxy takes precedence over a token, and a token over
/// a cookie, which browsers send automatically.
///
/// # Errors
/// `Unauthorized` if the request has no valid credential.
pub fn visitor(
    front: &Front,
    request: &HttpRequest,
    state: &State,
) -> Result<Visitor, RequestError> {
    if let Some(visitor) = by_header(front, request)? {
        return Ok(visitor);
    }
    match (bearer::bearer(request)?, &front.jwt) {
        (Some(token), Some(jwt)) if !bearer::is_ours(token) => {
            Ok(front.with_sign_in(jwt.visitor(token)?))
        }
        (Some(token), _) => bearer::visitor(token, state),
        (None, _) => session_cookie::visitor(request, front, state),
    }
}

/// Stores the sign-in in the request, so that the reply sets the cookie of a session.
pub fn note_sign_in(request: &HttpRequest, visitor: &mut Visitor) {
    if let Some(sign_in) = visitor.sign_in.take() {
        request.extensions_mut().insert(*sign_in);
    }
}
