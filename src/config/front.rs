//! The settings of the front door, which mean nothing without its address.

use super::{HEADER_SECRET, Options, bounded, parse_address};
use crate::auth::directory::check_directory;
use crate::auth::front::{Front, FrontSessions};
use crate::auth::jwt::JwtKeys;
use crate::auth::jwt_sign_in::{Attributes, Directory, JwtSignIn};
use crate::auth::throttle::SignInLimits;
use crate::auth::trusted_header::{SECRET_HEADER, TrustedHeader};
use crate::model::Context;
use crate::private::read_trusted;
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

/// The front door.
#[derive(Clone, Debug)]
pub struct FrontDoor {
    /// The address to listen on.
    pub address: SocketAddr,
    /// Whether it speaks TLS.
    pub tls: Tls,
    /// What it takes.
    pub takes: Arc<Front>,
}

/// Whether a door speaks TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// It does.
    On,
    /// It speaks plain HTTP, which nobody but this machine hears.
    Off,
}

/// Shortest secret of a proxy, in characters.
const SHORTEST_SECRET: usize = 32;

/// The front door that these options describe, if they open one.
///
/// # Errors
/// A value that can't be used. The message is one line and names the setting.
pub fn settle(options: &Options, secret: Option<SecretString>) -> Result<Option<FrontDoor>, String> {
    check_filled_in(options)?;
    let Some(address) = &options.front else { return check_unused(options, secret.as_ref()).map(|()| None) };
    let address = parse_address("front", address)?;
    let tls = tls(options.front_tls.as_deref().unwrap_or("on"), address)?;
    let context = context(options.front_context.as_deref().unwrap_or("hub"))?;
    let directory = options.front_directory.as_deref().map(check_directory).transpose();
    let directory = directory.map_err(|why| format!("front-directory {why}"))?;
    let (header, jwt) = (header(options, secret, directory.clone())?, jwt(options, directory.clone())?);
    if directory.is_some() && header.is_none() && jwt.is_none() {
        return Err("front-directory needs front-header or front-jwt-key".to_owned());
    }
    if options.front_sessions.is_some() && header.is_none() && jwt.is_none() {
        return Err("front-sessions needs front-header or front-jwt-key".to_owned());
    }
    let sessions = sessions(options.front_sessions.as_deref().unwrap_or("on"))?;
    let takes = Arc::new(Front { context, header, jwt, sign_in: sign_in(options)?, sessions });
    Ok(Some(FrontDoor { address, tls, takes }))
}

/// How many may fail to sign in: not so many that anybody can guess.
fn sign_in(options: &Options) -> Result<SignInLimits, String> {
    Ok(SignInLimits {
        user_failures: bounded("sign-in-user-failures", options.sign_in_user_failures, 5, 1, 100)?,
        address_failures: bounded("sign-in-address-failures", options.sign_in_address_failures, 20, 1, 10_000)?,
        wait_seconds: bounded("sign-in-wait-seconds", options.sign_in_wait_seconds, 900, 1, 86_400)?,
    })
}

/// Refuses settings that are there, but empty, as an unset variable makes them.
fn check_filled_in(options: &Options) -> Result<(), String> {
    let is_empty = |text: &Option<String>| text.as_ref().is_some_and(|text| text.trim().is_empty());
    let empty = [
        ("front-header", is_empty(&options.front_header)),
        ("front-jwt-issuer", is_empty(&options.front_jwt_issuer)),
        ("front-jwt-audience", is_empty(&options.front_jwt_audience)),
        ("front-jwt-user-id", is_empty(&options.front_jwt_user_id)),
        ("front-jwt-user-directory", is_empty(&options.front_jwt_user_directory)),
    ];
    first(&empty).map_or(Ok(()), |name| Err(format!("{name} is empty")))
}

/// Refuses settings that would do nothing.
fn check_unused(options: &Options, secret: Option<&SecretString>) -> Result<(), String> {
    let set = [
        ("front-context", options.front_context.is_some()),
        ("front-tls", options.front_tls.is_some()),
        ("front-directory", options.front_directory.is_some()),
        ("front-header", options.front_header.is_some()),
        ("front-header-from", !options.front_header_from.is_empty()),
        ("front-jwt-key", !options.front_jwt_key.is_empty()),
        ("front-sessions", options.front_sessions.is_some()),
        ("sign-in-user-failures", options.sign_in_user_failures.is_some()),
        ("sign-in-address-failures", options.sign_in_address_failures.is_some()),
        ("sign-in-wait-seconds", options.sign_in_wait_seconds.is_some()),
        (HEADER_SECRET, secret.is_some()),
    ];
    match first(&set) {
        Some(name) => Err(format!("{name} needs front, the address")),
        None => check_without_key(options),
    }
}

fn tls(text: &str, address: SocketAddr) -> Result<Tls, String> {
    match text.to_ascii_lowercase().as_str() {
        "on" => Ok(Tls::On),
        "off" if address.ip().is_loopback() => Ok(Tls::Off),
        "off" => Err(format!("front-tls can be off on a loopback address only, not on {}", address.ip())),
        other => Err(format!("front-tls must be on or off, not '{other}'")),
    }
}

fn sessions(text: &str) -> Result<FrontSessions, String> {
    match text.to_ascii_lowercase().as_str() {
        "on" => Ok(FrontSessions::On),
        "off" => Ok(FrontSessions::Off),
        other => Err(format!("front-sessions must be on or off, not '{other}'")),
    }
}

