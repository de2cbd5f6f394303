//! The settings of the header in which a proxy names its users.

use super::parse::{Unusable, filled_in};
use crate::auth::trusted_header::{SECRET_HEADER, TrustedHeader};
use clap::Args;
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use std::net::IpAddr;

/// The variable with the secret of the proxy. It is no flag, because everybody on a machine can
/// read those.
pub const HEADER_SECRET: &str = "PATCHBAY_FRONT_HEADER_SECRET";

/// Shortest secret of a proxy, in characters.
const SHORTEST_SECRET: usize = 32;

/// The header, and the proxies that may send it.
#[derive(Args)]
#[command(next_help_heading = "Proxies at the front door")]
pub struct HeaderOptions {
    /// Header in which a proxy names the user that it has signed in, at the front door
    #[arg(long, env = "PATCHBAY_FRONT_HEADER", value_name = "NAME", value_parser = filled_in)]
    front_header: Option<String>,
    /// Address or network of a proxy that may send that header; may be given several times
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
    /// The header, if one is trusted; all users whom it names are of `directory` if there is one.
    ///
    /// # Errors
    /// A value that can't be used. The message is one line and names the setting.
    pub fn settle(
        self,
        secret: Option<SecretString>,
        directory: Option<String>,
    ) -> Result<Option<TrustedHeader>, String> {
        let Self { front_header: name, front_header_from: from } = self;
        let Some(name) = name else {
            return if from.is_empty() && secret.is_none() {
                Ok(None)
            } else {
                Err(format!(
                    "front-header-from and {HEADER_SECRET} need front-header, the header's name"
                ))
            };
        };
        check_trust(&from, secret.as_ref())?;
        let header = TrustedHeader::new(&name, from, secret, directory);
        let wrong = || {
            format!(
                "front-header must be the name of a header that has no other meaning, not '{name}'"
            )
        };
        header.map(Some).ok_or_else(wrong)
    }
}

fn check_trust(from: &[IpNet], secret: Option<&SecretString>) -> Result<(), String> {
    match secret {
        None if from.iter().any(|network| network.prefix_len() == 0) => Err(format!(
            "front-header-from would trust everybody; that needs {HEADER_SECRET} as well"
        )),
        None if from.is_empty() => Err(format!(
            "front-header needs front-header-from, the addresses of proxies, or {HEADER_SECRET}, \
             which they show in {SECRET_HEADER}"
        )),
        Some(secret) if !can_be_shown(secret) => {
            let form =
                "letters, digits and signs of ASCII without a blank, as a header can show it";
            Err(format!("{HEADER_SECRET} must have at least {SHORTEST_SECRET} {form}"))
        }
        _ => Ok(()),
    }
}

fn can_be_shown(secret: &SecretString) -> bool {
    let secret = secret.expose_secret();
    secret.len() >= SHORTEST_SECRET && secret.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A network of the form in which addresses are compared: IPv4 ones not as a part of IPv6.
fn network(text: &str) -> Result<IpNet, Unusable> {
    let address = || text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
    let network = text.parse().or_else(|_| address());
    let is_mapped = |network: &IpNet| network.addr() != network.addr().to_canonical();
    let network = network.ok().filter(|network| !is_mapped(network));
    network.ok_or_else(|| {
        Unusable::expected("addresses or networks, such as 10.0.0.5 or 10.0.0.0/24", text)
    })
}
