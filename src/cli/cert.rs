//! `patchbay cert`: lists, issues, renews and revokes certificates.

use super::operator::origin;
use crate::command_error::CommandError;
use crate::config::{CERTIFICATES, DATABASE, within};
use crate::server::{certificate_detail, certificate_entry};
use crate::store::{self, Act};
use crate::terminal::{complain, print};
use crate::tls::{
    Certificate, Certificates, ClientName, Draft, Held, Issued, Listed, Listing, Revocation,
    Revoked,
};
use chrono::{DateTime, Utc};
use clap::Subcommand;
use std::path::{Path, PathBuf};

/// The commands for certificates.
#[derive(Subcommand)]
pub enum Command {
    /// List all certificates with their names, their validity and when they were revoked
    List,
    /// Issue the first certificate of a client
    #[command(after_help = ISSUE_HELP)]
    Issue {
        /// Name of the client, such as nightly-etl
        name: ClientName,
        /// Days for which the certificate is valid; it can't outlast its certificate authority
        #[
            arg(
                long,
                value_name = "N",
                default_value_t = 365,
                value_parser = within(DAYS)
            )
        ]
        days: i64,
        /// Folder for the certificate and its private key [default: certs/clients in the data
        /// folder]
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
    },
    /// Issue a new certificate with a new key to a client that has one, or to the server
    #[command(after_help = RENEW_HELP)]
    Renew {
        /// Name of the client
        #[arg(required_unless_present = "server", conflicts_with = "server")]
        name: Option<ClientName>,
        /// Renew the certificate of the server
        #[arg(long)]
        server: bool,
        /// Days for which the certificate is valid [default: as many as the last one]
        #[
            arg(
                long,
                value_name = "N",
                conflicts_with = "server",
                value_parser = within(DAYS)
            )
        ]
        days: Option<i64>,
        /// Folder for the certificate and its private key [default: as for cert issue]
        #[arg(long, value_name = "FOLDER", conflicts_with = "server")]
        out: Option<PathBuf>,
    },
    /// Revoke all certificates of a client, or one by its serial number
    #[command(
        after_help = "A running server refuses the certificate within a second, also on open \
                      connections."
    )]
    Revoke {
        /// Name of the client, or serial number of a certificate; start a short serial number with
        /// 0x
        #[arg(value_name = "NAME|SERIAL")]
        certificate: String,
    },
}

const DAYS: std::ops::RangeInclusive<i64> = 1..=3650;

const ISSUE_HELP: &str = "\
A client with the certificate and its private key can act as any user, by sending X-Qlik-User. The
log and the audit log show the name of the certificate.";

const RENEW_HELP: &str = "\
The earlier certificate of a client stays valid until it expires or is revoked, so the client can
switch at any time. A running server uses its own new certificate after SIGHUP (systemctl reload);
open connections stay.";

/// The note on a serial number without a known certificate.
const UNKNOWN: &str = "no certificate with this serial number is known here";

/// Runs the command on the certificates in `data`.
pub fn run(data: &Path, command: &Command) -> Result<(), CommandError> {
    let certificates = Certificates::open(&data.join(CERTIFICATES))?;
    match command {
        Command::List => {
            let Listing { known, faults } = certificates.list()?;
            warn(&faults);
            print(table(&known))
        }
        Command::Issue { name, days, out } => {
            let held = hold(data, &certificates)?;
            let issued = hand_out(data, &held, "issue", held.issue(name, *days, out.as_deref())?)?;
            print(report("issued", &issued))
        }
        Command::Renew { name: Some(name), days, out, .. } => {
            let held = hold(data, &certificates)?;
            let issued = hand_out(data, &held, "renew", held.renew(name, *days, out.as_deref())?)?;
            print(report("renewed", &issued))
        }
        Command::Renew { name: None, .. } => {
            let held = hold(data, &certificates)?;
            let Issued { certificate, .. } = hand_out(data, &held, "renew", held.renew_server()?)?;
            let hint = "a running server uses it after SIGHUP (systemctl reload, or kill -HUP)";
            print([&format!("renewed {}", described(&certificate)), hint])
        }
        Command::Revoke { certificate } => revoke(data, &hold(data, &certificates)?, certificate),
    }
}

/// Locks the folder for a change, if this user may change it.
fn hold<'c>(data: &Path, certificates: &'c Certificates) -> Result<Held<'c>, CommandError> {
    check_user(&data.join(DATABASE))?;
    Ok(certificates.hold()?)
}

/// Records a certificate and writes it afterwards: there must be no certificate that the audit log
/// does not name.
fn hand_out(
    data: &Path,
    held: &Held<'_>,
    what: &str,
    draft: Draft,
) -> Result<Issued, CommandError> {
    record(data, what, vec![certificate_entry(what, &draft.certificate)])?;
    held.hand_out(draft).map_err(|error| {
        CommandError::Failure(format!(
            "{error}; the certificate was not written, although the audit log has an entry of it"
        ))
    })
}

