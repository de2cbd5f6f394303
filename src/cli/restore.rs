//! `patchbay restore`: a backup becomes the database of a folder.

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

/// What is restored, and over what.
#[derive(Args)]
pub struct Aim {
    /// File of the backup
    file: PathBuf,
    /// File with the secret key for an encrypted backup, as age-keygen writes it
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// Restore even if the folder has a database, which is kept under another name
    #[arg(long)]
    force: bool,
}

/// Restores into `data`.
pub fn restore(data: &Path, aim: &Aim) -> Result<(), CommandError> {
    let identities = aim.identity.as_deref().map(Identities::read).transpose()?;
    if !aim.file.is_file() {
        return Err(CommandError::Failure(format!("there is no backup at {}", aim.file.display())));
    }
    let is_new = !data.exists();
    create_folder(data).map_err(|error| {
        CommandError::Failure(format!("can't make the folder {}: {error}", data.display()))
    })?;
    let restored = locked(data, aim, identities.as_ref());
    if is_new && restored.is_err() {
        // Nothing was to be left; what others have put there meanwhile stays.
        let _ = std::fs::remove_file(data.join(LOCK)).and_then(|()| std::fs::remove_dir(data));
    }
    tell(data, &restored?)
}

/// Keeps servers out as long as it takes.
fn locked(
    data: &Path,
    aim: &Aim,
    identities: Option<&Identities>,
) -> Result<Restored, CommandError> {
    let _lock = lock(data)?;
    let existing = if aim.force { Existing::IsKeptAside } else { Existing::Stays };
    let mut watching = Watching::start();
    let mut watch = |progress| -> Result<(), Error> { watching.hear(progress) };
    let database = data.join(DATABASE);
    let restored = put_back(&aim.file, &database, identities, existing, &mut watch)?;
    drop(watching);
    record(&database, "restore", act(&aim.file, &restored));
    Ok(restored)
}

/// The entry in the audit log. It is in the restored database, after all entries that the backup
/// has.
fn act(file: &Path, restored: &Restored) -> Act {
    let kept =
        restored.kept.as_ref().map(|kept| format!("; what was there before is {}", in_full(kept)));
    let detail = format!("restored from {}{}", in_full(file), kept.unwrap_or_default());
    Act { detail, ..Act::done("restore") }
}

fn tell(data: &Path, restored: &Restored) -> Result<(), CommandError> {
    let (folder, contents) = (data.display(), &restored.contents);
    let kept =
        restored.kept.as_ref().map(|kept| format!("What was there before is {}", kept.display()));
    let restored =
        format!("restored into {folder} (schema {}) and checked: {contents}", contents.schema);
    let next = format!(
        "It needs the master key that its passwords were sealed under. Next: patchbay verify \
         --data {folder}"
    );
    print(restored.lines().map(str::to_owned).chain(kept).chain([next]))
}
