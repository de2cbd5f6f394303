//! What the server reports about itself.

use crate::error::RequestError;
use crate::http::State;
use crate::http::extract::call::Call;
use crate::http::middleware::whole_reply;
use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

/// The version and the kind of the site.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct About<'a> {
    /// The version of QRS that clients see.
    build_version: &'a str,
    /// The version of Patchbay.
    patchbay_version: &'a str,
    /// The build date of that version.
    build_date: &'a str,
    /// The database system.
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

/// `GET /qrs/about`: the version and a few other facts that clients check when they connect.
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

/// `GET /qrs/ssl/ping`: confirms that the server is up and accepts the client's certificate.
pub async fn ping(_: Call) -> HttpResponse {
    HttpResponse::Ok().json(true)
}

/// `GET /qrs/about/openapi`: the OpenAPI document, for clients of the API.
pub async fn openapi(call: Call) -> Result<HttpResponse, RequestError> {
    document(&call.state)
}

/// The OpenAPI document. It is public: it is the same for all servers of a version.
///
/// # Errors
/// Never fails in practice: `Internal` if the document can't be written as JSON.
pub fn document(state: &State) -> Result<HttpResponse, RequestError> {
    let json = state.openapi.as_ref().map_err(|error| RequestError::internal(error))?;
    Ok(whole_reply::kept(HttpResponse::Ok().content_type("application/json").body(json.clone())))
}

/// The reply at a path that does not exist.
pub async fn nothing() -> Result<HttpResponse, RequestError> {
    Err(RequestError::NotFound(
        "there is nothing at this path; GET /openapi.json lists all paths".to_owned(),
    ))
}
