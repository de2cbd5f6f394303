//! Tests of the settings, as flags and the file give them.

use super::*;
use crate::backup::Plan;
use crate::keys::MasterKeySource;
use crate::memory::Cache;
use crate::model::Context;
use clap::{ArgAction, Args, Command, FromArgMatches};
use secrecy::SecretString;
use std::ffi::OsString;
use std::fs;
use std::iter::once;
use std::path::Path;
use std::time::Duration;
use tempfile::NamedTempFile;
use tracing::Level;

const FRONT: [&str; 2] = ["--front", "127.0.0.1:0"];

type Secret = fn(&str) -> Result<Option<SecretString>, String>;

fn command() -> Command {
    Options::augment_args(Command::new("patchbay"))
}

/// The settings that arguments and a file amount to.
fn settle_with(arguments: &[&str], file: &str, secret: Secret) -> Result<Settings, String> {
    let arguments: Vec<OsString> = once(&"patchbay").chain(arguments).map(OsString::from).collect();
    let matches = command().try_get_matches_from(&arguments).map_err(|error| refusal(&error))?;
    let given = Given::of(&matches);
    let file = from_toml(file)?;
    let matches = file.complete(command(), &arguments, &given)?;
    let options = Options::from_arg_matches(&matches).unwrap();
    options.settle(&given.and(file.places()), secret)
}

fn settle(arguments: &[&str], file: &str) -> Result<Settings, String> {
    settle_with(arguments, file, |_| Ok(None))
}

fn from_toml(text: &str) -> Result<SettingsFile, String> {
    let file = NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    SettingsFile::read(file.path())
}

/// A line of the file that says what these arguments say.
fn line(arguments: &[&str]) -> String {
    let [name, value] = arguments else { panic!("{arguments:?}") };
    let name = name.trim_start_matches("--");
    let is_list = command()
        .get_arguments()
        .any(|own| own.get_long() == Some(name) && matches!(own.get_action(), ArgAction::Append));
    match value.parse::<i64>() {
        Ok(number) => format!("{name} = {number}\n"),
        Err(_) if is_list => format!("{name} = ['{value}']\n"),
        Err(_) => format!("{name} = '{value}'\n"),
    }
}

/// The settings that arguments amount to, and those that the same in a file amount to.
fn both_ways(pairs: &[&str]) -> [Result<Settings, String>; 2] {
    let file: String = pairs.chunks(2).map(line).collect();
    [settle(pairs, ""), settle(&[], &file)]
}

/// Asserts that settings are refused with these words, by flags and in a file, there with the
/// place.
fn assert_refused(pairs: &[&str], words: &str) {
    let [by_flag, in_file] = both_ways(pairs).map(Result::unwrap_err);
    assert!(by_flag.starts_with(words) && !by_flag.contains('\n'), "{pairs:?}: {by_flag}");
    assert!(in_file.ends_with(&by_flag) && !in_file.contains('\n'), "{pairs:?}: {in_file}");
}

#[test]
fn flags_win_over_the_file_and_the_file_over_defaults() {
    let file = "listen = '127.0.0.1:2'\ndata = 'elsewhere'\nhost = \
                ['qlik.example.com']\nmax-body-bytes = 0x2_000\nmax-headers = +9_0";
    let settings = settle(&["--listen", "127.0.0.1:1"], file).unwrap();
    assert_eq!(settings.listen.port(), 1);
    assert_eq!(settings.data, Path::new("elsewhere"));
    assert_eq!(settings.hosts, ["qlik.example.com"]);
    assert_eq!(settings.log_level, Level::INFO);
    let limits = settings.limits;
    assert_eq!((limits.body_bytes, limits.headers, limits.filter.depth), (8192, 90, 64));
    assert!(matches!(
        settings.master_key,
        MasterKeySource::File(path) if path == Path::new("elsewhere/master.key")
    ));
    // A list of flags takes the place of the whole list in the file.
    assert_eq!(settle(&["--host", "a,b", "--host", "::1"], file).unwrap().hosts, ["a", "b", "::1"]);
    assert_eq!(settle(&[], "host = []").unwrap().hosts, [""; 0]);
}

/// Code that looks for a setting relies on it.
#[test]
fn a_setting_has_one_name_as_a_flag_in_the_file_and_as_a_variable() {
    let mut count = 0;
    for argument in command().get_arguments() {
        let name = argument.get_long().unwrap();
        let variable = format!("PATCHBAY_{}", name.to_uppercase().replace('-', "_"));
        assert_eq!(argument.get_id().as_str().replace('_', "-"), name);
        assert_eq!(argument.get_env().unwrap().to_str().unwrap(), variable);
        assert!(argument.get_help().is_some(), "{name}");
        count += 1;
    }
    assert!(count >= 50, "{count}");
}

