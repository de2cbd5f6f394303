//! Turns at the one writer. Few requests of one payer wait in its queue at a time; the others wait here, in the order in which they came. So a request of
//! another user waits for few requests of any one user, however many connections that user has.

use super::allowance::Payer;
use super::error::Error;
use crate::shares::Shares;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Requests of one payer that may be in the queue at a time.
const EACH: usize = 4;

/// The turns of all payers. Only those who have a turn or wait for one take memory.
#[derive(Debug, Default)]
pub(super) struct WriterTurns(Shares<Payer, Semaphore>);

impl WriterTurns {
    /// Waits for a turn of that payer, without a thread. Dropping the turn lets the next request of the same payer into the queue.
    ///
    /// # Errors
    /// Never in practice: the semaphores are not closed.
    pub(super) async fn take(&self, payer: Payer) -> Result<OwnedSemaphorePermit, Error> {
        let share = self.0.of(payer, || Semaphore::new(EACH));
        share.acquire_owned().await.map_err(|_| Error::Stopped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use std::pin::pin;
    use uuid::Uuid;

    const ANNA: Payer = Payer::User(Uuid::from_u128(1));
    const BERT: Payer = Payer::User(Uuid::from_u128(2));

    fn take_all(turns: &WriterTurns, payer: Payer) -> Vec<OwnedSemaphorePermit> {
        std::iter::from_fn(|| turns.take(payer).now_or_never()).map(Result::unwrap).collect()
    }

    #[test]
    fn each_payer_has_few_turns_and_the_first_that_waits_gets_the_next() {
        let turns = WriterTurns::default();
        let mut taken = take_all(&turns, ANNA);
        assert_eq!((taken.len(), take_all(&turns, BERT).len()), (EACH, EACH));
        let (mut first, mut second) = (pin!(turns.take(ANNA)), pin!(turns.take(ANNA)));
        assert!(first.as_mut().now_or_never().is_none() && second.as_mut().now_or_never().is_none());
        taken.pop();
        assert!(second.as_mut().now_or_never().is_none());
        assert!(first.now_or_never().is_some());
        // The first has given its turn back by now.
        assert!(second.now_or_never().is_some());
    }
}
