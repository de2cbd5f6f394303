//! Certificates and TLS: the certificate authority of the installation, the certificates that it
//! issues and revokes, and their use by the doors.

mod authority;
mod certificate;
mod client_verifier;
mod crl;
mod error;
mod folder;
mod issue;
mod known_certificates;
mod layout;
mod lock;
mod pem;
mod prepare;
mod remove;
mod revoke;
mod server_config;

pub use certificate::{Certificate, CertificateId, Kind, Serial};
pub use client_verifier::ClientCheck;
pub use crl::RevocationList;
pub use error::{CertificateError, TlsError};
pub use folder::Certificates;
pub use issue::{ClientName, Draft, Issued};
pub use known_certificates::{Listed, Listing};
pub use layout::DEFAULT_CLIENT;
pub use lock::Held;
pub use prepare::{FEW_DAYS, host_names};
pub use remove::remove_authority;
pub use revoke::{Revocation, Revoked};
pub use server_config::{ClientCertificates, ServerCertificate, client_check, server_config};
