//! The certificates of the fake: an authority, the server's and the client's.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

/// Writes what a client needs to `folder`, and returns how the server speaks TLS.
pub fn server_config(folder: &Path, only_tls12: bool) -> ServerConfig {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let issue = |name: &str, purpose| {
        let mut parameters = CertificateParams::new(vec![name.to_owned()]).unwrap();
        parameters.extended_key_usages = vec![purpose];
        let key = KeyPair::generate().unwrap();
        (parameters.signed_by(&key, &authority).unwrap(), key)
    };
    let (client, client_key) = issue("QlikClient", ExtendedKeyUsagePurpose::ClientAuth);
    fs::create_dir_all(folder).unwrap();
    for (name, content) in [
        ("root.pem", authority.pem()),
        ("client.pem", client.pem()),
        ("client_key.pem", client_key.serialize_pem()),
    ] {
        let file = folder.join(name);
        fs::write(&file, content).unwrap();
        fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let (server, server_key) = issue("localhost", ExtendedKeyUsagePurpose::ServerAuth);
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(server_key.serialize_der()));
    let versions = if only_tls12 { &[&TLS12][..] } else { &[&TLS12, &TLS13] };
    ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(vec![server.der().clone()], key)
        .unwrap()
}
