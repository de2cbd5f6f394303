//! Bodies: JSON in UTF-8, with or without a byte order mark, and the forms of pages; in one piece or in chunks, up to a limit.

use super::failure::Failure;
use super::lenient;
use super::threads::block;
use super::{Limits, State};
use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::{BytesMut, Payload};
use futures_util::StreamExt;
use serde_json::Value as Json;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A body may take as long as the settings say, and a second more for each so many bytes of it that came: who sends a little now and then keeps nothing
/// for long.
const BYTES_A_SECOND: usize = 8 * 1024;

/// Bodies longer than this are parsed on a thread of their own, so that they don't hold up other requests.
const SHORT: usize = 64 * 1024;

/// Reads a JSON body of up to `limit` bytes, and makes of it what `understand` does.
///
/// # Errors
/// It is of another content type, too long, too slow or no JSON; whatever `understand` fails with.
pub async fn read<T: Send + 'static>(
    request: &HttpRequest,
    payload: Payload,
    limit: usize,
    understand: impl FnOnce(Json) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    check_content_type(request)?;
    let limits = State::of(request)?.limits;
    let body = collect(request, payload, limit).await?;
    if body.len() <= SHORT {
        return understand(parse(&body, &limits)?);
    }
    block(move || understand(parse(&body, &limits)?)).await?
}

async fn collect(request: &HttpRequest, mut payload: Payload, limit: usize) -> Result<BytesMut, Failure> {
    let patience = Duration::from_secs(State::of(request)?.limits.request_seconds);
    let mut body = BytesMut::new();
    let start = Instant::now();
    loop {
        let earned = Duration::from_secs((body.len() / BYTES_A_SECOND) as u64);
        let chunk = match timeout_at(start + patience + earned, payload.next()).await {
            Ok(Some(chunk)) => {
                let wrong = "the body could not be read: it ends too early, or is in chunks that are none";
                chunk.map_err(|_| Failure::BadRequest(wrong.to_owned()))?
            }
            Ok(None) => return Ok(body),
            Err(_) => return Err(Failure::TooSlow),
        };
        if body.len() + chunk.len() > limit {
            return Err(Failure::TooLarge(limit));
        }
        body.extend_from_slice(&chunk);
    }
}

/// Bytes of a form at most, whatever longer bodies the settings allow: what is in it is worked on at once.
const LONGEST_FORM: usize = 1024 * 1024;

/// Fields of a form and lines in them at most. Each line can be an item of a list.
const MOST_LINES: usize = 5_000;

/// What a page's form holds.
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a form of up to `limit` bytes.
    ///
    /// # Errors
    /// It is of another content type, too long or too slow.
    pub async fn read(request: &HttpRequest, payload: Payload, limit: usize) -> Result<Self, Failure> {
        let limit = limit.min(LONGEST_FORM);
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = content_type.and_then(|text| text.split(';').next()).unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(Failure::BadRequest("Content-Type must be application/x-www-form-urlencoded".to_owned()));
        }
        let body = collect(request, payload, limit).await?;
        let (mut fields, mut lines) = (Vec::new(), 0);
        for (name, text) in form_urlencoded::parse(&body) {
            lines += 1 + text.matches('\n').count().max(text.matches('\r').count());
            if lines > MOST_LINES {
                let message = format!("the form has more than {MOST_LINES} lines and fields; send less at once");
                return Err(Failure::BadRequest(message));
            }
            fields.push((name.into_owned(), text.into_owned()));
        }
        Ok(Self(fields))
    }

    /// The texts in all fields of that name.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(own, _)| own == name).map(|(_, text)| text.as_str()).collect()
    }

    /// Whether there is a field of that name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(own, _)| own == name)
    }

    /// The text in a field; nothing if it is not there.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(own, _)| own == name).map(|(_, text)| text.as_str()).unwrap_or_default()
    }
}

fn parse(body: &[u8], limits: &Limits) -> Result<Json, Failure> {
    let json = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    if json.trim_ascii().is_empty() {
        return Err(Failure::BadRequest("the body is empty where JSON is needed".to_owned()));
    }
    // Errors of syntax name a line and a column, never what stands there: it could be a secret.
    let parsed = serde_json::from_slice(json).or_else(|error| {
        lenient::parse(json).ok_or_else(|| Failure::BadRequest(format!("the body is not valid JSON: {error}")))
    })?;
    check_extent(&parsed, limits, 1)?;
    Ok(whole(parsed))
}

/// Whether it is no deeper, and has no longer lists, than the settings allow. Both parsers end at the deepest that can be set.
fn check_extent(json: &Json, limits: &Limits, depth: usize) -> Result<(), Failure> {
    let check_deeper = |json: &Json| check_extent(json, limits, depth + 1);
    let (items, most) = (json.as_array().map_or(0, Vec::len), limits.body_items);
    if items > most {
        return Err(Failure::BadRequest(format!("the body has a list of {items} items where {most} are allowed")));
    }
    match json {
        Json::Array(_) | Json::Object(_) if depth > limits.body_depth => {
            Err(Failure::BadRequest(format!("the body is nested deeper than {} levels", limits.body_depth)))
        }
        Json::Array(items) => items.iter().try_for_each(check_deeper),
        Json::Object(fields) => fields.values().try_for_each(check_deeper),
        _ => Ok(()),
    }
}

/// JSON has one kind of number: 1.0 is 1, and some programs write it so.
fn whole(json: Json) -> Json {
    match json {
        Json::Number(number) if number.is_f64() => {
            let digits = number.as_f64().map(|number| number.to_string());
            digits.and_then(|digits| digits.parse::<i64>().ok()).map_or(Json::Number(number), Json::from)
        }
        Json::Array(items) => items.into_iter().map(whole).collect(),
        Json::Object(fields) => fields.into_iter().map(|(name, value)| (name, whole(value))).collect(),
        other => other,
    }
}

/// Accepts JSON by any of its names, and bodies that don't say what they are.
fn check_content_type(request: &HttpRequest) -> Result<(), Failure> {
    let Some(value) = request.headers().get(header::CONTENT_TYPE) else { return Ok(()) };
    let text = value.to_str().unwrap_or_default().to_ascii_lowercase();
    let mut parts = text.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default();
    let is_json = matches!(media_type, "application/json" | "text/json")
        || (media_type.starts_with("application/") && media_type.ends_with("+json"));
    if !is_json {
        return Err(Failure::BadRequest(format!("Content-Type must be application/json, not '{media_type}'")));
    }
    let charset = parts.find_map(|part| part.strip_prefix("charset="));
    match charset.map(|charset| charset.trim_matches('"')) {
        None | Some("utf-8" | "utf8" | "us-ascii") => Ok(()),
        Some(charset) => Err(Failure::BadRequest(format!("Content-Type must have the charset utf-8, not '{charset}'"))),
    }
}

/// A field of an object, its name in any case (QRS reference, 5.3).
pub fn field_of<'j>(json: &'j Json, name: &str) -> Option<&'j Json> {
    json.as_object()?.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
