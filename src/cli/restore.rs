//! `patchbay restore`: restores the database of a folder from a backup.

use super::operator::{in_full, record};
use super::watching::Watching;
use crate::backup::{Error, Existing, Identities, Restored, restore as put_back};
use crate::command_error::CommandError;
use crate::config::DATABASE;
use crate::private_files::create_folder;
use crate::server::{LOCK, lock};
use crate::store::Act;
use crate::terminal::print;
use clap::Args;
use std::path::{Path, PathBuf};

/// The backup to restore.
#[derive(Args)]
pub struct Aim {
    /// File of the backup
    file: PathBuf,
    /// File with the secret key for an encrypted backup, as age-keygen writes it
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// Restore even if the folder has a database; that database stays under another name
    #[arg(long)]
    force: bool,
}

/// Restores into `data`.
pub fn restore(data: &Path, aim: &Aim) -> Result<(), CommandError> {
    let identities = aim.identity.as_deref().map(Identities::read).transpose()?;
    if !aim.file.is_file() {
        let is = if aim.file.exists() { "is not a file" } else { "does not exist" };
        return Err(CommandError::Failure(format!("the backup {} {is}", aim.file.display())));
    }
    let is_new = !data.exists();
    create_folder(data).map_err(|error| {
        CommandError::Failure(format!("can't make the folder {}: {error}", data.display()))
    })?;
    let restored = locked(data, aim, identities.as_ref());
    if is_new && restored.is_err() {
        // The new folder is removed, unless other programs have put files there.
        let _ = std::fs::remove_file(data.join(LOCK)).and_then(|()| std::fs::remove_dir(data));
    }
    report(data, &restored?)
}

/// Restores while the lock keeps servers out.
fn locked(
    data: &Path,
    aim: &Aim,
    identities: Option<&Identities>,
) -> Result<Restored, CommandError> {
    let _lock = lock(data)?;
    let existing = if aim.force { Existing::IsKeptAside } else { Existing::Stays };
    let mut watching = Watching::start();
    let mut watch = |progress| -> Result<(), Error> { watching.observe(progress) };
    let database = data.join(DATABASE);
    let restored = put_back(&aim.file, &database, identities, existing, &mut watch)?;
    drop(watching);
    record(&database, "restore", act(&aim.file, &restored));
    Ok(restored)
}

/// The audit entry. It is in the restored database, after the entries of the backup.
fn act(file: &Path, restored: &Restored) -> Act {
    let kept = restored
        .kept
        .as_ref()
        .map(|kept| format!("; the earlier database is now {}", in_full(kept)));
    let detail = format!("restored from {}{}", in_full(file), kept.unwrap_or_default());
    Act { detail, ..Act::done("restore") }
}

fn report(data: &Path, restored: &Restored) -> Result<(), CommandError> {
    let (folder, contents) = (data.display(), &restored.contents);
    let kept = restored
        .kept
        .as_ref()
        .map(|kept| format!("The earlier database is now {}", kept.display()));
    let restored =
        format!("restored into {folder} (schema {}) and checked: {contents}", contents.schema);
    let next = format!(
        "It needs the master key that sealed its passwords. Next: patchbay verify --data {folder}"
    );
    print(restored.lines().map(str::to_owned).chain(kept).chain([next]))
}