#[test]
fn a_wrong_value_is_refused_with_the_allowed_values() {
    for (name, value, words) in [
        (
            "--listen",
            "nowhere",
            "listen must be an address and a port of this machine, such as 127.0.0.1:4242, not",
        ),
        ("--operations", "127.0.0.1", "operations must be an address"),
        ("--front", "x:y", "front must be an address"),
        ("--log-level", "loud", "log-level must be error, warn, info, debug or trace, not 'loud'"),
        ("--log-format", "xml", "log-format must be auto, text or json, not 'xml'"),
        ("--front-context", "moon", "front-context must be hub or management, not 'moon'"),
        ("--front-tls", "maybe", "front-tls must be on or off, not 'maybe'"),
        ("--front-sessions", "yes", "front-sessions must be on or off, not 'yes'"),
        (
            "--front-header",
            "",
            "front-header must be the name of a header, such as X-Remote-User, not",
        ),
        ("--front-header-from", "nowhere", "front-header-from must be addresses or networks"),
        ("--front-directory", "a\\b", "front-directory must not contain a backslash"),
        ("--front-jwt-issuer", " ", "front-jwt-issuer must be an issuer, such as https://"),
        ("--front-jwt-audience", "", "front-jwt-audience must be an audience, such as patchbay"),
        ("--front-jwt-user-id", "", "front-jwt-user-id must be the name of a claim, not ''"),
        ("--front-jwt-user-directory", "", "front-jwt-user-directory must be the name of a claim"),
        (
            "--front-jwt-attribute",
            "=x",
            "front-jwt-attribute must be a name, or attribute=claim, not '=x'",
        ),
    ] {
        assert_refused(&[name, value], words);
    }
}

#[test]
fn a_wrong_name_version_time_or_path_is_refused_with_the_allowed_values() {
    for (name, value, words) in [
        ("--host", "not a host!", "host must be a host name or an IP address, such as"),
        (
            "--host",
            "a-",
            "host must be a host name or an IP address, such as qlik.example.com, not",
        ),
        ("--host", "a.example.com:443", "host must be a host name"),
        ("--host", "*", "host must be a host name"),
        ("--build-version", "new", "build-version must be up to four numbers"),
        ("--build-version", "1.2.3.4.5", "build-version must be up to four numbers"),
        (
            "--backup-every",
            "daily",
            "backup-every must be a time from 1s to 10 years, such as 24h or 30min, not",
        ),
        ("--backup-every", "0s", "backup-every must be"),
        (
            "--backup-recipient",
            "",
            "backup-recipient must be a public key of age, which starts with",
        ),
        ("--backup-every", "99999999999999y", "backup-every must be"),
        ("--data", "", "data needs a value"),
        ("--backup-folder", "", "backup-folder needs a value"),
        ("--master-key-file", "", "master-key-file needs a value"),
    ] {
        assert_refused(&[name, value], words);
    }
    let number = settle(&["--max-body-bytes", "many"], "").unwrap_err();
    assert_eq!(number, "max-body-bytes must be 1024 to 1073741824, not 'many'");
}

#[test]
fn numbers_are_accepted_within_their_bounds_only() {
    for (name, least, most) in [
        ("--rotate-key-after", 1, 1_000_000_000),
        ("--sign-in-user-failures", 1, 100),
        ("--sign-in-address-failures", 1, 10_000),
        ("--sign-in-wait-seconds", 1, 86_400),
        ("--backup-keep", 1, 100_000),
        ("--max-body-bytes", 1024, 1 << 30),
        ("--max-body-depth", 4, 128),
        ("--max-body-items", 1, 10_000),
        ("--max-choice-values", 1, 10_000),
        ("--body-memory-bytes", 16 << 20, 1 << 36),
        ("--max-head-bytes", 4096, 131_072),
        ("--max-headers", 16, 96),
        ("--max-filter-bytes", 1, 49_152),
        ("--max-filter-terms", 1, 800),
        ("--max-filter-depth", 1, 200),
        ("--max-connections", 1, 1_000_000),
        ("--max-request-seconds", 1, 3_600),
        ("--max-list-seconds", 1, 86_400),
        ("--max-read-seconds", 0, 86_400),
        ("--max-write-milliseconds", 0, 3_600_000),
        ("--max-daily-bytes", 0, 1 << 50),
        ("--max-daily-entities", 0, 1 << 50),
        ("--max-wal-bytes", 16 << 20, 1_i64 << 40),
        ("--cache-bytes", 16 << 20, 1 << 40),
        ("--audit-days", 0, i64::from(u32::MAX)),
    ] {
        let with = |number: i64| {
            let number = number.to_string();
            [&FRONT[..], &["--backup-folder", "b", name, &number]].concat().join("\n")
        };
        for right in [least, most] {
            let arguments = with(right);
            for settings in both_ways(&arguments.lines().collect::<Vec<_>>()) {
                assert!(settings.is_ok(), "{name} {right}: {:?}", settings.err());
            }
        }
        let words = format!("{} must be {least} to {most}, not '", &name[2..]);
        assert_refused(&[name, &(most + 1).to_string()], &words);
        let below = settle(&[], &line(&[name, &(least - 1).to_string()])).unwrap_err();
        assert!(below.contains(&words), "{below}");
    }
    assert!(settle(&["--shutdown-seconds", &u64::MAX.to_string()], "").is_ok());
}

