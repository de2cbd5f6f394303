//! `patchbay audit`: the audit log at the machine itself, also while the server runs.

use super::operator::origin;
use super::secret_variable;
use crate::command_error::CommandError;
use crate::config::DATABASE;
use crate::keys::{self, MasterKeySource, PAUSE};
use crate::model::{AUDIT_ENTRY, DATE_EXPECTED, Timestamp, Value};
use crate::query::{Operator, Predicate};
use crate::service::open_keys::OpenKeys;
use crate::store::{self, AuditCheck, Error, Masking, SelectQuery, Snapshot};
use crate::terminal::{print, write_line};
use clap::Subcommand;
use std::io::{BufWriter, ErrorKind, Write, stdout};
use std::path::{Path, PathBuf};
use std::thread::sleep;

/// Most faults that the error of `verify` names; `patchbay verify` lists more.
const SHOWN: usize = 5;

/// The commands for the audit log.
#[derive(Subcommand)]
pub enum Command {
    /// Print the audit entries as JSON, one on each line, the oldest first
    Export {
        /// Only entries from this time on, such as 2026-01-31T00:00:00.000Z
        #[arg(long, value_name = "DATE")]
        since: Option<String>,
        /// Only entries before this time
        #[arg(long, value_name = "DATE")]
        until: Option<String>,
    },
    /// Check that no audit entry was changed or removed
    Verify,
    /// Mask secrets in audit entries that earlier versions wrote in clear text
    #[command(after_help = MASK_HELP)]
    MaskSecrets {
        /// File with the master key, which encrypts the masked originals [default: master.key in
        /// the data folder]
        #[arg(long, env = "PATCHBAY_MASTER_KEY_FILE", value_name = "FILE")]
        master_key_file: Option<PathBuf>,
    },
}

const MASK_HELP: &str = "\
The command keeps the originals, encrypted with the data keys. A new audit entry records which
entries were masked, so patchbay audit verify still passes and reports their number. Earlier backups
and exports still contain the secrets. If the command is interrupted, run it again.";

/// Runs the command on the database in `data`.
pub fn run(data: &Path, command: Command) -> Result<(), CommandError> {
    let database = data.join(DATABASE);
    match command {
        Command::Export { since, until } => {
            let [since, until] =
                [since, until].map(|date| date.as_deref().map(read_date).transpose());
            let (since, until) = (since?, until?);
            if let (Some(since), Some(until)) = (since, until)
                && since >= until
            {
                return Err(CommandError::Usage(format!(
                    "--since must be before --until, but {since} is not before {until}"
                )));
            }
            let condition =
                Predicate::and([bound(since, Operator::Ge), bound(until, Operator::Lt)]);
            store::read_at(&database, |snapshot| export(snapshot, condition))
        }
        Command::Verify => store::read_at(&database, verify),
        Command::MaskSecrets { master_key_file } => {
            let source = MasterKeySource::settle(master_key_file, data, secret_variable)
                .map_err(CommandError::Usage)?;
            mask(&database, &source)
        }
    }
}

fn read_date(text: &str) -> Result<Timestamp, CommandError> {
    Timestamp::parse(text)
        .ok_or_else(|| CommandError::Usage(format!("'{text}' is not {DATE_EXPECTED}")))
}

fn bound(date: Option<Timestamp>, operator: Operator) -> Predicate {
    let Some(date) = date else { return Predicate::True };
    let property = AUDIT_ENTRY.property("createdDate");
    let compare = |property| Predicate::Compare { property, operator, value: Value::Date(date) };
    property.map_or(Predicate::False, compare)
}

fn export(snapshot: &Snapshot<'_>, condition: Predicate) -> Result<(), CommandError> {
    let selection = SelectQuery::full(&AUDIT_ENTRY, condition);
    let mut out = BufWriter::new(stdout().lock());
    let mut trouble = None;
    let read = snapshot.each(&selection, &mut |json| {
        let written = write_line(&mut out, &String::from_utf8_lossy(json));
        written.map_err(|error| {
            trouble = Some(error);
            Error::ReaderGone
        })
    });
    match trouble.map_or_else(|| out.flush(), Err) {
        // A reader that has read enough closes the pipe.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(CommandError::Failure(format!("can't write: {error}"))),
        Ok(()) => Ok(read?),
    }
}

fn verify(snapshot: &Snapshot<'_>) -> Result<(), CommandError> {
    let check = snapshot.check_audit()?;
    let mut faults = check.faults.first(SHOWN);
    match faults.next() {
        None => {
            let masked = match check.masked {
                0 => String::new(),
                1 => ", except the secrets of 1 entry that were masked later, as the log records"
                    .to_owned(),
                many => format!(
                    ", except the secrets of {many} entries that were masked later, as the log \
                     records"
                ),
            };
            let AuditCheck { entries, last_hash, .. } = &check;
            print([format!(
                "{entries} entries, all unchanged{masked}; the last hash is {last_hash}"
            )])
        }
        Some(fault) => {
            let faults = faults.fold(fault, |faults, fault| format!("{faults}; {fault}"));
            Err(CommandError::Failure(format!("the audit log was changed or damaged: {faults}")))
        }
    }
}

fn mask(database: &Path, source: &MasterKeySource) -> Result<(), CommandError> {
    let (stored, derivation) =
        store::read_at(database, |snapshot: &Snapshot<'_>| snapshot.sealed_keys())?;
    let ring = keys::open(source, &stored, derivation)?.ok_or_else(|| keys::missing(source))?;
    let keys = OpenKeys::new(Some(ring));
    let origin = origin("audit mask-secrets");
    let last = store::read_at(database, |snapshot: &Snapshot<'_>| snapshot.last_audit_number())?;
    let mut done = Masking::default();
    loop {
        let more =
            store::overwrite_at(database, &origin, &keys, |write| write.mask_audit(done, last))?;
        if more.number == done.number {
            break;
        }
        done = more;
        sleep(PAUSE);
    }
    print([match done.masked {
        0 => "no audit entry has a secret to mask".to_owned(),
        1 => "1 entry masked".to_owned(),
        many => format!("{many} entries masked"),
    }])
}
