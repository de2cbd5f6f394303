//! The certificates while the server runs: renews the server's certificate before it expires, reads
//! the list of revoked certificates again, and warns of certificates that expire soon.

use super::super::certificate_entry::certificate_entry;
use crate::http::State;
use crate::store::{Origin, Store};
use crate::tls::{Certificate, CertificateError, FEW_DAYS, Kind, Listed, Listing};
use actix_web::rt::time::interval;
use actix_web::web::Data;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

/// How long a revoked certificate may still be accepted.
const GLANCE: Duration = Duration::from_secs(1);

/// The certificates that the doors present and check, and where they come from.
pub struct Upkeep {
    /// The certificates in use.
    state: Data<State>,
    /// The list of revoked certificates in use.
    seen: RefCell<Option<Vec<u8>>>,
    /// Why the list in the folder is not in use, as last logged.
    complaint: RefCell<Option<String>>,
}

impl Upkeep {
    /// Watches the certificates in use.
    pub fn new(state: Data<State>) -> Self {
        Self { state, seen: RefCell::default(), complaint: RefCell::default() }
    }

    /// Makes a new certificate of the server if the current one is missing or expires soon and the
    /// authority's key is here, and uses the one in the folder from now on.
    pub fn renew_server(&self) {
        match self.try_renew_server() {
            Ok(days) => tracing::info!(days, "the certificate was read again"),
            Err(error) => {
                tracing::error!(
                    error,
                    "the certificate can't be used; the old one stays in use in use"
                );
            }
        }
    }

    fn try_renew_server(&self) -> Result<Option<i64>, String> {
        let certificates = &self.state.certificates;
        let pair = [certificates.server(), certificates.server_key()];
        let missing = pair.into_iter().find(|file| !file.exists());
        let renewed =
            certificates.keep_server(&self.state.hosts).map_err(|error| error.to_string())?;
        if let (Some(file), Some(_)) = (missing, &renewed) {
            tracing::warn!(
                file = %file.display(),
                "a file of the server's certificate was missing, so a new certificate was made"
            );
        }
        self.state.shown.read_again(certificates).map_err(|error| error.to_string())?;
        record(&self.state.backend.store, renewed.as_ref())?;
        Ok(self.state.shown.days_left())
    }

    /// Reads the list of revoked certificates again, and logs the result.
    pub fn read_revocations(&self) {
        self.complaint.take();
        self.take_up(self.state.certificates.revocations_pem());
    }

    /// Reads the list of revoked certificates again if it differs from the one in use. A list that
    /// can't be used is tried again each time.
    fn glance(&self) {
        let list = self.state.certificates.revocations_pem();
        let is_seen = list.as_ref().is_ok_and(|list| *list == *self.seen.borrow());
        if !is_seen || self.complaint.borrow().is_some() {
            self.take_up(list);
        }
    }

    fn take_up(&self, list: Result<Option<Vec<u8>>, CertificateError>) {
        let read = self
            .state
            .clients
            .read_again(&self.state.certificates)
            .map_err(|error| error.to_string());
        match list.map_err(|error| error.to_string()).and_then(|list| Ok((list, read?))) {
            Ok((list, revoked)) => {
                self.seen.replace(list);
                self.complaint.take();
                tracing::info!(revoked, "the list of revoked certificates was read");
            }
            Err(error) => self.complain(error),
        }
    }

    /// Logs an error if it differs from the last one.
    fn complain(&self, error: String) {
        if self.complaint.borrow().as_ref() != Some(&error) {
            tracing::error!(
                error,
                "the list of revoked certificates can't be used; the certificates on the last list \
                 stay revoked"
            );
            self.complaint.replace(Some(error));
        }
    }

    /// Warns of certificates that expire soon: the server's, the authority's, and the last valid
    /// one of each client.
    pub fn warn(&self) {
        if let Some(days) = self.state.shown.days_left().filter(|days| *days < FEW_DAYS) {
            tracing::warn!(days, "the server's certificate expires soon or has expired");
        }
        let Listing { known, faults } = self.state.certificates.list().unwrap_or_else(|error| {
            tracing::warn!(%error, "can't check which certificates expire soon");
            Listing { known: Vec::new(), faults: Vec::new() }
        });
        for fault in faults {
            tracing::warn!(fault, "a file in the folder of certificates can't be used");
        }
        for one in known.iter().filter(|one| one.certificate.days_left() < FEW_DAYS) {
            let (days, name) = (one.certificate.days_left(), &one.certificate.name);
            match one.certificate.kind {
                Kind::Authority => {
                    tracing::warn!(
                        days,
                        "the certificate authority expires soon or has expired, and all its \
                         certificates with it"
                    );
                }
                Kind::Client if one.is_good() && !has_later(one, &known) => {
                    tracing::warn!(
                        days,
                        name,
                        "a client certificate expires soon; patchbay cert renew issues a new one"
                    );
                }
                Kind::Client | Kind::Server => {}
            }
        }
    }
}

/// Records in the audit log that the server has renewed its certificate.
pub fn record(store: &Store, renewed: Option<&Certificate>) -> Result<(), String> {
    let Some(certificate) = renewed else { return Ok(()) };
    tracing::info!(until = %certificate.until, "the server's certificate was renewed");
    store
        .record_soon(Origin::command("serve"), certificate_entry("renew", certificate))
        .map(drop)
        .map_err(|error| error.to_string())
}

fn has_later(one: &Listed, known: &[Listed]) -> bool {
    known.iter().any(|other| {
        other.is_good()
            && other.certificate.name == one.certificate.name
            && other.certificate.until > one.certificate.until
    })
}

/// Warns and renews once a day; warns also at the start.
pub async fn each_day(upkeep: Rc<Upkeep>) {
    let mut turn = interval(DAY);
    turn.tick().await;
    loop {
        upkeep.warn();
        turn.tick().await;
        upkeep.renew_server();
    }
}

/// Watches for revocations by `patchbay cert revoke`, so that they need no signal to the server.
pub async fn watch_revocations(upkeep: Rc<Upkeep>) {
    let mut turn = interval(GLANCE);
    loop {
        turn.tick().await;
        upkeep.glance();
    }
}
