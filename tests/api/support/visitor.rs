//! Visitors of the front door, where clients have no certificate.

use crate::support::{Client, Reply, Server, XRFKEY, output_with_input, program};
use reqwest::blocking::RequestBuilder;
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub const PASSWORD: &str = "correct horse battery";

/// A server with a front door, and the door's address.
pub fn start(arguments: &[&str]) -> (Server, String) {
    start_with(arguments, &[])
}

/// The same with environment variables.
pub fn start_with(arguments: &[&str], variables: &[(&str, &str)]) -> (Server, String) {
    start_in(tempfile::tempdir().unwrap(), arguments, variables)
}

/// The same in an existing folder.
pub fn start_in(
    folder: TempDir,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> (Server, String) {
    let server = Server::start_in(folder, |command| {
        command.args(["--front", "127.0.0.1:0"]).args(arguments).envs(variables.iter().copied());
    });
    let line = server.welcome.iter().find_map(|line| line.strip_prefix("Front door: "));
    let front = line.unwrap().to_owned();
    (server, front)
}

pub fn set_password(data: &Path, user: &str, password: &str) -> bool {
    let mut command = program();
    command.args(["user", "set-password", user, "--data"]).arg(data);
    output_with_input(&mut command, &format!("{password}\n")).status.success()
}

/// A client of the front door, without a certificate.
pub struct Visitor {
    pub client: Client,
    pub front: String,
    pub cookie: Option<String>,
}

impl Visitor {
    pub fn new(server: &Server, front: &str) -> Self {
        Self { client: server.stranger(), front: front.to_owned(), cookie: None }
    }

    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let separator = if path.contains('?') { '&' } else { '?' };
        let url = format!("{}{path}{separator}xrfkey={XRFKEY}", self.front);
        let request = self.client.raw(method, &url).header("X-Qlik-Xrfkey", XRFKEY);
        match &self.cookie {
            Some(cookie) => request.header("Cookie", format!("other=1; {cookie}")),
            None => request,
        }
    }

    pub fn get(&self, path: &str) -> Reply {
        Reply::of(self.request("GET", path))
    }

    pub fn try_login(&self, user: &str, password: &str) -> Reply {
        Reply::of(self.request("POST", "/login").json(&json!({"user": user, "password": password})))
    }

    pub fn login(&mut self, user: &str, password: &str) -> Reply {
        let reply = self.try_login(user, password).expect(200);
        self.cookie = Some(reply.header("set-cookie").split(';').next().unwrap().to_owned());
        reply
    }
}

/// Expects that the server refuses to start with these settings, with this message.
#[track_caller]
pub fn refusal(arguments: &[&str], variables: &[(&str, &str)], part: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program();
    command.arg("serve").args(arguments).envs(variables.iter().copied()).current_dir(folder.path());
    let output = command.output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.code() == Some(2) && error.lines().count() == 1 && error.contains(part),
        "{error}"
    );
}

/// Checks that a page makes the browser load nothing from another server.
#[track_caller]
pub fn assert_loads_only_from_this_server(page: &str) {
    for attribute in ["src=\"", "href=\"", "action=\""] {
        for link in page.split(attribute).skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(
                link.starts_with('/') && !link.starts_with("//") || link.starts_with('#'),
                "{link}"
            );
        }
    }
}

/// The reply of a front door without TLS to these bytes, and the time that it took.
pub fn answer(front: &str, bytes: &[u8]) -> (String, Duration) {
    let start = Instant::now();
    let mut stream = TcpStream::connect(front.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // The server may respond before it has read everything.
    let _ = stream.write_all(bytes);
    let mut text = Vec::new();
    let _ = stream.read_to_end(&mut text);
    (String::from_utf8_lossy(&text).into_owned(), start.elapsed())
}
