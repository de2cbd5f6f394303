//! The folder of the certificates: its files and their permissions.

use super::error::CertificateError;
use super::layout::{CLIENT, CLIENT_KEY, CLIENTS, ISSUED, REVOKED, ROOT, SERVER, SERVER_KEY};
use super::pem::write_pem;
use crate::private_files::{check_file, check_folder, check_unwritable};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The files of the folder.
#[derive(Clone, Debug)]
pub struct Certificates {
    pub(super) folder: PathBuf,
}

impl Certificates {
    /// The folder as a server has prepared it.
    ///
    /// # Errors
    /// [`CertificateError::Unusable`] if no server has prepared it, or if other users can change
    /// it; [`CertificateError::File`] if it can't be read.
    pub fn open(folder: &Path) -> Result<Self, CertificateError> {
        let certificates = Self { folder: folder.to_owned() };
        let root = certificates.root();
        // A file that this user may not see is an error, not a missing file.
        if root.try_exists().map_err(|error| CertificateError::File(root, error))? {
            // Clients' files are not checked: a problem with one of them must not prevent the
            // revocation of others.
            check_rights_in(&certificates.folder)?;
            return Ok(certificates);
        }
        let folder = folder.display();
        Err(CertificateError::Unusable(format!(
            "there are no certificates in {folder}; patchbay serve creates them"
        )))
    }

    /// The certificate of the authority, by which clients and server verify each other.
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

    /// The shared client certificate.
    #[must_use]
    pub fn client(&self) -> PathBuf {
        self.path(CLIENT)
    }

    /// The key of the shared client certificate.
    #[must_use]
    pub fn client_key(&self) -> PathBuf {
        self.path(CLIENT_KEY)
    }

    /// The revocation list; it does not exist before the first revocation.
    #[must_use]
    pub fn revocations(&self) -> PathBuf {
        self.path(REVOKED)
    }

    /// Refuses keys that other users can read, because they may have copied them. Also refuses
    /// files that other users can write to: `root.pem` and `crl.pem` decide which clients may
    /// connect.
    pub(super) fn check_rights(&self) -> Result<(), CertificateError> {
        let folders = [CLIENTS, ISSUED]
            .map(|name| self.path(name))
            .into_iter()
            .filter(|folder| folder.is_dir());
        folders.chain([self.folder.clone()]).try_for_each(|folder| check_rights_in(&folder))
    }

    pub(super) fn complete(self) -> Result<Self, CertificateError> {
        let needed = [self.root(), self.server(), self.server_key()];
        match needed.into_iter().find(|path| !path.exists()) {
            Some(missing) => Err(CertificateError::Incomplete(missing, self.folder)),
            None => Ok(self),
        }
    }

    pub(super) fn write(&self, name: &str, pem: &str) -> Result<(), CertificateError> {
        write_pem(&self.path(name), pem)
    }

    pub(super) fn remove(&self, name: &str) -> Result<(), CertificateError> {
        let path = self.path(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(CertificateError::File(path, error))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
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
        let is_key =
            path.file_name().is_some_and(|name| name.to_string_lossy().contains("_key.pem"));
        let checked =
            if is_key { check_file(&path, "the private key") } else { check_unwritable(&path) };
        checked.map_err(CertificateError::Unusable)?;
    }
    Ok(())
}
