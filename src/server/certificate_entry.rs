//! Entries of the audit log about certificates.

use crate::store::Act;
use crate::tls::Certificate;

/// The entry about what was done to a certificate.
#[must_use]
pub fn certificate_entry(what: &str, certificate: &Certificate) -> Act {
    let (name, detail) = (certificate.name.clone(), certificate_detail(certificate));
    Act { name, detail, ..Act::done(&format!("{what} certificate")) }
}

/// What tells a certificate from others of its name.
#[must_use]
pub fn certificate_detail(certificate: &Certificate) -> String {
    format!("serial {}, until {}", certificate.id.serial, certificate.until.format("%F"))
}
