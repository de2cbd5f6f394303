//! What the authority issues to clients. A copy of each certificate is kept, which is its own record: whose it is, from when and until when.

use super::authority::{Authority, Pair};
use super::listed::{CLIENTS, ISSUED, Listed, unknown};
use super::parsed::Certificate;
use super::{CertificateError, Certificates, first_certificate, no_certificate, read, read_certificate, write_pem};
use crate::private::create_folder;
use secrecy::ExposeSecret;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The name of the certificate that clients find beside the server's, as the QMC exports it.
pub const DEFAULT_CLIENT: &str = "QlikClient";

/// Characters of a name (RFC 5280, A.1: `ub-common-name`).
const LONGEST_NAME: usize = 64;

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

impl Certificates {
    /// Issues a certificate to a client that has none, and puts it and its key into the folder `out`, or one of our own.
    ///
    /// # Errors
    /// The name is taken, there are such files, or there is no key to sign by.
    pub fn issue(&self, name: &ClientName, days: i64, out: Option<&Path>) -> Result<Issued, CertificateError> {
        let ClientName(name) = name;
        if let Some(known) = self.list()?.clients().iter().find(|known| known.is_of(name)) {
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
        let clients = self.list()?.clients();
        let of_name: Vec<&Listed> = clients.iter().filter(|known| known.is_of(&name.0)).collect();
        let Some(Listed { certificate: last, .. }) = of_name.last() else {
            return Err(unknown(&name.0, clients.iter()));
        };
        let days = days.unwrap_or_else(|| (last.until - last.from).num_days() - 1);
        let authority = self.authority()?;
        self.remember_client()?;
        let (certificate, files) = self.hand_out(&authority, &last.name, days, self.files(&last.name, out))?;
        let earlier = of_name.iter().filter(|known| known.is_good()).map(|known| known.certificate.clone()).collect();
        Ok(Issued { certificate, files, earlier })
    }

    /// Keeps a copy of the clients' certificate, wherever it goes from its place.
    pub(super) fn remember_client(&self) -> Result<(), CertificateError> {
        let path = self.client();
        let Ok(certificate) = read_certificate(&path) else { return Ok(()) };
        if read_certificate(&self.copy_of(&certificate)).is_ok() {
            Ok(())
        } else {
            self.remember(&read(&path)?).map(drop)
        }
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
    create_folder(folder).map_err(|error| CertificateError::File(folder.to_owned(), error))?;
    write_pem(path, pem)
}
