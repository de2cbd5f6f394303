//! The certificates folder: a certificate authority of the installation's own, what it issues, and what it has revoked. The files have
//! the names that the QMC exports certificates by.

mod authority;
mod certificate;
mod client_verifier;
mod issue;
mod list;
mod lock;
mod remove;
mod revoke;
mod server_config;

pub use certificate::{Certificate, CertificateId, Kind, Serial};
pub use client_verifier::ClientCheck;
pub use issue::{ClientName, DEFAULT_CLIENT, Draft, Issued};
pub use list::{Listed, Listing};
pub use lock::Held;
pub use remove::remove_authority;
pub use revoke::{Revocation, RevocationList, Revoked};
pub use server_config::{ClientCertificates, ServerCertificate, TlsError, client_check, server_config};

use crate::private::{check_file, check_folder, check_unwritable, name_aside, read_regular_text, write_file};
use authority::{Authority, fits};
use certificate::{hosts, is_signed_by};
use list::{CLIENTS, ISSUED};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use secrecy::{ExposeSecret, SecretString};
use std::fs;
use std::io::ErrorKind;
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
    /// The authority's key is not there.
    #[error("{0} is not there, and nothing can be signed without it; put it back for as long as it is needed")]
    NoKey(PathBuf),
    /// Somebody else works on them.
    #[error("another patchbay works on the certificates in {0}; try again")]
    Busy(PathBuf),
    /// A file holds something else than it should.
    #[error("{0}")]
    Unusable(String),
    /// There are no certificates of that name, or there already are.
    #[error("{0}")]
    Name(String),
}

const ROOT: &str = "root.pem";
const ROOT_KEY: &str = "root_key.pem";
const SERVER: &str = "server.pem";
const SERVER_KEY: &str = "server_key.pem";
const CLIENT: &str = "client.pem";
const CLIENT_KEY: &str = "client_key.pem";
const REVOKED: &str = "crl.pem";

/// Days before its end from which on a certificate is warned of, and the server's own is made anew.
pub const FEW_DAYS: i64 = 30;

impl Certificates {
    /// Prepares the folder, and tells the server's certificate if it took the place of another. The authority and the clients' certificate are
    /// made once, and [`Certificates::keep_server`] sees to the server's. Where the authority's key has been taken away, that is used as it lies
    /// there.
    ///
    /// # Errors
    /// A file can't be read or written, or is missing.
    pub fn prepare(folder: &Path, hosts: &[String]) -> Result<(Self, Option<Certificate>), CertificateError> {
        let certificates = Self { folder: folder.to_owned() };
        certificates.check_rights()?;
        if certificates.root().exists() && !certificates.path(ROOT_KEY).exists() {
            return Ok((certificates.complete()?, None));
        }
        let renewed = certificates.hold()?.make(hosts)?;
        Ok((certificates.complete()?, renewed))
    }

