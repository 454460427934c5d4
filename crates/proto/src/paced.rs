//! A value that may change often and is sent rarely: at most once in an interval, never twice the same, and
//! the newest one is never lost.

use std::time::Duration;

/// Holds a value back until it may be passed on.
#[derive(Debug, Clone)]
pub struct Paced<T> {
    every: Duration,
    free_at: Duration,
    told: Option<T>,
    waiting: Option<T>,
}

impl<T: Clone + PartialEq> Paced<T> {
    /// Nothing yet; `every` is the least time between two values that are passed on.
    pub fn new(every: Duration) -> Paced<T> {
        Paced {
            every,
            free_at: Duration::ZERO,
            told: None,
            waiting: None,
        }
    }

    /// The value is now this. One that went and came back meanwhile is no change.
    pub fn set(&mut self, value: T) {
        self.waiting = (self.told.as_ref() != Some(&value)).then_some(value);
    }

    /// The value, if it is to be passed on at `now`.
    pub fn take(&mut self, now: Duration) -> Option<T> {
        if now < self.free_at {
            return None;
        }
        let value = self.waiting.take()?;
        self.free_at = now.saturating_add(self.every);
        self.told = Some(value.clone());
        Some(value)
    }

    /// What [`Paced::take`] gave did not arrive: it is due again, unless there is a newer one.
    pub fn not_passed_on(&mut self) {
        let told = self.told.take();
        self.waiting = self.waiting.take().or(told);
    }

    /// When [`Paced::take`] has something; in the past if it has it already.
    pub fn due(&self) -> Option<Duration> {
        self.waiting.as_ref().map(|_| self.free_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: Duration = Duration::from_secs(5);

    fn at(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_flapping_value_is_sent_once_per_interval() {
        let mut paced = Paced::new(EVERY);
        let mut passed_on = Vec::new();

        for n in 0..1_000 {
            paced.set(n);
            passed_on.extend(paced.take(at(n * 10)).map(|value| (n * 10, value)));
        }
        passed_on.extend(paced.take(at(10_000)).map(|value| (10_000, value)));

        assert_eq!(passed_on, [(0, 0), (5_000, 500), (10_000, 999)]);
        assert_eq!(paced.due(), None);
    }

    #[test]
    fn a_value_that_returns_is_not_a_change() {
        let mut paced = Paced::new(EVERY);
        paced.set("yes");
        assert_eq!(paced.take(at(0)), Some("yes"));

        paced.set("no");
        assert_eq!(paced.due(), Some(EVERY));
        paced.set("yes");

        assert_eq!(paced.due(), None);
        assert_eq!(paced.take(EVERY), None);
    }

    #[test]
    fn a_value_that_did_not_arrive_is_due_again() {
        let mut paced = Paced::new(EVERY);
        paced.set(1);
        assert_eq!(paced.take(at(0)), Some(1));
        paced.not_passed_on();
        assert_eq!((paced.due(), paced.take(at(0))), (Some(EVERY), None));
        assert_eq!(paced.take(EVERY), Some(1));

        paced.set(2);
        paced.not_passed_on();

        assert_eq!(paced.take(2 * EVERY), Some(2));
    }
}
