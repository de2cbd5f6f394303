//! What a door asks of a request: the direct one a client certificate and `X-Qlik-User`, the front
//! one what people and machines sign in with.

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

/// The door of a request.
///
/// # Errors
/// `Internal` if the server was put together without one.
pub fn of(request: &HttpRequest) -> Result<&Door, RequestError> {
    request.app_data::<Door>().ok_or_else(|| RequestError::internal(&"the server has no door"))
}

/// Checks what the door asks for.
///
/// # Errors
/// `Unauthorized` if the request does not show it.
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

/// What let a request in.
pub enum Proof {
    /// A client certificate. On whose behalf the request comes, it says itself.
    Certificate,
    /// A visitor at the front door, and from where users come who don't say it.
    Visitor(Visitor, Context),
}

impl Proof {
    /// On whose behalf a request comes, and from where. At the front, nobody says himself who he is
    /// or what attributes he has.
    ///
    /// # Errors
    /// It names nobody, or says wrongly from where it comes.
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

/// What `X-Qlik-Security` says; nothing if there is no such header.
fn security_header(request: &HttpRequest) -> Result<SecurityHeader, RequestError> {
    let Some(header) = request.headers().get(SecurityHeader::NAME) else {
        return Ok(SecurityHeader::default());
    };
    SecurityHeader::of_header(header.to_str().ok())
}

/// The user who visits in a browser, if the user has signed in.
///
/// # Errors
/// `Unauthorized` if the request shows contradictory things, or a header that is not trusted.
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

/// The visitor of a request. What a proxy says counts before what the user's program says, and that
/// before a cookie, which comes along by habit.
///
/// # Errors
/// `Unauthorized` if the request shows no credential that is valid.
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

/// Notes on a request that its reply is to give the client a session.
pub fn note_sign_in(request: &HttpRequest, visitor: &mut Visitor) {
    if let Some(sign_in) = visitor.sign_in.take() {
        request.extensions_mut().insert(*sign_in);
    }
}
