//! Movements that have to be stopped from here, because no recorder does it reliably. Pure: time is an
//! argument.

use std::collections::BTreeMap;

use tokio::time::{Instant, sleep_until};

use super::handle::RequestError;
use crate::limits::{MAX_STOPS, STOP_AGAIN, STOP_FOR, STOP_LATER};

/// Stops that have to be sent, by what moves.
#[derive(Debug)]
pub(super) struct DueStops<K>(BTreeMap<K, DueStop>);

#[derive(Debug)]
struct DueStop {
    at: Instant,
    /// When the movement was to end.
    since: Instant,
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
        let since = at;
        let n_sent = 0;
        self.0.insert(key, DueStop { at, since, n_sent });
    }

    /// Nobody waits for the end of a movement any more: all of them have to be stopped at once.
    pub(super) fn hurry(&mut self, now: Instant) {
        for stop in self.0.values_mut() {
            stop.at = stop.at.min(now);
        }
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
        let stop = due.1;
        stop.n_sent += 1;
        stop.at = now
            + if stop.n_sent < MAX_STOPS {
                STOP_AGAIN
            } else {
                STOP_LATER
            };
        Some(due.0.clone())
    }

    /// What the recorder said to a stop. It is over if the recorder has stopped the movement or refused to often
    /// enough; one that was not heard is sent on, because what nobody stops may turn for ever.
    pub(super) fn sent(&mut self, key: &K, outcome: &Result<(), RequestError>) {
        let is_over = match outcome {
            Ok(()) => true,
            Err(RequestError::Offline | RequestError::Timeout) => self
                .0
                .get(key)
                .is_some_and(|stop| stop.at >= stop.since + STOP_FOR),
            Err(_) => self.0.get(key).is_some_and(|stop| stop.n_sent >= MAX_STOPS),
        };
        if is_over {
            self.0.remove(key);
        }
    }

    /// There is nothing to stop.
    pub(super) fn forget(&mut self, key: &K) {
        self.0.remove(key);
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
        stops.sent(&key, &Err(RequestError::Timeout));
        assert!(stops.take(start).is_none());
        let key = stops.take(start + STOP_AGAIN).expect("due again");
        stops.sent(&key, &Ok(()));

        assert_eq!((key, stops.next()), ("focus", None));
    }

    /// Sends what is due for so long, and counts.
    fn n_stops(outcome: &Result<(), RequestError>, span: Duration) -> (u32, bool) {
        let start = Instant::now();
        let mut stops = DueStops::default();
        stops.plan("turn", start);
        let mut n_sent = 0;
        while let Some(now) = stops.next().filter(|next| *next < start + span) {
            let key = stops.take(now).expect("due");
            n_sent += 1;
            stops.sent(&key, outcome);
        }
        (n_sent, stops.is_empty())
    }

    #[test]
    fn a_stop_that_the_recorder_refuses_is_given_up() {
        let refused = n_stops(&Err(RequestError::Refused), Duration::from_secs(3_600));

        assert_eq!(refused, (MAX_STOPS, true));
    }

    #[test]
    fn a_stop_is_repeated_while_the_recorder_is_unreachable() {
        for away in [RequestError::Offline, RequestError::Timeout] {
            let (n_sent, is_over) = n_stops(&Err(away.clone()), Duration::from_secs(60));
            assert!(n_sent > MAX_STOPS && !is_over, "{n_sent}");

            let (n_sent, is_over) = n_stops(&Err(away), 2 * STOP_FOR);
            assert!(n_sent < 200 && is_over, "{n_sent}");
        }
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

    #[test]
    fn all_stops_are_due_at_the_end() {
        let start = Instant::now();
        let mut stops = DueStops::default();
        for key in ["turn", "focus"] {
            stops.plan(key, start + Duration::from_secs(2));
        }

        stops.hurry(start);

        let taken: Vec<_> = std::iter::from_fn(|| stops.take(start)).collect();
        assert_eq!(taken, ["focus", "turn"]);
    }
}
