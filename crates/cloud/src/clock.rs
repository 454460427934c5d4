//! Wall time for everything in the cloud: the system's, or one that a test moves by hand.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::watch;

/// Tells the time and waits for it.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still until a test moves it.
    Test(TestClock),
}

impl Clock {
    /// Seconds since 1970 as the database keeps them.
    pub fn now(&self) -> i64 {
        match self {
            Clock::System => {
                // A clock before 1970, as of a machine without a battery, counts as 1970.
                let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
                since_1970.map_or(0, |elapsed| {
                    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
                })
            }
            Clock::Test(clock) => *clock.0.borrow(),
        }
    }

    /// Seconds since 1970 as `proto` takes them.
    pub fn unix_seconds(&self) -> u64 {
        u64::try_from(self.now()).unwrap_or(0)
    }

    /// The same moment for libraries that want a [`SystemTime`].
    pub fn system_time(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.unix_seconds())
    }

    /// Returns once [`Clock::now`] is `at` (seconds since 1970) or later.
    pub async fn sleep_until(&self, at: i64) {
        match self {
            Clock::System => {
                // tokio counts monotonic time: a jump of the wall clock is seen only after the wait.
                let wait = u64::try_from(at - self.now()).unwrap_or(0);
                tokio::time::sleep(Duration::from_secs(wait)).await;
            }
            Clock::Test(clock) => {
                let mut moved = clock.0.subscribe();
                // Fails only when the clock is gone, and `self` holds it.
                let reached = moved.wait_for(|now| *now >= at).await;
                drop(reached);
            }
        }
    }

    /// Returns when the clock shows an earlier time than it did before; the machine's is looked at once
    /// a minute.
    pub async fn was_set_back(&self) {
        match self {
            Clock::System => {
                let mut latest = self.now();
                while self.now() >= latest {
                    latest = self.now();
                    tokio::time::sleep(LOOK_AT_CLOCK).await;
                }
            }
            Clock::Test(clock) => {
                let mut moved = clock.0.subscribe();
                let mut latest = *moved.borrow_and_update();
                let is_back = moved.wait_for(|now| *now < std::mem::replace(&mut latest, *now));
                drop(is_back.await);
            }
        }
    }
}

/// How often the machine's clock is compared with what it showed before.
const LOOK_AT_CLOCK: Duration = Duration::from_secs(60);

/// The hands of a test's clock; clones move together.
#[derive(Debug, Clone)]
pub struct TestClock(Arc<watch::Sender<i64>>);

impl TestClock {
    /// A clock that shows `now`, in seconds since 1970.
    pub fn at(now: i64) -> TestClock {
        TestClock(Arc::new(watch::Sender::new(now)))
    }

    /// Sets the clock, on or back.
    pub fn set(&self, now: i64) {
        self.0.send_replace(now);
    }

    /// Moves the clock on and wakes who waits for it.
    pub fn advance(&self, seconds: i64) {
        self.0.send_modify(|now| *now += seconds);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::poll;

    use super::*;

    #[tokio::test]
    async fn a_sleeper_wakes_when_the_test_moves_the_clock() {
        let hands = TestClock::at(1_000);
        let clock = Clock::Test(hands.clone());
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(1_060).await }
        });

        hands.advance(60);
        sleeper.await.unwrap();

        assert_eq!(clock.now(), 1_060);
    }

    #[tokio::test]
    async fn only_a_clock_that_is_set_back_is_detected() {
        let hands = TestClock::at(1_000);
        let clock = Clock::Test(hands.clone());
        let mut seen = std::pin::pin!(clock.was_set_back());

        assert!(poll!(&mut seen).is_pending());
        hands.advance(3_600);
        assert!(poll!(&mut seen).is_pending());
        hands.set(4_599);
        assert!(poll!(&mut seen).is_ready(), "one second back");
    }
}
