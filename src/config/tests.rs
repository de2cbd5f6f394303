//! Tests of the settings.

use super::*;

fn settle(options: Options) -> Result<Settings, String> {
    options.settle(|_| Ok(None))
}

fn at_front(change: impl FnOnce(&mut Options)) -> Options {
    let mut options = Options { front: Some("127.0.0.1:0".to_owned()), ..Options::default() };
    change(&mut options);
    options
}

fn from_toml(text: &str) -> Result<Options, String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    Options::from_file(file.path())
}

#[test]
fn flags_win_over_the_file_and_the_file_over_defaults() {
    let flags = Options { listen: Some("127.0.0.1:1".to_owned()), ..Options::default() };
    let file = from_toml("listen = '127.0.0.1:2'\ndata = 'elsewhere'\nhost = ['qlik.example.com']").unwrap();
    let settings = settle(flags.or(file)).unwrap();
    assert_eq!(settings.listen.port(), 1);
    assert_eq!(settings.data, Path::new("elsewhere"));
    assert_eq!(settings.hosts, ["qlik.example.com"]);
    assert_eq!(settings.log_level, Level::INFO);
    assert_eq!(settings.limits.filter.depth, 64);
    assert!(matches!(settings.master_key, MasterKeySource::File(path) if path == Path::new("elsewhere/master.key")));
}

#[test]
fn a_wrong_setting_is_named() {
    for (options, name) in [
        (Options { listen: Some("nowhere".to_owned()), ..Options::default() }, "listen"),
        (Options { log_level: Some("loud".to_owned()), ..Options::default() }, "log-level"),
        (Options { log_format: Some("xml".to_owned()), ..Options::default() }, "log-format"),
        (Options { max_filter_depth: Some(100_000), ..Options::default() }, "max-filter-depth"),
        (Options { rotate_key_after: Some(0), ..Options::default() }, "rotate-key-after"),
        (Options { rotate_key_after: Some(1 << 30), ..Options::default() }, "rotate-key-after"),
        (Options { max_body_bytes: Some(0), ..Options::default() }, "max-body-bytes"),
        (Options { max_request_seconds: Some(0), ..Options::default() }, "max-request-seconds"),
        (Options { max_request_seconds: Some(3_601), ..Options::default() }, "max-request-seconds"),
        (at_front(|options| options.sign_in_user_failures = Some(0)), "sign-in-user-failures"),
        (at_front(|options| options.sign_in_user_failures = Some(101)), "sign-in-user-failures"),
        (at_front(|options| options.sign_in_address_failures = Some(0)), "sign-in-address-failures"),
        (at_front(|options| options.sign_in_wait_seconds = Some(86_401)), "sign-in-wait-seconds"),
        (Options { sign_in_wait_seconds: Some(1), ..Options::default() }, "sign-in-wait-seconds needs front"),
    ] {
        let message = settle(options).unwrap_err();
        assert!(message.starts_with(name) && !message.contains('\n'), "{message}");
    }
}

#[test]
fn a_wrong_file_is_one_line_with_its_place() {
    let message = from_toml("data = 'x'\nlistn = '127.0.0.1:2'").unwrap_err();
    assert!(message.contains("line 2") && message.contains("listn") && !message.contains('\n'), "{message}");
    let message = from_toml("data = 5").unwrap_err();
    assert!(message.contains("line 1") && !message.contains('\n'), "{message}");
}

#[test]
fn there_is_one_source_for_the_master_key() {
    let of_key = |name: &str| (name != HEADER_SECRET).then(|| SecretString::from("x"));
    let both = Options::default().settle(|name| Ok(of_key(name)));
    assert!(both.unwrap_err().contains("PATCHBAY_PASSPHRASE"));
}
