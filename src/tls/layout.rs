//! The names in the folder of certificates: those of a certificate export of the QMC.

pub const ROOT: &str = "root.pem";
pub const ROOT_KEY: &str = "root_key.pem";
pub const SERVER: &str = "server.pem";
pub const SERVER_KEY: &str = "server_key.pem";
pub const CLIENT: &str = "client.pem";
pub const CLIENT_KEY: &str = "client_key.pem";
pub const REVOKED: &str = "crl.pem";
pub const LOCK: &str = "certs.lock";

/// The folder with copies of all issued certificates.
pub const ISSUED: &str = "issued";

/// The folder of the clients' own certificates.
pub const CLIENTS: &str = "clients";

/// The name of the shared client certificate beside the server's, as the QMC exports it.
pub const DEFAULT_CLIENT: &str = "QlikClient";

/// A text with at least this many hexadecimal digits is a serial number rather than a name.
pub const SERIAL_DIGITS: usize = 16;
