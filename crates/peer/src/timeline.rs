//! RTP timestamps of one slot: they never go back, continue across cameras and streams, and play a cached
//! group of pictures in fast-forward, so that a browser shows the newest picture at once and then continues
//! live.

use std::time::{Duration, Instant};

/// Difference between the speeds of a source's clock and ours above which its times are not used.
const JUMP: Duration = Duration::from_secs(2);

/// The time information of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The run of continuous times that it belongs to.
    pub source: u64,
    /// Time of capture in ticks, from any zero point.
    pub time: u64,
    /// Time of arrival on our clock.
    pub arrived: Instant,
    /// Whether it comes from a cache.
    pub is_cached: bool,
}

/// The times of one slot.
#[derive(Debug, Clone)]
pub struct Timeline {
    start: Instant,
    ticks_per_second: u64,
    /// Minimum distance between two frames: 1 ms.
    step: u64,
    /// How far the times are ahead of our clock, in ticks: sources run fast.
    ahead: u64,
    last: Option<u64>,
    live: Option<LivePeriod>,
}

#[derive(Debug, Clone, Copy)]
struct LivePeriod {
    source: u64,
    /// The source's and our time of the first live frame, and the newest frame's.
    first: (u64, u64),
    newest: (u64, Instant),
}

impl Timeline {
    /// Starts at `start` with time 0.
    pub fn new(start: Instant, ticks_per_second: u64) -> Timeline {
        Timeline {
            start,
            ticks_per_second,
            step: ticks_per_second / 1_000,
            ahead: 0,
            last: None,
            live: None,
        }
    }

    /// The RTP time of the next frame, sent at `now`, in ticks.
    pub fn next(&mut self, stamp: Stamp, now: Instant) -> u64 {
        let wanted = if stamp.is_cached {
            self.leave_live();
            self.clock(now)
        } else {
            self.live_time(stamp)
        };
        let time = match self.last {
            // Packets with one RTP time belong to one picture (RFC 3550 §5.1).
            Some(last) => wanted.max(last + self.step),
            None => wanted,
        };
        self.last = Some(time);
        time
    }

    fn live_time(&mut self, stamp: Stamp) -> u64 {
        let runs_on = self
            .live
            .is_some_and(|live| live.source == stamp.source && !self.has_jumped(live, stamp));
        if !runs_on {
            self.leave_live();
        }
        let ours = self.clock(stamp.arrived);
        let live = self.live.get_or_insert(LivePeriod {
            source: stamp.source,
            first: (stamp.time, ours),
            newest: (stamp.time, stamp.arrived),
        });
        live.newest = (stamp.time, stamp.arrived);
        (live.first.1 + stamp.time).saturating_sub(live.first.0)
    }

    fn has_jumped(&self, live: LivePeriod, stamp: Stamp) -> bool {
        let theirs = i128::from(stamp.time) - i128::from(live.newest.0);
        let ours = i128::from(self.ticks(stamp.arrived.saturating_duration_since(live.newest.1)));
        (theirs - ours).unsigned_abs() > u128::from(self.ticks(JUMP))
    }

    /// Keeps the lead of a fast source, so that the next one continues from there at normal speed.
    fn leave_live(&mut self) {
        if let (Some(live), Some(last)) = (self.live.take(), self.last) {
            self.ahead += last.saturating_sub(self.clock(live.newest.1));
        }
    }

    fn clock(&self, at: Instant) -> u64 {
        self.ticks(at.saturating_duration_since(self.start)) + self.ahead
    }

