//! The log, on standard error: text on a terminal and JSON elsewhere, by default.

use super::log_queue::{Form, LogQueue};
use super::stderr::say_panics;
use crate::command_error::CommandError;
use crate::config::{LogFormat, Settings};
use prometheus_client::metrics::counter::Counter;
use std::io::{IsTerminal, stderr};
use std::time::Duration;
use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Registry, fmt, registry, reload};

/// The handle that changes the log level.
pub struct Threshold(reload::Handle<Targets, Registry>);

impl Threshold {
    /// Logs messages of this level and more severe ones from now on.
    pub fn set(&self, level: Level) {
        if let Err(error) = self.0.reload(shown(level)) {
            tracing::warn!(%error, "the log level stays");
        }
    }
}

/// The filter for messages of this level and more severe ones. It leaves out the messages of the
/// HTTP parser about invalid requests: they have no address and no id, and any client can cause
/// many.
fn shown(level: Level) -> Targets {
    let of_parser =
        if level >= Level::DEBUG { LevelFilter::from_level(level) } else { LevelFilter::OFF };
    Targets::new().with_default(level).with_target("actix_http", of_parser)
}

/// How long the program waits at its end until the last lines are read.
const PATIENCE: Duration = Duration::from_secs(1);

/// The log of a server. When it is dropped, it waits a moment until the last lines are written.
pub struct Log(LogQueue);

impl Drop for Log {
    fn drop(&mut self) {
        self.0.flush(PATIENCE);
    }
}

/// Starts the log. Lines that are not read in time are dropped and counted in `dropped`.
///
/// # Errors
/// [`CommandError::Failure`] if the system can't start the thread that writes them.
pub fn start(settings: &Settings, dropped: Counter) -> Result<(Log, Threshold), CommandError> {
    let is_terminal = stderr().is_terminal();
    let form = match settings.log_format {
        LogFormat::Auto if is_terminal => Form::Text,
        LogFormat::Text => Form::Text,
        LogFormat::Auto | LogFormat::Json => Form::Json,
    };
    let queue = LogQueue::start(form, dropped).map_err(|error| {
        CommandError::Failure(format!("can't start the thread that writes the log: {error}"))
    })?;
    say_panics();
    let (filter, handle) = reload::Layer::new(shown(settings.log_level));
    let lines = fmt::layer().with_writer(queue.clone()).with_ansi(is_terminal);
    let lines = match form {
        Form::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
        Form::Text => lines.boxed(),
    };
    // A log exists only if this program runs inside another one, which then keeps its own log.
    let _ = registry().with(filter).with(lines).try_init();
    Ok((Log(queue), Threshold(handle)))
}
