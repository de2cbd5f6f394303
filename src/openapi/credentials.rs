//! The operations by which those who open data connections get what opens them, which are beside `/qrs`.

use super::front::beside;
use super::parts::json_response;
use super::paths::{Draft, item};
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::{ContentBuilder, ObjectBuilder, PathsBuilder, Type};

/// Adds the operations.
pub fn paths(paths: PathsBuilder) -> PathsBuilder {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let reply = |description: &str, names: &[&str]| {
        let schema = names.iter().fold(ObjectBuilder::new(), |schema, name| schema.property(*name, text()));
        json_response(description, ContentBuilder::new().schema(Some(schema)))
    };
    let draft = |id: &str, summary: &str| {
        let draft = Draft::new(id, "Credentials", summary).parameters(&["XrfKeyParam", "UserParam"]);
        let failures = ["BadRequest", "Unauthorized", "Forbidden", "TooMany", "Unavailable"];
        draft.security(&[&["xrfkey", "certificate"]]).failures(&failures)
    };
    let shown = ObjectBuilder::new().property("token", text().write_only(true)).required("token");
    let shown = shown.additional_properties(Some(AdditionalProperties::FreeForm(false)));
    let token = draft(
        "createCredentialToken",
        "Makes a token for the credentials of a data connection, which is good once and for a minute.",
    )
    .parameters(&["IdParam"])
    .success("201", reply("The token", &["token", "expiresDate"]))
    .failures(&["NotFound"]);
    let redeem = draft("redeemCredentialToken", "Gives the credentials that a token is for, and uses it up.")
        .body(shown.into())
        .success("200", reply("The credentials", &["id", "name", "username", "password"]))
        .failures(&["Conflict", "TooSlow", "TooLarge"]);
    paths
        .path("/credentials/{id}/token", beside(item(vec![(HttpMethod::Post, token)]), "The direct door"))
        .path("/credentials/redeem", beside(item(vec![(HttpMethod::Post, redeem)]), "The direct door"))
}
