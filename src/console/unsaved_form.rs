//! The page that replaces a form if the form can't be shown again now: the session has ended, the
//! database fails, or the entity was deleted. It keeps the input, except secrets. Its button leads
//! back to the form and saves nothing.

use super::page;
use super::submitted_form::{ACTIONS, EDIT, TOKEN};
use super::value_text::label;
use crate::error::RequestError;
use crate::http::extract::body::Form;
use crate::http::extract::entity_type::EntityType;
use crate::model::{Entity, FieldError, REGISTRY, capitalised};
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Most bytes of a form that a visitor without a session may send. The page that keeps them is up
/// to five times as long.
const LONGEST_WITHOUT_SESSION: usize = 16 * 1024;

/// Most lines of a text that the page shows without scrolling.
const MOST_ROWS: usize = 8;

/// The field with the names of secrets that were typed and not kept.
const RETYPE: &str = "retype";

/// Fields that are not typed.
const NOT_TYPED: [&str; 6] = ["base", "change", "id", "offered", "seen", "version"];

/// Passwords of users, which no entity has as a property.
const PASSWORDS: [&str; 3] = ["password", "current", "again"];

#[derive(Template)]
#[template(path = "kept.html")]
struct Page<'k> {
    title: &'k str,
    message: &'k str,
    is_signed_out: bool,
    token: &'k str,
    fields: &'k [KeptField],
    lost: &'k [String],
}

/// A form that was not saved.
#[derive(Debug)]
pub struct Kept {
    why: Why,
    /// The token of the session; empty without one.
    token: String,
    /// The fields that the page sends back.
    fields: Vec<KeptField>,
    /// The labels of the secrets that must be typed again.
    lost: Vec<String>,
}

/// A field that the page sends back.
#[derive(Debug)]
struct KeptField {
    name: String,
    text: String,
    /// Its label, if the visitor typed the text. The page hides other fields.
    label: Option<String>,
}

impl KeptField {
    fn hidden(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), text: text.to_owned(), label: None }
    }

    /// The lines of the text that the page shows without scrolling.
    fn rows(&self) -> usize {
        self.text.lines().count().clamp(1, MOST_ROWS)
    }
}

/// Why a form was not saved.
#[derive(Debug)]
enum Why {
    /// There is no session.
    SignedOut,
    /// There is no session, and the form is too long to be kept without one.
    SignedOutTooLong,
    /// The request failed.
    Failed(RequestError),
}

impl Kept {
    /// Keeps the input of a form after a failure.
    pub fn of_failure(
        request: &HttpRequest,
        form: &Form,
        token: &str,
        failure: RequestError,
    ) -> Self {
        Self::new(request, form, token, Why::Failed(failure))
    }

    /// Keeps the form of a visitor without a session, if it is short enough.
    ///
    /// # Errors
    /// Those of [`Form::receive`], except `TooLarge`.
    pub async fn without_session(
        request: &HttpRequest,
        payload: Payload,
    ) -> Result<Self, RequestError> {
        match Form::receive(request, payload, LONGEST_WITHOUT_SESSION).await {
            Ok(form) => Ok(Self::new(request, &form, "", Why::SignedOut)),
            Err(RequestError::TooLarge(_)) => {
                Ok(Self::new(request, &Form::from_iter([]), "", Why::SignedOutTooLong))
            }
            Err(failure) => Err(failure),
        }
    }

    fn new(request: &HttpRequest, form: &Form, token: &str, why: Why) -> Self {
        let entity = request.app_data::<EntityType>().map(|entity| entity.0);
        // Secrets that an earlier page of this kind could not keep are lost as well.
        let mut lost: BTreeSet<String> = form
            .all(RETYPE)
            .into_iter()
            .filter(|name| is_secret(name))
            .map(ToOwned::to_owned)
            .collect();
        let mut fields = Vec::new();
        for (name, text) in form
            .fields()
            .filter(|(name, _)| ![TOKEN, RETYPE].contains(name) && !ACTIONS.contains(name))
        {
            if is_secret(name) {
                if !text.is_empty() {
                    lost.insert(name.to_owned());
                }
                continue;
            }
            let label = is_typed(request, name, text).then(|| label_of(entity, name));
            fields.push(KeptField { label, ..KeptField::hidden(name, text) });
        }
        if !fields.is_empty() {
            fields.extend(ACTIONS.map(|name| KeptField::hidden(name, EDIT)));
            fields.extend(lost.iter().map(|name| KeptField::hidden(RETYPE, name)));
        }
        let lost = lost.iter().map(|name| label_of(entity, name)).collect();
        Self { why, token: token.to_owned(), fields, lost }
    }

    pub fn status(&self) -> StatusCode {
        match &self.why {
            Why::SignedOut | Why::SignedOutTooLong => StatusCode::UNAUTHORIZED,
            Why::Failed(failure) => failure.status_code(),
        }
    }

    pub fn message(&self) -> String {
        match &self.why {
            Why::SignedOut => {
                "Your session has ended, or you have not signed in. Nothing was saved.".to_owned()
            }
            Why::SignedOutTooLong => format!(
                "Your session has ended, or you have not signed in. Nothing was saved. Your form \
                 is longer than {LONGEST_WITHOUT_SESSION} bytes, so this page can't keep it, but \
                 your browser still has it: sign in in a new tab, then reload this page and \
                 confirm that the form is sent again."
            ),
            Why::Failed(failure) => failure.to_string(),
        }
    }

    /// The page.
    pub fn reply(&self) -> HttpResponse {
        let status = self.status();
        let is_signed_out = !matches!(self.why, Why::Failed(_));
        let title = if is_signed_out {
            "Sign in again"
        } else {
            status.canonical_reason().unwrap_or("Failed")
        };
        let shown = Page {
            title,
            message: &self.message(),
            is_signed_out,
            token: &self.token,
            fields: &self.fields,
            lost: &self.lost,
        };
        page(status, &shown).unwrap_or_else(|failure| failure.error_response())
    }

    /// The failure, if the request failed.
    pub const fn failure(&self) -> Option<&RequestError> {
        match &self.why {
            Why::Failed(failure) => Some(failure),
            Why::SignedOut | Why::SignedOutTooLong => None,
        }
    }
}

/// The faults for secrets that were typed into a form and not kept.
pub fn lost_secrets(form: &Form) -> impl Iterator<Item = FieldError> {
    let message = "was not saved, and is never shown: type it again";
    form.all(RETYPE).into_iter().map(move |name| FieldError::new(name, message))
}

fn is_secret(name: &str) -> bool {
    PASSWORDS.contains(&name)
        || REGISTRY.iter().copied().flat_map(Entity::secrets).any(|secret| secret.name == name)
}

/// Whether the visitor typed this field, and can read it.
fn is_typed(request: &HttpRequest, name: &str, text: &str) -> bool {
    // On the page of imports, this field has the list of rules; elsewhere, the address of a page.
    let is_address = name == "list" && !request.path().ends_with("/import");
    !is_address
        && !text.trim().is_empty()
        && !NOT_TYPED.contains(&name)
        && !name.contains(' ')
        && Uuid::parse_str(text).is_err()
}

fn label_of(entity: Option<&'static Entity>, name: &str) -> String {
    if name.starts_with('@') {
        return "Custom property".to_owned();
    }
    entity.and_then(|entity| entity.property(name)).map_or_else(|| capitalised(name), label)
}
