//! The API's documentation in a browser: a page that the binary carries, so that it needs no network, and the document
//! that it shows. Neither needs a client certificate.

use super::{State, about};
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, ServiceConfig};
use utoipa_swagger_ui::{Config, SwaggerUi};

/// Adds the page and the document.
pub fn routes(config: &mut ServiceConfig) {
    // The validator would ask a server on the internet about the document.
    let page = Config::new(["/openapi.json"]).validator_url("none").try_it_out_enabled(true);
    config
        .service(resource!("/openapi.json", "GET", get => openapi))
        .service(resource!("/", "GET", get => to_page))
        .service(resource!("/docs", "GET", get => to_page))
        .service(SwaggerUi::new("/docs/{_:.*}").config(page));
}

async fn openapi(state: Data<State>) -> HttpResponse {
    about::document(&state.openapi)
}

async fn to_page() -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, "/docs/")).finish()
}
