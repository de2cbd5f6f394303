//! Checks the name under which a browser calls the server. Another site can make its own name point
//! to this machine (DNS rebinding), and its pages then count as pages of this server for the
//! browser; but it can't use another name.

use crate::error::RequestError;
use crate::http::State;
use actix_web::HttpRequest;
use actix_web::http::header::HOST;
use actix_web::http::uri::Authority;
use std::net::IpAddr;

/// Checks that a request calls the server by one of its names.
///
/// # Errors
/// `BadRequest` if `Host` or the URL has another name.
pub fn check_host(request: &HttpRequest) -> Result<(), RequestError> {
    let state = State::of(request)?;
    let said = request.headers().get_all(HOST).map(|value| value.to_str().unwrap_or_default());
    for host in said.chain(request.uri().authority().map(Authority::as_str)) {
        let name = host.parse::<Authority>().map_err(|_| unknown(host))?;
        if !is_ours(name.host(), &state.hosts) {
            return Err(unknown(name.host()));
        }
    }
    Ok(())
}

fn unknown(host: &str) -> RequestError {
    RequestError::BadRequest(format!(
        "'{host}' in the Host header is not a name of this server; if it should be, start the \
         server with that name in the setting host"
    ))
}

/// Whether a host is one of the server's names, this machine, or an address, which can't be
/// redirected.
fn is_ours(host: &str, names: &[String]) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let is_address = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    let is_this_machine = host == "localhost" || host.ends_with(".localhost");
    is_address
        || is_this_machine
        || names.iter().any(|name| is_named(&host, &name.to_ascii_lowercase()))
}

/// Whether `name` matches the host; in a certificate, `*` stands for the first part.
fn is_named(host: &str, name: &str) -> bool {
    match (name.strip_prefix("*."), host.split_once('.')) {
        (Some(rest), Some((_, parent))) => parent == rest,
        _ => host == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_this_machine_and_names_of_the_certificate_are_ours() {
        let names = ["qlik.example.com", "*.lab.example.com"].map(str::to_owned);
        for host in [
            "localhost",
            "a.localhost",
            "LOCALHOST.",
            "127.0.0.1",
            "[::1]",
            "10.0.0.5",
            "Qlik.Example.com",
            "x.lab.example.com",
        ] {
            assert!(is_ours(host, &names), "{host}");
        }
        for host in [
            "",
            "example.com",
            "evil.com",
            "localhost.evil.com",
            "127.0.0.1.evil.com",
            "x.y.lab.example.com",
            "lab.example.com",
            "qlik.example.com.evil.com",
        ] {
            assert!(!is_ours(host, &names), "{host}");
        }
    }
}
