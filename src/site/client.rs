//! Requests to a site, as QRS expects them (QRS reference, 4).

use super::connection_fault::connection_fault;
use super::definition::{Definition, SignIn};
use super::error::SiteError;
use super::folder::SiteFolder;
use super::list::{ListError, for_each};
use super::reply::without_mark;
use super::tls_config::tls_config;
use crate::model::{Entity, escape_hidden, excerpt, field_of};
use crate::store::UserName;
use reqwest::blocking::{Client as HttpClient, RequestBuilder, Response};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Method, StatusCode, Url};
use secrecy::ExposeSecret;
use serde_json::Value as Json;
use std::error::Error;
use std::io::{ErrorKind, Read};
use std::thread::sleep;
use std::time::Duration;

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(15);

/// How long to wait for the next part of a reply. A site may compute for long.
const READ: Duration = Duration::from_mins(2);

/// How often a request is repeated that the site was too busy to answer. One whose connection broke
/// is repeated once.
const REPEATS: u32 = 5;

/// Longest pause before a repetition.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Most bytes of a reply that is not a list.
const LARGEST_REPLY: u64 = 4 * 1024 * 1024;

/// Most characters of the site's own message that an error shows.
const LONGEST_MESSAGE: usize = 200;

/// A client of one site.
pub struct Client {
    http: HttpClient,
    url: Url,
    definition: Definition,
}

impl Client {
    /// Prepares requests to a site; nothing is sent yet. `sites` is the folder of its file.
    ///
    /// # Errors
    /// [`SiteError::Definition`] if a file, variable or value of the definition can't be used.
    pub fn new(definition: Definition, sites: &SiteFolder) -> Result<Self, SiteError> {
        let tls = tls_config(&definition.sign_in, sites.path())?;
        let mut http = HttpClient::builder()
            .tls_backend_preconfigured(tls)
            .https_only(true)
            .redirect(Policy::none())
            .cookie_store(true)
            .connect_timeout(CONNECT)
            .timeout(READ)
            .user_agent(concat!("Patchbay/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers(&definition.sign_in, sites)?);
        let mut url = definition.url.clone();
        if let (Some(address), Some(host)) = (definition.connect, definition.url.host_str()) {
            http = http.resolve(host, address);
            // The port of the address counts.
            url.set_port(Some(address.port()))
                .map_err(|()| SiteError::Definition("url: it can have no port".to_owned()))?;
        }
        let http = http.build().map_err(|error| {
            SiteError::Definition(format!("requests can't be prepared: {}", last_cause(&error)))
        })?;
        Ok(Self { http, url, definition })
    }

    /// Gets a JSON value from `path`, which is relative to `/qrs/`.
    ///
    /// # Errors
    /// [`SiteError::Connection`] if the site can't be reached, [`SiteError::BrokenOff`] if its
    /// reply breaks off, [`SiteError::Refused`] if it refuses the request, [`SiteError::Reply`] if
    /// the reply is not JSON.
    pub fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Json, SiteError> {
        let read =
            || self.read_json(path, self.send(path, || self.request(Method::GET, path, query))?);
        match read() {
            Err(SiteError::BrokenOff(_)) => read(),
            other => other,
        }
    }

    /// Asks with a body, and changes nothing there. `None` if the site does not know `path`, which
    /// older releases of QRS may not.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub fn ask(&self, path: &str, body: &Json) -> Result<Option<Json>, SiteError> {
        let text = body.to_string();
        let reply = self.attempt(|| {
            self.request(Method::POST, path, &[])
                .header("Content-Type", "application/json")
                .body(text.clone())
        })?;
        if matches!(reply.status(), StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) {
            return Ok(None);
        }
        self.read_json(path, self.check(path, reply)?).map(Some)
    }

    /// Calls `use_one` with each entity of the list at `path`, and returns their number.
    ///
    /// # Errors
    /// As [`Client::get`], and the error of `use_one`; then some of the entities may have been
    /// used.
    pub fn list<E: From<SiteError>>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        use_one: impl FnMut(Json) -> Result<(), E>,
    ) -> Result<u64, E> {
        let reply = self.send(path, || self.request(Method::GET, path, query))?;
        let text = without_mark(reply).map_err(|error| self.broken_off(path, &error))?;
        for_each(text, use_one).map_err(|error| match error {
            ListError::Caller(error) => error,
            ListError::Text(error) => self.not_a_list(path, &error).into(),
        })
    }

