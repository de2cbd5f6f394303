//! Revoking: the list of what is revoked is signed anew with more on it.

use super::certificate::{Certificate, Kind, Serial};
use super::crl::RevocationList;
use super::error::CertificateError;
use super::known_certificates::{Listed, Listing, unknown};
use super::layout::{REVOKED, SERIAL_DIGITS};
use super::lock::Held;
use crate::model::nearest;
use chrono::{DateTime, Utc};

/// What came of revoking.
#[derive(Debug)]
pub struct Revocation {
    /// What is revoked from now on.
    pub now: Vec<Revoked>,
    /// What was before, and since when.
    pub before: Vec<(Revoked, DateTime<Utc>)>,
    /// What is wrong with files, of whose certificates it is not known whether they were meant,
    /// too.
    pub faults: Vec<String>,
}

/// What is revoked.
#[derive(Clone, Debug)]
pub enum Revoked {
    /// A certificate that is known.
    Known(Certificate),
    /// One of which nothing but its number is known.
    Unknown(Serial),
}

impl Revoked {
    /// Its number.
    #[must_use]
    pub const fn serial(&self) -> &Serial {
        match self {
            Self::Known(certificate) => &certificate.id.serial,
            Self::Unknown(serial) => serial,
        }
    }
}

impl Held<'_> {
    /// Revokes all certificates of that name, or the one of that serial number. That need not be
    /// known: its copy may be lost or damaged, and it must be possible to put it out all the same.
    ///
    /// # Errors
    /// There is none of that name, or no key to sign the list by.
    pub fn revoke(&self, wanted: &str) -> Result<Revocation, CertificateError> {
        let (Listing { known, faults }, lists) = (self.list()?, self.revocation_lists()?);
        let found = match of_clients(wanted, &known) {
            Ok(found) => found,
            Err(error) => of_nobody(wanted, &known, &lists)?.ok_or(error)?,
        };
        let now: Vec<Revoked> =
            found.iter().filter(|(_, since)| since.is_none()).map(|(one, _)| one.clone()).collect();
        let before = found.into_iter().filter_map(|(one, since)| Some((one, since?))).collect();
        if !now.is_empty() {
            self.add_revoked(&lists, now.iter().map(Revoked::serial))?;
        }
        Ok(Revocation { now, before, faults })
    }

    /// Adds certificates of this authority to its list, and signs it anew.
    fn add_revoked<'s>(
        &self,
        lists: &[RevocationList],
        serials: impl Iterator<Item = &'s Serial>,
    ) -> Result<(), CertificateError> {
        let authority = self.authority()?;
        if lists.len() > 1 {
            let path = self.revocations().display().to_string();
            return Err(CertificateError::Unusable(format!(
                "{path} contains lists of several authorities, and only one can be extended"
            )));
        }
        let now = Utc::now();
        let number = lists.first().map_or(&[1][..], |list| &list.next_number);
        let earlier = lists.iter().flat_map(|list| list.revoked.iter().cloned());
        let list = authority
            .revocation_list(number, earlier.chain(serials.map(|serial| (serial.clone(), now))))?;
        self.write(REVOKED, &list)
    }
}

/// What is to be revoked, and since when it is, if so.
type Found = Vec<(Revoked, Option<DateTime<Utc>>)>;

fn of_clients(wanted: &str, known: &[Listed]) -> Result<Found, CertificateError> {
    let serial = Serial::written(wanted);
    let clients = || known.iter().filter(|listed| listed.certificate.kind == Kind::Client);
    let is_wanted = |listed: &&Listed| {
        listed.is_of(wanted) || Some(&listed.certificate.id.serial) == serial.as_ref()
    };
    let found = clients()
        .filter(is_wanted)
        .map(|listed| (Revoked::Known(listed.certificate.clone()), listed.revoked));
    let found: Found = found.collect();
    if found.is_empty() { Err(unknown(wanted, clients())) } else { Ok(found) }
}

/// The serial number that nobody has, if it is one. One that is nearly somebody's is a slip: the
/// certificate that is meant would stay good.
fn of_nobody(
    wanted: &str,
    known: &[Listed],
    lists: &[RevocationList],
) -> Result<Option<Found>, CertificateError> {
    let digits = wanted.chars().filter(char::is_ascii_hexdigit).count();
    let is_number = Serial::marked(wanted).is_some() || digits >= SERIAL_DIGITS;
    let Some(serial) = Serial::written(wanted).filter(|_| is_number) else { return Ok(None) };
    let serials: Vec<String> =
        known.iter().map(|listed| listed.certificate.id.serial.to_string()).collect();
    match nearest(&serial.to_string(), serials.iter().map(String::as_str)) {
        // It is of a certificate that is no client's.
        Some(near) if near == serial.to_string() => return Ok(None),
        Some(near) => {
            let message =
                format!("no certificate has the serial number '{wanted}'; did you mean '{near}'?");
            return Err(CertificateError::Name(message));
        }
        None => {}
    }
    let entry = lists.iter().flat_map(|list| &list.revoked).find(|(revoked, _)| *revoked == serial);
    let since = entry.map(|(_, since)| *since);
    Ok(Some(vec![(Revoked::Unknown(serial), since)]))
}
