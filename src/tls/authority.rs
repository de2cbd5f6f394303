//! The certificate authority (CA) of the installation, and the certificates that it signs.

use super::certificate::{Certificate, Serial, has_key};
use super::error::CertificateError;
use super::folder::Certificates;
use super::layout::ROOT_KEY;
use super::pem::{first_certificate, read, read_key};
use chrono::{DateTime, Duration, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose,
    PublicKeyData, RevokedCertParams, SerialNumber,
};
use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;

/// How long the authority and client certificates are valid.
pub const LONG_DAYS: i64 = 3650;

/// How long the server's certificate is valid. Some clients refuse longer ones.
const SERVER_DAYS: i64 = 820;

/// The certificate authority with its key.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    until: DateTime<Utc>,
}

/// A certificate and its key, both in PEM.
pub struct Pair {
    /// The certificate.
    pub certificate: String,
    /// The key.
    pub key: SecretString,
}

/// Creates a key, in PEM.
pub fn new_key() -> Result<SecretString, rcgen::Error> {
    Ok(KeyPair::generate()?.serialize_pem().into())
}

/// Creates the certificate of an authority with this key.
pub fn root(key: &SecretString) -> Result<String, rcgen::Error> {
    let mut params =
        params("Patchbay certificate authority", Utc::now() + Duration::days(LONG_DAYS));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params.self_signed(&KeyPair::from_pem(key.expose_secret())?)?.pem())
}

/// Whether this is the key of the certificate.
pub fn fits(certificate: &[u8], key: &SecretString) -> bool {
    KeyPair::from_pem(key.expose_secret())
        .is_ok_and(|key| has_key(certificate, &key.subject_public_key_info()))
}

/// Whether this is the key of another certificate.
pub fn is_of_another(certificate: &[u8], key: &SecretString) -> bool {
    KeyPair::from_pem(key.expose_secret())
        .is_ok_and(|key| !has_key(certificate, &key.subject_public_key_info()))
}

impl Certificates {
    /// The authority of this folder, if its key exists.
    pub(super) fn authority(&self) -> Result<Authority, CertificateError> {
        let key = self.path(ROOT_KEY);
        if !key.exists() {
            return Err(CertificateError::NoKey(key));
        }
        Authority::new(&read(&self.root())?, &read_key(&key)?)
    }
}

impl Authority {
    /// Creates it from its certificate and its key.
    pub fn new(root: &str, key: &SecretString) -> Result<Self, CertificateError> {
        let der = first_certificate(root.as_bytes());
        let certificate = der.as_ref().and_then(|der| Certificate::read(der));
        let (Some(der), Some(Certificate { until, .. })) = (der, certificate) else {
            return Err(CertificateError::Unusable("root.pem is not a certificate".to_owned()));
        };
        if !fits(&der, key) {
            return Err(CertificateError::Unusable(
                "root_key.pem is not the key of root.pem".to_owned(),
            ));
        }
        Ok(Self {
            issuer: Issuer::from_ca_cert_der(&der, KeyPair::from_pem(key.expose_secret())?)?,
            until,
        })
    }

    /// Creates a certificate for the server with these host names.
    pub fn server(&self, hosts: &[String]) -> Result<Pair, rcgen::Error> {
        let mut params = params("Patchbay server", self.in_days(SERVER_DAYS));
        params.subject_alt_names = CertificateParams::new(hosts)?.subject_alt_names;
        self.pair(params, ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// Creates a certificate for a client.
    pub fn client(&self, name: &str, days: i64) -> Result<Pair, rcgen::Error> {
        self.pair(params(name, self.in_days(days)), ExtendedKeyUsagePurpose::ClientAuth)
    }

    /// Creates the list of revoked certificates. The numbers of lists increase.
    ///
    /// The time of the next update is the end of the authority, which means that this list is valid
    /// until there is another: nothing here renews a list by itself, and software that enforces
    /// that time would then refuse every client.
    pub fn revocation_list(
        &self,
        number: &[u8],
        revoked: impl Iterator<Item = (Serial, DateTime<Utc>)>,
    ) -> Result<String, rcgen::Error> {
        let this_update = Utc::now();
        let revoked = revoked.map(|(serial, since)| RevokedCertParams {
            serial_number: SerialNumber::from_slice(serial.bytes()),
            revocation_time: moment(since),
            reason_code: None,
            invalidity_date: None,
        });
        let params = CertificateRevocationListParams {
            this_update: moment(this_update),
            next_update: moment(self.until.max(this_update + Duration::days(1))),
            crl_number: SerialNumber::from_slice(number),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        params.signed_by(&self.issuer)?.pem()
    }

    /// The end of a validity: not after that of the authority, because a certificate is worthless
    /// once its authority has expired.
    fn in_days(&self, days: i64) -> DateTime<Utc> {
        self.until.min(Utc::now() + Duration::days(days))
    }

    fn pair(
        &self,
        mut params: CertificateParams,
        usage: ExtendedKeyUsagePurpose,
    ) -> Result<Pair, rcgen::Error> {
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![usage];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?.pem();
        Ok(Pair { certificate, key: key.serialize_pem().into() })
    }
}

fn params(common_name: &str, until: DateTime<Utc>) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    // One day back, for clients whose clock is late.
    params.not_before = moment(Utc::now() - Duration::days(1));
    params.not_after = moment(until);
    params
}

/// Converts a time to the type of the library.
fn moment(at: DateTime<Utc>) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.timestamp()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
