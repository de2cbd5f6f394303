//! Sites: a QRS elsewhere, of Qlik or of another Patchbay. This room knows how a site is reached,
//! keeps that in a file, and sends requests to it. It alone uses the HTTP client, and only commands
//! use it: the server calls no other machine.

mod client;
mod client_certificate;
mod connection_fault;
mod definition;
mod error;
mod folder;
mod list;
mod name;
mod reply;
mod secret_source;
mod survey;
mod tls_config;

pub use client::Client;
pub use definition::{Definition, MapTables, SignIn, UserHeader};
pub use error::SiteError;
pub use folder::SiteFolder;
pub use name::SiteName;
pub use secret_source::SecretSource;
pub use survey::{Lacking, Survey};
