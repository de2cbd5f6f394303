//! The certificates while the server runs: that of the server is made anew before it ends, what is
//! revoked is read again, and what ends soon is warned of.

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

/// How long a certificate that was revoked may still let in.
const GLANCE: Duration = Duration::from_secs(1);

/// The certificates that the doors show and check, and where they come from.
pub struct Upkeep {
    /// What is in use.
    state: Data<State>,
    /// The list of what is revoked that is in use.
    seen: RefCell<Option<Vec<u8>>>,
    /// Why the one that is there now is not, as it was last logged.
    complaint: RefCell<Option<String>>,
}

impl Upkeep {
    /// Sees to the certificates that are in use.
    pub fn new(state: Data<State>) -> Self {
        Self { state, seen: RefCell::default(), complaint: RefCell::default() }
    }

    /// Makes the server's certificate anew if it ends soon and its authority is ours, and shows
    /// what is there from now on.
    pub fn renew_server(&self) {
        match self.try_renew_server() {
            Ok(days) => tracing::info!(days, "the certificate was read again; its days left are"),
            Err(error) => {
                tracing::error!(error, "the certificate can't be used; the old one stays");
            }
        }
    }

    fn try_renew_server(&self) -> Result<Option<i64>, String> {
        let certificates = &self.state.certificates;
        let renewed =
            certificates.keep_server(&self.state.hosts).map_err(|error| error.to_string())?;
        self.state.shown.read_again(certificates).map_err(|error| error.to_string())?;
        record(&self.state.backend.store, renewed.as_ref())?;
        Ok(self.state.shown.days_left())
    }

    /// Refuses from now on what is revoked, and says how that went.
    pub fn read_revocations(&self) {
        self.complaint.take();
        self.take_up(self.state.certificates.revocations_pem());
    }

    /// Takes up the list of what is revoked if it is another one than the one in use. One that
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
                tracing::info!(revoked, "the list of revoked certificates was read; on it are");
            }
            Err(error) => self.complain(error),
        }
    }

    /// Logs an error that is another one than before.
    fn complain(&self, error: String) {
        if self.complaint.borrow().as_ref() != Some(&error) {
            tracing::error!(
                error,
                "the list of revoked certificates can't be used; what was revoked stays so"
            );
            self.complaint.replace(Some(error));
        }
    }

    /// Warns of what ends soon: what the server shows, its authority, and the last certificates of
    /// clients that still have one.
    pub fn warn(&self) {
        if let Some(days) = self.state.shown.days_left().filter(|days| *days < FEW_DAYS) {
            tracing::warn!(days, "the server's certificate ends soon, or has ended");
        }
        let Listing { known, faults } = self.state.certificates.list().unwrap_or_else(|error| {
            tracing::warn!(%error, "nobody can say which certificates end soon");
            Listing { known: Vec::new(), faults: Vec::new() }
        });
        for fault in faults {
            tracing::warn!(fault, "a file in the folder of certificates is not as it should be");
        }
        for one in known.iter().filter(|one| one.certificate.days_left() < FEW_DAYS) {
            let (days, name) = (one.certificate.days_left(), &one.certificate.name);
            match one.certificate.kind {
                Kind::Authority => {
                    tracing::warn!(
                        days,
                        "the certificate authority ends soon, or has ended, and all certificates \
                         with it"
                    );
                }
                Kind::Client if one.is_good() && !has_later(one, &known) => {
                    tracing::warn!(
                        days,
                        name,
                        "a client certificate ends soon; patchbay cert renew issues another"
                    );
                }
                Kind::Client | Kind::Server => {}
            }
        }
    }
}

/// Records that the server has renewed its certificate by itself, if it has.
pub fn record(store: &Store, renewed: Option<&Certificate>) -> Result<(), String> {
    let Some(certificate) = renewed else { return Ok(()) };
    tracing::info!(until = %certificate.until, "the server's certificate was made anew");
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

/// Sees to it once a day, from the start on.
pub async fn each_day(upkeep: Rc<Upkeep>) {
    let mut turn = interval(DAY);
    turn.tick().await;
    loop {
        upkeep.warn();
        turn.tick().await;
        upkeep.renew_server();
    }
}

/// Takes up what `patchbay cert revoke` has written: who revokes a certificate should not need to
/// think of telling the server.
pub async fn watch_revocations(upkeep: Rc<Upkeep>) {
    let mut turn = interval(GLANCE);
    loop {
        turn.tick().await;
        upkeep.glance();
    }
}
