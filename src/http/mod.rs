//! Requests and replies. Only this room and the rooms `console` and `server` use actix. The
//! handlers are the same for all entity types.

/// A path with its methods. Other methods get 405 with the allowed ones.
macro_rules! resource {
    ($path:expr, $allowed:expr $(, $method:ident => $handler:path)+) => {
        actix_web::web::resource($path)
            $(.route(actix_web::web::$method().to($handler)))+
            .default_service(actix_web::web::to(|| async {
                Err::<actix_web::HttpResponse, _>(
                    $crate::error::RequestError::MethodNotAllowed($allowed)
                )
            }))
    };
}

pub(crate) mod api_docs;
pub(crate) mod credentials;
pub(crate) mod error;
pub(crate) mod extract;
pub(crate) mod ignored_fields;
pub(crate) mod middleware;
pub(crate) mod operations;
pub(crate) mod qrs;
pub(crate) mod routes;
pub(crate) mod sign_in;
pub(crate) mod state;
pub(crate) mod streaming;

pub(crate) use state::State;
