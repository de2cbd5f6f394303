//! How much users may add to the database within a day. It is counted in memory, so that counting
//! writes nothing; a restart resets the counts.

use super::error::Error;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// What a write adds to the database permanently.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Entities, sessions and tokens that are created.
    pub entities: u64,
    /// Bytes of rows and their indexes, including entries of the audit log.
    pub bytes: u64,
}

/// Whose allowance a write is charged to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Payer {
    /// The user with this id.
    User(Uuid),
    /// All users together who are created because a client certificate, a proxy or a token named
    /// them.
    NewUsers,
}

/// The purpose of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Any change. It is refused once the allowance is used up.
    Change,
    /// Signing in, which may exceed the allowance by a sixteenth, so that a user who has used it up
    /// can still sign in and read.
    SignIn,
    /// Ending a session or a token, which is never refused.
    SignOut,
}

/// The time after which an allowance starts again.
const DAY: Duration = Duration::from_hours(24);

/// The number of payers that are counted at a time: about 10 MB.
const MOST: usize = 100_000;

/// The allowances of all users.
#[derive(Clone, Debug)]
pub struct Allowances(Arc<Ledger>);

#[derive(Debug)]
struct Ledger {
    /// What each payer may add within a day; 0 means no limit.
    daily: Added,
    most: usize,
    tallies: Mutex<HashMap<Payer, Tally>>,
}

#[derive(Clone, Copy, Debug)]
struct Tally {
    since: Instant,
    added: Added,
}

impl Allowances {
    /// Allows each payer this much a day; 0 means no limit.
    #[must_use]
    pub fn new(daily: Added) -> Self {
        Self::keeping(daily, MOST)
    }

    fn keeping(daily: Added, most: usize) -> Self {
        Self(Arc::new(Ledger { daily, most, tallies: Mutex::default() }))
    }

    /// The allowance of a payer for a write of this purpose.
    #[must_use]
    pub fn of(&self, payer: Payer, purpose: Purpose) -> Allowance {
        Allowance { ledger: Arc::clone(&self.0), payer, purpose }
    }
}

/// The allowance that a write is charged to.
#[derive(Clone, Debug)]
pub struct Allowance {
    ledger: Arc<Ledger>,
    payer: Payer,
    purpose: Purpose,
}

impl Allowance {
    /// The payer of the allowance.
    pub(super) const fn payer(&self) -> Payer {
        self.payer
    }

    /// Refuses a write that would exceed the allowance.
    ///
    /// # Errors
    /// [`Error::AllowanceUsedUp`] if `added` would exceed it.
    pub fn check(&self, added: Added) -> Result<(), Error> {
        let tally = self.ledger.tally(self.payer);
        let daily = self.ledger.daily;
        let exceeds = |tally: u64, added: u64, daily: u64| {
            let most = match self.purpose {
                Purpose::Change => daily,
                Purpose::SignIn => daily.saturating_add(daily / 16),
                Purpose::SignOut => return false,
            };
            daily > 0 && (tally >= most || tally.saturating_add(added) > most)
        };
        let refused = |noun, setting, most| {
            let left = DAY.saturating_sub(tally.since.elapsed()).as_secs().max(1);
            Err(Error::AllowanceUsedUp {
                noun,
                setting,
                most,
                seconds: i64::try_from(left).unwrap_or(i64::MAX),
            })
        };
        if exceeds(tally.added.entities, added.entities, daily.entities) {
            return refused("entities", "max-daily-entities", daily.entities);
        }
        if exceeds(tally.added.bytes, added.bytes, daily.bytes) {
            return refused("bytes", "max-daily-bytes", daily.bytes);
        }
        Ok(())
    }

    /// Charges what was added.
    pub(super) fn charge(&self, added: Added) {
        self.ledger.change(self.payer, |tally| Added {
            entities: tally.entities.saturating_add(added.entities),
            bytes: tally.bytes.saturating_add(added.bytes),
        });
    }

    /// Refunds a charge for changes that were undone.
    pub(super) fn refund(&self, added: Added) {
        self.ledger.change(self.payer, |tally| Added {
            entities: tally.entities.saturating_sub(added.entities),
            bytes: tally.bytes.saturating_sub(added.bytes),
        });
    }
}

impl Ledger {
    fn lock(&self) -> MutexGuard<'_, HashMap<Payer, Tally>> {
        self.tallies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tally(&self, payer: Payer) -> Tally {
        let kept = self.lock().get(&payer).copied();
        kept.filter(Tally::is_of_today).unwrap_or_else(Tally::new)
    }

