//! JSON Web Tokens (RFC 7519) that others sign, checked as RFC 8725 advises: only public keys, only the algorithms of the key at hand, and never one
//! that has no end.

use super::public_key;
use crate::crypto::digest;
use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, DecodingKey, TokenData, Validation, decode};
use ring::signature as algorithms;
use ring::signature::{UnparsedPublicKey, VerificationAlgorithm};
use serde_json::{Map, Value as Json, json};
use signature::Verifier;

/// The public keys of who signs tokens, and what else a token must say.
#[derive(Debug)]
pub struct JwtKeys(Vec<TrustedKey>);

/// A public key, and what else a token that it signed must say.
#[derive(Debug)]
struct TrustedKey {
    key: DecodingKey,
    validation: Validation,
    /// Of the key, the issuer and the audience.
    fingerprint: String,
}

/// What a token says.
#[derive(Debug)]
pub struct Jwt {
    /// All its claims.
    pub claims: Map<String, Json>,
    /// Until when it is good, in seconds since 1970, with a minute for clocks that differ.
    pub good_until: i64,
    /// The fingerprint of the key that signed it, with the issuer and the audience that it had to name.
    pub signed_by: String,
}

/// Why a token is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// It is none.
    #[error("is no JSON Web Token that is signed by RS, PS, ES256, ES384 or EdDSA")]
    Malformed,
    /// Nobody whose key is known signed it like this.
    #[error("is not signed by a key that is known here")]
    Signature,
    /// It must say something that it does not, or not in this way.
    #[error("must have the claim {0}, in the form of RFC 7519")]
    Missing(String),
    /// Its time is over.
    #[error("has expired")]
    Expired,
    /// Its time has not come.
    #[error("is not valid yet")]
    Early,
    /// Its issuer is another.
    #[error("has another issuer: iss must be what front-jwt-issuer says")]
    Issuer,
    /// It is meant for others.
    #[error(
        "is meant for another audience: aud must be what front-jwt-audience says, or not be there if that is not set"
    )]
    Audience,
    /// It says that it can't be understood without what is not known here.
    #[error("has the header crit, of which nothing is known here")]
    Critical,
}

/// How much clocks may differ, in seconds.
const LEEWAY: u64 = 60;

impl JwtKeys {
    /// Takes keys in PEM: public keys, or certificates that hold one. Tokens must be of that issuer and for that audience, where one is given.
    ///
    /// # Errors
    /// The place of a key in the list, and why it is none that can be used.
    pub fn new(pems: &[Vec<u8>], issuer: Option<&str>, audience: Option<&str>) -> Result<Self, (usize, &'static str)> {
        // Without it the crate has no ciphers. If it is there already, it is the same.
        let _ = RING.install_default();
        let mut keys = Vec::new();
        for (place, pem) in pems.iter().enumerate() {
            for key in public_key::read(pem).map_err(|why| (place, why))? {
                let fingerprint = fingerprint(&key, issuer, audience).map_err(|why| (place, why))?;
                let validation = validation(&key, issuer, audience);
                keys.push(TrustedKey { key, validation, fingerprint });
            }
        }
        Ok(Self(keys))
    }

    /// Whether tokens need not say by whom and for whom they are.
    #[must_use]
    pub fn take_any(&self) -> bool {
        self.0.iter().all(|TrustedKey { validation, .. }| validation.aud.is_none() && validation.iss.is_none())
    }

    /// The fingerprint of each key, with the issuer and the audience that its tokens must name.
    pub fn fingerprints(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|key| key.fingerprint.as_str())
    }

    /// What a token says, if it can be trusted now.
    ///
    /// # Errors
    /// It can't.
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
    // A token for an audience is refused where none is set: it is meant for somebody else.
    if let Some(audience) = audience {
        validation.set_audience(&[audience]);
        required.push("aud");
    }
    validation.set_required_spec_claims(&required);
    validation
}

fn fingerprint(key: &DecodingKey, issuer: Option<&str>, audience: Option<&str>) -> Result<String, &'static str> {
    let bytes = key.try_get_as_bytes().map_err(|_| "is a key in a form that is not known here")?;
    let parts = json!([format!("{:?}", key.family()), digest(bytes), issuer, audience]);
    Ok(digest(parts.to_string().as_bytes()))
}

