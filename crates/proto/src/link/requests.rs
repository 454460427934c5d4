//! Requests that were sent on one socket and are not answered yet. Every socket has its own id
//! space in this direction, so a forwarded request gets a new number here.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::link::limits::MAX_PENDING_REQUESTS;
use crate::rpc::Id;

/// The request behind each number; `T` is what the requester gets back with the answer.
#[derive(Debug)]
pub struct Requests<T> {
    last_id: u64,
    waiting: BTreeMap<u64, OpenRequest<T>>,
}

#[derive(Debug)]
struct OpenRequest<T> {
    until: Duration,
    what: T,
}

impl<T> Default for Requests<T> {
    fn default() -> Requests<T> {
        Requests {
            last_id: 0,
            waiting: BTreeMap::new(),
        }
    }
}

impl<T> Requests<T> {
    /// Numbers a request that must be answered by `until`; returns `what` if too many are open.
    pub fn open(&mut self, what: T, until: Duration) -> Result<u64, T> {
        if self.waiting.len() >= MAX_PENDING_REQUESTS {
            return Err(what);
        }
        self.last_id += 1;
        self.waiting
            .insert(self.last_id, OpenRequest { until, what });
        Ok(self.last_id)
    }

    /// Removes the request that `id` answers; some devices return the number as a string.
    pub fn settle(&mut self, id: &Id) -> Option<T> {
        let id = match id {
            Id::Number(id) => *id,
            Id::Text(text) => text.parse().ok()?,
        };
        self.waiting.remove(&id).map(|waiting| waiting.what)
    }

    /// Removes one overdue request.
    pub fn take_overdue(&mut self, now: Duration) -> Option<T> {
        let id = self
            .waiting
            .iter()
            .find(|(_, waiting)| waiting.until <= now)
            .map(|(id, _)| *id)?;
        self.waiting.remove(&id).map(|waiting| waiting.what)
    }

    /// Removes every request, for a socket that is gone.
    pub fn take_all(&mut self) -> impl Iterator<Item = T> {
        std::mem::take(&mut self.waiting)
            .into_values()
            .map(|waiting| waiting.what)
    }

    /// When the next request is overdue.
    pub fn next_deadline(&self) -> Option<Duration> {
        self.waiting.values().map(|waiting| waiting.until).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LATER: Duration = Duration::from_secs(10);

    #[test]
    fn an_answer_settles_its_request_exactly_once() {
        let mut requests = Requests::default();
        let first = requests.open("first", LATER).unwrap();
        let second = requests.open("second", LATER).unwrap();

        assert_eq!(requests.settle(&Id::Number(second)), Some("second"));
        assert_eq!(requests.settle(&Id::Text(first.to_string())), Some("first"));
        assert_eq!(requests.settle(&Id::Number(first)), None);
        assert_eq!(requests.settle(&Id::Text("first".into())), None);
    }

    #[test]
    fn only_overdue_requests_are_removed() {
        let mut requests = Requests::default();
        requests.open("slow", LATER * 2).unwrap();
        let id = requests.open("late", LATER).unwrap();

        assert_eq!(requests.next_deadline(), Some(LATER));
        assert_eq!(requests.take_overdue(LATER), Some("late"));
        assert_eq!(requests.take_overdue(LATER), None);
        assert_eq!(requests.settle(&Id::Number(id)), None);
    }

    #[test]
    fn requests_over_the_limit_are_returned() {
        let mut requests = Requests::default();
        for n in 0..MAX_PENDING_REQUESTS {
            requests.open(n, LATER).unwrap();
        }

        assert_eq!(requests.open(999, LATER), Err(999));
        assert_eq!(requests.take_all().count(), MAX_PENDING_REQUESTS);
        assert_eq!(requests.next_deadline(), None);
    }

    proptest! {
        #[test]
        fn request_numbers_are_unique_and_answers_never_mix(steps in prop::collection::vec(any::<(bool, u8)>(), 0..200)) {
            let mut requests = Requests::default();
            let mut open: Vec<(u64, usize)> = Vec::new();
            let mut seen = std::collections::BTreeSet::new();
            for (step, (opens, pick)) in steps.into_iter().enumerate() {
                if opens || open.is_empty() {
                    if let Ok(id) = requests.open(step, LATER) {
                        prop_assert!(seen.insert(id));
                        open.push((id, step));
                    }
                } else {
                    let (id, what) = open.swap_remove(usize::from(pick) % open.len());
                    prop_assert_eq!(requests.settle(&Id::Number(id)), Some(what));
                }
            }
        }
    }
}
