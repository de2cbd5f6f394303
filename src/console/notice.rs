//! A message about the last action. The address of the page carries it, with a signature for the
//! session and the page, so that no link can forge one.

use super::page_error::to;
use super::visit::Visit;
use crate::error::RequestError;
use actix_web::HttpResponse;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac::{HMAC_SHA256, Key, sign, verify};
use secrecy::ExposeSecret;

/// The parameters with the message and its signature.
const MESSAGE: &str = "saved";
const SIGNATURE: &str = "seal";

/// Common messages.
pub const SAVED: &str = "Saved.";
pub const UNCHANGED: &str = "Nothing was changed.";

/// Redirects to a page of the console that shows a message. `parameters` are those of the page.
pub fn to_with(visit: &Visit, path: &str, parameters: &str, message: &str) -> HttpResponse {
    let seal = sign(&key(visit), signed_text(visit, path, message).as_bytes());
    let notice = form_urlencoded::Serializer::new(String::new())
        .append_pair(MESSAGE, message)
        .append_pair(SIGNATURE, &URL_SAFE_NO_PAD.encode(seal))
        .finish();
    let separator = if parameters.is_empty() { "" } else { "&" };
    to(&format!("{path}?{parameters}{separator}{notice}"))
}

/// The message in the address of this page; `None` if it is not signed for this session and this
/// page.
///
/// # Errors
/// `BadRequest` if a parameter occurs twice.
pub fn read(visit: &Visit) -> Result<Option<String>, RequestError> {
    let call = &visit.call;
    let (Some(message), Some(seal)) = (call.query.get(MESSAGE)?, call.query.get(SIGNATURE)?) else {
        return Ok(None);
    };
    let text = signed_text(visit, call.http.path(), message);
    let is_ours = URL_SAFE_NO_PAD
        .decode(seal)
        .is_ok_and(|seal| verify(&key(visit), text.as_bytes(), &seal).is_ok());
    Ok(is_ours.then(|| message.to_owned()))
}

fn key(visit: &Visit) -> Key {
    Key::new(HMAC_SHA256, visit.call.state.form_key.expose_secret().as_bytes())
}

fn signed_text(visit: &Visit, path: &str, message: &str) -> String {
    format!("notice {} {path} {message}", visit.token())
}
