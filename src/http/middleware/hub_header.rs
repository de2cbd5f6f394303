//! The header that shows administrators why they see less at the front door than in the management
//! console, an addition to QRS.

use crate::auth::credential::FromHub;
use crate::model::Context;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpMessage, HttpRequest};

/// The header.
pub const CONTEXT: HeaderName = HeaderName::from_static("x-patchbay-context");

/// Creates the note that the reply to this request shows.
pub fn note_for(request: &HttpRequest) -> FromHub {
    let note = FromHub::default();
    request.extensions_mut().insert(note.clone());
    note
}

/// The value of the header in the reply to a request, if it needs one.
pub fn context(request: &HttpRequest) -> Option<HeaderValue> {
    let extensions = request.extensions();
    let is_from_hub = extensions.get::<FromHub>().is_some_and(FromHub::is_noted);
    is_from_hub.then(|| HeaderValue::from_static(Context::App.name()))
}
