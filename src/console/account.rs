//! The page *Account*: the visitor's sessions and tokens, certificates, and the state of the
//! server.

use super::page_error::{PageError, telling, to};
use super::password::unconfirmed;
use super::submitted_form::Again;
use super::visit::{Frame, Visit};
use super::{Message, guarded, page};
use crate::access_report::is_root;
use crate::error::RequestError;
use crate::http::State;
use crate::http::extract::body::Form;
use crate::http::sign_in::{TokenRequest, authenticate, keep_token, new_api_token};
use crate::model::{Actor, Context, Timestamp};
use crate::service::caller::Caller;
use crate::store::{Act, Page, Purpose, Snapshot, Weight, Write};
use crate::threads::block;
use crate::tls::Certificate;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Payload};
use actix_web::{HttpResponse, ResponseError};
use askama::Template;
use secrecy::ExposeSecret;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;
use uuid::Uuid;

#[derive(Template)]
#[template(path = "account.html")]
struct Account {
    frame: Frame,
    roles: Vec<String>,
    sessions: Vec<Session>,
    tokens: Vec<Token>,
    /// Whether the visitor may create tokens and set passwords.
    may_give_access: bool,
    made: Option<String>,
    fault: Option<String>,
    /// The values in the form for a new token.
    wanted: FilledIn,
    version: &'static str,
    is_sealed: bool,
    client: Offer,
}

/// Whether the page offers the client certificate.
enum Offer {
    /// The visitor may not have it.
    Never,
    /// It can be downloaded.
    Download,
    /// It can't be downloaded, with the reason.
    Refused(String),
}

/// A session, as the page shows it.
struct Session {
    id: Uuid,
    kind: &'static str,
    address: String,
    created: String,
    expires: String,
}

/// A token, as the page shows it.
struct Token {
    id: Uuid,
    name: String,
    scope: String,
    context: &'static str,
    created: String,
    expires: String,
}

/// The result of the last action.
#[derive(Default)]
struct Notes {
    made: Option<String>,
    fault: Option<String>,
    wanted: FilledIn,
}

/// The input of the form for a new token.
struct FilledIn {
    name: String,
    scope: String,
    /// Empty if the visitor has not chosen yet.
    context: String,
    days: String,
}

impl Default for FilledIn {
    fn default() -> Self {
        Self {
            name: String::new(),
            scope: "read".to_owned(),
            context: String::new(),
            days: "90".to_owned(),
        }
    }
}

impl FilledIn {
    fn read(form: &Form) -> Self {
        let text = |name: &str| form.text(name).to_owned();
        Self {
            name: text("name"),
            scope: text("scope"),
            context: text("context"),
            days: text("days"),
        }
    }
}

/// `GET /console/account`.
pub async fn show(visit: Visit) -> Result<HttpResponse, PageError> {
    shown(&visit, StatusCode::OK, Notes::default()).await
}

/// `POST /console/account/tokens`: creates a token, which is shown only once.
pub async fn make_token(visit: Visit, payload: Payload) -> Result<HttpResponse, PageError> {
    visit.check_may_give_access()?;
    let (form, again) = visit.sent(payload).await?.parts();
    let reply = make_token_from(&visit, &form, again).await;
    reply.map_err(|error| visit.keeping(&form, error))
}

async fn make_token_from(
    visit: &Visit,
    form: &Form,
    again: Option<Again>,
) -> Result<HttpResponse, PageError> {
    let wanted = FilledIn::read(form);
    if let Some(again) = again {
        let notes = Notes { fault: again.message(), wanted, ..Notes::default() };
        return Ok(again.explained(shown(visit, again.status(), notes).await?));
    }
    let new = token_request(form)
        .and_then(|wanted| new_api_token(&wanted, authenticate::of(&visit.call.http)?));
    let made = match new {
        Ok((token, kept)) => {
            let secret = token.clone();
            let keep = move |write: &Write<'_>, caller: &Caller| {
                keep_token(write, caller.actor.id, &secret, &kept)
            };
            visit.call.user.write(Weight::default(), keep).await.map(|()| token)
        }
        Err(failure) => Err(failure),
    };
    match made {
        Ok(token) => {
            let notes = Notes { made: Some(token.expose_secret().to_owned()), ..Notes::default() };
            // The token exists, even if the page can't be read now.
            match shown(visit, StatusCode::CREATED, notes).await {
                Ok(page) => Ok(page),
                Err(error) => {
                    let token = token.expose_secret();
                    let text = format!(
                        "This is the token. Copy it now; it is not shown again: {token} The rest \
                         of the page can't be shown: {error}"
                    );
                    Ok(page(
                        StatusCode::CREATED,
                        &Message { title: "The token was created", text: &text },
                    )?)
                }
            }
        }
        Err(failure) => {
            let notes = Notes { fault: Some(failure.to_string()), wanted, ..Notes::default() };
            Ok(telling(&failure, shown(visit, failure.status_code(), notes).await?))
        }
    }
}

