//! The names in the data folder.

/// The database.
pub const DATABASE: &str = "patchbay.db";

/// The folder of certificates.
pub const CERTIFICATES: &str = "certs";
