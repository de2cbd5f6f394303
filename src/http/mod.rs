//! The HTTP room: the only one that knows actix. A door decides who asks; the handlers are the same for every entity type.

/// The methods of a path and, for every other method, what it takes.
macro_rules! resource {
    ($path:expr, $allowed:expr $(, $method:ident => $handler:path)+) => {
        actix_web::web::resource($path)
            $(.route(actix_web::web::$method().to($handler)))+
            .default_service(actix_web::web::to(|| async {
                Err::<actix_web::HttpResponse, _>($crate::http::failure::Failure::MethodNotAllowed($allowed))
            }))
    };
}

pub(crate) mod about;
pub(crate) mod about_api;
pub(crate) mod access;
pub(crate) mod body;
pub(crate) mod call;
pub(crate) mod column;
pub(crate) mod console;
pub(crate) mod credentials;
pub(crate) mod docs;
pub(crate) mod door;
pub(crate) mod early_reply;
pub(crate) mod entities;
pub(crate) mod failure;
pub(crate) mod front;
pub(crate) mod hub;
pub(crate) mod identity;
pub(crate) mod ignored;
pub(crate) mod import;
pub(crate) mod json_reader;
pub(crate) mod last_request;
pub(crate) mod many;
pub(crate) mod operations;
pub(crate) mod own_parameters;
pub(crate) mod paths;
pub(crate) mod pieces;
pub(crate) mod previews;
pub(crate) mod query_string;
pub(crate) mod reply_memory;
pub(crate) mod request_log;
pub(crate) mod screening;
pub(crate) mod selections;
pub(crate) mod stream;
pub(crate) mod synthetic;
pub(crate) mod table;
pub(crate) mod trail;
pub(crate) mod versions;
pub(crate) mod whole_reply;
pub(crate) mod xrfkey;

use crate::auth::door::Door;
use crate::auth::invitation::Invitation;
use crate::auth::password::Passwords;
use crate::auth::session::DerivedSessions;
use crate::memory::{Cache, CacheMemory};
use crate::model::{AUDIT_ENTRY, Entity, REGISTRY, SELECTION, SYSTEM_RULE, USER};
use crate::service::backend::Backend;
use crate::service::body_memory::BodyMemory;
use crate::tls::{Certificates, ClientCheck, ServerCertificate};
use actix_web::dev::{Server, Service, ServiceRequest};
use actix_web::guard;
use actix_web::http::header::X_CONTENT_TYPE_OPTIONS;
use actix_web::middleware::{Compress, DefaultHeaders, from_fn};
use actix_web::web::{self, Bytes, Data, ServiceConfig};
use actix_web::{App, HttpRequest, HttpServer, Scope};
use call::EntityType;
pub use console::FIRST_ADMINISTRATOR;
use failure::Failure;
pub use operations::{EventLoops, Metrics};
use own_parameters::OwnParameters;
pub use reply_memory::ReplyMemory;
use secrecy::SecretString;
use socket2::SockRef;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
pub use trail::Refusals;

/// What the server works with.
pub struct State {
    /// What requests work with.
    pub backend: Arc<Backend>,
    /// How much memory caches may take.
    pub memory: CacheMemory,
    /// The certificates, for who may have them.
    pub certificates: Certificates,
    /// The server's certificate, as the doors show it.
    pub shown: Arc<ServerCertificate>,
    /// What checks the certificates of clients.
    pub clients: Arc<ClientCheck>,
    /// What checks and hashes passwords.
    pub passwords: Passwords,
    /// Sessions that headers and JSON Web Tokens began.
    pub derived_sessions: DerivedSessions,
    /// What only this run of the server knows, for forms of visitors without a session.
    pub form_key: SecretString,
    /// The invitation to the first administrator, if there is one.
    pub invitation: Option<Invitation>,
    /// What is counted for whoever runs the server.
    pub metrics: Metrics,
    /// Whether each event loop still turns.
    pub event_loops: EventLoops,
    /// The memory of large bodies.
    pub body_memory: BodyMemory,
    /// The memory of long replies that are made whole.
    pub reply_memory: ReplyMemory,
    /// How many refusals were recorded lately.
    pub refusals: Refusals,
    /// The names that the server has, with those of its certificate.
    pub hosts: Vec<String>,
    /// The OpenAPI document, as JSON.
    pub openapi: Bytes,
    /// Each operation of the API: its method and its path.
    pub operations: Vec<(&'static str, String)>,
    /// The version that clients are told.
    pub build_version: String,
    /// When this program was made, as QRS writes it; empty where the system does not tell.
    pub build_date: String,
}

impl State {
    /// The state of the server that a request came to.
    fn of(request: &HttpRequest) -> Result<Data<Self>, Failure> {
        request.app_data::<Data<Self>>().cloned().ok_or_else(|| Failure::internal(&"the routes have no state"))
    }

