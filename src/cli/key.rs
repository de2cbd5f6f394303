//! `patchbay key`: another data key, or another master key.

use super::output::print;
use super::serve::lock;
use super::{DATABASE, Exit, master_key, secret_variable};
use crate::config::{MasterKeySource, NEW_MASTER_KEY, NEW_PASSPHRASE, Options};
use crate::model::{Entity, Property, REGISTRY};
use crate::secrets::{Key, KeyRing, Place};
use crate::store::{self, Act, Error, KeyDerivation, Origin, Snapshot, StoredKey, Write};
use clap::Subcommand;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;
use uuid::Uuid;

/// What is to be done.
#[derive(Subcommand)]
pub enum Command {
    /// Make another data key and seal all stored secrets anew under it, also while the server runs
    #[command(after_help = "If it is cut off, run it again: it finishes what it began.")]
    Rotate,
    /// Change the master key, while the server does not run
    #[command(after_help = REKEY_HELP)]
    Rekey,
}

const REKEY_HELP: &str = "\
The new master key is made, and takes the place of the one in the file. Or it comes from the environment:
  PATCHBAY_NEW_MASTER_KEY   the key, as base64 of 32 bytes
  PATCHBAY_NEW_PASSPHRASE   a passphrase to derive the key from";

/// Values that are sealed anew in one transaction: others who write wait for it.
const BATCH: i64 = 200;

/// Between two of these, so that others get their turn.
const PAUSE: Duration = Duration::from_millis(2);

/// Does it with the database in `data`.
pub fn run(data: &Path, options: Options, file: Option<PathBuf>, command: &Command) -> Result<(), Exit> {
    let source = options.master_key_source(file, data, secret_variable).map_err(Exit::Usage)?;
    match command {
        Command::Rotate => rotate(&data.join(DATABASE), &source),
        Command::Rekey => rekey(data, &source),
    }
}

fn rotate(database: &Path, source: &MasterKeySource) -> Result<(), Exit> {
    let origin = Origin::command("key rotate");
    let (ring, keys) = open(database, source)?;
    // Where there is an older key still, an earlier rotation was cut off.
    let ring = if keys == 1 {
        let (term, sealed_key) = ring.next_data_key().map_err(|error| error.to_string())?;
        let key = StoredKey { term, sealed_key };
        store::write_at(database, &origin, |write| write.add_data_key(&key))?;
        open(database, source)?.0
    } else {
        ring
    };
    let mut renewed = Renewed::default();
    for (entity, property) in secrets() {
        let mut last = Some(Uuid::nil());
        while let Some(after) = last {
            last = store::write_at(database, &origin, |write| renewed.batch(write, &ring, (entity, property), after))?;
            sleep(PAUSE);
        }
    }
    if let Some(fault) = renewed.faults.first() {
        let many = renewed.faults.len();
        return Err(Exit::Failure(format!(
            "the old data keys stay: what they seal does not open, of {many} the first is {fault}"
        )));
    }
    let term = ring.newest_term().unwrap_or_default();
    let removed = store::write_at(database, &origin, |write| {
        let removed = write.remove_data_keys_before(term)?;
        let detail =
            format!("{} values under the data key of term {term}; {removed} older ones removed", renewed.values);
        write.record(Act { detail, ..Act::done("seal anew") })?;
        Ok::<_, Error>(removed)
    })?;
    let values = renewed.values;
    print(&format!(
        "secrets sealed anew under the data key of term {term}: {values}; older data keys removed: {removed}\n"
    ))
}

/// What was sealed anew so far.
#[derive(Default)]
struct Renewed {
    values: u64,
    /// What does not open, by the noun and the id of its entity.
    faults: Vec<String>,
}

