//! `patchbay backup`: copies the database into one file, also while the server runs.

use super::operator::{in_full, record};
use super::watching::Watching;
use crate::backup::{Recipients, Saved, Target, new_name, take};
use crate::command_error::CommandError;
use crate::config::DATABASE;
use crate::store::Act;
use crate::terminal::print;
use clap::Args;
use indicatif::BinaryBytes;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

/// The target of a backup.
#[derive(Args)]
pub struct Aim {
    /// New file for the backup, or a folder for a file with the date in its name [default: the
    /// current folder]
    #[arg(long, value_name = "FILE|FOLDER")]
    to: Option<PathBuf>,
    /// age public key to encrypt the backup for; may be repeated [default: none]
    #[arg(long, value_name = "KEY")]
    recipient: Vec<String>,
}

/// The end of the help.
pub const EXAMPLES: &str = "\
The backup is a snapshot of one moment. The file gets its name only after the backup has been
checked. The master key is not in the backup; keep a copy of it elsewhere.

Examples:
  patchbay backup --to /backups/
  patchbay backup --to /backups/ --recipient age1…    only the matching secret key opens it";

/// Makes a backup of the database in `data`.
pub fn backup(data: &Path, aim: &Aim) -> Result<(), CommandError> {
    let recipients =
        Recipients::read(aim.recipient.iter().map(String::as_str)).map_err(CommandError::Usage)?;
    let target = Target::one(target(aim.to.as_deref(), &recipients));
    let database = data.join(DATABASE);
    let saved = {
        let mut watching = Watching::start();
        take(&database, target, &recipients, &mut |progress| watching.observe(progress))
    };
    let saved = saved?;
    record(&database, "backup", act(&saved, &recipients));
    report(&saved, &recipients)
}

/// The audit entry. It is in the database, not in the backup, which is complete by then.
fn act(saved: &Saved, recipients: &Recipients) -> Act {
    let sealed = if recipients.is_empty() { "" } else { ", sealed" };
    let detail = format!("saved in {} ({} bytes{sealed})", in_full(&saved.path), saved.bytes);
    Act { detail, ..Act::done("backup") }
}

/// Returns the file of the backup. A path that ends with a slash is a folder, even if it does not
/// exist.
fn target(to: Option<&Path>, recipients: &Recipients) -> PathBuf {
    let to = to.unwrap_or(Path::new("."));
    let is_folder = to.is_dir() || to.to_string_lossy().ends_with(['/', MAIN_SEPARATOR]);
    if is_folder { to.join(new_name(recipients)) } else { to.to_owned() }
}

fn report(saved: &Saved, recipients: &Recipients) -> Result<(), CommandError> {
    let (path, size, contents) = (saved.path.display(), BinaryBytes(saved.bytes), &saved.contents);
    let sealed = if recipients.is_empty() { "" } else { ", encrypted," };
    let saved = format!(
        "saved{sealed} in {path} ({size}, schema {}) and checked: {contents}",
        contents.schema
    );
    print(
        saved
            .lines()
            .chain(["The master key is not in the backup. Keep a copy of the key elsewhere: \
                     without it, the stored passwords are lost."]),
    )
}
