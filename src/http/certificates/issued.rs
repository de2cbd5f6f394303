//! What the authority has issued. A copy of each certificate is kept, which is its own record: whose it is, from when and until when.

use super::authority::{Authority, Pair};
use super::parsed::{Certificate, Kind, is_signed_by};
use super::{
    CertificateError, Certificates, der_certificate, first_certificate, no_certificate, read, read_certificate,
};
use crate::model::did_you_mean;
use crate::private::{create_folder, write_file};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The name of the certificate that clients find beside the server's, as the QMC exports it.
pub const DEFAULT_CLIENT: &str = "QlikClient";

/// The folder of the copies, and the one for what clients get.
const ISSUED: &str = "issued";
const CLIENTS: &str = "clients";

/// Characters of a name (RFC 5280, A.1: `ub-common-name`).
const LONGEST_NAME: usize = 64;

/// Hexadecimal digits from which on what is looked for is a serial number rather than a name.
const SERIAL_DIGITS: usize = 16;

/// What a client's certificate is called. Files are called by it, too.
#[derive(Clone, Debug)]
pub struct ClientName(String);

impl FromStr for ClientName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
        if text.is_empty() || text.len() > LONGEST_NAME || !text.chars().all(is_plain) || text.starts_with(['.', '-']) {
            return Err(
                "a name has up to 64 letters of a to z, digits, dots, hyphens and underscores, as in 'nightly-etl'",
            );
        }
        if text.ends_with("_key") {
            return Err("a name can't end in '_key', as the files of keys do");
        }
        Ok(Self(text.to_owned()))
    }
}

/// A certificate that the authority has signed.
#[derive(Clone, Debug)]
pub struct Known {
    /// The certificate.
    pub certificate: Certificate,
    /// Since when it is revoked, if it is.
    pub revoked: Option<DateTime<Utc>>,
}

impl Known {
    /// Whether it lets a client in.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.revoked.is_none() && self.certificate.until > Utc::now()
    }

    fn is_of(&self, name: &str) -> bool {
        self.certificate.name.eq_ignore_ascii_case(name)
    }
}

/// A certificate that was made now.
#[derive(Debug)]
pub struct Issued {
    /// The certificate.
    pub certificate: Certificate,
    /// The files that it and its key are in.
    pub files: [PathBuf; 2],
    /// Earlier ones of that name that still let a client in.
    pub earlier: Vec<Certificate>,
}

/// What was to be revoked.
#[derive(Debug)]
pub struct Revoked {
    /// What is from now on.
    pub now: Vec<Certificate>,
    /// What was before.
    pub before: Vec<Known>,
}

impl Certificates {
    /// All certificates of this authority: its own, that of the server, and those of clients in the order in which they begin.
    ///
    /// # Errors
    /// A file can't be read, or is not what it should be.
    pub fn list(&self) -> Result<Vec<Known>, CertificateError> {
        let lists = self.revocation_lists()?;
        let root = der_certificate(&self.root())?;
        let mut known: Vec<Known> = Vec::new();
        for path in [self.root(), self.server(), self.client()].into_iter().chain(self.copies()?) {
            if !path.exists() {
                continue;
            }
            let der = der_certificate(&path)?;
            let certificate = Certificate::read(&der).ok_or_else(|| no_certificate(&path))?;
            let is_there = known.iter().any(|known| known.certificate.id == certificate.id);
            if !is_there && is_signed_by(&der, &root) {
                let revoked = lists.iter().find_map(|list| list.since(&certificate.id));
                known.push(Known { certificate, revoked });
            }
        }
        known.sort_by_key(|known| (known.certificate.kind, known.certificate.from, known.certificate.until));
        Ok(known)
    }

    /// Issues a certificate to a client that has none, and puts it and its key into the folder `out`, or one of our own.
    ///
    /// # Errors
    /// The name is taken, there are such files, or there is no key to sign by.
    pub fn issue(&self, name: &ClientName, days: i64, out: Option<&Path>) -> Result<Issued, CertificateError> {
        let ClientName(name) = name;
        if let Some(known) = self.clients()?.iter().find(|known| known.is_of(name)) {
            let Certificate { name, until, .. } = &known.certificate;
            return Err(CertificateError::Name(format!(
                "there is a certificate of {name} already, until {}; patchbay cert renew {name} issues another",
                until.format("%F")
            )));
        }
        let files = self.files(name, out);
        if let Some(there) = files.iter().find(|path| path.exists()) {
            return Err(CertificateError::Name(format!("{} is there already; nothing was issued", there.display())));
        }
        let (certificate, files) = self.hand_out(&self.authority()?, name, days, files)?;
        Ok(Issued { certificate, files, earlier: Vec::new() })
    }