    fn ticks(&self, span: Duration) -> u64 {
        let ticks = span.as_micros() * u128::from(self.ticks_per_second) / 1_000_000;
        u64::try_from(ticks).unwrap_or(u64::MAX / 4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FRAME: u64 = 3_600;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    struct Sender {
        start: Instant,
        timeline: Timeline,
    }

    impl Sender {
        fn new() -> Sender {
            let start = Instant::now();
            Sender {
                start,
                timeline: Timeline::new(start, 90_000),
            }
        }

        fn live(&mut self, source: u64, time: u64, at_ms: u64) -> u64 {
            let arrived = self.start + ms(at_ms);
            self.timeline.next(
                Stamp {
                    source,
                    time,
                    arrived,
                    is_cached: false,
                },
                arrived,
            )
        }

        fn cached(&mut self, source: u64, time: u64, now_ms: u64) -> u64 {
            self.timeline.next(
                Stamp {
                    source,
                    time,
                    arrived: self.start,
                    is_cached: true,
                },
                self.start + ms(now_ms),
            )
        }
    }

    #[test]
    fn live_frames_keep_the_distances_of_their_source() {
        let mut sender = Sender::new();

        let first = sender.live(1, 1_000_000, 0);
        // It arrived 7 ms late because of the network, not the camera.
        let second = sender.live(1, 1_000_000 + FRAME, 47);
        let third = sender.live(1, 1_000_000 + 2 * FRAME, 80);

        assert_eq!([second - first, third - second], [FRAME, FRAME]);
    }

    #[test]
    fn a_cached_group_is_timed_at_a_millisecond_per_picture() {
        let mut sender = Sender::new();

        let times: Vec<u64> = (0..50).map(|n| sender.cached(1, n * FRAME, 500)).collect();

        assert_eq!(times[0], 45_000);
        assert_eq!(times[49] - times[0], 49 * 90);
    }

    #[test]
    fn live_pictures_return_to_the_clock_after_a_cached_group() {
        let mut sender = Sender::new();
        for n in 0..20 {
            sender.cached(1, n * FRAME, 500);
        }

        let first = sender.live(1, 20 * FRAME, 530);
        let second = sender.live(1, 21 * FRAME, 570);

        assert_eq!(first, 530 * 90);
        assert_eq!(second, 570 * 90);
    }

    #[test]
    fn frames_queued_behind_a_cached_group_catch_up() {
        let mut sender = Sender::new();
        // Sending the group took 200 ms; live frames arrived meanwhile and are written after it.
        let last_cached = sender.cached(1, 0, 700);

        let waited: Vec<u64> = (0..5)
            .map(|n| sender.live(1, (n + 1) * FRAME, 500 + 40 * n))
            .collect();
        let live = sender.live(1, 6 * FRAME, 700);

        assert!(waited[0] > last_cached);
        assert!(waited[4] - last_cached <= 5 * 90, "{waited:?}");
        assert!(
            live - 700 * 90 <= 6 * 90,
            "{live} runs {} late",
            live - 700 * 90
        );
    }

    #[test]
    fn a_new_source_continues_the_timeline() {
        let mut sender = Sender::new();
        let old = sender.live(1, 5_000_000, 1_000);

        let new = sender.live(2, 17, 1_040);

        assert_eq!(new - old, FRAME);
    }

    #[test]
    fn a_fast_source_leaves_no_stall_behind() {
        let mut sender = Sender::new();
        // Half a second gained over ten seconds.
        let mut old = 0;
        for n in 0..250 {
            old = sender.live(1, n * 3_780, n * 40);
        }

        let next = sender.live(2, 0, 250 * 40);
        let after = sender.live(2, FRAME, 251 * 40);

        assert_eq!(next - old, FRAME);
        assert_eq!(after - next, FRAME);
    }

    #[test]
    fn a_clock_jump_restarts_the_mapping() {
        let mut sender = Sender::new();
        let old = sender.live(1, 900_000_000, 0);

        let back = sender.live(1, 50, 40);
        let forth = sender.live(1, 900_000_000_000, 80);

        assert_eq!([back - old, forth - back], [FRAME, FRAME]);
    }

    #[test]
    fn a_pause_of_the_recorder_is_kept() {
        let mut sender = Sender::new();
        let old = sender.live(1, 0, 0);

        let new = sender.live(1, 90_000 * 9, 9_000);

        assert_eq!(new - old, 90_000 * 9);
    }

    proptest! {
        #[test]
        fn times_always_increase(
            frames in proptest::collection::vec(
                (0_u64..3, 0_u64..1 << 40, 0_u64..5_000, any::<bool>()), 1..100)
        ) {
            let mut sender = Sender::new();
            let mut last = None;
            for (source, time, at, is_cached) in frames {
                let next = if is_cached {
                    sender.cached(source, time, at)
                } else {
                    sender.live(source, time, at)
                };
                prop_assert!(last.is_none_or(|last| next > last));
                last = Some(next);
            }
        }
    }
}
