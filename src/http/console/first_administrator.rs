//! The page to which the invitation leads: the first administrator chooses his name and his password there.

use super::{Message, page};
use crate::access::{grant_root, has_no_administrator};
use crate::http::State;
use crate::http::body::Form;
use crate::http::failure::Failure;
use crate::http::front::{Begun, LONGEST_CREDENTIALS, check_directory, cookie, hash_in_turn};
use crate::http::query_string::QueryString;
use crate::model::Timestamp;
use crate::secrets::check_password;
use crate::store::UserName;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use secrecy::{ExposeSecret, SecretString};

/// The path of the page; the invitation's secret is in its parameter `link`.
pub const PATH: &str = "/console/first-administrator";

/// What the form proposes.
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
pub async fn show(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Failure> {
    let query = QueryString::parse(request.query_string())?;
    let link = query.get("link")?.unwrap_or_default();
    if !is_open(&state, link)? {
        return closed();
    }
    page(StatusCode::OK, &Choice { path: PATH, link, user: PROPOSED, fault: None })
}

/// `POST`: makes the administrator, and signs him in. The secret in the form is what no page of another site can know.
pub async fn choose(request: HttpRequest, payload: Payload, state: Data<State>) -> Result<HttpResponse, Failure> {
    let form = Form::read(&request, payload, LONGEST_CREDENTIALS).await?;
    let link = form.text("link");
    if !is_open(&state, link)? {
        return closed();
    }
    let (name, password) = match chosen(&form) {
        Ok(chosen) => chosen,
        Err(fault) => {
            let again = Choice { path: PATH, link, user: form.text("user"), fault: Some(&fault) };
            return page(StatusCode::BAD_REQUEST, &again);
        }
    };
    let hash = hash_in_turn(&state, password).await?;
    let begun = Begun::new(&request)?;
    let kept = begun.clone();
    let write = state.store.write(move |write| {
        // Somebody may have been faster.
        if !has_no_administrator(&write.snapshot())? {
            return Ok::<_, Failure>(None);
        }
        let user = grant_root(write, &name)?;
        write.set_password(user.id, &hash, Timestamp::now())?;
        kept.keep(write, user.id, &hash)?;
        Ok(Some(user.name()))
    });
    let Some(user) = write.await? else { return closed() };
    tracing::info!(%user, "the first administrator has chosen his password");
    let text = format!("{user} is a root administrator now, and signed in in this browser.");
    let mut reply = page(StatusCode::OK, &Message { title: "Welcome", text: &text })?;
    cookie::set(&mut reply, &begun.cookie(&request))?;
    Ok(reply)
}

/// Whether that link leads to anything still.
fn is_open(state: &State, link: &str) -> Result<bool, Failure> {
    let is_right = state.invitation.as_ref().is_some_and(|invitation| invitation.is(&SecretString::from(link)));
    Ok(is_right && state.store.read(has_no_administrator)?)
}

fn closed() -> Result<HttpResponse, Failure> {
    let text = "It has been used, is older than half an hour, or was cut off. If nobody can sign in yet, start the server again, \
        which shows a new one; or use `patchbay user grant-root` and `patchbay user set-password` on the machine itself.";
    page(StatusCode::NOT_FOUND, &Message { title: "This link leads nowhere any more", text })
}

/// Who is to be the administrator, and his password; or what is wrong.
fn chosen(form: &Form) -> Result<(UserName, SecretString), String> {
    let name: UserName = form.text("user").parse()?;
    check_directory(&name.user_directory).map_err(|why| format!("The directory {why}."))?;
    let [password, again] = ["password", "again"].map(|field| SecretString::from(form.text(field)));
    check_password(&password)?;
    if password.expose_secret() != again.expose_secret() {
        return Err("The two passwords differ.".to_owned());
    }
    Ok((name, password))
}
