//! Messages for a site that can't be reached, with advice.

use super::definition::{Definition, SignIn};
use super::error::SiteError;
use rustls::{AlertDescription, CertificateError, Error as TlsError};
use std::error::Error;
use std::io::{self, ErrorKind};
use std::iter::successors;

/// The error for a request that got no reply from `host`, which is `name:port`.
pub fn connection_fault(error: &reqwest::Error, definition: &Definition, host: &str) -> SiteError {
    let chain: Vec<&(dyn Error + 'static)> =
        successors(error.source(), |error| (*error).source()).collect();
    let message = match chain.iter().find_map(|error| tls_error(*error)) {
        Some(fault) => of_tls(fault, definition, host),
        None => of_network(error, &chain, definition, host),
    };
    SiteError::Connection(message)
}

/// The error of TLS in an error, which errors of the system may wrap.
fn tls_error<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e TlsError> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => tls_error(inner),
        None => error.downcast_ref(),
    }
}

/// The kind of an error of the system, which others of its kind may wrap.
fn system_kind(error: &(dyn Error + 'static)) -> Option<ErrorKind> {
    let error = error.downcast_ref::<io::Error>()?;
    error.get_ref().and_then(|inner| system_kind(inner)).or(Some(error.kind()))
}

fn of_tls(fault: &TlsError, definition: &Definition, host: &str) -> String {
    match fault {
        TlsError::InvalidCertificate(fault) => of_certificate(fault, definition, host),
        TlsError::AlertReceived(alert) => of_alert(*alert, definition, host),
        TlsError::InvalidMessage(_) => format!(
            "{host} does not speak TLS; check the port: QRS has TLS at 4242, and a proxy at 443"
        ),
        other => format!("TLS with {host} fails: {other}"),
    }
}

fn of_certificate(fault: &CertificateError, definition: &Definition, host: &str) -> String {
    match fault {
        CertificateError::NotValidForNameContext { expected, presented } => {
            let names: Vec<&str> = presented.iter().map(|name| plain_name(name)).collect();
            format!(
                "the certificate of {host} is for {}, not for {}{}",
                names.join(", "),
                expected.to_str(),
                address_with_name(definition, presented)
            )
        }
        CertificateError::NotValidForName => {
            format!("the certificate of {host} is for another name than the one in the url")
        }
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            format!("the certificate of {host} was {}", wrong_issuer(&definition.sign_in))
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            format!("the certificate of {host} has expired, or the clock of this machine is wrong")
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            format!("the certificate of {host} is not valid yet; check the clocks of both machines")
        }
        other => format!("the certificate of {host} can't be accepted: {other}"),
    }
}

/// Which authority should have issued the certificate, and what to do.
fn wrong_issuer(sign_in: &SignIn) -> String {
    match sign_in {
        SignIn::Certificate { folder, .. } => format!(
            "not issued by the root in {}: it is another site, or the certificates of the site were \
             made anew; export them again",
            folder.display()
        ),
        SignIn::Token { .. } | SignIn::Header { .. } => {
            "issued by an authority that is not trusted here; name its certificate with --root FILE"
                .to_owned()
        }
    }
}

/// Advice to use a name of the certificate in the address of the site.
fn address_with_name(definition: &Definition, presented: &[String]) -> String {
    let is_host = |name: &&String| name.starts_with("DnsName");
    let Some(name) = presented.iter().find(is_host) else { return String::new() };
    let mut url = definition.url.clone();
    let port = url.port_or_known_default().unwrap_or_default();
    let to = match (definition.connect, url.domain()) {
        (Some(address), _) => address.to_string(),
        (None, Some(_)) => format!("IP:{port}"),
        (None, None) => format!("{}:{port}", url.host_str().unwrap_or_default()),
    };
    if url.set_host(Some(plain_name(name))).is_err() {
        return String::new();
    }
    let url = url.as_str().trim_end_matches('/');
    format!("; use --url {url}, with --connect {to} if that name leads elsewhere")
}

/// A name of a certificate without its type, of which rustls makes `DnsName("qlik")` or
/// `IpAddress(127.0.0.1)`.
fn plain_name(name: &str) -> &str {
    let inner = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(name);
    inner.trim_matches('"')
}

fn of_alert(alert: AlertDescription, definition: &Definition, host: &str) -> String {
    match (&definition.sign_in, alert) {
        (SignIn::Certificate { folder, .. }, _) => format!(
            "{host} does not accept the client's certificate in {} ({alert:?}): it expired, was \
             revoked, or belongs to another site; export the certificates again",
            folder.display()
        ),
        (_, AlertDescription::CertificateRequired | AlertDescription::HandshakeFailure) => format!(
            "{host} asks for a client's certificate, as QRS does at port 4242; use the address of \
             the virtual proxy, or --certificates instead of the token or header"
        ),
        _ => format!("{host} ends the connection ({alert:?})"),
    }
}

fn of_network(
    error: &reqwest::Error,
    chain: &[&(dyn Error + 'static)],
    definition: &Definition,
    host: &str,
) -> String {
    let place = definition.connect.map_or_else(|| host.to_owned(), |address| address.to_string());
    let last = chain.last().map_or_else(|| error.to_string(), ToString::to_string);
    if error.is_timeout() {
        let what = if error.is_connect() { "can't be reached" } else { "does not answer" };
        return format!("{place} {what} in time; check the address, the firewall and the site");
    }
    match chain.iter().rev().find_map(|error| system_kind(*error)) {
        Some(ErrorKind::ConnectionRefused) => format!(
            "nothing listens at {place}; check that the site runs, and the port: QRS listens at \
             4242"
        ),
        Some(ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe) => {
            format!("{place} closed the connection before it answered ({last}); try again")
        }
        _ if chain.iter().any(|error| error.to_string().contains("dns error")) => format!(
            "the name in {} can't be looked up: {last}; check it, or add --connect IP:PORT",
            definition.url
        ),
        _ => format!("{place} can't be reached: {last}"),
    }
}
