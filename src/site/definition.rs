//! How a site is reached: the content of its file.

use super::error::SiteError;
use super::secret_source::SecretSource;
use crate::store::UserName;
use reqwest::Url;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

/// How a site is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The address of the site, such as `https://qlik-prod:4242`, or that of a virtual proxy, such
    /// as `https://qlik-prod/jwt`. The site's certificate must have the name of this host.
    pub url: Url,
    /// The address to connect to, if the name in `url` does not lead there.
    pub connect: Option<SocketAddr>,
    /// How the commands prove which user they act as.
    pub sign_in: SignIn,
    /// The texts that are spelt differently there.
    pub map: MapTables,
}

/// Texts that are spelt differently on a site: by property, or by custom property with an `@`
/// before its name, the texts here with those on the site.
pub type MapTables = BTreeMap<String, BTreeMap<String, String>>;

/// How commands sign in at a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// By a client certificate that the site has issued.
    Certificate {
        /// The folder with the files that the QMC exports.
        folder: PathBuf,
        /// The password of the key, if it has one.
        password: Option<SecretSource>,
        /// The user to act as.
        user: UserName,
    },
    /// At a virtual proxy, by a JSON Web Token, which names the user.
    Token {
        /// The token.
        token: SecretSource,
        /// The certificate authority of the proxy, if the system does not trust it.
        root: Option<PathBuf>,
    },
    /// At a virtual proxy that trusts a header.
    Header {
        /// The header.
        header: UserHeader,
        /// The certificate authority of the proxy, if the system does not trust it.
        root: Option<PathBuf>,
    },
}

/// A header that a virtual proxy trusts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserHeader {
    /// Its name, such as `X-Qlik-HeaderAuth`.
    pub name: String,
    /// Its value, which names the user.
    pub value: String,
}

impl FromStr for UserHeader {
    type Err = String;

    /// Parses `NAME=VALUE`.
    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() && !value.is_empty() => {
                Ok(Self { name: name.to_owned(), value: value.to_owned() })
            }
            _ => Err("write the header as NAME=VALUE".to_owned()),
        }
    }
}

/// The keys of a site file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Keys {
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    connect: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificates: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate_password: Option<SecretSource>,
    #[serde(skip_serializing_if = "Option::is_none", rename = "as")]
    user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<SecretSource>,
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<UserHeader>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    map: MapTables,
}

impl Definition {
    /// Reads the content of a site file.
    ///
    /// # Errors
    /// A message of one line, with the line in the file where there is one.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut keys: Keys = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            format!("line {line}: {}", error.message().replace('\n', "; "))
        })?;
        let (url, connect) = (keys.url.clone(), keys.connect.clone());
        let map = std::mem::take(&mut keys.map);
        Ok(Self { map, ..Self::new(&url, connect.as_deref(), SignIn::try_from(keys)?)? })
    }

    /// A definition with an address for the site, and the IP address and port to connect to.
    ///
    /// # Errors
    /// A message of one line if an address can't be used.
    pub fn new(url: &str, connect: Option<&str>, sign_in: SignIn) -> Result<Self, String> {
        let url = parse_url(url)?;
        let connect = connect.map(parse_address).transpose()?;
        if connect.is_some() && url.domain().is_none() {
            return Err("connect: the url already has the IP address to connect to".to_owned());
        }
        Ok(Self { url, connect, sign_in, map: MapTables::new() })
    }

    /// The content of the site file.
    ///
    /// # Errors
    /// [`SiteError::Definition`] if a path is not valid UTF-8.
    pub fn to_toml(&self) -> Result<String, SiteError> {
        toml::to_string(&Keys::from(self))
            .map_err(|error| SiteError::Definition(format!("the site can't be written: {error}")))
    }
}

/// Reads the address of a site, which is an `https` address without query.
fn parse_url(text: &str) -> Result<Url, String> {
    let wrong = |why: &str| {
        format!("url: {why}; write it as https://qlik-prod:4242, or https://qlik-prod/jwt")
    };
    let mut url = Url::parse(text).map_err(|error| wrong(&format!("'{text}': {error}")))?;
    if url.scheme() != "https" {
        return Err(wrong("a site is reached by https only"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("the address must have no user and no password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("the address must have no query and no fragment"));
    }
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix("/qrs").unwrap_or(path).to_owned();
    url.set_path(&path);
    Ok(url)
}

fn parse_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        format!("connect: '{text}' is not an IP address with a port, such as 10.1.2.3:4242")
    })
}