    /// The number of entities of a type that the user may read.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub fn count(&self, entity: &Entity) -> Result<u64, SiteError> {
        let path = format!("{}/count", entity.path);
        let reply = self.get(&path, &[])?;
        let count = field_of(&reply, "value");
        let number = |count: &Json| count.as_u64().or_else(|| count.as_str()?.parse().ok());
        count.and_then(number).ok_or_else(|| not_expected(&path, "not a number of entities"))
    }

    fn read_json(&self, path: &str, reply: Response) -> Result<Json, SiteError> {
        let mut content = Vec::new();
        without_mark(reply)
            .and_then(|text| text.take(LARGEST_REPLY).read_to_end(&mut content))
            .map_err(|error| self.broken_off(path, &error))?;
        serde_json::from_slice(&content)
            .map_err(|error| not_expected(path, &format!("not JSON: {error}")))
    }

    fn not_a_list(&self, path: &str, error: &serde_json::Error) -> SiteError {
        match error.io_error_kind() {
            Some(ErrorKind::FileTooLarge) => not_expected(path, &error.to_string()),
            Some(_) => self.broken_off(path, error),
            None => not_expected(path, &format!("not a list of entities: {error}")),
        }
    }

    fn broken_off(&self, path: &str, error: &(dyn Error + 'static)) -> SiteError {
        SiteError::BrokenOff(format!(
            "the reply of {} to /qrs/{path} broke off: {}; try again",
            self.host(),
            last_cause(error)
        ))
    }

    fn host(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        format!("{host}:{}", self.url.port_or_known_default().unwrap_or_default())
    }

    fn request(&self, method: Method, path: &str, query: &[(&str, &str)]) -> RequestBuilder {
        let mut url = self.url.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}/qrs/{path}"));
        url.query_pairs_mut().append_pair("xrfkey", XRFKEY).extend_pairs(query);
        self.http.request(method, url)
    }

    /// Sends a request that changes nothing, and checks the status of the reply.
    fn send(
        &self,
        path: &str,
        request: impl Fn() -> RequestBuilder,
    ) -> Result<Response, SiteError> {
        let reply = self.attempt(request)?;
        self.check(path, reply)
    }

    /// Sends a request that changes nothing. It is repeated if the site is too busy, or if the
    /// connection breaks.
    fn attempt(&self, request: impl Fn() -> RequestBuilder) -> Result<Response, SiteError> {
        let mut repeats = 0;
        loop {
            let pause = match request().send() {
                Ok(reply) if repeats < REPEATS && is_busy(reply.status()) => {
                    pause_before(repeats, reply.headers())
                }
                Ok(reply) => return Ok(reply),
                Err(error) if repeats == 0 && is_broken_off(&error) => Duration::ZERO,
                Err(error) => {
                    return Err(connection_fault(&error, &self.definition, &self.host()));
                }
            };
            sleep(pause);
            repeats += 1;
        }
    }

    fn check(&self, path: &str, reply: Response) -> Result<Response, SiteError> {
        let status = reply.status();
        if status.is_success() {
            return Ok(reply);
        }
        let refused = |why: String| Err(SiteError::Refused(why));
        if status.is_redirection() {
            let to = reply.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            let to = shown(to.unwrap_or("another page"));
            return refused(format!(
                "the virtual proxy at {} does not accept the sign-in, and leads to {to}; check the \
                 path in the url, and its token or header",
                self.definition.url
            ));
        }
        let said = said(reply);
        let host = self.host();
        refused(match status {
            StatusCode::UNAUTHORIZED => {
                format!("{host} does not accept the sign-in (401){said}; {}", self.advice())
            }
            StatusCode::FORBIDDEN => {
                format!("{host} refuses /qrs/{path} (403){said}; {}", self.advice())
            }
            StatusCode::NOT_FOUND => format!(
                "{host} has nothing at /qrs/{path} (404){said}; check the url: QRS is at port \
                 4242, or behind the path of a virtual proxy"
            ),
            other => format!("{host} answered /qrs/{path} with {other}{said}"),
        })
    }

    fn advice(&self) -> String {
        match &self.definition.sign_in {
            SignIn::Certificate { user, .. } => format!(
                "check that the site has an active user {user}, whose rules allow the request"
            ),
            SignIn::Token { .. } => {
                "check that the token is valid, and which user it names".to_owned()
            }
            SignIn::Header { header, .. } => format!(
                "check that the virtual proxy trusts the header {}, and its value",
                header.name
            ),
        }
    }
}

