//! `patchbay openapi`: prints the OpenAPI document, as `openapi/patchbay.json` holds it.

use super::Exit;
use std::io::{ErrorKind, Write};

pub fn print() -> Result<(), Exit> {
    let document = crate::http::openapi().to_pretty_json().map_err(|error| error.to_string())?;
    match writeln!(std::io::stdout(), "{document}") {
        // Who has read enough hangs up.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result.map_err(|error| error.to_string())?),
    }
}
