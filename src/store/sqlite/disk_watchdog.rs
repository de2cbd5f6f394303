//! Detects a disk that does not respond. A blocked system call returns no error, but the requests
//! that wait for it must be answered.
//!
//! A large commit takes long on a working disk. So the disk counts as hanging only after the time
//! that a slow disk needs for that many bytes; a small commit gets no additional time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// After this time without a response the disk counts as hanging.
const LONG: Duration = Duration::from_millis(1_400);

/// Bytes per second of the slowest disk.
const SLOWEST: u64 = 16 * 1024 * 1024;

/// A commit of up to this many bytes gets no additional time.
const SMALL: u64 = 8 * 1024 * 1024;

/// How long a slow disk takes to write this many bytes.
pub fn time_to_write(bytes: u64) -> Duration {
    Duration::from_millis(bytes.saturating_sub(SMALL).saturating_mul(1_000) / SLOWEST)
}

/// How often waiting requests check the disk.
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// The disk, and since when a response is due, if one is.
#[derive(Clone, Default)]
pub struct Disk(Arc<Mutex<Option<Instant>>>);

impl Disk {
    /// Runs work that waits for the disk.
    pub fn watch<T>(&self, work: impl FnOnce() -> T) -> T {
        self.watch_after(Duration::ZERO, work)
    }

    /// Runs work that waits for the disk, and may wait for something else before, up to
    /// `other_wait`.
    pub fn watch_after<T>(&self, other_wait: Duration, work: impl FnOnce() -> T) -> T {
        self.set(Some(Instant::now() + other_wait));
        let result = work();
        self.set(None);
        result
    }

    fn set(&self, since: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }

    fn hangs(&self) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some_and(|since| since.elapsed() >= LONG)
    }

    /// Returns once the disk hangs.
    pub async fn hang(&self) {
        while !self.hangs() {
            sleep(POLL_INTERVAL).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::timeout;

    #[test]
    fn a_large_commit_gets_time_in_proportion_and_a_small_one_none() {
        for (bytes, seconds) in
            [(0, 0), (SMALL, 0), (SMALL + SLOWEST, 1), (SMALL + 40 * SLOWEST, 40)]
        {
            assert_eq!(time_to_write(bytes), Duration::from_secs(seconds));
        }
    }

    #[tokio::test]
    async fn only_work_that_takes_long_counts_as_hanging() {
        let disk = Disk::default();
        disk.watch(|| std::thread::sleep(POLL_INTERVAL));
        assert!(timeout(2 * POLL_INTERVAL, disk.hang()).await.is_err());
        for other_wait in [Duration::ZERO, LONG] {
            let (other, start, hangs) = (disk.clone(), Instant::now(), LONG + other_wait);
            let slow = std::thread::spawn(move || {
                other.watch_after(other_wait, || std::thread::sleep(hangs + LONG));
            });
            disk.hang().await;
            assert!((hangs..hangs + LONG).contains(&start.elapsed()), "{:?}", start.elapsed());
            slow.join().unwrap();
            assert!(!disk.hangs());
        }
    }
}