#[test]
fn a_setting_that_needs_another_one_is_refused_without_it() {
    for (pair, words) in [
        (["--front-context", "hub"], "front-context needs front, the address"),
        (["--front-tls", "on"], "front-tls needs front, the address"),
        (["--front-directory", "LAB"], "front-directory needs front, the address"),
        (["--front-header", "X-User"], "front-header needs front, the address"),
        (["--front-header-from", "::1"], "front-header-from needs front, the address"),
        (["--front-jwt-key", "x.pem"], "front-jwt-key needs front, the address"),
        (["--front-sessions", "on"], "front-sessions needs front, the address"),
        (["--sign-in-user-failures", "5"], "sign-in-user-failures needs front, the address"),
        (["--sign-in-address-failures", "20"], "sign-in-address-failures needs front, the address"),
        (["--sign-in-wait-seconds", "900"], "sign-in-wait-seconds needs front, the address"),
        (["--backup-every", "24h"], "backup-every needs backup-folder"),
        (["--backup-keep", "7"], "backup-keep needs backup-folder"),
        (["--backup-recipient", "x"], "backup-recipient needs backup-folder"),
    ] {
        assert_refused(&pair, words);
    }
    for (pair, words) in [
        (["--front-jwt-issuer", "x"], "front-jwt-issuer needs front-jwt-key"),
        (["--front-jwt-audience", "x"], "front-jwt-audience needs front-jwt-key"),
        (["--front-jwt-user-id", "userId"], "front-jwt-user-id needs front-jwt-key"),
        (
            ["--front-jwt-user-directory", "userDirectory"],
            "front-jwt-user-directory needs front-jwt-key",
        ),
        (["--front-jwt-attribute", "group"], "front-jwt-attribute needs front-jwt-key"),
        (
            ["--front-header-from", "::1"],
            "front-header-from needs front-header, the name of the header",
        ),
        (["--front-directory", "LAB"], "front-directory needs front-header or front-jwt-key"),
        (["--front-sessions", "on"], "front-sessions needs front-header or front-jwt-key"),
    ] {
        assert_refused(&[&FRONT[..], &pair].concat(), words);
    }
    let secret: Secret =
        |name| Ok((name == HEADER_SECRET).then(|| SecretString::from("x".repeat(32))));
    let message = settle_with(&[], "", secret).unwrap_err();
    assert_eq!(message, "PATCHBAY_FRONT_HEADER_SECRET needs front, the address");
}

#[test]
fn the_front_door_is_as_its_settings_say() {
    let front = |more: &[&str]| {
        settle(&[&FRONT[..], more].concat(), "").map(|settings| settings.front.unwrap())
    };
    let usual = front(&[]).unwrap();
    assert_eq!(
        (usual.tls, usual.takes.context, usual.takes.sign_in.wait_seconds),
        (Tls::On, Context::App, 900)
    );
    assert!(usual.takes.header.is_none() && usual.takes.jwt.is_none());
    let other = front(&["--front-tls", "OFF", "--front-context", "Management"]).unwrap();
    assert_eq!((other.tls, other.takes.context), (Tls::Off, Context::Management));
    let message = settle(&["--front", "192.0.2.1:443", "--front-tls", "off"], "").unwrap_err();
    assert_eq!(message, "front-tls can be off on a loopback address only, not on 192.0.2.1");
}

