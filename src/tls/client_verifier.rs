//! Verifies client certificates: the authority must have signed them, and they must be neither
//! expired nor revoked. The revocation list can be reloaded while the doors are open.

use super::certificate::{Certificate, CertificateId};
use super::crl::RevocationList;
use super::error::{TlsError, unusable};
use super::folder::Certificates;
use chrono::Utc;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, Error, RootCertStore, SignatureScheme};
use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

/// Checks client certificates at the handshake and again at each request, because a connection may
/// be older than the revocation of its certificate.
#[derive(Debug)]
pub struct ClientCheck {
    roots: Arc<RootCertStore>,
    hints: Vec<DistinguishedName>,
    provider: Arc<CryptoProvider>,
    current: RwLock<Arc<Current>>,
}

/// The revocations that are known.
#[derive(Debug)]
struct Current {
    verifier: Arc<dyn ClientCertVerifier>,
    revoked: HashSet<CertificateId>,
}

impl ClientCheck {
    /// Reads the revocation lists.
    ///
    /// # Errors
    /// [`TlsError`] if a file can't be read or has other content.
    pub fn read(
        certificates: &Certificates,
        roots: RootCertStore,
        provider: Arc<CryptoProvider>,
    ) -> Result<Self, TlsError> {
        let roots = Arc::new(roots);
        let current = RwLock::new(Arc::new(Current::read(certificates, &roots, &provider)?));
        Ok(Self { hints: roots.subjects(), roots, provider, current })
    }

    /// Reloads the revocation lists, and returns the number of revoked certificates. Revocations
    /// stay in force if the lists can't be used, are missing or lack some of them.
    ///
    /// # Errors
    /// As [`ClientCheck::read`].
    pub fn read_again(&self, certificates: &Certificates) -> Result<usize, TlsError> {
        let mut read = Current::read(certificates, &self.roots, &self.provider)?;
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if !current.revoked.is_empty() && !certificates.revocations().exists() {
            return Err(TlsError::Unusable(format!(
                "{} is missing; put it back",
                certificates.revocations().display()
            )));
        }
        let listed = read.revoked.len();
        read.revoked.extend(current.revoked.iter().cloned());
        let revoked = read.revoked.len();
        if revoked > listed {
            // The list was lost or replaced by an older one. The handshake uses the list, each
            // request all known revocations.
            let lost = revoked - listed;
            tracing::error!(
                lost,
                "certificates that were revoked are missing from the revocation list; they stay \
                 refused until this server stops: revoke them again"
            );
        }
        *current = Arc::new(read);
        Ok(revoked)
    }

    /// Why a certificate that was valid at the handshake no longer is, if so.
    #[must_use]
    pub fn refusal(&self, certificate: &Certificate) -> Option<String> {
        let Certificate { name, id, until, .. } = certificate;
        if self.current().revoked.contains(id) {
            return Some(format!("the client certificate of {name} was revoked"));
        }
        (*until < Utc::now()).then(|| format!("the client certificate of {name} has expired"))
    }

    fn current(&self) -> Arc<Current> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Current {
    fn read(
        certificates: &Certificates,
        roots: &Arc<RootCertStore>,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, TlsError> {
        let lists = certificates.revocation_lists().map_err(unusable)?;
        let revoked = lists.iter().flat_map(RevocationList::revoked).collect();
        // A list stays valid after its next update: an old list is better than none, and refusing
        // every client would help no one. That is the verifier's behaviour unless it must enforce
        // expiration. Other authorities than ours may have no list.
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::clone(roots), Arc::clone(provider))
                .allow_unauthenticated()
                .allow_unknown_revocation_status()
                .with_crls(lists.into_iter().map(|list| list.der))
                .build()
                .map_err(unusable)?;
        Ok(Self { verifier, revoked })
    }
}

impl ClientCertVerifier for ClientCheck {
    fn offer_client_auth(&self) -> bool {
        true
    }

    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.hints
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.current().verifier.verify_client_cert(end_entity, intermediates,
            now).inspect_err(|error| {
            let certificate = Certificate::read(end_entity);
            let (name, serial) = certificate.map_or_else(
                Default::default, |it| (it.name, it.id.serial.to_string())
            );
            tracing::warn!(certificate = name, serial, %error, "a client certificate was refused");
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.current().verifier.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.current().verifier.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.current().verifier.supported_verify_schemes()
    }
}
