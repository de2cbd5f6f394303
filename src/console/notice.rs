//! A message about what was just done. The address of the page that shows it carries it, sealed for
//! the session and the page, so that no link can make one up.

use super::page_error::to;
use super::visit::Visit;
use crate::error::RequestError;
use actix_web::HttpResponse;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac::{HMAC_SHA256, Key, sign, verify};
use secrecy::ExposeSecret;

/// The parameters with the message and its seal.
const MESSAGE: &str = "saved";
const SEAL: &str = "seal";

/// Usual messages.
pub const SAVED: &str = "Saved.";
pub const UNCHANGED: &str = "Nothing was changed.";

/// Sends the browser to a page of the console that shows a message. `parameters` are the page's
/// own.
pub fn to_with(visit: &Visit, path: &str, parameters: &str, message: &str) -> HttpResponse {
    let seal = sign(&key(visit), sealed(visit, path, message).as_bytes());
    let notice = form_urlencoded::Serializer::new(String::new())
        .append_pair(MESSAGE, message)
        .append_pair(SEAL, &URL_SAFE_NO_PAD.encode(seal))
        .finish();
    let separator = if parameters.is_empty() { "" } else { "&" };
    to(&format!("{path}?{parameters}{separator}{notice}"))
}

/// The message that the address of this page carries; nothing if it is not sealed for this session
/// and this page.
///
/// # Errors
/// `BadRequest` if a parameter is there twice.
pub fn read(visit: &Visit) -> Result<Option<String>, RequestError> {
    let call = &visit.call;
    let (Some(message), Some(seal)) = (call.query.get(MESSAGE)?, call.query.get(SEAL)?) else {
        return Ok(None);
    };
    let text = sealed(visit, call.http.path(), message);
    let is_ours = URL_SAFE_NO_PAD
        .decode(seal)
        .is_ok_and(|seal| verify(&key(visit), text.as_bytes(), &seal).is_ok());
    Ok(is_ours.then(|| message.to_owned()))
}

fn key(visit: &Visit) -> Key {
    Key::new(HMAC_SHA256, visit.call.state.form_key.expose_secret().as_bytes())
}

fn sealed(visit: &Visit, path: &str, message: &str) -> String {
    format!("notice {} {path} {message}", visit.token())
}
