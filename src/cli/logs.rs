//! The log, on standard error: lines for people on a terminal, JSON elsewhere, unless told otherwise.

use crate::config::{LogFormat, Settings};
use std::io::{IsTerminal, stderr};
use tracing_subscriber::fmt;

pub fn start(settings: &Settings) {
    let is_terminal = stderr().is_terminal();
    let json = match settings.log_format {
        LogFormat::Auto => !is_terminal,
        LogFormat::Text => false,
        LogFormat::Json => true,
    };
    let log = fmt().with_max_level(settings.log_level).with_writer(stderr).with_ansi(is_terminal);
    // There is a log already only where the program runs inside another, which then keeps its own.
    let _ = if json { log.json().flatten_event(true).try_init() } else { log.try_init() };
}
