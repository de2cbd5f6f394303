//! The certificates while the server runs: that of the server is made anew before it ends, what is revoked is read again, and what ends soon is
//! warned of.

use crate::cli::cert::act;
use crate::http::State;
use crate::http::certificates::{Certificate, FEW_DAYS, Kind, Known};
use crate::store::{Origin, Store};
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
    /// The list of what is revoked, as it was last read.
    seen: RefCell<Option<Vec<u8>>>,
}

impl Upkeep {
    /// Sees to the certificates that are in use.
    pub fn new(state: Data<State>) -> Self {
        Self { state, seen: RefCell::new(None) }
    }

    /// Makes the server's certificate anew if it ends soon and its authority is ours, and shows what is there from now on.
    pub fn renew_server(&self) {
        match self.try_renew_server() {
            Ok(days) => tracing::info!(days, "the certificate was read again; its days left are"),
            Err(error) => tracing::error!(error, "the certificate can't be used; the old one stays"),
        }
    }

    fn try_renew_server(&self) -> Result<Option<i64>, String> {
        let certificates = &self.state.certificates;
        let renewed = certificates.keep_server(&self.state.hosts).map_err(|error| error.to_string())?;
        self.state.shown.read_again(certificates).map_err(|error| error.to_string())?;
        record(&self.state.store, renewed.as_ref())?;
        Ok(self.state.shown.days_left())
    }

    /// Refuses from now on what is revoked.
    pub fn read_revocations(&self) {
        match self.state.clients.read_again(&self.state.certificates) {
            Ok(revoked) => tracing::info!(revoked, "the list of revoked certificates was read; on it are"),
            Err(error) => {
                tracing::error!(%error, "the list of revoked certificates can't be used; what was revoked stays so");
            }
        }
    }

    /// Warns of what ends soon: what the server shows, its authority, and the last certificates of clients that still have one.
    pub fn warn(&self) {
        if let Some(days) = self.state.shown.days_left().filter(|days| *days < FEW_DAYS) {
            tracing::warn!(days, "the server's certificate ends soon, or has ended");
        }
        let known = self.state.certificates.list().unwrap_or_else(|error| {
            tracing::warn!(%error, "nobody can say which certificates end soon");
            Vec::new()
        });
        for one in known.iter().filter(|one| one.certificate.days_left() < FEW_DAYS) {
            let (days, name) = (one.certificate.days_left(), &one.certificate.name);
            match one.certificate.kind {
                Kind::Authority => {
                    tracing::warn!(
                        days,
                        "the certificate authority ends soon, or has ended, and all certificates with it"
                    );
                }
                Kind::Client if one.is_good() && !has_later(one, &known) => {
                    tracing::warn!(days, name, "a client certificate ends soon; patchbay cert renew issues another");
                }
                Kind::Client | Kind::Server => {}
            }
        }
    }

    /// Whether the list of what is revoked is another one than when this was last asked.
    fn is_list_new(&self) -> bool {
        let now = std::fs::read(self.state.certificates.revocations()).ok();
        let before = self.seen.replace(now.clone());
        before != now
    }
}

/// Records that the server has renewed its certificate by itself, if it has.
pub fn record(store: &Store, renewed: Option<&Certificate>) -> Result<(), String> {
    let Some(certificate) = renewed else { return Ok(()) };
    store.record_soon(Origin::command("serve"), act("renew", certificate)).map_err(|error| error.to_string())
}

fn has_later(one: &Known, known: &[Known]) -> bool {
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

/// Takes up what `patchbay cert revoke` has written: who revokes a certificate should not need to think of telling the server.
pub async fn watch_revocations(upkeep: Rc<Upkeep>) {
    let mut turn = interval(GLANCE);
    loop {
        turn.tick().await;
        if upkeep.is_list_new() {
            upkeep.read_revocations();
        }
    }
}
