//! Secrets at rest: a master key, which is never in the database, seals data keys; a data key seals values.
//!
//! The rooms that use this know sealed text only. Keys and opened values are wiped from memory when they are dropped.

mod device;
mod envelope;
mod jwt;
mod key;
mod key_ring;
mod password;
mod public_key;
mod token;

pub use device::{device_of, mark_device};
pub use envelope::{OpenError, Place, term as term_of};
pub use jwt::{Jwt, JwtError, JwtKeys};
pub use key::{Derivation, Key, KeyError};
pub use key_ring::{KeyRing, KeyRingError, RenewError};
pub use password::{PasswordCheck, check as check_password, hash as hash_password, is_hash as is_password_hash};
pub use token::{digest, new_token, token_hash};
