//! The paths of the API and their handlers.

use super::api_docs;
use super::extract::own_parameters::OwnParameters;
use super::qrs::{
    about, about_api, entities, many, previews, rule_audit, rule_import, selections, synthetic,
    table,
};
use crate::http::extract::entity_type::EntityType;
use crate::model::{AUDIT_ENTRY, Defines, Entity, REGISTRY, SELECTION};
use actix_web::middleware::Compress;
use actix_web::web::{self, ServiceConfig};
use actix_web::{Scope, guard};

/// Adds the paths that both doors have.
pub fn routes(config: &mut ServiceConfig) {
    let mut qrs = web::scope("/qrs")
        .service(resource!("/about", "GET", get => about::about))
        .service(
            resource!("/about/openapi", "GET", get => about::openapi).app_data(OwnParameters(&[])),
        )
        .service(resource!("/about/api/description", "GET", get => about_api::description))
        .service(resource!("/about/api/enums", "GET", get => about_api::enums))
        .service(resource!("/about/api/relations", "GET", get => about_api::relations))
        .service(resource!("/about/api/default/{type}", "GET", get => about_api::default))
        .service(resource!("/ssl/ping", "GET", get => about::ping));
    qrs = qrs.service(selection_routes()).service(recorded_routes(&AUDIT_ENTRY));
    for entity in REGISTRY.iter().copied() {
        qrs = qrs.service(entity_routes(entity));
    }
    config.service(qrs.default_service(web::to(about::nothing)));
    // Clients use this path without `/qrs`, too.
    config.service(resource!("/ssl/ping", "GET", get => about::ping));
    api_docs::routes(config);
}

fn entity_routes(entity: &'static Entity) -> Scope {
    let scope = web::scope(&format!("/{}", entity.path)).app_data(EntityType(entity));
    let scope = match entity.defines {
        Defines::Rights => rule_routes(scope),
        Defines::Users => user_routes(scope),
        Defines::CustomProperties | Defines::Nothing => scope,
    };
    scope
        // A single entity is not compressed: its ETag would have to differ between the compressed
        // form and the other one (RFC 9110, 8.8.3.3).
        .service(
            resource!("", "GET, POST", get => entities::list)
                .guard(guard::Get())
                .wrap(Compress::default()),
        )
        .service(resource!("", "GET, POST", post => entities::create))
        .service(resource!("/full", "GET", get => entities::list_full).wrap(Compress::default()))
        .service(resource!("/count", "GET", get => entities::count))
        .service(resource!("/table", "POST", post => table::table).wrap(Compress::default()))
        .service(resource!("/many", "POST", post => many::create_many))
        .service(resource!("/previewcreateprivilege", "POST", post => previews::create_privilege))
        .service(resource!("/previewprivileges", "POST", post => previews::privileges))
        .service(resource!("/{id}", "GET, PUT, DELETE",
            get => entities::get, put => entities::update, delete => entities::delete))
        .service(resource!("/{id}/full", "GET", get => entities::get))
}

/// The query parameters of the paths of audit entries, which QRS does not have.
const OF_RECORDS: [&str; 7] =
    ["filter", "orderby", "skip", "take", "sortColumn", "orderAscending", "privileges"];

/// The paths of a read-only type.
fn recorded_routes(entity: &'static Entity) -> Scope {
    web::scope(&format!("/{}", entity.path))
        .app_data(EntityType(entity))
        .app_data(OwnParameters(&OF_RECORDS))
        .service(resource!("", "GET", get => entities::list).wrap(Compress::default()))
        .service(resource!("/full", "GET", get => entities::list_full).wrap(Compress::default()))
        .service(resource!("/count", "GET", get => entities::count))
        .service(resource!("/table", "POST", post => table::table).wrap(Compress::default()))
        .service(resource!("/{id}", "GET", get => entities::get))
        .service(resource!("/{id}/full", "GET", get => entities::get))
}

fn selection_routes() -> Scope {
    let of_types = REGISTRY.iter().copied().fold(web::scope("/selection"), |scope, entity| {
        let all = resource!(&format!("/{}", entity.path), "POST", post => selections::create_of);
        scope.service(all.app_data(EntityType(entity))).service(selected_routes(entity))
    });
    of_types
        .app_data(EntityType(&SELECTION))
        .service(resource!("", "POST", post => selections::create))
        .service(resource!("/{id}", "GET, PUT, DELETE",
            get => selections::get, put => selections::update, delete => selections::delete))
}

/// The paths for the selected entities of a type.
fn selected_routes(entity: &'static Entity) -> Scope {
    web::scope(&format!("/{{selection}}/{}", entity.path))
        .app_data(EntityType(entity))
        .service(
            resource!("", "GET, DELETE", get => entities::list)
                .guard(guard::Get())
                .wrap(Compress::default()),
        )
        .service(resource!("", "GET, DELETE", delete => selections::delete_selected))
        .service(resource!("/full", "GET", get => entities::list_full).wrap(Compress::default()))
        .service(resource!("/count", "GET", get => entities::count))
        .service(resource!("/table", "POST", post => table::table).wrap(Compress::default()))
        .service(
            resource!("/synthetic", "GET, PUT", get => synthetic::get, put => synthetic::update),
        )
}

fn user_routes(scope: Scope) -> Scope {
    scope.service(resource!("/ownedresources", "GET", get => selections::owned_resources))
}

fn rule_routes(scope: Scope) -> Scope {
    scope
        .service(
            resource!("/import", "POST", post => rule_import::import)
                .app_data(OwnParameters(&["dryRun"])),
        )
        .service(resource!("/explain", "GET", get => rule_audit::why).app_data(OwnParameters(&[
            "user",
            "action",
            "resource",
            "environmentAttributes",
        ])))
        .service(
            resource!("/explain/users", "GET",
            get => rule_audit::who)
            .app_data(OwnParameters(&["resource", "action", "filter", "environmentAttributes"])),
        )
        .service(
            resource!("/explain/resources", "GET",
            get => rule_audit::what)
            .app_data(OwnParameters(&[
                "user",
                "action",
                "type",
                "filter",
                "environmentAttributes",
            ])),
        )
        .service(
            resource!("/explain/changes", "POST",
                post => rule_audit::changes)
            .app_data(OwnParameters(&[])),
        )
        .service(resource!("/security/audit", "POST", post => rule_audit::audit))
        .service(resource!("/security/audit/matrix", "POST", post => rule_audit::matrix))
        .service(
            resource!(
                "/security/audit/accessibleobjects",
                "POST",
                post => rule_audit::accessible_objects
            )
            .wrap(Compress::default()),
        )
        .service(resource!("/security/referenceduserroles", "GET", get => rule_audit::roles))
        .service(resource!("/security/parsetree", "GET", get => rule_audit::parse_tree))
}
