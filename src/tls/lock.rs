//! One at a time changes what is in the folder: the server, or a command beside it.

use super::error::CertificateError;
use super::folder::Certificates;
use super::layout::LOCK;
use crate::private_files::options;
use std::fs::{File, TryLockError};
use std::ops::Deref;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long another may take, which also waits for the database.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(20);

/// The folder, which nobody else changes for as long as this is there.
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
    /// Waits until nobody else changes the folder.
    ///
    /// # Errors
    /// Somebody does for long, or it can't be locked.
    pub fn hold(&self) -> Result<Held<'_>, CertificateError> {
        let path = self.path(LOCK);
        let start = Instant::now();
        let failed = |error| CertificateError::File(path.clone(), error);
        let lock = options().create(true).append(true).open(&path).map_err(failed)?;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Held { certificates: self, _lock: lock }),
                Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE => sleep(PAUSE),
                Err(TryLockError::WouldBlock) => {
                    return Err(CertificateError::Busy(self.folder.clone()));
                }
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
    }
}
