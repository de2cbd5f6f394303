//! The sealed form of stored secrets, and the keys that seal and open them.
//!
//! Keys and opened values are wiped from memory when they are dropped.

mod digest;
mod envelope;
mod key;
mod passphrase;

pub use digest::digest;
pub use envelope::{OpenError, Place, open, seal, term as term_of};
pub use key::{Derivation, Key, KeyError};
pub use passphrase::check_password;
