//! A call about what is the caller's own, such as sessions and tokens.

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

/// A call about what is the caller's own. A token is not enough for it, or one that is stolen or
/// short-lived could make others.
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
            // The session of a token does no more than the token.
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

    /// The door through which the call comes.
    ///
    /// # Errors
    /// As [`authenticate::of`].
    pub fn door(&self) -> Result<&Door, RequestError> {
        authenticate::of(&self.0.http)
    }

    /// Refuses a session that makes nothing by which the user comes in later on.
    ///
    /// # Errors
    /// As [`Credential::check_may_give_access`].
    pub fn check_may_give_access(&self) -> Result<(), RequestError> {
        self.0.user.claim.credential.check_may_give_access()
    }

    /// Reads the body as JSON, and makes of it what `understand` does.
    ///
    /// # Errors
    /// As [`EntityCall::body_to_write`].
    pub async fn body<T: Send + 'static>(
        &self,
        payload: Payload,
        understand: impl FnOnce(Json) -> Result<T, RequestError> + Send + 'static,
    ) -> Result<T, RequestError> {
        self.0.body_to_write(payload, understand).await
    }

    /// Reads for the user with that id.
    ///
    /// # Errors
    /// Whatever `read` fails with; the user is barred.
    pub async fn read<T>(
        &self,
        read: impl FnOnce(&Snapshot<'_>, Uuid) -> Result<T, RequestError>,
    ) -> Result<T, RequestError> {
        let own = self.0.user.read().await?;
        read(&own.snapshot(), own.caller.actor.id)
    }

    /// Writes for the user with that id.
    ///
    /// # Errors
    /// Whatever `work` fails with; `Forbidden` if the user is barred, `Unauthorized` if the session
    /// has ended.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Write<'_>, Uuid) -> Result<T, RequestError> + Send + 'static,
    ) -> Result<T, RequestError> {
        self.0.user.write(Weight::default(), |write, caller| work(write, caller.actor.id)).await
    }

    /// Ends what the id in the path names, by the user's id and that one, and says if there is
    /// none.
    ///
    /// # Errors
    /// There is none of the user's; whatever `remove` fails with; the user is barred.
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
