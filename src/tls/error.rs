//! Errors of certificates and of TLS.

use std::path::PathBuf;

/// Why there are no certificates.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file can't be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    /// A certificate or key can't be made.
    #[error("certificates can't be created: {0}")]
    Make(#[from] rcgen::Error),
    /// Some of the files are there and some are missing.
    #[error(
        "{0} is missing; put it back, or remove the folder {1} to have all certificates created \
         again"
    )]
    Incomplete(PathBuf, PathBuf),
    /// The authority's key is not there.
    #[error("{0} is missing, and nothing can be signed without it; put it back while it is needed")]
    NoKey(PathBuf),
    /// Somebody else works on them.
    #[error("another patchbay process is changing the certificates in {0}; try again")]
    Busy(PathBuf),
    /// A file holds something else than it should.
    #[error("{0}")]
    Unusable(String),
    /// There are no certificates of that name, or there already are.
    #[error("{0}")]
    Name(String),
}

/// Why the server can't speak TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file holds no certificate or key.
    #[error("{0}: {1}")]
    Pem(String, rustls::pki_types::pem::Error),
    /// The certificate and the key don't work together, or the authority is none.
    #[error("the certificates can't be used: {0}")]
    Unusable(String),
}

pub fn unusable(error: impl std::fmt::Display) -> TlsError {
    TlsError::Unusable(error.to_string())
}
