//! The user whom a request names, noted on it for its log line and its share of the server.

use crate::model::fold;
use crate::store::UserName;
use actix_web::{HttpMessage, HttpRequest};

/// The user of a request.
struct NamedUser(String);

/// Notes who asks, for the request's log line.
pub fn note_user(request: &HttpRequest, user: &UserName) {
    request.extensions_mut().insert(NamedUser(user.to_string()));
}

/// The user who asks, under one name however the request spells it, so that each user has one share
/// of what all have in common. It is empty as long as the user is not known.
pub fn folded_user(request: &HttpRequest) -> String {
    request.extensions().get::<NamedUser>().map(|user| fold(&user.0)).unwrap_or_default()
}

/// The user of a request, if the user is known.
pub fn named_user(request: &HttpRequest) -> Option<String> {
    request.extensions().get::<NamedUser>().map(|user| user.0.clone())
}
