//! The settings of the log.

use super::parse::Unusable;
use clap::{Args, ValueEnum};
use tracing::Level;

/// Which messages are logged, and in which format.
#[derive(Args)]
#[command(next_help_heading = "Logging")]
pub struct LogOptions {
    /// Least severe messages to log: error, warn, info, debug or trace
    #[
        arg(
            long,
            env = "PATCHBAY_LOG_LEVEL",
            value_name = "LEVEL",
            value_parser = level,
            default_value = "info"
        )
    ]
    pub log_level: Level,
    /// Format of the log: text, json, or auto for text on a terminal and json elsewhere
    #[arg(
        long,
        env = "PATCHBAY_LOG_FORMAT",
        value_name = "FORMAT",
        ignore_case = true,
        default_value = "auto",
        hide_possible_values = true
    )]
    pub log_format: LogFormat,
}

/// The format of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text on a terminal, JSON elsewhere.
    Auto,
    /// Lines for people.
    Text,
    /// Lines for machines.
    Json,
}

fn level(text: &str) -> Result<Level, Unusable> {
    text.parse().map_err(|_| Unusable::expected("error, warn, info, debug or trace", text))
}
