//! `patchbay openapi`: prints the OpenAPI document, as `openapi/patchbay.json` holds it.

use crate::command_error::CommandError;

pub fn print() -> Result<(), CommandError> {
    let document =
        crate::openapi::document().to_pretty_json().map_err(|error| error.to_string())?;
    crate::terminal::print(document.lines())
}
