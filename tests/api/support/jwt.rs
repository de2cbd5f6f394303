//! An issuer of JSON Web Tokens.

use crate::support::Server;
use crate::support::visitor::start;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde_json::{Value as Json, json};
use std::time::{SystemTime, UNIX_EPOCH};
use tempfile::NamedTempFile;

/// Signs tokens.
pub struct Issuer {
    key: EcdsaKeyPair,
    public_key: NamedTempFile,
}

impl Issuer {
    pub fn new() -> Self {
        let pair = rcgen::KeyPair::generate().unwrap();
        let method = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let key =
            EcdsaKeyPair::from_pkcs8(method, pair.serialized_der(), &SystemRandom::new()).unwrap();
        Self { key, public_key: file(&pair.public_key_pem()) }
    }

    pub fn key(&self) -> &str {
        self.public_key.path().to_str().unwrap()
    }

    /// Starts a server whose front door accepts the tokens.
    pub fn start(&self, more: &[&str]) -> (Server, String) {
        start(&[&["--front-jwt-key", self.key()], more].concat())
    }

    pub fn bearer(&self, claims: &Json) -> String {
        let encode = |part: &Json| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed =
            format!("{}.{}", encode(&json!({"alg": "ES256", "typ": "JWT"})), encode(claims));
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("Bearer {signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

pub fn file(text: &str) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// These claims, in a token that is still valid for a while.
pub fn claims(more: &Json) -> Json {
    let mut claims = json!({"exp": now() + 600, "userId": "anna", "userDirectory": "LAB"});
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    claims
}
