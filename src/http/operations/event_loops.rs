//! Detects stalled event loops. Each loop stores the time once a second, so that other threads can
//! see when one is stalled: it can't answer requests then, or report it itself.

use actix_web::rt::spawn;
use actix_web::rt::time::interval;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// How often each loop stores the time.
const TICK: Duration = Duration::from_secs(1);

/// After how long a loop counts as stalled.
const PATIENCE: Duration = Duration::from_secs(5);

/// When a loop last stored the time, in milliseconds since the start.
type Beat = AtomicU64;

/// All event loops of the server.
pub struct EventLoops {
    start: Instant,
    expected: usize,
    beats: Mutex<Vec<Weak<Beat>>>,
}

impl EventLoops {
    /// Expects this many event loops.
    #[must_use]
    pub fn new(expected: usize) -> Self {
        Self { start: Instant::now(), expected, beats: Mutex::default() }
    }

    /// Watches the event loop that calls this, until it ends.
    pub fn watch_this(&self) {
        let start = self.start;
        let beat = Arc::new(Beat::new(millis(start)));
        let mut beats = self.beats();
        // A worker that has died is replaced.
        beats.retain(|beat| beat.strong_count() > 0);
        beats.push(Arc::downgrade(&beat));
        drop(beats);
        spawn(async move {
            let mut turns = interval(TICK);
            loop {
                turns.tick().await;
                beat.store(millis(start), Ordering::Relaxed);
            }
        });
    }

    /// The number of loops that are stalled or have ended.
    #[must_use]
    pub fn stalled(&self) -> usize {
        let oldest = millis(self.start)
            .saturating_sub(u64::try_from(PATIENCE.as_millis()).unwrap_or(u64::MAX));
        let beats = self.beats();
        let turning = beats
            .iter()
            .filter_map(Weak::upgrade)
            .filter(|beat| beat.load(Ordering::Relaxed) >= oldest);
        self.expected.saturating_sub(turning.count())
    }

    fn beats(&self) -> MutexGuard<'_, Vec<Weak<Beat>>> {
        self.beats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn millis(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::rt::System;
    use std::sync::mpsc::channel;

    #[test]
    fn a_stalled_or_ended_event_loop_is_detected_by_another_thread() {
        let loops = Arc::new(EventLoops::new(2));
        assert_eq!(loops.stalled(), 2);
        let (go_on, held) = channel::<()>();
        let (sender, is_watched) = channel();
        let watched = Arc::clone(&loops);
        let thread = std::thread::spawn(move || {
            System::new().block_on(async move {
                watched.watch_this();
                watched.watch_this();
                actix_web::rt::time::sleep(TICK * 2).await;
                sender.send(()).unwrap();
                // Blocks the event loop, as code that waits for a disk or a pipe.
                held.recv().unwrap();
                actix_web::rt::time::sleep(TICK * 2).await;
                sender.send(()).unwrap();
                held.recv().unwrap();
            });
        });
        is_watched.recv().unwrap();
        let start = Instant::now();
        assert_eq!(loops.stalled(), 0);
        while loops.stalled() == 0 {
            assert!(start.elapsed() < PATIENCE * 2);
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(start.elapsed() + TICK * 2 >= PATIENCE, "{:?}", start.elapsed());
        assert_eq!(loops.stalled(), 2);
        go_on.send(()).unwrap();
        is_watched.recv().unwrap();
        assert_eq!(loops.stalled(), 0);
        go_on.send(()).unwrap();
        thread.join().unwrap();
        assert_eq!(loops.stalled(), 2);
    }
}
