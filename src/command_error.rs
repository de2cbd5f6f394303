//! How a command that fails ends the program.

/// Why the program ends early.
pub enum CommandError {
    /// The command or a setting is wrong; exit code 2.
    Usage(String),
    /// The command failed; exit code 1.
    Failure(String),
    /// Something must be decided or is missing; exit code 4.
    Undecided(String),
}

impl CommandError {
    /// The message, whatever the exit code.
    #[must_use]
    pub fn into_message(self) -> String {
        let (Self::Usage(message) | Self::Failure(message) | Self::Undecided(message)) = self;
        message
    }
}

impl From<String> for CommandError {
    fn from(message: String) -> Self {
        Self::Failure(message)
    }
}

impl From<crate::store::Error> for CommandError {
    fn from(error: crate::store::Error) -> Self {
        Self::Failure(error.to_string())
    }
}

impl From<crate::keys::MasterKeyError> for CommandError {
    fn from(error: crate::keys::MasterKeyError) -> Self {
        match error {
            crate::keys::MasterKeyError::Setting(message) => Self::Usage(message),
            crate::keys::MasterKeyError::Failure(message) => Self::Failure(message),
        }
    }
}

impl From<crate::keys::RotationError> for CommandError {
    fn from(error: crate::keys::RotationError) -> Self {
        Self::Failure(error.to_string())
    }
}

impl From<crate::tls::CertificateError> for CommandError {
    fn from(error: crate::tls::CertificateError) -> Self {
        Self::Failure(error.to_string())
    }
}

impl From<crate::backup::Error> for CommandError {
    fn from(error: crate::backup::Error) -> Self {
        Self::Failure(error.to_string())
    }
}

impl From<crate::site::SiteError> for CommandError {
    fn from(error: crate::site::SiteError) -> Self {
        Self::Failure(error.to_string())
    }
}