/// The value that QRS expects twice in each request, against forged requests of browsers. This
/// program follows no links, so a fixed value does.
const XRFKEY: &str = "PatchbayXrfkey16";

fn headers(sign_in: &SignIn, sites: &SiteFolder) -> Result<HeaderMap, SiteError> {
    let mut headers = HeaderMap::new();
    headers.insert("X-Qlik-Xrfkey", HeaderValue::from_static(XRFKEY));
    match sign_in {
        SignIn::Certificate { user: UserName { user_directory, user_id }, .. } => {
            let value = format!("UserDirectory={user_directory}; UserId={user_id}");
            headers.insert("X-Qlik-User", header_value("as", value.as_bytes())?);
            let context = HeaderValue::from_static("Context=ManagementAccess");
            headers.insert("X-Qlik-Security", context);
        }
        SignIn::Token { token, .. } => {
            let token = token.read(sites.path(), "the token")?;
            let mut value =
                header_value("token", format!("Bearer {}", token.expose_secret()).as_bytes())?;
            value.set_sensitive(true);
            headers.insert("Authorization", value);
        }
        SignIn::Header { header, .. } => {
            let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| {
                SiteError::Definition(format!(
                    "header: '{}' is not the name of a header",
                    header.name
                ))
            })?;
            headers.insert(name, header_value("header", header.value.as_bytes())?);
        }
    }
    Ok(headers)
}

fn header_value(key: &str, value: &[u8]) -> Result<HeaderValue, SiteError> {
    HeaderValue::from_bytes(value).map_err(|_| {
        SiteError::Definition(format!("{key}: it has characters that a header can't have"))
    })
}

const fn is_busy(status: StatusCode) -> bool {
    matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
}

/// Whether a connection that had begun broke off, so that the same request may succeed now.
fn is_broken_off(error: &reqwest::Error) -> bool {
    !error.is_connect() && !error.is_timeout() && !error.is_builder()
}

/// The pause before a request is repeated: what the site asks for in seconds, or 1, 2, 4 … seconds.
fn pause_before(repeats: u32, headers: &HeaderMap) -> Duration {
    let asked = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let pause = asked.map_or_else(|| Duration::from_secs(1 << repeats), Duration::from_secs);
    pause.min(LONGEST_PAUSE)
}

fn not_expected(path: &str, why: &str) -> SiteError {
    SiteError::Reply(format!("the reply to /qrs/{path} is {why}; check that the url leads to QRS"))
}

/// The site's own words about a refusal, if they are a short text or a `message`.
fn said(reply: Response) -> String {
    let mut content = Vec::new();
    let read = without_mark(reply).and_then(|text| text.take(4096).read_to_end(&mut content));
    let text = String::from_utf8_lossy(&content);
    let json = serde_json::from_str::<Json>(&text).ok();
    let message = json.as_ref().and_then(|json| json.get("message")?.as_str()).unwrap_or(&text);
    let message = message.trim();
    if read.is_err() || message.is_empty() || message.starts_with('<') {
        return String::new();
    }
    format!(": {}", shown(message))
}

/// A text of the site as part of an error.
fn shown(text: &str) -> String {
    escape_hidden(&excerpt(text, LONGEST_MESSAGE)).into_owned()
}

/// The innermost cause, which says most.
fn last_cause(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}
