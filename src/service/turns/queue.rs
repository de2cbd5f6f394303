//! Where reads that are not short wait for their turn, without a thread or a connection. Each kind
//! of read has turns of its own.

use super::pool::{Share, Turn, Turns};
use super::time::ReadTime;
use crate::error::RequestError;
use crate::store::Hurry;
use std::future::pending;
use std::time::Duration;
use tokio::sync::{AcquireError, watch};
use tokio::time::timeout;

/// A read waits so long for its turn.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// The turns of one kind of read.
#[derive(Clone, Debug)]
pub struct ReadQueue {
    turns: Turns,
    /// What is read, as in "too many lists".
    what: &'static str,
    /// How long a read of an ordinary user may compute; any time if there is none.
    most: Option<Duration>,
    hurry: watch::Receiver<Hurry>,
}

/// The turns of reads that are not short, beside those of lists.
#[derive(Clone, Debug)]
pub struct ReadQueues {
    /// Of reads of many rows with a short result.
    pub scans: ReadQueue,
    /// Of questions about access.
    pub questions: ReadQueue,
}

impl ReadQueue {
    /// Lets so many reads of that kind go on at a time. One of an ordinary user may compute for
    /// `most` at most.
    #[must_use]
    pub fn new(
        reads: u32,
        what: &'static str,
        most: Option<Duration>,
        hurry: watch::Receiver<Hurry>,
    ) -> Self {
        Self { turns: Turns::new(reads as usize), what, most, hurry }
    }

    /// Waits for a turn, for a moment.
    ///
    /// # Errors
    /// `Unavailable` if none comes for long.
    pub async fn soon(&self, user: Share) -> Result<ReadTime, RequestError> {
        let turn = timeout(PATIENCE, self.turns.take(user)).await;
        let turn = turn.map_err(|_| {
            RequestError::Unavailable(format!("too many {} are running; try again", self.what))
        });
        self.begin(user, turn?).await
    }

    /// Waits for a turn as long as it takes, beside the share of the user: for what is soon read.
    ///
    /// # Errors
    /// Never in practice: the semaphores are not closed.
    pub async fn patiently(&self, user: Share) -> Result<ReadTime, RequestError> {
        self.begin(user, self.turns.take(Share::All).await).await
    }

    /// Comes once the write-ahead log is too long.
    pub async fn log_is_long(&self) {
        if self.hurry.clone().wait_for(|hurry| *hurry != Hurry::None).await.is_err() {
            pending::<()>().await;
        }
    }

    async fn begin(
        &self,
        user: Share,
        turn: Result<Turn, AcquireError>,
    ) -> Result<ReadTime, RequestError> {
        // The writer waits for a moment, and would for nothing if others began to read.
        let _ = self.hurry.clone().wait_for(|hurry| *hurry != Hurry::Now).await;
        let turn = turn.map_err(|error| RequestError::internal(&error))?;
        Ok(ReadTime::begin(turn, user, self.most, self.hurry.clone()))
    }
}
