//! Public keys in PEM, bare or in certificates, as those who sign tokens give them out.

use jsonwebtoken::DecodingKey;
use simple_asn1::{ASN1Block, OID, from_der, oid};

/// Sizes of RSA keys that are taken, in bits: shorter ones are no longer safe (NIST SP 800-131A), longer ones cost too much.
const RSA_BITS: std::ops::RangeInclusive<u64> = 2_048..=8_192;

/// What is no key that can be used.
const NONE: &str = "is no public key (RSA, ECDSA on P-256 or P-384, Ed25519) or certificate with one, in PEM";

/// The keys in a file, of which there is at least one. What else a certificate says, such as its own end, is not looked at.
///
/// # Errors
/// Why one of them can't be used.
pub fn read(pem: &[u8]) -> Result<Vec<DecodingKey>, &'static str> {
    let blocks = pem::parse_many(pem).map_err(|_| NONE)?;
    if blocks.is_empty() {
        return Err(NONE);
    }
    blocks.iter().map(|block| of_block(block.tag(), block.contents())).collect()
}

fn of_block(tag: &str, der: &[u8]) -> Result<DecodingKey, &'static str> {
    let parsed = || from_der(der).map_err(|_| NONE);
    match tag {
        "PUBLIC KEY" => parsed()?.first().and_then(key_info).ok_or(NONE)?.key(),
        "CERTIFICATE" => certified(&parsed()?).ok_or(NONE)?.key(),
        "RSA PUBLIC KEY" => rsa(der),
        tag if tag.contains("PRIVATE KEY") => Err(
            "is a private key, which only the issuer of tokens should have; a public key or a certificate is needed",
        ),
        _ => Err(NONE),
    }
}

/// A key and its kind, as X.509 has it (RFC 5280, 4.1: `SubjectPublicKeyInfo`).
struct KeyInfo<'d> {
    algorithm: &'d OID,
    curve: Option<&'d OID>,
    bits: &'d [u8],
}

impl KeyInfo<'_> {
    fn key(&self) -> Result<DecodingKey, &'static str> {
        let is = |oid: &OID| *self.algorithm == *oid;
        if is(&oid!(1, 2, 840, 113_549, 1, 1, 1)) {
            rsa(self.bits)
        } else if is(&oid!(1, 2, 840, 10_045, 2, 1)) {
            let is_known = [oid!(1, 2, 840, 10_045, 3, 1, 7), oid!(1, 3, 132, 0, 34)]
                .iter()
                .any(|known| self.curve == Some(known));
            if is_known {
                Ok(DecodingKey::from_ec_der(self.bits))
            } else {
                Err("is on another curve than P-256 or P-384")
            }
        } else if is(&oid!(1, 3, 101, 112)) {
            Ok(DecodingKey::from_ed_der(self.bits))
        } else {
            Err(NONE)
        }
    }
}

/// The key of a certificate: among what is signed, the one part of that form.
fn certified(certificate: &[ASN1Block]) -> Option<KeyInfo<'_>> {
    let Some(ASN1Block::Sequence(_, parts)) = certificate.first() else { return None };
    let Some(ASN1Block::Sequence(_, signed)) = parts.first() else { return None };
    signed.iter().find_map(key_info)
}

fn key_info(block: &ASN1Block) -> Option<KeyInfo<'_>> {
    let ASN1Block::Sequence(_, parts) = block else { return None };
    let [ASN1Block::Sequence(_, kind), ASN1Block::BitString(_, _, bits)] = parts.as_slice() else { return None };
    let Some(ASN1Block::ObjectIdentifier(_, algorithm)) = kind.first() else { return None };
    let curve = match kind.get(1) {
        Some(ASN1Block::ObjectIdentifier(_, curve)) => Some(curve),
        _ => None,
    };
    Some(KeyInfo { algorithm, curve, bits })
}

/// A key of RSA (RFC 8017, A.1.1).
fn rsa(der: &[u8]) -> Result<DecodingKey, &'static str> {
    let blocks = from_der(der).map_err(|_| NONE)?;
    let Some(ASN1Block::Sequence(_, numbers)) = blocks.first() else { return Err(NONE) };
    let Some(ASN1Block::Integer(_, modulus)) = numbers.first() else { return Err(NONE) };
    if RSA_BITS.contains(&modulus.bits()) {
        Ok(DecodingKey::from_rsa_der(der))
    } else {
        Err("is an RSA key of less than 2048 bits, or of more than 8192")
    }
}
