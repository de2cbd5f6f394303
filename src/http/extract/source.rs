//! The source of a request.

use super::qlik_user;
use crate::service::user_request::Source;
use crate::store::Origin;
use actix_web::{HttpMessage, HttpRequest};
use std::fmt::Display;
use std::net::IpAddr;
use std::sync::Arc;
use uuid::Uuid;

/// The id of a request in the log, the reply and the audit log.
pub struct RequestId(pub Uuid);

/// The address of the client, in its canonical form.
pub fn address(request: &HttpRequest) -> Option<IpAddr> {
    request.peer_addr().map(|address| address.ip().to_canonical())
}

/// The source of a request.
pub fn source(request: &HttpRequest) -> Source {
    Source {
        address: address(request),
        request: request.extensions().get::<RequestId>().map_or(Uuid::nil(), |id| id.0),
        certificate: qlik_user::certificate(request).map(Arc::clone),
    }
}

/// The origin of a write: the user that it acts for, and the source of the request.
pub fn origin(request: &HttpRequest, user: &impl Display) -> Origin {
    source(request).origin(user)
}
