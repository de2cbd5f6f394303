//! TLS: the server shows its certificate, and at the direct door checks the one that a client shows.

use super::certificates::Certificates;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use std::path::Path;
use std::sync::Arc;

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

/// Whether a door looks at certificates of clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientCertificates {
    /// It does.
    Checked,
    /// It does not ask for any.
    Ignored,
}

/// The configuration of a door.
///
/// Where they are checked, a client certificate of another authority ends the handshake. A client without one gets in as far as the API's
/// documentation, which a browser can so show, and is told by a 401 what is missing for the rest.
///
/// # Errors
/// A file can't be read, or holds something else.
pub fn server_config(certificates: &Certificates, clients: ClientCertificates) -> Result<ServerConfig, TlsError> {
    let provider = Arc::new(ring::default_provider());
    let mut roots = RootCertStore::empty();
    let authorities = read_certificates(&certificates.root())?;
    if authorities.is_empty() {
        return Err(TlsError::Unusable(format!("{} holds none", certificates.root().display())));
    }
    for root in authorities {
        roots.add(root).map_err(|error| TlsError::Unusable(error.to_string()))?;
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .allow_unauthenticated()
        .build()
        .map_err(|error| TlsError::Unusable(error.to_string()))?;
    let chain = read_certificates(&certificates.server())?;
    let key_path = certificates.server_key();
    let key = PrivateKeyDer::from_pem_file(&key_path).map_err(|error| pem_error(&key_path, error))?;
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| match clients {
            ClientCertificates::Checked => builder.with_client_cert_verifier(verifier).with_single_cert(chain, key),
            ClientCertificates::Ignored => builder.with_no_client_auth().with_single_cert(chain, key),
        })
        .map_err(|error| TlsError::Unusable(error.to_string()))
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    CertificateDer::pem_file_iter(path).and_then(Iterator::collect).map_err(|error| pem_error(path, error))
}

fn pem_error(path: &Path, error: rustls::pki_types::pem::Error) -> TlsError {
    TlsError::Pem(path.display().to_string(), error)
}
