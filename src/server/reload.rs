//! What SIGHUP makes the server read again, while connections stay open: the certificates and the
//! log level.

use super::logging::Threshold;
use super::tasks::certificate_renewal::Upkeep;
use crate::command_error::CommandError;
use crate::config::Settings;
use std::rc::Rc;

/// Reads the settings again.
pub type ReadSettings = Box<dyn Fn() -> Result<Settings, CommandError>>;

/// What is read again.
pub struct Reload {
    /// The settings.
    pub settings: ReadSettings,
    /// The certificates.
    pub upkeep: Rc<Upkeep>,
    /// The log level.
    pub threshold: Threshold,
}

impl Reload {
    /// Reads everything again. Where the new value can't be used, the old one stays.
    pub fn run(&self) {
        match (self.settings)() {
            Ok(settings) => self.threshold.set(settings.log_level),
            Err(error) => {
                let why = error.into_message();
                tracing::error!(why, "the settings can't be read; the log level stays");
            }
        }
        self.upkeep.renew_server();
        self.upkeep.read_revocations();
        self.upkeep.warn();
    }
}
