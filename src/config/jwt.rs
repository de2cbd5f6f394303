//! The settings of JSON Web Tokens.

use super::given_settings::Given;
use super::parse::{Unusable, filled_in};
use crate::auth::jwt::JwtKeys;
use crate::auth::jwt_sign_in::{Attributes, Directory, JwtSignIn};
use crate::private_files::read_trusted;
use clap::Args;
use std::path::{Path, PathBuf};

/// The keys by which tokens are accepted, and how tokens are read.
#[derive(Args)]
#[command(next_help_heading = "JSON Web Tokens at the front door")]
pub struct JwtOptions {
    /// File with the public key or the certificate, in PEM, of who signs JSON Web Tokens; may be
    /// given several times
    #[arg(long, env = "PATCHBAY_FRONT_JWT_KEY", value_name = "FILE", value_delimiter = ',')]
    front_jwt_key: Vec<PathBuf>,
    #[command(flatten)]
    claims: ClaimOptions,
}

/// Settings that mean nothing without a key.
#[derive(Args)]
#[expect(clippy::struct_field_names, reason = "a field has the name of its flag")]
struct ClaimOptions {
    /// Issuer that tokens must name in iss [default: any]
    #[arg(long, env = "PATCHBAY_FRONT_JWT_ISSUER", value_name = "ISSUER", value_parser = filled_in)]
    front_jwt_issuer: Option<String>,
    /// Audience that tokens must name in aud [default: tokens without one]
    #[
        arg(
            long,
            env = "PATCHBAY_FRONT_JWT_AUDIENCE",
            value_name = "AUDIENCE",
            value_parser = filled_in
        )
    ]
    front_jwt_audience: Option<String>,
    /// Claim with the user id
    #[arg(
        long,
        env = "PATCHBAY_FRONT_JWT_USER_ID",
        value_name = "CLAIM",
        value_parser = filled_in,
        default_value = "userId"
    )]
    front_jwt_user_id: String,
    /// Claim with the user directory
    #[arg(
        long,
        env = "PATCHBAY_FRONT_JWT_USER_DIRECTORY",
        value_name = "CLAIM",
        value_parser = filled_in,
        default_value = "userDirectory"
    )]
    front_jwt_user_directory: String,
    /// Claim that becomes an attribute of the user, by another name as in group=roles; may be given
    /// several times [default: all]
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
    /// How tokens are accepted, if they are; all users whom they name are of `directory` if there
    /// is one.
    ///
    /// # Errors
    /// A value that can't be used. The message is one line and names the setting.
    pub fn settle(
        self,
        given: &Given,
        directory: Option<String>,
    ) -> Result<Option<JwtSignIn>, String> {
        let Self { front_jwt_key: files, claims } = self;
        if files.is_empty() {
            return given
                .refuse::<ClaimOptions>("front-jwt-key, the key of who signs tokens")
                .map(|()| None);
        }
        if directory.is_some() && given.has("front-jwt-user-directory") {
            return Err(
                "only one of front-directory and front-jwt-user-directory can be set".to_owned()
            );
        }
        let pems = files.iter().map(|path| read_key(path)).collect::<Result<Vec<_>, _>>()?;
        let (issuer, audience) =
            (claims.front_jwt_issuer.as_deref(), claims.front_jwt_audience.as_deref());
        let keys = JwtKeys::new(&pems, issuer, audience)
            .map_err(|(place, why)| format!("front-jwt-key: {} {why}", files[place].display()))?;
        Ok(Some(JwtSignIn {
            keys,
            user_id: claims.front_jwt_user_id,
            directory: directory
                .map_or(Directory::Claim(claims.front_jwt_user_directory), Directory::Fixed),
            attributes: attributes(claims.front_jwt_attribute)?,
        }))
    }
}

fn read_key(path: &Path) -> Result<Vec<u8>, String> {
    read_trusted(path).map_err(|why| format!("front-jwt-key: {why}"))
}

/// `attribute=claim`, or the one name that both have.
fn attribute(text: &str) -> Result<(String, String), Unusable> {
    let (attribute, claim) = text.split_once('=').unwrap_or((text, text));
    let (attribute, claim) = (attribute.trim(), claim.trim());
    if attribute.is_empty() || claim.is_empty() {
        return Err(Unusable::expected("a name, or attribute=claim", text));
    }
    Ok((attribute.to_owned(), claim.to_owned()))
}

fn attributes(pairs: Vec<(String, String)>) -> Result<Attributes, String> {
    if pairs.is_empty() {
        return Ok(Attributes::All);
    }
    Attributes::mapped(pairs).map_err(|name| {
        format!(
            "front-jwt-attribute can't be {name}: rules know that of a user without a token, and \
             no token says it"
        )
    })
}
