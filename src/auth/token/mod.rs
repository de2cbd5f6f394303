//! Random tokens of sessions and API clients.

mod random;

pub use random::{new_token, token_hash};
