//! What the server says of itself.

use crate::error::RequestError;
use crate::http::extract::call::Call;
use crate::http::middleware::whole_reply;
use actix_web::HttpResponse;
use actix_web::web::Bytes;
use serde::Serialize;
use utoipa::ToSchema;

/// The version, and what kind of site this is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct About<'a> {
    /// The version of QRS for which clients take this server.
    build_version: &'a str,
    /// The version of Patchbay.
    patchbay_version: &'a str,
    /// The date of that version of QRS.
    build_date: &'a str,
    /// The database.
    database_provider: &'a str,
    /// Always true: there is one node.
    single_node_only: bool,
    /// Always false: no node shares its files.
    shared_persistence: bool,
    /// Always false: the server needs no further setup.
    requires_bootstrap: bool,
    /// Always 1, the central node.
    node_type: u8,
    /// `About`.
    schema_path: &'a str,
}

/// `GET /qrs/about`: the version and the few other facts that clients look at before they start.
pub async fn about(call: Call) -> HttpResponse {
    HttpResponse::Ok().json(About {
        build_version: &call.state.build_version,
        patchbay_version: env!("CARGO_PKG_VERSION"),
        build_date: &call.state.build_date,
        database_provider: "SQLite",
        single_node_only: true,
        shared_persistence: false,
        requires_bootstrap: false,
        node_type: 1,
        schema_path: "About",
    })
}

/// `GET /qrs/ssl/ping`: that the server is there, and takes the client's certificate.
pub async fn ping(_: Call) -> HttpResponse {
    HttpResponse::Ok().json(true)
}

/// `GET /qrs/about/openapi`: the API's own description, for clients of the API.
pub async fn openapi(call: Call) -> HttpResponse {
    document(&call.state.openapi)
}

/// The API's own description, which is no secret: it is the same for every Patchbay of a version.
pub fn document(openapi: &Bytes) -> HttpResponse {
    whole_reply::kept(HttpResponse::Ok().content_type("application/json").body(openapi.clone()))
}

/// Any path that there is not.
pub async fn nothing() -> Result<HttpResponse, RequestError> {
    Err(RequestError::NotFound(
        "there is nothing at this path; GET /openapi.json lists all paths".to_owned(),
    ))
}
