//! Fair queueing: only so many jobs of one client run at a time, and its further jobs wait behind its own. So
//! a few clients cannot make a shared queue long for everybody.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Who has a turn, and who waits for one.
pub struct Turns {
    of_one: usize,
    /// Those who have a turn or wait for one, and nobody else.
    by_whom: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// One of its owner's turns, until it is dropped.
pub struct Turn {
    turns: Arc<Turns>,
    whom: String,
    own: Option<Arc<Semaphore>>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Turns {
    /// Each has `of_one` turns at a time.
    pub fn new(of_one: usize) -> Arc<Turns> {
        Arc::new(Turns {
            of_one,
            by_whom: Mutex::new(HashMap::new()),
        })
    }

    /// Waits for a turn of theirs.
    pub async fn of(self: &Arc<Turns>, whom: &str) -> Turn {
        let new = || Arc::new(Semaphore::new(self.of_one));
        let own = self
            .by_whom()
            .entry(whom.to_owned())
            .or_insert_with(new)
            .clone();
        // Made before the wait, so that `drop` also forgets those who give up waiting.
        let mut turn = Turn {
            turns: self.clone(),
            whom: whom.to_owned(),
            own: Some(own.clone()),
            permit: None,
        };
        turn.permit = own.acquire_owned().await.ok();
        turn
    }

    fn by_whom(&self) -> MutexGuard<'_, HashMap<String, Arc<Semaphore>>> {
        self.by_whom.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Let go before the count below, which must not see this turn.
        self.permit = None;
        self.own = None;
        let mut by_whom = self.turns.by_whom();
        let is_last = |own: &Arc<Semaphore>| Arc::strong_count(own) == 1;
        if by_whom.get(&self.whom).is_some_and(is_last) {
            by_whom.remove(&self.whom);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn one_accounts_third_turn_waits_and_others_do_not() {
        let turns = Turns::new(2);
        let first = turns.of("ana").await;
        let _second = turns.of("ana").await;

        let mut third = std::pin::pin!(turns.of("ana"));
        assert!(third.as_mut().now_or_never().is_none());
        assert!(turns.of("ben").now_or_never().is_some());

        drop(first);
        assert!(third.now_or_never().is_some());
    }

    #[tokio::test]
    async fn accounts_without_a_turn_or_a_wait_are_forgotten() {
        let turns = Turns::new(1);
        for n in 0..1_000 {
            drop(turns.of(&n.to_string()).await);
        }
        let held = turns.of("ana").await;
        assert!(turns.of("ana").now_or_never().is_none(), "given up");
        assert_eq!(turns.by_whom().len(), 1);

        drop(held);

        assert!(turns.by_whom().is_empty());
    }
}
