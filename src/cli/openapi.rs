//! `patchbay openapi`: prints the OpenAPI document, as `openapi/patchbay.json` holds it.

use super::Exit;
use std::io::Write;

pub fn print() -> Result<(), Exit> {
    let document = crate::http::openapi().to_pretty_json().map_err(|error| error.to_string())?;
    writeln!(std::io::stdout(), "{document}").map_err(|error| error.to_string())?;
    Ok(())
}
