//! Public keys in PEM, bare or in certificates, as issuers of tokens publish them.

use jsonwebtoken::DecodingKey;
use x509_parser::der_parser::asn1_rs::{Oid, oid};
use x509_parser::pem::Pem;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::RSAPublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

/// Sizes of RSA keys that are accepted, in bits: shorter ones are no longer safe (NIST SP
/// 800-131A), longer ones cost too much.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2_048..=8_192;

/// Key algorithms (RFC 8017, RFC 5480 and RFC 8410).
const RSA: Oid<'static> = oid!(1.2.840.113549.1.1.1);
const ECDSA: Oid<'static> = oid!(1.2.840.10045.2.1);
const ED25519: Oid<'static> = oid!(1.3.101.112);

/// The curves P-256 and P-384 (RFC 5480, 2.1.1.1).
const CURVES: [Oid<'static>; 2] = [oid!(1.2.840.10045.3.1.7), oid!(1.3.132.0.34)];

/// The message about a text that is not a usable key.
const NONE: &str = "is not a public key (RSA, ECDSA on P-256 or P-384, Ed25519) in PEM, nor a \
                    certificate with one";

/// Reads the keys of a file, at least one. The other contents of a certificate, such as its expiry,
/// are ignored.
///
/// # Errors
/// Why a key can't be used.
pub fn read(pem: &[u8]) -> Result<Vec<DecodingKey>, &'static str> {
    let keys: Vec<DecodingKey> = Pem::iter_from_buffer(pem)
        .map(|block| of_block(&block.map_err(|_| NONE)?))
        .collect::<Result<_, _>>()?;
    if keys.is_empty() { Err(NONE) } else { Ok(keys) }
}

fn of_block(block: &Pem) -> Result<DecodingKey, &'static str> {
    let der = block.contents.as_slice();
    match block.label.as_str() {
        "PUBLIC KEY" => {
            let (_, key) = SubjectPublicKeyInfo::from_der(der).map_err(|_| NONE)?;
            of_key_info(&key)
        }
        "CERTIFICATE" => {
            let (_, certificate) = X509Certificate::from_der(der).map_err(|_| NONE)?;
            of_key_info(certificate.public_key())
        }
        "RSA PUBLIC KEY" => rsa(der),
        label if label.contains("PRIVATE KEY") => Err(
            "is a private key, which only the issuer of tokens should have; use its public key \
                 or its certificate",
        ),
        _ => Err(NONE),
    }
}

fn of_key_info(info: &SubjectPublicKeyInfo<'_>) -> Result<DecodingKey, &'static str> {
    let bits = info.subject_public_key.data.as_ref();
    let curve = info.algorithm.parameters.as_ref().and_then(|curve| curve.as_oid().ok());
    match &info.algorithm.algorithm {
        algorithm if *algorithm == RSA => rsa(bits),
        algorithm if *algorithm == ECDSA => match curve {
            Some(curve) if CURVES.contains(&curve) => Ok(DecodingKey::from_ec_der(bits)),
            _ => Err("is on an unsupported curve; use P-256 or P-384"),
        },
        algorithm if *algorithm == ED25519 => Ok(DecodingKey::from_ed_der(bits)),
        _ => Err(NONE),
    }
}

/// Reads an RSA key (RFC 8017, A.1.1).
fn rsa(der: &[u8]) -> Result<DecodingKey, &'static str> {
    let (_, key) = RSAPublicKey::from_der(der).map_err(|_| NONE)?;
    let zeros = key.modulus.iter().take_while(|byte| **byte == 0).count();
    let modulus = &key.modulus[zeros..];
    let unused = modulus.first().map_or(0, |first| first.leading_zeros() as usize);
    if RSA_BITS.contains(&(8 * modulus.len() - unused)) {
        Ok(DecodingKey::from_rsa_der(der))
    } else {
        Err("is an RSA key of fewer than 2048 or more than 8192 bits")
    }
}
