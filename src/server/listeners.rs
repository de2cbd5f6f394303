//! Addresses that the server listens on, and the servers behind them.

use crate::auth::door::Door;
use crate::console;
use crate::http::extract::qlik_user;
use crate::http::middleware::{
    early_reply, last_request, path_normalization, reply_pieces, request_log, request_screen,
    whole_reply,
};
use crate::http::qrs::about;
use crate::http::routes::routes;
use crate::http::{State, credentials, operations, sign_in};
use actix_web::body::MessageBody;
use actix_web::dev::{Server, Service, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::X_CONTENT_TYPE_OPTIONS;
use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, HttpServer};
use socket2::SockRef;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

/// Connections that may wait in the backlog of the listener.
const WAITING: i32 = 4096;

/// A listener that holds its address; no server answers there yet.
pub struct Bound {
    listener: TcpListener,
    /// The address that it listens on.
    pub address: SocketAddr,
}

/// Listens on an address.
///
/// # Errors
/// An error of the system if the address is in use or is not one of this machine.
pub fn bind(address: SocketAddr) -> std::io::Result<Bound> {
    let listener = TcpListener::bind(address)?;
    // A burst of clients overflows the default backlog of 128, and they try again only after a
    // second.
    SockRef::from(&listener).listen(WAITING)?;
    Ok(Bound { address: listener.local_addr()?, listener })
}

impl Bound {
    /// Makes the server of a door. It answers once it is polled, until its handle stops it. Without
    /// `tls` it speaks plain HTTP.
    ///
    /// # Errors
    /// An error of the system if it can't use the listener.
    pub fn serve(
        self,
        state: Data<State>,
        door: Door,
        tls: Option<rustls::ServerConfig>,
        workers: usize,
    ) -> std::io::Result<Server> {
        let limits = state.backend.limits;
        let connections = limits.connections.div_ceil(workers);
        let server = HttpServer::new(move || door_application(state.clone(), door.clone()))
            .workers(workers)
            // The limit is for each worker.
            .max_connections(connections)
            // Clients that never end a handshake would otherwise keep others from beginning one.
            .max_connection_rate(connections)
            .h1_write_buffer_size(reply_pieces::LONGEST)
            // Without it each new TLS connection waits for a delayed acknowledgement.
            .tcp_nodelay(true)
            .on_connect(|connection, notes| {
                qlik_user::note_certificate(connection, notes);
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

    /// Makes the server of the door for operations, in plain HTTP.
    ///
    /// # Errors
    /// An error of the system if it can't use the listener.
    pub fn serve_operations(self, state: Data<State>) -> std::io::Result<Server> {
        let limits = state.backend.limits;
        let server = HttpServer::new(move || {
            state.event_loops.watch_this();
            App::new()
                .app_data(state.clone())
                .configure(operations::routes)
                .wrap(from_fn(request_screen::screen_operation))
                .wrap(from_fn(request_log::log_operation))
                .wrap(from_fn(early_reply::answer))
        });
        let server = server
            .workers(1)
            .max_connections(limits.connections)
            .client_disconnect_timeout(early_reply::LINGER)
            .disable_signals()
            .shutdown_timeout(limits.shutdown_seconds);
        Ok(server
            .client_request_timeout(Duration::from_secs(limits.request_seconds))
            .listen(self.listener)?
            .run())
    }
}

/// The application of a door, which each worker makes once: the last wrapper sees a request first.
fn door_application(
    state: Data<State>,
    door: Door,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let normalise: fn(&mut ServiceRequest) = match &door {
        Door::Direct => path_normalization::normalise,
        Door::Front(_) => path_normalization::normalise_at_front,
    };
    let door_routes: fn(&mut ServiceConfig) = match &door {
        Door::Direct => credentials::routes,
        Door::Front(_) => front_routes,
    };
    state.event_loops.watch_this();
    App::new()
        .app_data(state)
        .app_data(door)
        .configure(routes)
        .configure(door_routes)
        .default_service(web::to(about::nothing))
        .wrap(from_fn(sign_in::give_session))
        .wrap(from_fn(whole_reply::send))
        .wrap_fn(move |mut request, service| {
            normalise(&mut request);
            service.call(request)
        })
        .wrap(from_fn(request_screen::screen))
        .wrap(from_fn(last_request::refuse_later))
        // A browser must not guess that JSON is something else.
        .wrap(DefaultHeaders::new().add((X_CONTENT_TYPE_OPTIONS, "nosniff")))
        .wrap(from_fn(request_log::log_request))
        .wrap(from_fn(early_reply::answer))
}

fn front_routes(config: &mut ServiceConfig) {
    sign_in::routes(config);
    console::routes(config);
}
