//! Password prompts at a terminal: echo must be on again, however the prompt ends.

#![cfg(target_os = "linux")]

use crate::support::{Server, program_path, send_signal, wait, wait_until};
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};

/// A terminal, with a program that prompts for a new password.
struct Asking {
    terminal: File,
    process: Child,
}

impl Asking {
    /// Starts the program, and waits until the terminal's echo is off.
    fn begin(data: &Path) -> Self {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&terminal).unwrap();
        unlockpt(&terminal).unwrap();
        let name = ptsname(&terminal, Vec::new()).unwrap();
        // Opening it must not make it the controlling terminal of the test process.
        let flags = i32::try_from(OFlags::NOCTTY.bits()).unwrap();
        let end = || {
            File::options()
                .read(true)
                .write(true)
                .custom_flags(flags)
                .open(name.to_str().unwrap())
                .unwrap()
        };
        // A new session, with this as its controlling terminal.
        let mut command = Command::new("setsid");
        command.arg("--ctty").arg(program_path());
        command.args(["user", "set-password", "LAB\\anna", "--data"]).arg(data);
        command.stdin(end()).stdout(end()).stderr(end());
        let process = command.spawn().unwrap();
        let asking = Self { terminal: File::from(terminal), process };
        wait_until(|| !asking.shows());
        asking
    }

    fn shows(&self) -> bool {
        tcgetattr(&self.terminal).unwrap().local_modes.contains(LocalModes::ECHO)
    }

    fn type_in(&self, keys: &str) {
        (&self.terminal).write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until the terminal has shown this text.
    fn expect(&self, text: &str) {
        fcntl_setfl(&self.terminal, OFlags::NONBLOCK).unwrap();
        let mut shown = Vec::new();
        wait_until(|| {
            let mut some = [0; 256];
            match (&self.terminal).read(&mut some) {
                Ok(count) => shown.extend_from_slice(&some[..count]),
                Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
            }
            String::from_utf8_lossy(&shown).contains(text)
        });
    }

    fn is_stopped(&self) -> bool {
        let state = fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap();
        state.rsplit(')').next().unwrap().trim_start().starts_with('T')
    }

    fn ended(&mut self) -> ExitStatus {
        wait(&mut self.process)
    }
}

#[test]
fn after_every_end_of_a_password_prompt_the_terminal_echoes_again() {
    let server = Server::start();
    let data = server.data();
    for (key, code) in [("\x03", 130), ("\x1c", 131), ("half of it\x03", 130)] {
        let mut asking = Asking::begin(&data);
        asking.type_in(key);
        assert_eq!((asking.ended().code(), asking.shows()), (Some(code), true), "{key:?}");
    }
    for (signal, code) in [("TERM", 143), ("HUP", 129)] {
        let mut asking = Asking::begin(&data);
        send_signal(signal, asking.process.id());
        assert_eq!((asking.ended().code(), asking.shows()), (Some(code), true), "{signal}");
    }
    // At the second prompt as well.
    let mut asking = Asking::begin(&data);
    asking.type_in("correct horse battery\n");
    asking.expect("Repeat the password: ");
    asking.type_in("\x03");
    assert_eq!((asking.ended().code(), asking.shows()), (Some(130), true));
    // End of input: Ctrl-D.
    let mut asking = Asking::begin(&data);
    asking.type_in("\x04");
    assert_eq!((asking.ended().code(), asking.shows()), (Some(1), true));
}

#[test]
fn a_stopped_prompt_restores_the_echo_until_it_is_continued() {
    let server = Server::start();
    let mut asking = Asking::begin(&server.data());
    for _ in 0..2 {
        asking.type_in("\x1a");
        wait_until(|| asking.is_stopped());
        assert!(asking.shows());
        send_signal("CONT", asking.process.id());
        wait_until(|| !asking.shows());
    }
    // Both lines are sent together: the second prompt reads the second one.
    asking.type_in("correct horse battery\ncorrect horse battery\n");
    assert!(asking.ended().success());
    assert!(asking.shows());
    let folder = server.stop();
    let database = rusqlite::Connection::open(folder.path().join("data/patchbay.db")).unwrap();
    let passwords =
        database.query_row("SELECT count(*) FROM passwords", [], |row| row.get::<_, i64>(0));
    assert_eq!(passwords.unwrap(), 1);
}
