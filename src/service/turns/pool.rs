//! Turns for long reads, such as long lists: few can run at a time, because each occupies a
//! database connection. An ordinary user has at most half of the turns, and a waiting request can
//! get the turn of a list whose client is slow, or of a read that computes for long.

use crate::user_shares::Shares;
use std::future::pending;
use std::sync::Arc;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore, watch};
use uuid::Uuid;

/// The turns of all users.
#[derive(Clone, Debug)]
pub struct Turns {
    all: Arc<Pool>,
    /// The most turns of one user.
    most: usize,
    /// The shares of users who have a turn or wait for one.
    shares: Arc<Shares<Uuid, Pool>>,
}

/// The share of the turns that a user may have.
#[derive(Clone, Copy, Debug)]
pub enum Share {
    /// Half of them, for this ordinary user.
    Half(Uuid),
    /// All of them: one `INTERNAL` account may serve many clients.
    All,
}

/// A turn of a user. It is returned when this is dropped.
#[derive(Debug)]
pub struct Turn {
    all: Arc<Pool>,
    share: Option<Arc<Pool>>,
    _own: Option<OwnedSemaphorePermit>,
    _of_all: OwnedSemaphorePermit,
}

/// The free turns, and the requests that wait for one.
#[derive(Debug)]
struct Pool {
    number: usize,
    turns: Arc<Semaphore>,
    waiting: watch::Sender<Waiting>,
}

/// The numbers of waiting requests.
#[derive(Debug, Default)]
struct Waiting {
    /// Those for which no list has been stopped.
    unserved: usize,
    /// Those for which one has been stopped, but which do not have the turn yet.
    served: usize,
}

/// A waiting request, until this is dropped.
struct Waiter<'a>(&'a watch::Sender<Waiting>);

impl Turns {
    /// A pool of this many turns.
    pub fn new(number: usize) -> Self {
        Self { all: Arc::new(Pool::new(number)), most: number.div_ceil(2), shares: Arc::default() }
    }

    /// Waits for a turn, without a thread.
    ///
    /// # Errors
    /// Never in practice: the semaphores are not closed.
    pub async fn take(&self, share: Share) -> Result<Turn, AcquireError> {
        let share = match share {
            Share::Half(user) => Some(self.shares.of(user, || Pool::new(self.most))),
            Share::All => None,
        };
        // The share comes first, so that a user who has used it up does not keep other users
        // waiting.
        let own = match &share {
            Some(share) => Some(share.take().await?),
            None => None,
        };
        let of_all = self.all.take().await?;
        Ok(Turn { all: Arc::clone(&self.all), share, _own: own, _of_all: of_all })
    }
}

impl Turn {
    /// Returns when this turn should end for a waiting request. For each such request, it returns
    /// for one turn only.
    pub async fn wanted(&self) {
        let by_the_user = async {
            match &self.share {
                Some(share) => share.wanted().await,
                None => pending().await,
            }
        };
        tokio::select! {
            () = self.all.wanted() => {}
            () = by_the_user => {}
        }
    }
}

impl Turn {
    /// Whether this turn is among the first to be taken for waiting requests: its user has another
    /// one, or no user may have two.
    pub fn is_first_to_go(&self) -> bool {
        self.share.as_ref().is_some_and(|share| {
            share.number == 1 || share.number - share.turns.available_permits() > 1
        })
    }

    /// Whether this turn must be given up for a waiting request. For each such request, that is so
    /// for one turn only.
    pub fn gives_way(&self) -> bool {
        self.all.serve()
    }
}

impl Pool {
    fn new(turns: usize) -> Self {
        Self {
            number: turns,
            turns: Arc::new(Semaphore::new(turns)),
            waiting: watch::Sender::default(),
        }
    }

    async fn take(&self) -> Result<OwnedSemaphorePermit, AcquireError> {
        if let Ok(turn) = Arc::clone(&self.turns).try_acquire_owned() {
            return Ok(turn);
        }
        let _waiter = Waiter::new(&self.waiting);
        Arc::clone(&self.turns).acquire_owned().await
    }

    async fn wanted(&self) {
        let mut waiting = self.waiting.subscribe();
        while waiting.wait_for(|waiting| waiting.unserved > 0).await.is_ok() {
            if self.serve() {
                return;
            }
        }
        pending::<()>().await;
    }

    fn serve(&self) -> bool {
        self.waiting.borrow().unserved > 0 && self.waiting.send_if_modified(Waiting::serve)
    }
}

impl Waiting {
    /// Notes that a list is stopped for a waiting request, if there still is one.
    fn serve(&mut self) -> bool {
        let is_wanted = self.unserved > 0;
        if is_wanted {
            self.unserved -= 1;
            self.served += 1;
        }
        is_wanted
    }
}

