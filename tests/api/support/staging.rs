//! A site, and a folder in which the commands for sites run.

use super::machine::{patchbay, says};
use super::{Server, program};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;

/// A folder in which the commands run, and a site.
pub struct Staging {
    pub folder: TempDir,
    pub site: Server,
}

impl Staging {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), site: Server::start() }
    }

    /// The address of the site by this name of its machine.
    pub fn url(&self, host: &str) -> String {
        format!("https://{host}:{}", port(&self.site))
    }

    /// Runs `patchbay site` with these arguments.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let mut command = program();
        command.current_dir(self.folder.path()).arg("site").args(arguments).output().unwrap()
    }

    /// Adds the site by the certificates in a folder.
    pub fn add(&self, name: &str, url: &str, certificates: &Path, more: &[&str]) -> Output {
        let certificates = certificates.to_str().unwrap();
        let arguments = ["add", name, "--url", url, "--certificates", certificates];
        self.run(&[&arguments[..], &["--as", r"INTERNAL\sa_api"], more].concat())
    }

    pub fn certificates(&self) -> PathBuf {
        self.site.data().join("certs")
    }

    /// A copy of the site's certificates, of which a test changes one.
    pub fn copy(&self, name: &str) -> PathBuf {
        let copy = self.folder.path().join(name);
        fs::create_dir(&copy).unwrap();
        for file in ["root.pem", "client.pem", "client_key.pem"] {
            fs::copy(self.certificates().join(file), copy.join(file)).unwrap();
        }
        copy
    }
}

/// A Patchbay, and a site from which it pulls.
pub struct Pair {
    pub here: Server,
    pub there: Server,
}

impl Pair {
    /// Both run, and here knows the site as `prod`.
    pub fn new() -> Self {
        let (here, there) = (Server::start(), Server::start_new());
        let certificates = there.data().join("certs");
        let url = format!("https://localhost:{}", port(&there));
        let user = r"INTERNAL\sa_api";
        let arguments = ["site", "add", "prod", "--url", &url, "--as", user, "--certificates"];
        let arguments = [&arguments[..], &[certificates.to_str().unwrap()]].concat();
        says(&patchbay(&here.data(), &arguments), &[]);
        Self { here, there }
    }

    /// Pulls, and returns what that prints. Nothing is to be decided.
    #[track_caller]
    pub fn pull(&self, more: &[&str]) -> Vec<String> {
        lines(&self.try_pull(more))
    }

    pub fn try_pull(&self, more: &[&str]) -> Output {
        patchbay(&self.here.data(), &[&["pull", "prod"], more].concat())
    }
}

pub fn port(server: &Server) -> u16 {
    server.base.rsplit(':').next().unwrap().trim_end_matches("/qrs").parse().unwrap()
}

pub fn lines(output: &Output) -> Vec<String> {
    says(output, &[]).lines().map(str::to_owned).collect()
}

/// The output of a command as docs/staging.md shows it.
pub fn documented(command: &str) -> Vec<String> {
    let page = include_str!("../../../docs/staging.md");
    let (_, rest) = page.split_once(&format!("$ patchbay {command}")).unwrap();
    let output = rest.lines().skip(1).take_while(|line| !line.starts_with(['$', '`']));
    output.map(str::to_owned).collect()
}
