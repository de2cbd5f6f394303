//! The settings of the header in which a reverse proxy names its users.

use super::given_settings::WrongSetting;
use super::parse::{Unusable, filled_in};
use crate::auth::trusted_header::{SECRET_HEADER, TrustedHeader};
use clap::Args;
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use std::net::IpAddr;

/// The variable with the secret of the proxy. It is not a flag, because every user of a machine can
/// read those.
pub const HEADER_SECRET: &str = "PATCHBAY_FRONT_HEADER_SECRET";

/// The names of the settings.
const HEADER: &str = "front-header";
const FROM: &str = "front-header-from";

/// The least length of the secret of a proxy, in characters.
const SHORTEST_SECRET: usize = 32;

/// The header, and the proxies that may send it.
#[derive(Args)]
#[command(next_help_heading = "Signing in through a reverse proxy")]
pub struct HeaderOptions {
    /// Header in which a trusted reverse proxy names the user that it has signed in [default: none]
    #[arg(
        long,
        env = "PATCHBAY_FRONT_HEADER",
        value_name = "NAME",
        value_parser = filled_in("the name of a header, such as X-Remote-User")
    )]
    front_header: Option<String>,
    /// Address or network of a proxy that may send this header; may be repeated [default: none]
    #[arg(
        long,
        env = "PATCHBAY_FRONT_HEADER_FROM",
        value_name = "NETWORK",
        value_delimiter = ',',
        value_parser = network
    )]
    front_header_from: Vec<IpNet>,
}

impl HeaderOptions {
    /// Returns the header, if one is trusted; if `directory` is given, all users that the header
    /// names are in it.
    ///
    /// # Errors
    /// [`WrongSetting`] if a value can't be used, or a setting lacks the header.
    pub fn settle(
        self,
        secret: Option<SecretString>,
        directory: Option<String>,
    ) -> Result<Option<TrustedHeader>, WrongSetting> {
        let Self { front_header: name, front_header_from: from } = self;
        let Some(name) = name else {
            return check_unused(&from, secret.as_ref()).map(|()| None);
        };
        check_trust(&from, secret.as_ref())?;
        let header = TrustedHeader::new(&name, from, secret, directory);
        let why =
            format_args!("must be the name of a header without another meaning, not '{name}'");
        header.map(Some).ok_or_else(|| WrongSetting::new(HEADER, why))
    }
}

/// Refuses what needs the header's name.
fn check_unused(from: &[IpNet], secret: Option<&SecretString>) -> Result<(), WrongSetting> {
    let need = "needs front-header, the name of the header";
    match secret {
        _ if !from.is_empty() => Err(WrongSetting::new(FROM, need)),
        Some(_) => Err(format!("{HEADER_SECRET} {need}").into()),
        None => Ok(()),
    }
}

fn check_trust(from: &[IpNet], secret: Option<&SecretString>) -> Result<(), WrongSetting> {
    match secret {
        None if from.iter().any(|network| network.prefix_len() == 0) => Err(WrongSetting::new(
            FROM,
            format_args!("would trust every address; that needs {HEADER_SECRET} as well"),
        )),
        None if from.is_empty() => Err(WrongSetting::new(
            HEADER,
            format_args!(
                "needs front-header-from, the addresses of the proxies, or {HEADER_SECRET}, which \
                 they send in {SECRET_HEADER}"
            ),
        )),
        Some(secret) if !can_be_shown(secret) => {
            let form = "letters, digits and signs of ASCII, without spaces";
            Err(format!("{HEADER_SECRET} must have at least {SHORTEST_SECRET} {form}").into())
        }
        _ => Ok(()),
    }
}

fn can_be_shown(secret: &SecretString) -> bool {
    let secret = secret.expose_secret();
    secret.len() >= SHORTEST_SECRET && secret.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Parses a network in the form in which addresses are compared: IPv4 addresses not as a part of
/// IPv6.
fn network(text: &str) -> Result<IpNet, Unusable> {
    let address = || text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
    let network = text.parse().or_else(|_| address());
    let is_mapped = |network: &IpNet| network.addr() != network.addr().to_canonical();
    let network = network.ok().filter(|network| !is_mapped(network));
    network.ok_or_else(|| {
        Unusable::expected("addresses or networks, such as 10.0.0.5 or 10.0.0.0/24", text)
    })
}
