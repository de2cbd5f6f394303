//! The Xrfkey: 16 characters that a request sends twice, in the query and in a header, because a
//! page of another site can't set the header. It is required for all methods, including GET.

use super::query_string::QueryString;
use crate::error::RequestError;
use actix_web::HttpRequest;

const HEADER: &str = "X-Qlik-Xrfkey";
pub const PARAMETER: &str = "Xrfkey";
const LENGTH: usize = 16;

/// Refuses requests without a valid key.
///
/// # Errors
/// `Unauthorized` if the key is missing in one place, differs, or does not have 16 characters. The
/// first words of the message are those of QRS.
pub fn check(request: &HttpRequest, query: &QueryString) -> Result<(), RequestError> {
    let refuse = |why: &str| {
        let rule = "the query parameter Xrfkey and the header X-Qlik-Xrfkey must be the same 16 \
                    characters";
        Err(RequestError::Unauthorized(format!(
            "XSRF prevention check failed. Possible XSRF discovered: {why}; {rule}"
        )))
    };
    let mut headers = request.headers().get_all(HEADER);
    let header = headers.next().and_then(|value| value.to_str().ok());
    match (query.get(PARAMETER)?, header) {
        (None, _) => refuse("the query parameter is missing"),
        (_, None) => refuse("the header is missing"),
        _ if headers.next().is_some() => refuse("the header occurs twice"),
        (Some(parameter), Some(header)) if parameter != header => refuse("the two keys differ"),
        (Some(parameter), _) if parameter.chars().count() != LENGTH => {
            refuse("the key does not have 16 characters")
        }
        _ => Ok(()),
    }
}
