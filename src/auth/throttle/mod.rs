//! Throttling of attempts to sign in.

mod device;
mod pending_attempts;
mod sign_in_keys;

pub use device::{device_of, mark_device};
pub use pending_attempts::{Attempt, UnderWay};
pub use sign_in_keys::{SignInLimits, counted, keys};
