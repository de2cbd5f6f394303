//! The process and the operating system: core dumps, the limit of open files, and signals.

#![cfg(target_os = "linux")]

use crate::support::{Server, program_path, wait_until};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// The soft and the hard limit with that name.
fn limits(server: &Server, name: &str) -> (String, String) {
    let all = fs::read_to_string(format!("/proc/{}/limits", server.process_id())).unwrap();
    let line = all.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    let mut words = line.split_whitespace().map(str::to_owned);
    (words.next().unwrap(), words.next().unwrap())
}

/// A server that is started by a shell which sets limits first.
fn start_after(script: &str, arguments: &[&str]) -> Server {
    Server::start_in(tempfile::tempdir().unwrap(), |command| {
        let folder = command.get_current_dir().unwrap().to_owned();
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{script} && exec \"$0\" \"$@\"")]).arg(command.get_program());
        shell.args(command.get_args()).args(arguments).stdout(Stdio::piped());
        shell.stderr(fs::File::create(folder.join("log")).unwrap()).current_dir(folder);
        *command = shell;
    })
}

#[test]
fn the_process_dumps_no_core_and_its_memory_can_not_be_read() {
    use std::os::unix::fs::MetadataExt;

    // The files of a process of root prove nothing, so the server runs as another user.
    let as_another = "if [ $(id -u) = 0 ]; then cp \"$0\" program && chown 65534 . && exec setpriv \
                      --reuid 65534 --clear-groups ./program \"$@\"; fi";
    let server = start_after(&format!("ulimit -Sc unlimited; {as_another}; true"), &[]);
    assert_eq!(limits(&server, "Max core file size"), ("0".to_owned(), "0".to_owned()));
    // The files in /proc of a process that can't be dumped belong to root, so that no other process
    // of the user can open them.
    assert_eq!(fs::metadata(format!("/proc/{}/mem", server.process_id())).unwrap().uid(), 0);
    server.repository().get("/tag").expect(200);
}

#[test]
fn the_limit_of_open_files_is_raised_for_the_connections_or_a_warning_says_so() {
    let server = start_after("ulimit -Sn 300", &["--max-connections", "500"]);
    assert_eq!(limits(&server, "Max open files").0, "756");
    assert!(!server.log().contains("max-connections"), "{}", server.log());
    let server =
        start_after("ulimit -n 400", &["--max-connections", "500", "--front", "127.0.0.1:0"]);
    assert_eq!(limits(&server, "Max open files").0, "400");
    wait_until(|| server.log().contains("max-connections"));
    let log = server.log();
    let line = log.lines().find(|line| line.contains("max-connections")).unwrap();
    assert!(
        line.contains("\"needed\":1256")
            && line.contains("\"allowed\":400")
            && line.contains("WARN"),
        "{line}"
    );
    server.repository().get("/tag").expect(200);
}

/// The command that starts a server with that many open files allowed.
fn serve_with(files: usize, data: &Path) -> Command {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &format!("ulimit -n {files} && exec \"$0\" serve \"$@\"")])
        .arg(program_path());
    shell
        .args([
            "--listen",
            "127.0.0.1:0",
            "--front",
            "127.0.0.1:0",
            "--operations",
            "127.0.0.1:0",
            "--data",
        ])
        .arg(data);
    shell.current_dir(data.parent().unwrap());
    shell
}

#[test]
fn a_server_with_too_few_open_files_refuses_to_start_and_creates_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let refused = |files: usize| {
        let output = serve_with(files, &data).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), error.lines().count(), output.stdout.len()),
            (Some(2), 1, 0),
            "{files}: {error}"
        );
        let words = error
            .strip_prefix(&format!(
                "patchbay: this process can open {files} files and needs at least "
            ))
            .unwrap();
        assert!(error.contains("ulimit -n"), "{error}");
        words.split_once(';').unwrap().0.parse::<usize>().unwrap()
    };
    let least = refused(8);
    for files in 8..=60 {
        assert_eq!(refused(files), least);
    }
    assert_eq!(refused(least - 1), least);
    assert!(!data.exists(), "a refused start must create no folder");
    // With the smallest accepted number the server works, at each door and with all of its database
    // connections.
    let server = start_after(
        &format!("ulimit -n {least}"),
        &["--front", "127.0.0.1:0", "--operations", "127.0.0.1:0"],
    );
    let client = server.repository();
    client.connection("c");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let client = client.clone();
            scope.spawn(move || {
                for path in
                    ["/dataconnection/full", "/dataconnection/count", "/auditentry/full", "/tag"]
                {
                    client.get(path).expect(200);
                }
            });
        }
    });
    let log = server.log();
    assert!(!log.contains("ERROR") && !log.contains("panicked"), "{log}");
}

#[test]
fn sighup_during_the_start_reloads_the_settings_and_does_not_stop_the_server() {
    let send_hangup = "(while [ ! -e data/patchbay.lock ]; do :; done; kill -HUP $$) & true";
    let server = start_after(send_hangup, &[]);
    server.repository().get("/tag").expect(200);
    wait_until(|| server.log().contains("the certificate was read again"));
}

#[test]
fn a_command_with_too_few_open_files_prints_one_line() {
    let server = Server::start();
    let data = server.data();
    let folder = data.parent().unwrap();
    for command in [
        "key rotate",
        "backup --to b.db",
        "verify",
        "audit verify",
        "audit mask-secrets",
        "user grant-root LAB\\\\anna",
        "restore b.db --data new",
    ] {
        let mut has_worked = false;
        for files in 6..=24 {
            let script = format!("ulimit -n {files} && exec \"$0\" {command}");
            let mut shell = Command::new("sh");
            shell
                .args(["-c", &script])
                .arg(program_path())
                .current_dir(folder)
                .env("PATCHBAY_DATA", &data);
            let output = shell.output().unwrap();
            let error = String::from_utf8(output.stderr).unwrap();
            let is_refused =
                output.status.code() == Some(2) && error.contains("raise the limit (ulimit -n");
            assert!(
                error.lines().count() <= 1 && !error.contains("panicked"),
                "{command}, {files}: {error}"
            );
            has_worked |= output.status.success();
            // If some number suffices, so does each larger one.
            assert_eq!(is_refused, !has_worked, "{command}, {files}: {error}");
            if command.contains("b.db") && has_worked {
                break;
            }
        }
        assert!(has_worked, "{command}");
    }
}
