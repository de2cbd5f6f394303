//! The operations of the front door, outside `/qrs`.

use super::derived::{body, list_of, one_of, reply, with, within};
use super::draft::{Draft, item};
use super::parts::json_response;
use crate::auth::credential::Scope;
use crate::console::FIRST_ADMINISTRATOR;
use crate::http::sign_in::{
    LONGEST_DAYS, LoginBody, LoginReply, NewToken, OwnSession, OwnToken, TokenRequest,
};
use crate::model::Context;
use crate::store::SessionKind;
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::{
    ArrayBuilder, ContentBuilder, ObjectBuilder, PathItem, PathsBuilder, RefOr, Response,
    ResponseBuilder, Schema, ServerBuilder, Type,
};

const DOOR: &str = "The front door";

/// Adds the operations.
pub fn paths(paths: PathsBuilder) -> PathsBuilder {
    let (show, choose) = first_administrator();
    [
        ("/tokens", vec![(HttpMethod::Get, list_tokens()), (HttpMethod::Post, create_token())]),
        ("/tokens/{id}", vec![(HttpMethod::Delete, revoke_token())]),
        (FIRST_ADMINISTRATOR, vec![(HttpMethod::Get, show), (HttpMethod::Post, choose)]),
        ("/login", vec![(HttpMethod::Post, login())]),
        ("/logout", vec![(HttpMethod::Post, logout())]),
        ("/sessions", vec![(HttpMethod::Get, list_sessions())]),
        ("/sessions/{id}", vec![(HttpMethod::Delete, end_session())]),
    ]
    .into_iter()
    .fold(paths, |paths, (path, operations)| paths.path(path, beside(item(operations), DOOR)))
}

fn login() -> Draft {
    draft(
        "login",
        "Signs in a user with a password and starts a session, which the cookie X-Qlik-Session \
         identifies.",
    )
    .security(&[&["xrfkey"]])
    .body(body::<LoginBody>())
    .success("200", answer("The user who signed in", reply::<LoginReply>()))
    .failures(&["BadRequest", "Unauthorized", "TooSlow", "TooLarge", "TooMany", "Unavailable"])
}

fn logout() -> Draft {
    draft("logout", "Ends the sessions whose cookies the request carries, if any.")
        .security(&[&["xrfkey"], &["xrfkey", "session"]])
        .success("204", nothing())
        .failures(&["BadRequest", "Unauthorized", "Unavailable"])
}

fn list_sessions() -> Draft {
    let session = with(reply::<OwnSession>(), "kind", one_of(&SessionKind::NAMES));
    own("getSessions", "Lists the caller's own sessions.")
        .success("200", answer("The sessions", ArrayBuilder::new().items(session).into()))
        .failures(&["BadRequest", "Unauthorized", "Unavailable"])
}

fn end_session() -> Draft {
    own("endSession", "Ends one of the caller's own sessions.")
        .parameters(&["IdParam"])
        .success("204", nothing())
        .failures(&["BadRequest", "Unauthorized", "NotFound", "Unavailable"])
}

fn create_token() -> Draft {
    let token = with(body::<TokenRequest>(), "scope", one_of(&Scope::NAMES));
    let token = with(token, "context", one_of(&Context::PLACES));
    own(
        "createToken",
        "Creates an API token for the header Authorization: Bearer; this response is the only one \
         that shows it.",
    )
    .body(with(token, "days", within(1, LONGEST_DAYS)))
    .success("201", answer("The token", reply::<NewToken<'_>>()))
    .failures(&["BadRequest", "Unauthorized", "TooSlow", "Conflict", "TooLarge", "TooMany"])
    .failures(&["Unavailable"])
}

fn list_tokens() -> Draft {
    own("getTokens", "Lists the caller's own API tokens.")
        .success("200", answer("The tokens", list_of::<OwnToken>()))
        .failures(&["BadRequest", "Unauthorized", "Unavailable"])
}

fn revoke_token() -> Draft {
    own("revokeToken", "Revokes one of the caller's own API tokens.")
        .parameters(&["IdParam"])
        .success("204", nothing())
        .failures(&["BadRequest", "Unauthorized", "NotFound", "Unavailable"])
}

fn answer(description: &str, schema: RefOr<Schema>) -> Response {
    json_response(description, ContentBuilder::new().schema(Some(schema)))
}

fn nothing() -> Response {
    ResponseBuilder::new().description("Success; the response has no content").build()
}

/// The page to which the invitation of the first start links: it requires only the secret in the
/// link.
fn first_administrator() -> (Draft, Draft) {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let page = |description: &str| {
        let content = ContentBuilder::new().schema(Some(text())).build();
        ResponseBuilder::new().description(description).content("text/html", content).build()
    };
    let fields = [
        ("link", text()),
        ("user", text()),
        ("password", text().write_only(true)),
        ("again", text().write_only(true)),
    ];
    let form = fields.into_iter().fold(ObjectBuilder::new(), |form, (name, schema)| {
        form.property(name, schema).required(name)
    });
    let draft = |id: &str, summary: &str| Draft::new(id, "Front Door", summary).security(&[&[]]);
    let closed = "The link was already used, or has expired";
    let show = draft(
        "getFirstAdministrator",
        "Returns the page on which the first administrator chooses a password.",
    )
    .parameters(&["LinkParam"])
    .success("200", page("The page"))
    .success("404", page(closed));
    let choose =
        draft("chooseFirstAdministrator", "Creates the first administrator and signs them in.")
            .form(form.into())
            .success(
                "303",
                ResponseBuilder::new()
                    .description("Success; the cookie X-Qlik-Session identifies the session")
                    .build(),
            )
            .success("400", page("The page again, with the error"))
            .success("404", page(closed))
            .failures(&["TooSlow", "TooLarge", "Unavailable"]);
    (show, choose)
}

fn draft(id: &str, summary: &str) -> Draft {
    Draft::new(id, "Front Door", summary).parameters(&["XrfKeyParam"])
}

/// An operation on the caller's own sessions or tokens, which accepts a session or a proxy, not a
/// token.
fn own(id: &str, summary: &str) -> Draft {
    draft(id, summary)
        .security(&[&["xrfkey", "session"], &["xrfkey", "proxy"]])
        .failures(&["Forbidden"])
}

/// A path outside `/qrs`, at this door.
pub fn beside(mut item: PathItem, door: &str) -> PathItem {
    item.servers = Some(vec![ServerBuilder::new().url("/").description(Some(door)).build()]);
    item
}
