//! The cloud's clock as a joined relay estimates it: credentials and calls expire by it, even if this
//! machine's own clock is wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Clones show the same time.
#[derive(Debug, Clone)]
pub(super) struct CloudClock {
    start: Instant,
    /// The cloud's time at `start`.
    base: Arc<AtomicU64>,
}

impl Default for CloudClock {
    /// This machine's time, until a cloud says its own.
    fn default() -> CloudClock {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        CloudClock {
            start: Instant::now(),
            base: Arc::new(AtomicU64::new(now.map_or(0, |now| now.as_secs()))),
        }
    }
}

impl CloudClock {
    /// The time of the cloud; without it, what has passed since it was heard.
    pub(super) fn unix_seconds(&self) -> u64 {
        let base = self.base.load(Ordering::Relaxed);
        base.saturating_add(self.start.elapsed().as_secs())
    }

    /// The cloud said its time.
    pub(super) fn set(&self, now_unix: u64) {
        let base = now_unix.saturating_sub(self.start.elapsed().as_secs());
        self.base.store(base, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_relay_follows_its_clouds_clock_both_ways() {
        let clock = CloudClock::default();

        for now in [4_000_000_000, 1_000_000] {
            clock.set(now);
            // A second may begin meanwhile.
            assert!(clock.clone().unix_seconds().abs_diff(now) <= 1);
        }
    }
}
