//! Requests to the program as a QRS client sends them.

use super::{Server, certificate, connection, encode};
use reqwest::blocking::{Body, RequestBuilder, Response};
use reqwest::{Certificate, Method};
use serde_json::Value as Json;
use std::fs;
use std::path::Path;
use std::sync::Once;
use std::time::Duration;

pub const XRFKEY: &str = "0123456789abcdef";

/// A client of a server, as one user.
#[derive(Clone)]
pub struct Client {
    pub(super) http: reqwest::blocking::Client,
    pub(super) base: String,
    pub(super) user: Option<String>,
}

/// A response, read to its end.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

pub(super) fn builder(data: &Path) -> reqwest::blocking::ClientBuilder {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| rustls::crypto::ring::default_provider().install_default().unwrap());
    let root = fs::read(data.join("certs/root.pem")).unwrap();
    reqwest::blocking::Client::builder()
        .tls_certs_only([Certificate::from_pem(&root).unwrap()])
        .redirect(reqwest::redirect::Policy::none())
        // Tests ask for compression where they want it.
        .gzip(false)
        .tls_info(true)
        .timeout(Duration::from_secs(30))
}

impl Client {
    pub(super) fn new(server: &Server, user: Option<String>) -> Self {
        Self { user, ..server.showing(&certificate(&server.data().join("certs"), "client")) }
    }

    /// A request below `/qrs` with a correct Xrfkey, to be extended before it is sent.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let separator = if path.contains('?') { '&' } else { '?' };
        let url = format!("{}/qrs{path}{separator}xrfkey={XRFKEY}", self.base);
        self.raw(method, &url).header("X-Qlik-Xrfkey", XRFKEY)
    }

    /// A request to any address of the server, with nothing added except the user.
    pub fn raw(&self, method: &str, url: &str) -> RequestBuilder {
        let request = self.http.request(Method::from_bytes(method.as_bytes()).unwrap(), url);
        match &self.user {
            Some(user) => request.header("X-Qlik-User", user),
            None => request,
        }
    }

    pub fn get(&self, path: &str) -> Reply {
        Reply::of(self.request("GET", path))
    }

    pub fn delete(&self, path: &str) -> Reply {
        Reply::of(self.request("DELETE", path))
    }

    pub fn post(&self, path: &str, body: &Json) -> Reply {
        Reply::of(self.request("POST", path).json(body))
    }

    pub fn put(&self, path: &str, body: &Json) -> Reply {
        Reply::of(self.request("PUT", path).json(body))
    }

    /// Sends a body unchanged.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        content_type: &str,
        body: impl Into<Body>,
    ) -> Reply {
        Reply::of(self.request(method, path).header("Content-Type", content_type).body(body))
    }

    /// Creates an entity, which must succeed, and returns it as the server shows it.
    pub fn create(&self, entity: &str, body: &Json) -> Json {
        self.post(&format!("/{entity}"), body).expect(201).json()
    }

    /// Creates a data connection with that name.
    pub fn connection(&self, name: &str) -> Json {
        self.create("dataconnection", &connection(name))
    }

    /// The names of the entities that match a filter, in the order of creation.
    pub fn names(&self, entity: &str, filter: &str) -> Vec<String> {
        let list = self.get(&format!("/{entity}?filter={}", encode(filter))).expect(200).json();
        list.as_array()
            .unwrap()
            .iter()
            .map(|item| item["name"].as_str().unwrap().to_owned())
            .collect()
    }
}

impl Reply {
    pub fn of(request: RequestBuilder) -> Self {
        Self::read(request.send().unwrap())
    }

    fn read(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, text: response.text().unwrap() }
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        if status >= 400 {
            assert!(!self.message().is_empty());
        }
        self
    }

    /// Expects a page of the console.
    #[track_caller]
    pub fn expect_page(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), "text/html; charset=utf-8");
        self
    }

    /// Expects a success without a body.
    #[track_caller]
    pub fn expect_empty(self, status: u16) -> Self {
        assert_eq!((self.status, self.text.as_str()), (status, ""));
        self
    }

    #[track_caller]
    pub fn json(&self) -> Json {
        assert_eq!(self.headers["content-type"], "application/json");
        serde_json::from_str(&self.text).unwrap()
    }

    #[track_caller]
    pub fn message(&self) -> String {
        self.json()["message"].as_str().unwrap().to_owned()
    }

    /// Expects a message that contains all of these parts.
    #[track_caller]
    pub fn says(self, parts: &[&str]) -> Self {
        let message = self.message();
        for part in parts {
            assert!(message.contains(part), "'{part}' is not in: {message}");
        }
        self
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}
