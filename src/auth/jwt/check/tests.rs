//! Tokens that are accepted, and tokens that are refused.

use super::*;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};

fn vectors() -> Json {
    serde_json::from_str(include_str!("../../../../tests/vectors/json_web_tokens.json")).unwrap()
}

fn keys(pem: &Json) -> JwtKeys {
    JwtKeys::new(
        &[pem.as_str().unwrap().into()],
        Some("https://issuer.example.com"),
        Some("patchbay"),
    )
    .unwrap()
}

#[test]
fn tokens_that_another_implementation_signed_are_accepted_for_every_kind_of_key() {
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
fn a_key_refuses_the_tokens_of_other_keys() {
    let vectors = vectors();
    let all = vectors["keys"].as_array().unwrap();
    for (place, key) in all.iter().enumerate() {
        for other in
            all.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, other)| other)
        {
            let refused = keys(&key["publicKey"]);
            for token in other["tokens"].as_object().unwrap().values() {
                assert_eq!(
                    refused.verify(token.as_str().unwrap()).unwrap_err(),
                    JwtError::Signature
                );
            }
        }
    }
    let pem: String = all.iter().map(|key| key["publicKey"].as_str().unwrap()).collect();
    // Also if all are in one file.
    for token in all.iter().flat_map(|key| key["tokens"].as_object().unwrap().values()) {
        keys(&pem.clone().into()).verify(token.as_str().unwrap()).unwrap();
    }
    let pems: Vec<Vec<u8>> =
        all.iter().map(|key| key["publicKey"].as_str().unwrap().into()).collect();
    let any = JwtKeys::new(&pems, None, Some("patchbay")).unwrap();
    for token in all.iter().flat_map(|key| key["tokens"].as_object().unwrap().values()) {
        any.verify(token.as_str().unwrap()).unwrap();
    }
}

#[test]
fn unusable_keys_are_refused_with_the_reason() {
    let vectors = vectors();
    let private = rcgen::KeyPair::generate().unwrap().serialize_pem();
    for (pem, part) in [
        (vectors["refused"]["rsa1024"].as_str().unwrap(), "fewer than 2048"),
        (vectors["refused"]["p521"].as_str().unwrap(), "an unsupported curve"),
        (private.as_str(), "private key"),
        ("", "not a public key"),
        (vectors["refused"]["secp256k1"].as_str().unwrap(), "an unsupported curve"),
        (vectors["refused"]["rsa1984"].as_str().unwrap(), "fewer than 2048"),
        (&format!("{}{private}", vectors["keys"][1]["publicKey"].as_str().unwrap()), "private key"),
    ] {
        let good = vectors["keys"][0]["publicKey"].as_str().unwrap();
        let (place, why) = JwtKeys::new(&[good.into(), pem.into()], None, None).unwrap_err();
        assert!(place == 1 && why.contains(part), "{why}");
    }
}

/// Signs tokens with its own key.
struct Issuer {
    key: EcdsaKeyPair,
    keys: JwtKeys,
}

impl Issuer {
    fn new(issuer: Option<&str>, audience: Option<&str>) -> Self {
        let pair = rcgen::KeyPair::generate().unwrap();
        let keys = JwtKeys::new(&[pair.public_key_pem().into()], issuer, audience).unwrap();
        let method = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let key =
            EcdsaKeyPair::from_pkcs8(method, pair.serialized_der(), &SystemRandom::new()).unwrap();
        Self { key, keys }
    }

    fn try_token(&self, header: &Json, claims: &Json) -> Result<Jwt, JwtError> {
        let [header, claims] =
            [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let signed = format!("{header}.{claims}");
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        self.keys.verify(&format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

#[test]
fn time_issuer_and_audience_of_a_token_are_checked() {
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
        // It has an audience.
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
fn any_token_is_taken_only_without_an_issuer_and_an_audience() {
    for (issuer, audience, takes_any) in [
        (None, None, true),
        (Some("i"), None, false),
        (None, Some("a"), false),
        (Some("i"), Some("a"), false),
    ] {
        assert_eq!(
            Issuer::new(issuer, audience).keys.take_any(),
            takes_any,
            "{issuer:?} {audience:?}"
        );
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
    fn random_texts_are_refused_as_tokens(text in ".{0,100}|[A-Za-z0-9_-]{0,30}\\.[A-Za-z0-9_-]{0,30}\\.[A-Za-z0-9_-]{0,30}") {
        prop_assert!(Issuer::new(None, None).keys.verify(&text).is_err());
    }

    #[test]
    fn a_token_with_one_changed_letter_is_refused(place in 0usize..10_000,
        letter in "[A-Za-z0-9_.-]") {
        let vectors = vectors();
        let key = &vectors["keys"][1];
        let token = key["tokens"]["ES256"].as_str().unwrap();
        let place = place % token.len();
        let changed = format!("{}{letter}{}", &token[..place], &token[place + 1..]);
        // Not every bit of the last letter is significant.
        prop_assume!(changed != token && place + 1 < token.len());
        prop_assert!(keys(&key["publicKey"]).verify(&changed).is_err());
    }
}
