//! The command line, as new users experience it.

use crate::support::{Server, program};
use std::fs;
use std::process::{Command, Output};
use tempfile::TempDir;

/// Runs the program to its end in a new folder, with these arguments and variables.
fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    run_in(&tempfile::tempdir().unwrap(), arguments, variables)
}

fn run_in(folder: &TempDir, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = program();
    command
        .current_dir(folder.path())
        .args(arguments)
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_wrong_setting_prints_one_line_and_exits_with_2() {
    type Case<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], &'a str);
    let cases: [Case<'_>; 18] = [
        (&["serve", "--listen", "nowhere"], &[], "listen must be an address"),
        (
            &["serve", "--listn", "x"],
            &[],
            "there is no argument '--listn'; did you mean '--listen'? see patchbay serve --help\n",
        ),
        (
            &["serve", "--max-body-bytes", "many"],
            &[],
            "max-body-bytes must be 1024 to 1073741824, not 'many'",
        ),
        (&["serve", "--data"], &[], "data needs a value\n"),
        (&["serve", "--max-filter-depth", "9999"], &[], "max-filter-depth must be 1 to"),
        (&["serve", "--build-version", "new"], &[], "build-version must be"),
        (&["serv"], &[], "there is no command 'serv'; did you mean 'serve'? see patchbay --help\n"),
        (&["user", "x"], &[], "there is no command 'x'; see patchbay user --help\n"),
        (
            &["serve", "--listen", "127.0.0.1:1", "--operations", "127.0.0.1:1"],
            &[],
            "operations must have another address than listen\n",
        ),
        (&["cert", "issue", "a", "--days", "0"], &[], "days must be 1 to 3650, not '0'\n"),
        (&["verify", "--master-key-file", "nope"], &[], "there is no file nope\n"),
        (&["serve"], &[("PATCHBAY_LISTN", "x")], "did you mean PATCHBAY_LISTEN?"),
        (
            &["serve"],
            &[("PATCHBAY_LOG_LEVEL", "loud")],
            "(from the environment variable PATCHBAY_LOG_LEVEL)",
        ),
        (
            &["serve", "--log-level", "loud"],
            &[("PATCHBAY_LOG_LEVEL", "info")],
            "debug or trace, not 'loud'\n",
        ),
        (
            &["verify"],
            &[("PATCHBAY_DATA", "")],
            "data needs a value (from the environment variable",
        ),
        (&["serve", "--config", "nowhere.toml"], &[], "nowhere.toml"),
        (
            &["serve"],
            &[("PATCHBAY_MASTER_KEY", "x"), ("PATCHBAY_PASSPHRASE", "y")],
            "only one source of",
        ),
        (&["serve", "--host", "not a host!"], &[], "host must be"),
    ];
    for (arguments, variables, part) in cases {
        assert_one_line(&run(arguments, variables), 2, part);
    }
    assert_one_line(
        &run(&["serve"], &[("PATCHBAY_MASTER_KEY", "c2hvcnQ=")]),
        2,
        "PATCHBAY_MASTER_KEY: a key must be",
    );
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("patchbay.toml"), "listen = '127.0.0.1:0'\nlog-levl = 'info'")
        .unwrap();
    for command in ["serve", "verify"] {
        let part = "patchbay.toml, line 2: log-levl is not a setting; did you mean log-level?";
        assert_one_line(&run_in(&folder, &[command], &[]), 2, part);
    }
    fs::write(folder.path().join("patchbay.toml"), "listen = '127.0.0.1:0'\n\nmax-headers = 5")
        .unwrap();
    assert_one_line(
        &run_in(&folder, &["serve"], &[]),
        2,
        "patchbay.toml, line 3: max-headers must be 16 to 96, not '5'",
    );
}

fn assert_one_line(output: &Output, code: i32, part: &str) {
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{error}");
    assert_eq!(error.trim_end().lines().count(), 1, "{error}");
    assert!(error.starts_with("patchbay: ") && error.contains(part), "{part}: {error}");
}

