//! Passwords for the front door: the visitor's own, and those that root administrators set for
//! other users.

use super::notice::{SAVED, to_with};
use super::page;
use super::page_error::{PageError, telling, to};
use super::visit::{Frame, Visit};
use crate::access_report::is_root;
use crate::auth::directory::check_directory;
use crate::auth::session::Begun;
use crate::crypto::check_password;
use crate::error::RequestError;
use crate::http::extract::body::Form;
use crate::http::extract::cookie;
use crate::http::extract::source::address;
use crate::http::sign_in::{Credentials, begun_cookie, confirm};
use crate::model::{Actor, Timestamp, USER};
use crate::query::Predicate;
use crate::service::caller::Caller;
use crate::store::{Page, Purpose, Weight};
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpResponse, ResponseError};
use askama::Template;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    frame: Frame,
    user: String,
    /// The address of the previous page.
    back: String,
    asks_for_current: bool,
    fault: Option<String>,
}

/// `GET /console/account/password`.
pub async fn show_own(visit: Visit) -> Result<HttpResponse, PageError> {
    visit.check_may_give_access()?;
    own_page(&visit, StatusCode::OK, None)
}

/// `POST /console/account/password`: changes the visitor's password, which ends all other sessions.
pub async fn change_own(visit: Visit, payload: Payload) -> Result<HttpResponse, PageError> {
    visit.check_may_give_access()?;
    let (form, again) = visit.sent(payload).await?.parts();
    if let Some(again) = again {
        return Ok(again.explained(own_page(&visit, again.status(), again.message())?));
    }
    let call = &visit.call;
    let chosen = match chosen(&form) {
        Ok(chosen) => chosen,
        Err(fault) => return own_page(&visit, StatusCode::BAD_REQUEST, Some(fault)),
    };
    if let Some(failure) = unconfirmed(&visit, &form).await? {
        let page = own_page(&visit, failure.status_code(), Some(failure.to_string()))?;
        return Ok(telling(&failure, page));
    }
    let hash = call.state.passwords.hash(chosen).await?;
    let begun = Begun::new(address(&call.http))?;
    let kept = begun.clone();
    let write = visit.call.user.write(Purpose::SignIn, move |write, caller| {
        write.set_password(caller.actor.id, &hash, Timestamp::now())?;
        Ok(kept.keep(write, caller.actor.id, &hash)?)
    });
    if let Err(failure) = write.await {
        let page = own_page(&visit, failure.status_code(), Some(failure.to_string()))?;
        return Ok(telling(&failure, page));
    }
    let mut reply = to("/console/account");
    cookie::set(&mut reply, &begun_cookie(&call.http, &begun))?;
    Ok(reply)
}

/// Checks the current password in a form. Returns the failure to show, if it is wrong.
pub async fn unconfirmed(visit: &Visit, form: &Form) -> Result<Option<RequestError>, PageError> {
    let call = &visit.call;
    let current = Credentials {
        user: visit.call.user.claim.user.to_string(),
        password: SecretString::from(form.text("current")),
    };
    match confirm(&call.http, &call.state, current).await {
        Ok(()) => Ok(None),
        Err(RequestError::Unauthorized(_)) => {
            Ok(Some(RequestError::Forbidden("The current password is wrong.".to_owned())))
        }
        Err(failure @ RequestError::TooMany(_)) => Ok(Some(failure)),
        Err(failure) => Err(failure.into()),
    }
}

/// `GET /console/user/{id}/password`.
pub async fn show(visit: Visit) -> Result<HttpResponse, PageError> {
    visit.check_may_give_access()?;
    let user = other(&visit).await?;
    user_page(&visit, StatusCode::OK, &user, None)
}

/// `POST /console/user/{id}/password`: sets the password of a user, which ends the user's sessions
/// and tokens.
pub async fn give(visit: Visit, payload: Payload) -> Result<HttpResponse, PageError> {
    visit.check_may_give_access()?;
    let (form, again) = visit.sent(payload).await?.parts();
    let user = other(&visit).await?;
    if let Some(again) = again {
        return Ok(again.explained(user_page(&visit, again.status(), &user, again.message())?));
    }
    let chosen = match check_directory(&user.user_directory)
        .map_err(|why| format!("The directory {why}."))
    {
        Ok(_) => chosen(&form),
        Err(fault) => Err(fault),
    };
    let password = match chosen {
        Ok(password) => password,
        Err(fault) => return user_page(&visit, StatusCode::BAD_REQUEST, &user, Some(fault)),
    };
    let hash = visit.call.state.passwords.hash(password).await?;
    let id = user.id;
    let write = visit.call.user.write(Weight::default(), move |write, caller| {
        check_root(caller)?;
        check_other(caller, id)?;
        Ok(write.set_password(id, &hash, Timestamp::now())?)
    });
    if let Err(failure) = write.await {
        let page = user_page(&visit, failure.status_code(), &user, Some(failure.to_string()))?;
        return Ok(telling(&failure, page));
    }
    Ok(to_with(&visit, &format!("/console/user/{id}"), "", SAVED))
}

/// The user of the page. Only a root administrator may set the password of another user, because a
/// password is enough to act as that user. Visitors change their own password on the other page,
/// which asks for the current one.
async fn other(visit: &Visit) -> Result<Actor, PageError> {
    let id = visit.call.id()?;
    let read = visit.call.user.read().await?;
    check_root(&read.caller)?;
    check_other(&read.caller, id)?;
    let visible = read.caller.visible(&USER, Predicate::has_id(&USER, id));
    let found = read.snapshot().actors(&visible, Page { skip: 0, take: 1 })?.pop();
    Ok(found.ok_or_else(|| visit.call.no_such(&id.to_string()))?)
}

fn check_root(caller: &Caller) -> Result<(), RequestError> {
    if is_root(&caller.actor) {
        return Ok(());
    }
    Err(RequestError::Forbidden(
        "only a root administrator can set the password of another user".to_owned(),
    ))
}

/// Refuses the visitor's own account, since a stolen session could gain permanent access that way.
fn check_other(caller: &Caller, id: Uuid) -> Result<(), RequestError> {
    if caller.actor.id == id {
        let message = "this is your own password; change it on your account page, which asks for \
                       the current one";
        return Err(RequestError::Forbidden(message.to_owned()));
    }
    Ok(())
}

/// The new password, which a form has twice; or what is wrong with it.
pub fn chosen(form: &Form) -> Result<SecretString, String> {
    let [password, again] = ["password", "again"].map(|field| SecretString::from(form.text(field)));
    check_password(&password)?;
    if password.expose_secret() != again.expose_secret() {
        return Err("The two passwords differ.".to_owned());
    }
    Ok(password)
}

fn own_page(
    visit: &Visit,
    status: StatusCode,
    fault: Option<String>,
) -> Result<HttpResponse, PageError> {
    let frame = visit.frame();
    let (user, back) = (frame.user.clone(), "/console/account".to_owned());
    Ok(page(status, &PasswordPage { frame, user, back, asks_for_current: true, fault })?)
}

fn user_page(
    visit: &Visit,
    status: StatusCode,
    user: &Actor,
    fault: Option<String>,
) -> Result<HttpResponse, PageError> {
    let back = format!("/console/user/{}", user.id);
    let shown = PasswordPage {
        frame: visit.frame(),
        user: user.name(),
        back,
        asks_for_current: false,
        fault,
    };
    Ok(page(status, &shown)?)
}
