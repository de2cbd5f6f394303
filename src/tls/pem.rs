//! Files in PEM (RFC 7468).

use super::error::CertificateError;
use crate::private_files::{read_regular_text, write_file};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use secrecy::SecretString;
use std::path::Path;

pub fn read(path: &Path) -> Result<String, CertificateError> {
    read_regular_text(path).map_err(|error| CertificateError::File(path.to_owned(), error))
}

pub fn write_pem(path: &Path, pem: &str) -> Result<(), CertificateError> {
    write_file(path, pem.as_bytes()).map_err(|error| CertificateError::File(path.to_owned(), error))
}

pub fn read_key(path: &Path) -> Result<SecretString, CertificateError> {
    read(path).map(SecretString::from)
}

/// Reads the first certificate in a file.
pub fn der_certificate(path: &Path) -> Result<CertificateDer<'static>, CertificateError> {
    first_certificate(read(path)?.as_bytes()).ok_or_else(|| no_certificate(path))
}

/// Reads all certificates in a file.
pub fn der_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let all = CertificateDer::pem_slice_iter(read(path)?.as_bytes()).collect::<Result<Vec<_>, _>>();
    all.map_err(|_| no_certificate(path))
}

pub fn first_certificate(pem: &[u8]) -> Option<CertificateDer<'static>> {
    CertificateDer::from_pem_slice(pem).ok()
}

pub fn no_certificate(path: &Path) -> CertificateError {
    CertificateError::Unusable(format!("{} contains no certificate", path.display()))
}
