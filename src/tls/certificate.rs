//! Reads the contents of a certificate (RFC 5280).

use super::error::CertificateError;
use super::layout::DEFAULT_CLIENT;
use super::pem::{first_certificate, no_certificate, read};
use chrono::{DateTime, Utc};
use std::fmt;
use std::net::IpAddr;
use std::path::Path;
use x509_parser::parse_x509_certificate;
use x509_parser::prelude::{ASN1Time, GeneralName, X509Certificate};

/// The characters of a name that are read: the certificate of another authority can contain any
/// name.
const LONGEST_NAME: usize = 255;

/// Bytes of a serial number.
const LONGEST_SERIAL: usize = 20;

/// A certificate.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The common name of its subject, without characters that would break a line.
    pub name: String,
    /// Its purpose.
    pub kind: Kind,
    /// Its issuer and serial number.
    pub id: CertificateId,
    /// The start of its validity.
    pub from: DateTime<Utc>,
    /// The end of its validity.
    pub until: DateTime<Utc>,
}

/// The purpose of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Signing other certificates.
    Authority,
    /// Identifying the server.
    Server,
    /// Identifying a client.
    Client,
}

/// The identity of a certificate: its issuer and serial number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CertificateId {
    /// The authority's name, in DER.
    pub issuer: Vec<u8>,
    /// The serial number.
    pub serial: Serial,
}

/// A serial number, without leading zeros.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Serial(Vec<u8>);

impl Certificate {
    /// Reads a certificate in DER; `None` if it is not one.
    #[must_use]
    pub fn read(der: &[u8]) -> Option<Self> {
        let certificate = parse(der)?;
        let name =
            certificate.subject().iter_common_name().next().and_then(|name| name.as_str().ok());
        let id = CertificateId {
            issuer: certificate.issuer().as_raw().to_vec(),
            serial: Serial::new(certificate.raw_serial()),
        };
        Some(Self {
            name: name
                .unwrap_or_default()
                .chars()
                .filter(|letter| !letter.is_control())
                .take(LONGEST_NAME)
                .collect(),
            kind: Kind::of(&certificate),
            id,
            from: moment(certificate.validity().not_before),
            until: moment(certificate.validity().not_after),
        })
    }

    /// Reads the first certificate in a PEM text; `None` if there is none.
    #[must_use]
    pub fn from_pem(pem: &[u8]) -> Option<Self> {
        Self::read(&first_certificate(pem)?)
    }

    /// Its name, unless it is the certificate that clients share, which does not identify anyone.
    #[must_use]
    pub fn own_name(&self) -> Option<&str> {
        Some(self.name.as_str()).filter(|name| *name != DEFAULT_CLIENT && !name.is_empty())
    }

    /// Whole days until it expires; negative if it has.
    #[must_use]
    pub fn days_left(&self) -> i64 {
        (self.until - Utc::now()).num_seconds().div_euclid(24 * 60 * 60)
    }
}

impl Kind {
    fn of(certificate: &X509Certificate<'_>) -> Self {
        let usage = certificate.extended_key_usage().ok().flatten();
        if certificate.is_ca() {
            Self::Authority
        } else if usage.is_some_and(|usage| usage.value.server_auth && !usage.value.client_auth) {
            Self::Server
        } else {
            Self::Client
        }
    }

    /// The name of the purpose.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::Server => "server",
            Self::Client => "client",
        }
    }
}

impl Serial {
    /// The number with these big-endian bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.iter().copied().skip_while(|byte| *byte == 0).collect())
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The digits after the prefix by which openssl marks a number. With the prefix, a number may
    /// be of any length.
    #[must_use]
    pub fn marked(text: &str) -> Option<&str> {
        ["serial=", "0x"].into_iter().find_map(|mark| text.strip_prefix(mark))
    }

    /// Parses a number in hexadecimal, as this or another program writes it; `None` if an authority
    /// can't assign it (RFC 5280, 4.1.2.2).
    #[must_use]
    pub fn written(text: &str) -> Option<Self> {
        let text = Self::marked(text).unwrap_or(text);
        let digits: Vec<u8> =
            text.chars().filter(|letter| *letter != ':').map(digit).collect::<Option<_>>()?;
        let (odd, pairs) = digits.split_at(digits.len() % 2);
        let bytes: Vec<u8> =
            odd.iter().copied().chain(pairs.chunks(2).map(|pair| pair[0] << 4 | pair[1])).collect();
        Some(Self::new(&bytes)).filter(|serial| (1..=LONGEST_SERIAL).contains(&serial.0.len()))
    }
}

fn digit(letter: char) -> Option<u8> {
    letter.to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Reads the first certificate in a file.
pub fn read_certificate(path: &Path) -> Result<Certificate, CertificateError> {
    Certificate::from_pem(read(path)?.as_bytes()).ok_or_else(|| no_certificate(path))
}

/// The names and addresses that a server's certificate is for, sorted.
pub fn hosts(der: &[u8]) -> Vec<String> {
    let Some(certificate) = parse(der) else { return Vec::new() };
    let names = certificate.subject_alternative_name().ok().flatten();
    let mut hosts: Vec<String> =
        names.iter().flat_map(|names| &names.value.general_names).filter_map(host).collect();
    hosts.sort();
    hosts
}

fn host(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let short = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            short
                .or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from))
                .ok()
                .map(|address| address.to_string())
        }
        _ => None,
    }
}

/// Whether the authority has signed the certificate.
pub fn is_signed_by(der: &[u8], authority: &[u8]) -> bool {
    let (Some(certificate), Some(authority)) = (parse(der), parse(authority)) else { return false };
    certificate.issuer().as_raw() == authority.subject().as_raw()
        && certificate.verify_signature(Some(authority.public_key())).is_ok()
}

/// Whether the certificate is for this public key, in DER.
pub fn has_key(der: &[u8], key: &[u8]) -> bool {
    parse(der).is_some_and(|certificate| certificate.public_key().raw == key)
}

pub(super) fn parse(der: &[u8]) -> Option<X509Certificate<'_>> {
    parse_x509_certificate(der).ok().map(|(_, certificate)| certificate)
}

pub(super) fn moment(time: ASN1Time) -> DateTime<Utc> {
    DateTime::from_timestamp(time.timestamp(), 0).unwrap_or_default()
}