impl Renewed {
    /// Seals anew what comes after `after`, and gives the id of the last that was looked at, if there may be more.
    fn batch(
        &mut self,
        write: &Write<'_>,
        ring: &KeyRing,
        (entity, property): (&'static Entity, &'static Property),
        after: Uuid,
    ) -> Result<Option<Uuid>, Error> {
        let sealed = write.snapshot().sealed_values_after(entity, property, after, BATCH)?;
        for (id, sealed) in &sealed {
            let place = Place { entity: entity.resource_type, property: property.name, id: &id.to_string() };
            match ring.renew(place, sealed) {
                Ok(Some(sealed)) => {
                    write.replace_sealed_value(entity, property, *id, &sealed)?;
                    self.values += 1;
                }
                Ok(None) => {}
                Err(why) => self.faults.push(format!("the {} of the {} {id}: {why}", property.name, entity.noun)),
            }
        }
        Ok(sealed.last().map(|(id, _)| *id))
    }
}

/// All properties that hold secrets.
fn secrets() -> impl Iterator<Item = (&'static Entity, &'static Property)> {
    REGISTRY.into_iter().flat_map(|entity| entity.secrets().map(move |property| (entity, property)))
}

fn rekey(data: &Path, source: &MasterKeySource) -> Result<(), Exit> {
    let _lock = lock(data)?;
    let database = data.join(DATABASE);
    let (ring, _) = open(&database, source)?;
    let given =
        (secret_variable(NEW_MASTER_KEY).map_err(Exit::Usage)?, secret_variable(NEW_PASSPHRASE).map_err(Exit::Usage)?);
    let (master, derivation, file) = match (given, source) {
        ((Some(_), Some(_)), _) => {
            return Err(Exit::Usage(format!("only one of {NEW_MASTER_KEY} and {NEW_PASSPHRASE} can be set")));
        }
        ((Some(key), None), _) => {
            (Key::from_base64(&key).map_err(|error| Exit::Usage(format!("{NEW_MASTER_KEY}: {error}")))?, None, None)
        }
        ((None, Some(passphrase)), _) => {
            let (key, derivation) = master_key::new_from_passphrase(&passphrase)?;
            (key, Some(derivation), None)
        }
        // The new key lies beside the old one until the database has it: whenever this is cut off, one of them opens it.
        ((None, None), MasterKeySource::File(path)) => {
            (master_key::make_file(&master_key::new_file(path))?, None, Some(path))
        }
        ((None, None), _) => {
            return Err(Exit::Usage(format!(
                "set {NEW_MASTER_KEY} or {NEW_PASSPHRASE}: the old one comes from the environment, too"
            )));
        }
    };
    replace(&database, &ring, &master, derivation.as_ref())?;
    let told = match file {
        Some(path) => {
            master_key::put_new_file_in_place(path)?;
            format!("the new master key is in {}; no backup from before opens with it, so keep the old one as long as those\n", path.display())
        }
        None => "the database has the new master key; no backup from before opens with it, so keep the old one as long as those\n".to_owned(),
    };
    print(&told)
}

fn replace(database: &Path, ring: &KeyRing, master: &Key, derivation: Option<&KeyDerivation>) -> Result<(), Exit> {
    let keys = ring.sealed_by(master).map_err(|error| error.to_string())?;
    let keys: Vec<StoredKey> = keys.into_iter().map(|(term, sealed_key)| StoredKey { term, sealed_key }).collect();
    Ok(store::write_at(database, &Origin::command("key rekey"), |write| write.replace_master_key(&keys, derivation))?)
}

/// The data keys, and how many there are.
fn open(database: &Path, source: &MasterKeySource) -> Result<(KeyRing, usize), Exit> {
    let read = |snapshot: &Snapshot<'_>| Ok::<_, Error>((snapshot.data_keys()?, snapshot.key_derivation()?));
    let (stored, derivation) = store::read_at(database, read)?;
    let ring = master_key::open(source, &stored, derivation)?;
    let ring = ring.ok_or_else(|| Exit::Failure("the master key is not at hand".to_owned()))?;
    Ok((ring, stored.len()))
}
