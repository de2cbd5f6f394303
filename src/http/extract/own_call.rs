//! Calls about the caller's own sessions and tokens.

use super::call::EntityCall;
use crate::auth::credential::Credential;
use crate::auth::door::Door;
use crate::error::RequestError;
use crate::http::sign_in::authenticate;
use crate::model::USER;
use crate::service::caller::Caller;
use crate::store::{Purpose, SessionKind, Snapshot, Weight, Write};
use actix_web::web::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse, dev};
use serde_json::Value as Json;
use std::future::{Ready, ready};
use uuid::Uuid;

/// A call about the caller's own sessions and tokens. It can't be made with a token, since a stolen
/// or short-lived token could create others.
pub struct OwnCall(EntityCall);

impl FromRequest for OwnCall {
    type Error = RequestError;
    type Future = Ready<Result<Self, RequestError>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(Self::admit(request))
    }
}

impl OwnCall {
    fn admit(request: &HttpRequest) -> Result<Self, RequestError> {
        let call = EntityCall::about(request, &USER)?;
        match call.user.claim.credential {
            Credential::Session(_, SessionKind::Password | SessionKind::Header)
            | Credential::Header => Ok(Self(call)),
            // The session of a token may do no more than the token.
            Credential::Session(_, SessionKind::Jwt) => Err(RequestError::Forbidden(
                "a session that began with a JSON Web Token is not enough here; sign in with POST \
                 /login"
                    .to_owned(),
            )),
            Credential::Token(_) | Credential::Jwt(_) | Credential::Certificate => {
                Err(RequestError::Forbidden(
                    "this needs a session, not a token; omit Authorization and sign in with POST \
                     /login"
                        .to_owned(),
                ))
            }
        }
    }

    /// The door at which the call arrived.
    ///
    /// # Errors
    /// Those of [`authenticate::of`].
    pub fn door(&self) -> Result<&Door, RequestError> {
        authenticate::of(&self.0.http)
    }

    /// Refuses a session that may not create credentials.
    ///
    /// # Errors
    /// Those of [`Credential::check_may_give_access`].
    pub fn check_may_give_access(&self) -> Result<(), RequestError> {
        self.0.user.claim.credential.check_may_give_access()
    }

    /// Reads the JSON body, and converts it with `understand`.
    ///
    /// # Errors
    /// Those of [`EntityCall::body_to_write`].
    pub async fn body<T: Send + 'static>(
        &self,
        payload: Payload,
        understand: impl FnOnce(Json) -> Result<T, RequestError> + Send + 'static,
    ) -> Result<T, RequestError> {
        self.0.body_to_write(payload, understand).await
    }

    /// Runs `read` with a snapshot and the id of the caller.
    ///
    /// # Errors
    /// The errors of `read`; `Forbidden` if the user is inactive or blacklisted.
    pub async fn read<T>(
        &self,
        read: impl FnOnce(&Snapshot<'_>, Uuid) -> Result<T, RequestError>,
    ) -> Result<T, RequestError> {
        let own = self.0.user.read().await?;
        read(&own.snapshot(), own.caller.actor.id)
    }

    /// Runs `work` in a transaction with the id of the caller.
    ///
    /// # Errors
    /// The errors of `work`; `Forbidden` if the user is inactive or blacklisted, `Unauthorized` if
    /// the session has expired.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Write<'_>, Uuid) -> Result<T, RequestError> + Send + 'static,
    ) -> Result<T, RequestError> {
        self.0.user.write(Weight::default(), |write, caller| work(write, caller.actor.id)).await
    }

    /// Removes the session or token with the id in the path. `remove` gets the ids of the user and
    /// of the object, and returns whether there was one.
    ///
    /// # Errors
    /// `NotFound` if the user has none with this id; the errors of `remove`; `Forbidden` if the
    /// user is inactive or blacklisted.
    pub async fn remove(
        &self,
        noun: &str,
        remove: fn(&Write<'_>, Uuid, Uuid) -> Result<bool, RequestError>,
    ) -> Result<HttpResponse, RequestError> {
        let text = self.0.http.match_info().query("id");
        let no_such = || RequestError::NotFound(format!("you have no {noun} with the id {text}"));
        let id = Uuid::parse_str(text).map_err(|_| no_such())?;
        let remove = move |write: &Write<'_>, caller: &Caller| remove(write, caller.actor.id, id);
        let is_removed = self.0.user.write(Purpose::SignOut, remove).await?;
        if is_removed { Ok(HttpResponse::NoContent().finish()) } else { Err(no_such()) }
    }
}
