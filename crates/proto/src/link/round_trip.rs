//! How long pings take to come back. A rule without clock; nothing ends because of it.

use std::time::Duration;

/// Round trips that count: about a minute of them.
const KEPT: usize = 5;

/// The last round trips of a socket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct RoundTrip {
    /// In milliseconds; the first `n` are used.
    last_ms: [u16; KEPT],
    n: u8,
    next: u8,
}

impl RoundTrip {
    /// One more came back after so long.
    pub(super) fn add(&mut self, time: Duration) {
        let ms = u16::try_from(time.as_millis()).unwrap_or(u16::MAX);
        self.last_ms[usize::from(self.next)] = ms;
        self.next = (self.next + 1) % KEPT as u8;
        self.n = (self.n + 1).min(KEPT as u8);
    }

    /// The one in the middle, so that a single slow answer shows nothing.
    pub(super) fn median_ms(&self) -> Option<u16> {
        let mut used = self.last_ms;
        let used = &mut used[..usize::from(self.n)];
        used.sort_unstable();
        used.get(used.len() / 2).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slow_ping_shows_nothing() {
        let mut round_trip = RoundTrip::default();
        assert_eq!(round_trip.median_ms(), None);

        for ms in [40, 9_000, 30, 38] {
            round_trip.add(Duration::from_millis(ms));
        }

        assert_eq!(round_trip.median_ms(), Some(40));
    }

    #[test]
    fn old_pings_are_forgotten() {
        let mut round_trip = RoundTrip::default();
        for _ in 0..100 {
            round_trip.add(Duration::from_secs(90));
        }
        assert_eq!(round_trip.median_ms(), Some(u16::MAX));

        for _ in 0..KEPT {
            round_trip.add(Duration::from_millis(7));
        }

        assert_eq!(round_trip.median_ms(), Some(7));
    }
}
