//! Tokens that stand for a sign-in.

mod random;

pub use random::{new_token, token_hash};
