//! Starting and stopping the program.

use super::client::builder;
use super::{Client, send_signal, wait};
use reqwest::Identity;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;
use tempfile::TempDir;

/// A running Patchbay and the folder that it works in.
pub struct Server {
    process: Option<Child>,
    folder: TempDir,
    pub base: String,
    /// The lines that the program printed at its start; the last is the command to paste.
    pub welcome: Vec<String>,
    /// Keeps the folder that others are copied from.
    first: Option<Arc<TempDir>>,
}

impl Server {
    /// Starts on a free port, with a copy of a folder in which a server has run before: to create
    /// database, keys and certificates takes twice as long as the rest of a start. So these servers
    /// have the same keys and certificates.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts for the first time, in a new folder.
    pub fn start_new() -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), |_| ())
    }

    /// The folder of a server that was started and stopped. Those who use it at the same time share
    /// it.
    fn first_folder() -> Arc<TempDir> {
        static SHARED: Mutex<Weak<TempDir>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap();
        shared.upgrade().unwrap_or_else(|| {
            let folder = Arc::new(Self::start_new().stop());
            *shared = Arc::downgrade(&folder);
            folder
        })
    }

    /// A server for tests that only read. Those that run at the same time share it.
    pub fn for_reading() -> Arc<Self> {
        static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap();
        shared.upgrade().unwrap_or_else(|| {
            let server = Arc::new(Self::start());
            *shared = Arc::downgrade(&server);
            server
        })
    }

    /// The same with these flags.
    pub fn start_with(arguments: &[&str]) -> Self {
        let (first, folder) = (Self::first_folder(), tempfile::tempdir().unwrap());
        copy_folder(&first.path().join("data"), &folder.path().join("data"));
        let mut server = Self::start_in(folder, |command| {
            command.args(arguments);
        });
        server.first = Some(first);
        server
    }

    /// Starts in an existing folder; `adjust` can add flags and variables.
    pub fn start_in(folder: TempDir, adjust: impl FnOnce(&mut Command)) -> Self {
        Self::start_command(folder, "serve", adjust)
    }

    /// The same with another command that serves.
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
        Self { process: Some(process), folder, base, welcome, first: None }
    }

    /// Begins a start, kills the process after that time, at whatever point it is, and returns the
    /// folder.
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

    /// The reading end of the log, if the server was started with a pipe for it.
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

    /// A client without a certificate.
    pub fn stranger(&self) -> Client {
        Client { http: builder(&self.data()).build().unwrap(), base: self.base.clone(), user: None }
    }

    /// A client with that certificate and its key, both in PEM.
    pub fn showing(&self, pem: &[u8]) -> Client {
        let http =
            builder(&self.data()).identity(Identity::from_pem(pem).unwrap()).build().unwrap();
        Client { http, base: self.base.clone(), user: None }
    }

    /// Stops the server as a service manager does, and returns the folder.
    pub fn stop(self) -> TempDir {
        send_signal("TERM", self.process_id());
        self.stopped()
    }

    /// Waits for a server that was asked to stop, and returns its exit code.
    pub fn exit_code(mut self) -> Option<i32> {
        let status = wait(self.process.as_mut().unwrap());
        self.process = None;
        status.code()
    }

    /// Waits for a server that was asked to stop, and returns the folder.
    pub fn stopped(mut self) -> TempDir {
        let status = wait(self.process.as_mut().unwrap());
        assert!(status.success(), "{status}");
        self.take_folder()
    }

    /// Makes the process crash, and returns the folder.
    pub fn abort(mut self) -> TempDir {
        send_signal("ABRT", self.process_id());
        let status = wait(self.process.as_mut().unwrap());
        assert_eq!(status.code(), None, "{status}");
        self.take_folder()
    }

    /// Kills the process, and returns the folder.
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

/// Copies a folder with all that is in it; what only its owner can read stays so.
fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy_folder(&from, &to);
        } else {
            _ = fs::copy(from, to).unwrap();
        }
    }
}

/// The program under test: the one that cargo built for these tests, unless the environment names
/// another (`adding_an_entity.rs`).
pub fn program_path() -> PathBuf {
    std::env::var_os("TESTED_PROGRAM")
        .map_or_else(|| env!("CARGO_BIN_EXE_patchbay").into(), PathBuf::from)
}

/// A command that runs the program under test.
pub fn program() -> Command {
    Command::new(program_path())
}

/// A command that serves the data in the folder.
fn serving(folder: &TempDir, name: &str) -> Command {
    let mut command = program();
    let log =
        fs::File::options().create(true).append(true).open(folder.path().join("log")).unwrap();
    command.args([name, "--listen", "127.0.0.1:0", "--data"]).arg(folder.path().join("data"));
    command.current_dir(folder.path()).stdout(Stdio::piped()).stderr(log);
    command
}
