//! The page of the invitation, on which the first administrator chooses a name and a password.

use super::page_error::{PageError, telling, to};
use super::{Message, page, password};
use crate::access_report::{grant_root, has_no_administrator};
use crate::auth::directory::check_directory;
use crate::auth::invitation::Invitation;
use crate::auth::session::Begun;
use crate::error::RequestError;
use crate::http::State;
use crate::http::extract::body::Form;
use crate::http::extract::cookie;
use crate::http::extract::named_user::note_user;
use crate::http::extract::query_string::QueryString;
use crate::http::extract::source::{address, origin};
use crate::http::sign_in::{LONGEST_CREDENTIALS, begun_cookie};
use crate::model::Timestamp;
use crate::store::UserName;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;
use secrecy::SecretString;

/// The path of the page; the parameter `link` has the secret of the invitation.
pub const PATH: &str = "/console/first-administrator";

/// The user name that the form proposes.
const PROPOSED: &str = "LOCAL\\admin";

#[derive(Template)]
#[template(path = "first_administrator.html")]
struct Choice<'t> {
    path: &'t str,
    link: &'t str,
    user: &'t str,
    fault: Option<&'t str>,
}

/// `GET`: the form.
pub async fn show(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, PageError> {
    let query = QueryString::parse(request.query_string())?;
    let link = query.get("link")?.unwrap_or_default();
    if invitation(&state, link)?.is_none() {
        return closed();
    }
    Ok(page(StatusCode::OK, &Choice { path: PATH, link, user: PROPOSED, fault: None })?)
}

/// `POST`: creates the administrator, and begins a session. The form needs no token, because it has
/// the secret, which no page of another site can know.
pub async fn choose(
    request: HttpRequest,
    payload: Payload,
    state: Data<State>,
) -> Result<HttpResponse, PageError> {
    let form = Form::read(&request, payload, LONGEST_CREDENTIALS).await?;
    let link = form.text("link");
    let Some(invitation) = invitation(&state, link)? else { return closed() };
    let (name, password) = match chosen(&form) {
        Ok(chosen) => chosen,
        Err(fault) => {
            let again = Choice { path: PATH, link, user: form.text("user"), fault: Some(&fault) };
            return Ok(page(StatusCode::BAD_REQUEST, &again)?);
        }
    };
    note_user(&request, &name);
    let hash = state.passwords.hash(password).await?;
    let begun = Begun::new(address(&request))?;
    let kept = begun.clone();
    let write = state.backend.store.write(origin(&request, &name), move |write| {
        // Another request may have been faster.
        if !has_no_administrator(&write.snapshot())? {
            return Ok::<_, RequestError>(None);
        }
        let user = grant_root(write, &name)?;
        write.set_password(user.id, &hash, Timestamp::now())?;
        kept.keep(write, user.id, &hash)?;
        Ok(Some(user.name()))
    });
    let written = match write.await {
        Ok(written) => written,
        Err(failure) => {
            let fault = failure.to_string();
            let again = Choice { path: PATH, link, user: form.text("user"), fault: Some(&fault) };
            return Ok(telling(&failure, page(failure.status_code(), &again)?));
        }
    };
    invitation.use_up();
    let Some(user) = written else { return closed() };
    tracing::info!(%user, "the first administrator has set a password");
    let mut reply = to("/console");
    cookie::set(&mut reply, &begun_cookie(&request, &begun))?;
    Ok(reply)
}

/// The invitation of this link, if it is still valid.
fn invitation<'s>(state: &'s State, link: &str) -> Result<Option<&'s Invitation>, RequestError> {
    let secret = SecretString::from(link);
    let Some(invitation) = state.invitation.as_ref().filter(|invitation| invitation.is(&secret))
    else {
        return Ok(None);
    };
    if state.backend.store.read(has_no_administrator)? {
        return Ok(Some(invitation));
    }
    invitation.use_up();
    Ok(None)
}

fn closed() -> Result<HttpResponse, PageError> {
    let text = "It was used, is older than half an hour, or is incomplete. If no administrator can \
                sign in yet, restart the server, which shows a new link, or use `patchbay user \
                grant-root` and `patchbay user set-password` on the server's machine.";
    Ok(page(StatusCode::NOT_FOUND, &Message { title: "This link has expired", text })?)
}

/// The name and the password of the administrator, or what is wrong with them.
fn chosen(form: &Form) -> Result<(UserName, SecretString), String> {
    let name: UserName = form.text("user").parse()?;
    check_directory(&name.user_directory).map_err(|why| format!("The directory {why}."))?;
    Ok((name, password::chosen(form)?))
}
