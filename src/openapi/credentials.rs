//! The operations with which engines get the passwords of data connections, outside `/qrs`.

use super::derived::{body, reply};
use super::draft::{Draft, item};
use super::front::beside;
use super::parts::json_response;
use crate::http::credentials::{ConnectionCredentials, CredentialToken, ShownToken};
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::{ContentBuilder, PathsBuilder, RefOr, Schema};

/// Adds the operations.
pub fn paths(paths: PathsBuilder) -> PathsBuilder {
    let answer = |description: &str, schema: RefOr<Schema>| {
        json_response(description, ContentBuilder::new().schema(Some(schema)))
    };
    let draft = |id: &str, summary: &str| {
        let draft =
            Draft::new(id, "Credentials", summary).parameters(&["XrfKeyParam", "UserParam"]);
        let failures = ["BadRequest", "Unauthorized", "Forbidden", "TooMany", "Unavailable"];
        draft.security(&[&["xrfkey", "certificate"]]).failures(&failures)
    };
    let token = draft(
        "createCredentialToken",
        "Creates a token for the credentials of a data connection. The token is valid for one use \
         within one minute.",
    )
    .parameters(&["IdParam"])
    .success("201", answer("The token", reply::<CredentialToken<'_>>()))
    .failures(&["NotFound"]);
    let redeem = draft(
        "redeemCredentialToken",
        "Returns the credentials that a token stands for, and invalidates the token.",
    )
    .body(body::<ShownToken>())
    .success("200", answer("The credentials", reply::<ConnectionCredentials<'_>>()))
    .failures(&["Conflict", "TooSlow", "TooLarge"]);
    paths
        .path(
            "/credentials/{id}/token",
            beside(item(vec![(HttpMethod::Post, token)]), "The direct door"),
        )
        .path(
            "/credentials/redeem",
            beside(item(vec![(HttpMethod::Post, redeem)]), "The direct door"),
        )
}
