//! A form that a browser sent, and whether it may be acted upon.

use crate::http::extract::body::Form;
use actix_web::HttpRequest;
use actix_web::http::StatusCode;

/// The field of a form that no page elsewhere can know.
pub const TOKEN: &str = "token";

/// The fields that say what is to be done with a form, and the action that only shows it again as it is filled in.
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

    /// The message beside the form.
    pub fn message(self) -> Option<String> {
        match self {
            Self::Asked => None,
            Self::Stale => Some(
                "This form was opened in another session. Nothing was done. Check it and send it again.".to_owned(),
            ),
        }
    }
}

/// Whether the browser says that a page of another site sent the form. Such a form is not even shown: somebody else may have filled it in.
pub fn is_from_another_site(request: &HttpRequest) -> bool {
    let site = request.headers().get("Sec-Fetch-Site").and_then(|value| value.to_str().ok());
    site.is_some_and(|site| site.eq_ignore_ascii_case("cross-site") || site.eq_ignore_ascii_case("same-site"))
}
