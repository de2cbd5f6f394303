//! Printing to standard output.

use super::Exit;
use serde::Serialize;
use std::io::{ErrorKind, Write};

/// Prints a text that ends its own lines.
pub fn print(text: &str) -> Result<(), Exit> {
    match std::io::stdout().write_all(text.as_bytes()) {
        // Who has read enough hangs up.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result.map_err(|error| error.to_string())?),
    }
}

/// The text of an answer as JSON.
pub fn to_json(answer: &impl Serialize) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(answer).map(|json| json + "\n")
}