/// Revokes first and records afterwards: a revocation must not wait for the database.
fn revoke(data: &Path, held: &Held<'_>, wanted: &str) -> Result<(), CommandError> {
    let revocation = held.revoke(wanted)?;
    let acts: Vec<Act> = revocation.now.iter().map(act_of_revoking).collect();
    let recorded = if acts.is_empty() { Ok(()) } else { record(data, "revoke", acts) };
    warn(&revocation.faults);
    print(told_of(&revocation))?;
    recorded.map_err(|error| {
        CommandError::Failure(format!("revoked, but the audit log has no entry of it: {error}"))
    })
}

/// Refuses to run as another user than the one of the database: the server could not read the new
/// files, and a new list of revoked certificates would have no effect.
#[cfg(unix)]
fn check_user(database: &Path) -> Result<(), CommandError> {
    use std::os::unix::fs::MetadataExt;
    // A missing database is reported later.
    let Ok(owner) = database.metadata().map(|file| file.uid()) else { return Ok(()) };
    if owner == rustix::process::geteuid().as_raw() {
        return Ok(());
    }
    let database = database.display();
    Err(CommandError::Failure(format!(
        "{database} belongs to another user, whose server could not read the new files; run the \
         command as that user: sudo -u '#{owner}' patchbay cert ..."
    )))
}

/// Files have no such owner on this system.
#[cfg(not(unix))]
fn check_user(_: &Path) -> Result<(), CommandError> {
    Ok(())
}

/// Prints faults that do not concern the command itself.
fn warn(faults: &[String]) {
    for fault in faults {
        complain(fault);
    }
}

fn told_of(revocation: &Revocation) -> Vec<String> {
    let before = revocation.before.iter().map(|(revoked, since)| {
        let since = day(*since);
        match revoked {
            Revoked::Known(known) => {
                format!(
                    "{} (serial {}) was revoked already, on {since}",
                    known.name, known.id.serial
                )
            }
            Revoked::Unknown(serial) => format!("serial {serial} was revoked already, on {since}"),
        }
    });
    let now = revocation.now.iter().map(|revoked| match revoked {
        Revoked::Known(known) => format!("revoked {}", described(known)),
        Revoked::Unknown(serial) => {
            format!("revoked serial {serial}; {UNKNOWN}, so check the number")
        }
    });
    before.chain(now).collect()
}

fn act_of_revoking(revoked: &Revoked) -> Act {
    match revoked {
        Revoked::Known(known) => certificate_entry("revoke", known),
        Revoked::Unknown(serial) => {
            let detail = format!("serial {serial}; {UNKNOWN}");
            Act { name: serial.to_string(), detail, ..Act::done("revoke certificate") }
        }
    }
}

fn record(data: &Path, what: &str, acts: Vec<Act>) -> Result<(), store::Error> {
    let origin = origin(&format!("cert {what}"));
    store::write_at(&data.join(DATABASE), &origin, |write| {
        acts.into_iter().try_for_each(|act| write.record(act))
    })
}

fn report(done: &str, Issued { certificate, files: [file, key], earlier }: &Issued) -> Vec<String> {
    let earlier = earlier.iter().map(|earlier| {
        let Certificate { id, until, .. } = earlier;
        format!(
            "an earlier one stays valid until {}; to revoke it now: patchbay cert revoke {}",
            day(*until),
            id.serial
        )
    });
    let files = [format!("certificate: {}", file.display()), format!("key: {}", key.display())];
    [format!("{done} {}", described(certificate))].into_iter().chain(files).chain(earlier).collect()
}

fn described(certificate: &Certificate) -> String {
    format!("{} ({})", certificate.name, certificate_detail(certificate))
}

fn day(moment: DateTime<Utc>) -> String {
    moment.format("%F").to_string()
}

fn table(known: &[Listed]) -> Vec<String> {
    let head = ["serial", "kind", "name", "from", "until", "revoked"].map(str::to_owned);
    let rows = known.iter().map(|Listed { certificate, revoked }| {
        let Certificate { name, kind, id, from, until } = certificate;
        let revoked = revoked.map_or("-".to_owned(), day);
        [
            id.serial.to_string(),
            kind.name().to_owned(),
            name.clone(),
            day(*from),
            day(*until),
            revoked,
        ]
    });
    let rows: Vec<[String; 6]> = [head].into_iter().chain(rows).collect();
    let widths = std::array::from_fn::<usize, 6, _>(|column| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
    });
    let line = |row: &[String; 6]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}
