//! By what attempts to sign in are counted.

mod device;

pub use device::{device_of, mark_device};
