//! Certificate revocation lists (CRLs), which the authority signs (RFC 5280, 5) and which are
//! stored beside its certificate.

use super::certificate::{CertificateId, Serial, moment, parse};
use super::error::CertificateError;
use super::folder::Certificates;
use super::pem::der_certificates;
use crate::private_files::read_regular;
use chrono::{DateTime, Utc};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer};
use std::io::ErrorKind;
use x509_parser::parse_x509_crl;

/// A revocation list of an authority.
#[derive(Debug)]
pub struct RevocationList {
    /// The signed list.
    pub der: CertificateRevocationListDer<'static>,
    issuer: Vec<u8>,
    /// The number of the next list.
    pub(super) next_number: Vec<u8>,
    pub(super) revoked: Vec<(Serial, DateTime<Utc>)>,
}

impl RevocationList {
    /// The certificates that it revokes.
    pub fn revoked(&self) -> impl Iterator<Item = CertificateId> {
        self.revoked.iter().map(|(serial, _)| CertificateId {
            issuer: self.issuer.clone(),
            serial: serial.clone(),
        })
    }

    /// When this certificate was revoked, if it was.
    #[must_use]
    pub fn since(&self, id: &CertificateId) -> Option<DateTime<Utc>> {
        let entry = self.revoked.iter().find(|(serial, _)| *serial == id.serial);
        entry.filter(|_| self.issuer == id.issuer).map(|(_, since)| *since)
    }

    /// Reads a list that one of the authorities has signed.
    fn read(
        der: CertificateRevocationListDer<'static>,
        authorities: &[CertificateDer<'_>],
    ) -> Result<Self, &'static str> {
        let (_, list) =
            parse_x509_crl(&der).map_err(|_| "contains something other than a revocation list")?;
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
    /// The file of lists, if it exists.
    ///
    /// # Errors
    /// [`CertificateError::File`] if it exists and can't be read.
    pub fn revocations_pem(&self) -> Result<Option<Vec<u8>>, CertificateError> {
        let path = self.revocations();
        match read_regular(&path) {
            Ok(pem) => Ok(Some(pem)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(CertificateError::File(path, error)),
        }
    }

    /// The revocation lists: one, or none if nothing was ever revoked. With an external authority
    /// there may be more.
    ///
    /// # Errors
    /// [`CertificateError`] if the file can't be read or has other content: then it is unknown what
    /// is revoked.
    pub fn revocation_lists(&self) -> Result<Vec<RevocationList>, CertificateError> {
        let path = self.revocations();
        let Some(pem) = self.revocations_pem()? else { return Ok(Vec::new()) };
        let wrong = |why: &str| CertificateError::Unusable(format!("{} {why}", path.display()));
        let lists =
            CertificateRevocationListDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
        let lists = lists
            .ok()
            .filter(|lists| !lists.is_empty())
            .ok_or_else(|| wrong("contains no revocation list"))?;
        let authorities = der_certificates(&self.root())?;
        lists
            .into_iter()
            .map(|der| RevocationList::read(der, &authorities).map_err(wrong))
            .collect()
    }
}
