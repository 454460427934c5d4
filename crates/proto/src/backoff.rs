//! Jittered exponential back-off for everything that reconnects, so that many agents do not all
//! return in the same second.

use std::time::Duration;

/// Doubles from `first` to `most`; each wait is drawn from the upper half of its step.
#[derive(Debug, Clone)]
pub struct Backoff {
    first: Duration,
    most: Duration,
    n_failures: u32,
}

impl Backoff {
    /// Starts with waits around `first`, never longer than `most`.
    pub fn new(first: Duration, most: Duration) -> Backoff {
        Backoff {
            first,
            most,
            n_failures: 0,
        }
    }

    /// The wait after one more failure. `random` is uniform over all of `u32`.
    pub fn next_wait(&mut self, random: u32) -> Duration {
        // A shift by 32 or more has no value; `most` is reached long before.
        let step = self
            .first
            .saturating_mul(1_u32.checked_shl(self.n_failures).unwrap_or(u32::MAX))
            .min(self.most);
        self.n_failures = self.n_failures.saturating_add(1);
        // At least half of the step: a wait near zero would hit a cloud that is just starting.
        let half = step / 2;
        half + half.mul_f64(f64::from(random) / f64::from(u32::MAX))
    }

    /// Forgets the failures after a success.
    pub fn succeeded(&mut self) {
        self.n_failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_limit_and_restart() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(60));

        let waits: Vec<u64> = (0..9)
            .map(|_| backoff.next_wait(u32::MAX).as_secs())
            .collect();
        backoff.succeeded();

        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(backoff.next_wait(u32::MAX), Duration::from_secs(1));
    }

    #[test]
    fn jitter_stays_in_the_upper_half_of_a_step() {
        let mut backoff = Backoff::new(Duration::from_secs(8), Duration::from_secs(60));

        assert_eq!(backoff.next_wait(0), Duration::from_secs(4));
        assert_eq!(backoff.next_wait(0), Duration::from_secs(8));
    }

    #[test]
    fn a_thousand_failures_do_not_overflow() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(60));

        let last = (0..1000).map(|_| backoff.next_wait(u32::MAX)).last();

        assert_eq!(last, Some(Duration::from_secs(60)));
    }
}
