//! Shares of a common resource, such as memory or turns: one for each user, which exists as long as
//! the user holds a part of it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The shares in use, by user. Other users take no memory.
#[derive(Debug)]
pub struct Shares<K, T>(Mutex<HashMap<K, Weak<T>>>);

impl<K, T> Default for Shares<K, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, T> Shares<K, T> {
    /// The share of this user, created by `whole` if it is not in use. It is in use until all
    /// values that this returned are dropped.
    pub fn of(&self, user: K, whole: impl FnOnce() -> T) -> Arc<T> {
        let mut shares = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shares.retain(|_, share| share.strong_count() > 0);
        let in_use = shares.get(&user).and_then(Weak::upgrade);
        in_use.unwrap_or_else(|| {
            let share = Arc::new(whole());
            shares.insert(user, Arc::downgrade(&share));
            share
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn a_share_is_the_same_while_it_is_in_use_and_whole_again_after_that() {
        let shares = Shares::default();
        let take = |user| {
            let share = shares.of(user, || Cell::new(3));
            share.set(share.get() - 1);
            share
        };
        let held = [take("anna"), take("anna"), take("bert")];
        assert_eq!(held.each_ref().map(|share| share.get()), [1, 1, 2]);
        assert_eq!(take("anna").get(), 0);
        drop(held);
        assert_eq!(take("anna").get(), 2);
    }

    #[test]
    fn shares_that_are_not_in_use_take_no_memory() {
        let shares = Shares::default();
        for user in 0..1_000 {
            shares.of(user, || ());
        }
        let _held = shares.of(7, || ());
        assert_eq!(shares.0.lock().unwrap().len(), 1);
    }
}
