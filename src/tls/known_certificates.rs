//! The certificates of the authority, as their files show them.

use super::authority::is_of_another;
use super::certificate::{Certificate, Kind, is_signed_by};
use super::crl::RevocationList;
use super::error::CertificateError;
use super::folder::Certificates;
use super::layout::{CLIENTS, DEFAULT_CLIENT, ISSUED};
use super::pem::{der_certificate, no_certificate, read_key};
use crate::model::did_you_mean;
use chrono::{DateTime, Utc};
use rustls::pki_types::CertificateDer;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A certificate that the authority has signed.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The certificate.
    pub certificate: Certificate,
    /// When it was revoked, if it was.
    pub revoked: Option<DateTime<Utc>>,
}

impl Listed {
    /// Whether a client can connect with it.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.revoked.is_none() && self.certificate.until > Utc::now()
    }

    /// Whether it has this name.
    pub(super) fn is_of(&self, name: &str) -> bool {
        self.certificate.name.eq_ignore_ascii_case(name)
    }
}

/// The result of reading the files.
#[derive(Debug)]
pub struct Listing {
    /// The certificates of the authority, of the server, and of clients in the order of their
    /// start.
    pub known: Vec<Listed>,
    /// The faults of files that are skipped.
    pub faults: Vec<String>,
}

impl Listing {
    /// The certificates of clients.
    pub(super) fn clients(mut self) -> Vec<Listed> {
        self.known.retain(|listed| listed.certificate.kind == Kind::Client);
        self.known
    }
}

impl Certificates {
    /// All certificates of this authority.
    ///
    /// # Errors
    /// [`CertificateError`] if the authority's certificate or the revocation list can't be read or
    /// has other content. Other files that can't be read are skipped: none may prevent the
    /// revocation of the rest.
    pub fn list(&self) -> Result<Listing, CertificateError> {
        let lists = self.revocation_lists()?;
        let root = der_certificate(&self.root())?;
        let (mut known, mut faults) = (Vec::<Listed>::new(), Vec::new());
        let [copies, of_clients] = [ISSUED, CLIENTS].map(|folder| {
            self.pem_files(folder).unwrap_or_else(|error| {
                faults.push(error.to_string());
                Vec::new()
            })
        });
        for path in [self.root(), self.server(), self.client()].into_iter().chain(copies) {
            let is_there = |found: &Listed| {
                known.iter().any(|listed| listed.certificate.id == found.certificate.id)
            };
            match listed_at(&path, &root, &lists) {
                Ok(found) => known.extend(found.filter(|found| !is_there(found))),
                Err(error) => faults.push(error.to_string()),
            }
        }
        known.sort_by_key(|listed| {
            (listed.certificate.kind, listed.certificate.from, listed.certificate.until)
        });
        faults.extend(self.torn_pairs(of_clients));
        Ok(Listing { known, faults })
    }

    /// Whether the certificate that all clients may share exists with its key, and clients can
    /// connect with it.
    #[must_use]
    pub fn has_client(&self) -> bool {
        let listed = || {
            listed_at(&self.client(), &der_certificate(&self.root())?, &self.revocation_lists()?)
        };
        self.client_key().exists()
            && listed().is_ok_and(|listed| listed.is_some_and(|listed| listed.is_good()))
    }

    /// What to do about certificates beside the key of another: writing the two was interrupted.
    fn torn_pairs(&self, of_clients: Vec<PathBuf>) -> impl Iterator<Item = String> {
        let of_clients = of_clients.into_iter().filter_map(|path| {
            let name = path.file_stem()?.to_str()?.to_owned();
            let key = path.with_file_name(format!("{name}_key.pem"));
            Some((path, key, name))
        });
        let ours = [
            (self.server(), self.server_key(), "--server".to_owned()),
            (self.client(), self.client_key(), DEFAULT_CLIENT.to_owned()),
        ];
        let torn = ours.into_iter().chain(of_clients).filter(|(path, key, _)| is_torn(path, key));
        torn.map(|(path, key, name)| {
            let (path, key) = (path.display(), key.display());
            format!("{key} is not the key of {path}; patchbay cert renew {name} creates both again")
        })
    }

    fn pem_files(&self, folder: &str) -> Result<Vec<PathBuf>, CertificateError> {
        let folder = self.path(folder);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(CertificateError::File(folder, error)),
        };
        let paths =
            entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>();
        let mut paths = paths.map_err(|error| CertificateError::File(folder, error))?;
        // A leftover of an interrupted write has another ending.
        paths.retain(|path| path.extension().is_some_and(|ending| ending == "pem"));
        Ok(paths)
    }
}

/// Whether both exist and don't belong together. A key of an unknown kind counts as belonging to
/// it.
fn is_torn(path: &Path, key: &Path) -> bool {
    match (der_certificate(path), read_key(key)) {
        (Ok(der), Ok(key)) => is_of_another(&der, &key),
        _ => false,
    }
}

/// The certificate in a file, if the authority has signed it.
fn listed_at(
    path: &Path,
    root: &CertificateDer<'_>,
    lists: &[RevocationList],
) -> Result<Option<Listed>, CertificateError> {
    if !path.exists() {
        return Ok(None);
    }
    let der = der_certificate(path)?;
    let certificate = Certificate::read(&der).ok_or_else(|| no_certificate(path))?;
    let revoked = lists.iter().find_map(|list| list.since(&certificate.id));
    Ok(is_signed_by(&der, root).then_some(Listed { certificate, revoked }))
}

/// The error for a name or a serial number that no client's certificate has.
pub fn unknown<'l>(text: &str, clients: impl Iterator<Item = &'l Listed>) -> CertificateError {
    let mut valid: Vec<&str> = clients.map(|listed| listed.certificate.name.as_str()).collect();
    valid.sort_unstable();
    valid.dedup();
    let help = did_you_mean(text, valid);
    CertificateError::Name(format!("no client has a certificate '{text}'; {help}"))
}
