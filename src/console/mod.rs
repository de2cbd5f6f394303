//! The console: pages for a browser, made by the server, that load nothing from elsewhere.

mod account;
mod bulk;
mod change;
mod choices;
mod conflict;
mod custom_property;
mod deletion;
mod differences;
mod edit;
mod entity_part;
mod faults;
mod filled_in;
mod first_administrator;
mod form;
mod form_origin;
mod import;
mod list;
mod list_query;
mod lists;
mod login;
mod marked_text;
mod merge;
mod notice;
mod offered;
mod page_error;
mod password;
mod preview;
mod rows;
mod submitted_form;
mod unsaved_form;
mod value_text;
mod visible;
mod visit;
mod warnings;
mod why;

pub use first_administrator::PATH as FIRST_ADMINISTRATOR;
use marked_text::Marked;
use visible::Visible;

use crate::error::RequestError;
use crate::http::extract::entity_type::EntityType;
use crate::model::{Entity, REGISTRY, SYSTEM_RULE};
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, HttpResponseBuilder};
use askama::Template;

/// Pages may load resources from this server and send forms to it. They can't be embedded in other
/// pages.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; \
                                       form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// A path with its methods. The error about another method is a page as well.
macro_rules! page_resource {
    ($path:expr, $allowed:expr $(, $method:ident => $handler:path)+) => {
        actix_web::web::resource($path)
            $(.route(actix_web::web::$method().to($handler)))+
            .default_service(actix_web::web::to(|| async {
                Err::<HttpResponse, _>(
                    page_error::PageError::from(RequestError::MethodNotAllowed($allowed))
                )
            }))
    };
}

/// Adds the pages.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(page_resource!("/console", "GET", get => start))
        .service(page_resource!("/console/", "GET", get => start))
        .service(
            page_resource!("/console/login", "GET, POST", get => login::show, post => login::login),
        )
        .service(page_resource!(visit::LOGOUT, "POST", post => login::logout))
        .service(page_resource!(FIRST_ADMINISTRATOR, "GET, POST",
            get => first_administrator::show, post => first_administrator::choose))
        .service(page_resource!("/console/why", "GET", get => why::why))
        .service(page_resource!("/console/account", "GET", get => account::show))
        .service(page_resource!("/console/account/tokens", "POST", post => account::make_token))
        .service(
            page_resource!("/console/account/tokens/{id}", "POST", post => account::revoke_token),
        )
        .service(
            page_resource!("/console/account/sessions/{id}", "POST", post => account::end_session),
        )
        .service(page_resource!("/console/account/password", "GET, POST",
            get => password::show_own, post => password::change_own))
        .service(page_resource!(
            "/console/user/{id}/password",
            "GET, POST",
            get => password::show,
            post => password::give
        ))
        .service(
            page_resource!("/console/account/root.pem", "GET", get => account::root_certificate),
        )
        .service(page_resource!(
            "/console/account/client.pem",
            "POST",
            post => account::client_certificate
        ))
        .service(page_resource!("/console/console.css", "GET", get => style))
        .service(page_resource!("/console/icon.svg", "GET", get => icon));
    config.service(
        page_resource!(
            "/console/systemrule/import",
            "GET, POST",
            get => import::ask,
            post => import::import
        )
        .app_data(EntityType(&SYSTEM_RULE)),
    );
    for entity in REGISTRY.iter().copied() {
        entity_routes(config, entity);
    }
    config.service(web::resource("/console/{rest:.*}").to(nothing));
}

fn entity_routes(config: &mut ServiceConfig, entity: &'static Entity) {
    let of = |path: &str| format!("/console/{}{path}", entity.path);
    let kind = EntityType(entity);
    config
        .service(page_resource!(&of(""), "GET", get => list::list).app_data(kind))
        .service(
            page_resource!(&of("/new"), "GET, POST", get => edit::blank,
                post => edit::create)
            .app_data(kind),
        )
        .service(
            page_resource!(
                &of("/selected"),
                "GET, POST",
                get => bulk::unselected,
                post => bulk::selected
            )
            .app_data(kind),
        )
        .service(
            page_resource!(&of("/{id}"), "GET, POST", get => edit::open,
                post => change::change)
            .app_data(kind),
        )
        .service(
            page_resource!(
                &of("/{id}/delete"),
                "GET, POST",
                get => deletion::ask,
                post => deletion::delete
            )
            .app_data(kind),
        );
}

/// A page with only a message.
#[derive(Template)]
#[template(path = "message.html")]
struct Message<'t> {
    title: &'t str,
    text: &'t str,
}

/// Renders a template as a page.
fn page(status: StatusCode, template: &impl Template) -> Result<HttpResponse, RequestError> {
    let html = template.render().map_err(|error| RequestError::internal(&error))?;
    let mut response = HttpResponse::build(status);
    // Pages show private data.
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(guarded(&mut response).content_type("text/html; charset=utf-8").body(html))
}

/// Adds the headers that restrict what a browser does with a reply.
fn guarded(response: &mut HttpResponseBuilder) -> &mut HttpResponseBuilder {
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        // With `no-referrer`, browsers would send `Origin: null` with the forms of these pages.
        .insert_header((header::REFERRER_POLICY, "same-origin"))
}

async fn nothing() -> Result<HttpResponse, RequestError> {
    page(
        StatusCode::NOT_FOUND,
        &Message { title: "Page not found", text: "The console has no page at this address." },
    )
}

async fn start() -> HttpResponse {
    page_error::to(&format!("/console/{}", REGISTRY[0].path))
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
