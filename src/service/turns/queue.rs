//! The queues in which long reads wait for their turn, without a thread or a connection. Each kind
//! of read has its own turns.

use super::pool::{Share, Turn, Turns};
use super::time::ReadTime;
use crate::error::RequestError;
use crate::store::WalPressure;
use std::future::pending;
use std::time::Duration;
use tokio::sync::{AcquireError, watch};
use tokio::time::timeout;

/// How long a read waits for its turn.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// The turns of one kind of read.
#[derive(Clone, Debug)]
pub struct ReadQueue {
    turns: Turns,
    /// The kind of reads, as in "too many lists".
    what: &'static str,
    /// How long a read of an ordinary user may compute; `None` for no limit.
    most: Option<Duration>,
    pressure: watch::Receiver<WalPressure>,
}

/// The turns of long reads other than lists.
#[derive(Clone, Debug)]
pub struct ReadQueues {
    /// For reads of many rows with a short result.
    pub scans: ReadQueue,
    /// For reports about access.
    pub questions: ReadQueue,
}

impl ReadQueue {
    /// A queue that lets this many reads of its kind run at a time. A read of an ordinary user may
    /// compute for at most `most`.
    #[must_use]
    pub fn new(
        reads: u32,
        what: &'static str,
        most: Option<Duration>,
        pressure: watch::Receiver<WalPressure>,
    ) -> Self {
        Self { turns: Turns::new(reads as usize), what, most, pressure }
    }

    /// Waits for a turn, for a short time.
    ///
    /// # Errors
    /// [`RequestError::Unavailable`] if no turn becomes free in time.
    pub async fn soon(&self, user: Share) -> Result<ReadTime, RequestError> {
        let turn = timeout(PATIENCE, self.turns.take(user)).await;
        let turn = turn.map_err(|_| {
            RequestError::Unavailable(format!("too many {} are running; try again", self.what))
        });
        self.begin(user, turn?).await
    }

    /// Waits for a turn however long it takes, outside the user's share: for short reads.
    ///
    /// # Errors
    /// Never fails in practice: the semaphores are not closed.
    pub async fn patiently(&self, user: Share) -> Result<ReadTime, RequestError> {
        self.begin(user, self.turns.take(Share::All).await).await
    }

    /// Returns when the write-ahead log is too long.
    pub async fn log_is_long(&self) {
        if self.pressure.clone().wait_for(|pressure| *pressure != WalPressure::None).await.is_err()
        {
            pending::<()>().await;
        }
    }

    async fn begin(
        &self,
        user: Share,
        turn: Result<Turn, AcquireError>,
    ) -> Result<ReadTime, RequestError> {
        // The writer is waiting for a moment without reads, which new reads would prevent.
        let _ = self.pressure.clone().wait_for(|pressure| *pressure != WalPressure::Critical).await;
        let turn = turn.map_err(|error| RequestError::internal(&error))?;
        Ok(ReadTime::begin(turn, user, self.most, self.pressure.clone()))
    }
}