fn understood(token: TokenData<Map<String, Json>>, trusted: &TrustedKey) -> Result<Jwt, JwtError> {
    let TrustedKey { validation, fingerprint, .. } = trusted;
    if token.header.crit.is_some() {
        return Err(JwtError::Critical);
    }
    // The crate passes over an audience that it can't read.
    if validation.aud.is_none() && token.claims.get("aud").is_some_and(|audience| !audience.is_null()) {
        return Err(JwtError::Audience);
    }
    // `exp` may have a fraction.
    let whole = |number: &Json| number.as_i64().or_else(|| number.to_string().split('.').next()?.parse().ok());
    let expires = token.claims.get("exp").and_then(whole).ok_or_else(|| JwtError::Missing("exp".to_owned()))?;
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

/// The ciphers that TLS uses, for tokens as well. Those that the crate brings would be a second set, and its RSA leaks by its timing
/// (RUSTSEC-2023-0071).
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
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};

    fn vectors() -> Json {
        serde_json::from_str(include_str!("../../../tests/vectors/json_web_tokens.json")).unwrap()
    }

    fn keys(pem: &Json) -> JwtKeys {
        JwtKeys::new(&[pem.as_str().unwrap().into()], Some("https://issuer.example.com"), Some("patchbay")).unwrap()
    }

    #[test]
    fn takes_what_another_implementation_signed_by_every_kind_of_key() {
        let vectors = vectors();
        for key in vectors["keys"].as_array().unwrap() {
            for form in ["publicKey", "certificate", "rsaPublicKey", "certificateOfEd25519Authority"] {
                let Some(pem) = key.get(form) else { continue };
                for (algorithm, token) in key["tokens"].as_object().unwrap() {
                    let jwt = keys(pem).verify(token.as_str().unwrap()).unwrap();
                    assert_eq!(Json::Object(jwt.claims), vectors["claims"], "{algorithm}");
                    assert_eq!(jwt.good_until, 4_102_444_860);
                }
            }
        }
    }

    #[test]
    fn every_key_refuses_what_another_signed() {
        let vectors = vectors();
        let all = vectors["keys"].as_array().unwrap();
        for (place, key) in all.iter().enumerate() {
            for other in all.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, other)| other) {
                let refused = keys(&key["publicKey"]);
                for token in other["tokens"].as_object().unwrap().values() {
                    assert_eq!(refused.verify(token.as_str().unwrap()).unwrap_err(), JwtError::Signature);
                }
            }
        }
        let pem: String = all.iter().map(|key| key["publicKey"].as_str().unwrap()).collect();
        // Also if all stand in one file.
        for token in all.iter().flat_map(|key| key["tokens"].as_object().unwrap().values()) {
            keys(&pem.clone().into()).verify(token.as_str().unwrap()).unwrap();
        }
        let pems: Vec<Vec<u8>> = all.iter().map(|key| key["publicKey"].as_str().unwrap().into()).collect();
        let any = JwtKeys::new(&pems, None, Some("patchbay")).unwrap();
        for token in all.iter().flat_map(|key| key["tokens"].as_object().unwrap().values()) {
            any.verify(token.as_str().unwrap()).unwrap();
        }
    }

    #[test]
    fn keys_that_are_too_weak_or_private_or_none_are_named() {
        let vectors = vectors();
        let private = rcgen::KeyPair::generate().unwrap().serialize_pem();
        for (pem, part) in [
            (vectors["refused"]["rsa1024"].as_str().unwrap(), "less than 2048 bits"),
            (vectors["refused"]["p521"].as_str().unwrap(), "another curve"),
            (private.as_str(), "private key"),
            ("", "no public key"),
            (vectors["refused"]["secp256k1"].as_str().unwrap(), "another curve"),
            (vectors["refused"]["rsa1984"].as_str().unwrap(), "less than 2048 bits"),
            (&format!("{}{private}", vectors["keys"][1]["publicKey"].as_str().unwrap()), "private key"),
        ] {
            let good = vectors["keys"][0]["publicKey"].as_str().unwrap();
            let (place, why) = JwtKeys::new(&[good.into(), pem.into()], None, None).unwrap_err();
            assert!(place == 1 && why.contains(part), "{why}");
        }
    }

    /// Signs tokens with a key of its own.
    struct Issuer {
        key: EcdsaKeyPair,
        keys: JwtKeys,
    }

    impl Issuer {
        fn new(issuer: Option<&str>, audience: Option<&str>) -> Self {
            let pair = rcgen::KeyPair::generate().unwrap();
            let keys = JwtKeys::new(&[pair.public_key_pem().into()], issuer, audience).unwrap();
            let method = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let key = EcdsaKeyPair::from_pkcs8(method, pair.serialized_der(), &SystemRandom::new()).unwrap();
            Self { key, keys }
        }

        fn try_token(&self, header: &Json, claims: &Json) -> Result<Jwt, JwtError> {
            let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
            let signed = format!("{header}.{claims}");
            let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
            self.keys.verify(&format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
        }
    }

    #[test]
    fn a_token_must_be_of_its_time_its_issuer_and_for_its_audience() {
        const YEAR: i64 = 366 * 24 * 60 * 60;
        let now = jsonwebtoken::get_current_timestamp().cast_signed();
        let es256 = json!({"alg": "ES256"});
        let missing = |claim: &str| Err(JwtError::Missing(claim.to_owned()));
        let (bare, strict) = (Issuer::new(None, None), Issuer::new(Some("i"), Some("a")));
        for (issuer, claims, expected) in [
            (&bare, json!({"exp": now + YEAR}), Ok(now + YEAR + 60)),
            (&bare, json!({"exp": now + 100, "nbf": now - 100}), Ok(now + 160)),
            (&bare, json!({"exp": 4_102_444_800.5}), Ok(4_102_444_860)),
            (&bare, json!({"exp": now - 50}), Ok(now + 10)),
            (&bare, json!({"exp": now - 100}), Err(JwtError::Expired)),
            (&bare, json!({"exp": 0}), Err(JwtError::Expired)),
            (&bare, json!({"exp": now + 100, "nbf": now + 90}), Err(JwtError::Early)),
            (&bare, json!({}), missing("exp")),
            (&bare, json!({"exp": null}), missing("exp")),
            (&bare, json!({"exp": "4102444800"}), missing("exp")),
            (&bare, json!({"exp": -5}), missing("exp")),
            (&bare, json!({"exp": now + 100, "nbf": "soon"}), missing("nbf")),
            (&bare, json!({"exp": now + 100, "aud": 5}), Err(JwtError::Audience)),
            (&bare, json!({"exp": now + 100, "aud": ["a", 5]}), Err(JwtError::Audience)),
            (&bare, json!({"exp": now + 100, "aud": null}), Ok(now + 160)),
            // It is meant for somebody.
            (&bare, json!({"exp": now + 100, "aud": "a"}), Err(JwtError::Audience)),
            (&strict, json!({"exp": now + 100, "iss": "i", "aud": "a"}), Ok(now + 160)),
            (&strict, json!({"exp": now + 100, "iss": "i", "aud": ["b", "a"]}), Ok(now + 160)),
            (&strict, json!({"exp": now + 100, "iss": "i", "aud": ["b"]}), Err(JwtError::Audience)),
            (&strict, json!({"exp": now + 100, "iss": "i", "aud": []}), Err(JwtError::Audience)),
            (&strict, json!({"exp": now + 100, "iss": "j", "aud": "a"}), Err(JwtError::Issuer)),
            (&strict, json!({"exp": now + 100, "iss": 5, "aud": "a"}), missing("iss")),
            (&strict, json!({"exp": now + 100, "aud": "a"}), missing("iss")),
            (&strict, json!({"exp": now + 100, "iss": "i"}), missing("aud")),
            (&strict, json!([]), Err(JwtError::Malformed)),
        ] {
            let got = issuer.try_token(&es256, &claims).map(|jwt| jwt.good_until);
            assert_eq!(got, expected, "{claims}");
        }
    }

    #[test]
    fn who_asks_for_neither_issuer_nor_audience_takes_any() {
        for (issuer, audience, takes_any) in
            [(None, None, true), (Some("i"), None, false), (None, Some("a"), false), (Some("i"), Some("a"), false)]
        {
            assert_eq!(Issuer::new(issuer, audience).keys.take_any(), takes_any, "{issuer:?} {audience:?}");
        }
    }

    #[test]
    fn the_token_does_not_choose_how_it_is_checked() {
        let issuer = Issuer::new(None, None);
        let claims = json!({"exp": 4_102_444_800_i64});
        for (header, expected) in [
            (json!({"alg": "none"}), JwtError::Malformed),
            (json!({"alg": "HS256"}), JwtError::Signature),
            (json!({"alg": "RS256"}), JwtError::Signature),
            (json!({"alg": "ES384"}), JwtError::Signature),
            (json!({}), JwtError::Malformed),
            (json!({"alg": "ES256", "crit": ["b64"], "b64": false}), JwtError::Critical),
        ] {
            assert_eq!(issuer.try_token(&header, &claims).unwrap_err(), expected, "{header}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_a_token(text in ".{0,100}|[A-Za-z0-9_-]{0,30}\\.[A-Za-z0-9_-]{0,30}\\.[A-Za-z0-9_-]{0,30}") {
            prop_assert!(Issuer::new(None, None).keys.verify(&text).is_err());
        }

        #[test]
        fn no_token_is_good_with_a_letter_changed(place in 0usize..10_000, letter in "[A-Za-z0-9_.-]") {
            let vectors = vectors();
            let key = &vectors["keys"][1];
            let token = key["tokens"]["ES256"].as_str().unwrap();
            let place = place % token.len();
            let changed = format!("{}{letter}{}", &token[..place], &token[place + 1..]);
            // Of the last letter, not every bit counts.
            prop_assume!(changed != token && place + 1 < token.len());
            prop_assert!(keys(&key["publicKey"]).verify(&changed).is_err());
        }
    }
}
