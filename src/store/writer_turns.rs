//! Turns for the single writer. A few short requests of one payer may wait in its queue. A long
//! request waits there alone, and only while no long request of another payer does. All others wait
//! here, in order of arrival. So a request of another user waits for about one long request,
//! however many users send how many requests, and whether or not they succeed.

use super::allowance::Payer;
use super::error::Error;
use super::weight::Weight;
use crate::user_shares::Shares;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The turns of one payer, and the turns that the long requests of all payers have together.
const EACH: u32 = 4;

/// The time of the writer for one turn.
const TURN: Weight = Weight::of_millis(25);

/// The turns of all payers. Only payers that have a turn or wait for one take memory.
#[derive(Debug)]
pub(super) struct WriterTurns {
    shares: Shares<Payer, Semaphore>,
    long: Arc<Semaphore>,
}

/// The turns of a request, until this is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _own: OwnedSemaphorePermit,
    _long: Option<OwnedSemaphorePermit>,
}

impl Default for WriterTurns {
    fn default() -> Self {
        Self { shares: Shares::default(), long: Arc::new(whole_share()) }
    }
}

fn whole_share() -> Semaphore {
    Semaphore::new(EACH as usize)
}

impl Weight {
    /// Whether a request of this weight takes so long that others should wait for at most one such
    /// request.
    pub(super) fn is_long(self) -> bool {
        self > TURN
    }

    /// The turns that a request of this weight takes: all of them if it exceeds their time.
    fn turns(self) -> u32 {
        (1..EACH).find(|turns| self <= TURN.times(u64::from(*turns))).unwrap_or(EACH)
    }
}

impl WriterTurns {
    /// Waits asynchronously for the turns of a request of this payer with this expected weight.
    ///
    /// # Errors
    /// Never fails in practice: the semaphores are not closed.
    pub(super) async fn take(&self, payer: Payer, expected: Weight) -> Result<Turn, Error> {
        let turns = expected.turns();
        // The payer's share comes first, so that a payer who has used it up blocks no others.
        let own = acquire(self.shares.of(payer, whole_share), turns).await?;
        let long = if expected.is_long() {
            Some(acquire(Arc::clone(&self.long), turns).await?)
        } else {
            None
        };
        Ok(Turn { _own: own, _long: long })
    }
}

async fn acquire(share: Arc<Semaphore>, turns: u32) -> Result<OwnedSemaphorePermit, Error> {
    share.acquire_many_owned(turns).await.map_err(|_| Error::Stopped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use std::pin::pin;
    use uuid::Uuid;

    const ANNA: Payer = Payer::User(Uuid::from_u128(1));
    const BERT: Payer = Payer::User(Uuid::from_u128(2));
    const CARL: Payer = Payer::User(Uuid::from_u128(3));

    fn take_all(turns: &WriterTurns, payer: Payer, millis: u64) -> Vec<Turn> {
        let take = || turns.take(payer, Weight::of_millis(millis)).now_or_never();
        std::iter::from_fn(take).map(Result::unwrap).collect()
    }

    #[test]
    fn each_payer_has_few_turns_and_waits_in_order() {
        let turns = WriterTurns::default();
        let short = Weight::of_millis(1);
        let mut taken = take_all(&turns, ANNA, 1);
        assert_eq!((taken.len(), take_all(&turns, BERT, 1).len()), (4, 4));
        let (mut first, mut second) =
            (pin!(turns.take(ANNA, short)), pin!(turns.take(ANNA, short)));
        assert!(
            first.as_mut().now_or_never().is_none() && second.as_mut().now_or_never().is_none()
        );
        taken.pop();
        assert!(second.as_mut().now_or_never().is_none());
        assert!(first.now_or_never().is_some());
        // The first has returned its turn by now.
        assert!(second.now_or_never().is_some());
    }

    #[test]
    fn a_request_takes_turns_in_proportion_to_its_time() {
        for (millis, number) in
            [(0, 4), (25, 4), (26, 2), (50, 2), (51, 1), (100, 1), (500, 1), (10_000, 1)]
        {
            assert_eq!(
                take_all(&WriterTurns::default(), ANNA, millis).len(),
                number,
                "{millis} ms"
            );
        }
    }

    #[test]
    fn long_requests_wait_for_one_another_and_short_ones_do_not_wait() {
        let turns = WriterTurns::default();
        let long = Weight::of_millis(500);
        let held = take_all(&turns, ANNA, 500);
        let (mut bert, mut carl) = (pin!(turns.take(BERT, long)), pin!(turns.take(CARL, long)));
        assert!(bert.as_mut().now_or_never().is_none() && carl.as_mut().now_or_never().is_none());
        // A user without requests has all turns.
        assert_eq!(take_all(&turns, Payer::NewUsers, 25).len(), 4);
        drop(held);
        assert!(carl.as_mut().now_or_never().is_none());
        let bert = bert.now_or_never().unwrap();
        assert!(carl.as_mut().now_or_never().is_none());
        drop(bert);
        assert!(carl.now_or_never().is_some());
    }

    #[test]
    fn a_request_that_gives_up_keeps_no_turn() {
        let turns = WriterTurns::default();
        let long = Weight::of_millis(500);
        let held = take_all(&turns, ANNA, 500);
        {
            let mut bert = pin!(turns.take(BERT, long));
            assert!(bert.as_mut().now_or_never().is_none());
        }
        assert_eq!(take_all(&turns, BERT, 1).len(), 4);
        drop(held);
        assert_eq!(take_all(&turns, CARL, 500).len(), 1);
    }
}