    /// Issues another certificate to a client, by another key, in place of the files of the one that it has. That stays good. Unless `days` says
    /// how long it is to be good, that is as long as the last one.
    ///
    /// # Errors
    /// There is no such client, or no key to sign by.
    pub fn renew(&self, name: &ClientName, days: Option<i64>, out: Option<&Path>) -> Result<Issued, CertificateError> {
        let clients = self.clients()?;
        let of_name: Vec<&Known> = clients.iter().filter(|known| known.is_of(&name.0)).collect();
        let Some(Known { certificate: last, .. }) = of_name.last() else { return Err(unknown(&name.0, &clients)) };
        let days = days.unwrap_or_else(|| (last.until - last.from).num_days() - 1);
        let authority = self.authority()?;
        self.remember_client()?;
        let (certificate, files) = self.hand_out(&authority, &last.name, days, self.files(&last.name, out))?;
        let earlier = of_name.iter().filter(|known| known.is_good()).map(|known| known.certificate.clone()).collect();
        Ok(Issued { certificate, files, earlier })
    }

    /// Revokes all certificates of that name, or the one of that serial number.
    ///
    /// # Errors
    /// There is none, or no key to sign the list by.
    pub fn revoke(&self, wanted: &str) -> Result<Revoked, CertificateError> {
        let clients = self.clients()?;
        let is_wanted = |known: &Known| known.is_of(wanted) || known.certificate.id.serial.is_written(wanted);
        let wanted_ones: Vec<Known> = clients.iter().filter(|known| is_wanted(known)).cloned().collect();
        if wanted_ones.is_empty() {
            return Err(unknown(wanted, &clients));
        }
        let (before, now): (Vec<_>, Vec<_>) = wanted_ones.into_iter().partition(|known| known.revoked.is_some());
        let now: Vec<Certificate> = now.into_iter().map(|known| known.certificate).collect();
        if !now.is_empty() {
            let serials: Vec<_> = now.iter().map(|certificate| certificate.id.serial.clone()).collect();
            self.add_revoked(&serials)?;
        }
        Ok(Revoked { now, before })
    }

    /// Keeps a copy of the clients' certificate, wherever it goes from its place.
    pub(super) fn remember_client(&self) -> Result<(), CertificateError> {
        let path = self.client();
        let Ok(certificate) = read_certificate(&path) else { return Ok(()) };
        if self.copy_of(&certificate).exists() { Ok(()) } else { self.remember(&read(&path)?).map(drop) }
    }

    fn clients(&self) -> Result<Vec<Known>, CertificateError> {
        let mut known = self.list()?;
        known.retain(|known| known.certificate.kind == Kind::Client);
        Ok(known)
    }

    /// Makes a certificate. Before anybody gets it there is a copy, so that it can be revoked whatever comes between.
    fn hand_out(
        &self,
        authority: &Authority,
        name: &str,
        days: i64,
        files: [PathBuf; 2],
    ) -> Result<(Certificate, [PathBuf; 2]), CertificateError> {
        let Pair { certificate: pem, key } = authority.client(name, days)?;
        let certificate = self.remember(&pem)?;
        for (path, content) in files.iter().zip([pem.as_str(), key.expose_secret()]) {
            write(path, content)?;
        }
        Ok((certificate, files))
    }

    fn remember(&self, pem: &str) -> Result<Certificate, CertificateError> {
        let der = first_certificate(pem.as_bytes());
        let certificate = der.and_then(|der| Certificate::read(&der)).ok_or_else(|| no_certificate(&self.client()))?;
        write(&self.copy_of(&certificate), pem)?;
        Ok(certificate)
    }

    fn copy_of(&self, certificate: &Certificate) -> PathBuf {
        self.path(ISSUED).join(format!("{}.pem", certificate.id.serial))
    }

    fn copies(&self) -> Result<Vec<PathBuf>, CertificateError> {
        let folder = self.path(ISSUED);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(CertificateError::File(folder, error)),
        };
        let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>();
        let mut paths = paths.map_err(|error| CertificateError::File(folder, error))?;
        // What a write that was cut off has left has another ending.
        paths.retain(|path| path.extension().is_some_and(|ending| ending == "pem"));
        Ok(paths)
    }

    /// Where a client's certificate and key are put.
    fn files(&self, name: &str, out: Option<&Path>) -> [PathBuf; 2] {
        if out.is_none() && name == DEFAULT_CLIENT {
            return [self.client(), self.client_key()];
        }
        let folder = out.map_or_else(|| self.path(CLIENTS), Path::to_owned);
        [folder.join(format!("{name}.pem")), folder.join(format!("{name}_key.pem"))]
    }
}

fn write(path: &Path, pem: &str) -> Result<(), CertificateError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let written = create_folder(folder).and_then(|()| write_file(path, pem.as_bytes()));
    written.map_err(|error| CertificateError::File(path.to_owned(), error))
}

fn unknown(wanted: &str, clients: &[Known]) -> CertificateError {
    let is_serial = wanted.len() >= SERIAL_DIGITS && wanted.chars().all(|letter| letter.is_ascii_hexdigit());
    let mut valid: Vec<String> = clients
        .iter()
        .map(|known| if is_serial { known.certificate.id.serial.to_string() } else { known.certificate.name.clone() })
        .collect();
    valid.sort();
    valid.dedup();
    let help = did_you_mean(wanted, valid.iter().map(String::as_str));
    CertificateError::Name(format!("no client has a certificate '{wanted}'; {help}"))
}
