//! The OpenAPI document, built from the registry, so that it can't differ from the handlers.

mod access;
mod credentials;
mod derived;
mod draft;
mod front;
mod parameters;
mod parts;
mod paths;
mod schemas;
mod selections;

use crate::model::{AUDIT_ENTRY, Kind, REGISTRY, SELECTION};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, PathsBuilder,
    ServerBuilder,
};

const ABOUT: &str = "The data connection part of the Qlik Sense Repository Service API. All entity \
                     types have the same operations. Every request needs an Xrfkey. At the direct \
                     door, a request also needs a client certificate, and X-Qlik-User names its \
                     user. At the front door, a request needs a session, a token, or a proxy that \
                     names the user.";

/// The OpenAPI 3.1 document of the API.
#[must_use]
pub fn document() -> OpenApi {
    let license = LicenseBuilder::new().name("MIT OR Apache-2.0").build();
    let info = InfoBuilder::new()
        .title("Patchbay")
        .description(Some(ABOUT))
        .version(env!("CARGO_PKG_VERSION"))
        .license(Some(license))
        .build();
    let server = ServerBuilder::new().url("/qrs").description(Some("This server")).build();
    let entities = REGISTRY.iter().copied().chain([&SELECTION, &AUDIT_ENTRY]);
    let tags: Vec<_> =
        entities.map(|entity| TagBuilder::new().name(paths::title(entity)).build()).collect();
    let with = |proof: &str| {
        SecurityRequirement::new::<_, [String; 0], String>("xrfkey", [])
            .add::<_, [String; 0], String>(proof, [])
    };
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([server]))
        .tags(Some(tags))
        .security(Some(["certificate", "session", "token", "jwt", "proxy"].map(with)))
        .paths(all_paths())
        .components(Some(components().build()))
        .build()
}

/// Every operation, as method and path.
#[must_use]
pub fn operations() -> Vec<(&'static str, String)> {
    let mut operations = Vec::new();
    for (path, item) in all_paths().build().paths {
        let methods =
            [("GET", item.get), ("POST", item.post), ("PUT", item.put), ("DELETE", item.delete)];
        let there = methods.into_iter().filter(|(_, operation)| operation.is_some());
        // Paths outside /qrs have their own server.
        let base = if item.servers.is_some() { "" } else { "/qrs" };
        operations.extend(there.map(|(method, _)| (method, format!("{base}{path}"))));
    }
    operations
}

fn all_paths() -> PathsBuilder {
    let paths = access::paths(
        REGISTRY.iter().copied().fold(paths::about(PathsBuilder::new()), paths::of_entity),
    );
    credentials::paths(front::paths(paths::of_recorded(selections::paths(paths), &AUDIT_ENTRY)))
}

fn components() -> ComponentsBuilder {
    let components = with_schemas(ComponentsBuilder::new());
    let components = parameters::parameters()
        .fold(components, |components, (name, parameter)| components.parameter(name, parameter));
    let components = parts::failures()
        .into_iter()
        .fold(components, |components, (name, response)| components.response(name, response));
    security_schemes()
        .into_iter()
        .fold(components, |components, (name, scheme)| components.security_scheme(name, scheme))
}

fn with_schemas(mut components: ComponentsBuilder) -> ComponentsBuilder {
    for entity in REGISTRY.iter().copied() {
        components = components
            .schema(entity.resource_type, schemas::full(entity))
            .schema(format!("{}Create", entity.resource_type), schemas::create(entity))
            .schema(format!("{}Condensed", entity.resource_type), schemas::condensed(entity));
    }
    components = components
        .schema(SELECTION.resource_type, schemas::full(&SELECTION))
        .schema(AUDIT_ENTRY.resource_type, schemas::full(&AUDIT_ENTRY))
        .schema(
            format!("{}Condensed", AUDIT_ENTRY.resource_type),
            schemas::condensed(&AUDIT_ENTRY),
        );
    for property in
        REGISTRY.iter().copied().chain([&SELECTION]).flat_map(|entity| entity.properties)
    {
        if let Kind::Elements(element) = property.kind {
            components = components.schema(element.resource_type, schemas::full(element));
        }
    }
    for (name, schema) in schemas::shared() {
        components = components.schema(name, schema);
    }
    components
}

/// The ways of authentication, by the names of their components.
fn security_schemes() -> [(&'static str, SecurityScheme); 6] {
    let header = |name: &str, description: &str| {
        SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(name, description)))
    };
    let session = ApiKeyValue::with_description(
        "X-Qlik-Session",
        "At the front door: the session cookie that POST /login set, or that the response to a \
         sign-in by a header or a JSON Web Token set. Below a prefix, as in /hub/qrs, the name of \
         the latter ends with the prefix: X-Qlik-Session-hub",
    );
    let bearer = |description: &str| {
        HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(description))
    };
    let token = bearer("At the front door: an API token").build();
    let jwt =
        bearer("At the front door: a JSON Web Token from an issuer that --front-jwt-key trusts")
            .bearer_format("JWT")
            .build();
    let certificate = SecurityScheme::MutualTls {
        description: Some(
            "The client certificate: client.pem and client_key.pem from the certs folder"
                .to_owned(),
        ),
        deprecated: None,
        extensions: None,
    };
    [
        ("token", SecurityScheme::Http(token)),
        ("jwt", SecurityScheme::Http(jwt)),
        (
            "proxy",
            header(
                "X-Remote-User",
                "At the front door: the user, named by a proxy in the header that --front-header \
                 sets",
            ),
        ),
        ("session", SecurityScheme::ApiKey(ApiKey::Cookie(session))),
        (
            "xrfkey",
            header("X-Qlik-Xrfkey", "The same 16 characters as in the query parameter Xrfkey"),
        ),
        ("certificate", certificate),
    ]
}
