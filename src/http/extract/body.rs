//! Request bodies: JSON in UTF-8, or in UTF-16 with a byte order mark, and the forms of pages; in
//! one piece or in chunks, up to a limit.

use super::json_reader;
use super::json_reader::{Bounds, Parsed, Refusal};
use crate::error::RequestError;
use crate::http::State;
use crate::http::extract::named_user::folded_user;
use crate::model::MOST_CHOICES;
use crate::service::body_memory::{Received, Values};
use actix_web::http::header;
use actix_web::web::{Bytes, BytesMut, Payload};
use actix_web::{HttpMessage, HttpRequest};
use futures_util::StreamExt;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// A body may take as long as the settings say, plus a second for each this many bytes that have
/// arrived. So a client that sends very slowly does not hold resources for long.
const BYTES_A_SECOND: usize = 8 * 1024;

/// The same for a long body while other requests wait for the memory that it holds.
const CROWDED_SECONDS: Duration = Duration::from_secs(5);
const CROWDED_BYTES_A_SECOND: usize = 256 * 1024;

/// Longer bodies are parsed on a worker thread, so that they don't delay other requests, and within
/// the memory that they share.
const SHORT: usize = 64 * 1024;

/// Reads a JSON body of up to `limit` bytes, and converts it with `understand`.
///
/// # Errors
/// `BadRequest` if it has another content type, is not JSON or exceeds the limits of a body;
/// `TooLarge` if it is too long, `TooSlow` if it does not arrive in time, `Unavailable` if other
/// large bodies hold all memory; the errors of `understand`.
pub async fn read<T: Send + 'static>(
    request: &HttpRequest,
    payload: Payload,
    limit: usize,
    understand: impl FnOnce(Json) -> Result<T, RequestError> + Send + 'static,
) -> Result<T, RequestError> {
    check_content_type(request)?;
    let state = State::of(request)?;
    let bounds = Bounds {
        depth: state.backend.limits.body_depth,
        items: state.backend.limits.body_items,
        memory: state.body_memory.most_values(),
    };
    let body = Body::receive(request, payload, limit).await?;
    if body.bytes.len() <= SHORT {
        return understand(parse(&body.bytes, bounds)?.json);
    }
    let mut held = state.body_memory.hold_values(body.values).await?;
    let parsed = move || {
        let parsed = parse(&body.bytes, bounds)?;
        drop(body);
        held.shrink(parsed.memory);
        Ok::<_, RequestError>((understand(parsed.json)?, held))
    };
    let (understood, held) = state.body_memory.parser.run(parsed).await??;
    // The result of `understand` takes no more memory than the values; it is held until the reply
    // is complete.
    request.extensions_mut().insert(Arc::new(held));
    Ok(understood)
}

/// The memory that the values of a request's body hold; `None` if the body is short.
pub fn held_values(request: &HttpRequest) -> Option<Arc<Values>> {
    request.extensions().get::<Arc<Values>>().cloned()
}

/// A body that is being received.
#[derive(Default)]
struct Body {
    bytes: BytesMut,
    /// The memory reserved for the bytes, once the body is no longer short.
    memory: Option<Received>,
    /// An upper bound of the memory of its values, counted once the body is no longer short.
    values: usize,
}

