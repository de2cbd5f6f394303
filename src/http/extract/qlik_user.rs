//! Authentication at the direct door: the client certificate authorises a request, and
//! `X-Qlik-User` names the user that it acts for (QRS reference, 4.2).

use crate::error::RequestError;
use crate::store::UserName;
use crate::tls::{Certificate, ClientCheck};
use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::HttpRequest;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use percent_encoding::percent_decode_str;
use std::any::Any;
use std::sync::Arc;

/// The header that names the user.
const HEADER: &str = "X-Qlik-User";

/// Stores the client certificate of a new connection, which rustls has verified.
pub fn note_certificate(connection: &dyn Any, notes: &mut Extensions) {
    let certificates = connection
        .downcast_ref::<TlsStream<TcpStream>>()
        .and_then(|stream| stream.get_ref().1.peer_certificates())
        .unwrap_or_default();
    if let Some(certificate) = certificates.first().and_then(|der| Certificate::read(der)) {
        notes.insert(Arc::new(certificate));
    }
}

/// The client certificate of the connection of a request, if there is one.
pub fn certificate(request: &HttpRequest) -> Option<&Arc<Certificate>> {
    request.conn_data::<Arc<Certificate>>()
}

/// Refuses requests without a valid client certificate.
///
/// # Errors
/// `Unauthorized` if there is no certificate, or if it has expired or was revoked since the
/// connection began.
pub fn check_certificate(request: &HttpRequest, clients: &ClientCheck) -> Result<(), RequestError> {
    let refusal = match certificate(request) {
        Some(certificate) => clients.refusal(certificate),
        None => Some(
            "a client certificate is needed: use client.pem and client_key.pem from the certs \
             folder"
                .to_owned(),
        ),
    };
    refusal.map_or(Ok(()), |why| Err(RequestError::Unauthorized(why)))
}

/// The user that a request acts for; by default, the account of the repository.
///
/// # Errors
/// `Unauthorized` if the header does not name a user.
pub fn user(request: &HttpRequest) -> Result<UserName, RequestError> {
    let mut values = request.headers().get_all(HEADER);
    match (values.next(), values.next()) {
        (None, _) => Ok(UserName::repository()),
        (Some(_), Some(_)) => {
            Err(RequestError::Unauthorized(format!("the header {HEADER} occurs twice")))
        }
        (Some(value), None) => value.to_str().ok().and_then(parse).ok_or_else(|| {
            RequestError::Unauthorized(format!(
                "{HEADER} must name a user, with at most 255 characters in each part and no \
                 control characters, as in 'UserDirectory=INTERNAL; UserId=sa_repository', in \
                 ASCII or percent-encoded UTF-8"
            ))
        }),
    }
}

/// Parses the header: both parts in any order and case, with or without spaces, percent-encoded or
/// not.
fn parse(header: &str) -> Option<UserName> {
    let mut user_directory = None;
    let mut user_id = None;
    for part in header.split(';').filter(|part| !part.trim().is_empty()) {
        let (name, value) = part.split_once('=')?;
        let value = percent_decode_str(value.trim()).decode_utf8().ok()?.into_owned();
        let name = name.trim();
        let repeated = if name.eq_ignore_ascii_case("UserDirectory") {
            user_directory.replace(value)
        } else if name.eq_ignore_ascii_case("UserId") {
            user_id.replace(value)
        } else {
            None
        };
        if repeated.is_some() {
            return None;
        }
    }
    UserName::new(&user_directory?, &user_id?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_the_reference_is_accepted() {
        for (header, user_directory, user_id) in [
            ("UserDirectory=INTERNAL; UserId=sa_repository", "INTERNAL", "sa_repository"),
            ("UserDirectory=Internal;UserID=sa_api", "Internal", "sa_api"),
            ("userid=anna;userdirectory=LAB", "LAB", "anna"),
            (" UserId = anna ; UserDirectory = LAB ; ", "LAB", "anna"),
            ("UserDirectory=LAB; UserId=J%C3%BCrgen%3B", "LAB", "Jürgen;"),
            ("UserDirectory=LAB; UserId=a=b", "LAB", "a=b"),
        ] {
            let name =
                UserName { user_directory: user_directory.to_owned(), user_id: user_id.to_owned() };
            assert_eq!(parse(header), Some(name), "{header}");
        }
    }

    #[test]
    fn headers_that_name_no_user_are_refused() {
        for header in [
            "",
            "anna",
            "UserDirectory=LAB",
            "UserId=anna",
            "UserDirectory=; UserId=anna",
            "UserDirectory=LAB; UserId=%ff",
            "UserDirectory=LAB; UserId=%00",
            "UserDirectory=LAB; UserId=a; userid=b",
            "UserDirectory=LAB; UserId=a%0Ab",
            "UserDirectory=LAB; UserId=a%0A",
            "UserDirectory=%1BLAB; UserId=a",
            "UserDirectory=LAB; UserId=a%E2%80%A8",
        ] {
            assert_eq!(parse(header), None, "{header}");
        }
        assert_eq!(parse(&format!("UserDirectory=LAB; UserId={}", "x".repeat(256))), None);
    }
}
