//! Header authentication: a reverse proxy that has signed a user in names the user in a header (QRS
//! reference, 4.3). The proxy is recognised by its address, by a shared secret, or by both.

use super::credential::{Credential, Visitor};
use super::directory::outsider;
use super::session::SignIn;
use crate::crypto::digest;
use crate::error::RequestError;
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use subtle::ConstantTimeEq;

/// The header in which a proxy sends the secret.
pub const SECRET_HEADER: &str = "x-patchbay-secret";

/// The trusted header, and the proxies that may send it.
#[derive(Debug)]
pub struct TrustedHeader {
    /// In lower case.
    name: String,
    from: Vec<IpNet>,
    secret: Option<SecretString>,
    directory: Option<String>,
}

/// Headers that have another meaning.
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
    /// Trusts the header `name` from proxies in the networks `from` (from everywhere if that is
    /// empty) that send `secret`, if there is one. All users are of `directory`; without it, the
    /// header names `DIRECTORY\userid`. Returns `None` if a header can't have this name, or if the
    /// name has another meaning.
    #[must_use]
    pub fn new(
        name: &str,
        from: Vec<IpNet>,
        secret: Option<SecretString>,
        directory: Option<String>,
    ) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let is_taken = name == SECRET_HEADER || TAKEN.contains(&name.as_str());
        (is_token(&name) && !is_taken).then_some(Self { name, from, secret, directory })
    }

    /// The name of the header, in lower case.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The user that the value of the header names.
    ///
    /// # Errors
    /// `Unauthorized` if the value names no user.
    pub fn visitor(&self, value: &[u8]) -> Result<Visitor, RequestError> {
        let text =
            std::str::from_utf8(value).map_err(|_| self.names_no_user())?.trim_matches([' ', '\t']);
        let (directory, id) = match &self.directory {
            // A proxy that may choose the user's name must not choose the directory with it.
            Some(directory) if !text.contains('\\') => (directory.as_str(), text),
            Some(_) => return Err(self.names_no_user()),
            None => text.split_once('\\').ok_or_else(|| self.names_no_user())?,
        };
        let user = outsider(directory, id)?.ok_or_else(|| self.names_no_user())?;
        let sign_in = Some(Box::new(SignIn::by_header(user.clone(), self.source())));
        Ok(Visitor { sign_in, ..Visitor::of_everything(user, Credential::Header) })
    }

    /// The fingerprint of the settings that interpret the header. Its origin is checked at each
    /// request.
    #[must_use]
    pub fn source(&self) -> String {
        digest(json!(["header", self.name, self.directory]).to_string().as_bytes())
    }

    /// Checks that a request from this address comes from a trusted proxy. `secret` reads the
    /// secret of the request, which is empty without one.
    ///
    /// # Errors
    /// `Unauthorized` if the request comes from another address, or without the right secret.
    pub fn check_proxy<'r>(
        &self,
        address: Option<IpAddr>,
        secret: impl FnOnce() -> Result<&'r [u8], RequestError>,
    ) -> Result<(), RequestError> {
        self.check_address(address)?;
        self.check_secret(secret)
    }

    /// Whether this is the address of a trusted proxy; `false` if proxies are recognised by a
    /// secret alone.
    #[must_use]
    pub fn comes_from(&self, address: IpAddr) -> bool {
        self.from.iter().any(|network| network.contains(&address))
    }

    fn check_address(&self, address: Option<IpAddr>) -> Result<(), RequestError> {
        if self.from.is_empty() || address.is_some_and(|address| self.comes_from(address)) {
            return Ok(());
        }
        let from = address.map_or_else(|| "nowhere".to_owned(), |address| address.to_string());
        tracing::warn!(
            %from,
            header = %self.name,
            "a header that signs a user in, or a session that it began, did not come from a \
             trusted proxy"
        );
        Err(RequestError::Unauthorized(format!(
            "the header {} is accepted from trusted proxies only, not from {from}",
            self.name
        )))
    }

    fn check_secret<'r>(
        &self,
        shown: impl FnOnce() -> Result<&'r [u8], RequestError>,
    ) -> Result<(), RequestError> {
        let Some(secret) = &self.secret else { return Ok(()) };
        let shown = shown()?;
        // Hashes have equal lengths, so the time of the comparison reveals nothing of the secret.
        let [shown, secret] = [shown, secret.expose_secret().as_bytes()].map(Sha256::digest);
        if bool::from(shown.ct_eq(&secret)) {
            return Ok(());
        }
        tracing::warn!(header = %self.name, "a header that signs a user in, or a session that it \
                                             began, came without the right secret");
        Err(RequestError::Unauthorized(format!(
            "the header {} is accepted only together with the right secret in {SECRET_HEADER}",
            self.name
        )))
    }

    fn names_no_user(&self) -> RequestError {
        let form = if self.directory.is_some() { "userid" } else { "DIRECTORY\\userid" };
        RequestError::Unauthorized(format!(
            "the header {} must name a user as {form}, with at most 255 characters in each part \
             and no control characters",
            self.name
        ))
    }
}

/// Whether a header can have this name (RFC 9110, 5.6.2).
fn is_token(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_allowed)
}