fn context(text: &str) -> Result<Context, String> {
    Context::of_place(text).ok_or_else(|| format!("front-context must be hub or management, not '{text}'"))
}

fn header(
    options: &Options,
    secret: Option<SecretString>,
    directory: Option<String>,
) -> Result<Option<TrustedHeader>, String> {
    let Some(name) = &options.front_header else {
        return if options.front_header_from.is_empty() && secret.is_none() {
            Ok(None)
        } else {
            Err(format!("front-header-from and {HEADER_SECRET} need front-header, the header's name"))
        };
    };
    let from = options.front_header_from.iter().map(|text| network(text)).collect::<Result<Vec<_>, _>>()?;
    if secret.is_none() && from.iter().any(|network| network.prefix_len() == 0) {
        return Err(format!("front-header-from would trust everybody; that needs {HEADER_SECRET} as well"));
    }
    if from.is_empty() && secret.is_none() {
        return Err(format!(
            "front-header needs front-header-from, the addresses of proxies, or {HEADER_SECRET}, which they show in {SECRET_HEADER}"
        ));
    }
    if !secret.as_ref().is_none_or(can_be_shown) {
        let form = "letters, digits and signs of ASCII without a blank, as a header can show it";
        return Err(format!("{HEADER_SECRET} must have at least {SHORTEST_SECRET} {form}"));
    }
    let header = TrustedHeader::new(name, from, secret, directory);
    let wrong = || format!("front-header must be the name of a header that has no other meaning, not '{name}'");
    header.map(Some).ok_or_else(wrong)
}

fn can_be_shown(secret: &SecretString) -> bool {
    let secret = secret.expose_secret();
    secret.len() >= SHORTEST_SECRET && secret.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A network of the form in which addresses are compared: IPv4 ones not as a part of IPv6.
fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
    let network = text.parse().or_else(|_| address());
    let is_mapped = |network: &IpNet| network.addr() != network.addr().to_canonical();
    network.ok().filter(|network| !is_mapped(network)).ok_or_else(|| {
        format!("front-header-from must be addresses or networks, such as 10.0.0.5 or 10.0.0.0/24, not '{text}'")
    })
}

fn jwt(options: &Options, directory: Option<String>) -> Result<Option<JwtSignIn>, String> {
    if options.front_jwt_key.is_empty() {
        return check_without_key(options).map(|()| None);
    }
    let pems = options.front_jwt_key.iter().map(|path| read_key(path)).collect::<Result<Vec<_>, _>>()?;
    let (issuer, audience) = (options.front_jwt_issuer.as_deref(), options.front_jwt_audience.as_deref());
    let keys = JwtKeys::new(&pems, issuer, audience);
    let keys =
        keys.map_err(|(place, why)| format!("front-jwt-key: {} {why}", options.front_jwt_key[place].display()))?;
    let directory = match (directory, &options.front_jwt_user_directory) {
        (Some(_), Some(_)) => {
            return Err("only one of front-directory and front-jwt-user-directory can be set".to_owned());
        }
        (Some(directory), None) => Directory::Fixed(directory),
        (None, claim) => Directory::Claim(claim.clone().unwrap_or_else(|| "userDirectory".to_owned())),
    };
    let user_id = options.front_jwt_user_id.clone().unwrap_or_else(|| "userId".to_owned());
    Ok(Some(JwtSignIn { keys, user_id, directory, attributes: attributes(&options.front_jwt_attribute)? }))
}

/// Refuses settings of tokens where none are taken.
fn check_without_key(options: &Options) -> Result<(), String> {
    let set = [
        ("front-jwt-issuer", options.front_jwt_issuer.is_some()),
        ("front-jwt-audience", options.front_jwt_audience.is_some()),
        ("front-jwt-user-id", options.front_jwt_user_id.is_some()),
        ("front-jwt-user-directory", options.front_jwt_user_directory.is_some()),
        ("front-jwt-attribute", !options.front_jwt_attribute.is_empty()),
    ];
    first(&set).map_or(Ok(()), |name| Err(format!("{name} needs front-jwt-key, the key of who signs tokens")))
}

/// The first setting of which it is true.
fn first(settings: &[(&'static str, bool)]) -> Option<&'static str> {
    settings.iter().find(|(_, is_true)| *is_true).map(|(name, _)| *name)
}

fn read_key(path: &Path) -> Result<Vec<u8>, String> {
    read_trusted(path).map_err(|why| format!("front-jwt-key: {why}"))
}

/// Each is `attribute=claim`, or the one name that both have.
fn attributes(texts: &[String]) -> Result<Attributes, String> {
    if texts.is_empty() {
        return Ok(Attributes::All);
    }
    let pair = |text: &String| {
        let (attribute, claim) = text.split_once('=').unwrap_or((text, text));
        let is_name = !attribute.trim().is_empty() && !claim.trim().is_empty();
        is_name.then(|| (attribute.trim().to_owned(), claim.trim().to_owned()))
    };
    let pairs = texts.iter().map(|text| {
        pair(text).ok_or_else(|| format!("front-jwt-attribute must be a name, or attribute=claim, not '{text}'"))
    });
    Attributes::mapped(pairs.collect::<Result<_, _>>()?).map_err(|name| {
        format!("front-jwt-attribute can't be {name}: rules know that of a user by himself, and no token says it")
    })
}
