//! A setting that can't be used is refused with the place that gives it and with what is allowed.

use crate::support::Server;
use std::ffi::OsString;
use std::fs;
use std::process::{Command, Output};
use tempfile::TempDir;

type Variables<'a> = &'a [(&'a str, &'a str)];

/// Runs the program in a folder of its own, with these arguments and variables and that settings
/// file.
fn run(arguments: &[&str], variables: Variables<'_>, file: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    if !file.is_empty() {
        fs::write(folder.path().join("patchbay.toml"), file).unwrap();
    }
    let mut command = command(&folder, arguments);
    command.envs(variables.iter().copied()).output().unwrap()
}

fn command(folder: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_patchbay"));
    command.current_dir(folder.path()).args(arguments);
    command
}

/// Expects one line on standard error and exit code 2.
#[track_caller]
fn assert_refused(output: &Output, expected: &str) {
    let error = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert_eq!(error, format!("patchbay: {expected}\n"));
}

#[test]
fn a_setting_that_needs_another_one_is_refused_with_the_flag_the_variable_or_the_line() {
    for (name, value, needed) in [
        ("backup-every", "12h", "backup-folder, the folder"),
        ("front-tls", "off", "front, the address"),
        ("front-jwt-issuer", "me", "front, the address"),
    ] {
        let expected = format!("{name} needs {needed}");
        let flag = format!("--{name}");
        assert_refused(&run(&["serve", &flag, value], &[], ""), &expected);
        let variable = format!("PATCHBAY_{}", name.to_uppercase().replace('-', "_"));
        assert_refused(
            &run(&["serve"], &[(&variable, value)], ""),
            &format!("{expected} (from the environment variable {variable})"),
        );
        let file = format!("data = 'd'\n\n{name} = '{value}'");
        assert_refused(&run(&["serve"], &[], &file), &format!("patchbay.toml, line 3: {expected}"));
        // A flag wins over the file, also in what the message names.
        assert_refused(&run(&["serve", &flag, value], &[], &file), &expected);
    }
}

#[test]
fn settings_that_do_not_fit_each_other_are_refused_with_their_place() {
    let front = [("PATCHBAY_FRONT", "192.0.2.1:443"), ("PATCHBAY_FRONT_TLS", "off")];
    assert_refused(
        &run(&["serve"], &front, ""),
        "front-tls can be off on a loopback address only, not on 192.0.2.1 (from the environment \
         variable PATCHBAY_FRONT_TLS)",
    );
    assert_refused(
        &run(&["serve"], &[], "cache-bytes = 16777216\nanswer-cache-bytes = 1"),
        "patchbay.toml, line 2: answer-cache-bytes must be at most 0, not 1: 16777216 of \
         cache-bytes must be left for the other caches",
    );
    assert_refused(
        &run(&["serve"], &[("PATCHBAY_FRONT_HEADER_FROM", "::1")], "front = '127.0.0.1:0'"),
        "front-header-from needs front-header, the name of the header (from the environment \
         variable PATCHBAY_FRONT_HEADER_FROM)",
    );
}

#[test]
fn an_empty_value_is_refused_with_what_is_expected() {
    assert_refused(
        &run(&["serve", "--backup-folder", "b"], &[("PATCHBAY_BACKUP_RECIPIENT", "")], ""),
        "backup-recipient must be a public key of age, which starts with age1, not '' (from the \
         environment variable PATCHBAY_BACKUP_RECIPIENT)",
    );
    assert_refused(
        &run(&["serve", "--front", "127.0.0.1:0", "--front-header="], &[], ""),
        "front-header must be the name of a header, such as X-Remote-User, not ''",
    );
    assert_refused(
        &run(&["serve"], &[("PATCHBAY_PASSPHRASE", "")], ""),
        "PATCHBAY_PASSPHRASE is empty; give it a value or unset it",
    );
}

#[test]
fn a_negative_number_is_a_wrong_value() {
    let host = "host must be a host name or an IP address, such as qlik.example.com, not '-1'";
    assert_refused(&run(&["serve", "--host=-1"], &[], ""), host);
    assert_refused(&run(&["serve", "--host", "-1"], &[], ""), host);
    assert_refused(
        &run(&["serve", "--max-headers", "-1"], &[], ""),
        "max-headers must be 16 to 96, not '-1'",
    );
}

