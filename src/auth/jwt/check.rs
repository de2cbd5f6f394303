//! Checks JSON Web Tokens (RFC 7519) as RFC 8725 advises: only public keys, only the algorithms of
//! the key, and only tokens that expire.

use super::public_key;
use crate::crypto::digest;
use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, DecodingKey, TokenData, Validation, decode};
use ring::signature as algorithms;
use ring::signature::{UnparsedPublicKey, VerificationAlgorithm};
use serde_json::{Map, Value as Json, json};
use signature::Verifier;

/// The public keys of the issuers, with the claims that their tokens must have.
#[derive(Debug)]
pub struct JwtKeys(Vec<TrustedKey>);

/// A public key, with the claims that its tokens must have.
#[derive(Debug)]
struct TrustedKey {
    key: DecodingKey,
    validation: Validation,
    /// A digest of the key, the issuer and the audience.
    fingerprint: String,
}

/// A token that was checked.
#[derive(Debug)]
pub struct Jwt {
    /// All its claims.
    pub claims: Map<String, Json>,
    /// Until when it is valid, in seconds since 1970, including a minute for clocks that differ.
    pub good_until: i64,
    /// The fingerprint of the key that signed it, which covers the required issuer and audience.
    pub signed_by: String,
}

/// Why a token is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// It can't be parsed as a token, or has an unsupported algorithm.
    #[error(
        "is not a JSON Web Token with a signature by RS256/384/512, PS256/384/512, ES256, ES384 or \
         EdDSA"
    )]
    Malformed,
    /// None of the keys has signed it.
    #[error("is not signed by any of the keys in the setting front-jwt-key")]
    Signature,
    /// A required claim is missing or malformed.
    #[error("must have the claim {0}, in the format of RFC 7519")]
    Missing(String),
    /// It has expired.
    #[error("has expired")]
    Expired,
    /// It is not valid yet.
    #[error("is not valid yet")]
    Early,
    /// It has the wrong issuer.
    #[error("has the wrong issuer: iss must equal the setting front-jwt-issuer")]
    Issuer,
    /// It has the wrong audience.
    #[error(
        "has the wrong audience: aud must equal the setting front-jwt-audience, or be absent if \
         that is not set"
    )]
    Audience,
    /// It requires extensions that are not supported.
    #[error("has an unsupported crit header")]
    Critical,
}

/// The tolerated difference between clocks, in seconds.
const LEEWAY: u64 = 60;

impl JwtKeys {
    /// Reads keys in PEM: public keys, or certificates. Tokens must have this issuer and this
    /// audience, where one is given.
    ///
    /// # Errors
    /// The index of a PEM in the list, and why its key can't be used.
    pub fn new(
        pems: &[Vec<u8>],
        issuer: Option<&str>,
        audience: Option<&str>,
    ) -> Result<Self, (usize, &'static str)> {
        // The crate needs a provider. An error means that this same one is installed already.
        let _ = RING.install_default();
        let mut keys = Vec::new();
        for (place, pem) in pems.iter().enumerate() {
            for key in public_key::read(pem).map_err(|why| (place, why))? {
                let fingerprint =
                    fingerprint(&key, issuer, audience).map_err(|why| (place, why))?;
                let validation = validation(&key, issuer, audience);
                keys.push(TrustedKey { key, validation, fingerprint });
            }
        }
        Ok(Self(keys))
    }

    /// Whether tokens of any issuer and for any audience are accepted.
    #[must_use]
    pub fn take_any(&self) -> bool {
        self.0.iter().all(|TrustedKey { validation, .. }| {
            validation.aud.is_none() && validation.iss.is_none()
        })
    }

