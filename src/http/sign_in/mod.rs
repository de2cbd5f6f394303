//! The front door, which corresponds to Qlik's proxy: users and programs sign in here, and requests
//! can't name their user themselves.

mod api_tokens;
mod attempt_counts;
pub(crate) mod authenticate;
mod bearer;
mod derived_session;
mod login;
mod session_cookie;
mod sessions;
mod trusted_header;

pub(crate) use api_tokens::{
    DAYS as LONGEST_DAYS, NewToken, OwnToken, TokenRequest, keep as keep_token,
    new as new_api_token,
};
pub(crate) use authenticate::{note_sign_in, signed_in};
pub(crate) use derived_session::give_session;
pub(crate) use login::{Credentials, LONGEST_CREDENTIALS, LoginBody, LoginReply, confirm, sign_in};
pub(crate) use session_cookie::{
    begun_cookie, end_shown as end_session, is_shown as shows_session,
};
pub(crate) use sessions::OwnSession;

use super::extract::own_parameters::OwnParameters;
use actix_web::web::ServiceConfig;

/// Adds the paths of the front door outside `/qrs`.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(resource!("/login", "POST", post => login::login).app_data(OwnParameters(&[])))
        .service(
            resource!("/logout", "POST", post => sessions::logout).app_data(OwnParameters(&[])),
        )
        .service(resource!("/sessions", "GET", get => sessions::list).app_data(OwnParameters(&[])))
        .service(
            resource!("/sessions/{id}", "DELETE", delete => sessions::end)
                .app_data(OwnParameters(&[])),
        )
        .service(
            resource!("/tokens", "GET, POST", get => api_tokens::list, post => api_tokens::create)
                .app_data(OwnParameters(&[])),
        )
        .service(
            resource!("/tokens/{id}", "DELETE", delete => api_tokens::revoke)
                .app_data(OwnParameters(&[])),
        );
}