impl Body {
    async fn receive(
        request: &HttpRequest,
        mut payload: Payload,
        limit: usize,
    ) -> Result<Self, RequestError> {
        let state = State::of(request)?;
        let length = length(request).unwrap_or(limit);
        if length > limit {
            return Err(RequestError::TooLarge(limit));
        }
        let mut body = Self::default();
        let mut start = Instant::now();
        while let Some(chunk) = body.next(&state, &mut payload, start).await? {
            let received = body.bytes.len() + chunk.len();
            if received > limit {
                return Err(RequestError::TooLarge(limit));
            }
            if body.memory.is_none() && received > SHORT {
                let wait = Instant::now();
                body.memory = Some(state.body_memory.receive(&folded_user(request), length).await?);
                start += wait.elapsed();
                // Reserves everything now: pages that are not written yet take no memory, and a
                // growing buffer would be copied.
                body.bytes.reserve(length.saturating_sub(body.bytes.len()));
                body.values = json_reader::estimate(&body.bytes);
            }
            if body.memory.is_some() {
                body.values += json_reader::estimate(&chunk);
            }
            body.bytes.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// Waits for the next chunk; `None` at the end.
    async fn next(
        &self,
        state: &State,
        payload: &mut Payload,
        start: Instant,
    ) -> Result<Option<Bytes>, RequestError> {
        let earned =
            |bytes_a_second: usize| Duration::from_secs((self.bytes.len() / bytes_a_second) as u64);
        let end = start
            + Duration::from_secs(state.backend.limits.request_seconds)
            + earned(BYTES_A_SECOND);
        let crowded = start + CROWDED_SECONDS + earned(CROWDED_BYTES_A_SECOND);
        let chunk = tokio::select! {
            chunk = payload.next() => chunk.transpose(),
            () = sleep_until(end) => return Err(RequestError::TooSlow),
            () = state.body_memory.crowded_after(crowded), if self.memory.is_some() => return Err(
                RequestError::TooSlow
            ),
        };
        let wrong = "the body could not be read: it ends too early, or its chunks are malformed";
        chunk.map_err(|_| RequestError::BadRequest(wrong.to_owned()))
    }
}

/// The length of the body according to its header; `None` if it comes in chunks.
fn length(request: &HttpRequest) -> Option<usize> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.trim().parse().ok()
}

/// Maximum bytes of a form, even if the settings allow longer bodies: forms are processed on the
/// event loop.
const LONGEST_FORM: usize = 1024 * 1024;

/// Maximum fields of a form, and maximum fields and lines in them. Each line can be an item of a
/// list, such as a choice of a custom property.
const MOST_FIELDS: usize = 5_000;
const MOST_LINES: usize = 2 * MOST_CHOICES;

/// The fields of a form that a page sent.
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a form of up to `limit` bytes.
    ///
    /// # Errors
    /// Those of [`Form::receive`] and [`Form::check_lines`].
    pub async fn read(
        request: &HttpRequest,
        payload: Payload,
        limit: usize,
    ) -> Result<Self, RequestError> {
        let form = Self::receive(request, payload, limit).await?;
        form.check_lines()?;
        Ok(form)
    }

    /// Reads a form of up to `limit` bytes, with any number of lines.
    ///
    /// # Errors
    /// `BadRequest` if it has another content type or too many fields; `TooLarge`, `TooSlow` and
    /// `Unavailable` as for [`read`].
    pub async fn receive(
        request: &HttpRequest,
        payload: Payload,
        limit: usize,
    ) -> Result<Self, RequestError> {
        let limit = limit.min(LONGEST_FORM);
        let content_type =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type =
            content_type.and_then(|text| text.split(';').next()).unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(RequestError::BadRequest(
                "Content-Type must be application/x-www-form-urlencoded".to_owned(),
            ));
        }
        let mut body = Body::receive(request, payload, limit).await?;
        // The fields take about as much memory as the body, and are kept until the reply is
        // complete.
        if let Some(memory) = body.memory.take() {
            request.extensions_mut().insert(memory);
        }
        let mut fields = Vec::new();
        for (name, text) in form_urlencoded::parse(&body.bytes) {
            if fields.len() == MOST_FIELDS {
                let message =
                    format!("the form has more than {MOST_FIELDS} fields; send fewer at a time");
                return Err(RequestError::BadRequest(message));
            }
            fields.push((name.into_owned(), text.into_owned()));
        }
        Ok(Self(fields))
    }

    /// Checks the number of lines: each can become an item of a list.
    ///
    /// # Errors
    /// `BadRequest` if there are too many lines.
    pub fn check_lines(&self) -> Result<(), RequestError> {
        let lines = |text: &str| 1 + text.matches('\n').count().max(text.matches('\r').count());
        if self.0.iter().map(|(_, text)| lines(text)).sum::<usize>() <= MOST_LINES {
            return Ok(());
        }
        let message =
            format!("the form has more than {MOST_LINES} lines and fields; send fewer at a time");
        Err(RequestError::BadRequest(message))
    }

    /// All fields, in the order of the form.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.starting_with("")
    }

    /// The texts of all fields with this name.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(own, _)| own == name).map(|(_, text)| text.as_str()).collect()
    }

    /// Whether there is a field with this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(own, _)| own == name)
    }

    /// The fields whose names start with `prefix`, with the rest of their names.
    pub fn starting_with<'f>(
        &'f self,
        prefix: &'f str,
    ) -> impl Iterator<Item = (&'f str, &'f str)> {
        self.0
            .iter()
            .filter_map(move |(name, text)| Some((name.strip_prefix(prefix)?, text.as_str())))
    }

    /// The text of a field; empty if there is no such field.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, text)| text.as_str())
            .unwrap_or_default()
    }
}

