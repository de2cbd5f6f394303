//! What is revoked: a list that the authority signs (RFC 5280, 5), kept beside its certificate.

use super::certificate::{Certificate, CertificateId, Kind, Serial, moment, parse};
use super::list::{Listed, Listing, unknown};
use super::lock::Held;
use super::{CertificateError, Certificates, REVOKED, der_certificates};
use crate::model::nearest;
use crate::private::read_regular;
use chrono::{DateTime, Utc};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer};
use std::io::ErrorKind;
use x509_parser::parse_x509_crl;

/// Digits from which on what is wanted is a serial number, whether or not it is known and marked as one, rather than a name.
pub(super) const SERIAL_DIGITS: usize = 16;

/// What came of revoking.
#[derive(Debug)]
pub struct Revocation {
    /// What is revoked from now on.
    pub now: Vec<Revoked>,
    /// What was before, and since when.
    pub before: Vec<(Revoked, DateTime<Utc>)>,
    /// What is wrong with files, of whose certificates it is not known whether they were meant, too.
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

/// A list of what an authority has revoked.
#[derive(Debug)]
pub struct RevocationList {
    /// As it was signed.
    pub der: CertificateRevocationListDer<'static>,
    issuer: Vec<u8>,
    /// The number of the one that comes next.
    next_number: Vec<u8>,
    revoked: Vec<(Serial, DateTime<Utc>)>,
}

impl RevocationList {
    /// What it revokes.
    pub fn revoked(&self) -> impl Iterator<Item = CertificateId> {
        self.revoked.iter().map(|(serial, _)| CertificateId { issuer: self.issuer.clone(), serial: serial.clone() })
    }

    /// Since when that certificate is revoked, if it is.
    #[must_use]
    pub fn since(&self, id: &CertificateId) -> Option<DateTime<Utc>> {
        let entry = self.revoked.iter().find(|(serial, _)| *serial == id.serial);
        entry.filter(|_| self.issuer == id.issuer).map(|(_, since)| *since)
    }

    /// Reads one that one of the authorities has signed.
    fn read(
        der: CertificateRevocationListDer<'static>,
        authorities: &[CertificateDer<'_>],
    ) -> Result<Self, &'static str> {
        let (_, list) = parse_x509_crl(&der).map_err(|_| "holds what is no revocation list")?;
        let is_of = |authority: &CertificateDer<'_>| {
            parse(authority).is_some_and(|authority| {
                authority.subject().as_raw() == list.issuer().as_raw()
                    && list.verify_signature(authority.public_key()).is_ok()
            })
        };
        if !authorities.iter().any(is_of) {
            return Err("was not signed by the authority in root.pem");
        }
        let revoked = list
            .iter_revoked_certificates()
            .map(|entry| (Serial::new(entry.raw_serial()), moment(entry.revocation_date)));
        let (issuer, revoked) = (list.issuer().as_raw().to_vec(), revoked.collect());
        let next_number = list.crl_number().map_or(vec![1], |number| (number + 1_u8).to_bytes_be());
        Ok(Self { der, issuer, next_number, revoked })
    }
}

impl Certificates {
    /// What is in the file of lists, if it is there.
    ///
    /// # Errors
    /// It is and can't be read, which is not the same as none.
    pub fn revocations_pem(&self) -> Result<Option<Vec<u8>>, CertificateError> {
        let path = self.revocations();
        match read_regular(&path) {
            Ok(pem) => Ok(Some(pem)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(CertificateError::File(path, error)),
        }
    }

    /// The lists of what is revoked: one, or none if nothing ever was. Where the authority is somebody else's, there may be more.
    ///
    /// # Errors
    /// The file can't be read, or is not what it should be: then nobody can say what is revoked.
    pub fn revocation_lists(&self) -> Result<Vec<RevocationList>, CertificateError> {
        let path = self.revocations();
        let Some(pem) = self.revocations_pem()? else { return Ok(Vec::new()) };
        let wrong = |why: &str| CertificateError::Unusable(format!("{} {why}", path.display()));
        let lists = CertificateRevocationListDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
        let lists = lists.ok().filter(|lists| !lists.is_empty()).ok_or_else(|| wrong("holds no revocation list"))?;
        let authorities = der_certificates(&self.root())?;
        lists.into_iter().map(|der| RevocationList::read(der, &authorities).map_err(wrong)).collect()
    }
}

impl Held<'_> {
    /// Revokes all certificates of that name, or the one of that serial number. That need not be known: its copy may be lost or damaged, and it
    /// must be possible to put it out all the same.
    ///
    /// # Errors
    /// There is none of that name, or no key to sign the list by.
    pub fn revoke(&self, wanted: &str) -> Result<Revocation, CertificateError> {
        let (Listing { known, faults }, lists) = (self.list()?, self.revocation_lists()?);
        let found = match of_clients(wanted, &known) {
            Ok(found) => found,
            Err(error) => of_nobody(wanted, &known, &lists)?.ok_or(error)?,
        };
        let now: Vec<Revoked> = found.iter().filter(|(_, since)| since.is_none()).map(|(one, _)| one.clone()).collect();
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
            return Err(CertificateError::Unusable(format!("{path} holds lists of several authorities")));
        }
        let now = Utc::now();
        let number = lists.first().map_or(&[1][..], |list| &list.next_number);
        let earlier = lists.iter().flat_map(|list| list.revoked.iter().cloned());
        let list = authority.revocation_list(number, earlier.chain(serials.map(|serial| (serial.clone(), now))))?;
        self.write(REVOKED, &list)
    }
}

/// What is to be revoked, and since when it is, if so.
type Found = Vec<(Revoked, Option<DateTime<Utc>>)>;

fn of_clients(wanted: &str, known: &[Listed]) -> Result<Found, CertificateError> {
    let serial = Serial::written(wanted);
    let clients = || known.iter().filter(|listed| listed.certificate.kind == Kind::Client);
    let is_wanted = |listed: &&Listed| listed.is_of(wanted) || Some(&listed.certificate.id.serial) == serial.as_ref();
    let found = clients().filter(is_wanted).map(|listed| (Revoked::Known(listed.certificate.clone()), listed.revoked));
    let found: Found = found.collect();
    if found.is_empty() { Err(unknown(wanted, clients())) } else { Ok(found) }
}

/// The serial number that nobody has, if it is one. One that is nearly somebody's is a slip: the certificate that is meant would stay good.
fn of_nobody(wanted: &str, known: &[Listed], lists: &[RevocationList]) -> Result<Option<Found>, CertificateError> {
    let digits = wanted.chars().filter(char::is_ascii_hexdigit).count();
    let is_number = Serial::marked(wanted).is_some() || digits >= SERIAL_DIGITS;
    let Some(serial) = Serial::written(wanted).filter(|_| is_number) else { return Ok(None) };
    let serials: Vec<String> = known.iter().map(|listed| listed.certificate.id.serial.to_string()).collect();
    match nearest(&serial.to_string(), serials.iter().map(String::as_str)) {
        // It is of a certificate that is no client's.
        Some(near) if near == serial.to_string() => return Ok(None),
        Some(near) => {
            let message = format!("no certificate has the serial number '{wanted}'; did you mean '{near}'?");
            return Err(CertificateError::Name(message));
        }
        None => {}
    }
    let entry = lists.iter().flat_map(|list| &list.revoked).find(|(revoked, _)| *revoked == serial);
    let since = entry.map(|(_, since)| *since);
    Ok(Some(vec![(Revoked::Unknown(serial), since)]))
}
