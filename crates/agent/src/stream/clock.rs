//! Converts the RTP times of successive connections into one continuous time. A recorder starts at
//! a random value on every connect, and some jump in between.

use std::time::Duration;

/// A step back of up to this long is a B-frame; a longer one means that the clock was set.
const MOST_BACK: Duration = Duration::from_secs(1);
/// A step forward by more than this, and by more than the elapsed time, means that the clock was
/// set.
const MOST_AHEAD: Duration = Duration::from_secs(10);

/// The time of one kind of frame, at its own clock rate.
#[derive(Debug, Clone)]
pub struct RtpClock {
    rate: u32,
    last: Option<Last>,
    /// The latest time returned; after a break, time continues after it.
    latest: Option<u64>,
}

#[derive(Debug, Clone, Copy)]
struct Last {
    rtp: i64,
    given: u64,
}

impl RtpClock {
    /// Creates a clock with `rate` ticks per second.
    pub fn new(rate: u32) -> RtpClock {
        RtpClock {
            rate,
            last: None,
            latest: None,
        }
    }

    /// The next frame comes from a new connection, so its RTP time has no reference yet.
    pub fn restart(&mut self) {
        self.last = None;
    }

    /// The time of a frame with this (unwrapped) RTP time that arrived at `since_start`.
    pub fn time_of(&mut self, rtp: i64, since_start: Duration) -> u64 {
        let given = self
            .continued(rtp, since_start)
            .unwrap_or_else(|| self.begun(since_start));
        self.last = Some(Last { rtp, given });
        self.latest = self.latest.max(Some(given));
        given
    }

    /// The time from the distance to the previous frame; `None` if that distance is implausible.
    fn continued(&self, rtp: i64, since_start: Duration) -> Option<u64> {
        let last = self.last?;
        let step = rtp.checked_sub(last.rtp)?;
        let given = last.given.checked_add_signed(step)?;
        let arrival = self.ticks(since_start);
        let is_back = step < 0 && step.unsigned_abs() > self.ticks(MOST_BACK);
        // Both: after a real gap, the step is as long as the time that passed.
        let is_ahead = step > 0
            && step.unsigned_abs() > self.ticks(MOST_AHEAD)
            && given > arrival.saturating_add(self.ticks(MOST_AHEAD));
        (!is_back && !is_ahead).then_some(given)
    }

    /// The time from the arrival, after all times that were returned.
    fn begun(&self, since_start: Duration) -> u64 {
        let arrival = self.ticks(since_start);
        match self.latest {
            Some(latest) => arrival.max(latest.saturating_add(1)),
            None => arrival,
        }
    }

    fn ticks(&self, duration: Duration) -> u64 {
        let ticks = duration.as_micros() * u128::from(self.rate) / 1_000_000;
        u64::try_from(ticks).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn stream_time_starts_at_arrival_and_follows_rtp() {
        let mut clock = RtpClock::new(90_000);

        let given = [
            clock.time_of(4_000_000_000, seconds(1)),
            clock.time_of(4_000_003_600, seconds(1)),
            clock.time_of(4_000_007_200, seconds(3)),
        ];

        assert_eq!(given, [90_000, 93_600, 97_200]);
    }

    #[test]
    fn stream_time_continues_after_a_reconnect() {
        let mut clock = RtpClock::new(8_000);
        let before = clock.time_of(500_000, seconds(10));

        clock.restart();
        let after = clock.time_of(3, seconds(15));

        assert_eq!((before, after), (80_000, 120_000));
    }

    #[test]
    fn a_fast_recorder_clock_never_steps_back_on_reconnect() {
        let mut clock = RtpClock::new(90_000);
        clock.time_of(0, seconds(0));
        clock.time_of(9 * 90_000, seconds(1));

        clock.restart();

        assert_eq!(clock.time_of(0, seconds(2)), 9 * 90_000 + 1);
    }

    #[test]
    fn b_frames_may_step_back_a_little() {
        let mut clock = RtpClock::new(90_000);
        clock.time_of(100_000, seconds(0));

        let given = [
            clock.time_of(110_800, seconds(0)),
            clock.time_of(103_600, seconds(0)),
        ];

        assert_eq!(given, [10_800, 3_600]);
    }

    #[test]
    fn a_changed_recorder_clock_falls_back_to_arrival_time() {
        for jump in [-90_000 * 60, 90_000 * 3600, i64::MAX, i64::MIN] {
            let mut clock = RtpClock::new(90_000);
            clock.time_of(0, seconds(0));

            assert_eq!(clock.time_of(jump, seconds(1)), 90_000, "{jump}");
        }
    }

    #[test]
    fn a_real_pause_is_not_treated_as_a_jump() {
        let mut clock = RtpClock::new(90_000);
        clock.time_of(0, seconds(0));

        assert_eq!(clock.time_of(90_000 * 60, seconds(60)), 90_000 * 60);
    }

    proptest! {
        #[test]
        fn increasing_rtp_times_give_increasing_stream_times(
            steps in prop::collection::vec((0_u32..2_000_000_000, 0_u64..20, any::<bool>()), 1..60)
        ) {
            let mut clock = RtpClock::new(90_000);
            let (mut rtp, mut now, mut latest) = (0_i64, Duration::ZERO, 0);
            for (step, wait, is_new_connection) in steps {
                rtp += i64::from(step);
                now += seconds(wait);
                if is_new_connection {
                    clock.restart();
                }
                let given = clock.time_of(rtp, now);
                prop_assert!(given >= latest, "{} after {}", given, latest);
                latest = given;
            }
        }
    }
}
