//! The log, on standard error: lines for people on a terminal, JSON elsewhere, unless told otherwise.

use crate::config::{LogFormat, Settings};
use std::io::{IsTerminal, stderr};
use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Registry, fmt, registry, reload};

/// What changes the least severe messages to log.
pub struct Threshold(reload::Handle<Targets, Registry>);

impl Threshold {
    /// Logs messages of this level and more severe ones from now on.
    pub fn set(&self, level: Level) {
        if let Err(error) = self.0.reload(shown(level)) {
            tracing::warn!(%error, "the log level stays");
        }
    }
}

/// Messages of that level and more severe ones. What the parser of HTTP says of requests that are none, it says without an address or an id, and anybody
/// can make it say so as often as he likes.
fn shown(level: Level) -> Targets {
    let of_parser = if level >= Level::DEBUG { LevelFilter::from_level(level) } else { LevelFilter::OFF };
    Targets::new().with_default(level).with_target("actix_http", of_parser)
}

/// Begins to log.
pub fn start(settings: &Settings) -> Threshold {
    let is_terminal = stderr().is_terminal();
    let json = match settings.log_format {
        LogFormat::Auto => !is_terminal,
        LogFormat::Text => false,
        LogFormat::Json => true,
    };
    let (filter, handle) = reload::Layer::new(shown(settings.log_level));
    let lines = fmt::layer().with_writer(stderr).with_ansi(is_terminal);
    let lines = if json { lines.json().flatten_event(true).with_span_list(false).boxed() } else { lines.boxed() };
    // There is a log already only where the program runs inside another, which then keeps its own.
    let _ = registry().with(filter).with(lines).try_init();
    Threshold(handle)
}
