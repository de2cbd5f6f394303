//! The settings of the front door, which mean nothing without its address.

use super::given_settings::Given;
use super::jwt::JwtOptions;
use super::parse::{Switch, Unusable, address};
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

/// The address of the front door, and all that belongs to it.
#[derive(Args)]
#[command(next_help_heading = "Front door")]
pub struct FrontOptions {
    /// Address of the front door, where people and machines sign in without the certificate
    #[arg(long, env = "PATCHBAY_FRONT", value_name = "ADDR:PORT", value_parser = address)]
    front: Option<SocketAddr>,
    #[command(flatten)]
    door: DoorOptions,
}

/// Settings that mean nothing without an address.
#[derive(Args)]
struct DoorOptions {
    /// From where users at the front door come unless they say it
    #[arg(
        long,
        env = "PATCHBAY_FRONT_CONTEXT",
        value_name = "CONTEXT",
        ignore_case = true,
        default_value = "hub"
    )]
    front_context: FrontContext,
    /// Whether the front door speaks TLS: on, or off on a loopback address
    #[arg(
        long,
        env = "PATCHBAY_FRONT_TLS",
        value_name = "ON|OFF",
        ignore_case = true,
        default_value = "on"
    )]
    front_tls: Switch,
    /// Directory of all users whom a header or a JWT names [default: what these say]
    #[
        arg(
            long,
            env = "PATCHBAY_FRONT_DIRECTORY",
            value_name = "DIRECTORY",
            value_parser = directory
        )
    ]
    front_directory: Option<String>,
    /// Whether a sign-in by a proxy's header or by a JWT begins a session, and its reply sets the
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
    /// The front door that these options describe, if they open one; `secret` is that of its
    /// proxies.
    ///
    /// # Errors
    /// A value that can't be used. The message is one line and names the setting.
    pub fn settle(
        self,
        given: &Given,
        secret: Option<SecretString>,
    ) -> Result<Option<FrontDoor>, String> {
        let Self { front, door } = self;
        let Some(address) = front else {
            given.refuse::<DoorOptions>("front, the address")?;
            return match secret {
                Some(_) => Err(format!("{HEADER_SECRET} needs front, the address")),
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
            return Err(format!("{name} needs front-header or front-jwt-key"));
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

fn tls(switch: Switch, address: SocketAddr) -> Result<Tls, String> {
    match switch {
        Switch::On => Ok(Tls::On),
        Switch::Off if address.ip().is_loopback() => Ok(Tls::Off),
        Switch::Off => {
            Err(format!("front-tls can be off on a loopback address only, not on {}", address.ip()))
        }
    }
}

fn directory(text: &str) -> Result<String, Unusable> {
    Ok(check_directory(text)?)
}
