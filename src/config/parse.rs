//! Parsers of the values of settings. Each message continues a sentence that starts with the name
//! of the setting.

use clap::ValueEnum;
use std::fmt::Display;
use std::net::{SocketAddr, ToSocketAddrs};
use std::ops::RangeInclusive;
use std::str::FromStr;
use thiserror::Error;

/// The heading of the addresses in the help.
pub const ADDRESSES: &str = "Addresses";

/// Why a setting can't have a value, as the rest of a sentence that starts with the name of the
/// setting.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct Unusable(String);

impl Unusable {
    /// Says what the value must be, and what it is.
    pub fn expected(what: impl Display, value: &str) -> Self {
        Self(format!("must be {what}, not '{value}'"))
    }
}

impl From<String> for Unusable {
    fn from(why: String) -> Self {
        Self(why)
    }
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    On,
    Off,
}

/// Returns a parser of numbers within these bounds.
pub fn within<T>(
    bounds: RangeInclusive<T>,
) -> impl Fn(&str) -> Result<T, Unusable> + Clone + Send + Sync + 'static
where
    T: Clone + Display + FromStr + PartialOrd + Send + Sync + 'static,
{
    move |text| {
        let number = text.parse().ok().filter(|number| bounds.contains(number));
        number.ok_or_else(|| {
            Unusable::expected(format_args!("{} to {}", bounds.start(), bounds.end()), text)
        })
    }
}

/// Parses an address to listen on. A name such as `localhost` is looked up.
///
/// # Errors
/// [`Unusable`] if it is not an address with a port, or its name is not found.
pub fn address(text: &str) -> Result<SocketAddr, Unusable> {
    let found = text.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    found.ok_or_else(|| {
        Unusable::expected("an address and a port of this machine, such as 127.0.0.1:4242", text)
    })
}

/// Returns a parser that refuses an empty text, which an unset variable leads to, and says what is
/// expected.
pub fn filled_in(
    expected: &'static str,
) -> impl Fn(&str) -> Result<String, Unusable> + Clone + Send + Sync + 'static {
    move |text| {
        if text.trim().is_empty() {
            Err(Unusable::expected(expected, text))
        } else {
            Ok(text.to_owned())
        }
    }
}