impl<'a> Waiter<'a> {
    fn new(waiting: &'a watch::Sender<Waiting>) -> Self {
        waiting.send_modify(|waiting| waiting.unserved += 1);
        Self(waiting)
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|waiting| {
            let count =
                if waiting.served > 0 { &mut waiting.served } else { &mut waiting.unserved };
            *count -= 1;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use std::pin::pin;

    const ANNA: Uuid = Uuid::from_u128(1);
    const BERT: Uuid = Uuid::from_u128(2);
    const CARL: Uuid = Uuid::from_u128(3);

    /// Takes as many turns as the user gets immediately.
    fn take_all(turns: &Turns, user: Uuid) -> Vec<Turn> {
        std::iter::from_fn(|| turns.take(Share::Half(user)).now_or_never())
            .map(Result::unwrap)
            .collect()
    }

    fn is_wanted(turn: &Turn) -> bool {
        turn.wanted().now_or_never().is_some()
    }

    #[test]
    fn an_ordinary_user_has_half_of_the_turns_at_most() {
        for (number, half) in [(1, 1), (2, 1), (7, 4), (8, 4)] {
            let turns = Turns::new(number);
            let taken = [ANNA, BERT, CARL].map(|user| take_all(&turns, user));
            assert_eq!(taken.each_ref().map(Vec::len), [half, number - half, 0], "{number}");
            drop(taken);
            assert_eq!(take_all(&turns, CARL).len(), half, "{number}");
            let of_all = std::iter::from_fn(|| turns.take(Share::All).now_or_never());
            assert_eq!(of_all.collect::<Vec<_>>().len(), number, "{number}");
        }
    }

    #[test]
    fn each_waiting_request_stops_one_list() {
        let turns = Turns::new(4);
        let mut taken =
            take_all(&turns, ANNA).into_iter().chain(take_all(&turns, BERT)).collect::<Vec<_>>();
        assert!(!taken.iter().any(is_wanted));
        let (mut first, mut second) =
            (pin!(turns.take(Share::Half(CARL))), pin!(turns.take(Share::Half(CARL))));
        assert!(first.as_mut().now_or_never().is_none());
        assert_eq!(taken.iter().filter(|turn| is_wanted(turn)).count(), 1);
        assert!(second.as_mut().now_or_never().is_none());
        assert_eq!(taken.iter().filter(|turn| is_wanted(turn)).count(), 1);
        // The first gets the turn of one; the second will still get another.
        taken.pop();
        let first = first.now_or_never().unwrap().unwrap();
        assert!(!taken.iter().any(is_wanted));
        taken.pop();
        let second = second.now_or_never().unwrap().unwrap();
        assert!(![first, second].iter().chain(&taken).any(is_wanted));
    }

    #[test]
    fn one_read_gives_way_to_each_request_those_of_users_with_another_turn_first() {
        let turns = Turns::new(4);
        let (mut hers, his) = (take_all(&turns, ANNA), take_all(&turns, BERT));
        assert!(!hers[0].gives_way() && hers.iter().chain(&his).all(Turn::is_first_to_go));
        let mut waits = pin!(turns.take(Share::Half(CARL)));
        assert!(waits.as_mut().now_or_never().is_none());
        assert!(hers[0].gives_way() && !hers[1].gives_way() && !his[0].gives_way());
        hers.remove(0);
        let got = waits.now_or_never().unwrap().unwrap();
        assert_eq!([&hers[0], &his[0], &got].map(Turn::is_first_to_go), [false, true, false]);
        assert!(!hers[0].gives_way());
        // If each user has one turn, no user has a second.
        assert!(take_all(&Turns::new(2), ANNA)[0].is_first_to_go());
        assert!(
            !turns
                .take(Share::All)
                .now_or_never()
                .is_some_and(|turn| turn.unwrap().is_first_to_go())
        );
    }

    #[test]
    fn a_request_that_gives_up_stops_no_list() {
        let turns = Turns::new(2);
        let taken =
            take_all(&turns, ANNA).into_iter().chain(take_all(&turns, BERT)).collect::<Vec<_>>();
        {
            let mut waits = pin!(turns.take(Share::Half(CARL)));
            assert!(waits.as_mut().now_or_never().is_none());
        }
        assert!(!taken.iter().any(is_wanted));
    }

    #[test]
    fn a_user_who_has_used_up_the_share_stops_only_own_lists() {
        let turns = Turns::new(8);
        let (own, others) = (take_all(&turns, ANNA), take_all(&turns, BERT));
        let mut waits = pin!(turns.take(Share::Half(ANNA)));
        assert!(waits.as_mut().now_or_never().is_none());
        assert!(!others.iter().any(is_wanted));
        assert_eq!(own.iter().filter(|turn| is_wanted(turn)).count(), 1);
    }
}
