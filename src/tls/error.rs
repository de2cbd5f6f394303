//! Errors of certificates and of TLS.

use std::path::PathBuf;

/// Why certificates can't be used or created.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file can't be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    /// A certificate or key can't be created.
    #[error("certificates can't be created: {0}")]
    Make(#[from] rcgen::Error),
    /// Some of the files exist and some are missing.
    #[error(
        "{0} is missing; put it back, or remove the folder {1} to have all certificates created \
         again"
    )]
    Incomplete(PathBuf, PathBuf),
    /// The key of the authority is missing.
    #[error("{0} is missing, and nothing can be signed without it; put it back while you need it")]
    NoKey(PathBuf),
    /// Another process is changing the certificates.
    #[error("another patchbay process is changing the certificates in {0}; try again")]
    Busy(PathBuf),
    /// A file has other content than expected.
    #[error("{0}")]
    Unusable(String),
    /// No certificate has this name, or one has it already.
    #[error("{0}")]
    Name(String),
}

/// Why the server can't use TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file contains no certificate or key.
    #[error("{0}: {1}")]
    Pem(String, rustls::pki_types::pem::Error),
    /// The certificate and the key don't belong together, or the authority is not usable.
    #[error("the certificates can't be used: {0}")]
    Unusable(String),
}

pub fn unusable(error: impl std::fmt::Display) -> TlsError {
    TlsError::Unusable(error.to_string())
}
