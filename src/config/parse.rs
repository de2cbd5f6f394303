//! Parsers of values, for the arguments that name them. Each message goes on after the name of the
//! setting.

use clap::ValueEnum;
use std::fmt::Display;
use std::net::{SocketAddr, ToSocketAddrs};
use std::ops::RangeInclusive;
use std::str::FromStr;
use thiserror::Error;

/// Why a setting can't have a value, as the rest of a sentence that begins with the name of the
/// setting.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct Unusable(String);

impl Unusable {
    /// The value is not of the kind that is expected.
    pub fn expected(what: impl Display, value: &str) -> Self {
        Self(format!("must be {what}, not '{value}'"))
    }
}

impl From<String> for Unusable {
    fn from(why: String) -> Self {
        Self(why)
    }
}

/// On, or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    On,
    Off,
}

/// Parses numbers within these bounds.
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
/// `Unusable` if it is no address with a port, or its name is not found.
pub fn address(text: &str) -> Result<SocketAddr, Unusable> {
    let found = text.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    found.ok_or_else(|| {
        Unusable::expected("an address and a port of this machine, such as 127.0.0.1:4242", text)
    })
}

/// Refuses a text that is there, but empty, as an unset variable makes it.
///
/// # Errors
/// `Unusable` if it is empty.
pub fn filled_in(text: &str) -> Result<String, Unusable> {
    if text.trim().is_empty() { Err(Unusable("is empty".to_owned())) } else { Ok(text.to_owned()) }
}
