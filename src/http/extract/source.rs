//! From where a request comes.

use super::qlik_user;
use crate::service::user_request::Source;
use crate::store::Origin;
use actix_web::{HttpMessage, HttpRequest};
use std::fmt::Display;
use std::net::IpAddr;
use std::sync::Arc;
use uuid::Uuid;

/// What the log, the answer and the audit log call the request.
pub struct RequestId(pub Uuid);

/// From where a request comes, in the one form that an address has.
pub fn address(request: &HttpRequest) -> Option<IpAddr> {
    request.peer_addr().map(|address| address.ip().to_canonical())
}

/// From where a request comes.
pub fn source(request: &HttpRequest) -> Source {
    Source {
        address: address(request),
        request: request.extensions().get::<RequestId>().map_or(Uuid::nil(), |id| id.0),
        certificate: qlik_user::certificate(request).map(Arc::clone),
    }
}

/// On whose behalf a request writes, and from where.
pub fn origin(request: &HttpRequest, user: &impl Display) -> Origin {
    source(request).origin(user)
}
