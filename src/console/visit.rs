//! The visitor of a page: a user with a session or behind a reverse proxy, who acts in the
//! management context, not in that of the hub.

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
    /// The visit as a call about an entity type; about users for pages without a type.
    pub call: EntityCall,
    token: String,
}

/// The parts that all pages have.
pub struct Frame {
    /// The user, as `DIRECTORY\userid`.
    pub user: String,
    /// The token that forms must send back.
    pub token: String,
    /// The sections of the console.
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
            return Err(PageError::SignIn(requested_address(request)));
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
            // The console accepts neither tokens, nor their sessions, nor certificates.
            Credential::Session(_, SessionKind::Jwt)
            | Credential::Token(_)
            | Credential::Jwt(_)
            | Credential::Certificate => {
                return Err(PageError::SignIn(requested_address(request)));
            }
        };
        let query = QueryString::parse(request.query_string())?;
        let entity = request.app_data::<EntityType>().map_or(&USER, |entity| entity.0);
        let call = EntityCall::of(Call { state, query, http: request.clone() }, entity, claim);
        Ok(Self { call, token: token_hash(&SecretString::from(secret)) })
    }

    /// Refuses a session that may not create credentials.
    ///
    /// # Errors
    /// Those of [`Credential::check_may_give_access`].
    pub fn check_may_give_access(&self) -> Result<(), RequestError> {
        self.call.user.claim.credential.check_may_give_access()
    }

    /// Reads a form that a page of this session sent.
    ///
    /// # Errors
    /// `Forbidden` if a page of another session sent it; those of [`Visit::sent`].
    pub async fn form(&self, payload: Payload) -> Result<Form, PageError> {
        match self.sent(payload).await? {
            Sent::Current(form) => Ok(form),
            Sent::Again(..) => Err(stale().into()),
        }
    }

    /// Reads the form that was sent.
    ///
    /// # Errors
    /// `Forbidden` if a page of another site sent it, if it has no valid token and did not come
    /// from a page of this server, or if the user is inactive or blacklisted; those of
    /// [`Form::read`].
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

    /// Replaces the error of a form by a page that keeps the input.
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

    /// The parts that all pages have, for this page.
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

/// Whether a request sends a form whose input should be kept. Signing out without a session needs
/// no form.
fn sends_form(request: &HttpRequest) -> bool {
    request.method() == Method::POST && request.path() != LOGOUT && is_from_this_server(request)
}

/// The error for a form without a valid token.
fn stale() -> RequestError {
    RequestError::Forbidden(
        "This page was opened in another session. Nothing was done. Open the page again."
            .to_owned(),
    )
}

/// The address after signing in: the requested page.
fn requested_address(request: &HttpRequest) -> String {
    if request.method() == Method::GET { request.uri().to_string() } else { "/console".to_owned() }
}

/// The plural of a type for headings, such as `Data connections`.
pub fn plural(entity: &Entity) -> String {
    format!("{}s", capitalised(entity.noun))
}
