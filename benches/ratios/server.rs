//! A server, run from the real program.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

/// Arguments that switch off the response cache, which would hide the cost of requests.
pub const WITHOUT_CACHE: [&str; 2] = ["--answer-cache-bytes", "0"];

/// A running server, which is stopped when dropped.
pub struct Running {
    process: Child,
    pub address: SocketAddr,
}

impl Running {
    /// Starts the program on a free port, with its data in `folder`.
    pub fn start(folder: &tempfile::TempDir) -> Self {
        Self::start_with(folder, &[]).0
    }

    /// The same with further arguments; also returns the startup message.
    pub fn start_with(folder: &tempfile::TempDir, arguments: &[&str]) -> (Self, Vec<String>) {
        Self::start_by(&[], folder, arguments)
    }

    /// The same, with the command prefixed by `wrapper`.
    pub fn start_by(
        wrapper: &[&str],
        folder: &tempfile::TempDir,
        arguments: &[&str],
    ) -> (Self, Vec<String>) {
        let mut words = wrapper.iter().chain([&env!("CARGO_BIN_EXE_patchbay")]);
        let mut process = Command::new(words.next().expect("a program"))
            .args(words)
            .args(["serve", "--listen", "127.0.0.1:0", "--log-level", "warn", "--data"])
            .arg(folder.path())
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let lines = BufReader::new(process.stdout.take().expect("its output"))
            .lines()
            .map(|line| line.expect("a line"));
        let welcome: Vec<String> = lines.take_while(|line| line != "Try:").collect();
        let address = address_in(welcome.first().expect("a first line"));
        (Self { process, address }, welcome)
    }

    /// The private memory of the process, without file pages, where the system reports it.
    pub fn own_bytes(&self) -> Option<u64> {
        self.memory("RssAnon:")
    }

    /// The resident memory of the process, where the system reports it.
    pub fn resident_bytes(&self) -> Option<u64> {
        self.memory("VmRSS:")
    }

    fn memory(&self, name: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kib| kib * 1024)
    }
}

/// The address at the end of a line.
pub fn address_in(line: &str) -> SocketAddr {
    line.trim().rsplit('/').next().and_then(|address| address.parse().ok()).expect("an address")
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
