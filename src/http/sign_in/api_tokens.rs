//! API tokens at the front door, for programs: `Authorization: Bearer …`. Users create them in a
//! session, see each once, and can revoke them.

use super::bearer::MARK;
use crate::auth::credential::Scope;
use crate::auth::door::Door;
use crate::auth::token::{new_token, token_hash};
use crate::error::RequestError;
use crate::http::extract::own_call::OwnCall;
use crate::model::{Context, FieldErrors, Timestamp, did_you_mean};
use crate::store::{ApiToken, Write};
use actix_web::HttpResponse;
use actix_web::web::Payload;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Most tokens of a user.
const MOST: usize = 100;

/// The maximum and the default lifetime of a token, in days.
pub const DAYS: i64 = 366;
const USUAL_DAYS: i64 = 90;

/// A token to create.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// The name of the token.
    #[schema(min_length = 1, max_length = 255)]
    pub name: String,
    /// The scope of the token; all by default.
    #[serde(default = "usual_scope")]
    pub scope: String,
    /// The number of days for which the token is valid; 90 by default.
    #[serde(default = "usual_days")]
    pub days: i64,
    /// The context of requests with the token; by default that of the front door.
    #[serde(default)]
    pub context: String,
}

fn usual_scope() -> String {
    Scope::All.name().to_owned()
}

const fn usual_days() -> i64 {
    USUAL_DAYS
}

/// `POST /tokens`: creates a token, which is shown only once.
pub async fn create(call: OwnCall, payload: Payload) -> Result<HttpResponse, RequestError> {
    call.check_may_give_access()?;
    let request: TokenRequest =
        call.body(payload, |json| Ok(crate::access_report::read(json)?)).await?;
    let (token, kept) = new(&request, call.door()?)?;
    let shown = OwnToken::new(&kept, call.door()?.context());
    let token = call
        .write(move |write, user| {
            keep(write, user, &token, &kept)?;
            Ok(token)
        })
        .await?;
    Ok(HttpResponse::Created().json(NewToken { of: shown, token: token.expose_secret() }))
}

/// A token of the caller.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnToken {
    id: Uuid,
    name: String,
    /// The scope of the token.
    scope: String,
    /// The context of requests with the token.
    context: &'static str,
    created_date: String,
    /// The time at which the token expires.
    expires_date: String,
}

/// A new token.
#[derive(Serialize, ToSchema)]
pub struct NewToken<'a> {
    #[serde(flatten)]
    #[schema(inline)]
    of: OwnToken,
    /// The token itself, which is shown only once.
    token: &'a str,
}

impl OwnToken {
    fn new(token: &ApiToken, usual: Context) -> Self {
        Self {
            id: token.id,
            name: token.name.clone(),
            scope: token.scope.clone(),
            context: token.context.unwrap_or(usual).place(),
            created_date: token.created_date.to_string(),
            expires_date: token.expires_date.to_string(),
        }
    }
}

/// Creates a token. Returns it with the data to store.
///
/// # Errors
/// `BadRequest` if its name, scope, days or context is wrong.
pub fn new(request: &TokenRequest, door: &Door) -> Result<(SecretString, ApiToken), RequestError> {
    let kept = check(request, door.context())?;
    let token = new_token().map_err(|error| RequestError::internal(&error))?;
    Ok((SecretString::from(format!("{MARK}{}", token.expose_secret())), kept))
}

/// Stores a new token of a user.
///
/// # Errors
/// `Conflict` if the user has too many; if the database fails.
pub fn keep(
    write: &Write<'_>,
    user: Uuid,
    token: &SecretString,
    kept: &ApiToken,
) -> Result<(), RequestError> {
    if write.snapshot().tokens(user)?.len() >= MOST {
        return Err(RequestError::Conflict(format!(
            "you have {MOST} API tokens, the most that are allowed; revoke one first"
        )));
    }
    Ok(write.add_token(&token_hash(token), user, kept)?)
}

/// `GET /tokens`: the caller's tokens.
pub async fn list(call: OwnCall) -> Result<HttpResponse, RequestError> {
    let usual = call.door()?.context();
    let tokens = call.read(|snapshot, user| Ok(snapshot.tokens(user)?)).await?;
    Ok(HttpResponse::Ok()
        .json(tokens.iter().map(|token| OwnToken::new(token, usual)).collect::<Vec<_>>()))
}

/// `DELETE /tokens/{id}`: revokes one of the caller's tokens.
pub async fn revoke(call: OwnCall) -> Result<HttpResponse, RequestError> {
    call.remove("token", |write, user, id| Ok(write.revoke_token(user, id)?)).await
}

fn check(request: &TokenRequest, usual: Context) -> Result<ApiToken, FieldErrors> {
    let TokenRequest { name, scope, days, context } = request;
    if name.trim().is_empty() || name.chars().count() > 255 || name.contains(char::is_control) {
        return Err(FieldErrors::one(
            "name",
            "must have 1 to 255 characters, and no control characters",
        ));
    }
    let wrong = || {
        FieldErrors::one(
            "scope",
            format!(
                "must be the name of a scope, not '{scope}'; {}",
                did_you_mean(scope, Scope::NAMES)
            ),
        )
    };
    let scope = Scope::named(scope).ok_or_else(wrong)?.name().to_owned();
    let wrong = || {
        FieldErrors::one(
            "context",
            format!(
                "must be the name of a context, not '{context}'; {}",
                did_you_mean(context, Context::PLACES)
            ),
        )
    };
    let context =
        if context.is_empty() { usual } else { Context::of_place(context).ok_or_else(wrong)? };
    if !(1..=DAYS).contains(days) {
        return Err(FieldErrors::one("days", format!("must be 1 to {DAYS}, not {days}")));
    }
    let created_date = Timestamp::now();
    let expires_date = Timestamp::from_millis(created_date.millis() + *days * 24 * 60 * 60 * 1_000);
    let context = Some(context);
    Ok(ApiToken {
        id: Uuid::now_v7(),
        name: name.to_owned(),
        scope,
        context,
        created_date,
        expires_date,
    })
}
