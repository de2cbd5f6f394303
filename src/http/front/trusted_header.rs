//! Header authentication: a proxy that has signed a user in says in a header who he is (QRS reference, 4.3). It shows itself by the address
//! from which it comes, by a secret that it shares, or by both.

use super::{Credential, SignIn, Visitor, outsider, single};
use crate::crypto::digest;
use crate::http::failure::Failure;
use actix_web::HttpRequest;
use actix_web::http::header::HeaderName;
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use subtle::ConstantTimeEq;

/// The header in which a proxy shows the secret.
pub const SECRET_HEADER: &str = "x-patchbay-secret";

/// The header that is trusted, and of whom.
#[derive(Debug)]
pub struct TrustedHeader {
    name: HeaderName,
    from: Vec<IpNet>,
    secret: Option<SecretString>,
    directory: Option<String>,
}

/// Headers that say something already.
const TAKEN: [&str; 23] = [
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "if-match",
    "origin",
    "referer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-qlik-security",
    "x-qlik-user",
    "x-qlik-xrfkey",
];

impl TrustedHeader {
    /// The header `name` from proxies of the networks `from`, or from all if that is empty, who show `secret` if there is one. All users who come
    /// so are of `directory`; without it, the header names `DIRECTORY\userid`. Nothing if a header of that name says something already.
    #[must_use]
    pub fn new(name: &str, from: Vec<IpNet>, secret: Option<SecretString>, directory: Option<String>) -> Option<Self> {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        let is_taken = name.as_str().eq_ignore_ascii_case(SECRET_HEADER) || TAKEN.contains(&name.as_str());
        (!is_taken).then_some(Self { name, from, secret, directory })
    }

    /// Who comes by a proxy; nobody if the request has no such header.
    ///
    /// # Errors
    /// The header comes from elsewhere, or names nobody.
    pub fn visitor(&self, request: &HttpRequest) -> Result<Option<Visitor>, Failure> {
        let Some(value) = single(request.headers(), &self.name)? else { return Ok(None) };
        self.check_proxy(request)?;
        let text = std::str::from_utf8(value).map_err(|_| self.names_nobody())?.trim_matches([' ', '\t']);
        let (directory, id) = match &self.directory {
            // Who may choose his name may not choose his directory by it.
            Some(directory) if !text.contains('\\') => (directory.as_str(), text),
            Some(_) => return Err(self.names_nobody()),
            None => text.split_once('\\').ok_or_else(|| self.names_nobody())?,
        };
        let user = outsider(directory, id)?.ok_or_else(|| self.names_nobody())?;
        let sign_in = Some(Box::new(SignIn::by_header(user.clone(), self.source())));
        Ok(Some(Visitor { sign_in, ..Visitor::of_everything(user, Credential::Header) }))
    }

    /// The fingerprint of the settings by which the header is understood. Where it may come from is checked at each request.
    pub fn source(&self) -> String {
        digest(json!(["header", self.name.as_str(), self.directory]).to_string().as_bytes())
    }

    /// Checks that a request comes from a trusted proxy.
    ///
    /// # Errors
    /// `Unauthorized` if it comes from another address, or without the right secret.
    pub fn check_proxy(&self, request: &HttpRequest) -> Result<(), Failure> {
        self.check_address(request)?;
        self.check_secret(request)
    }

    /// Whether the address is that of a trusted proxy; of none, if a secret alone says who is.
    pub fn comes_from(&self, address: IpAddr) -> bool {
        self.from.iter().any(|network| network.contains(&address))
    }

    fn check_address(&self, request: &HttpRequest) -> Result<(), Failure> {
        let address = request.peer_addr().map(|address| address.ip().to_canonical());
        if self.from.is_empty() || address.is_some_and(|address| self.comes_from(address)) {
            return Ok(());
        }
        let from = address.map_or_else(|| "nowhere".to_owned(), |address| address.to_string());
        tracing::warn!(%from, header = %self.name, "a header that signs in, or a session that it began, came from no trusted proxy");
        Err(Failure::Unauthorized(format!(
            "the header {} is taken from trusted proxies only, not from {from}",
            self.name
        )))
    }

    fn check_secret(&self, request: &HttpRequest) -> Result<(), Failure> {
        let Some(secret) = &self.secret else { return Ok(()) };
        let shown = single(request.headers(), &HeaderName::from_static(SECRET_HEADER))?.unwrap_or_default();
        // Hashes of equal length, so that the time tells nothing of the secret.
        let [shown, secret] = [shown, secret.expose_secret().as_bytes()].map(Sha256::digest);
        if bool::from(shown.ct_eq(&secret)) {
            return Ok(());
        }
        tracing::warn!(header = %self.name, "a header that signs in, or a session that it began, came without the right secret");
        Err(Failure::Unauthorized(format!("the header {} is taken with the right {SECRET_HEADER} only", self.name)))
    }

    fn names_nobody(&self) -> Failure {
        let form = if self.directory.is_some() { "userid" } else { "DIRECTORY\\userid" };
        Failure::Unauthorized(format!(
            "the header {} must name a user as {form}, of up to 255 characters each and no control characters",
            self.name
        ))
    }
}
