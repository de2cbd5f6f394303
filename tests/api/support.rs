//! Starting the program, and speaking to it as a QRS client does.

use reqwest::blocking::{Body, RequestBuilder, Response};
use reqwest::{Certificate, Identity, Method};
use serde_json::{Value as Json, json};
use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::sync::Once;
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub const XRFKEY: &str = "0123456789abcdef";

/// A running Patchbay and the folder that it works in.
pub struct Server {
    process: Option<Child>,
    folder: TempDir,
    pub base: String,
    /// What the program printed at its start; the last is the line to paste.
    pub welcome: Vec<String>,
}

impl Server {
    /// Starts on a free port with a new folder.
    pub fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), |_| {})
    }

    /// Starts in a folder that may have been used before; `adjust` can add flags and variables.
    pub fn start_in(folder: TempDir, adjust: impl FnOnce(&mut Command)) -> Self {
        Self::start_command(folder, "serve", adjust)
    }

    /// The same by another command that serves.
    pub fn start_command(folder: TempDir, name: &str, adjust: impl FnOnce(&mut Command)) -> Self {
        let mut command = serving(&folder, name);
        adjust(&mut command);
        let mut process = command.spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut welcome: Vec<String> = Vec::new();
        for line in lines.map(Result::unwrap) {
            let is_last = line.starts_with("  curl");
            welcome.push(line);
            if is_last {
                break;
            }
        }
        let Some(first) = welcome.first() else {
            panic!("no start: {}", fs::read_to_string(folder.path().join("log")).unwrap());
        };
        let base = first.split_whitespace().last().unwrap().to_owned();
        Self { process: Some(process), folder, base, welcome }
    }

    /// Begins a start, and kills it after so long, wherever it is by then. Gives the folder back.
    pub fn kill_in_start(folder: TempDir, after: Duration) -> TempDir {
        let mut process = serving(&folder, "serve").spawn().unwrap();
        std::thread::sleep(after);
        process.kill().unwrap();
        wait(&mut process);
        folder
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// The end of the log, where it was started with a pipe for it.
    pub fn take_log_pipe(&mut self) -> ChildStderr {
        self.process.as_mut().unwrap().stderr.take().unwrap()
    }

    pub fn process_id(&self) -> u32 {
        self.process.as_ref().unwrap().id()
    }

    /// The repository's own account, which may do everything.
    pub fn repository(&self) -> Client {
        Client::new(self, None)
    }

    /// A user of the directory LAB.
    pub fn user(&self, user_id: &str) -> Client {
        self.named("LAB", user_id)
    }

    /// A user of any directory.
    pub fn named(&self, user_directory: &str, user_id: &str) -> Client {
        Client::new(self, Some(format!("UserDirectory={user_directory}; UserId={user_id}")))
    }

    /// A client that shows the server no certificate.
    pub fn stranger(&self) -> Client {
        Client { http: builder(&self.data()).build().unwrap(), base: self.base.clone(), user: None }
    }

    /// A client that shows that certificate, by its key, both in PEM.
    pub fn showing(&self, pem: &[u8]) -> Client {
        let http =
            builder(&self.data()).identity(Identity::from_pem(pem).unwrap()).build().unwrap();
        Client { http, base: self.base.clone(), user: None }
    }

    /// Stops as a service manager does, and gives the folder back.
    pub fn stop(self) -> TempDir {
        send_signal("TERM", self.process_id());
        self.stopped()
    }

    /// Waits for a server that was told to stop, and gives its exit code.
    pub fn exit_code(mut self) -> Option<i32> {
        let status = wait(self.process.as_mut().unwrap());
        self.process = None;
        status.code()
    }

    /// Waits for a server that was told to stop, and gives the folder back.
    pub fn stopped(mut self) -> TempDir {
        let status = wait(self.process.as_mut().unwrap());
        assert!(status.success(), "{status}");
        self.take_folder()
    }

    /// Ends the process without a word, and gives the folder back.
    pub fn kill(mut self) -> TempDir {
        self.process.as_mut().unwrap().kill().unwrap();
        wait(self.process.as_mut().unwrap());
        self.take_folder()
    }

    fn take_folder(&mut self) -> TempDir {
        std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // It may have ended already.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// The program under test: the one that cargo has built for these tests, unless the environment
/// names another (`adding_an_entity.rs`).
pub fn program() -> PathBuf {
    std::env::var_os("TESTED_PROGRAM")
        .map_or_else(|| env!("CARGO_BIN_EXE_patchbay").into(), PathBuf::from)
}

/// A command that serves what is in the folder.
fn serving(folder: &TempDir, name: &str) -> Command {
    let mut command = Command::new(program());
    let log =
        fs::File::options().create(true).append(true).open(folder.path().join("log")).unwrap();
    command.args([name, "--listen", "127.0.0.1:0", "--data"]).arg(folder.path().join("data"));
    command.current_dir(folder.path()).stdout(Stdio::piped()).stderr(log);
    command
}

/// The certificate of that name in a folder, and its key.
pub fn certificate(folder: &Path, name: &str) -> Vec<u8> {
    [format!("{name}.pem"), format!("{name}_key.pem")]
        .map(|file| fs::read(folder.join(file)).unwrap())
        .concat()
}

pub fn send_signal(signal: &str, process_id: u32) {
    assert!(
        Command::new("sh")
            .args(["-c", &format!("kill -{signal} {process_id}")])
            .status()
            .unwrap()
            .success()
    );
}

pub fn wait(process: &mut Child) -> std::process::ExitStatus {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(status) = process.try_wait().unwrap() {
            return status;
        }
        assert!(Instant::now() < deadline, "the process does not end");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Speaks to a server as one user.
#[derive(Clone)]
pub struct Client {
    http: reqwest::blocking::Client,
    base: String,
    user: Option<String>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

fn builder(data: &Path) -> reqwest::blocking::ClientBuilder {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| rustls::crypto::ring::default_provider().install_default().unwrap());
    let root = fs::read(data.join("certs/root.pem")).unwrap();
    reqwest::blocking::Client::builder()
        .tls_certs_only([Certificate::from_pem(&root).unwrap()])
        .redirect(reqwest::redirect::Policy::none())
        .tls_info(true)
        .timeout(Duration::from_secs(30))
}

impl Client {
    fn new(server: &Server, user: Option<String>) -> Self {
        Self { user, ..server.showing(&certificate(&server.data().join("certs"), "client")) }
    }

    /// A request below `/qrs` with a right Xrfkey, to be changed before it is sent.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let separator = if path.contains('?') { '&' } else { '?' };
        let url = format!("{}/qrs{path}{separator}xrfkey={XRFKEY}", self.base);
        self.raw(method, &url).header("X-Qlik-Xrfkey", XRFKEY)
    }

    /// A request to any address of the server, with nothing added but the user.
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

    /// Sends a body as it is.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        content_type: &str,
        body: impl Into<Body>,
    ) -> Reply {
        Reply::of(self.request(method, path).header("Content-Type", content_type).body(body))
    }

    /// Creates an entity that must be fine, and gives it as the server shows it.
    pub fn create(&self, entity: &str, body: &Json) -> Json {
        self.post(&format!("/{entity}"), body).expect(201).json()
    }

    /// Creates a data connection of that name.
    pub fn connection(&self, name: &str) -> Json {
        self.create("dataconnection", &connection(name))
    }

    /// The names of what a filter finds, in the order of creation.
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

    /// A page for people.
    #[track_caller]
    pub fn expect_page(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), "text/html; charset=utf-8");
        self
    }

    /// A success without a body.
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

    /// Expects a message that has all of these in it.
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

