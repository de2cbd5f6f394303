//! `patchbay openapi`: prints the OpenAPI document, as `openapi/patchbay.json` holds it.

use crate::exit::Exit;

pub fn print() -> Result<(), Exit> {
    let document = crate::openapi::document().to_pretty_json().map_err(|error| error.to_string())?;
    crate::terminal::print(document.lines())
}