fn token_request(form: &Form) -> Result<TokenRequest, RequestError> {
    let text = |name: &str| form.text(name).to_owned();
    let wrong = |_| {
        RequestError::BadRequest(format!("days: must be a whole number, not '{}'", text("days")))
    };
    let days = form.text("days").trim().parse().map_err(wrong)?;
    Ok(TokenRequest { name: text("name"), scope: text("scope"), days, context: text("context") })
}

/// `POST /console/account/tokens/{id}`: revokes a token.
pub async fn revoke_token(visit: Visit, payload: Payload) -> Result<HttpResponse, PageError> {
    remove(visit, payload, |write, user, id| Ok(write.revoke_token(user, id)?)).await
}

/// `POST /console/account/sessions/{id}`: ends a session.
pub async fn end_session(visit: Visit, payload: Payload) -> Result<HttpResponse, PageError> {
    remove(visit, payload, |write, user, id| Ok(write.end_session_of(user, id)?)).await
}

/// `GET /console/account/root.pem`: the certificate with which clients check the server.
pub async fn root_certificate(visit: Visit) -> Result<HttpResponse, PageError> {
    let path = visit.call.state.certificates.root();
    let read = block(move || fs::read(path)).await?;
    Ok(file("root.pem", read.map_err(|error| RequestError::internal(&error))?))
}

/// `POST /console/account/client.pem`: the client certificate with its key, which allows
/// everything. Only root administrators get it, who may do everything already.
pub async fn client_certificate(visit: Visit, payload: Payload) -> Result<HttpResponse, PageError> {
    visit.check_may_give_access()?;
    let form = visit.form(payload).await?;
    let Caller { actor, .. } = visit.call.user.read().await?.caller;
    if !is_root(&actor) {
        return Err(RequestError::Forbidden(
            "only a root administrator can download the client certificate".to_owned(),
        )
        .into());
    }
    // The certificate outlives the session, which may be stolen.
    if let Some(failure) = unconfirmed(&visit, &form).await? {
        let notes = Notes { fault: Some(failure.to_string()), ..Notes::default() };
        return Ok(telling(&failure, shown(&visit, failure.status_code(), notes).await?));
    }
    let read = with_client(&visit.call.state, |pem, mut key| {
        let mut both = pem;
        key.read_to_end(&mut both).map_err(|error| RequestError::internal(&error))?;
        Ok(both)
    });
    let both = match read.await {
        Ok(both) => both,
        Err(failure @ RequestError::Conflict(_)) => {
            let notes = Notes { fault: Some(failure.to_string()), ..Notes::default() };
            return shown(&visit, failure.status_code(), notes).await;
        }
        Err(failure) => return Err(failure.into()),
    };
    let record =
        |write: &Write<'_>, _: &Caller| Ok(write.record(Act::done("download client certificate"))?);
    visit.call.user.write(Weight::default(), record).await?;
    tracing::warn!(user = %actor.name(), "the client certificate was downloaded");
    Ok(file("client.pem", both))
}

