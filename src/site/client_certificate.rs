//! The files that the QMC exports for a client, as PEM or as PFX.

use super::error::SiteError;
use crate::private_files::{check_file, read_regular};
use p12_keystore::Pkcs12Archive;
use p12_keystore::error::Error as PfxError;
use pkcs8::{EncryptedPrivateKeyInfoRef, SecretDocument};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use secrecy::{ExposeSecret, SecretString};
use std::path::Path;
use zeroize::Zeroizing;

const CERTIFICATE: &str = "client.pem";
const KEY: &str = "client_key.pem";
const PFX: &str = "client.pfx";

/// The root of the site, in the order in which it is looked for: the QMC exports the first with PEM
/// and the second with PFX.
const ROOTS: [&str; 2] = ["root.pem", "root.cer"];

/// A certificate with its chain, and its private key.
pub struct ClientCertificate {
    /// The certificate, and those between it and the root.
    pub chain: Vec<CertificateDer<'static>>,
    /// Its private key.
    pub key: PrivateKeyDer<'static>,
}

impl ClientCertificate {
    /// Reads the client's certificate in `folder`: `client.pem` and `client_key.pem`, or
    /// `client.pfx`. `password` opens the key.
    ///
    /// # Errors
    /// [`SiteError::Definition`] if a file is missing or has other content, if the password is
    /// wrong, or if other users can read the key.
    pub fn read(folder: &Path, password: Option<&SecretString>) -> Result<Self, SiteError> {
        let [certificate, key, pfx] = [CERTIFICATE, KEY, PFX].map(|name| folder.join(name));
        match (certificate.exists(), pfx.exists()) {
            (true, _) => {
                Ok(Self { chain: certificates(&certificate)?, key: pem_key(&key, password)? })
            }
            (false, true) => of_pfx(&pfx, password),
            (false, false) => Err(SiteError::Definition(format!(
                "{} has neither {CERTIFICATE} with {KEY} nor {PFX}; export the certificates of the \
                 site in the QMC (Certificates), or copy those of a Patchbay from its folder certs",
                folder.display()
            ))),
        }
    }
}

/// Reads the certificates of the authority that issued the site's certificate, from the folder that
/// the QMC exported.
///
/// # Errors
/// [`SiteError::Definition`] if the folder has none.
pub fn roots_in(folder: &Path) -> Result<Vec<CertificateDer<'static>>, SiteError> {
    let path = ROOTS.map(|name| folder.join(name)).into_iter().find(|path| path.exists());
    let path = path.ok_or_else(|| {
        SiteError::Definition(format!(
            "{} has neither {} nor {}, the root certificate of the site, which shows that the site \
             is the right one; export it along with the client's certificate",
            folder.display(),
            ROOTS[0],
            ROOTS[1]
        ))
    })?;
    certificates(&path)
}

/// Reads all certificates in a file, which is PEM or one certificate as DER.
///
/// # Errors
/// [`SiteError::Definition`] if the file can't be read or has none.
pub fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, SiteError> {
    let content = read(path)?;
    // A sequence of ASN.1, as every certificate in DER is.
    if content.starts_with(&[0x30]) {
        return Ok(vec![CertificateDer::from(content)]);
    }
    let all = CertificateDer::pem_slice_iter(&content).collect::<Result<Vec<_>, _>>();
    match all {
        Ok(all) if !all.is_empty() => Ok(all),
        _ => Err(fault(path, "contains no certificate")),
    }
}

fn pem_key(
    path: &Path,
    password: Option<&SecretString>,
) -> Result<PrivateKeyDer<'static>, SiteError> {
    check_key(path)?;
    let content = Zeroizing::new(read(path)?);
    let text = std::str::from_utf8(&content).map_err(|_| fault(path, "is not a text"))?;
    if text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") {
        return decrypt(path, text, password);
    }
    if text.contains("Proc-Type: 4,ENCRYPTED") {
        let path = path.display();
        return Err(SiteError::Definition(format!(
            "{path} is encrypted in an old way that Patchbay does not read; convert it: openssl \
             pkcs8 -topk8 -in {path} -out new_key.pem, and rename new_key.pem to {KEY}"
        )));
    }
    PrivateKeyDer::from_pem_slice(&content).map_err(|_| fault(path, "contains no private key"))
}

/// Decrypts a key in PKCS #8 (RFC 5958).
fn decrypt(
    path: &Path,
    text: &str,
    password: Option<&SecretString>,
) -> Result<PrivateKeyDer<'static>, SiteError> {
    let password = password.ok_or_else(|| needs_password(path))?;
    let (_, encrypted) =
        SecretDocument::from_pem(text.trim()).map_err(|_| fault(path, "is damaged"))?;
    let encrypted = EncryptedPrivateKeyInfoRef::try_from(encrypted.as_bytes())
        .map_err(|_| fault(path, "is damaged"))?;
    let key = encrypted
        .decrypt(password.expose_secret())
        .map_err(|_| fault(path, "can't be opened with this password"))?;
    Ok(PrivatePkcs8KeyDer::from(key.as_bytes().to_vec()).into())
}

fn of_pfx(path: &Path, password: Option<&SecretString>) -> Result<ClientCertificate, SiteError> {
    check_key(path)?;
    let content = Zeroizing::new(read(path)?);
    let text = password.map(ExposeSecret::expose_secret).unwrap_or_default();
    let archive = Pkcs12Archive::from_pkcs12(&content, text).map_err(|error| match error {
        PfxError::MacError(_) | PfxError::Pkcs5Error(_) | PfxError::UnpadError
            if password.is_none() =>
        {
            needs_password(path)
        }
        PfxError::MacError(_) | PfxError::Pkcs5Error(_) | PfxError::UnpadError => {
            fault(path, "can't be opened with this password")
        }
        other => fault(path, &format!("is not a PFX file that can be read: {other}")),
    })?;
    let [key] = archive.keys.as_slice() else {
        return Err(fault(path, "must contain exactly one private key"));
    };
    let mut chain: Vec<_> = archive
        .certs
        .iter()
        .map(|bag| (bag.local_key_id.is_some(), CertificateDer::from(bag.cert.as_der().to_vec())))
        .collect();
    // The certificate of the key comes first; the others may be in any order.
    chain.sort_by_key(|(is_of_key, _)| !is_of_key);
    let chain: Vec<_> = chain.into_iter().map(|(_, certificate)| certificate).collect();
    if chain.is_empty() {
        return Err(fault(path, "contains no certificate"));
    }
    let key = PrivatePkcs8KeyDer::from(key.key.as_der().to_vec()).into();
    Ok(ClientCertificate { chain, key })
}

fn check_key(path: &Path) -> Result<(), SiteError> {
    check_file(path, "the key of the client's certificate").map_err(SiteError::Definition)
}

fn read(path: &Path) -> Result<Vec<u8>, SiteError> {
    read_regular(path)
        .map_err(|error| SiteError::Definition(format!("can't read {}: {error}", path.display())))
}

fn needs_password(path: &Path) -> SiteError {
    SiteError::Definition(format!(
        "{} needs its password; name the variable or file that holds it: --certificate-password \
         env:NAME or file:PATH",
        path.display()
    ))
}

fn fault(path: &Path, why: &str) -> SiteError {
    SiteError::Definition(format!("{} {why}", path.display()))
}
