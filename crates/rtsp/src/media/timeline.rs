//! RTP times as one line of 64-bit ticks, whatever the camera's clock does.

use std::time::Duration;

use super::limits::MAX_TIME_STEP;

/// Unwraps RTP times.
///
/// A time that equals that of the frame before (some cameras send one time for all) continues by the
/// time that passed between their first packets. So does a clock that leaps back or ahead by more
/// than [`MAX_TIME_STEP`], as it does when a camera starts again.
#[derive(Debug)]
pub(super) struct RtpTimeline {
    clock_rate: u32,
    last: Option<TimelinePoint>,
    latest: i64,
}

#[derive(Debug, Clone, Copy)]
struct TimelinePoint {
    raw: u32,
    ticks: i64,
    arrived: Duration,
    /// Whether `ticks` comes from the arrival.
    is_guessed: bool,
}

/// Where a frame lies on the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameTime {
    pub(super) ticks: i64,
    /// Whether an earlier frame has a later time.
    pub(super) is_reordered: bool,
    /// Whether the camera's clock began anew.
    pub(super) is_new_clock: bool,
}

impl RtpTimeline {
    pub(super) fn new(clock_rate: u32) -> Self {
        RtpTimeline {
            clock_rate: clock_rate.max(1),
            last: None,
            latest: 0,
        }
    }

    /// The time of the next frame, whose first packet arrived at `arrived`.
    pub(super) fn next(&mut self, raw: u32, arrived: Duration) -> FrameTime {
        let Some(last) = self.last else {
            let ticks = i64::from(raw);
            self.latest = ticks;
            self.last = Some(TimelinePoint {
                raw,
                ticks,
                arrived,
                is_guessed: false,
            });
            return FrameTime {
                ticks,
                is_reordered: false,
                is_new_clock: false,
            };
        };
        let passed = self.in_ticks(arrived.saturating_sub(last.arrived));
        let step = signed(raw.wrapping_sub(last.raw));
        // A recording that was paused goes on where it was, however long that took.
        let most = self.in_ticks(MAX_TIME_STEP);
        let is_new_clock = step < -most || step - passed > most;
        let is_guessed = step == 0 || is_new_clock;
        let step = match (is_guessed, last.is_guessed) {
            (true, _) => passed.max(1),
            // Guesses may have run ahead; times still grow.
            (false, true) => step.max(1),
            (false, false) => step,
        };
        let ticks = last.ticks.saturating_add(step);
        let is_reordered = ticks < self.latest;
        self.latest = self.latest.max(ticks);
        self.last = Some(TimelinePoint {
            raw,
            ticks,
            arrived,
            is_guessed,
        });
        FrameTime {
            ticks,
            is_reordered,
            is_new_clock,
        }
    }

    /// Where an RTP time near that of the last frame lies.
    pub(super) fn place(&self, raw: u32) -> Option<i64> {
        let last = self.last?;
        Some(
            last.ticks
                .saturating_add(signed(raw.wrapping_sub(last.raw))),
        )
    }

    /// Ticks in a span of time.
    pub(super) fn in_ticks(&self, span: Duration) -> i64 {
        let ticks = span.as_nanos() * u128::from(self.clock_rate) / 1_000_000_000;
        i64::try_from(ticks).unwrap_or(i64::MAX / 4)
    }
}

/// The shorter way round, as a signed number.
fn signed(difference: u32) -> i64 {
    i64::from(difference.cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn times_continue_across_the_wrap() {
        let mut line = RtpTimeline::new(90_000);

        let before = line.next(u32::MAX - 2999, ms(0)).ticks;
        let after = line.next(3000, ms(66)).ticks;

        assert_eq!(after - before, 6000);
    }

    #[test]
    fn equal_times_follow_the_arrival() {
        let mut line = RtpTimeline::new(90_000);

        let times = [0, 40, 80, 80].map(|at| line.next(7, ms(at)).ticks);

        assert_eq!(times, [7, 3607, 7207, 7208]);
    }

    #[test]
    fn a_clock_that_jumps_continues_by_arrival_time() {
        let mut line = RtpTimeline::new(90_000);
        line.next(1000, ms(0));

        let leap = line.next(2_000_000_000, ms(40));
        let next = line.next(2_000_003_600, ms(80));

        assert!(leap.is_new_clock);
        assert_eq!((leap.ticks, next.ticks), (4600, 8200));
    }

    #[test]
    fn rare_pictures_and_fast_playback_are_not_clock_jumps() {
        let mut line = RtpTimeline::new(90_000);
        line.next(0, ms(0));

        let rare = line.next(16 * 90_000, ms(16_000));
        let fast = line.next(32 * 90_000, ms(16_040));

        assert!(!rare.is_new_clock && !fast.is_new_clock);
        assert_eq!(fast.ticks, 32 * 90_000);
    }

    #[test]
    fn a_recording_continues_where_it_was_paused() {
        let mut line = RtpTimeline::new(90_000);
        line.next(9000, ms(0));

        let resumed = line.next(12_600, ms(600_000));

        assert_eq!((resumed.ticks, resumed.is_new_clock), (12_600, false));
    }

    #[test]
    fn times_that_step_back_are_reordered_pictures() {
        let mut line = RtpTimeline::new(90_000);
        line.next(9000, ms(0));

        let back = line.next(3000, ms(1));

        assert!(back.is_reordered);
        assert_eq!(back.ticks, 3000);
    }
}
