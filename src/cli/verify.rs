//! `patchbay verify`: checks a database or a backup for damage, also while the server runs.

use super::secret_variable;
use super::watching::Watching;
use crate::backup::{self, Examined, Identities, Sealed, examine, examine_file};
use crate::command_error::CommandError;
use crate::config::DATABASE;
use crate::keys::{self, MasterKeySource};
use crate::model::counted;
use crate::store::{self, StoredKey, inspect_at, newest_schema};
use crate::terminal::print;
use clap::Args;
use std::path::{Path, PathBuf};

/// The file to check.
#[derive(Args)]
pub struct Aim {
    /// Backup to check [default: the database in the data folder]
    file: Option<PathBuf>,
    /// File with the secret key for an encrypted backup, as age-keygen writes it
    #[arg(long, value_name = "FILE", requires = "file")]
    identity: Option<PathBuf>,
    /// File with the master key [default: master.key in the data folder]
    #[arg(long, env = "PATCHBAY_MASTER_KEY_FILE", value_name = "FILE")]
    master_key_file: Option<PathBuf>,
}

/// Checks the database in `data`, or the file.
pub fn verify(data: &Path, aim: Aim) -> Result<(), CommandError> {
    let named = aim.master_key_file.clone();
    let source = MasterKeySource::settle(aim.master_key_file, data, secret_variable)
        .map_err(CommandError::Usage)?;
    // Without the default file, only the stored secrets are not checked.
    if let Some(file) = named.filter(|file| !file.exists()) {
        let message = format!("master-key-file: there is no file {}", file.display());
        return Err(CommandError::Usage(message));
    }
    let identities = aim.identity.as_deref().map(Identities::read).transpose()?;
    let path = aim.file.unwrap_or_else(|| data.join(DATABASE));
    let examined = look(&path, data, &source, identities.as_ref())?;
    print(report(&path, &examined))?;
    match examined.faults.count() {
        0 => Ok(()),
        1 => Err(CommandError::Failure(format!("{} has a fault", path.display()))),
        many => Err(CommandError::Failure(format!("{} has {many} faults", path.display()))),
    }
}

fn look(
    path: &Path,
    data: &Path,
    source: &MasterKeySource,
    identities: Option<&Identities>,
) -> Result<Examined, CommandError> {
    let keys = |stored: &[StoredKey], derivation| keys::open(source, stored, derivation);
    // A check only reads, so Ctrl-C may end it immediately.
    let examined = if path == data.join(DATABASE) {
        inspect_at(path, |snapshot| examine(snapshot, keys))
    } else {
        let mut watching = Watching::start();
        examine_file(path, identities, keys, &mut |progress| watching.observe(progress))
    };
    examined.map_err(|error: backup::Error| match error {
        // SQLite does not name the file.
        backup::Error::Store(
            error @ (store::Error::Database(_) | store::Error::Unreachable(_)),
        ) => CommandError::Failure(format!("{} can't be read: {error}", path.display())),
        error => error.into(),
    })
}

fn report(path: &Path, Examined { contents, sealed, faults }: &Examined) -> Vec<String> {
    let mut lines = vec![path.display().to_string()];
    lines.extend(faults.lines().map(|fault| format!("  fault  {fault}")));
    if let Some(contents) = contents {
        lines.push(format!("  schema {} of {}", contents.schema, newest_schema()));
        lines.push(format!("  {contents}"));
        let Sealed { values, keys, opened } = sealed;
        lines.push(match opened {
            Some(opened) => format!("  {opened} of {values} sealed values open; data keys: {keys}"),
            None => format!(
                "  {} not checked: there is no master key that opens the data keys",
                counted(*values, "sealed value")
            ),
        });
    }
    if faults.is_empty() {
        let is_partial = contents.is_some() && sealed.opened.is_none() && sealed.values > 0;
        lines.push(
            if is_partial {
                "  sound, except that the sealed values were not checked"
            } else {
                "  sound"
            }
            .to_owned(),
        );
    }
    lines
}
