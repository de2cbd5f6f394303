//! The memory that long replies share if they are built completely before they are sent, so that
//! slow clients can't fill the server's memory. Short replies are not counted and never wait.

use crate::error::RequestError;
use crate::service::waiting::Waiting;
use crate::user_shares::Shares;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;

/// Most bytes of a short reply.
pub const SHORT: usize = 64 * 1024;

/// Bytes of a unit, in which memory is counted.
const UNIT: usize = 64 * 1024;

/// Bytes for replies that are known to be long before they are built.
const EXPECTED: usize = 64 * 1024 * 1024;

/// Bytes for all other long replies.
const UNEXPECTED: usize = 32 * 1024 * 1024;

/// How long a request waits for memory before its reply is built. It is longer than a slow client
/// may hold memory that others need.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a request waits for slow clients to release memory, if its reply is built and there is
/// no memory for it.
const BRIEF_PATIENCE: Duration = Duration::from_millis(1_500);

/// The memory of all long replies. It has two parts, so that unexpectedly long replies don't wait
/// for requests that have reserved much memory and take long.
#[derive(Debug)]
pub struct ReplyMemory {
    expected: Part,
    unexpected: Part,
}

/// The memory of one kind of replies.
#[derive(Debug)]
struct Part {
    all: Arc<Pool>,
    /// The share of each user, so that no user can hold all memory.
    shares: Shares<String, Pool>,
    /// Most units of one user.
    most: u32,
    /// How long a request waits for memory.
    patience: Duration,
}

#[derive(Debug)]
struct Pool {
    room: Arc<Semaphore>,
    /// How many requests wait for it.
    waiting: watch::Sender<usize>,
}

/// The memory of one reply, released on drop.
#[derive(Debug)]
pub struct Room {
    pools: [Arc<Pool>; 2],
    permits: [OwnedSemaphorePermit; 2],
}

impl Default for ReplyMemory {
    fn default() -> Self {
        Self {
            expected: Part::new(EXPECTED, PATIENCE),
            unexpected: Part::new(UNEXPECTED, BRIEF_PATIENCE),
        }
    }
}

impl ReplyMemory {
    /// Waits for memory for a reply to this user that is not built yet. At this point, the request
    /// holds nothing and has changed nothing.
    ///
    /// # Errors
    /// `Unavailable` if other replies hold the memory for too long.
    pub async fn reserve(&self, user: &str, bytes: usize) -> Result<Room, RequestError> {
        timeout(self.expected.patience, self.expected.room(user, bytes))
            .await
            .map_err(|_| busy())?
    }

    /// Memory for a reply that is built already, if there is enough at this moment.
    pub fn try_room(&self, user: &str, bytes: usize) -> Option<Room> {
        self.unexpected.try_room(user, bytes)
    }

    /// Waits until a reply of this length would fit; slow clients are cut off during that time.
    /// Returns the error for a reply for which there was no memory.
    pub async fn make_room(&self, user: &str, bytes: usize) -> RequestError {
        // The reply is dropped by now, so the client must repeat the request.
        drop(timeout(self.unexpected.patience, self.unexpected.room(user, bytes)).await);
        busy()
    }
}

impl Room {
    /// Adjusts the memory to a reply of this length. Keeps what it has if there is no more.
    pub fn fit(&mut self, bytes: usize) {
        let wanted = bytes.div_ceil(UNIT);
        for (pool, permit) in self.pools.iter().zip(&mut self.permits) {
            let held = permit.num_permits();
            drop(permit.split(held.saturating_sub(wanted)));
            let more = u32::try_from(wanted.saturating_sub(held)).unwrap_or(u32::MAX);
            if let Ok(more) = Arc::clone(&pool.room).try_acquire_many_owned(more) {
                permit.merge(more);
            }
        }
    }

    /// Returns once another request waits for this memory.
    pub async fn wanted(&self) {
        let [share, all] = &self.pools;
        tokio::select! {
            () = share.wanted() => {}
            () = all.wanted() => {}
        }
    }
}

impl Part {
    fn new(bytes: usize, patience: Duration) -> Self {
        let units = bytes / UNIT;
        Self {
            all: Arc::new(Pool::new(units)),
            shares: Shares::default(),
            most: u32::try_from(units / 2).unwrap_or(u32::MAX),
            patience,
        }
    }