#[test]
fn a_failed_command_prints_one_line_and_exits_with_1() {
    let server = Server::start();
    let address = server.base.trim_start_matches("https://").to_owned();
    let output = run(&["serve", "--log-level", "error", "--listen", &address], &[]);
    assert_one_line(&output, 1, "can't listen on");
}

#[test]
fn the_version_is_the_one_of_the_package() {
    let version = run(&["--version"], &[]);
    assert_eq!(text(&version.stdout), format!("patchbay {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn settings_can_come_from_a_file_or_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("patchbay.toml"),
        "max-filter-terms = 1\nmax-filter-bytes = 30\nlog-format = 'text'",
    )
    .unwrap();
    let server = Server::start_in(folder, |command| {
        command.env("PATCHBAY_MAX_FILTER_BYTES", "60");
    });
    let client = server.repository();
    client.get("/tag?filter=name eq 'abcdefghijklmnopqrstuvwxyz'").expect(200);
    client
        .get("/tag?filter=name eq 'a' or name eq 'b'")
        .expect(400)
        .says(&["more than 1 comparisons"]);
    let long = format!("/tag?filter=name eq '{}'", "x".repeat(60));
    client.get(&long).expect(400).says(&["60 are allowed"]);
    assert!(!server.log().contains("{\""), "{}", server.log());
}

#[test]
fn every_command_reads_the_data_folder_from_flag_variable_or_settings_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("patchbay.toml"), "data = 'in-the-file'").unwrap();
    for arguments in [
        &["verify"][..],
        &["backup", "--to", "b.db"],
        &["explain", "--user", "LAB\\anna"],
        &["user", "grant-root", "LAB\\anna"],
        &["audit", "verify"],
        &["audit", "mask-secrets"],
        &["key", "rotate"],
        &["cert", "list"],
    ] {
        let by_flag = [arguments, &["--data", "by-a-flag"]].concat();
        let variable = [("PATCHBAY_DATA", "by-a-variable")];
        assert_one_line(&run_in(&folder, arguments, &[]), 1, " in-the-file/");
        assert_one_line(&run_in(&folder, arguments, &variable), 1, " by-a-variable/");
        assert_one_line(&run_in(&folder, &by_flag, &variable), 1, " by-a-flag/");
    }
}

#[test]
fn every_command_uses_the_master_key_file_of_the_settings_file() {
    let folder = Server::start().stop();
    fs::rename(folder.path().join("data/master.key"), folder.path().join("away")).unwrap();
    fs::write(folder.path().join("patchbay.toml"), "data = 'data'\nmaster-key-file = 'away'")
        .unwrap();
    for arguments in
        [&["verify"][..], &["audit", "mask-secrets"], &["key", "rotate"], &["key", "rekey"]]
    {
        let output = run_in(&folder, arguments, &[]);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    }
    let output = run_in(&folder, &["verify", "--master-key-file", "nowhere"], &[]);
    assert_one_line(&output, 2, "master-key-file: there is no file nowhere\n");
    assert!(!folder.path().join("data/master.key").exists());
}

#[test]
fn the_printed_curl_line_works_when_pasted() {
    let folder = tempfile::Builder::new().prefix("it's a folder").tempdir().unwrap();
    let server = Server::start_in(folder, |_| {});
    let line = server.welcome.last().unwrap();
    assert!(line.contains("curl"), "{line}");
    let output = Command::new("sh").args(["-c", line]).output().unwrap();
    assert_eq!(text(&output.stdout), "[]", "{line}: {}", text(&output.stderr));
}

#[test]
fn the_server_certificate_has_the_configured_names() {
    let server = Server::start_in(tempfile::tempdir().unwrap(), |command| {
        command.args(["--host", "qlik.example.com,10.1.2.3"]);
    });
    let address = server.base.trim_start_matches("https://").parse().unwrap();
    let root = fs::read(server.data().join("certs/root.pem")).unwrap();
    for (name, is_known) in
        [("qlik.example.com", true), ("localhost", true), ("other.example.com", false)]
    {
        let client = reqwest::blocking::Client::builder()
            .tls_certs_only([reqwest::Certificate::from_pem(&root).unwrap()])
            .resolve(name, address)
            .build()
            .unwrap();
        let url = format!("https://{name}:{}/openapi.json", address.port());
        assert_eq!(client.get(url).send().is_ok(), is_known, "{name}");
    }
}

