//! The settings of the backups that the server makes by itself, which mean nothing without their
//! folder.

use super::given_settings::Given;
use super::parse::{Unusable, within};
use crate::backup::{Plan, Recipients};
use clap::Args;
use std::path::PathBuf;
use std::time::Duration;

/// Once a second to once in ten years.
const LEAST: Duration = Duration::from_secs(1);
const MOST: Duration = Duration::from_hours(24 * 3653);

/// The folder of backups, and all that belongs to them.
#[derive(Args)]
#[command(next_help_heading = "Backups")]
pub struct BackupOptions {
    /// Folder for backups that the server makes by itself
    #[arg(long, env = "PATCHBAY_BACKUP_FOLDER", value_name = "DIR")]
    backup_folder: Option<PathBuf>,
    #[command(flatten)]
    schedule: ScheduleOptions,
}

/// Settings that mean nothing without a folder. By default, a week of backups is kept.
#[derive(Args)]
#[expect(clippy::struct_field_names, reason = "a field has the name of its flag")]
struct ScheduleOptions {
    /// Time from one of these backups to the next, as 24h or 30min
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
    /// How many of these backups are kept
    #[arg(
        long,
        env = "PATCHBAY_BACKUP_KEEP",
        value_name = "N",
        value_parser = within::<usize>(1..=100_000),
        default_value_t = 7
    )]
    backup_keep: usize,
    /// Public key of age to seal these backups to; may be given several times
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
    /// The backups that these options describe, if they name a folder.
    ///
    /// # Errors
    /// A value that can't be used. The message is one line and names the setting.
    pub fn settle(self, given: &Given) -> Result<Option<Plan>, String> {
        let Self { backup_folder, schedule } = self;
        let Some(folder) = backup_folder else {
            return given.refuse::<ScheduleOptions>("backup-folder").map(|()| None);
        };
        let recipients = Recipients::read(schedule.backup_recipient.iter().map(String::as_str));
        let recipients = recipients.map_err(|why| format!("backup-recipient: {why}"))?;
        Ok(Some(Plan {
            folder,
            every: schedule.backup_every,
            keep: schedule.backup_keep,
            recipients,
        }))
    }
}

/// A recipient that is there. The message of another refusal could repeat a secret key that
/// somebody takes for a public one, so more is checked later.
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
