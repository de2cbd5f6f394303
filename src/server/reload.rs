//! What is read anew on SIGHUP, while connections stay: the certificates, and the log level.

use super::logging::Threshold;
use super::tasks::certificate_renewal::Upkeep;
use crate::command_error::CommandError;
use crate::config::Settings;
use std::rc::Rc;

/// Reads the settings anew.
pub type ReadSettings = Box<dyn Fn() -> Result<Settings, CommandError>>;

/// What is read anew, and how.
pub struct Reload {
    /// The settings.
    pub settings: ReadSettings,
    /// The certificates.
    pub upkeep: Rc<Upkeep>,
    /// What is logged.
    pub threshold: Threshold,
}

impl Reload {
    /// Reads it. What can't be used stays as it is.
    pub fn run(&self) {
        match (self.settings)() {
            Ok(settings) => self.threshold.set(settings.log_level),
            Err(CommandError::Usage(why) | CommandError::Failure(why)) => {
                tracing::error!(why, "the settings can't be read; the log level stays");
            }
        }
        self.upkeep.renew_server();
        self.upkeep.read_revocations();
        self.upkeep.warn();
    }
}