/// Runs a command that reads this input. A command that refuses before it has read all of it closes
/// the pipe, which is its right: the output says why it did.
pub fn output_with_input(command: &mut Command, input: &str) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    match process.stdin.take().unwrap().write_all(input.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => panic!("{error}"),
        _ => process.wait_with_output().unwrap(),
    }
}

/// Waits until it is so, and fails if it never is.
#[track_caller]
pub fn wait_until(mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(20), "it never was");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The least that makes a data connection.
pub fn connection(name: &str) -> Json {
    json!({ "name": name, "connectionstring": "lib://sales", "type": "internet" })
}

/// Copies the connection of that name in the database itself, so many times, with that connection
/// string: faster than requests would make them.
pub fn copy_connection(server: &Server, name: &str, number: u32, connectionstring: &str) {
    let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
    let columns = "created_date, modified_date, modified_by_user_name, \
                   modified_by_user_name_folded, owner_id, type, type_folded, engine_object_id, \
                   engine_object_id_folded, username, username_folded, password, log_on, \
                   architecture";
    let copies = format!(
        "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?1) \
         INSERT INTO data_connections (id, name, name_folded, connectionstring, \
         connectionstring_folded, {columns}) SELECT printf('00000000-0000-4000-8000-%012d', i), \
         'copy ' || i, 'copy ' || i, ?2, ?2, {columns} FROM data_connections, n WHERE name = ?3"
    );
    assert_eq!(
        database.execute(&copies, (number, connectionstring, name)).unwrap(),
        number as usize
    );
}

/// What a process has in memory, in bytes.
pub fn memory(process_id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process_id}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

pub fn id(entity: &Json) -> String {
    entity["id"].as_str().unwrap().to_owned()
}

/// An id that nothing has.
pub const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// The id of what has none.
pub const ZERO: &str = "00000000-0000-0000-0000-000000000000";

pub fn encode(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
