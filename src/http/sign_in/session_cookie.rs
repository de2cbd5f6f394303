//! The session cookie of the front door.

use super::trusted_header::check_proxy;
use crate::auth::credential::Visitor;
use crate::auth::front::Front;
use crate::auth::session::{Begun, LASTS};
use crate::auth::token::token_hash;
use crate::error::RequestError;
use crate::http::State;
use crate::http::extract::query_string::QueryString;
use crate::http::extract::source::origin;
use crate::http::extract::{cookie, own_parameters, xrfkey};
use crate::http::middleware::path_normalization::Prefix;
use crate::model::Timestamp;
use crate::store::FoundSession;
use actix_web::cookie::Cookie;
use actix_web::cookie::time::Duration;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use secrecy::SecretString;

/// The name of the cookie, as in Qlik's proxy. Below the prefix of a virtual proxy, it ends with a
/// hyphen and the prefix.
const COOKIE: &str = "X-Qlik-Session";

/// Maximum length of a prefix in the name of a cookie, in characters.
const LONGEST_PREFIX: usize = 64;

/// Most cookies whose sessions one request can end.
const MOST_COOKIES: usize = 16;

/// The user of the session of a request.
///
/// # Errors
/// `Unauthorized` if the request has no session that is valid and accepted here.
pub fn visitor(
    request: &HttpRequest,
    front: &Front,
    state: &State,
) -> Result<Visitor, RequestError> {
    find(request, front, state)?.ok_or_else(|| {
        let message = "there is no session, it has expired, or it is not accepted from here; sign \
                       in with POST /login";
        RequestError::Unauthorized(message.to_owned())
    })
}

/// The user of the session of a request; `None` if it has no session that is valid and accepted
/// here.
///
/// # Errors
/// `Unauthorized` if the request has two different cookies with the same name; if the database
/// fails.
pub fn find(
    request: &HttpRequest,
    front: &Front,
    state: &State,
) -> Result<Option<Visitor>, RequestError> {
    // A cookie for the prefix takes precedence. One without a prefix is valid everywhere.
    let names = name(request).into_iter().filter(|name| name != COOKIE).chain([COOKIE.to_owned()]);
    for name in names {
        let Some(token) = cookie::value(request, &name)? else { continue };
        let hash = token_hash(&token);
        let Some(session) = look_up(&hash, state)? else { continue };
        if let Some(visitor) =
            front.visitor_of(session, hash, |header| check_proxy(header, request).is_ok())
        {
            return Ok(Some(visitor));
        }
    }
    Ok(None)
}

fn look_up(hash: &str, state: &State) -> Result<Option<FoundSession>, RequestError> {
    Ok(state.backend.store.read(|snapshot| snapshot.session(hash, Timestamp::now()))?)
}

/// Whether a request has a session cookie, valid or not.
pub fn is_shown(request: &HttpRequest) -> bool {
    let shown = cookie::names(request);
    shown.contains(COOKIE) || name(request).is_some_and(|name| shown.contains(&name))
}

/// The name of the cookie for the path of a request; `None` if the path has a prefix that can't be
/// part of the name of a cookie.
pub fn name(request: &HttpRequest) -> Option<String> {
    match request.extensions().get::<Prefix>() {
        None => Some(COOKIE.to_owned()),
        Some(Prefix(prefix)) => {
            can_be_named(prefix).then(|| format!("{COOKIE}-{}", prefix.to_ascii_lowercase()))
        }
    }
}

fn can_be_named(prefix: &str) -> bool {
    (1..=LONGEST_PREFIX).contains(&prefix.len())
        && prefix
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "-._~".contains(character))
}

/// The cookie of a new session.
pub fn begun_cookie(request: &HttpRequest, begun: &Begun) -> Cookie<'static> {
    build(request, COOKIE.to_owned(), begun.token(), LASTS / 1_000)
}

/// Ends the sessions of a request, for all prefixes, and removes their cookies with the reply.
///
/// # Errors
/// `Unauthorized` if the request has two different cookies with the same name; if the database
/// fails.
pub async fn end_shown(
    request: &HttpRequest,
    state: &State,
    reply: &mut HttpResponse,
) -> Result<(), RequestError> {
    let is_ours = |name: &String| {
        name.strip_prefix(COOKIE).and_then(|rest| rest.strip_prefix('-')).is_some_and(can_be_named)
    };
    let names = cookie::names(request).into_iter().filter(is_ours);
    for name in [COOKIE.to_owned()].into_iter().chain(names).take(MOST_COOKIES) {
        if let Some(hash) = cookie::value(request, &name)?.map(|token| token_hash(&token))
            && let Some(session) = look_up(&hash, state)?
        {
            let origin = origin(request, &session.user);
            state.backend.store.write(origin, move |write| write.end_session(&hash)).await?;
        }
        cookie::set(reply, &build(request, name, &SecretString::default(), 0))?;
    }
    Ok(())
}

/// Checks the Xrfkey. Other sites can't make a browser send its header, so their pages can't sign a
/// user in or out.
///
/// # Errors
/// `Unauthorized` if the key is missing or wrong; `BadRequest` if a parameter is wrong.
pub fn check_xrfkey(request: &HttpRequest) -> Result<(), RequestError> {
    let query = QueryString::parse(request.query_string())?;
    xrfkey::check(request, &query)?;
    own_parameters::check(request, &query)
}

/// The cookie with a token, which expires after `seconds` seconds.
pub fn build(
    request: &HttpRequest,
    name: String,
    token: &SecretString,
    seconds: i64,
) -> Cookie<'static> {
    let mut cookie = cookie::build(request, name, token, "/");
    cookie.set_max_age(Duration::seconds(seconds));
    cookie
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn the_cookie_name_ends_with_the_prefix_if_it_can() {
        for (prefix, expected) in [
            ("hub", Some("X-Qlik-Session-hub")),
            ("HUB", Some("X-Qlik-Session-hub")),
            ("my.site-1_x~", Some("X-Qlik-Session-my.site-1_x~")),
            ("", None),
            ("a%20b", None),
            ("a=b", None),
            ("a;b", None),
            (&"x".repeat(65), None),
        ] {
            let request = TestRequest::default().to_http_request();
            request.extensions_mut().insert(Prefix(prefix.to_owned()));
            assert_eq!(name(&request).as_deref(), expected, "{prefix}");
        }
        assert_eq!(name(&TestRequest::default().to_http_request()).as_deref(), Some(COOKIE));
    }
}
