//! Error pages.

use super::unsaved_form::Kept;
use super::{Message, page};
use crate::error::RequestError;
use crate::http::middleware::refusal_audit::Reason;
use crate::store;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use std::fmt;

/// Why a page can't be shown.
#[derive(Debug)]
pub enum PageError {
    /// The visitor has to sign in first. Has the address that was requested.
    SignIn(String),
    /// The request failed.
    Failure(RequestError),
    /// A form was not saved; the page keeps its input.
    Kept(Box<Kept>),
}

impl From<RequestError> for PageError {
    fn from(failure: RequestError) -> Self {
        Self::Failure(failure)
    }
}

impl From<store::Error> for PageError {
    fn from(error: store::Error) -> Self {
        Self::Failure(error.into())
    }
}

impl fmt::Display for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignIn(_) => f.write_str("sign in first"),
            Self::Failure(failure) => failure.fmt(f),
            Self::Kept(kept) => f.write_str(&kept.message()),
        }
    }
}

impl ResponseError for PageError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::SignIn(_) => StatusCode::SEE_OTHER,
            Self::Failure(failure) => failure.status_code(),
            Self::Kept(kept) => kept.status(),
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::SignIn(requested) => {
                let next: String = form_urlencoded::byte_serialize(requested.as_bytes()).collect();
                to(&format!("/console/login?next={next}"))
            }
            Self::Failure(failure) => {
                let status = failure.status_code();
                let title = status.canonical_reason().unwrap_or("Failed");
                let text = failure.to_string();
                let reply = page(status, &Message { title, text: &text });
                reply.map_or_else(
                    |failure| failure.error_response(),
                    |reply| telling(failure, reply),
                )
            }
            Self::Kept(kept) => {
                let mut page = kept.reply();
                page.extensions_mut().insert(Reason(kept.message()));
                match kept.failure() {
                    Some(failure) => telling(failure, page),
                    None => page,
                }
            }
        }
    }
}

/// Adds to the page about a failure when to try again, and the reason for the audit log.
pub fn telling(failure: &RequestError, mut page: HttpResponse) -> HttpResponse {
    for (name, value) in failure.error_response().headers() {
        if [header::RETRY_AFTER, header::ALLOW].contains(name) {
            page.headers_mut().insert(name.clone(), value.clone());
        }
    }
    page.extensions_mut().insert(Reason(failure.to_string()));
    page
}

/// The message about a failure on the page of the form. `unchanged` says that nothing was done; it
/// is left out if that is not known.
pub fn beside_form(failure: &RequestError, unchanged: &str) -> String {
    match failure {
        RequestError::OutcomeUnknown(message) => message.clone(),
        _ => format!("{unchanged} {failure}"),
    }
}

/// Redirects the browser to another page, which it loads with GET.
pub fn to(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}