    /// Bytes that a cache keeps.
    #[must_use]
    pub fn cache_bytes(&self, cache: Cache) -> u64 {
        match cache {
            Cache::Responses => self.backend.responses.bytes(),
            Cache::Statements => self.backend.store.statement_bytes(),
            Cache::Guards => self.backend.rules.guard_bytes(),
            Cache::Users => self.backend.rules.user_bytes(),
            Cache::Expressions => self.backend.store.expressions().bytes(),
            Cache::Sessions => self.derived_sessions.bytes(),
        }
    }
}

/// Connections that may wait until they are taken.
const WAITING: i32 = 4096;

/// A server that holds its address but does not answer yet.
pub struct Bound {
    listener: TcpListener,
    /// The address that it listens on.
    pub address: SocketAddr,
}

/// Takes the address.
///
/// # Errors
/// It is taken, or not this machine's.
pub fn bind(address: SocketAddr) -> std::io::Result<Bound> {
    let listener = TcpListener::bind(address)?;
    // The standard library lets 128 wait. Who comes when a thousand do would be answered a second later, when he knocks again.
    SockRef::from(&listener).listen(WAITING)?;
    Ok(Bound { address: listener.local_addr()?, listener })
}

impl Bound {
    /// Makes the server of a door, which answers once it is polled, until its handle tells it to stop. Without `tls` it speaks plain
    /// HTTP.
    ///
    /// # Errors
    /// The listener can't be used.
    pub fn serve(
        self,
        state: Data<State>,
        door: Door,
        tls: Option<rustls::ServerConfig>,
        workers: usize,
    ) -> std::io::Result<Server> {
        let limits = state.backend.limits;
        let normalise: fn(&mut ServiceRequest) = match door {
            Door::Direct => paths::normalise,
            Door::Front(_) => paths::normalise_at_front,
        };
        let door_routes: fn(&mut ServiceConfig) = match door {
            Door::Direct => credentials::routes,
            Door::Front(_) => front_routes,
        };
        let server = HttpServer::new(move || {
            // This runs once on each worker.
            state.event_loops.watch_this();
            App::new()
                .app_data(state.clone())
                .app_data(door.clone())
                .configure(routes)
                .configure(door_routes)
                .default_service(web::to(about::nothing))
                .wrap(from_fn(front::give_session))
                .wrap(from_fn(whole_reply::send))
                .wrap_fn(move |mut request, service| {
                    normalise(&mut request);
                    service.call(request)
                })
                .wrap(from_fn(screening::screen))
                .wrap(from_fn(last_request::refuse_later))
                // What is JSON is nothing else, whatever a browser makes of it.
                .wrap(DefaultHeaders::new().add((X_CONTENT_TYPE_OPTIONS, "nosniff")))
                .wrap(from_fn(request_log::log_request))
                .wrap(from_fn(early_reply::answer))
        })
        .workers(workers)
        // The limit is one a worker.
        .max_connections(limits.connections.div_ceil(workers))
        // Who never ends a handshake would otherwise keep others from beginning one.
        .max_connection_rate(limits.connections.div_ceil(workers))
        .h1_write_buffer_size(pieces::LONGEST)
        // Without it each new TLS connection waits for a delayed acknowledgement.
        .tcp_nodelay(true)
        .on_connect(|connection, notes| {
            identity::note_certificate(connection, notes);
            last_request::note_connection(notes);
        })
        .disable_signals()
        .shutdown_timeout(limits.shutdown_seconds)
        .client_disconnect_timeout(early_reply::LINGER)
        .client_request_timeout(Duration::from_secs(limits.request_seconds));
        let server = match tls {
            Some(tls) => server.listen_rustls_0_23(self.listener, tls)?,
            None => server.listen(self.listener)?,
        };
        Ok(server.run())
    }
}

impl Bound {
    /// Makes the server of the door for whoever runs the server, in plain HTTP.
    ///
    /// # Errors
    /// The listener can't be used.
    pub fn serve_operations(self, state: Data<State>) -> std::io::Result<Server> {
        let limits = state.backend.limits;
        let server = HttpServer::new(move || {
            state.event_loops.watch_this();
            let app = App::new().app_data(state.clone()).configure(operations::routes);
            let app = app.wrap(from_fn(screening::screen_operation)).wrap(from_fn(request_log::log_operation));
            app.wrap(from_fn(early_reply::answer))
        });
        let server = server
            .workers(1)
            .max_connections(limits.connections)
            .client_disconnect_timeout(early_reply::LINGER)
            .disable_signals()
            .shutdown_timeout(limits.shutdown_seconds);
        Ok(server.client_request_timeout(Duration::from_secs(limits.request_seconds)).listen(self.listener)?.run())
    }
}

fn front_routes(config: &mut ServiceConfig) {
    front::routes(config);
    console::routes(config);
}

fn routes(config: &mut ServiceConfig) {
    let mut qrs = web::scope("/qrs")
        .service(resource!("/about", "GET", get => about::about))
        .service(resource!("/about/openapi", "GET", get => about::openapi).app_data(OwnParameters(&[])))
        .service(resource!("/about/api/description", "GET", get => about_api::description))
        .service(resource!("/about/api/enums", "GET", get => about_api::enums))
        .service(resource!("/about/api/relations", "GET", get => about_api::relations))
        .service(resource!("/about/api/default/{type}", "GET", get => about_api::default))
        .service(resource!("/ssl/ping", "GET", get => about::ping));
    qrs = qrs.service(selection_routes()).service(recorded_routes(&AUDIT_ENTRY));
    for entity in REGISTRY {
        qrs = qrs.service(entity_routes(entity));
    }
    config.service(qrs.default_service(web::to(about::nothing)));
    // Clients ask for it beside the API, too.
    config.service(resource!("/ssl/ping", "GET", get => about::ping));
    docs::routes(config);
}

fn entity_routes(entity: &'static Entity) -> Scope {
    let scope = web::scope(&format!("/{}", entity.path)).app_data(EntityType(entity));
    let scope = match entity {
        entity if *entity == SYSTEM_RULE => rule_routes(scope),
        entity if *entity == USER => {
            scope.service(resource!("/ownedresources", "GET", get => selections::owned_resources))
        }
        _ => scope,
    };
    scope
        // A single entity is not compressed: its ETag would have to tell the compressed form from the other (RFC 9110, 8.8.3.3).
        .service(resource!("", "GET, POST", get => entities::list).guard(guard::Get()).wrap(Compress::default()))
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

/// The query parameters of what is only recorded, which no QRS has.
const OF_RECORDS: [&str; 7] = ["filter", "orderby", "skip", "take", "sortColumn", "orderAscending", "privileges"];

/// What is only recorded can be read, and nothing else.
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
    let of_types = REGISTRY.into_iter().fold(web::scope("/selection"), |scope, entity| {
        let all = resource!(&format!("/{}", entity.path), "POST", post => selections::create_of);
        scope.service(all.app_data(EntityType(entity))).service(selected_routes(entity))
    });
    of_types
        .app_data(EntityType(&SELECTION))
        .service(resource!("", "POST", post => selections::create))
        .service(resource!("/{id}", "GET, PUT, DELETE",
            get => selections::get, put => selections::update, delete => selections::delete))
}

/// What can be done to all that is selected of a type.
fn selected_routes(entity: &'static Entity) -> Scope {
    web::scope(&format!("/{{selection}}/{}", entity.path))
        .app_data(EntityType(entity))
        .service(resource!("", "GET, DELETE", get => entities::list).guard(guard::Get()).wrap(Compress::default()))
        .service(resource!("", "GET, DELETE", delete => selections::delete_selected))
        .service(resource!("/full", "GET", get => entities::list_full).wrap(Compress::default()))
        .service(resource!("/count", "GET", get => entities::count))
        .service(resource!("/table", "POST", post => table::table).wrap(Compress::default()))
        .service(resource!("/synthetic", "GET, PUT", get => synthetic::get, put => synthetic::update))
}

fn rule_routes(scope: Scope) -> Scope {
    scope
        .service(resource!("/import", "POST", post => import::import).app_data(OwnParameters(&["dryRun"])))
        .service(resource!("/explain", "GET", get => access::why).app_data(OwnParameters(&[
            "user",
            "action",
            "resource",
            "environmentAttributes",
        ])))
        .service(resource!("/explain/users", "GET", get => access::who).app_data(OwnParameters(&[
            "resource",
            "action",
            "filter",
            "environmentAttributes",
        ])))
        .service(resource!("/explain/resources", "GET", get => access::what).app_data(OwnParameters(&[
            "user",
            "action",
            "type",
            "filter",
            "environmentAttributes",
        ])))
        .service(resource!("/explain/changes", "POST", post => access::changes).app_data(OwnParameters(&[])))
        .service(resource!("/security/audit", "POST", post => access::audit))
        .service(resource!("/security/audit/matrix", "POST", post => access::matrix))
        .service(
            resource!("/security/audit/accessibleobjects", "POST", post => access::accessible_objects)
                .wrap(Compress::default()),
        )
        .service(resource!("/security/referenceduserroles", "GET", get => access::roles))
        .service(resource!("/security/parsetree", "GET", get => access::parse_tree))
}
