//! A token bucket: allows bursts and limits the average.

use std::time::Duration;

/// Events per second, and events at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Events per second on average.
    pub per_second: u32,
    /// Events at one moment, when the bucket is full.
    pub burst: u32,
}

/// Counts events against a [`Rate`].
#[derive(Debug, Clone)]
pub struct Bucket {
    rate: Rate,
    thousandths: u64,
    filled_at: Duration,
}

impl Bucket {
    /// A full bucket.
    pub fn new(rate: Rate, now: Duration) -> Bucket {
        Bucket {
            rate,
            thousandths: u64::from(rate.burst) * 1_000,
            filled_at: now,
        }
    }

    /// Takes one event out; false when there are none left.
    pub fn take(&mut self, now: Duration) -> bool {
        let elapsed_ms = now.saturating_sub(self.filled_at).as_millis();
        if elapsed_ms > 0 {
            let elapsed_ms = u64::try_from(elapsed_ms).unwrap_or(u64::MAX);
            let added = elapsed_ms.saturating_mul(u64::from(self.rate.per_second));
            self.thousandths = self
                .thousandths
                .saturating_add(added)
                .min(u64::from(self.rate.burst) * 1_000);
            // Only whole milliseconds were added; the rest of the time stays for the next call.
            self.filled_at += Duration::from_millis(elapsed_ms);
        }
        let Some(left) = self.thousandths.checked_sub(1_000) else {
            return false;
        };
        self.thousandths = left;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        per_second: 10,
        burst: 5,
    };

    #[test]
    fn a_burst_passes_and_the_next_event_does_not() {
        let mut bucket = Bucket::new(RATE, Duration::ZERO);

        let passed = (0..6).filter(|_| bucket.take(Duration::ZERO)).count();

        assert_eq!(passed, 5);
    }

    #[test]
    fn the_average_rate_holds_over_a_long_time() {
        let mut bucket = Bucket::new(RATE, Duration::ZERO);

        let passed = (0..100_000_u64)
            .filter(|ms| bucket.take(Duration::from_millis(*ms)))
            .count();

        assert!((1_000..=1_005).contains(&passed), "{passed}");
    }

    #[test]
    fn a_clock_that_steps_back_adds_no_tokens() {
        let mut bucket = Bucket::new(RATE, Duration::from_secs(9));
        while bucket.take(Duration::from_secs(9)) {}

        assert!(!bucket.take(Duration::from_secs(1)));
        assert!(!bucket.take(Duration::from_secs(9)));
        assert!(bucket.take(Duration::from_secs(10)));
    }
}
