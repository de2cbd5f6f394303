//! JSON Web Tokens (RFC 7519) of issuers that the site trusts.

mod check;
mod public_key;

pub use check::{Jwt, JwtError, JwtKeys};
