//! What is read anew on SIGHUP, while connections stay: the certificate that the doors show, and the log level.

use crate::cli::Exit;
use crate::cli::logs::Threshold;
use crate::config::Settings;
use crate::http::certificates::Certificates;
use crate::http::{FEW_DAYS, ServerCertificate};
use std::path::PathBuf;
use std::sync::Arc;

/// Reads the settings anew.
pub type ReadSettings = Box<dyn Fn() -> Result<Settings, Exit>>;

/// What is read anew, and how.
pub struct Reload {
    /// The settings.
    pub settings: ReadSettings,
    /// The folder of certificates.
    pub folder: PathBuf,
    /// The names that the server's certificate has.
    pub hosts: Vec<String>,
    /// What the doors show.
    pub shown: Arc<ServerCertificate>,
    /// What is logged.
    pub threshold: Threshold,
}

impl Reload {
    /// Reads it. What can't be used stays as it is.
    pub fn run(&self) {
        match (self.settings)() {
            Ok(settings) => self.threshold.set(settings.log_level),
            Err(Exit::Usage(why) | Exit::Failure(why)) => {
                tracing::error!(why, "the settings can't be read; the log level stays");
            }
        }
        match self.renew() {
            Ok(days) => tracing::info!(days, "the certificate was read again; its days left are"),
            Err(error) => tracing::error!(error, "the certificate can't be used; the old one stays"),
        }
    }

    /// Makes the server's certificate anew, where its authority is ours, and shows it from now on. Tells how many days it has.
    fn renew(&self) -> Result<i64, String> {
        let certificates = Certificates::prepare(&self.folder, &self.hosts).map_err(|error| error.to_string())?;
        self.shown.read_again(&certificates).map_err(|error| error.to_string())?;
        Ok(warn_of_end(&certificates).unwrap_or_default())
    }
}

/// Warns if the server's certificate has few days left, and tells how many it has.
pub fn warn_of_end(certificates: &Certificates) -> Option<i64> {
    let days = certificates.days_left();
    if let Some(days) = days.filter(|days| *days < FEW_DAYS) {
        tracing::warn!(days, "the server's certificate ends soon, or has ended");
    }
    days
}
