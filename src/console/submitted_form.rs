//! Forms that a browser sent, and whether they may be processed.

use crate::http::extract::body::Form;
use crate::http::middleware::refusal_audit::Reason;
use actix_web::http::StatusCode;
use actix_web::http::header::{HOST, HeaderName, ORIGIN};
use actix_web::http::uri::{Authority, Uri};
use actix_web::{HttpRequest, HttpResponse};

/// The field with the token, which pages of other sites can't know.
pub const TOKEN: &str = "token";

/// The fields with the action of a form, and the action that only shows the form with its input
/// again.
pub const ACTIONS: [&str; 2] = ["action", "do"];
pub const EDIT: &str = "edit";

/// A form that a browser sent.
pub enum Sent {
    /// A page of this session sent it to be processed.
    Current(Form),
    /// It is only shown again with its input.
    Again(Form, Again),
}

impl Sent {
    /// The form, and why it is only shown again, if it is.
    pub fn parts(self) -> (Form, Option<Again>) {
        match self {
            Self::Current(form) => (form, None),
            Self::Again(form, again) => (form, Some(again)),
        }
    }
}

/// Why a form is shown again.
#[derive(Clone, Copy)]
pub enum Again {
    /// The visitor went back to it.
    Asked,
    /// A page of another session sent it.
    Stale,
}

impl Again {
    /// The status of the reply.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Asked => StatusCode::OK,
            Self::Stale => StatusCode::FORBIDDEN,
        }
    }

    /// Adds the reason for the audit log to a page with the form.
    pub fn explained(self, mut page: HttpResponse) -> HttpResponse {
        if let Some(message) = self.message() {
            page.extensions_mut().insert(Reason(message));
        }
        page
    }

    /// The message on the page of the form.
    pub fn message(self) -> Option<String> {
        match self {
            Self::Asked => None,
            Self::Stale => Some(
                "This form was opened in another session. Nothing was done. Check it and send it \
                 again."
                    .to_owned(),
            ),
        }
    }
}

/// Whether the browser reports that a page of another site sent the form.
pub fn is_from_another_site(request: &HttpRequest) -> bool {
    let site = request.headers().get("Sec-Fetch-Site").and_then(|value| value.to_str().ok());
    site.is_some_and(|site| {
        site.eq_ignore_ascii_case("cross-site") || site.eq_ignore_ascii_case("same-site")
    })
}

/// Whether the browser reports that a page of this server sent the form. Only such a form is shown
/// again without a valid token: the input of any other may be forged. `Sec-Fetch-Site` alone is not
/// enough, because browsers omit it on connections without TLS.
pub fn is_from_this_server(request: &HttpRequest) -> bool {
    let origin = only(request, &ORIGIN).and_then(|origin| origin.parse::<Uri>().ok());
    let host = request.uri().authority().cloned().or_else(|| only(request, &HOST)?.parse().ok());
    let is_own = origin.zip(host).is_some_and(|(origin, host)| is_origin_at(&origin, &host));
    is_own && !is_from_another_site(request)
}

/// The value of a header that occurs once.
fn only<'r>(request: &'r HttpRequest, name: &HeaderName) -> Option<&'r str> {
    let mut values = request.headers().get_all(name);
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

fn is_origin_at(origin: &Uri, host: &Authority) -> bool {
    let usual = match origin.scheme_str() {
        Some("https") => 443,
        Some("http") => 80,
        _ => return false,
    };
    origin.authority().is_some_and(|own| {
        own.host().eq_ignore_ascii_case(host.host())
            && own.port_u16().unwrap_or(usual) == host.port_u16().unwrap_or(usual)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn a_form_is_ours_only_if_its_origin_has_the_host_and_port_that_were_called() {
        for (origins, host, is_ours) in [
            (vec!["https://qlik.lab"], "qlik.lab", true),
            (vec!["https://QLIK.lab"], "qlik.LAB:443", true),
            (vec!["http://qlik.lab:80"], "qlik.lab", true),
            (vec!["https://qlik.lab:4243"], "qlik.lab:4243", true),
            (vec!["https://[::1]:4243"], "[::1]:4243", true),
            (vec![], "qlik.lab", false),
            (vec![""], "qlik.lab", false),
            (vec!["null"], "qlik.lab", false),
            (vec!["null"], "null", false),
            (vec!["qlik.lab"], "qlik.lab", false),
            (vec!["file://qlik.lab"], "qlik.lab", false),
            (vec!["https://evil.lab"], "qlik.lab", false),
            (vec!["https://qlik.lab.evil.lab"], "qlik.lab", false),
            (vec!["https://qlik.lab:4244"], "qlik.lab:4243", false),
            (vec!["https://qlik.lab"], "qlik.lab:4243", false),
            (vec!["https://qlik.lab", "https://qlik.lab"], "qlik.lab", false),
        ] {
            let mut request = TestRequest::post().insert_header((HOST, host));
            for origin in &origins {
                request = request.append_header((ORIGIN, *origin));
            }
            assert_eq!(
                is_from_this_server(&request.to_http_request()),
                is_ours,
                "{origins:?} at {host}"
            );
        }
    }
}
