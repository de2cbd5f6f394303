//! JSON Web Tokens: a token of a trusted issuer names a user and attributes of the user (QRS
//! reference, 4.3).

use super::jwt::JwtKeys;
use crate::auth::credential::{Credential, Visitor};
use crate::auth::directory::outsider;
use crate::auth::session::SignIn;
use crate::crypto::digest;
use crate::error::RequestError;
use crate::model::Timestamp;
use serde_json::{Value as Json, json};

/// Longest token, in bytes.
const LONGEST: usize = 16 * 1024;

/// Claims that are about the token or the sign-in behind it, not about the user (RFC 7519, 4.1;
/// `OpenID` Connect Core, 2).
const OF_THE_TOKEN: [&str; 16] = [
    "iss",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "sid",
    "nonce",
    "auth_time",
    "at_hash",
    "c_hash",
    "s_hash",
    "acr",
    "amr",
    "azp",
    "session_state",
];

/// Properties of a user that no attribute of that name can replace in rules.
const OWN: [&str; 5] = ["id", "userId", "userDirectory", "name", "roles"];

/// The tokens that are accepted, and how they are understood.
#[derive(Debug)]
pub struct JwtSignIn {
    /// The keys of their issuers.
    pub keys: JwtKeys,
    /// The claim that has the user id.
    pub user_id: String,
    /// How the directory of the user is found.
    pub directory: Directory,
    /// The claims that become attributes of the user.
    pub attributes: Attributes,
}

/// How the directory of a user is found.
#[derive(Debug)]
pub enum Directory {
    /// All are of this one.
    Fixed(String),
    /// The claim of that name says it.
    Claim(String),
}

/// Which claims become attributes of the user.
#[derive(Debug)]
pub enum Attributes {
    /// All that are not about the token, and name neither user nor directory.
    All,
    /// These, each the name of the attribute and of the claim.
    Mapped(Vec<(String, String)>),
}

impl Attributes {
    /// These claims as attributes, each the name of the attribute and of the claim.
    ///
    /// # Errors
    /// The name of an attribute that would mean nothing.
    pub fn mapped(pairs: Vec<(String, String)>) -> Result<Self, String> {
        let own = pairs
            .iter()
            .find(|(attribute, _)| OWN.iter().any(|own| own.eq_ignore_ascii_case(attribute)));
        own.map_or(Ok(()), |(attribute, _)| Err(attribute.clone()))?;
        Ok(Self::Mapped(pairs))
    }

    /// The names of the attributes, if the settings say which there are.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::All => Vec::new(),
            Self::Mapped(pairs) => pairs.iter().map(|(attribute, _)| attribute.clone()).collect(),
        }
    }
}

impl JwtSignIn {
    /// The user whom a token names.
    ///
    /// # Errors
    /// `Unauthorized` if it can't be trusted, or names no user.
    pub fn visitor(&self, token: &str) -> Result<Visitor, RequestError> {
        if token.len() > LONGEST {
            return Err(RequestError::Unauthorized(format!(
                "the JWT in Authorization is longer than {LONGEST} bytes"
            )));
        }
        let jwt = self.keys.verify(token);
        let jwt = jwt.map_err(|error| {
            RequestError::Unauthorized(format!("the JWT in Authorization {error}"))
        })?;
        let text = |name: &str| {
            jwt.claims.get(name).and_then(text).ok_or_else(|| {
                RequestError::Unauthorized(format!(
                    "the JWT in Authorization must have the claim {name} as a string"
                ))
            })
        };
        let id = text(&self.user_id)?;
        let directory = match &self.directory {
            Directory::Fixed(directory) => directory.clone(),
            Directory::Claim(name) => text(name)?,
        };
        let user = outsider(&directory, &id)?.ok_or_else(|| {
            let message = "the JWT in Authorization must name a user and a directory of 1 to 255 \
                           characters each, without control characters";
            RequestError::Unauthorized(message.to_owned())
        })?;
        let good_until = Timestamp::from_millis(jwt.good_until.saturating_mul(1_000));
        let attributes = self.attributes(&jwt.claims);
        let (source, name) =
            (self.source(&jwt.signed_by), jwt.claims.get("jti").and_then(self::text));
        let sign_in =
            SignIn::by_jwt(user.clone(), source, &attributes, name, good_until).map(Box::new);
        Ok(Visitor {
            attributes,
            sign_in,
            ..Visitor::of_everything(user, Credential::Jwt(good_until))
        })
    }

    /// The fingerprint of each key together with how its tokens are understood.
    pub fn sources(&self) -> impl Iterator<Item = String> {
        self.keys.fingerprints().map(|key| self.source(key))
    }

    fn source(&self, key: &str) -> String {
        let directory = match &self.directory {
            Directory::Fixed(directory) => ["directory", directory],
            Directory::Claim(claim) => ["claim", claim],
        };
        let attributes = match &self.attributes {
            Attributes::All => None,
            Attributes::Mapped(pairs) => Some(pairs),
        };
        digest(json!(["jwt", key, self.user_id, directory, attributes]).to_string().as_bytes())
    }

    fn attributes(&self, claims: &serde_json::Map<String, Json>) -> Vec<(String, String)> {
        match &self.attributes {
            Attributes::Mapped(pairs) => pairs
                .iter()
                .filter_map(|(attribute, claim)| Some((attribute, claims.get(claim)?)))
                .flat_map(|(attribute, value)| texts(value).map(|text| (attribute.clone(), text)))
                .collect(),
            Attributes::All => claims
                .iter()
                .filter(|(name, _)| {
                    !self.names_user(name) && !OF_THE_TOKEN.contains(&name.as_str())
                })
                .flat_map(|(name, value)| texts(value).map(|text| (name.clone(), text)))
                .collect(),
        }
    }

    fn names_user(&self, claim: &str) -> bool {
        claim == self.user_id || matches!(&self.directory, Directory::Claim(name) if name == claim)
    }
}

/// A claim's value as text; nothing if it has parts.
fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(value) => Some(value.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

/// The texts of a claim that has one or a list of them.
fn texts(value: &Json) -> impl Iterator<Item = String> {
    let values = match value {
        Json::Array(values) => values.as_slice(),
        value => std::slice::from_ref(value),
    };
    values.iter().filter_map(text)
}
