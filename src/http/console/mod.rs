//! The console: pages for a browser, made by the server, that ask nobody else for anything.

mod first_administrator;

pub use first_administrator::PATH as FIRST_ADMINISTRATOR;

use super::failure::Failure;
use actix_web::http::{StatusCode, header};
use actix_web::web::ServiceConfig;
use actix_web::{HttpResponse, HttpResponseBuilder};
use askama::Template;

/// What a page may do: show what this server gives it, and send forms back here. Nothing of it runs inside another page.
const CONTENT_SECURITY_POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Adds the pages.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(resource!(FIRST_ADMINISTRATOR, "GET, POST",
            get => first_administrator::show, post => first_administrator::choose))
        .service(resource!("/console/console.css", "GET", get => style))
        .service(resource!("/console/icon.svg", "GET", get => icon));
}

/// A page that only says something.
#[derive(Template)]
#[template(path = "message.html")]
struct Message<'t> {
    title: &'t str,
    text: &'t str,
}

/// The page that a template makes.
fn page(status: StatusCode, template: &impl Template) -> Result<HttpResponse, Failure> {
    let html = template.render().map_err(|error| Failure::internal(&error))?;
    let mut response = HttpResponse::build(status);
    // Pages show what is the visitor's alone.
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(guarded(&mut response).content_type("text/html; charset=utf-8").body(html))
}

/// What keeps a browser from doing more with a reply than show it.
fn guarded(response: &mut HttpResponseBuilder) -> &mut HttpResponseBuilder {
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
}

async fn style() -> HttpResponse {
    asset("text/css; charset=utf-8", include_str!("console.css"))
}

async fn icon() -> HttpResponse {
    asset("image/svg+xml", include_str!("icon.svg"))
}

fn asset(content_type: &str, text: &'static str) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "max-age=3600"));
    guarded(&mut response).content_type(content_type).body(text)
}
