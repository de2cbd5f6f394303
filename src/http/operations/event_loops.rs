//! Whether the event loops turn. Each notes the time once a second, so that others see when one
//! stands still: it answers nobody then, and can't say so itself.

use actix_web::rt::spawn;
use actix_web::rt::time::interval;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// How often each notes the time.
const TICK: Duration = Duration::from_secs(1);

/// How long one may stand still.
const PATIENCE: Duration = Duration::from_secs(5);

/// When one last noted the time, in milliseconds since the start.
type Beat = AtomicU64;

/// All event loops of the server.
pub struct EventLoops {
    start: Instant,
    expected: usize,
    beats: Mutex<Vec<Weak<Beat>>>,
}

impl EventLoops {
    /// There are to be so many.
    #[must_use]
    pub fn new(expected: usize) -> Self {
        Self { start: Instant::now(), expected, beats: Mutex::default() }
    }

    /// Watches the event loop that calls this, for as long as it lasts.
    pub fn watch_this(&self) {
        let start = self.start;
        let beat = Arc::new(Beat::new(millis(start)));
        let mut beats = self.beats();
        // A worker that has died is begun anew.
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

    /// How many stand still, or have ended.
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
    fn an_event_loop_that_stands_still_or_ends_is_seen_from_another() {
        let loops = Arc::new(EventLoops::new(2));
        assert_eq!(loops.stalled(), 2);
        let (go_on, held) = channel::<()>();
        let (told, is_watched) = channel();
        let watched = Arc::clone(&loops);
        let thread = std::thread::spawn(move || {
            System::new().block_on(async move {
                watched.watch_this();
                watched.watch_this();
                actix_web::rt::time::sleep(TICK * 2).await;
                told.send(()).unwrap();
                // As whoever waits for a disk or a pipe, without letting others have their turn.
                held.recv().unwrap();
                actix_web::rt::time::sleep(TICK * 2).await;
                told.send(()).unwrap();
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
