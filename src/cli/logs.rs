//! The log, on standard error: lines for people on a terminal, JSON elsewhere, unless told otherwise.

use crate::config::{LogFormat, Settings};
use std::io::{IsTerminal, stderr};
use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Registry, fmt, registry, reload};

/// What changes the least severe messages to log.
pub struct Threshold(reload::Handle<LevelFilter, Registry>);

impl Threshold {
    /// Logs messages of this level and more severe ones from now on.
    pub fn set(&self, level: Level) {
        if let Err(error) = self.0.reload(LevelFilter::from_level(level)) {
            tracing::warn!(%error, "the log level stays");
        }
    }
}

/// Begins to log.
pub fn start(settings: &Settings) -> Threshold {
    let is_terminal = stderr().is_terminal();
    let json = match settings.log_format {
        LogFormat::Auto => !is_terminal,
        LogFormat::Text => false,
        LogFormat::Json => true,
    };
    let (filter, handle) = reload::Layer::new(LevelFilter::from_level(settings.log_level));
    let lines = fmt::layer().with_writer(stderr).with_ansi(is_terminal);
    let lines = if json { lines.json().flatten_event(true).with_span_list(false).boxed() } else { lines.boxed() };
    // There is a log already only where the program runs inside another, which then keeps its own.
    let _ = registry().with(filter).with(lines).try_init();
    Threshold(handle)
}
