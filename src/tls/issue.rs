//! Issues certificates to clients. A copy of each certificate is kept as its record: for which
//! client it is, and when it is valid.

use super::authority::{LONG_DAYS, Pair};
use super::certificate::{Certificate, Kind, hosts, read_certificate};
use super::error::CertificateError;
use super::known_certificates::{Listed, unknown};
use super::layout::{CLIENTS, DEFAULT_CLIENT, ISSUED, SERIAL_DIGITS};
use super::lock::Held;
use super::pem::{der_certificate, no_certificate, read, write_pem};
use crate::private_files::{create_folder, write_files};
use secrecy::ExposeSecret;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Characters of a name (RFC 5280, A.1: `ub-common-name`).
const LONGEST_NAME: usize = 64;

/// Names of files that don't belong to a client.
const OUR_FILES: [&str; 4] = ["root", "server", "client", "crl"];

/// The name in a client's certificate, and of its files.
#[derive(Clone, Debug)]
pub struct ClientName(String);

impl FromStr for ClientName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
        if text.is_empty()
            || text.len() > LONGEST_NAME
            || !text.chars().all(is_plain)
            || text.starts_with(['.', '-'])
        {
            return Err(
                "a name must have 1 to 64 characters: letters a to z, digits, dots, hyphens and \
                 underscores, as in 'nightly-etl', and must start with a letter, a digit or an \
                 underscore",
            );
        }
        if text.ends_with("_key") {
            return Err("a name can't end in '_key', because the files of keys do");
        }
        if text.len() >= SERIAL_DIGITS && text.chars().all(|letter| letter.is_ascii_hexdigit()) {
            return Err(
                "a name can't consist only of hexadecimal digits, because serial numbers do",
            );
        }
        if OUR_FILES.iter().any(|ours| text.eq_ignore_ascii_case(ours)) {
            return Err(
                "a name can't be root, server, client or crl, because files in the folder of \
                 certificates have these names",
            );
        }
        Ok(Self(text.to_owned()))
    }
}

/// A signed certificate that was not handed out yet.
pub struct Draft {
    /// The certificate.
    pub certificate: Certificate,
    pair: Pair,
    files: [PathBuf; 2],
    earlier: Vec<Certificate>,
}

/// A new certificate.
#[derive(Debug)]
pub struct Issued {
    /// The certificate.
    pub certificate: Certificate,
    /// The files of the certificate and its key.
    pub files: [PathBuf; 2],
    /// Earlier certificates with the same name that are still valid.
    pub earlier: Vec<Certificate>,
}

