//! Whether the disk answers: a commit that hangs fails nobody, but those who wait for it are to be told.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// A commit that takes so long hangs.
const LONG: Duration = Duration::from_millis(1_400);

/// How often those who wait look.
const GLANCE: Duration = Duration::from_millis(200);

/// Since when a commit has been under way, if one is.
#[derive(Clone, Default)]
pub struct Commits(Arc<Mutex<Option<Instant>>>);

impl Commits {
    /// Commits.
    pub fn note<T>(&self, commit: impl FnOnce() -> T) -> T {
        self.set(Some(Instant::now()));
        let result = commit();
        self.set(None);
        result
    }

    fn set(&self, since: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }

    fn hangs(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|since| since.elapsed() >= LONG)
    }

    /// Comes once a commit hangs.
    pub async fn hang(&self) {
        while !self.hangs() {
            sleep(GLANCE).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::timeout;

    #[tokio::test]
    async fn only_a_commit_that_is_under_way_for_long_hangs() {
        let commits = Commits::default();
        commits.note(|| std::thread::sleep(GLANCE));
        assert!(timeout(2 * GLANCE, commits.hang()).await.is_err());
        let other = commits.clone();
        let start = Instant::now();
        let slow = std::thread::spawn(move || other.note(|| std::thread::sleep(2 * LONG)));
        commits.hang().await;
        assert!((LONG..2 * LONG).contains(&start.elapsed()), "{:?}", start.elapsed());
        slow.join().unwrap();
        assert!(!commits.hangs());
    }
}
