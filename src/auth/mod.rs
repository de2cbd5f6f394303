//! Authentication of people and programs, without HTTP.

pub mod credential;
pub mod directory;
pub mod door;
pub mod front;
pub mod invitation;
pub mod jwt;
pub mod jwt_sign_in;
pub mod password;
pub mod rate_limit;
pub mod refusal_quota;
pub mod security_header;
pub mod session;
pub mod throttle;
pub mod token;
pub mod trusted_header;
