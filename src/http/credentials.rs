//! Credentials for programs that open data connections. They are not below `/qrs`, where passwords
//! are never visible: a user with the privilege reveal gets a token for a connection, which is
//! valid once and for a minute, and the holder of the token gets the user name and the password.
//! Each disclosure is in the audit log before it happens.

use super::State;
use super::extract::call::EntityCall;
use super::extract::own_parameters::OwnParameters;
use crate::auth::token::{new_token, token_hash};
use crate::crypto::Place;
use crate::error::RequestError;
use crate::model::{Action, DATA_CONNECTION, Timestamp};
use crate::query::Predicate;
use crate::store::{
    Act, CREDENTIAL_TOKEN_LIFE, Outcome, Snapshot, StoredCredential, Weight, Write,
};
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::{Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Adds the paths. They are at the direct door only.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(
            resource!("/credentials/{id}/token", "POST", post => token)
                .app_data(OwnParameters(&[])),
        )
        .service(
            resource!("/credentials/redeem", "POST", post => redeem).app_data(OwnParameters(&[])),
        );
}

/// A token for the credentials of a data connection.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CredentialToken<'a> {
    token: &'a str,
    /// The time at which the token expires.
    expires_date: String,
}

/// A token to redeem.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShownToken {
    #[schema(write_only)]
    token: String,
}

/// The credentials of a data connection.
#[derive(Serialize, ToSchema)]
pub struct ConnectionCredentials<'a> {
    /// The id of the data connection.
    id: Uuid,
    /// The name of the data connection.
    name: &'a str,
    username: &'a str,
    password: &'a str,
}

/// `POST /credentials/{id}/token`: a token for the credentials of the data connection with that id.
async fn token(request: HttpRequest) -> Result<HttpResponse, RequestError> {
    let call = EntityCall::about(&request, &DATA_CONNECTION)?;
    let id = call.id()?;
    check_unsealed(&call.state)?;
    let token = new_token().map_err(|error| RequestError::internal(&error))?;
    let hash = token_hash(&token);
    let missing = call.no_such(&id.to_string());
    let now = Timestamp::now();
    let kept = call.user.write(Weight::default(), move |write, caller| {
        let is_seen = caller.visible(&DATA_CONNECTION, Predicate::True);
        if !write.snapshot().holds(&DATA_CONNECTION, id, &is_seen)? {
            return Err(missing);
        }
        if !write.snapshot().holds(
            &DATA_CONNECTION,
            id,
            &caller.guard(&DATA_CONNECTION, Action::Reveal),
        )? {
            let name = caller.actor.name();
            return Err(RequestError::Forbidden(format!(
                "{name} may not get the credentials of this data connection; this needs the \
                 privilege reveal"
            )));
        }
        write.add_credential_token(&hash, id, caller.actor.id, now)?.map_err(RequestError::TooMany)
    });
    kept.await?;
    let expires = Timestamp::from_millis(now.millis() + CREDENTIAL_TOKEN_LIFE);
    let reply = CredentialToken { token: token.expose_secret(), expires_date: expires.to_string() };
    Ok(private(HttpResponse::Created().json(reply)))
}

/// `POST /credentials/redeem`: the credentials that a token is for.
async fn redeem(request: HttpRequest, payload: Payload) -> Result<HttpResponse, RequestError> {
    let call = EntityCall::about(&request, &DATA_CONNECTION)?;
    check_unsealed(&call.state)?;
    let shown: ShownToken =
        call.body_to_write(payload, |json| Ok(crate::access_report::read(json)?)).await?;
    let hash = token_hash(&SecretString::from(shown.token));
    let state = call.state.clone();
    let opened = call.user.write(Weight::default(), move |write, _| {
        let Some(stored) = write.use_credential_token(&hash, Timestamp::now())? else {
            return Ok(None);
        };
        // A password that can't be decrypted is recorded, too, so the write must not fail.
        let opened = open(&state, &write.snapshot(), &stored);
        record(write, &stored, &opened)?;
        Ok(Some((stored, opened)))
    });
    let Some((stored, opened)) = opened.await? else {
        return Err(RequestError::Unauthorized(
            "the token is unknown, was used, has expired (after a minute) or was revoked by a \
             change; request a new one"
                .to_owned(),
        ));
    };
    let password = opened?;
    let reply = ConnectionCredentials {
        id: stored.connection,
        name: &stored.name,
        username: &stored.username,
        password: password.expose_secret(),
    };
    Ok(private(HttpResponse::Ok().json(reply)))
}

fn open(
    state: &State,
    snapshot: &Snapshot<'_>,
    stored: &StoredCredential,
) -> Result<SecretString, RequestError> {
    if stored.sealed_password.is_empty() {
        return Ok(SecretString::from(""));
    }
    let key_ring = state.backend.keys.at(snapshot)?.ok_or_else(sealed)?;
    let id = stored.connection.to_string();
    let place = Place { entity: DATA_CONNECTION.resource_type, property: "password", id: &id };
    key_ring.unseal(place, &stored.sealed_password).map_err(|why| {
        // Only the log says how the value was changed: an attacker who tries changes must not learn
        // anything from the reply.
        tracing::error!(connection = %id, %why, "a stored password can't be decrypted");
        RequestError::Conflict(
            "the stored password can't be decrypted; store it again, and see the server's log"
                .to_owned(),
        )
    })
}

fn record(
    write: &Write<'_>,
    stored: &StoredCredential,
    opened: &Result<SecretString, RequestError>,
) -> Result<(), RequestError> {
    let (outcome, fault) = match opened {
        Ok(_) => (Outcome::Done, String::new()),
        Err(failure) => (Outcome::Refused, format!("; {failure}")),
    };
    let detail = format!("with a token requested by {}{fault}", stored.asked_by);
    let name = stored.name.clone();
    let act = Act {
        outcome,
        name,
        detail,
        ..Act::done("reveal").to(&DATA_CONNECTION, stored.connection)
    };
    Ok(write.record(act)?)
}

fn check_unsealed(state: &State) -> Result<(), RequestError> {
    if state.backend.keys.is_sealed() { Err(sealed()) } else { Ok(()) }
}

fn sealed() -> RequestError {
    RequestError::Unavailable(
        "credentials are not available while the server runs sealed, without its master key"
            .to_owned(),
    )
}

/// Keeps caches between server and client from storing a reply.
fn private(mut reply: HttpResponse) -> HttpResponse {
    reply.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply
}