/// Runs `work` with the client certificate and its opened key file.
///
/// # Errors
/// `Conflict` if the certificate is no longer valid, or the key is no longer in the folder.
async fn with_client<T: Send + 'static>(
    state: &Data<State>,
    work: fn(Vec<u8>, File) -> Result<T, RequestError>,
) -> Result<T, RequestError> {
    let state = state.clone();
    let done = block(move || {
        let path = state.certificates.client();
        let mut pem = Vec::new();
        opened(&path)?.read_to_end(&mut pem).map_err(|error| RequestError::internal(&error))?;
        let certificate = Certificate::from_pem(&pem).ok_or_else(|| {
            RequestError::internal(&format!("{} contains no certificate", path.display()))
        })?;
        if let Some(why) = state.clients.refusal(&certificate) {
            return Err(RequestError::Conflict(format!(
                "{why}; create another with patchbay cert renew {}",
                certificate.name
            )));
        }
        work(pem, opened(&state.certificates.client_key())?)
    });
    done.await?
}

/// Opens a file of the folder certs, from which it may have been removed.
fn opened(path: &Path) -> Result<File, RequestError> {
    File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            let name = path.file_name().unwrap_or_default().display();
            RequestError::Conflict(format!(
                "{name} is no longer in the folder certs of this machine"
            ))
        }
        _ => RequestError::internal(&format!("{}: {error}", path.display())),
    })
}

/// A reply that a browser saves under this name.
fn file(name: &str, bytes: Vec<u8>) -> HttpResponse {
    let mut reply = HttpResponse::Ok();
    reply
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")));
    guarded(&mut reply).content_type("application/x-pem-file").body(bytes)
}

async fn remove(
    visit: Visit,
    payload: Payload,
    remove: fn(&Write<'_>, Uuid, Uuid) -> Result<bool, RequestError>,
) -> Result<HttpResponse, PageError> {
    visit.form(payload).await?;
    let id = visit.call.id()?;
    visit
        .call
        .user
        .write(Purpose::SignOut, move |write, caller| remove(write, caller.actor.id, id))
        .await?;
    Ok(to("/console/account"))
}

async fn shown(visit: &Visit, status: StatusCode, notes: Notes) -> Result<HttpResponse, PageError> {
    let default_context = authenticate::of(&visit.call.http)?.context();
    let (actor, sessions, tokens) = {
        let read = visit.call.user.read().await?;
        own(&read.snapshot(), &read.caller.actor, default_context)?
    };
    let may_give_access = visit.check_may_give_access();
    let client = match &may_give_access {
        Ok(()) => offer(&visit.call.state, &actor).await,
        Err(_) => Offer::Never,
    };
    let account = Account {
        frame: visit.frame(),
        client,
        may_give_access: may_give_access.is_ok(),
        roles: actor.roles,
        sessions,
        tokens,
        made: notes.made,
        fault: notes.fault,
        wanted: notes.wanted,
        version: env!("CARGO_PKG_VERSION"),
        is_sealed: visit.call.state.backend.keys.is_sealed(),
    };
    Ok(page(status, &account)?)
}

/// Whether this user can download the client certificate.
async fn offer(state: &Data<State>, actor: &Actor) -> Offer {
    if !is_root(actor) {
        return Offer::Never;
    }
    match with_client(state, |_, _| Ok(())).await {
        Ok(()) => Offer::Download,
        Err(failure) => Offer::Refused(failure.to_string()),
    }
}

fn own(
    snapshot: &Snapshot<'_>,
    actor: &Actor,
    default_context: Context,
) -> Result<(Actor, Vec<Session>, Vec<Token>), RequestError> {
    let sessions = snapshot.sessions(actor.id, Timestamp::now(), Page { skip: 0, take: 1_000 })?;
    let sessions = sessions.into_iter().map(|session| Session {
        id: session.id,
        kind: session.kind.name(),
        address: session.address,
        created: date(session.created_date),
        expires: date(session.expires_date),
    });
    let tokens = snapshot.tokens(actor.id)?.into_iter().map(|token| Token {
        id: token.id,
        name: token.name,
        scope: token.scope,
        context: token.context.unwrap_or(default_context).place(),
        created: date(token.created_date),
        expires: date(token.expires_date),
    });
    Ok((actor.clone(), sessions.collect(), tokens.collect()))
}

/// Formats a date to the minute.
fn date(date: Timestamp) -> String {
    date.to_string().chars().take(16).collect::<String>().replace('T', " ")
}