    fn change(&self, payer: Payer, change: impl FnOnce(Added) -> Added) {
        let mut tallies = self.lock();
        if tallies.len() >= self.most && !tallies.contains_key(&payer) {
            make_room(&mut tallies);
        }
        let tally = tallies.entry(payer).or_insert_with(Tally::new);
        if !tally.is_of_today() {
            *tally = Tally::new();
        }
        tally.added = change(tally.added);
    }
}

/// Removes counts of an earlier day, and the half of the others that have added the least.
fn make_room(tallies: &mut HashMap<Payer, Tally>) {
    tallies.retain(|_, tally| tally.is_of_today());
    let mut bytes: Vec<u64> = tallies.values().map(|tally| tally.added.bytes).collect();
    bytes.sort_unstable();
    let mut surplus = bytes.len() / 2;
    let Some(&median) = bytes.get(surplus) else { return };
    tallies.retain(|_, tally| {
        let stays = surplus == 0 || tally.added.bytes > median;
        surplus -= usize::from(!stays);
        stays
    });
}

impl Tally {
    fn new() -> Self {
        Self { since: Instant::now(), added: Added::default() }
    }

    fn is_of_today(&self) -> bool {
        self.since.elapsed() < DAY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(bytes: u64) -> Added {
        Added { entities: 0, bytes }
    }

    fn entities(entities: u64) -> Added {
        Added { entities, bytes: 0 }
    }

    #[test]
    fn each_user_has_a_daily_allowance_and_undone_changes_are_refunded() {
        let allowances = Allowances::new(Added { entities: 16, bytes: 1_600 });
        let [anna, bert] =
            [(); 2].map(|()| allowances.of(Payer::User(Uuid::now_v7()), Purpose::Change));
        anna.check(bytes(1_600)).unwrap();
        anna.charge(bytes(1_599));
        anna.check(bytes(1)).unwrap();
        for (added, setting) in
            [(bytes(2), "max-daily-bytes"), (entities(17), "max-daily-entities")]
        {
            match anna.check(added) {
                Err(Error::AllowanceUsedUp { setting: named, seconds, .. }) => {
                    assert_eq!(named, setting);
                    assert!((86_000..=86_400).contains(&seconds), "{seconds}");
                }
                other => panic!("{other:?}"),
            }
        }
        bert.check(bytes(1_600)).unwrap();
        anna.refund(bytes(1_000));
        anna.check(bytes(1_001)).unwrap();
        assert!(anna.check(bytes(1_002)).is_err());
    }

    #[test]
    fn a_user_without_allowance_can_sign_in_for_a_while_and_always_sign_out() {
        let allowances = Allowances::new(Added { entities: 16, bytes: 1_600 });
        let user = Payer::User(Uuid::now_v7());
        let [change, sign_in, sign_out] = [Purpose::Change, Purpose::SignIn, Purpose::SignOut]
            .map(|purpose| allowances.of(user, purpose));
        change.charge(Added { entities: 16, bytes: 1_600 });
        assert!(change.check(Added::default()).is_err());
        sign_in.check(Added { entities: 1, bytes: 100 }).unwrap();
        sign_in.charge(Added { entities: 1, bytes: 100 });
        assert!(sign_in.check(Added::default()).is_err());
        sign_out.check(Added { entities: 1, bytes: 100 }).unwrap();
    }

    #[test]
    fn zero_means_no_limit() {
        let allowance = Allowances::new(Added::default()).of(Payer::NewUsers, Purpose::Change);
        allowance.charge(Added { entities: u64::MAX, bytes: u64::MAX });
        allowance.check(Added { entities: u64::MAX, bytes: u64::MAX }).unwrap();
    }

    /// Memory is bounded however many users there are, and the users who have added the most stay
    /// counted.
    #[test]
    fn a_limited_number_of_payers_is_counted() {
        let allowances = Allowances::keeping(bytes(1_000), 100);
        let heavy: Vec<Allowance> =
            (0..40).map(|_| allowances.of(Payer::User(Uuid::now_v7()), Purpose::Change)).collect();
        for user in &heavy {
            user.charge(bytes(1_000));
        }
        for _ in 0..1_000 {
            allowances.of(Payer::User(Uuid::now_v7()), Purpose::Change).charge(bytes(1));
            assert!(allowances.0.lock().len() <= 100);
        }
        assert!(heavy.iter().all(|user| user.check(bytes(1)).is_err()));
    }
}
