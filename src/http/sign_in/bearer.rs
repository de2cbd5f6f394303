//! The token in `Authorization: Bearer …`: an API token of Patchbay, or a JSON Web Token.

use super::trusted_header::single;
use crate::auth::credential::{Credential, Scope, Visitor};
use crate::auth::token::token_hash;
use crate::error::RequestError;
use crate::http::State;
use crate::model::Timestamp;
use crate::store::TokenUser;
use actix_web::HttpRequest;
use actix_web::http::header;
use secrecy::SecretString;

/// The prefix of API tokens, by which people and secret scanners recognise them.
pub const MARK: &str = "pbt_";

/// The token of a request, if it has one.
///
/// # Errors
/// `Unauthorized` if the header occurs twice, or has another scheme.
pub fn bearer(request: &HttpRequest) -> Result<Option<&str>, RequestError> {
    let Some(value) = single(request.headers(), header::AUTHORIZATION.as_str())? else {
        return Ok(None);
    };
    let parts = std::str::from_utf8(value).ok().and_then(|value| value.split_once(' '));
    match parts {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => Ok(Some(token.trim())),
        _ => {
            Err(RequestError::Unauthorized("Authorization must be 'Bearer' and a token".to_owned()))
        }
    }
}

/// Whether a token has the prefix of API tokens.
pub fn is_ours(token: &str) -> bool {
    token.starts_with(MARK)
}

/// The user of an API token.
///
/// # Errors
/// `Unauthorized` if the token is unknown, has expired or was revoked.
pub fn visitor(token: &str, state: &State) -> Result<Visitor, RequestError> {
    let wrong = || {
        RequestError::Unauthorized(
            "the token in Authorization is unknown, has expired or was revoked; use a valid one"
                .to_owned(),
        )
    };
    let hash = token_hash(&SecretString::from(token));
    let found =
        state.backend.store.read(|snapshot| snapshot.token_user(&hash, Timestamp::now()))?;
    let TokenUser { user, scope, context } = found.ok_or_else(wrong)?;
    let scope = Scope::named(&scope).ok_or_else(wrong)?;
    Ok(Visitor { scope, context, ..Visitor::of_everything(user, Credential::Token(hash)) })
}
