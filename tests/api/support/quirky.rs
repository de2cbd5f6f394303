//! The fake of QRS with the quirks of real sites (tests/quirky), as a process of its own.

use super::machine::says;
use super::staging::add_site;
use super::{Server, program_path};
use serde_json::Value as Json;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::LazyLock;
use tempfile::TempDir;

/// A running fake.
pub struct Quirky {
    process: Child,
    folder: TempDir,
    url: String,
}

impl Quirky {
    /// Starts it with these entities, by the path of their type, and these quirks.
    pub fn start(entities: &Json, quirks: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("entities.json");
        fs::write(&file, entities.to_string()).unwrap();
        let mut command = Command::new(&*PROGRAM);
        command.arg("--entities").arg(file);
        command.arg("--certificates").arg(folder.path().join("certs"));
        command.args(quirks.iter().flat_map(|quirk| ["--quirk", quirk]));
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { process, folder, url: url.trim().to_owned() }
    }

    /// A Patchbay that knows it as `prod`.
    pub fn known_to_patchbay(&self) -> Server {
        let here = Server::start();
        self.become_known_to(&here);
        here
    }

    /// From now on, this is the site `prod` of a Patchbay.
    pub fn become_known_to(&self, here: &Server) {
        says(&self.add_to(here, ""), &[]);
    }

    /// Adds it to a Patchbay as `prod`, at this path of its address.
    pub fn add_to(&self, here: &Server, path: &str) -> Output {
        add_site(here, &format!("{}{path}", self.url), &self.folder.path().join("certs"))
    }
}

impl Drop for Quirky {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The program. `cargo test` builds it, but `cargo test --test api` does not.
static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--example", "quirky"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .unwrap();
    assert!(built.success());
    program_path().parent().unwrap().join("examples/quirky")
});
