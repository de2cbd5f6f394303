//! What the server says of itself.

use crate::error::Failure;
use crate::http::extract::call::Call;
use crate::http::middleware::whole_reply;
use actix_web::HttpResponse;
use actix_web::web::Bytes;
use serde_json::json;

/// `GET /qrs/about`: the version and the few other facts that clients look at before they start.
pub async fn about(call: Call) -> HttpResponse {
    HttpResponse::Ok().json(json!({
        "buildVersion": call.state.build_version,
        "patchbayVersion": env!("CARGO_PKG_VERSION"),
        "buildDate": call.state.build_date,
        "databaseProvider": "SQLite",
        "nodeType": 1,
        "sharedPersistence": false,
        "requiresBootstrap": false,
        "singleNodeOnly": true,
        "schemaPath": "About",
    }))
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
pub async fn nothing() -> Result<HttpResponse, Failure> {
    Err(Failure::NotFound("there is nothing at this path; GET /openapi.json lists the paths that there are".to_owned()))
}
