//! Patchbay's cookies: scripts can't read them, other sites can't make a browser send them, and
//! they are restricted to TLS if the browser uses it, to the server or to a proxy in front of it.

use crate::error::RequestError;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use secrecy::{ExposeSecret, SecretString};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The value of the cookie with this name, if the request has one.
///
/// # Errors
/// `Unauthorized` if the request has different values: a page of another site may have set one of
/// them.
pub fn value(request: &HttpRequest, name: &str) -> Result<Option<SecretString>, RequestError> {
    let headers = headers(request);
    let mut own =
        cookies(&headers).filter(|cookie| cookie.name() == name && !cookie.value().is_empty());
    let Some(first) = own.next() else { return Ok(None) };
    if own.any(|other| other.value() != first.value()) {
        return Err(RequestError::Unauthorized(format!(
            "the request has two different cookies {name}; delete both and sign in again"
        )));
    }
    Ok(Some(SecretString::from(first.value())))
}

/// The names of all cookies of a request.
pub fn names(request: &HttpRequest) -> BTreeSet<String> {
    cookies(&headers(request)).map(|cookie| cookie.name().to_owned()).collect()
}

/// The headers with cookies. Cookies of other programs may have any bytes, even invalid UTF-8.
fn headers(request: &HttpRequest) -> Vec<Cow<'_, str>> {
    let headers = request.headers().get_all(header::COOKIE);
    headers.map(|value| String::from_utf8_lossy(value.as_bytes())).collect()
}

/// The cookies of these headers. Each is parsed separately, so that a malformed cookie of another
/// program does not hide ours.
fn cookies<'h>(headers: &'h [Cow<'_, str>]) -> impl Iterator<Item = Cookie<'h>> {
    headers
        .iter()
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| Cookie::parse(cookie).ok())
}

/// Creates a cookie that lasts until the browser is closed.
pub fn build(
    request: &HttpRequest,
    name: impl Into<Cow<'static, str>>,
    value: &SecretString,
    path: &'static str,
) -> Cookie<'static> {
    let is_secure = request.app_config().secure()
        || request.connection_info().scheme().eq_ignore_ascii_case("https");
    Cookie::build(name, value.expose_secret().to_owned())
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(is_secure)
        .path(path)
        .finish()
}

/// Adds a cookie to a reply.
///
/// # Errors
/// `Internal` if the cookie does not fit into a header.
pub fn set<B>(reply: &mut HttpResponse<B>, cookie: &Cookie<'_>) -> Result<(), RequestError> {
    reply.add_cookie(cookie).map_err(|error| RequestError::internal(&error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::cookie::time::Duration;
    use actix_web::http::header::HeaderValue;
    use actix_web::test::TestRequest;

    fn showing(headers: &[&[u8]]) -> HttpRequest {
        let add = |request: TestRequest, bytes: &&[u8]| {
            request.append_header((header::COOKIE, HeaderValue::from_bytes(bytes).unwrap()))
        };
        headers.iter().fold(TestRequest::default(), add).to_http_request()
    }

    fn shown(headers: &[&[u8]]) -> Option<String> {
        value(&showing(headers), "ours").unwrap().map(|value| value.expose_secret().to_owned())
    }

    #[test]
    fn our_cookie_is_found_among_any_cookies_of_others() {
        for headers in [
            &[&b"ours=a-b_c"[..]][..],
            &[b"other=1; ours=a-b_c; more=2"],
            &[b"other=1;ours=a-b_c;"],
            &[b"other=1", b"ours=a-b_c"],
            &[b"ours=a-b_c; ours=a-b_c", b"ours="],
            &[b"\xff\xfe=\xff; \xc3; ours=a-b_c"],
            &[b"=x; ; flag; \"; a\\b=c d,e; x=\"y\"z; %zz=%zz; ours=a-b_c; OURS=other"],
        ] {
            assert_eq!(shown(headers).as_deref(), Some("a-b_c"), "{headers:?}");
        }
        for headers in [&[][..], &[&b"ours="[..]], &[b"ours"], &[b"our=x; ours-hub=y; yours=z"]] {
            assert_eq!(shown(headers), None, "{headers:?}");
        }
        // Values are not decoded, and begin after the first equals sign. Quotes around them, and
        // blanks around names, are ignored (RFC 6265, 4.1.1).
        assert_eq!(shown(&[b"ours=\"a-b_c\"; ours =a-b_c"]).as_deref(), Some("a-b_c"));
        assert_eq!(shown(&[b"ours=%41=b%3B"]).as_deref(), Some("%41=b%3B"));
        let names = names(&showing(&[b"b=1; a=2; flag", b"\xff; b=3"]));
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn two_different_values_of_our_cookie_are_refused() {
        for headers in
            [&[&b"ours=a; ours=b"[..]][..], &[b"ours=a", b"ours=b"], &[b"ours=a; ours=b c"]]
        {
            assert!(
                matches!(value(&showing(headers), "ours"), Err(RequestError::Unauthorized(_))),
                "{headers:?}"
            );
        }
    }

    #[test]
    fn cookies_are_restricted_to_our_server() {
        let plain = TestRequest::default().to_http_request();
        let behind =
            TestRequest::default().insert_header(("X-Forwarded-Proto", "https")).to_http_request();
        for (request, secure) in [(plain, ""), (behind, "; Secure")] {
            let mut cookie = build(&request, "ours", &SecretString::from("a-b_c"), "/console");
            let (mut once, mut long) = (HttpResponse::Ok().finish(), HttpResponse::Ok().finish());
            set(&mut once, &cookie).unwrap();
            cookie.set_max_age(Duration::seconds(60));
            set(&mut long, &cookie).unwrap();
            let header = |reply: &HttpResponse| {
                reply.headers().get(header::SET_COOKIE).unwrap().to_str().unwrap().to_owned()
            };
            let expected = format!("ours=a-b_c; HttpOnly; SameSite=Strict{secure}; Path=/console");
            assert_eq!(header(&once), expected);
            assert_eq!(header(&long), expected + "; Max-Age=60");
        }
    }
}
