//! How people and programs show who they are, as far as it needs no HTTP.

pub mod jwt;
pub mod password;
pub mod throttle;
pub mod token;