impl FromIterator<(String, String)> for Form {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(fields: T) -> Self {
        Self(fields.into_iter().collect())
    }
}

fn parse(body: &[u8], bounds: Bounds) -> Result<Parsed, RequestError> {
    let json = to_utf8(body)?;
    if json.trim_ascii().is_empty() {
        return Err(RequestError::BadRequest("the body is empty; send JSON".to_owned()));
    }
    json_reader::read(&json, bounds).map_err(|refusal| match refusal {
        Refusal::TooMuchMemory(most) => RequestError::TooMuchMemory(most),
        other => RequestError::BadRequest(other.to_string()),
    })
}

/// Converts a body to UTF-8 without a byte order mark. Windows writes files in UTF-16 with one.
fn to_utf8(body: &[u8]) -> Result<Cow<'_, [u8]>, RequestError> {
    let wrong = |message: &str| RequestError::BadRequest(format!("the body {message}"));
    let unit: fn([u8; 2]) -> u16 = match body {
        [0xef, 0xbb, 0xbf, rest @ ..] => return Ok(Cow::Borrowed(rest)),
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => {
            return Err(wrong("is in UTF-32; send it in UTF-8"));
        }
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        // JSON begins with an ASCII character.
        [first, second, ..] if (*first == 0) != (*second == 0) => {
            return Err(wrong(
                "is in UTF-16 without a byte order mark; send it in UTF-8, or with the mark",
            ));
        }
        _ => return Ok(Cow::Borrowed(body)),
    };
    let (pairs, odd) = body[2..].as_chunks();
    // Each unit takes at most three bytes.
    let mut text = String::with_capacity(body.len() / 2 * 3);
    for character in char::decode_utf16(pairs.iter().copied().map(unit)) {
        text.push(
            character
                .map_err(|_| wrong("is not valid UTF-16, although its byte order mark says so"))?,
        );
    }
    if !odd.is_empty() {
        return Err(wrong("ends in the middle of a UTF-16 character"));
    }
    Ok(Cow::Owned(text.into_bytes()))
}

/// Accepts JSON by any of its media types, and bodies without a content type.
fn check_content_type(request: &HttpRequest) -> Result<(), RequestError> {
    let Some(value) = request.headers().get(header::CONTENT_TYPE) else { return Ok(()) };
    let text = value.to_str().unwrap_or_default().to_ascii_lowercase();
    let mut parts = text.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default();
    let is_json = matches!(media_type, "application/json" | "text/json")
        || (media_type.starts_with("application/") && media_type.ends_with("+json"));
    if !is_json {
        return Err(RequestError::BadRequest(format!(
            "Content-Type must be application/json, not '{media_type}'"
        )));
    }
    let charset = parts.find_map(|part| part.strip_prefix("charset="));
    match charset.map(|charset| charset.trim_matches('"')) {
        None
        | Some("utf-8" | "utf8" | "us-ascii" | "utf-16" | "utf-16le" | "utf-16be" | "unicode") => {
            Ok(())
        }
        Some(charset) => {
            let message =
                format!("Content-Type must have the charset utf-8 or utf-16, not '{charset}'");
            Err(RequestError::BadRequest(message))
        }
    }
}
