//! The lock of the folder: only one process changes it at a time, the server or a command.

use super::error::CertificateError;
use super::folder::Certificates;
use super::layout::LOCK;
use crate::private_files::options;
use std::fs::{File, TryLockError};
use std::ops::Deref;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long to wait for another process, which may wait for the database.
const TIMEOUT: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(20);

/// The locked folder, which no other process changes until this is dropped.
pub struct Held<'c> {
    certificates: &'c Certificates,
    _lock: File,
}

impl Deref for Held<'_> {
    type Target = Certificates;

    fn deref(&self) -> &Certificates {
        self.certificates
    }
}

impl Certificates {
    /// Waits for the lock of the folder.
    ///
    /// # Errors
    /// [`CertificateError::Busy`] if another process holds it for too long,
    /// [`CertificateError::File`] if the folder can't be locked.
    pub fn hold(&self) -> Result<Held<'_>, CertificateError> {
        let path = self.path(LOCK);
        let start = Instant::now();
        let failed = |error| CertificateError::File(path.clone(), error);
        let lock = options().create(true).append(true).open(&path).map_err(failed)?;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Held { certificates: self, _lock: lock }),
                Err(TryLockError::WouldBlock) if start.elapsed() < TIMEOUT => sleep(PAUSE),
                Err(TryLockError::WouldBlock) => {
                    return Err(CertificateError::Busy(self.folder.clone()));
                }
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
    }
}
