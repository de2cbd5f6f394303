//! Whether the disk answers: a call that hangs fails nobody, but the requests that wait for it are
//! to be answered.
//!
//! A commit that is large takes long on a disk that works. So it is waited for as long as a slow
//! disk needs for that many bytes, and only then does the disk count as hanging; for a small commit
//! that is no time at all.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// What takes so long hangs.
const LONG: Duration = Duration::from_millis(1_400);

/// Bytes that a disk writes in a second, however slow it is.
const SLOWEST: u64 = 16 * 1024 * 1024;

/// So many bytes are small: they take no time of their own.
const SMALL: u64 = 8 * 1024 * 1024;

/// How long a slow disk takes to write so many bytes.
pub fn time_to_write(bytes: u64) -> Duration {
    Duration::from_millis(bytes.saturating_sub(SMALL).saturating_mul(1_000) / SLOWEST)
}

/// How often those who wait look.
const GLANCE: Duration = Duration::from_millis(200);

/// The disk, and since when it has owed an answer, if it does.
#[derive(Clone, Default)]
pub struct Disk(Arc<Mutex<Option<Instant>>>);

impl Disk {
    /// Does what waits for the disk.
    pub fn watch<T>(&self, work: impl FnOnce() -> T) -> T {
        self.watch_after(Duration::ZERO, work)
    }

    /// Does what waits for the disk, and may wait so long for something else before.
    pub fn watch_after<T>(&self, patience: Duration, work: impl FnOnce() -> T) -> T {
        self.set(Some(Instant::now() + patience));
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

    /// Comes once it hangs.
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

    #[test]
    fn a_small_commit_is_not_waited_for_any_longer_and_a_large_one_in_proportion() {
        for (bytes, seconds) in
            [(0, 0), (SMALL, 0), (SMALL + SLOWEST, 1), (SMALL + 40 * SLOWEST, 40)]
        {
            assert_eq!(time_to_write(bytes), Duration::from_secs(seconds));
        }
    }

    #[tokio::test]
    async fn only_what_is_under_way_for_long_hangs() {
        let disk = Disk::default();
        disk.watch(|| std::thread::sleep(GLANCE));
        assert!(timeout(2 * GLANCE, disk.hang()).await.is_err());
        for patience in [Duration::ZERO, LONG] {
            let (other, start, hangs) = (disk.clone(), Instant::now(), LONG + patience);
            let slow = std::thread::spawn(move || {
                other.watch_after(patience, || std::thread::sleep(hangs + LONG));
            });
            disk.hang().await;
            assert!((hangs..hangs + LONG).contains(&start.elapsed()), "{:?}", start.elapsed());
            slow.join().unwrap();
            assert!(!disk.hangs());
        }
    }
}