    /// The fingerprint of each key, which covers the required issuer and audience.
    pub fn fingerprints(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|key| key.fingerprint.as_str())
    }

    /// Verifies a token.
    ///
    /// # Errors
    /// Why the token can't be trusted.
    pub fn verify(&self, token: &str) -> Result<Jwt, JwtError> {
        let mut refused = JwtError::Signature;
        for trusted in &self.0 {
            let decoded = decode::<Map<String, Json>>(token, &trusted.key, &trusted.validation);
            match decoded.map_err(|error| reason(&error)) {
                Ok(token) => return understood(token, trusted),
                Err(JwtError::Signature) => {}
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }
}

fn validation(key: &DecodingKey, issuer: Option<&str>, audience: Option<&str>) -> Validation {
    let mut validation = Validation::new_for_family(key.family());
    let mut required = vec!["exp"];
    validation.leeway = LEEWAY;
    validation.validate_nbf = true;
    if let Some(issuer) = issuer {
        validation.set_issuer(&[issuer]);
        required.push("iss");
    }
    // Without this setting, a token with an audience is refused: it is meant for another service.
    if let Some(audience) = audience {
        validation.set_audience(&[audience]);
        required.push("aud");
    }
    validation.set_required_spec_claims(&required);
    validation
}

fn fingerprint(
    key: &DecodingKey,
    issuer: Option<&str>,
    audience: Option<&str>,
) -> Result<String, &'static str> {
    let bytes = key.try_get_as_bytes().map_err(|_| "is a key in an unsupported format")?;
    let parts = json!([format!("{:?}", key.family()), digest(bytes), issuer, audience]);
    Ok(digest(parts.to_string().as_bytes()))
}

fn understood(token: TokenData<Map<String, Json>>, trusted: &TrustedKey) -> Result<Jwt, JwtError> {
    let TrustedKey { validation, fingerprint, .. } = trusted;
    if token.header.crit.is_some() {
        return Err(JwtError::Critical);
    }
    // The crate ignores an audience that it can't parse.
    if validation.aud.is_none()
        && token.claims.get("aud").is_some_and(|audience| !audience.is_null())
    {
        return Err(JwtError::Audience);
    }
    // `exp` may have a fraction.
    let whole = |number: &Json| {
        number.as_i64().or_else(|| number.to_string().split('.').next()?.parse().ok())
    };
    let expires = token
        .claims
        .get("exp")
        .and_then(whole)
        .ok_or_else(|| JwtError::Missing("exp".to_owned()))?;
    let good_until = expires.saturating_add(LEEWAY.cast_signed());
    Ok(Jwt { claims: token.claims, good_until, signed_by: fingerprint.clone() })
}

fn reason(error: &Error) -> JwtError {
    match error.kind() {
        ErrorKind::InvalidSignature | ErrorKind::InvalidAlgorithm => JwtError::Signature,
        ErrorKind::MissingRequiredClaim(claim) | ErrorKind::InvalidClaimFormat(claim) => {
            JwtError::Missing(claim.clone())
        }
        ErrorKind::ExpiredSignature => JwtError::Expired,
        ErrorKind::ImmatureSignature => JwtError::Early,
        ErrorKind::InvalidIssuer => JwtError::Issuer,
        ErrorKind::InvalidAudience => JwtError::Audience,
        _ => JwtError::Malformed,
    }
}

/// Verifies signatures with the cryptography library of TLS. The providers that come with the crate
/// would be a second library, and the RSA of one leaks by its timing (RUSTSEC-2023-0071).
static RING: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| Err(ErrorKind::UnsupportedAlgorithm.into()),
    verifier_factory: |algorithm, key| verifier(*algorithm, key),
    key_utils: KeyUtils::new_unimplemented(),
};

fn verifier(algorithm: Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    let bytes = key.try_get_as_bytes()?.to_vec();
    let method: &'static dyn VerificationAlgorithm = match algorithm {
        Algorithm::RS256 => &algorithms::RSA_PKCS1_2048_8192_SHA256,
        Algorithm::RS384 => &algorithms::RSA_PKCS1_2048_8192_SHA384,
        Algorithm::RS512 => &algorithms::RSA_PKCS1_2048_8192_SHA512,
        Algorithm::PS256 => &algorithms::RSA_PSS_2048_8192_SHA256,
        Algorithm::PS384 => &algorithms::RSA_PSS_2048_8192_SHA384,
        Algorithm::PS512 => &algorithms::RSA_PSS_2048_8192_SHA512,
        Algorithm::ES256 => &algorithms::ECDSA_P256_SHA256_FIXED,
        Algorithm::ES384 => &algorithms::ECDSA_P384_SHA384_FIXED,
        Algorithm::EdDSA => &algorithms::ED25519,
        _ => return Err(ErrorKind::UnsupportedAlgorithm.into()),
    };
    Ok(Box::new(RingVerifier { algorithm, key: UnparsedPublicKey::new(method, bytes) }))
}

struct RingVerifier {
    algorithm: Algorithm,
    key: UnparsedPublicKey<Vec<u8>>,
}

impl Verifier<Vec<u8>> for RingVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        self.key.verify(message, signature).map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for RingVerifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

#[cfg(test)]
mod tests;
