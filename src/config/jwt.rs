//! The settings of JSON Web Tokens.

use super::given_settings::{Given, WrongSetting};
use super::parse::{Unusable, filled_in};
use crate::auth::jwt::JwtKeys;
use crate::auth::jwt_sign_in::{Attributes, Directory, JwtSignIn};
use crate::private_files::read_trusted;
use clap::Args;
use std::fmt::Display;
use std::path::{Path, PathBuf};

/// The keys that verify tokens, and how tokens are read.
#[derive(Args)]
#[command(next_help_heading = "Signing in with JSON Web Tokens")]
pub struct JwtOptions {
    /// PEM file with the public key or the certificate that verifies JSON Web Tokens; may be
    /// repeated [default: none]
    #[arg(long, env = "PATCHBAY_FRONT_JWT_KEY", value_name = "FILE", value_delimiter = ',')]
    front_jwt_key: Vec<PathBuf>,
    #[command(flatten)]
    claims: ClaimOptions,
}

/// Settings that need a key.
#[derive(Args)]
#[expect(clippy::struct_field_names, reason = "a field has the name of its flag")]
struct ClaimOptions {
    /// Issuer that tokens must name in iss [default: any]
    #[arg(
        long,
        env = "PATCHBAY_FRONT_JWT_ISSUER",
        value_name = "ISSUER",
        value_parser = filled_in("an issuer, such as https://login.example.com")
    )]
    front_jwt_issuer: Option<String>,
    /// Audience that tokens must name in aud [default: only tokens without aud]
    #[
        arg(
            long,
            env = "PATCHBAY_FRONT_JWT_AUDIENCE",
            value_name = "AUDIENCE",
            value_parser = filled_in("an audience, such as patchbay")
        )
    ]
    front_jwt_audience: Option<String>,
    /// Claim that holds the user id
    #[arg(
        long,
        env = "PATCHBAY_FRONT_JWT_USER_ID",
        value_name = "CLAIM",
        value_parser = filled_in("the name of a claim"),
        default_value = "userId"
    )]
    front_jwt_user_id: String,
    /// Claim that holds the user directory
    #[arg(
        long,
        env = "PATCHBAY_FRONT_JWT_USER_DIRECTORY",
        value_name = "CLAIM",
        value_parser = filled_in("the name of a claim"),
        default_value = "userDirectory"
    )]
    front_jwt_user_directory: String,
    /// Claim that becomes an attribute of the user; group=roles makes the claim roles the attribute
    /// group; may be repeated [default: all claims]
    #[arg(
        long,
        env = "PATCHBAY_FRONT_JWT_ATTRIBUTE",
        value_name = "NAME[=CLAIM]",
        value_delimiter = ',',
        value_parser = attribute
    )]
    front_jwt_attribute: Vec<(String, String)>,
}

impl JwtOptions {
    /// Returns how tokens are accepted, if there is a key; if `directory` is given, all users that
    /// they name are in it.
    ///
    /// # Errors
    /// [`WrongSetting`] if a value can't be used, or a setting lacks a key.
    pub fn settle(
        self,
        given: &Given,
        directory: Option<String>,
    ) -> Result<Option<JwtSignIn>, WrongSetting> {
        let Self { front_jwt_key: files, claims } = self;
        if files.is_empty() {
            return given
                .refuse::<ClaimOptions>("front-jwt-key, the key that verifies tokens")
                .map(|()| None);
        }
        if directory.is_some() && given.has("front-jwt-user-directory") {
            return Err(WrongSetting::new(
                "front-jwt-user-directory",
                "can't be set together with front-directory; remove one of them",
            ));
        }
        let pems = files.iter().map(|path| read_key(path)).collect::<Result<Vec<_>, _>>()?;
        let (issuer, audience) =
            (claims.front_jwt_issuer.as_deref(), claims.front_jwt_audience.as_deref());
        let keys = JwtKeys::new(&pems, issuer, audience)
            .map_err(|(place, why)| wrong_key(format_args!("{} {why}", files[place].display())))?;
        Ok(Some(JwtSignIn {
            keys,
            user_id: claims.front_jwt_user_id,
            directory: directory
                .map_or(Directory::Claim(claims.front_jwt_user_directory), Directory::Fixed),
            attributes: attributes(claims.front_jwt_attribute)?,
        }))
    }
}

fn read_key(path: &Path) -> Result<Vec<u8>, WrongSetting> {
    read_trusted(path).map_err(wrong_key)
}

fn wrong_key(why: impl Display) -> WrongSetting {
    WrongSetting::new("front-jwt-key", format_args!("can't be used: {why}"))
}

/// Parses `attribute=claim`, or one name that stands for both.
fn attribute(text: &str) -> Result<(String, String), Unusable> {
    let (attribute, claim) = text.split_once('=').unwrap_or((text, text));
    let (attribute, claim) = (attribute.trim(), claim.trim());
    if attribute.is_empty() || claim.is_empty() {
        return Err(Unusable::expected("a name, or attribute=claim", text));
    }
    Ok((attribute.to_owned(), claim.to_owned()))
}

fn attributes(pairs: Vec<(String, String)>) -> Result<Attributes, WrongSetting> {
    if pairs.is_empty() {
        return Ok(Attributes::All);
    }
    Attributes::mapped(pairs).map_err(|name| {
        WrongSetting::new(
            "front-jwt-attribute",
            format_args!("can't be {name}: rules take it from the stored user, never from a token"),
        )
    })
}
