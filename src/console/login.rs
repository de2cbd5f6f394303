//! Signing in and out in a browser.

use super::page;
use super::page_error::{PageError, telling, to};
use super::visit::Visit;
use crate::auth::token::{new_token, token_hash};
use crate::error::RequestError;
use crate::http::State;
use crate::http::extract::body::Form;
use crate::http::extract::cookie;
use crate::http::extract::query_string::QueryString;
use crate::http::sign_in::{Credentials, LONGEST_CREDENTIALS, end_session, shows_session, sign_in};
use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;
use secrecy::SecretString;

/// The cookie that distinguishes the form of a visitor without a session from one of another site.
const COOKIE: &str = "X-Patchbay-Form";

#[derive(Template)]
#[template(path = "login.html")]
struct Login<'t> {
    next: &'t str,
    user: &'t str,
    token: &'t str,
    fault: Option<&'t str>,
    /// Whether the visitor has the cookie of a session that has ended.
    has_ended: bool,
}

/// `GET /console/login`.
pub async fn show(request: HttpRequest) -> Result<HttpResponse, PageError> {
    let query = QueryString::parse(request.query_string())?;
    form(&request, StatusCode::OK, query.get("next")?.unwrap_or_default(), "", None)
}

/// `POST /console/login`: begins a session, and redirects to the page that the visitor requested.
pub async fn login(
    request: HttpRequest,
    payload: Payload,
    state: Data<State>,
) -> Result<HttpResponse, PageError> {
    let sent = Form::read(&request, payload, LONGEST_CREDENTIALS).await?;
    let (next, user) = (sent.text("next"), sent.text("user"));
    let is_ours = cookie::value(&request, COOKIE)?
        .is_some_and(|secret| token_hash(&secret) == sent.text("token"));
    if !is_ours {
        let fault = "The form has expired, or the browser rejects cookies. Try again.";
        return form(&request, StatusCode::FORBIDDEN, next, user, Some(fault));
    }
    let credentials =
        Credentials { user: user.to_owned(), password: SecretString::from(sent.text("password")) };
    match sign_in(&request, &state, credentials).await {
        Ok(signed_in) => {
            let mut reply = to(after(next));
            signed_in.cookies.iter().try_for_each(|cookie| cookie::set(&mut reply, cookie))?;
            Ok(reply)
        }
        Err(failure) => {
            let reply =
                form(&request, failure.status_code(), next, user, Some(&failure.to_string()))?;
            Ok(telling(&failure, reply))
        }
    }
}

/// `POST /console/logout`: ends the session.
pub async fn logout(visit: Visit, payload: Payload) -> Result<HttpResponse, PageError> {
    visit.form(payload).await?;
    let mut reply = to("/console/login");
    end_session(&visit.call.http, &visit.call.state, &mut reply).await?;
    Ok(reply)
}

fn form(
    request: &HttpRequest,
    status: StatusCode,
    next: &str,
    user: &str,
    fault: Option<&str>,
) -> Result<HttpResponse, PageError> {
    // The forms in several tabs share the cookie.
    let kept = cookie::value(request, COOKIE).unwrap_or_default();
    let secret = kept.map_or_else(new_token, Ok).map_err(|error| RequestError::internal(&error))?;
    let has_ended = !next.is_empty() && shows_session(request);
    let mut reply =
        page(status, &Login { next, user, token: &token_hash(&secret), fault, has_ended })?;
    cookie::set(&mut reply, &cookie::build(request, COOKIE, &secret, "/console"))?;
    Ok(reply)
}

/// The address after signing in: always a page of the console.
fn after(next: &str) -> &str {
    let is_page = next.strip_prefix("/console").is_some_and(|rest| {
        (rest.is_empty() || rest.starts_with(['/', '?']))
            && !rest.contains(|character: char| character == '\\' || character.is_control())
            && !rest.starts_with("/login")
    });
    if is_page && next.is_ascii() { next } else { "/console" }
}
