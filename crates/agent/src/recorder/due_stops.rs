//! Movements that have to be stopped from here, because no recorder does it reliably. Pure: time is an
//! argument.

use std::collections::BTreeMap;

use tokio::time::{Instant, sleep_until};

use crate::limits::{MAX_STOPS, STOP_AGAIN};

/// Stops that have to be sent, by what moves.
#[derive(Debug)]
pub(super) struct DueStops<K>(BTreeMap<K, DueStop>);

#[derive(Debug)]
struct DueStop {
    at: Instant,
    n_sent: u32,
}

impl<K> Default for DueStops<K> {
    fn default() -> DueStops<K> {
        DueStops(BTreeMap::new())
    }
}

impl<K: Ord + Clone> DueStops<K> {
    /// A movement has to be stopped then; an earlier plan for the same is replaced.
    pub(super) fn plan(&mut self, key: K, at: Instant) {
        self.0.insert(key, DueStop { at, n_sent: 0 });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn contains(&self, key: &K) -> bool {
        self.0.contains_key(key)
    }

    /// When the first one has to be sent.
    pub(super) fn next(&self) -> Option<Instant> {
        self.0.values().map(|stop| stop.at).min()
    }

    /// Takes one that has to be sent at `now`.
    pub(super) fn take(&mut self, now: Instant) -> Option<K> {
        let due = self.0.iter_mut().find(|(_, stop)| stop.at <= now)?;
        due.1.n_sent += 1;
        due.1.at = now + STOP_AGAIN;
        Some(due.0.clone())
    }

    /// The recorder has stopped it, or it was sent often enough.
    pub(super) fn sent(&mut self, key: &K, is_done: bool) {
        let is_given_up = |stop: &DueStop| stop.n_sent >= MAX_STOPS;
        if is_done || self.0.get(key).is_some_and(is_given_up) {
            self.0.remove(key);
        }
    }
}

/// Waits until a moment, or for ever without one.
pub(super) async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_stop_is_sent_again_until_it_is_confirmed() {
        let start = Instant::now();
        let mut stops = DueStops::default();
        stops.plan("focus", start);

        let key = stops.take(start).expect("due");
        stops.sent(&key, false);
        assert!(stops.take(start).is_none());
        let key = stops.take(start + STOP_AGAIN).expect("due again");
        stops.sent(&key, true);

        assert_eq!((key, stops.next()), ("focus", None));
    }

    #[test]
    fn a_stop_that_never_arrives_is_given_up() {
        let mut now = Instant::now();
        let mut stops = DueStops::default();
        stops.plan("turn", now);

        let mut n_sent = 0;
        while let Some(key) = stops.take(now) {
            n_sent += 1;
            stops.sent(&key, false);
            now += STOP_AGAIN;
        }

        assert_eq!((n_sent, stops.next()), (MAX_STOPS, None));
    }

    #[test]
    fn a_longer_movement_moves_its_stop() {
        let start = Instant::now();
        let mut stops = DueStops::default();
        stops.plan("turn", start);
        let later = start + Duration::from_secs(1);

        stops.plan("turn", later);

        assert!(stops.take(start).is_none());
        assert_eq!(stops.next(), Some(later));
    }
}