    /// Waits for `bytes` bytes, or for all that one user may hold.
    async fn room(&self, user: &str, bytes: usize) -> Result<Room, RequestError> {
        let (share, units) = (self.share(user), self.units(bytes));
        // The share comes first, so that a user who has used it up does not block others.
        let own = share.take(units).await?;
        let of_all = self.all.take(units).await?;
        Ok(Room { pools: [share, Arc::clone(&self.all)], permits: [own, of_all] })
    }

    fn try_room(&self, user: &str, bytes: usize) -> Option<Room> {
        let (share, units) = (self.share(user), self.units(bytes));
        let own = Arc::clone(&share.room).try_acquire_many_owned(units).ok()?;
        let of_all = Arc::clone(&self.all.room).try_acquire_many_owned(units).ok()?;
        Some(Room { pools: [share, Arc::clone(&self.all)], permits: [own, of_all] })
    }

    fn units(&self, bytes: usize) -> u32 {
        u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX).min(self.most)
    }

    fn share(&self, user: &str) -> Arc<Pool> {
        self.shares.of(user.to_owned(), || Pool::new(self.most as usize))
    }
}

impl Pool {
    fn new(units: usize) -> Self {
        Self { room: Arc::new(Semaphore::new(units)), waiting: watch::Sender::new(0) }
    }

    async fn take(&self, units: u32) -> Result<OwnedSemaphorePermit, RequestError> {
        if let Ok(permit) = Arc::clone(&self.room).try_acquire_many_owned(units) {
            return Ok(permit);
        }
        let _waiting = Waiting::among(&self.waiting);
        let taken = Arc::clone(&self.room).acquire_many_owned(units).await;
        taken.map_err(|error| RequestError::internal(&error))
    }

    async fn wanted(&self) {
        // Fails only if the pool is dropped, which is not possible here.
        let _ = self.waiting.subscribe().wait_for(|waiting| *waiting > 0).await;
    }
}

fn busy() -> RequestError {
    RequestError::Unavailable(
        "the server is busy with other long replies; try again, or request less at a time"
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    const MIB: usize = 1 << 20;

    #[tokio::test]
    async fn a_user_leaves_half_of_the_memory_to_the_others() {
        let memory = ReplyMemory::default();
        let anna = [
            memory.reserve("anna", 16 * MIB).await.unwrap(),
            memory.reserve("anna", 16 * MIB).await.unwrap(),
        ];
        assert!(memory.reserve("anna", 1).now_or_never().is_none());
        assert!(anna.iter().all(|room| room.wanted().now_or_never().is_none()));
        // A reply that exceeds the share of a user gets the whole share.
        let bert = memory.reserve("bert", usize::MAX).await.unwrap();
        let mut carl = Box::pin(memory.reserve("carl", 1));
        assert!(carl.as_mut().now_or_never().is_none());
        assert!(anna.iter().chain([&bert]).all(|room| room.wanted().now_or_never().is_some()));
        // Replies of the other kind have separate memory.
        assert!(memory.try_room("anna", MIB).is_some());
        drop(anna);
        drop((bert, carl.await.unwrap()));
    }

    #[tokio::test]
    async fn a_reply_holds_what_it_needs() {
        let memory = ReplyMemory::default();
        let free = || memory.expected.all.room.available_permits() * UNIT / MIB;
        let mut room = memory.reserve("anna", 8 * MIB).await.unwrap();
        assert_eq!(free(), 56);
        for (needed, left) in [(MIB, 63), (12 * MIB, 52), (0, 64)] {
            room.fit(needed);
            assert_eq!(free(), left, "{needed}");
        }
    }

    #[tokio::test]
    async fn a_request_that_gets_no_memory_in_time_is_refused() {
        let briefly = Duration::from_millis(50);
        let memory = ReplyMemory {
            expected: Part::new(EXPECTED, briefly),
            unexpected: Part::new(UNEXPECTED, briefly),
        };
        let _held = memory.reserve("anna", 32 * MIB).await.unwrap();
        let refused = memory.reserve("anna", 1).await;
        assert!(matches!(refused, Err(RequestError::Unavailable(_))), "{refused:?}");
        let _also = memory.try_room("anna", 16 * MIB).unwrap();
        assert!(memory.try_room("anna", 1).is_none());
        assert!(matches!(memory.make_room("anna", 1).await, RequestError::Unavailable(_)));
    }
}
