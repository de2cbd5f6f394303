//! TLS: the server's certificate, and at the direct door the verification of client certificates.

use super::certificate::Certificate;
use super::client_verifier::ClientCheck;
use super::error::{TlsError, unusable};
use super::folder::Certificates;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{RootCertStore, ServerConfig};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

/// Whether a door verifies client certificates.
#[derive(Debug)]
pub enum ClientCertificates {
    /// It verifies them.
    Checked(Arc<ClientCheck>),
    /// It does not request any.
    Ignored,
}

/// The server's certificate, which all doors use. It can be reloaded while they are open.
#[derive(Debug)]
pub struct ServerCertificate(RwLock<Arc<CertifiedKey>>);

impl ServerCertificate {
    /// Reads it.
    ///
    /// # Errors
    /// [`TlsError`] if a file can't be read or has other content.
    pub fn read(certificates: &Certificates) -> Result<Self, TlsError> {
        Ok(Self(RwLock::new(certified_key(certificates)?)))
    }

    /// Reloads it for new connections. If it can't be used, the old one stays.
    ///
    /// # Errors
    /// As [`ServerCertificate::read`].
    pub fn read_again(&self, certificates: &Certificates) -> Result<(), TlsError> {
        let read = certified_key(certificates)?;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }
}

impl ServerCertificate {
    /// Days until it expires; negative if it has. `None` if the certificate can't be read.
    #[must_use]
    pub fn days_left(&self) -> Option<i64> {
        let shown = self.current();
        shown
            .cert
            .first()
            .and_then(|der| Certificate::read(der))
            .map(|certificate| certificate.days_left())
    }

    fn current(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ResolvesServerCert for ServerCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current())
    }
}

fn certified_key(certificates: &Certificates) -> Result<Arc<CertifiedKey>, TlsError> {
    let chain = read_certificates(&certificates.server())?;
    let key_path = certificates.server_key();
    let key =
        PrivateKeyDer::from_pem_file(&key_path).map_err(|error| pem_error(&key_path, error))?;
    let certified = CertifiedKey::from_der(chain, key, &ring::default_provider());
    certified.map(Arc::new).map_err(unusable)
}

/// Creates the verifier of client certificates.
///
/// # Errors
/// [`TlsError`] if a file can't be read or has other content.
pub fn client_check(certificates: &Certificates) -> Result<ClientCheck, TlsError> {
    let mut roots = RootCertStore::empty();
    let authorities = read_certificates(&certificates.root())?;
    if authorities.is_empty() {
        return Err(TlsError::Unusable(format!(
            "{} contains no certificate",
            certificates.root().display()
        )));
    }
    for root in authorities {
        roots.add(root).map_err(unusable)?;
    }
    ClientCheck::read(certificates, roots, Arc::new(ring::default_provider()))
}

/// The configuration of a door, for TLS 1.2 and 1.3.
///
/// If certificates are verified, an invalid one ends the handshake. A client without one can read
/// the API's documentation, so a browser can show it; other requests get a 401 that says what is
/// missing.
///
/// # Errors
/// [`TlsError::Unusable`] if the library does not support the protocol versions.
pub fn server_config(
    shown: Arc<ServerCertificate>,
    clients: ClientCertificates,
) -> Result<ServerConfig, TlsError> {
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?;
    let mut config = match clients {
        ClientCertificates::Ignored => builder.with_no_client_auth().with_cert_resolver(shown),
        ClientCertificates::Checked(check) => {
            let mut config = builder.with_client_cert_verifier(check).with_cert_resolver(shown);
            // A client that resumes a session does not send its certificate again, so it would not
            // be verified.
            config.session_storage = Arc::new(NoServerSessionStorage {});
            config.send_tls13_tickets = 0;
            config
        }
    };
    // All ciphers are secure, and the server chooses the best.
    config.ignore_client_order = true;
    Ok(config)
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|error| pem_error(path, error))
}

fn pem_error(path: &Path, error: rustls::pki_types::pem::Error) -> TlsError {
    TlsError::Pem(path.display().to_string(), error)
}
