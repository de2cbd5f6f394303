//! The certificates folder: a certificate authority of the installation's own, and what it issues. The files have the
//! names that the QMC exports certificates by.

use crate::private::{check_file, write_file};
use crate::secrets::valid_until;
use chrono::{Datelike, Duration, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// The files of the folder.
#[derive(Clone, Debug)]
pub struct Certificates {
    folder: PathBuf,
}

/// Why there are no certificates.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file can't be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    /// A certificate or key can't be made.
    #[error("certificates can't be made: {0}")]
    Make(#[from] rcgen::Error),
    /// Some of the files are there and some are missing.
    #[error("{0} is missing; put it back, or remove the folder {1} to have all certificates made anew")]
    Incomplete(PathBuf, PathBuf),
    /// Others can read a private key.
    #[error("{0}")]
    Exposed(String),
}

const ROOT: &str = "root.pem";
const ROOT_KEY: &str = "root_key.pem";
const SERVER: &str = "server.pem";
const SERVER_KEY: &str = "server_key.pem";
const CLIENT: &str = "client.pem";
const CLIENT_KEY: &str = "client_key.pem";

/// How long what clients keep is valid.
const LONG_DAYS: i64 = 3650;

/// How long the server's certificate is valid. It is made anew at each start, and some clients refuse longer ones.
const SERVER_DAYS: i64 = 820;

impl Certificates {
    /// Prepares the folder. The authority and the client's certificate are made once; the server's is made at each start,
    /// for `hosts`. Where the authority's key has been taken away, the server's certificate is used as it lies there.
    ///
    /// # Errors
    /// A file can't be read or written, or is missing.
    pub fn prepare(folder: &Path, hosts: &[String]) -> Result<Self, CertificateError> {
        let certificates = Self { folder: folder.to_owned() };
        certificates.check_keys()?;
        let (root, root_key) = (certificates.path(ROOT), certificates.path(ROOT_KEY));
        if root.exists() && !root_key.exists() {
            return certificates.complete();
        }
        // The key comes first: where a start was cut off between the two, the authority is made of it again.
        if !root_key.exists() {
            certificates.write(ROOT_KEY, &KeyPair::generate()?.serialize_pem())?;
        }
        let key = KeyPair::from_pem(&read(&root_key)?)?;
        if !root.exists() {
            certificates.write(ROOT, &root_params().self_signed(&key)?.pem())?;
        }
        let issuer = Issuer::new(root_params(), key);
        certificates.issue(&issuer, (SERVER, SERVER_KEY), &server_params(hosts)?)?;
        // Whoever takes the client's key away from here does not want another.
        if !certificates.client().exists() && !certificates.client_key().exists() {
            certificates.issue(&issuer, (CLIENT, CLIENT_KEY), &client_params())?;
        }
        certificates.complete()
    }

    /// The authority, by which each side knows the other.
    #[must_use]
    pub fn root(&self) -> PathBuf {
        self.path(ROOT)
    }

    /// The server's certificate.
    #[must_use]
    pub fn server(&self) -> PathBuf {
        self.path(SERVER)
    }

    /// The key of the server's certificate.
    #[must_use]
    pub fn server_key(&self) -> PathBuf {
        self.path(SERVER_KEY)
    }

    /// The clients' certificate.
    #[must_use]
    pub fn client(&self) -> PathBuf {
        self.path(CLIENT)
    }

    /// The key of the clients' certificate.
    #[must_use]
    pub fn client_key(&self) -> PathBuf {
        self.path(CLIENT_KEY)
    }

    /// Days until the server's certificate ends; negative if it has. Nothing if that can't be read.
    #[must_use]
    pub fn days_left(&self) -> Option<i64> {
        let pem = fs::read(self.server()).ok()?;
        Some((valid_until(&pem)? - Utc::now().timestamp()).div_euclid(24 * 60 * 60))
    }

    /// Refuses keys that others can read, whoever laid them here: they may have them by now.
    fn check_keys(&self) -> Result<(), CertificateError> {
        let unreadable = |error| CertificateError::File(self.folder.clone(), error);
        for entry in fs::read_dir(&self.folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.to_string_lossy().ends_with("key.pem") {
                check_file(&path, "the private key").map_err(CertificateError::Exposed)?;
            }
        }
        Ok(())
    }

    fn complete(self) -> Result<Self, CertificateError> {
        let needed = [self.root(), self.server(), self.server_key()];
        match needed.into_iter().find(|path| !path.exists()) {
            Some(missing) => Err(CertificateError::Incomplete(missing, self.folder)),
            None => Ok(self),
        }
    }

    fn issue(
        &self,
        issuer: &Issuer<'_, KeyPair>,
        (certificate, key): (&str, &str),
        params: &CertificateParams,
    ) -> Result<(), CertificateError> {
        let pair = KeyPair::generate()?;
        self.write(certificate, &params.signed_by(&pair, issuer)?.pem())?;
        self.write(key, &pair.serialize_pem())
    }

    fn write(&self, name: &str, pem: &str) -> Result<(), CertificateError> {
        let path = self.path(name);
        write_file(&path, pem.as_bytes()).map_err(|error| CertificateError::File(path, error))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

fn read(path: &Path) -> Result<String, CertificateError> {
    fs::read_to_string(path).map_err(|error| CertificateError::File(path.to_owned(), error))
}

/// The authority is known by this name and its key, so that it can be put together again from the key alone.
fn root_params() -> CertificateParams {
    let mut params = params("Patchbay certificate authority", LONG_DAYS);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn server_params(hosts: &[String]) -> Result<CertificateParams, rcgen::Error> {
    let mut params = params("Patchbay server", SERVER_DAYS);
    params.subject_alt_names = CertificateParams::new(hosts)?.subject_alt_names;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

fn client_params() -> CertificateParams {
    let mut params = params("QlikClient", LONG_DAYS);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params.use_authority_key_identifier_extension = true;
    params
}

fn params(common_name: &str, days: i64) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    // A day back, for clients whose clock is behind.
    [params.not_before, params.not_after] = [-1, days].map(|days| {
        let day = Utc::now() + Duration::days(days);
        let part = |number: u32| u8::try_from(number).unwrap_or(1);
        date_time_ymd(day.year(), part(day.month()), part(day.day()))
    });
    params
}

/// The names and addresses under which clients may call the server.
#[must_use]
pub fn host_names(addresses: impl Iterator<Item = IpAddr>, more: &[String]) -> Vec<String> {
    let mut hosts = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    hosts.extend(addresses.filter(|address| !address.is_unspecified()).map(|address| address.to_string()));
    hosts.extend_from_slice(more);
    hosts.sort();
    hosts.dedup();
    hosts
}
