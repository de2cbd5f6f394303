//! The visitor of a page: a user who has signed in, by a session or through a proxy, and acts from
//! the management console, not from the hub.

use super::page_error::PageError;
use super::submitted_form::{
    ACTIONS, Again, EDIT, Sent, TOKEN, is_from_another_site, is_from_this_server,
};
use super::unsaved_form::Kept;
use crate::auth::credential::{Claim, Credential};
use crate::auth::door::Door;
use crate::auth::token::token_hash;
use crate::error::RequestError;
use crate::http::State;
use crate::http::extract::body::Form;
use crate::http::extract::call::{Call, EntityCall};
use crate::http::extract::entity_type::EntityType;
use crate::http::extract::named_user::note_user;
use crate::http::extract::query_string::QueryString;
use crate::http::sign_in::{authenticate, note_sign_in, signed_in};
use crate::model::{Entity, REGISTRY, USER, capitalised};
use crate::store::SessionKind;
use actix_web::dev;
use actix_web::http::Method;
use actix_web::web::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use secrecy::{ExposeSecret, SecretString};
use std::future::ready;

/// The path that ends a session.
pub const LOGOUT: &str = "/console/logout";

/// A visit to one page.
pub struct Visit {
    /// The visit as a call about an entity type, or about users where a page is about none.
    pub call: EntityCall,
    token: String,
}

/// What surrounds every page.
pub struct Frame {
    /// The user, as `DIRECTORY\userid`.
    pub user: String,
    /// What forms must send back.
    pub token: String,
    /// Where the console can be gone to.
    pub sections: Vec<Section>,
}

/// A part of the console.
pub struct Section {
    pub title: String,
    pub href: String,
    pub is_current: bool,
}

impl FromRequest for Visit {
    type Error = PageError;
    type Future = LocalBoxFuture<'static, Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let admitted = Self::admit(request);
        if !matches!(admitted, Err(PageError::SignIn(_))) || !sends_form(request) {
            return Box::pin(ready(admitted));
        }
        let (request, payload) = (request.clone(), Payload::from_request(request, payload));
        Box::pin(async move {
            let payload = payload.await.map_err(|error| RequestError::internal(&error))?;
            Err(PageError::Kept(Box::new(Kept::without_session(&request, payload).await?)))
        })
    }
}

impl Visit {
    fn admit(request: &HttpRequest) -> Result<Self, PageError> {
        let state = State::of(request)?;
        let Door::Front(front) = authenticate::of(request)? else {
            return Err(
                RequestError::internal(&"the console is served at the front door only").into()
            );
        };
        let Some(mut visitor) = signed_in(front, request, &state)? else {
            return Err(PageError::SignIn(wanted(request)));
        };
        note_sign_in(request, &mut visitor);
        let claim = Claim::of_manager(visitor);
        note_user(request, &claim.user);
        let secret = match &claim.credential {
            Credential::Session(hash, SessionKind::Password | SessionKind::Header) => {
                format!("form of session {hash}")
            }
            Credential::Header => {
                let key = state.form_key.expose_secret();
                format!("form of {key} {}", claim.user)
            }
            // The console takes neither tokens, nor the sessions that they began, nor certificates.
            Credential::Session(_, SessionKind::Jwt)
            | Credential::Token(_)
            | Credential::Jwt(_)
            | Credential::Certificate => {
                return Err(PageError::SignIn(wanted(request)));
            }
        };
        let query = QueryString::parse(request.query_string())?;
        let entity = request.app_data::<EntityType>().map_or(&USER, |entity| entity.0);
        let call = EntityCall::of(Call { state, query, http: request.clone() }, entity, claim);
        Ok(Self { call, token: token_hash(&SecretString::from(secret)) })
    }

    /// Refuses a session that makes nothing by which a user comes in later on.
    ///
    /// # Errors
    /// As [`Credential::check_may_give_access`].
    pub fn check_may_give_access(&self) -> Result<(), RequestError> {
        self.call.user.claim.credential.check_may_give_access()
    }

    /// Reads the form that was sent, if a page of this session has it.
    ///
    /// # Errors
    /// `Forbidden` if a page of another session has it; as [`Visit::sent`].
    pub async fn form(&self, payload: Payload) -> Result<Form, PageError> {
        match self.sent(payload).await? {
            Sent::Current(form) => Ok(form),
            Sent::Again(..) => Err(stale().into()),
        }
    }

    /// Reads the form that was sent.
    ///
    /// # Errors
    /// `Forbidden` if a page of another site sent it, it has no valid token and no page of this
    /// server sent it, or the user is inactive or blacklisted; as [`Form::read`].
    pub async fn sent(&self, payload: Payload) -> Result<Sent, PageError> {
        self.call.user.check_user()?;
        let request = &self.call.http;
        if is_from_another_site(request) {
            let message = "A page of another site sent this form. Nothing was done.";
            return Err(RequestError::Forbidden(message.to_owned()).into());
        }
        let form =
            Form::receive(request, payload, self.call.state.backend.limits.body_bytes).await?;
        let is_stale = form.text(TOKEN) != self.token;
        if is_stale && !is_from_this_server(request) {
            return Err(stale().into());
        }
        form.check_lines().map_err(|failure| self.keeping(&form, failure.into()))?;
        Ok(if is_stale {
            Sent::Again(form, Again::Stale)
        } else if ACTIONS.iter().any(|name| form.text(name) == EDIT) {
            Sent::Again(form, Again::Asked)
        } else {
            Sent::Current(form)
        })
    }

    /// What is shown if the work with a form failed: a page that keeps what was typed.
    pub fn keeping(&self, form: &Form, error: PageError) -> PageError {
        match error {
            PageError::Failure(failure) => PageError::Kept(Box::new(Kept::of_failure(
                &self.call.http,
                form,
                &self.token,
                failure,
            ))),
            other => other,
        }
    }

    /// The token that the forms of this session carry.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// What surrounds the page.
    pub fn frame(&self) -> Frame {
        let path = self.call.http.path();
        let section = |title: String, href: String| {
            let is_current =
                path == href || path.strip_prefix(&href).is_some_and(|rest| rest.starts_with('/'));
            Section { title, href, is_current }
        };
        let mut sections: Vec<Section> = REGISTRY
            .iter()
            .copied()
            .map(|entity| section(plural(entity), format!("/console/{}", entity.path)))
            .collect();
        sections.push(section("Access".to_owned(), "/console/why".to_owned()));
        sections.push(section("Account".to_owned(), "/console/account".to_owned()));
        Frame { user: self.call.user.claim.user.to_string(), token: self.token.clone(), sections }
    }
}

/// Whether a request sends a form that the visitor may want to keep. To sign out without a session
/// needs nothing more.
fn sends_form(request: &HttpRequest) -> bool {
    request.method() == Method::POST && request.path() != LOGOUT && is_from_this_server(request)
}

/// The refusal of a form without a valid token.
fn stale() -> RequestError {
    RequestError::Forbidden(
        "This page was opened in another session. Nothing was done. Open the page again."
            .to_owned(),
    )
}

/// Where to go after signing in: the page that was asked for.
fn wanted(request: &HttpRequest) -> String {
    if request.method() == Method::GET { request.uri().to_string() } else { "/console".to_owned() }
}

/// How headings call several of a type: `Data connections`.
pub fn plural(entity: &Entity) -> String {
    format!("{}s", capitalised(entity.noun))
}
