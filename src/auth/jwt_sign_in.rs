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

/// Maximum length of a token, in bytes.
const LONGEST: usize = 16 * 1024;

/// Claims that describe the token or the sign-in, not the user (RFC 7519, 4.1; `OpenID` Connect
/// Core, 2).
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

/// Properties of a user that rules always read from the stored user, never from an attribute.
const OWN: [&str; 5] = ["id", "userId", "userDirectory", "name", "roles"];

/// The accepted tokens, and how their claims are interpreted.
#[derive(Debug)]
pub struct JwtSignIn {
    /// The keys of their issuers.
    pub keys: JwtKeys,
    /// The claim with the user id.
    pub user_id: String,
    /// Where the directory of the user comes from.
    pub directory: Directory,
    /// The claims that become attributes of the user.
    pub attributes: Attributes,
}

/// Where the directory of a user comes from.
#[derive(Debug)]
pub enum Directory {
    /// All users have this directory.
    Fixed(String),
    /// The claim of this name has the directory.
    Claim(String),
}

/// Which claims become attributes of the user.
#[derive(Debug)]
pub enum Attributes {
    /// All claims except those about the token and those that name the user or the directory.
    All,
    /// Only these, as pairs of the names of an attribute and its claim.
    Mapped(Vec<(String, String)>),
}

impl Attributes {
    /// Makes attributes of these claims, given as pairs of the names of an attribute and its claim.
    ///
    /// # Errors
    /// The name of an attribute that rules could never read.
    pub fn mapped(pairs: Vec<(String, String)>) -> Result<Self, String> {
        let own = pairs
            .iter()
            .find(|(attribute, _)| OWN.iter().any(|own| own.eq_ignore_ascii_case(attribute)));
        own.map_or(Ok(()), |(attribute, _)| Err(attribute.clone()))?;
        Ok(Self::Mapped(pairs))
    }

    /// The names of the attributes, if the settings list them.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::All => Vec::new(),
            Self::Mapped(pairs) => pairs.iter().map(|(attribute, _)| attribute.clone()).collect(),
        }
    }
}

impl JwtSignIn {
    /// The user that a token names.
    ///
    /// # Errors
    /// `Unauthorized` if the token can't be trusted, or names no user.
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

    /// The fingerprint of each key together with the interpretation of its claims.
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

/// The value of a claim as text; `None` if it is null, a list or an object.
fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(value) => Some(value.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

/// The texts of a claim that has one value or a list of values.
fn texts(value: &Json) -> impl Iterator<Item = String> {
    let values = match value {
        Json::Array(values) => values.as_slice(),
        value => std::slice::from_ref(value),
    };
    values.iter().filter_map(text)
}
