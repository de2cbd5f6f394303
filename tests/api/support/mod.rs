//! Helpers that several tests share: to start the program, to send requests as a QRS client does,
//! and to prepare and inspect single features.

pub mod audit;
pub mod backups;
pub mod browser;
pub mod bulk;
pub mod certificates;
mod client;
pub mod credentials;
pub mod databases;
pub mod explanations;
pub mod hidden_data;
pub mod import_graph;
pub mod jwt;
pub mod look_alikes;
pub mod machine;
pub mod old_databases;
pub mod operations_door;
pub mod quirky;
pub mod rule_warnings;
pub mod rules;
mod server;
pub mod sessions;
pub mod staging;
pub mod two_editors;
pub mod types;
pub mod unreadable;
pub mod visitor;

pub use client::{Client, Reply, XRFKEY};
pub use server::{Server, program, program_path};

use serde_json::{Value as Json, json};
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The certificate with that name in a folder, and its key.
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
        assert!(Instant::now() < deadline, "the process does not end in time");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Runs a command with this input. A command that refuses before it has read all of its input may
/// close the pipe: its output says why.
pub fn output_with_input(command: &mut Command, input: &str) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    match process.stdin.take().unwrap().write_all(input.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => panic!("{error}"),
        _ => process.wait_with_output().unwrap(),
    }
}

/// Waits until the condition is true, and fails if it never becomes true.
#[track_caller]
pub fn wait_until(mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(20), "the condition never became true");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The minimal valid data connection.
pub fn connection(name: &str) -> Json {
    json!({ "name": name, "connectionstring": "lib://sales", "type": "internet" })
}

/// Copies the connection with that name that many times, directly in the database and with that
/// connection string; requests would take longer.
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

/// The memory of a process in bytes.
pub fn memory(process_id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process_id}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

pub fn id(entity: &Json) -> String {
    entity["id"].as_str().unwrap().to_owned()
}

/// An id that no entity has.
pub const UNKNOWN_ID: &str = "00000000-0000-4000-8000-000000000000";

/// The id that stands for no entity.
pub const ZERO: &str = "00000000-0000-0000-0000-000000000000";

pub fn encode(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