impl Held<'_> {
    /// Creates a certificate for a client that has none, for files in the folder `out` or in the
    /// folder of certificates.
    ///
    /// # Errors
    /// [`CertificateError::Name`] if the name or a file is in use, [`CertificateError::NoKey`] if
    /// the authority's key is missing.
    pub fn issue(
        &self,
        name: &ClientName,
        days: i64,
        out: Option<&Path>,
    ) -> Result<Draft, CertificateError> {
        let ClientName(name) = name;
        if let Some(known) = self.list()?.clients().iter().find(|known| known.is_of(name)) {
            let Certificate { name, until, .. } = &known.certificate;
            let state = if known.revoked.is_some() {
                "which was revoked".to_owned()
            } else {
                format!("until {}", until.format("%F"))
            };
            return Err(CertificateError::Name(format!(
                "{name} has a certificate already, {state}; patchbay cert renew {name} issues \
                 another"
            )));
        }
        let files = self.files(name, out);
        check_free(&files)?;
        draft(self.authority()?.client(name, days)?, files, Vec::new())
    }

    /// Creates another certificate and key for a client, which replace the files of the last one.
    /// The last certificate stays valid. By default the new one is valid for as many days as the
    /// last one.
    ///
    /// # Errors
    /// [`CertificateError::Name`] if there is no such client or a file in `out` is in use,
    /// [`CertificateError::NoKey`] if the authority's key is missing.
    pub fn renew(
        &self,
        name: &ClientName,
        days: Option<i64>,
        out: Option<&Path>,
    ) -> Result<Draft, CertificateError> {
        let clients = self.list()?.clients();
        let of_name: Vec<&Listed> = clients.iter().filter(|known| known.is_of(&name.0)).collect();
        let Some(Listed { certificate: last, .. }) = of_name.last() else {
            return Err(unknown(&name.0, clients.iter()));
        };
        let files = self.files(&last.name, out);
        if out.is_some() {
            check_free(&files)?;
        }
        let days = days.unwrap_or_else(|| (last.until - last.from).num_days() - 1);
        let earlier = of_name
            .iter()
            .filter(|known| known.is_good())
            .map(|known| known.certificate.clone())
            .collect();
        draft(self.authority()?.client(&last.name, days)?, files, earlier)
    }

    /// Creates another certificate for the server, with the same host names.
    ///
    /// # Errors
    /// [`CertificateError`] if the server has no certificate, or if the authority's key is missing.
    pub fn renew_server(&self) -> Result<Draft, CertificateError> {
        self.server_draft(&hosts(&der_certificate(&self.server())?))
    }

    /// Creates a certificate for the server with these host names.
    pub(super) fn server_draft(&self, hosts: &[String]) -> Result<Draft, CertificateError> {
        draft(self.authority()?.server(hosts)?, [self.server(), self.server_key()], Vec::new())
    }

    /// Creates the certificate that all clients may share.
    pub(super) fn make_client(&self) -> Result<(), CertificateError> {
        let pair = self.authority()?.client(DEFAULT_CLIENT, LONG_DAYS)?;
        self.hand_out(draft(pair, self.files(DEFAULT_CLIENT, None), Vec::new())?).map(drop)
    }

    /// Writes a certificate and its key to their files. A copy of a client's certificate is stored
    /// before, so that it can be revoked whatever happens in between.
    ///
    /// # Errors
    /// [`CertificateError::File`] if a file can't be written.
    pub fn hand_out(&self, draft: Draft) -> Result<Issued, CertificateError> {
        let Draft { certificate, pair, files, earlier } = draft;
        if certificate.kind == Kind::Client {
            // Also keep a copy of the certificate in the files that are replaced.
            self.remember_client()?;
            self.write_copy(&certificate, &pair.certificate)?;
        }
        write_pair(&files, &pair)?;
        Ok(Issued { certificate, files, earlier })
    }

    /// Stores a copy of the shared client certificate, so that it can be revoked after its file was
    /// moved.
    pub(super) fn remember_client(&self) -> Result<(), CertificateError> {
        let path = self.client();
        let Ok(certificate) = read_certificate(&path) else { return Ok(()) };
        match read_certificate(&self.copy_of(&certificate)) {
            Ok(_) => Ok(()),
            Err(_) => self.write_copy(&certificate, &read(&path)?),
        }
    }

    fn write_copy(&self, certificate: &Certificate, pem: &str) -> Result<(), CertificateError> {
        make_folder(&self.path(ISSUED))?;
        write_pem(&self.copy_of(certificate), pem)
    }

    fn copy_of(&self, certificate: &Certificate) -> PathBuf {
        self.path(ISSUED).join(format!("{}.pem", certificate.id.serial))
    }

    /// The files of a client's certificate and key.
    fn files(&self, name: &str, out: Option<&Path>) -> [PathBuf; 2] {
        if out.is_none() && name == DEFAULT_CLIENT {
            return [self.client(), self.client_key()];
        }
        let folder = out.map_or_else(|| self.path(CLIENTS), Path::to_owned);
        [folder.join(format!("{name}.pem")), folder.join(format!("{name}_key.pem"))]
    }
}

/// Writes both files to disk before either takes its place, so that an interruption leaves no
/// certificate beside the key of another.
fn write_pair(files: &[PathBuf; 2], pair: &Pair) -> Result<(), CertificateError> {
    let [certificate, key] = files;
    make_folder(certificate.parent().unwrap_or(Path::new(".")))?;
    let written = write_files([
        (certificate, pair.certificate.as_bytes()),
        (key, pair.key.expose_secret().as_bytes()),
    ]);
    written.map_err(|error| CertificateError::File(certificate.clone(), error))
}

fn make_folder(path: &Path) -> Result<(), CertificateError> {
    create_folder(path).map_err(|error| CertificateError::File(path.to_owned(), error))
}

fn draft(
    pair: Pair,
    files: [PathBuf; 2],
    earlier: Vec<Certificate>,
) -> Result<Draft, CertificateError> {
    let certificate = Certificate::from_pem(pair.certificate.as_bytes())
        .ok_or_else(|| no_certificate(&files[0]))?;
    Ok(Draft { certificate, pair, files, earlier })
}

fn check_free(files: &[PathBuf]) -> Result<(), CertificateError> {
    match files.iter().find(|path| path.exists()) {
        Some(there) => Err(CertificateError::Name(format!(
            "{} already exists; nothing was issued",
            there.display()
        ))),
        None => Ok(()),
    }
}
