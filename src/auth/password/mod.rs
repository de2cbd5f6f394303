//! Passwords of users.

mod hash;
mod pool;

pub use hash::{PasswordCheck, hash as hash_password, is_hash as is_password_hash};
pub use pool::Passwords;
