//! The operations address.

use crate::support::{Reply, Server};

pub fn start_in(folder: tempfile::TempDir, adjust: &[&str]) -> (Server, String) {
    let server = Server::start_in(folder, |command| {
        command.args(["--operations", "127.0.0.1:0"]).args(adjust);
    });
    let line =
        server.welcome.iter().find_map(|line| line.strip_prefix("For operations: ")).unwrap();
    let url = line.strip_suffix("/ready").unwrap().to_owned();
    (server, url)
}

pub fn get(server: &Server, url: &str) -> Reply {
    Reply::of(server.stranger().raw("GET", url))
}

/// The value of a metric, by its name and labels in the notation of Prometheus.
pub fn metric(text: &str, name: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name} in:\n{text}")).parse().unwrap()
}