#[test]
fn the_master_key_can_come_from_the_environment_or_a_passphrase() {
    let key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    for (variable, right, wrong) in [
        ("PATCHBAY_MASTER_KEY", key, "ZDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="),
        ("PATCHBAY_PASSPHRASE", "a long phrase", "another phrase"),
    ] {
        let start = |folder: TempDir| {
            Server::start_in(folder, |command| {
                command.env(variable, right);
            })
        };
        let server = start(tempfile::tempdir().unwrap());
        assert!(!server.data().join("master.key").exists());
        let folder = start(server.stop()).stop();
        let mut command = program();
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.path().join("data"))
            .env(variable, wrong);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(
            text(&output.stderr)
                .contains("the master key is not the one that this database was created with")
        );
    }
}

#[test]
fn a_new_passphrase_must_be_as_long_as_a_password() {
    let folder = tempfile::tempdir().unwrap();
    for short in ["short", "eleven char"] {
        let output = run_in(
            &folder,
            &["serve", "--listen", "127.0.0.1:0", "--data", "data"],
            &[("PATCHBAY_PASSPHRASE", short)],
        );
        assert_eq!(output.status.code(), Some(2));
        let error = text(&output.stderr);
        let line = error.lines().last().unwrap();
        assert!(
            line.contains("PATCHBAY_PASSPHRASE can't be used for a new master key")
                && line.contains("12 to 1024 characters")
                && !line.contains(short),
            "{error}"
        );
    }
    let server = Server::start_in(folder, |command| {
        command.env("PATCHBAY_PASSPHRASE", "twelve chars");
    });
    server.repository().get("/tag").expect(200);
}

/// Kubernetes sets such variables for a service with the name patchbay.
#[test]
fn environment_variables_of_other_programs_are_ignored() {
    let server = Server::start_in(tempfile::tempdir().unwrap(), |command| {
        command
            .env("PATCHBAY_SERVICE_HOST", "10.0.0.1")
            .env("PATCHBAY_PORT", "tcp://10.0.0.1:4242");
    });
    server.repository().get("/tag").expect(200);
}

/// A credential of systemd belongs to root, and the access list that lets the service's user read
/// it appears in the mode as a permission of the group.
#[cfg(unix)]
#[test]
fn a_master_key_from_a_systemd_credential_is_accepted() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    let folder = Server::start().stop();
    let [credentials, elsewhere] =
        ["credentials", "elsewhere"].map(|name| folder.path().join(name));
    for folder in [&credentials, &elsewhere] {
        fs::create_dir(folder).unwrap();
    }
    let key = credentials.join("master.key");
    fs::rename(folder.path().join("data/master.key"), &key).unwrap();
    // The tests may not run as root, which must own the file.
    let metadata = key.metadata().unwrap();
    let is_of_root = (metadata.uid(), metadata.gid()) == (0, 0);
    for (mode, directory, is_right) in [
        (0o440, Some(&credentials), is_of_root),
        (0o400, None, true),
        (0o440, None, false),
        (0o440, Some(&elsewhere), false),
        (0o440, Some(&folder.path().to_owned()), false),
        (0o444, Some(&credentials), false),
        (0o460, Some(&credentials), false),
        (0o441, Some(&credentials), false),
    ] {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        let mut command = program();
        command
            .args(["verify", "--master-key-file"])
            .arg(&key)
            .arg("--data")
            .arg(folder.path().join("data"));
        command.env_remove("CREDENTIALS_DIRECTORY");
        command.envs(directory.map(|directory| ("CREDENTIALS_DIRECTORY", directory)));
        let output = command.output().unwrap();
        let output_text = text(&output.stdout);
        assert_eq!(
            output_text.contains("other users can read the master key"),
            !is_right,
            "{mode:o} {directory:?}: {output_text}"
        );
        assert_eq!(output.status.success(), is_right, "{mode:o} {directory:?}");
    }
}
