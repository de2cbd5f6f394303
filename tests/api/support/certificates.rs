//! Client certificates.

use crate::support::machine::{patchbay, says};
use crate::support::{Client, Server, certificate};
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, Issuer, KeyPair};
use std::fs;
use std::path::Path;
use time::{Duration, OffsetDateTime};

/// A client certificate that is valid except for one adjustment.
pub fn made(issuer: &Issuer<'_, KeyPair>, adjust: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "somebody");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params.not_before = OffsetDateTime::now_utc() - Duration::DAY;
    params.not_after = OffsetDateTime::now_utc() + Duration::DAY;
    adjust(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, issuer).unwrap();
    [certificate.pem(), key.serialize_pem()].concat().into_bytes()
}

/// The certificate authority of a server.
pub fn authority(data: &Path) -> Issuer<'static, KeyPair> {
    let read = |name: &str| fs::read_to_string(data.join("certs").join(name)).unwrap();
    Issuer::from_ca_cert_pem(&read("root.pem"), KeyPair::from_pem(&read("root_key.pem")).unwrap())
        .unwrap()
}

pub fn self_signed() -> Vec<u8> {
    let mut params = CertificateParams::default();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let key = KeyPair::generate().unwrap();
    [params.self_signed(&key).unwrap().pem(), key.serialize_pem()].concat().into_bytes()
}

/// Whether the server closes the connection without a response.
pub fn is_refused(client: &Client) -> bool {
    client.request("GET", "/tag").send().is_err()
}

/// Issues a certificate, and returns it with its key.
pub fn issue(server: &Server, name: &str) -> Vec<u8> {
    says(
        &patchbay(&server.data(), &["cert", "issue", name]),
        &[&format!("issued {name} (serial ")],
    );
    certificate(&server.data().join("certs/clients"), name)
}

pub fn list(server: &Server) -> String {
    says(&patchbay(&server.data(), &["cert", "list"]), &[])
}

/// The serial numbers of a client's certificates, in the listed order.
pub fn serials(server: &Server, name: &str) -> Vec<String> {
    let list = list(server);
    let of_name = list.lines().filter(|line| line.split_whitespace().nth(2) == Some(name));
    of_name.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
}
