//! How many requests wait for something.

use tokio::sync::watch;

/// Counts a request as long as it waits.
pub struct Waiting<'w>(&'w watch::Sender<usize>);

impl<'w> Waiting<'w> {
    /// One more of those that wait.
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