#[test]
fn backups_are_as_their_settings_say() {
    let plan = |more: &[&str]| -> Plan {
        settle(&[&["--backup-folder", "b"], more].concat(), "").unwrap().backups.unwrap()
    };
    let usual = plan(&[]);
    assert_eq!(
        (usual.folder.as_path(), usual.every, usual.keep),
        (Path::new("b"), Duration::from_hours(24), 7)
    );
    assert!(usual.recipients.is_empty() && settle(&[], "").unwrap().backups.is_none());
    let often = plan(&["--backup-every", "1h 30min", "--backup-keep", "1"]);
    assert_eq!((often.every, often.keep), (Duration::from_mins(90), 1));
    for recipient in ["age1", "AGE-SECRET-KEY-1X"] {
        let [by_flag, in_file] =
            both_ways(&["--backup-folder", "b", "--backup-recipient", recipient]);
        for message in [by_flag, in_file].map(Result::unwrap_err) {
            assert!(
                message.contains("backup-recipient is wrong: a recipient must be"),
                "{message}"
            );
            // A secret key that somebody takes for a public one stays out of the log.
            assert!(!message.contains("SECRET"), "{message}");
        }
    }
}

#[test]
fn the_cache_of_responses_leaves_memory_for_the_other_caches() {
    let memory = |arguments: &[&str]| settle(arguments, "").map(|settings| settings.cache_memory);
    let usual = memory(&[]).unwrap();
    assert_eq!((usual.bytes(), usual.share(Cache::Responses)), (256 << 20, 32 << 20));
    let none = memory(&["--answer-cache-bytes", "0"]).unwrap();
    assert_eq!((none.bytes(), none.share(Cache::Responses)), (224 << 20, 0));
    assert_refused(
        &["--cache-bytes", "16777216", "--answer-cache-bytes", "1"],
        "answer-cache-bytes must be at most 0, not 1",
    );
    assert_refused(
        &["--answer-cache-bytes", "2147483649"],
        "answer-cache-bytes must be 0 to 2147483648",
    );
}

#[test]
fn a_wrong_settings_file_is_refused_in_one_line_with_its_place() {
    for (text, line, words) in [
        ("data = 'x'\nlistn = '127.0.0.1:2'", 2, "listn is not a setting; did you mean listen?"),
        ("config = 'other.toml'", 1, "config is not a setting"),
        ("data = 5", 1, "data must be a text in quotes, as in data = \"…\", not a number"),
        ("\nlog-level = true", 2, "log-level must be a text in quotes"),
        (
            "max-body-bytes = '2048'",
            1,
            "max-body-bytes must be a whole number without quotes, as in max-body-bytes = N, not a \
             text in quotes",
        ),
        ("max-body-bytes = 2048.0", 1, "max-body-bytes must be a whole number without quotes"),
        ("audit-days = [1]", 1, "audit-days must be a whole number"),
        (
            "host = 'a'",
            1,
            "host must be a list of texts in quotes, as in host = [\"…\"], not a text in quotes",
        ),
        (
            "host = [\n 'a',\n 5]",
            1,
            "host must be a list of texts in quotes, as in host = [\"…\"], not a list of",
        ),
        ("[front]\ntls = 'on'", 1, "front must be a text"),
        (
            "max-headers = 99999999999999999999999999999999999999999",
            1,
            "max-headers must be 16 to 96, not '9999",
        ),
        ("max-headers = -0x1", 1, ""),
        ("data = 'x'\ndata = 'y'", 2, "data is set twice; remove one of the two"),
        ("data = 'x'\n\nlisten = 'y", 3, "listen must be a text in quotes, as in listen = \"…\""),
        ("log-level = info", 1, "log-level must be a text in quotes, as in log-level = \"…\""),
        ("max-headers = 9x", 1, "max-headers must be a whole number without quotes"),
        ("something = [", 1, "this is not TOML; write a setting as a line such as listen = \"127"),
        (
            "data",
            1,
            "this is not TOML; write a setting as a line such as listen = \"127.0.0.1:4242\"",
        ),
        ("data = 'x'\n\nmax-headers = 97", 3, "max-headers must be 16 to 96, not '97'"),
        ("log-format = 'xml'", 1, "log-format must be auto, text or json"),
    ] {
        let message = settle(&[], text).unwrap_err();
        assert!(
            message.contains(&format!(", line {line}: {words}")) && !message.contains('\n'),
            "{text}: {message}"
        );
    }
}

#[test]
fn a_comma_separates_values_in_flags_but_not_in_the_file() {
    let message =
        settle(&[], "front = '127.0.0.1:0'\nfront-jwt-key = ['nowhere/a,b.pem']").unwrap_err();
    assert!(message.contains("nowhere/a,b.pem"), "{message}");
    let message =
        settle(&[&FRONT[..], &["--front-jwt-key", "nowhere/a,b.pem"]].concat(), "").unwrap_err();
    assert!(message.contains("nowhere/a") && !message.contains(','), "{message}");
}

#[test]
fn the_master_key_has_one_source() {
    let both: Secret = |name| Ok((name != HEADER_SECRET).then(|| SecretString::from("x")));
    assert!(settle_with(&[], "", both).unwrap_err().contains("PATCHBAY_PASSPHRASE"));
}
