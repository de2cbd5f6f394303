//! TLS with a site. Its certificate is always verified; no setting turns that off.

use super::client_certificate::{ClientCertificate, certificates, roots_in};
use super::definition::SignIn;
use super::error::SiteError;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use rustls_platform_verifier::Verifier;
use std::path::Path;
use std::sync::Arc;

/// The configuration for a way to sign in. `folder` is the folder of the site file.
///
/// # Errors
/// [`SiteError::Definition`] if a file of the site can't be used.
pub fn tls_config(sign_in: &SignIn, folder: &Path) -> Result<ClientConfig, SiteError> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error))?;
    match sign_in {
        SignIn::Certificate { folder: certificates, password, .. } => {
            let certificates = folder.join(certificates);
            let password = password
                .as_ref()
                .map(|source| source.read(folder, "the password of the client's key"))
                .transpose()?;
            let ClientCertificate { chain, key } =
                ClientCertificate::read(&certificates, password.as_ref())?;
            builder
                .with_root_certificates(trusted(roots_in(&certificates)?, &certificates)?)
                .with_client_auth_cert(chain, key)
                .map_err(|error| {
                    SiteError::Definition(format!(
                        "the certificate and the key in {} can't be used: {error}",
                        certificates.display()
                    ))
                })
        }
        SignIn::Token { root, .. } | SignIn::Header { root, .. } => match root {
            Some(root) => {
                let root = folder.join(root);
                let roots = trusted(certificates(&root)?, &root)?;
                Ok(builder.with_root_certificates(roots).with_no_client_auth())
            }
            None => with_roots_of_system(builder, provider),
        },
    }
}

fn with_roots_of_system(
    builder: ConfigBuilder<ClientConfig, WantsVerifier>,
    provider: Arc<CryptoProvider>,
) -> Result<ClientConfig, SiteError> {
    let verifier = Verifier::new(provider).map_err(|error| unusable(&error))?;
    let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
    Ok(builder.with_no_client_auth())
}

fn trusted(
    certificates: Vec<CertificateDer<'static>>,
    place: &Path,
) -> Result<RootCertStore, SiteError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        roots.add(certificate).map_err(|error| {
            SiteError::Definition(format!(
                "the root certificate in {} can't be used: {error}",
                place.display()
            ))
        })?;
    }
    Ok(roots)
}

fn unusable(error: &rustls::Error) -> SiteError {
    SiteError::Connection(format!("TLS can't be used: {error}"))
}
