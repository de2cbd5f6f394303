//! A form that a browser sent, and whether it may be acted upon.

use crate::http::extract::body::Form;
use crate::http::middleware::refusal_audit::Reason;
use actix_web::http::StatusCode;
use actix_web::http::header::{HOST, HeaderName, ORIGIN};
use actix_web::http::uri::{Authority, Uri};
use actix_web::{HttpRequest, HttpResponse};

/// The field of a form that no page elsewhere can know.
pub const TOKEN: &str = "token";

/// The fields that say what is to be done with a form, and the action that only shows it again as
/// it is filled in.
pub const ACTIONS: [&str; 2] = ["action", "do"];
pub const EDIT: &str = "edit";

/// A form that a browser sent.
pub enum Sent {
    /// A page of this session has it, and asks for something to be done.
    Current(Form),
    /// It is only to be shown again, as it is filled in.
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
    /// The visitor goes back to it.
    Asked,
    /// A page of another session has it.
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

    /// Gives a page that shows the form the reason for the audit log.
    pub fn explained(self, mut page: HttpResponse) -> HttpResponse {
        if let Some(message) = self.message() {
            page.extensions_mut().insert(Reason(message));
        }
        page
    }

    /// The message beside the form.
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

/// Whether the browser says that a page of another site sent the form.
pub fn is_from_another_site(request: &HttpRequest) -> bool {
    let site = request.headers().get("Sec-Fetch-Site").and_then(|value| value.to_str().ok());
    site.is_some_and(|site| {
        site.eq_ignore_ascii_case("cross-site") || site.eq_ignore_ascii_case("same-site")
    })
}

/// Whether the browser says that a page of this server sent the form. Only such a form is shown
/// without a valid token: somebody else may have filled in any other one. `Sec-Fetch-Site` alone
/// does not tell, because browsers leave it out on connections without TLS.
pub fn is_from_this_server(request: &HttpRequest) -> bool {
    let origin = only(request, &ORIGIN).and_then(|origin| origin.parse::<Uri>().ok());
    let host = request.uri().authority().cloned().or_else(|| only(request, &HOST)?.parse().ok());
    let is_own = origin.zip(host).is_some_and(|(origin, host)| is_origin_at(&origin, &host));
    is_own && !is_from_another_site(request)
}

/// The value of a header that is sent once.
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
