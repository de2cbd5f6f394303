//! Audit entries about certificates.

use crate::store::Act;
use crate::tls::Certificate;

/// The audit entry of an action on a certificate.
#[must_use]
pub fn certificate_entry(what: &str, certificate: &Certificate) -> Act {
    let (name, detail) = (certificate.name.clone(), certificate_detail(certificate));
    Act { name, detail, ..Act::done(&format!("{what} certificate")) }
}

/// The serial number and the end of a certificate, which distinguish it from others of its name.
#[must_use]
pub fn certificate_detail(certificate: &Certificate) -> String {
    format!("serial {}, until {}", certificate.id.serial, certificate.until.format("%F"))
}
