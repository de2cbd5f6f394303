//! The output of a server that is not being read: by a pager, a terminal after Ctrl-S, or a stalled
//! log driver.

#![cfg(target_os = "linux")]

use crate::support::operations_door::{get, metric};
use crate::support::{Reply, Server, program, send_signal, wait, wait_until};
use std::fs;
use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Read, Write, pipe};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// A server whose log goes to a pipe that is not read, and the address for operations.
fn start() -> (Server, String) {
    let server = Server::start_in(tempfile::tempdir().unwrap(), |command| {
        command.args(["--operations", "127.0.0.1:0"]).stderr(Stdio::piped());
    });
    let line =
        server.welcome.iter().find_map(|line| line.strip_prefix("For operations: ")).unwrap();
    let url = line.strip_suffix("/ready").unwrap().to_owned();
    (server, url)
}

fn dropped(server: &Server, url: &str) -> u64 {
    let text = get(server, &format!("{url}/metrics")).expect(200).text;
    format!("{:.0}", metric(&text, "patchbay_log_lines_dropped_total")).parse().unwrap()
}

/// The memory of the process, in KiB.
fn memory(server: &Server) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.process_id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().trim().parse().unwrap()
}

/// Sends requests with log lines of the greatest length until the queue is full, and returns the
/// longest response time.
fn fill(server: &Server, url: &str) -> Duration {
    let client = server.repository();
    let path = format!("{}/{}", server.base, "x".repeat(3_600));
    let mut longest = Duration::ZERO;
    for _ in 0..1_300 {
        let start = Instant::now();
        Reply::of(client.raw("GET", &path)).expect(404);
        longest = longest.max(start.elapsed());
    }
    assert!(dropped(server, url) > 0);
    longest
}

#[test]
fn an_unread_log_delays_neither_requests_nor_the_shutdown() {
    let (server, url) = start();
    server.repository().get("/tag").expect(200);
    let before = memory(&server);
    let longest = fill(&server, &url);
    let grown = memory(&server).saturating_sub(before);
    let lost = dropped(&server, &url);
    get(&server, &format!("{url}/ready")).expect(200);
    let start = Instant::now();
    server.stop();
    let stopped = start.elapsed();
    println!(
        "longest answer {longest:?}, dropped {lost} lines, grown by {grown} KiB, stopped in \
         {stopped:?}"
    );
    assert!(longest < Duration::from_secs(2), "{longest:?}");
    // The log queue itself takes 4 MiB; most other code runs for the first time, which takes the
    // rest.
    assert!(grown < 16 * 1024, "{grown} KiB");
    assert!(stopped < Duration::from_secs(5), "{stopped:?}");
}

#[test]
fn a_log_that_is_read_again_reports_the_dropped_lines_and_then_has_all_lines() {
    let (mut server, url) = start();
    fill(&server, &url);
    let lost = dropped(&server, &url);
    let log = BufReader::new(server.take_log_pipe());
    let reader = std::thread::spawn(move || log.lines().map(Result::unwrap).collect::<Vec<_>>());
    // Lines that are logged after that are not lost.
    wait_until(|| {
        let before = dropped(&server, &url);
        server.repository().get("/tag").expect(200);
        dropped(&server, &url) == before
    });
    let lost_in_all = dropped(&server, &url);
    server.stop();
    let lines: Vec<serde_json::Value> =
        reader.join().unwrap().iter().map(|line| serde_json::from_str(line).expect(line)).collect();
    let reported = lines.iter().filter_map(|line| line["lines"].as_u64());
    assert!(lost > 0 && reported.sum::<u64>() == lost_in_all, "{lost} {lost_in_all}");
    assert!(lines.iter().any(|line| line["route"] == "/qrs/tag"), "{:?}", lines.last());
    assert_eq!(lines.last().unwrap()["message"], "stopped");
}

/// A full pipe whose reading end is not read.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, mut writer) = pipe().unwrap();
    writer.write_all("x".repeat(64 * 1024).as_bytes()).unwrap();
    (reader, writer)
}

#[test]
fn a_server_whose_startup_message_is_not_read_serves_and_stops() {
    let folder = tempfile::tempdir().unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (_reader, writer) = full_pipe();
    let mut command = program();
    command.args(["serve", "--listen", "127.0.0.1:0", "--operations", &free.to_string(), "--data"]);
    command
        .arg(folder.path().join("data"))
        .current_dir(folder.path())
        .stdout(writer)
        .stderr(Stdio::null());
    let mut process = command.spawn().unwrap();
    let is_ready = || {
        let mut text = String::new();
        let response = TcpStream::connect(free).and_then(|mut stream| {
            stream.write_all(
                b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            )?;
            stream.read_to_string(&mut text)
        });
        response.is_ok() && text.starts_with("HTTP/1.1 200")
    };
    wait_until(is_ready);
    send_signal("TERM", process.id());
    assert!(wait(&mut process).success());
}

#[test]
fn a_server_that_can_not_start_exits_although_its_message_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let (_reader, writer) = full_pipe();
    let mut command = program();
    command.args(["serve", "--listen", &taken.local_addr().unwrap().to_string(), "--data"]);
    command
        .arg(folder.path().join("data"))
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(writer);
    let mut process = command.spawn().unwrap();
    assert_eq!(wait(&mut process).code(), Some(1));
}
