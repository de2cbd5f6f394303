//! The settings of the front door. All of them need its address.

use super::given_settings::{Given, WrongSetting};
use super::jwt::JwtOptions;
use super::parse::{ADDRESSES, Switch, Unusable, address};
use super::sign_in::SignInOptions;
use super::trusted_header::{HEADER_SECRET, HeaderOptions};
use crate::auth::directory::check_directory;
use crate::auth::front::{Front, FrontSessions};
use crate::model::Context;
use clap::{Args, ValueEnum};
use secrecy::SecretString;
use std::net::SocketAddr;
use std::sync::Arc;

/// The front door.
#[derive(Clone, Debug)]
pub struct FrontDoor {
    /// The address to listen on.
    pub address: SocketAddr,
    /// Whether it speaks TLS.
    pub tls: Tls,
    /// The ways to sign in there.
    pub takes: Arc<Front>,
}

/// Whether a door speaks TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// It speaks TLS.
    On,
    /// It speaks plain HTTP, on a loopback address only.
    Off,
}

/// The address of the front door, and its other settings.
#[derive(Args)]
#[command(next_help_heading = "Signing in")]
pub struct FrontOptions {
    /// Address and port where people and machines sign in without a client certificate (the front
    /// door) [default: none]
    #[arg(
        long,
        env = "PATCHBAY_FRONT",
        value_name = "ADDR:PORT",
        value_parser = address,
        help_heading = ADDRESSES
    )]
    front: Option<SocketAddr>,
    #[command(flatten)]
    door: DoorOptions,
}

/// Settings that need the address.
#[derive(Args)]
struct DoorOptions {
    /// Context for security rules if a request at the front door names none
    #[arg(
        long,
        env = "PATCHBAY_FRONT_CONTEXT",
        value_name = "CONTEXT",
        ignore_case = true,
        default_value = "hub"
    )]
    front_context: FrontContext,
    /// Whether the front door speaks TLS; off is allowed on a loopback address only
    #[arg(
        long,
        help_heading = ADDRESSES,
        env = "PATCHBAY_FRONT_TLS",
        value_name = "ON|OFF",
        ignore_case = true,
        default_value = "on"
    )]
    front_tls: Switch,
    /// User directory of all users who sign in through a proxy or with a JSON Web Token [default:
    /// the directory that the proxy or the token names]
    #[
        arg(
            long,
            env = "PATCHBAY_FRONT_DIRECTORY",
            value_name = "DIRECTORY",
            value_parser = directory
        )
    ]
    front_directory: Option<String>,
    /// Whether a sign-in by a proxy's header or a JSON Web Token starts a session and sets its
    /// cookie
    #[arg(
        long,
        env = "PATCHBAY_FRONT_SESSIONS",
        value_name = "ON|OFF",
        ignore_case = true,
        default_value = "on"
    )]
    front_sessions: Switch,
    #[command(flatten)]
    header: HeaderOptions,
    #[command(flatten)]
    jwt: JwtOptions,
    #[command(flatten)]
    sign_in: SignInOptions,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FrontContext {
    Hub,
    Management,
}

impl From<FrontContext> for Context {
    fn from(context: FrontContext) -> Self {
        match context {
            FrontContext::Hub => Self::App,
            FrontContext::Management => Self::Management,
        }
    }
}

impl From<Switch> for FrontSessions {
    fn from(switch: Switch) -> Self {
        match switch {
            Switch::On => Self::On,
            Switch::Off => Self::Off,
        }
    }
}

impl FrontOptions {
    /// Returns the front door, if it has an address; `secret` is the one of its proxies.
    ///
    /// # Errors
    /// [`WrongSetting`] if a value can't be used, or a setting lacks another one that it needs.
    pub fn settle(
        self,
        given: &Given,
        secret: Option<SecretString>,
    ) -> Result<Option<FrontDoor>, WrongSetting> {
        let Self { front, door } = self;
        let Some(address) = front else {
            given.refuse::<DoorOptions>("front, the address")?;
            return match secret {
                Some(_) => Err(format!("{HEADER_SECRET} needs front, the address").into()),
                None => Ok(None),
            };
        };
        let tls = tls(door.front_tls, address)?;
        let directory = door.front_directory;
        let header = door.header.settle(secret, directory.clone())?;
        let jwt = door.jwt.settle(given, directory)?;
        let needing =
            ["front-directory", "front-sessions"].into_iter().find(|name| given.has(name));
        if let (None, None, Some(name)) = (&header, &jwt, needing) {
            return Err(WrongSetting::new(name, "needs front-header or front-jwt-key"));
        }
        let takes = Front {
            context: door.front_context.into(),
            header,
            jwt,
            sign_in: door.sign_in.into(),
            sessions: door.front_sessions.into(),
        };
        Ok(Some(FrontDoor { address, tls, takes: Arc::new(takes) }))
    }
}

fn tls(switch: Switch, address: SocketAddr) -> Result<Tls, WrongSetting> {
    match switch {
        Switch::On => Ok(Tls::On),
        Switch::Off if address.ip().is_loopback() => Ok(Tls::Off),
        Switch::Off => Err(WrongSetting::new(
            "front-tls",
            format_args!("can be off on a loopback address only, not on {}", address.ip()),
        )),
    }
}

fn directory(text: &str) -> Result<String, Unusable> {
    Ok(check_directory(text)?)
}
