//! The documentation of the API in a browser: a page that is part of the binary, so that it needs
//! no network, and the OpenAPI document that it shows. Neither needs a client certificate.

use super::State;
use super::middleware::whole_reply;
use super::qrs::about;
use crate::error::RequestError;
use actix_web::HttpResponse;
use actix_web::http::header::{self, ContentEncoding};
use actix_web::web::{Bytes, Data, Path, ServiceConfig};
use std::borrow::Cow;
use utoipa_swagger_ui::{Config, serve};

/// Adds the page and the document.
pub fn routes(config: &mut ServiceConfig) {
    // The validator would send the document to a server on the internet.
    let page = Config::new(["/openapi.json"]).validator_url("none").try_it_out_enabled(true);
    config
        .app_data(Data::new(page))
        .service(resource!("/openapi.json", "GET", get => openapi))
        .service(resource!("/", "GET", get => to_page))
        .service(resource!("/docs", "GET", get => to_page))
        .service(resource!("/docs/{file:.*}", "GET", get => file));
}

async fn openapi(state: Data<State>) -> Result<HttpResponse, RequestError> {
    about::document(&state)
}

async fn to_page() -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, "/docs/")).finish()
}

/// A file of the page, straight from the binary, without a copy per request.
async fn file(
    name: Path<String>,
    page: Data<Config<'static>>,
) -> Result<HttpResponse, RequestError> {
    let found = serve(&name, page.into_inner()).map_err(|error| RequestError::internal(&error))?;
    let file = found
        .ok_or_else(|| RequestError::NotFound(format!("the documentation has no file '{name}'")))?;
    let mut response = HttpResponse::Ok();
    if file.gzpipped {
        response.insert_header(ContentEncoding::Gzip);
    }
    response.content_type(file.content_type);
    Ok(match file.bytes {
        Cow::Borrowed(bytes) => whole_reply::kept(response.body(Bytes::from_static(bytes))),
        Cow::Owned(bytes) => response.body(bytes),
    })
}
