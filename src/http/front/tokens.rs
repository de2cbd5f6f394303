//! API tokens at the front door: what machines sign in with, in `Authorization: Bearer …`. Their owner makes them in a session of his, sees
//! each once, and can revoke it.

use super::own_call::OwnCall;
use super::{Credential, Visitor};
use crate::http::State;
use crate::http::failure::Failure;
use crate::model::{Invalid, Timestamp, did_you_mean};
use crate::secrets::{new_token, token_hash};
use crate::store::{ApiToken, TOKEN_SCOPES, Write};
use actix_web::HttpResponse;
use actix_web::web::Payload;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// What tokens begin with, so that people and scanners of secrets know them.
const MARK: &str = "pbt_";

/// Tokens of one user at most.
const MOST: usize = 100;

/// Days that a token is good for, at most and unless the body says.
pub const DAYS: i64 = 366;
const USUAL_DAYS: i64 = 90;

/// What a request may be made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Whatever the user may do.
    All,
    /// Whatever of it changes nothing.
    Read,
}

impl Scope {
    /// Their names.
    pub const NAMES: [&str; 2] = TOKEN_SCOPES;

    fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "all" => Some(Self::All),
            "read" => Some(Self::Read),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::All => Self::NAMES[0],
            Self::Read => Self::NAMES[1],
        }
    }
}

/// The token that is to be made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    name: String,
    #[serde(default = "usual_scope")]
    scope: String,
    #[serde(default = "usual_days")]
    days: i64,
}

fn usual_scope() -> String {
    Scope::All.name().to_owned()
}

const fn usual_days() -> i64 {
    USUAL_DAYS
}

/// Whether a token looks like one of these.
pub fn is_ours(token: &str) -> bool {
    token.starts_with(MARK)
}

/// Who comes with that token.
///
/// # Errors
/// It is none of ours, or has ended.
pub fn visitor(token: &str, state: &State) -> Result<Visitor, Failure> {
    let wrong = || Failure::Unauthorized("the token in Authorization is none, or has ended or was revoked".to_owned());
    let hash = token_hash(&SecretString::from(token));
    let found = state.store.read(|snapshot| snapshot.token_user(&hash, Timestamp::now()))?;
    let (user, scope) = found.ok_or_else(wrong)?;
    let scope = Scope::named(&scope).ok_or_else(wrong)?;
    Ok(Visitor { scope, ..Visitor::of_everything(user, Credential::Token(hash)) })
}

/// `POST /tokens`: makes a token, which is shown this once.
pub async fn create(call: OwnCall, payload: Payload) -> Result<HttpResponse, Failure> {
    let wanted: Wanted = call.body(payload, |json| Ok(crate::access::read(json)?)).await?;
    let (token, kept) = new(&wanted.name, &wanted.scope, wanted.days)?;
    let mut told = tell(&kept);
    told["token"] = token.expose_secret().into();
    call.write(move |write, user| keep(write, user, &token, &kept)).await?;
    Ok(HttpResponse::Created().json(told))
}

/// A new token, and what is kept of it.
///
/// # Errors
/// What is wrong with its name, its scope or its days.
pub fn new(name: &str, scope: &str, days: i64) -> Result<(SecretString, ApiToken), Failure> {
    let kept = check(name, scope, days)?;
    let token = new_token().map_err(|error| Failure::internal(&error))?;
    Ok((SecretString::from(format!("{MARK}{}", token.expose_secret())), kept))
}

/// Keeps a new token of a user.
///
/// # Errors
/// He has too many; the database failed.
pub fn keep(write: &Write<'_>, user: Uuid, token: &SecretString, kept: &ApiToken) -> Result<(), Failure> {
    if write.snapshot().tokens(user)?.len() >= MOST {
        return Err(Failure::Conflict(format!("you have {MOST} tokens; revoke one first")));
    }
    Ok(write.add_token(&token_hash(token), user, kept)?)
}

/// `GET /tokens`: the caller's own tokens.
pub async fn list(call: OwnCall) -> Result<HttpResponse, Failure> {
    let tokens = call.read(|snapshot, user| Ok(snapshot.tokens(user)?)).await?;
    Ok(HttpResponse::Ok().json(tokens.iter().map(tell).collect::<Vec<Json>>()))
}

/// `DELETE /tokens/{id}`: revokes one of the caller's tokens.
pub async fn revoke(call: OwnCall) -> Result<HttpResponse, Failure> {
    call.remove("token", |write, user, id| Ok(write.revoke_token(user, id)?)).await
}

fn check(name: &str, scope: &str, days: i64) -> Result<ApiToken, Invalid> {
    if name.trim().is_empty() || name.chars().count() > 255 || name.contains(char::is_control) {
        return Err(Invalid::one("name", "must have 1 to 255 characters, and no control characters"));
    }
    let wrong = || Invalid::one("scope", format!("is none: '{scope}'; {}", did_you_mean(scope, Scope::NAMES)));
    let scope = Scope::named(scope).ok_or_else(wrong)?.name().to_owned();
    if !(1..=DAYS).contains(&days) {
        return Err(Invalid::one("days", format!("must be 1 to {DAYS}, not {days}")));
    }
    let created_date = Timestamp::now();
    let expires_date = Timestamp::from_millis(created_date.millis() + days * 24 * 60 * 60 * 1_000);
    Ok(ApiToken { id: Uuid::now_v7(), name: name.to_owned(), scope, created_date, expires_date })
}

fn tell(token: &ApiToken) -> Json {
    json!({
        "id": token.id, "name": token.name, "scope": token.scope, "createdDate": token.created_date.to_string(),
        "expiresDate": token.expires_date.to_string(),
    })
}
