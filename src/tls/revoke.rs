//! Revokes certificates: adds them to the revocation list and signs it again.

use super::certificate::{Certificate, Kind, Serial};
use super::crl::RevocationList;
use super::error::CertificateError;
use super::known_certificates::{Listed, Listing, unknown};
use super::layout::{REVOKED, SERIAL_DIGITS};
use super::lock::Held;
use crate::model::nearest;
use chrono::{DateTime, Utc};

/// The result of a revocation.
#[derive(Debug)]
pub struct Revocation {
    /// The certificates that were revoked now.
    pub now: Vec<Revoked>,
    /// The certificates that had been revoked before, and when.
    pub before: Vec<(Revoked, DateTime<Utc>)>,
    /// The faults of files whose certificates may have been meant as well.
    pub faults: Vec<String>,
}

/// A revoked certificate.
#[derive(Clone, Debug)]
pub enum Revoked {
    /// A known certificate.
    Known(Certificate),
    /// A certificate of which only the number is known.
    Unknown(Serial),
}

impl Revoked {
    /// Its serial number.
    #[must_use]
    pub const fn serial(&self) -> &Serial {
        match self {
            Self::Known(certificate) => &certificate.id.serial,
            Self::Unknown(serial) => serial,
        }
    }
}

impl Held<'_> {
    /// Revokes all certificates with this name, or the one with this serial number. The latter need
    /// not be known: its copy may be lost or damaged, and it must be possible to revoke it
    /// nevertheless.
    ///
    /// # Errors
    /// [`CertificateError::Name`] if no certificate matches, [`CertificateError::NoKey`] if the
    /// authority's key is missing.
    pub fn revoke(&self, text: &str) -> Result<Revocation, CertificateError> {
        let (Listing { known, faults }, lists) = (self.list()?, self.revocation_lists()?);
        let found = match of_clients(text, &known) {
            Ok(found) => found,
            Err(error) => of_unknown(text, &known, &lists)?.ok_or(error)?,
        };
        let now: Vec<Revoked> =
            found.iter().filter(|(_, since)| since.is_none()).map(|(one, _)| one.clone()).collect();
        let before = found.into_iter().filter_map(|(one, since)| Some((one, since?))).collect();
        if !now.is_empty() {
            self.add_revoked(&lists, now.iter().map(Revoked::serial))?;
        }
        Ok(Revocation { now, before, faults })
    }

    /// Adds certificates of this authority to its list, and signs it again.
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

/// The certificates to revoke, and when each was revoked before.
type Found = Vec<(Revoked, Option<DateTime<Utc>>)>;

fn of_clients(text: &str, known: &[Listed]) -> Result<Found, CertificateError> {
    let serial = Serial::written(text);
    let clients = || known.iter().filter(|listed| listed.certificate.kind == Kind::Client);
    let matches = |listed: &&Listed| {
        listed.is_of(text) || Some(&listed.certificate.id.serial) == serial.as_ref()
    };
    let found = clients()
        .filter(matches)
        .map(|listed| (Revoked::Known(listed.certificate.clone()), listed.revoked));
    let found: Found = found.collect();
    if found.is_empty() { Err(unknown(text, clients())) } else { Ok(found) }
}

/// The serial number that no known certificate has, if the text is one. A number similar to a known
/// one is a mistake: the certificate that is meant would stay valid.
fn of_unknown(
    text: &str,
    known: &[Listed],
    lists: &[RevocationList],
) -> Result<Option<Found>, CertificateError> {
    let digits = text.chars().filter(char::is_ascii_hexdigit).count();
    let is_number = Serial::marked(text).is_some() || digits >= SERIAL_DIGITS;
    let Some(serial) = Serial::written(text).filter(|_| is_number) else { return Ok(None) };
    let serials: Vec<String> =
        known.iter().map(|listed| listed.certificate.id.serial.to_string()).collect();
    match nearest(&serial.to_string(), serials.iter().map(String::as_str)) {
        // It belongs to a certificate that is not a client's.
        Some(near) if near == serial.to_string() => return Ok(None),
        Some(near) => {
            let message =
                format!("no certificate has the serial number '{text}'; did you mean '{near}'?");
            return Err(CertificateError::Name(message));
        }
        None => {}
    }
    let entry = lists.iter().flat_map(|list| &list.revoked).find(|(revoked, _)| *revoked == serial);
    let since = entry.map(|(_, since)| *since);
    Ok(Some(vec![(Revoked::Unknown(serial), since)]))
}
