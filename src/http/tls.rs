//! TLS: the server shows its certificate, and at the direct door checks the one that a client shows.

use super::certificates::Certificates;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::{RootCertStore, ServerConfig};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

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

/// The server's certificate, which all doors show. It can be read anew while they are open.
#[derive(Debug)]
pub struct ServerCertificate(RwLock<Arc<CertifiedKey>>);

impl ServerCertificate {
    /// Reads it.
    ///
    /// # Errors
    /// A file can't be read, or holds something else.
    pub fn read(certificates: &Certificates) -> Result<Self, TlsError> {
        Ok(Self(RwLock::new(certified_key(certificates)?)))
    }

    /// Reads it anew, for the connections that come from now on. If it can't be used, the old one stays.
    ///
    /// # Errors
    /// As [`ServerCertificate::read`].
    pub fn read_again(&self, certificates: &Certificates) -> Result<(), TlsError> {
        let read = certified_key(certificates)?;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }
}

impl ResolvesServerCert for ServerCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn certified_key(certificates: &Certificates) -> Result<Arc<CertifiedKey>, TlsError> {
    let chain = read_certificates(&certificates.server())?;
    let key_path = certificates.server_key();
    let key = PrivateKeyDer::from_pem_file(&key_path).map_err(|error| pem_error(&key_path, error))?;
    let certified = CertifiedKey::from_der(chain, key, &ring::default_provider());
    certified.map(Arc::new).map_err(|error| TlsError::Unusable(error.to_string()))
}

/// The configuration of a door.
///
/// Where they are checked, a client certificate of another authority ends the handshake. A client without one gets in as far as the API's
/// documentation, which a browser can so show, and is told by a 401 what is missing for the rest.
///
/// # Errors
/// A file can't be read, or holds something else.
pub fn server_config(
    certificates: &Certificates,
    shown: Arc<ServerCertificate>,
    clients: ClientCertificates,
) -> Result<ServerConfig, TlsError> {
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
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map(|builder| match clients {
            ClientCertificates::Checked => builder.with_client_cert_verifier(verifier),
            ClientCertificates::Ignored => builder.with_no_client_auth(),
        })
        .map(|builder| builder.with_cert_resolver(shown))
        .map_err(|error| TlsError::Unusable(error.to_string()))?;
    // All ciphers are sound, and which is the best is for the server to say.
    config.ignore_client_order = true;
    Ok(config)
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    CertificateDer::pem_file_iter(path).and_then(Iterator::collect).map_err(|error| pem_error(path, error))
}

fn pem_error(path: &Path, error: rustls::pki_types::pem::Error) -> TlsError {
    TlsError::Pem(path.display().to_string(), error)
}
