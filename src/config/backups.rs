//! The settings of the backups that the server makes by itself, which mean nothing without their folder.

use super::{Options, bounded};
use crate::backup::{Plan, Recipients};
use std::time::Duration;

const DAILY: Duration = Duration::from_hours(24);

/// A week of them, as long as they are daily.
const KEPT: usize = 7;

/// Once a second to once in ten years.
const LEAST: Duration = Duration::from_secs(1);
const MOST: Duration = Duration::from_hours(24 * 3653);

/// The backups that these options describe, if they name a folder.
///
/// # Errors
/// A value that can't be used. The message is one line and names the setting.
pub fn settle(options: &Options) -> Result<Option<Plan>, String> {
    let Some(folder) = &options.backup_folder else { return check_unused(options).map(|()| None) };
    if folder.as_os_str().is_empty() {
        return Err("backup-folder is empty".to_owned());
    }
    let recipients = Recipients::read(options.backup_recipient.iter().map(String::as_str));
    Ok(Some(Plan {
        folder: folder.clone(),
        every: options.backup_every.as_deref().map_or(Ok(DAILY), every)?,
        keep: bounded("backup-keep", options.backup_keep, KEPT, 1, 100_000)?,
        recipients: recipients.map_err(|why| format!("backup-recipient: {why}"))?,
    }))
}

fn check_unused(options: &Options) -> Result<(), String> {
    let set = [
        ("backup-every", options.backup_every.is_some()),
        ("backup-keep", options.backup_keep.is_some()),
        ("backup-recipient", !options.backup_recipient.is_empty()),
    ];
    match set.into_iter().find(|(_, is_set)| *is_set) {
        Some((name, _)) => Err(format!("{name} needs backup-folder")),
        None => Ok(()),
    }
}

fn every(text: &str) -> Result<Duration, String> {
    let wrong = || format!("backup-every must be a time from 1s to 10 years, such as 24h or 30min, not '{text}'");
    let every = humantime::parse_duration(text).map_err(|_| wrong())?;
    if (LEAST..=MOST).contains(&every) { Ok(every) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::{Path, PathBuf};

    fn options() -> Options {
        Options { backup_folder: Some(PathBuf::from("b")), ..Options::default() }
    }

    #[test]
    fn a_folder_is_enough() {
        let plan = settle(&options()).unwrap().unwrap();
        assert_eq!((plan.folder.as_path(), plan.every, plan.keep), (Path::new("b"), DAILY, 7));
        assert!(plan.recipients.is_empty() && settle(&Options::default()).unwrap().is_none());
        let often = Options { backup_every: Some("1h 30min".to_owned()), backup_keep: Some(1), ..options() };
        let plan = settle(&often).unwrap().unwrap();
        assert_eq!((plan.every, plan.keep), (Duration::from_mins(90), 1));
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let every = |text: &str| Options { backup_every: Some(text.to_owned()), ..options() };
        let keep = |keep| Options { backup_keep: Some(keep), ..options() };
        let recipient = |key: &str| Options { backup_recipient: vec![key.to_owned()], ..options() };
        let alone = |options| Options { backup_folder: None, ..options };
        for (options, words) in [
            (every("daily"), "backup-every must be"),
            (every("0s"), "backup-every must be"),
            (every("500ms"), "backup-every must be"),
            (every("99999999999999y"), "backup-every must be"),
            (keep(0), "backup-keep must be"),
            (recipient("age1"), "backup-recipient: a recipient must be"),
            (recipient(""), "backup-recipient: a recipient must be"),
            (alone(every("1h")), "backup-every needs backup-folder"),
            (alone(keep(1)), "backup-keep needs backup-folder"),
            (alone(recipient("x")), "backup-recipient needs backup-folder"),
            (Options { backup_folder: Some(PathBuf::new()), ..Options::default() }, "backup-folder is empty"),
        ] {
            let message = settle(&options).unwrap_err();
            assert!(message.starts_with(words) && !message.contains('\n'), "{message}");
        }
        // Who mistakes a secret key for a public one does not find it in a log.
        assert!(!settle(&recipient("AGE-SECRET-KEY-1X")).unwrap_err().contains("SECRET"));
    }
}