impl TryFrom<Keys> for SignIn {
    type Error = String;

    fn try_from(keys: Keys) -> Result<Self, String> {
        let user = keys.user.as_deref().map(str::parse::<UserName>).transpose();
        let user = user.map_err(|why| format!("as: {why}"))?;
        match (keys.certificates, keys.token, keys.header) {
            (Some(folder), None, None) => {
                if keys.root.is_some() {
                    return Err("root: the folder of certificates has the root".to_owned());
                }
                let user = user.ok_or("as: the user to act as is missing")?;
                Ok(Self::Certificate { folder, password: keys.certificate_password, user })
            }
            (None, token, header) => {
                if user.is_some() {
                    return Err("as: the token or header names the user".to_owned());
                }
                if keys.certificate_password.is_some() {
                    return Err("certificate-password: certificates is missing".to_owned());
                }
                at_proxy(token, header, keys.root)
            }
            _ => Err(ONE_WAY.to_owned()),
        }
    }
}

const ONE_WAY: &str = "a site needs exactly one of certificates, token and header";

fn at_proxy(
    token: Option<SecretSource>,
    header: Option<UserHeader>,
    root: Option<PathBuf>,
) -> Result<SignIn, String> {
    match (token, header) {
        (Some(token), None) => Ok(SignIn::Token { token, root }),
        (None, Some(header)) => Ok(SignIn::Header { header, root }),
        _ => Err(ONE_WAY.to_owned()),
    }
}

impl From<&Definition> for Keys {
    fn from(definition: &Definition) -> Self {
        let mut keys = Self {
            url: definition.url.as_str().trim_end_matches('/').to_owned(),
            connect: definition.connect.map(|address| address.to_string()),
            certificates: None,
            certificate_password: None,
            user: None,
            token: None,
            header: None,
            root: None,
            map: definition.map.clone(),
        };
        match definition.sign_in.clone() {
            SignIn::Certificate { folder, password, user } => {
                keys.certificates = Some(folder);
                keys.certificate_password = password;
                keys.user = Some(user.to_string());
            }
            SignIn::Token { token, root } => (keys.token, keys.root) = (Some(token), root),
            SignIn::Header { header, root } => (keys.header, keys.root) = (Some(header), root),
        }
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_survives_its_file() {
        for text in [
            "url = 'https://qlik:4242'\ncertificates = 'certs'\nas = 'INTERNAL\\sa_api'",
            "url = 'https://qlik:4242/'\nconnect = '10.1.2.3:4242'\ncertificates = 'c'\n\
             certificate-password = { env = 'A' }\nas = 'A\\b'\n\n[map.'@stage']\ntest = 'prod'",
            "url = 'https://qlik/jwt'\ntoken = { file = 'token' }\nroot = 'ca.pem'",
            "url = 'https://qlik/h/qrs'\nheader = { name = 'X-User', value = 'A\\b' }",
        ] {
            let definition = Definition::parse(text).unwrap();
            let written = definition.to_toml().unwrap();
            assert_eq!(Definition::parse(&written), Ok(definition), "{written}");
        }
    }

    #[test]
    fn a_wrong_definition_names_its_key() {
        for (text, key) in [
            ("url = 'http://qlik'\ntoken = { env = 'A' }", "https only"),
            ("url = 'https://a:b@qlik'\ntoken = { env = 'A' }", "no user"),
            ("url = 'https://qlik?a'\ntoken = { env = 'A' }", "no query"),
            ("url = 'https://qlik'", "exactly one of"),
            ("url = 'https://qlik'\ntoken = { env = 'A' }\ncertificates = 'c'", "exactly one of"),
            ("url = 'https://qlik'\ncertificates = 'c'", "as: "),
            ("url = 'https://qlik'\ncertificates = 'c'\nas = 'sa_api'", "DIRECTORY\\userid"),
            ("url = 'https://qlik'\ntoken = { env = 'A' }\nas = 'A\\b'", "as: "),
            ("url = 'https://qlik'\nconnect = 'qlik:1'\ntoken = { env = 'A' }", "connect: "),
            ("url = 'https://qlik'\n\ntokens = { env = 'A' }", "line 3: unknown field `tokens`"),
            ("url = 'https://qlik'\ntoken = 'A'", "line 2"),
        ] {
            let why = Definition::parse(text).unwrap_err();
            assert!(why.contains(key) && !why.contains('\n'), "{text}: {why}");
        }
    }
}
