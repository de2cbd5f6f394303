//! The settings of the backups that the server makes on a schedule. All of them need the folder.

use super::given_settings::{Given, WrongSetting};
use super::parse::{Unusable, within};
use crate::backup::{Plan, Recipients};
use clap::Args;
use std::path::PathBuf;
use std::time::Duration;

/// From once a second to once in ten years.
const LEAST: Duration = Duration::from_secs(1);
const MOST: Duration = Duration::from_hours(24 * 3653);

/// The folder of backups, and the other settings of backups.
#[derive(Args)]
#[command(next_help_heading = "Backups")]
pub struct BackupOptions {
    /// Folder for backups that the server makes on a schedule [default: none]
    #[arg(long, env = "PATCHBAY_BACKUP_FOLDER", value_name = "DIR")]
    backup_folder: Option<PathBuf>,
    #[command(flatten)]
    schedule: ScheduleOptions,
}

/// Settings that need the folder. By default, the backups of a week are kept.
#[derive(Args)]
#[expect(clippy::struct_field_names, reason = "a field has the name of its flag")]
struct ScheduleOptions {
    /// Time between two of these backups, such as 24h or 30min
    #[
        arg(
            long,
            env = "PATCHBAY_BACKUP_EVERY",
            value_name = "TIME",
            value_parser = every,
            default_value = "24h"
        )
    ]
    backup_every: Duration,
    /// Number of these backups to keep
    #[arg(
        long,
        env = "PATCHBAY_BACKUP_KEEP",
        value_name = "N",
        value_parser = within::<usize>(1..=100_000),
        default_value_t = 7
    )]
    backup_keep: usize,
    /// age public key to encrypt these backups for; may be repeated [default: none]
    #[arg(
        long,
        env = "PATCHBAY_BACKUP_RECIPIENT",
        value_name = "KEY",
        value_delimiter = ',',
        value_parser = recipient
    )]
    backup_recipient: Vec<String>,
}

impl BackupOptions {
    /// Returns the plan of the backups, if there is a folder for them.
    ///
    /// # Errors
    /// [`WrongSetting`] if a setting of backups is given without the folder, or a recipient is not
    /// a public key.
    pub fn settle(self, given: &Given) -> Result<Option<Plan>, WrongSetting> {
        let Self { backup_folder, schedule } = self;
        let Some(folder) = backup_folder else {
            return given.refuse::<ScheduleOptions>("backup-folder, the folder").map(|()| None);
        };
        let recipients = Recipients::read(schedule.backup_recipient.iter().map(String::as_str));
        let recipients = recipients.map_err(|why| {
            WrongSetting::new("backup-recipient", format_args!("is wrong: {why}"))
        })?;
        Ok(Some(Plan {
            folder,
            every: schedule.backup_every,
            keep: schedule.backup_keep,
            recipients,
        }))
    }
}

/// Refuses an empty recipient. Other wrong ones are refused later: a message about an argument
/// repeats its value, which may be a secret key that somebody takes for a public one.
fn recipient(text: &str) -> Result<String, Unusable> {
    if text.is_empty() {
        return Err(Unusable::expected("a public key of age, which starts with age1", text));
    }
    Ok(text.to_owned())
}

fn every(text: &str) -> Result<Duration, Unusable> {
    let every = humantime::parse_duration(text).ok().filter(|every| (LEAST..=MOST).contains(every));
    every
        .ok_or_else(|| Unusable::expected("a time from 1s to 10 years, such as 24h or 30min", text))
}
