//! The replies of the fake.

use super::quirk::Quirk;
use super::site::Site;
use actix_web::rt::time::sleep;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpRequest, HttpResponse, HttpResponseBuilder, error};
use futures_util::{StreamExt, stream};
use serde_json::{Value as Json, json};
use std::sync::Mutex;
use std::time::Duration;

/// Bytes of a piece, if replies come in small ones.
const PIECE: usize = 7;

/// Answers a request.
pub async fn reply(
    request: HttpRequest,
    _body: Bytes,
    site: Data<Mutex<Site>>,
) -> Result<HttpResponse, Error> {
    let is_slow = site.lock().unwrap().has(Quirk::Slow);
    if is_slow {
        sleep(Duration::from_millis(20)).await;
    }
    let mut site = site.lock().unwrap();
    *site.requests.entry(request.method().to_string()).or_default() += 1;
    let path = request.path().to_owned();
    if site.has(Quirk::Drops) && site.turn("drop", &path) == 1 {
        let end = error::ErrorInternalServerError("the connection breaks");
        return Ok(HttpResponse::Ok().streaming(stream::iter([Err::<Bytes, _>(end)])));
    }
    if let Some(refusal) = refusal(&request, &mut site) {
        return Ok(refusal);
    }
    let Some(content) = content(&request, &site) else {
        return Ok(refused(&site, 404, "Not found"));
    };
    let mut text = content.to_string().into_bytes();
    if site.has(Quirk::Bom) {
        text.splice(0..0, [0xef, 0xbb, 0xbf]);
    }
    if site.has(Quirk::BreaksOff)
        && path == "/qrs/dataconnection/full"
        && site.turn("break", &path) == 2
    {
        text.truncate(text.len() / 2);
        return Ok(broken_off(text));
    }
    Ok(sent(&site, HttpResponse::Ok(), text))
}

fn refusal(request: &HttpRequest, site: &mut Site) -> Option<HttpResponse> {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let key = header("X-Qlik-Xrfkey").unwrap_or_default();
    if site.has(Quirk::Redirects) {
        let to = "https://localhost/login/?targetId=7";
        return Some(HttpResponse::Found().insert_header(("Location", to)).finish());
    }
    let is_key = key.len() == 16 && key.chars().all(|one| one.is_ascii_alphanumeric());
    if !is_key || !request.query_string().contains(&format!("xrfkey={key}")) {
        return Some(refused(site, 403, "XSRF prevention check failed. Possible XSRF discovered."));
    }
    if !header("X-Qlik-User").is_some_and(|user| user.starts_with("UserDirectory=")) {
        return Some(refused(site, 403, "Forbidden"));
    }
    let address = request.path().to_owned();
    if site.has(Quirk::Busy) && site.turn("busy", &address) == 1 {
        let is_odd = address.len() % 2 == 1;
        let mut reply = if is_odd {
            HttpResponse::ServiceUnavailable()
        } else {
            HttpResponse::TooManyRequests()
        };
        return Some(reply.insert_header(("Retry-After", "0")).finish());
    }
    None
}

/// The JSON at an address.
fn content(request: &HttpRequest, site: &Site) -> Option<Json> {
    let path = request.path().strip_prefix("/qrs/")?;
    let parts: Vec<&str> = path.split('/').collect();
    let mut content = match parts.as_slice() {
        ["about"] => json!({"buildVersion": "38.22.0", "buildDate": "9/20/2013 10:09:00 AM"}),
        ["requests"] => json!(site.requests),
        [_, "previewcreateprivilege"] if !site.has(Quirk::NoPreviews) => json!(true),
        [kind, "count"] => json!({ "value": listed(request, site, kind).len() }),
        [kind, "full"] => return Some(listed(request, site, kind).into()),
        [kind, id] => {
            let list = site.list(kind);
            let is_same = |entity: &&Json| entity["id"] == *id || entity["Id"] == *id;
            return list.iter().find(is_same).cloned();
        }
        _ => return None,
    };
    if content.is_object() {
        site.change(&mut content, 0);
    }
    Some(content)
}

/// The entities of a type; of rules, those that the filter asks for.
fn listed(request: &HttpRequest, site: &Site, kind: &str) -> Vec<Json> {
    let custom = request.query_string().contains("Custom");
    let is_listed = |entity: &Json| {
        let own = entity.get("type").or_else(|| entity.get("Type"));
        !custom || own.is_some_and(|own| own == "Custom")
    };
    site.list(kind).into_iter().filter(is_listed).collect()
}

fn refused(site: &Site, status: u16, why: &str) -> HttpResponse {
    let mut reply = HttpResponse::build(status.try_into().unwrap());
    if site.has(Quirk::HtmlErrors) {
        let page = format!("<!DOCTYPE html><html><body><h1>{why}</h1></body></html>");
        return reply.content_type("text/html").body(page);
    }
    reply.content_type("text/plain").body(why.to_owned())
}

fn sent(site: &Site, mut reply: HttpResponseBuilder, text: Vec<u8>) -> HttpResponse {
    reply.content_type("application/json");
    if site.has(Quirk::Closes) {
        reply.force_close();
    }
    if !site.has(Quirk::Pieces) {
        return reply.body(text);
    }
    let pieces: Vec<Result<Bytes, Error>> =
        text.chunks(PIECE).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    reply.streaming(stream::iter(pieces))
}

/// A reply whose connection breaks after this text.
fn broken_off(text: Vec<u8>) -> HttpResponse {
    let end = async {
        // The text is on its way before.
        sleep(Duration::from_millis(50)).await;
        Err(error::ErrorInternalServerError("the connection breaks"))
    };
    let text = stream::iter([Ok(Bytes::from(text))]);
    HttpResponse::Ok().streaming(Box::pin(text.chain(stream::once(end))))
}
