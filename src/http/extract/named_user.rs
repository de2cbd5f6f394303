//! The user of a request, stored in its extensions for its log line and its share of the server.

use crate::model::fold;
use crate::store::UserName;
use actix_web::{HttpMessage, HttpRequest};

/// The user of a request.
struct NamedUser(String);

/// Stores the user of a request, for its log line.
pub fn note_user(request: &HttpRequest, user: &UserName) {
    request.extensions_mut().insert(NamedUser(user.to_string()));
}

/// The user of a request in its folded form, so that each user has one share under all spellings.
/// It is empty as long as the user is not known.
pub fn folded_user(request: &HttpRequest) -> String {
    request.extensions().get::<NamedUser>().map(|user| fold(&user.0)).unwrap_or_default()
}

/// The user of a request, if the user is known.
pub fn named_user(request: &HttpRequest) -> Option<String> {
    request.extensions().get::<NamedUser>().map(|user| user.0.clone())
}
