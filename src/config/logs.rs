//! What is logged, and in which form.

use tracing::Level;

/// The form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Text on a terminal, JSON elsewhere.
    Auto,
    /// Lines for people.
    Text,
    /// Lines for machines.
    Json,
}

pub(super) fn parse_level(text: &str) -> Result<Level, String> {
    text.parse().map_err(|_| format!("log-level must be error, warn, info, debug or trace, not '{text}'"))
}

pub(super) fn parse_format(text: &str) -> Result<LogFormat, String> {
    match text.to_ascii_lowercase().as_str() {
        "auto" => Ok(LogFormat::Auto),
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(format!("log-format must be auto, text or json, not '{text}'")),
    }
}
