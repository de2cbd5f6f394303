//! A rate limit: a burst, and one more event per interval.

use std::time::{Duration, Instant};

/// A rate limit and its state.
#[derive(Debug)]
pub struct RateLimit {
    most: f64,
    each: Duration,
    left: f64,
    at: Instant,
    left_out: u64,
}

impl RateLimit {
    /// Allows a burst of `most` events, and one more per `each`.
    #[must_use]
    pub fn new((most, each): (f64, Duration)) -> Self {
        Self { most, each, left: most, at: Instant::now(), left_out: 0 }
    }

    /// Admits one event, if the limit allows it. Returns how many were refused since the last one
    /// that was admitted.
    pub fn admit(&mut self, now: Instant) -> Option<u64> {
        let earned = now.saturating_duration_since(self.at).div_duration_f64(self.each);
        (self.left, self.at) = ((self.left + earned).min(self.most), now);
        if self.left < 1.0 {
            self.left_out += 1;
            return None;
        }
        self.left -= 1.0;
        Some(std::mem::take(&mut self.left_out))
    }

    /// Counts `times` more events as refused.
    pub const fn leave_out(&mut self, times: u64) {
        self.left_out += times;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_burst_is_admitted_and_refused_events_are_counted() {
        let mut limit = RateLimit::new((3.0, Duration::from_mins(1)));
        let now = limit.at;
        let after = |seconds: u64| now + Duration::from_secs(seconds);
        assert_eq!([0; 3].map(|_| limit.admit(now)), [Some(0); 3]);
        assert_eq!([0, 10, 59].map(|seconds| limit.admit(after(seconds))), [None; 3]);
        assert_eq!([61, 62].map(|seconds| limit.admit(after(seconds))), [Some(3), None]);
        // Unused events accumulate to no more than the burst.
        assert_eq!(
            [100_000; 4].map(|seconds| limit.admit(after(seconds))),
            [Some(1), Some(0), Some(0), None]
        );
    }
}
