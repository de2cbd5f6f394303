//! The memory that all large bodies share: a part for the bytes being received, and a part for the
//! values parsed from them. A body reserves what it may need, and waits if that is not available.
//! Short bodies reserve nothing and never wait.

use super::waiting::Waiting;
use crate::error::RequestError;
use crate::threads::OneThread;
use crate::user_shares::Shares;
use std::future::pending;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep_until, timeout};

/// How long a body waits for memory. It is longer than a slow sender may block it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Memory is counted in units of this many bytes.
const UNIT: usize = 1024;

/// The memory of all large bodies.
#[derive(Debug)]
pub struct BodyMemory {
    received: Part,
    values: Part,
    /// Half of the part for received bytes for each user, so that no user takes all of it.
    shares: Shares<String, Part>,
    /// The number of bodies that wait to be received.
    waiting: watch::Sender<usize>,
    /// How long a body waits.
    patience: Duration,
    /// The thread that parses large bodies.
    pub parser: OneThread,
}

#[derive(Debug)]
struct Part {
    room: Arc<Semaphore>,
    units: u32,
}

/// Memory for the bytes of a body, until this is dropped.
#[derive(Debug)]
pub struct Received {
    _share: Arc<Part>,
    _own: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

/// Memory for the values of a body, until this is dropped.
#[derive(Debug)]
pub struct Values(OwnedSemaphorePermit);

impl Values {
    /// The number of bytes.
    pub fn bytes(&self) -> usize {
        self.0.num_permits() * UNIT
    }

    /// Returns the memory above this many bytes.
    pub fn shrink(&mut self, bytes: usize) {
        let unused = self.0.num_permits().saturating_sub(bytes.div_ceil(UNIT));
        drop(self.0.split(unused));
    }
}

impl BodyMemory {
    /// Memory of this many bytes in total. Values take more than the text from which they are
    /// parsed.
    ///
    /// # Errors
    /// The system allows no more threads.
    pub fn new(bytes: usize) -> io::Result<Self> {
        let received = Part::new(bytes / 5 * 2);
        let values = Part::new(bytes / 5 * 3);
        Ok(Self {
            received,
            values,
            shares: Shares::default(),
            waiting: watch::Sender::new(0),
            patience: PATIENCE,
            parser: OneThread::start("bodies")?,
        })
    }

    /// The most bytes that the values of one body may take.
    #[must_use]
    pub const fn most_values(&self) -> usize {
        self.values.units as usize * UNIT
    }

    /// Waits for memory to receive this many bytes from the user.
    ///
    /// # Errors
    /// [`RequestError::Unavailable`] if other bodies occupy it for too long.
    pub async fn receive(&self, user: &str, bytes: usize) -> Result<Received, RequestError> {
        let share = self.shares.of(user.to_owned(), || Part::of_units(self.received.units / 2));
        let permit = timeout(self.patience, async {
            let own = share.take(bytes).await?;
            let _waiting = Waiting::among(&self.waiting);
            let of_all = self.received.take(bytes).await?;
            Ok(Received { _share: share, _own: own, _of_all: of_all })
        });
        permit.await.map_err(|_| busy())?
    }

    /// Waits for memory for values that take at most this many bytes, or the limit of one body.
    ///
    /// # Errors
    /// [`RequestError::Unavailable`] if other bodies occupy it for too long.
    pub async fn hold_values(&self, bytes: usize) -> Result<Values, RequestError> {
        let permit = timeout(self.patience, self.values.take(bytes)).await.map_err(|_| busy())?;
        permit.map(Values)
    }

    /// Returns when a body waits to be received, at `moment` or later.
    pub async fn crowded_after(&self, moment: Instant) {
        sleep_until(moment).await;
        if self.waiting.subscribe().wait_for(|waiting| *waiting > 0).await.is_err() {
            pending::<()>().await;
        }
    }
}

impl Part {
    fn new(bytes: usize) -> Self {
        Self::of_units(u32::try_from(bytes / UNIT).unwrap_or(u32::MAX))
    }

    fn of_units(units: u32) -> Self {
        Self { room: Arc::new(Semaphore::new(units as usize)), units }
    }

    /// Waits for this many bytes, or for all of the memory.
    async fn take(&self, bytes: usize) -> Result<OwnedSemaphorePermit, RequestError> {
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX).min(self.units);
        let permit = Arc::clone(&self.room).acquire_many_owned(units).await;
        permit.map_err(|error| RequestError::internal(&error))
    }
}

fn busy() -> RequestError {
    RequestError::Unavailable(
        "the server is busy with other large request bodies; try again, or send less at a time"
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    const MIB: usize = 1 << 20;

    /// Memory of this many bytes, with a short wait.
    fn memory(bytes: usize) -> BodyMemory {
        BodyMemory { patience: Duration::from_millis(50), ..BodyMemory::new(bytes).unwrap() }
    }

    #[tokio::test]
    async fn a_user_leaves_half_of_the_memory_to_the_others() {
        let memory = memory(20 * MIB);
        let anna: Vec<Received> =
            [memory.receive("anna", 2 * MIB).await, memory.receive("anna", 2 * MIB).await]
                .into_iter()
                .flatten()
                .collect();
        assert_eq!(anna.len(), 2);
        assert!(memory.receive("anna", MIB).now_or_never().is_none());
        let bert = memory.receive("bert", 4 * MIB).await.unwrap();
        // All of it is in use now, and waiting requests are refused in the end.
        assert!(matches!(memory.receive("carl", 1).await, Err(RequestError::Unavailable(_))));
        drop((anna, bert));
        let _carl = memory.receive("carl", 1).await.unwrap();
    }

    #[tokio::test]
    async fn it_is_crowded_while_a_body_waits() {
        let memory = memory(20 * MIB);
        let now = Instant::now();
        let held = [
            memory.receive("anna", 4 * MIB).await.unwrap(),
            memory.receive("bert", 4 * MIB).await.unwrap(),
        ];
        assert!(memory.crowded_after(now).now_or_never().is_none());
        let mut waiting = Box::pin(memory.receive("carl", MIB));
        assert!(waiting.as_mut().now_or_never().is_none());
        memory.crowded_after(now).await;
        drop(held);
        let _carl = waiting.await.unwrap();
        assert!(memory.crowded_after(now).now_or_never().is_none());
    }

    #[tokio::test]
    async fn what_would_never_fit_gets_all_that_there_is() {
        let memory = memory(20 * MIB);
        let all = memory.hold_values(usize::MAX).await.unwrap();
        assert_eq!(memory.most_values(), 12 * MIB);
        assert!(matches!(memory.hold_values(1).await, Err(RequestError::Unavailable(_))));
        let mut all = all;
        all.shrink(11 * MIB);
        let _held = memory.hold_values(1).await.unwrap();
    }
}
