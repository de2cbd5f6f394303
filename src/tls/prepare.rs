//! The certificates that a server creates at its start and renews in time.

use super::authority::{self, fits};
use super::certificate::{Certificate, hosts, is_signed_by};
use super::error::CertificateError;
use super::folder::Certificates;
use super::layout::{REVOKED, ROOT, ROOT_KEY};
use super::lock::Held;
use super::pem::{der_certificate, read_key};
use crate::private_files::{check_file, name_aside};
use rustls::pki_types::CertificateDer;
use secrecy::ExposeSecret;
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// The number of days before its end from which a certificate causes warnings and the server's own
/// is renewed.
pub const FEW_DAYS: i64 = 30;

impl Certificates {
    /// Prepares the folder, and returns the server's certificate if it replaced another. The
    /// authority and the shared client certificate are created once; [`Certificates::keep_server`]
    /// renews the server's. Without the authority's key, the existing certificates are used as they
    /// are.
    ///
    /// # Errors
    /// [`CertificateError`] if a file can't be read or written, or is missing.
    pub fn prepare(
        folder: &Path,
        hosts: &[String],
    ) -> Result<(Self, Option<Certificate>), CertificateError> {
        let certificates = Self { folder: folder.to_owned() };
        certificates.check_rights()?;
        if certificates.root().exists() && !certificates.path(ROOT_KEY).exists() {
            return Ok((certificates.complete()?, None));
        }
        let renewed = certificates.hold()?.make(hosts)?;
        Ok((certificates.complete()?, renewed))
    }

    /// Makes a new certificate of the server if the current one is missing, is not for `hosts` or
    /// expires soon, unless the authority's key has been taken away. Returns the new one.
    ///
    /// # Errors
    /// [`CertificateError`] if a file can't be read or written, or if another process holds the
    /// lock for too long.
    pub fn keep_server(&self, hosts: &[String]) -> Result<Option<Certificate>, CertificateError> {
        if self.server_key().exists() {
            check_file(&self.server_key(), "the private key")
                .map_err(CertificateError::Unusable)?;
        }
        if self.is_server_kept(hosts) { Ok(None) } else { self.hold()?.keep_server(hosts) }
    }

    /// Whether the server's certificate stays as it is.
    fn is_server_kept(&self, hosts: &[String]) -> bool {
        !self.path(ROOT_KEY).exists() || self.is_server_good(hosts)
    }

    /// Whether clients accept the server's certificate under these names, and will do so until
    /// warnings about its end begin.
    fn is_server_good(&self, names: &[String]) -> bool {
        let Some((der, root)) = self.signed_server() else { return false };
        hosts(&der) == names
            && read_key(&self.server_key()).is_ok_and(|key| fits(&der, &key))
            && Certificate::read(&der).is_some_and(|certificate| {
                // No new certificate would last longer than the authority.
                let end_of_all = Certificate::read(&root).map(|root| root.until);
                certificate.days_left() >= FEW_DAYS
                    || end_of_all.is_some_and(|end| certificate.until >= end)
            })
    }

    /// The server's certificate, valid or not, and the authority's, if the authority has signed it.
    fn signed_server(&self) -> Option<(CertificateDer<'static>, CertificateDer<'static>)> {
        let (der, root) =
            (der_certificate(&self.server()).ok()?, der_certificate(&self.root()).ok()?);
        is_signed_by(&der, &root).then_some((der, root))
    }
}

impl Held<'_> {
    /// Creates the files that are missing.
    fn make(&self, hosts: &[String]) -> Result<Option<Certificate>, CertificateError> {
        let (root, root_key) = (self.root(), self.path(ROOT_KEY));
        // The key comes first: if a start was interrupted between the two, the authority is created
        // from the key.
        if !root_key.exists() {
            // The revocations of another authority mean nothing to this one.
            self.remove(REVOKED)?;
            self.write(ROOT_KEY, authority::new_key()?.expose_secret())?;
        }
        if !root.exists() {
            self.write(ROOT, &authority::root(&read_key(&root_key)?)?)?;
        }
        let was_there = self.server().exists();
        let renewed = self.keep_server(hosts)?.filter(|_| was_there);
        // If a user has moved only the client's key away, no new certificate is created.
        if !self.client().exists() && !self.client_key().exists() {
            self.make_client()?;
        }
        self.remember_client()?;
        Ok(renewed)
    }

    fn keep_server(&self, hosts: &[String]) -> Result<Option<Certificate>, CertificateError> {
        // Another process may have renewed it in the meantime.
        if self.is_server_kept(hosts) {
            return Ok(None);
        }
        let was_there = self.server().exists();
        let draft = self.server_draft(hosts)?;
        if was_there && self.signed_server().is_none() {
            set_aside(&[self.server(), self.server_key()])?;
        }
        let made = self.hand_out(draft)?;
        Ok(Some(made.certificate))
    }
}

/// Renames files that another program created, because they may be the only copies.
fn set_aside(files: &[PathBuf]) -> Result<(), CertificateError> {
    for file in files.iter().filter(|file| file.exists()) {
        let aside = name_aside(file, |_| false);
        fs::rename(file, &aside).map_err(|error| CertificateError::File(file.clone(), error))?;
        let (file, kept) = (file.display(), aside.display());
        tracing::warn!(
            %file,
            %kept,
            "it was not signed by the authority whose key is here; a new one replaces it"
        );
    }
    Ok(())
}

/// The names and addresses by which clients may reach the server.
#[must_use]
pub fn host_names(addresses: impl Iterator<Item = IpAddr>, more: &[String]) -> Vec<String> {
    let mut hosts = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    hosts.extend(
        addresses.filter(|address| !address.is_unspecified()).map(|address| address.to_string()),
    );
    hosts.extend_from_slice(more);
    hosts.sort();
    hosts.dedup();
    hosts
}
