//! The tasks that the server runs in the background.

pub mod audit_retention;
pub mod certificate_renewal;
pub mod key_rotation;
#[cfg(unix)]
pub mod unseal_socket;
pub mod untrusted_sessions;
