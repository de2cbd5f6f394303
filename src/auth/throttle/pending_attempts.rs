//! Attempts to sign in that are under way. Each is counted as failed until it succeeds, so whoever
//! it makes wait may soon be let in.

use crate::store::{PendingSignIn, SignInKey};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many attempts are under way, by what they are counted by.
#[derive(Clone, Default)]
pub struct UnderWay(Arc<Mutex<HashMap<String, usize>>>);

/// An attempt that is under way as long as this lives.
pub struct Attempt {
    all: UnderWay,
    /// How it is counted until it succeeds.
    pub counts: PendingSignIn,
}

impl UnderWay {
    /// Begins an attempt that is counted so.
    #[must_use]
    pub fn begin(&self, counts: PendingSignIn) -> Attempt {
        let mut numbers = self.numbers();
        for key in counts.keys() {
            *numbers.entry(key.to_owned()).or_default() += 1;
        }
        drop(numbers);
        Attempt { all: self.clone(), counts }
    }

    /// Whether any attempt is under way that is counted by one of these.
    #[must_use]
    pub fn has_any(&self, keys: &[SignInKey]) -> bool {
        let numbers = self.numbers();
        keys.iter().any(|key| numbers.contains_key(&key.key))
    }

    fn numbers(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let mut numbers = self.all.numbers();
        for key in self.counts.keys() {
            let Some(number) = numbers.get_mut(key) else { continue };
            *number -= 1;
            if *number == 0 {
                numbers.remove(key);
            }
        }
    }
}
