//! `patchbay audit`: the audit trail at the machine itself, also while the server runs.

use super::Exit;
use super::output::{print, write_line};
use crate::model::{AUDIT_ENTRY, DATE_EXPECTED, Timestamp, Value};
use crate::query::{Operator, Predicate};
use crate::store::{self, Error, Form, Selection, Snapshot};
use clap::Subcommand;
use std::io::{BufWriter, ErrorKind, Write, stdout};
use std::path::Path;

/// Faults that the error of `verify` names; `patchbay verify` lists more.
const SHOWN: usize = 5;

/// What is to be done.
#[derive(Subcommand)]
pub enum Command {
    /// Print the entries as JSON, one a line, the oldest first
    Export {
        /// Only those from this moment on, such as 2026-01-31T00:00:00.000Z
        #[arg(long, value_name = "DATE")]
        since: Option<String>,
        /// Only those before this moment
        #[arg(long, value_name = "DATE")]
        until: Option<String>,
    },
    /// Check that no entry was changed or taken away
    Verify,
}

/// Does it with the database in `data`.
pub fn run(data: &Path, command: &Command) -> Result<(), Exit> {
    let database = data.join("patchbay.db");
    match command {
        Command::Export { since, until } => {
            let [since, until] = [since, until].map(|date| date.as_deref().map(read_date).transpose());
            let (since, until) = (since?, until?);
            if let (Some(since), Some(until)) = (since, until)
                && since >= until
            {
                return Err(Exit::Usage(format!("--since must be before --until, but {since} is not before {until}")));
            }
            let condition = Predicate::and([bound(since, Operator::Ge), bound(until, Operator::Lt)]);
            store::read_at(&database, |snapshot| export(snapshot, condition))
        }
        Command::Verify => store::read_at(&database, verify),
    }
}

fn read_date(text: &str) -> Result<Timestamp, Exit> {
    Timestamp::parse(text).ok_or_else(|| Exit::Usage(format!("'{text}' is not {DATE_EXPECTED}")))
}

fn bound(date: Option<Timestamp>, operator: Operator) -> Predicate {
    let Some(date) = date else { return Predicate::True };
    let property = AUDIT_ENTRY.property("createdDate");
    let compare = |property| Predicate::Compare { property, operator, value: Value::Date(date) };
    property.map_or(Predicate::False, compare)
}

fn export(snapshot: &Snapshot<'_>, condition: Predicate) -> Result<(), Exit> {
    let selection = Selection {
        entity: &AUDIT_ENTRY,
        form: Form::Full,
        condition,
        orders: Vec::new(),
        page: None,
        privileges: None,
    };
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
        // Who has read enough hangs up.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Exit::Failure(format!("can't write: {error}"))),
        Ok(()) => Ok(read?),
    }
}

fn verify(snapshot: &Snapshot<'_>) -> Result<(), Exit> {
    let check = snapshot.check_audit()?;
    let mut faults = check.faults.first(SHOWN);
    match faults.next() {
        None => print([format!(
            "{} entries, all as they were written; the last hash is {}",
            check.entries, check.last_hash
        )]),
        Some(fault) => {
            let faults = faults.fold(fault, |faults, fault| format!("{faults}; {fault}"));
            Err(Exit::Failure(format!("the audit trail was tampered with or damaged: {faults}")))
        }
    }
}