#[test]
fn a_wrong_line_of_the_file_is_refused_in_plain_words() {
    for (line, expected) in [
        (
            "host = [1]",
            "host must be a list of texts in quotes, as in host = [\"…\"], not a list of other \
             values",
        ),
        ("log-level = info", "log-level must be a text in quotes, as in log-level = \"…\""),
        (
            "max-headers = '20'",
            "max-headers must be a whole number without quotes, as in max-headers = N, not a text \
             in quotes",
        ),
        ("data = 'other'", "data is set twice; remove one of the two"),
        (
            "listen",
            "this is not TOML; write a setting as a line such as listen = \"127.0.0.1:4242\"",
        ),
    ] {
        let file = format!("data = 'd'\n{line}");
        assert_refused(&run(&["serve"], &[], &file), &format!("patchbay.toml, line 2: {expected}"));
    }
}

#[test]
fn the_master_key_has_one_source() {
    let key = ("PATCHBAY_MASTER_KEY", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
    for command in ["serve", "verify"] {
        assert_refused(
            &run(&[command, "--master-key-file", "key"], &[key], ""),
            "only one source of the master key can be set, not PATCHBAY_MASTER_KEY and \
             master-key-file",
        );
        assert_refused(
            &run(&[command], &[("PATCHBAY_PASSPHRASE", "x"), key], "master-key-file = 'key'"),
            "only one source of the master key can be set, not PATCHBAY_MASTER_KEY and \
             PATCHBAY_PASSPHRASE and master-key-file",
        );
    }
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf_8_is_named() {
    use std::os::unix::ffi::OsStringExt;
    let folder = tempfile::tempdir().unwrap();
    for variable in ["PATCHBAY_LOG_LEVEL", "PATCHBAY_HOST", "PATCHBAY_MASTER_KEY"] {
        let mut command = command(&folder, &["serve"]);
        let output = command.env(variable, OsString::from_vec(vec![b'a', 0xff])).output().unwrap();
        assert_refused(&output, &format!("{variable} is not valid UTF-8"));
    }
}

#[test]
fn a_short_new_passphrase_is_refused_with_its_variable() {
    let data = Server::start().stop();
    let mut command = command(&data, &["key", "rekey", "--data", "data"]);
    let output = command.env("PATCHBAY_NEW_PASSPHRASE", "eleven char").output().unwrap();
    let error = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(
        error.starts_with("patchbay: PATCHBAY_NEW_PASSPHRASE can't be used for a new master key: ")
            && error.contains("12 to 1024 characters")
            && error.lines().count() == 1,
        "{error}"
    );
    // The database still opens with its old key.
    let mut verify = self::command(&data, &["verify", "--data", "data"]);
    assert!(verify.output().unwrap().status.success());
}

#[test]
fn a_command_without_its_subcommand_lists_them() {
    for (arguments, expected) in [
        (&["user"][..], "patchbay user takes grant-root or set-password"),
        (&["key"], "patchbay key takes rotate or rekey"),
        (&["audit"], "patchbay audit takes export, verify or mask-secrets"),
        (&["cert"], "patchbay cert takes list, issue, renew or revoke"),
    ] {
        let see = format!("see patchbay {} --help", arguments[0]);
        assert_refused(
            &run(arguments, &[], ""),
            &format!("a command is missing: {expected}; {see}"),
        );
    }
    let output = run(&[], &[], "");
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(error.starts_with("patchbay: a command is missing: patchbay takes serve, demo, "));
    assert!(error.ends_with("cert, site, pull or openapi; see patchbay --help\n"), "{error}");
}

#[test]
fn an_unknown_variable_of_the_program_is_warned_about_with_the_nearest_setting() {
    let server = Server::start_in(tempfile::tempdir().unwrap(), |command| {
        command
            .env("PATCHBAY_LOGLEVLE", "info")
            .env("PATCHBAY_SOMETHING_ELSE_ENTIRELY", "x")
            .env("PATCHBAY_SERVICE_HOST", "10.0.0.1");
    });
    server.repository().get("/tag").expect(200);
    let log = server.log();
    for line in [
        "patchbay: the environment variable PATCHBAY_LOGLEVLE is not a setting, and is ignored; \
         did you mean PATCHBAY_LOG_LEVEL?\n",
        "patchbay: the environment variable PATCHBAY_SOMETHING_ELSE_ENTIRELY is not a setting, \
         and is ignored\n",
    ] {
        assert!(log.contains(line), "{log}");
    }
    assert!(!log.contains("PATCHBAY_SERVICE_HOST"), "{log}");
}
