//! What a page that can't be shown is replaced by.

use super::{Message, page};
use crate::http::failure::Failure;
use crate::http::trail::Reason;
use crate::store;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use std::fmt;

/// Why a page can't be shown.
#[derive(Debug)]
pub enum Trouble {
    /// The visitor has to sign in first, and wanted to go there.
    SignIn(String),
    /// It failed.
    Failure(Failure),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<store::Error> for Trouble {
    fn from(error: store::Error) -> Self {
        Self::Failure(error.into())
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignIn(_) => f.write_str("sign in first"),
            Self::Failure(failure) => failure.fmt(f),
        }
    }
}

impl ResponseError for Trouble {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::SignIn(_) => StatusCode::SEE_OTHER,
            Self::Failure(failure) => failure.status_code(),
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::SignIn(wanted) => {
                let next: String = form_urlencoded::byte_serialize(wanted.as_bytes()).collect();
                to(&format!("/console/login?next={next}"))
            }
            Self::Failure(failure) => {
                let status = failure.status_code();
                let title = status.canonical_reason().unwrap_or("It failed");
                let text = failure.to_string();
                let reply = page(status, &Message { title, text: &text });
                reply.map_or_else(|failure| failure.error_response(), |reply| telling(failure, reply))
            }
        }
    }
}

/// The page that tells of a failure: it says when to try again, and why for the audit trail.
pub fn telling(failure: &Failure, mut page: HttpResponse) -> HttpResponse {
    if let Some(seconds) = failure.error_response().headers().get(header::RETRY_AFTER) {
        page.headers_mut().insert(header::RETRY_AFTER, seconds.clone());
    }
    page.extensions_mut().insert(Reason(failure.to_string()));
    page
}

/// The status and the words with which a page shows the failure beside the form that was sent.
///
/// # Errors
/// The failure, if nothing in the form is wrong: it has a page of its own.
pub fn beside_form(failure: Failure, unchanged: &str) -> Result<(StatusCode, String), Trouble> {
    match failure {
        Failure::Internal(_) | Failure::Unavailable(_) | Failure::OutcomeUnknown(_) => Err(failure.into()),
        _ => Ok((failure.status_code(), format!("{unchanged} {failure}"))),
    }
}

/// Sends the browser to another page, which it asks for by GET.
pub fn to(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}
