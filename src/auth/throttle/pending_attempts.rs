//! Pending attempts to sign in. Each counts as failed until it succeeds, so an attempt that it
//! blocks may soon be possible.

use crate::store::{PendingSignIn, SignInKey};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The number of pending attempts for each key.
#[derive(Clone, Default)]
pub struct UnderWay(Arc<Mutex<HashMap<String, usize>>>);

/// A pending attempt, until it is dropped.
pub struct Attempt {
    all: UnderWay,
    /// The counts that include it until it succeeds.
    pub counts: PendingSignIn,
}

impl UnderWay {
    /// Begins an attempt with these counts.
    #[must_use]
    pub fn begin(&self, counts: PendingSignIn) -> Attempt {
        let mut numbers = self.numbers();
        for key in counts.keys() {
            *numbers.entry(key.to_owned()).or_default() += 1;
        }
        drop(numbers);
        Attempt { all: self.clone(), counts }
    }

    /// Whether an attempt is pending under one of these keys.
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
