//! `patchbay key`: replaces the data key or the master key.

use super::operator::origin;
use super::secret_variable;
use crate::command_error::CommandError;
use crate::config::{DATABASE, NEW_MASTER_KEY, NEW_PASSPHRASE};
use crate::crypto::Key;
use crate::keys::{
    self, KeyRing, MasterKeySource, Occasion, PAUSE, Rotated, Rotation, Step, reopened,
};
use crate::server::lock;
use crate::store::{self, Error, KeyDerivation, Snapshot, StoredKey, Write};
use crate::terminal::print;
use clap::Subcommand;
use std::path::{Path, PathBuf};
use std::thread::sleep;

/// Most lost secrets of the audit log that are named; `patchbay verify` names more.
const SHOWN: usize = 5;

/// The commands for keys.
#[derive(Subcommand)]
pub enum Command {
    /// Replace the data key, which encrypts the stored secrets: regularly, or if it may have
    /// leaked; the server can keep running
    #[command(
        after_help = "The command encrypts all stored secrets again and removes the old key. If it \
                      is interrupted, run it again: it finishes what it began."
    )]
    Rotate,
    /// Replace the master key, which encrypts the data keys, if it may have leaked or to move it
    /// elsewhere; the server must be stopped
    #[command(after_help = REKEY_HELP)]
    Rekey,
}

const REKEY_HELP: &str = "\
The command creates a new master key and replaces the old one in the file. To supply a key yourself,
set one of these environment variables:
  PATCHBAY_NEW_MASTER_KEY  the new key, as base64 of 32 bytes
  PATCHBAY_NEW_PASSPHRASE  a passphrase to derive the new key from

Keep the old master key as long as you keep earlier backups: the new one does not open them.";

/// Runs the command on the database in `data`.
pub fn run(data: &Path, file: Option<PathBuf>, command: &Command) -> Result<(), CommandError> {
    let source =
        MasterKeySource::settle(file, data, secret_variable).map_err(CommandError::Usage)?;
    match command {
        Command::Rotate => rotate(&data.join(DATABASE), &source),
        Command::Rekey => rekey(data, &source),
    }
}

fn rotate(database: &Path, source: &MasterKeySource) -> Result<(), CommandError> {
    let origin = origin("key rotate");
    let (stored, derivation) = stored_keys(database)?;
    let ring = open(source, &stored, derivation)?;
    let occasion =
        store::read_at(database, |snapshot: &Snapshot<'_>| Occasion::asked(snapshot, &ring))?;
    let mut rotation =
        store::write_at(database, &origin, |write| Rotation::begin(write, &ring, occasion))?;
    loop {
        match store::write_at(database, &origin, |write| rotation.step(write))? {
            Step::More(more) => rotation = more,
            Step::Done(rotated) => return print_result(&rotated),
        }
        sleep(PAUSE);
    }
}

fn print_result(rotated: &Rotated) -> Result<(), CommandError> {
    let lost = &rotated.lost;
    let heading = (!lost.is_empty()).then(|| {
        format!(
            "sealed secrets of the audit log that can't be opened and are lost: {}",
            lost.count()
        )
    });
    let lines = lost.first(SHOWN).map(|secret| format!("  {secret}"));
    print([rotated.to_string()].into_iter().chain(heading).chain(lines))
}

fn rekey(data: &Path, source: &MasterKeySource) -> Result<(), CommandError> {
    let _lock = lock(data)?;
    let database = data.join(DATABASE);
    let (stored, derivation) = stored_keys(&database)?;
    keys::finish_change(source, &stored)?;
    let ring = open(source, &stored, derivation)?;
    let NewMasterKey { key, derivation, file } = new_master_key(source)?;
    let origin = origin("key rekey");
    store::write_at(&database, &origin, |write| seal_by(write, &ring, &key, derivation.as_ref()))?;
    let kept = file.map(keys::put_new_file_in_place).transpose()?.flatten();
    let outcome = match (file, kept) {
        (Some(new), Some(old)) => {
            format!("the new master key is in {}, the old one in {}", new.display(), old.display())
        }
        (Some(new), None) => format!("the new master key is in {}", new.display()),
        (None, _) => "the database has the new master key".to_owned(),
    };
    print([format!("{outcome}; backups from before need the old one, so keep it as long as them")])
}

/// A new master key, and where it comes from.
struct NewMasterKey<'s> {
    key: Key,
    /// How it is derived from a passphrase.
    derivation: Option<KeyDerivation>,
    /// The file whose place it takes.
    file: Option<&'s Path>,
}

/// Returns the new master key that a variable holds, or makes one beside the file of the old one.
fn new_master_key(source: &MasterKeySource) -> Result<NewMasterKey<'_>, CommandError> {
    let given = (
        secret_variable(NEW_MASTER_KEY).map_err(CommandError::Usage)?,
        secret_variable(NEW_PASSPHRASE).map_err(CommandError::Usage)?,
    );
    match (given, source) {
        ((Some(_), Some(_)), _) => Err(CommandError::Usage(format!(
            "only one of {NEW_MASTER_KEY} and {NEW_PASSPHRASE} can be set"
        ))),
        ((Some(key), None), _) => {
            let key = Key::from_base64(&key)
                .map_err(|error| CommandError::Usage(format!("{NEW_MASTER_KEY}: {error}")))?;
            Ok(NewMasterKey { key, derivation: None, file: None })
        }
        ((None, Some(passphrase)), _) => {
            let (key, derivation) = keys::new_from_passphrase(NEW_PASSPHRASE, &passphrase)?;
            Ok(NewMasterKey { key, derivation: Some(derivation), file: None })
        }
        // The new key stays beside the old one until the database has it: wherever the command is
        // interrupted, one of the two opens the database.
        ((None, None), MasterKeySource::File(path)) => {
            Ok(NewMasterKey { key: keys::make_new_file(path)?, derivation: None, file: Some(path) })
        }
        ((None, None), _) => Err(CommandError::Usage(format!(
            "the old master key comes from the environment, so the new one must, too; set \
             {NEW_MASTER_KEY} or {NEW_PASSPHRASE}"
        ))),
    }
}

/// Seals the data keys as they are in this transaction: a rotation may have added one since they
/// were opened.
fn seal_by(
    write: &Write<'_>,
    known: &KeyRing,
    master: &Key,
    derivation: Option<&KeyDerivation>,
) -> Result<(), CommandError> {
    let keys = reopened(write, known)?.sealed_by(master).map_err(|error| error.to_string())?;
    let keys: Vec<StoredKey> =
        keys.into_iter().map(|(term, sealed_key)| StoredKey { term, sealed_key }).collect();
    Ok(write.replace_master_key(&keys, derivation)?)
}

/// Opens the data keys. The master key must be there.
fn open(
    source: &MasterKeySource,
    stored: &[StoredKey],
    derivation: Option<KeyDerivation>,
) -> Result<KeyRing, CommandError> {
    let ring = keys::open(source, stored, derivation)?;
    ring.ok_or_else(|| keys::missing(source).into())
}

fn stored_keys(database: &Path) -> Result<(Vec<StoredKey>, Option<KeyDerivation>), Error> {
    store::read_at(database, |snapshot: &Snapshot<'_>| snapshot.sealed_keys())
}
