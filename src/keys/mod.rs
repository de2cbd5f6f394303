//! The master key, which is never in the database, and the data keys that it seals: finding them at
//! the start, opening and rotating them.

mod key_ring;
mod master_key;
mod master_key_source;
mod rotation;

pub use key_ring::{KeyRing, KeyRingError, RenewError};
pub use master_key::{
    MasterKeyError, finish_change, make_new_file, master_key, missing, new_from_passphrase, open,
    open_key_ring, put_new_file_in_place,
};
pub use master_key_source::{MASTER_KEY, MASTER_KEY_FILE, MasterKeySource, PASSPHRASE};
pub use rotation::{Occasion, PAUSE, Rotated, Rotation, RotationError, Step, reopened};