    /// The folder as a server has prepared it.
    ///
    /// # Errors
    /// None has.
    pub fn open(folder: &Path) -> Result<Self, CertificateError> {
        let certificates = Self { folder: folder.to_owned() };
        let root = certificates.root();
        // Not being allowed to look is not the same as not being there.
        if root.try_exists().map_err(|error| CertificateError::File(root, error))? {
            // Not of the clients': nothing of one may keep others from being revoked.
            check_rights_in(&certificates.folder)?;
            return Ok(certificates);
        }
        let folder = folder.display();
        Err(CertificateError::Unusable(format!("there are no certificates in {folder}; patchbay serve makes them")))
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

    /// The list of what is revoked; not there before anything is.
    #[must_use]
    pub fn revocations(&self) -> PathBuf {
        self.path(REVOKED)
    }

    /// Makes the server's certificate anew when it is not for `hosts`, or ends soon, unless the authority's key has been taken away. If it took
    /// the place of another, it is told.
    ///
    /// # Errors
    /// A file can't be read or written, or somebody else works on them for long.
    pub fn keep_server(&self, hosts: &[String]) -> Result<Option<Certificate>, CertificateError> {
        if self.server_key().exists() {
            check_file(&self.server_key(), "the private key").map_err(CertificateError::Unusable)?;
        }
        if self.is_server_kept(hosts) { Ok(None) } else { self.hold()?.keep_server(hosts) }
    }

    /// Whether the server's certificate is to stay as it is.
    fn is_server_kept(&self, hosts: &[String]) -> bool {
        !self.path(ROOT_KEY).exists() || self.is_server_good(hosts)
    }

    /// Whether clients of those names would take the server's certificate, and still will when it would be warned of.
    fn is_server_good(&self, names: &[String]) -> bool {
        let Some((der, root)) = self.signed_server() else { return false };
        hosts(&der) == names
            && read_key(&self.server_key()).is_ok_and(|key| fits(&der, &key))
            && Certificate::read(&der).is_some_and(|certificate| {
                // No other would last longer than the authority.
                let end_of_all = Certificate::read(&root).map(|root| root.until);
                certificate.days_left() >= FEW_DAYS || end_of_all.is_some_and(|end| certificate.until >= end)
            })
    }

    /// The server's certificate, be it good or not, and that of the authority, if this has signed it.
    fn signed_server(&self) -> Option<(CertificateDer<'static>, CertificateDer<'static>)> {
        let (der, root) = (der_certificate(&self.server()).ok()?, der_certificate(&self.root()).ok()?);
        is_signed_by(&der, &root).then_some((der, root))
    }

    fn authority(&self) -> Result<Authority, CertificateError> {
        let key = self.path(ROOT_KEY);
        if !key.exists() {
            return Err(CertificateError::NoKey(key));
        }
        Authority::new(&read(&self.root())?, &read_key(&key)?)
    }

    /// Refuses keys that others can read, whoever laid them here: they may have them by now. And what others can write to: who is let in is said
    /// by `root.pem` and `crl.pem`.
    fn check_rights(&self) -> Result<(), CertificateError> {
        let folders = [CLIENTS, ISSUED].map(|name| self.path(name)).into_iter().filter(|folder| folder.is_dir());
        folders.chain([self.folder.clone()]).try_for_each(|folder| check_rights_in(&folder))
    }

    fn complete(self) -> Result<Self, CertificateError> {
        let needed = [self.root(), self.server(), self.server_key()];
        match needed.into_iter().find(|path| !path.exists()) {
            Some(missing) => Err(CertificateError::Incomplete(missing, self.folder)),
            None => Ok(self),
        }
    }

    fn write(&self, name: &str, pem: &str) -> Result<(), CertificateError> {
        write_pem(&self.path(name), pem)
    }

    fn remove(&self, name: &str) -> Result<(), CertificateError> {
        let path = self.path(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(CertificateError::File(path, error)),
            _ => Ok(()),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Held<'_> {
    /// Makes what is missing.
    fn make(&self, hosts: &[String]) -> Result<Option<Certificate>, CertificateError> {
        let (root, root_key) = (self.root(), self.path(ROOT_KEY));
        // The key comes first: where a start was cut off between the two, the authority is made of it again.
        if !root_key.exists() {
            // What another authority has revoked means nothing to this one.
            self.remove(REVOKED)?;
            self.write(ROOT_KEY, authority::new_key()?.expose_secret())?;
        }
        if !root.exists() {
            self.write(ROOT, &authority::root(&read_key(&root_key)?)?)?;
        }
        let renewed = self.keep_server(hosts)?;
        // Whoever takes the client's key away from here does not want another.
        if !self.client().exists() && !self.client_key().exists() {
            self.make_client()?;
        }
        self.remember_client()?;
        Ok(renewed)
    }

    fn keep_server(&self, hosts: &[String]) -> Result<Option<Certificate>, CertificateError> {
        // Somebody else may have made it in the meantime.
        if self.is_server_kept(hosts) {
            return Ok(None);
        }
        let was_there = self.server().exists();
        let draft = self.server_draft(hosts)?;
        if was_there && self.signed_server().is_none() {
            set_aside(&[self.server(), self.server_key()])?;
        }
        let made = self.hand_out(draft)?;
        Ok(was_there.then_some(made.certificate))
    }
}

fn check_rights_in(folder: &Path) -> Result<(), CertificateError> {
    let unreadable = |error| CertificateError::File(folder.to_owned(), error);
    check_folder(folder).map_err(CertificateError::Unusable)?;
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() && path.extension().is_none_or(|ending| ending != "pem") {
            continue;
        }
        let is_key = path.file_name().is_some_and(|name| name.to_string_lossy().contains("_key.pem"));
        let checked = if is_key { check_file(&path, "the private key") } else { check_unwritable(&path) };
        checked.map_err(CertificateError::Unusable)?;
    }
    Ok(())
}

/// Gives files other names, since somebody else has made them and may have no others of the kind.
fn set_aside(files: &[PathBuf]) -> Result<(), CertificateError> {
    for file in files.iter().filter(|file| file.exists()) {
        let aside = name_aside(file, |_| false);
        fs::rename(file, &aside).map_err(|error| CertificateError::File(file.clone(), error))?;
        let (file, kept) = (file.display(), aside.display());
        tracing::warn!(%file, %kept, "the authority whose key is here has not signed it; another takes its place");
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, CertificateError> {
    read_regular_text(path).map_err(|error| CertificateError::File(path.to_owned(), error))
}

fn write_pem(path: &Path, pem: &str) -> Result<(), CertificateError> {
    write_file(path, pem.as_bytes()).map_err(|error| CertificateError::File(path.to_owned(), error))
}

fn read_key(path: &Path) -> Result<SecretString, CertificateError> {
    read(path).map(SecretString::from)
}

fn read_certificate(path: &Path) -> Result<Certificate, CertificateError> {
    Certificate::from_pem(read(path)?.as_bytes()).ok_or_else(|| no_certificate(path))
}

/// The first certificate in a file.
fn der_certificate(path: &Path) -> Result<CertificateDer<'static>, CertificateError> {
    first_certificate(read(path)?.as_bytes()).ok_or_else(|| no_certificate(path))
}

/// All certificates in a file.
fn der_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let all = CertificateDer::pem_slice_iter(read(path)?.as_bytes()).collect::<Result<Vec<_>, _>>();
    all.map_err(|_| no_certificate(path))
}

fn first_certificate(pem: &[u8]) -> Option<CertificateDer<'static>> {
    CertificateDer::from_pem_slice(pem).ok()
}

fn no_certificate(path: &Path) -> CertificateError {
    CertificateError::Unusable(format!("{} holds no certificate", path.display()))
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
