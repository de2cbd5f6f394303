//! Counts the requests that wait for something.

use tokio::sync::watch;

/// Counts a request while it waits.
pub struct Waiting<'w>(&'w watch::Sender<usize>);

impl<'w> Waiting<'w> {
    /// Adds one to the waiting requests.
    pub fn among(waiting: &'w watch::Sender<usize>) -> Self {
        waiting.send_modify(|waiting| *waiting += 1);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|waiting| *waiting -= 1);
    }
}
