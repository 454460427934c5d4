//! Turns a recorder's event notifications into starts and stops. Recorders repeat an active event every
//! second, never end some, and send "inactive" for events that never began, as a heartbeat.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::control::events::{EventKey, EventKind, EventPhase};
use crate::link::bucket::{Bucket, Rate};
use crate::machine::Machine;

/// Silence after which an event that a recorder repeats is over; recorders repeat every second.
pub const OVER_AFTER: Duration = Duration::from_secs(5);
/// The same for what does not pass by itself, which some firmware repeats only now and then.
pub const LASTING_OVER_AFTER: Duration = Duration::from_secs(60);
/// Longest event of a recorder that says when it ends: the end may have been lost.
pub const LONGEST_EVENT: Duration = Duration::from_secs(30 * 60);
/// Events at one time; further ones are dropped. A recorder with 64 cameras has a few of each.
pub const MAX_ACTIVE_EVENTS: usize = 256;
/// Starts of one recorder; further ones are dropped.
pub const START_RATE: Rate = Rate {
    per_second: 5,
    burst: 50,
};

/// What a recorder says about an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventSign {
    /// It goes on until its end is said.
    Begins,
    /// It happens at this moment, and is said again as long as it goes on.
    Happens,
    /// It is over, or never was.
    Ends,
}

/// What may happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoldInput {
    /// The recorder reports an event.
    Seen(EventKey, EventSign),
    /// Nothing more is heard of the recorder.
    Lost,
}

/// The events of one recorder.
#[derive(Debug)]
pub struct EventFold {
    /// When an event is over without a further word; `None` if it lasts until its end is said.
    active: BTreeMap<EventKey, Option<Duration>>,
    outputs: VecDeque<(EventKey, EventPhase)>,
    starts: Bucket,
    n_dropped: u64,
}

impl Default for EventFold {
    fn default() -> EventFold {
        EventFold {
            active: BTreeMap::new(),
            outputs: VecDeque::new(),
            starts: Bucket::new(START_RATE, Duration::ZERO),
            n_dropped: 0,
        }
    }
}

impl EventFold {
    /// Starts that were dropped because there were too many.
    pub fn n_dropped(&self) -> u64 {
        self.n_dropped
    }

    fn goes_on(&mut self, key: EventKey, over_at: Option<Duration>, now: Duration) {
        if let Some(known) = self.active.get_mut(&key) {
            *known = over_at;
            return;
        }
        if self.active.len() >= MAX_ACTIVE_EVENTS || !self.starts.take(now) {
            self.n_dropped += 1;
            return;
        }
        self.active.insert(key.clone(), over_at);
        self.outputs.push_back((key, EventPhase::Start));
    }
}

/// What does not pass by itself.
fn is_lasting(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::VideoLoss | EventKind::DiskFull | EventKind::DiskError | EventKind::Input
    )
}

/// It is never over: `poll_timeout` is `None` while no event has to end by itself.
impl Machine for EventFold {
    type Input = FoldInput;
    type Output = (EventKey, EventPhase);

    fn handle(&mut self, input: FoldInput, now: Duration) {
        match input {
            FoldInput::Seen(key, EventSign::Begins) => {
                let longest = (!is_lasting(key.kind)).then_some(LONGEST_EVENT);
                self.goes_on(key, longest.map(|longest| now + longest), now);
            }
            FoldInput::Seen(key, EventSign::Happens) => {
                let silence = match is_lasting(key.kind) {
                    true => LASTING_OVER_AFTER,
                    false => OVER_AFTER,
                };
                self.goes_on(key, Some(now + silence), now);
            }
            FoldInput::Seen(key, EventSign::Ends) => {
                if self.active.remove(&key).is_some() {
                    self.outputs.push_back((key, EventPhase::Stop));
                }
            }
            FoldInput::Lost => {
                let all = std::mem::take(&mut self.active);
                let stops = all.into_keys().map(|key| (key, EventPhase::Stop));
                self.outputs.extend(stops);
            }
        }
    }

    fn handle_timeout(&mut self, now: Duration) {
        let is_over = |over_at: &Option<Duration>| over_at.is_some_and(|over_at| over_at <= now);
        for (key, _) in self.active.extract_if(.., |_, over_at| is_over(over_at)) {
            self.outputs.push_back((key, EventPhase::Stop));
        }
    }

    fn poll_output(&mut self) -> Option<(EventKey, EventPhase)> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        self.active.values().flatten().min().copied()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::machine::test::drain;

    fn key(camera: &str, kind: EventKind) -> EventKey {
        EventKey::new(Some(camera.to_owned()), kind, "")
    }

    fn at(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    fn seen(
        fold: &mut EventFold,
        kind: EventKind,
        sign: EventSign,
        now: Duration,
    ) -> Vec<EventPhase> {
        fold.handle(FoldInput::Seen(key("1", kind), sign), now);
        phases(fold)
    }

    fn phases(fold: &mut EventFold) -> Vec<EventPhase> {
        drain(fold).into_iter().map(|(_, phase)| phase).collect()
    }

    use EventKind::{DiskFull, Motion, VideoLoss};
    use EventSign::{Begins, Ends, Happens};

    #[test]
    fn a_repeated_event_is_one_start_and_one_stop() {
        let mut fold = EventFold::default();
        let mut told = Vec::new();

        for second in 0..20 {
            told.extend(seen(&mut fold, Motion, Happens, at(second * 1_000)));
        }
        told.extend(seen(&mut fold, Motion, Ends, at(20_500)));
        told.extend(seen(&mut fold, Motion, Ends, at(21_500)));

        assert_eq!(told, [EventPhase::Start, EventPhase::Stop]);
        assert_eq!(fold.poll_timeout(), None);
    }

    #[test]
    fn an_event_without_an_end_is_over_after_five_seconds() {
        let mut fold = EventFold::default();
        seen(&mut fold, Motion, Happens, at(1_000));
        seen(&mut fold, Motion, Happens, at(3_000));

        assert_eq!(fold.poll_timeout(), Some(at(8_000)));
        fold.handle_timeout(at(7_999));
        assert_eq!(phases(&mut fold), []);
        fold.handle_timeout(at(8_000));

        assert_eq!(phases(&mut fold), [EventPhase::Stop]);
    }

    #[test]
    fn an_inactive_video_loss_is_no_event() {
        let mut fold = EventFold::default();

        for n in 0..1_000 {
            assert_eq!(seen(&mut fold, VideoLoss, Ends, at(n * 300)), []);
        }

        assert_eq!(fold.poll_timeout(), None);
    }

    #[test]
    fn what_lasts_is_not_over_after_five_seconds() {
        let mut fold = EventFold::default();
        assert_eq!(
            seen(&mut fold, DiskFull, Happens, at(0)),
            [EventPhase::Start]
        );

        fold.handle_timeout(at(59_999));
        assert_eq!(seen(&mut fold, DiskFull, Happens, at(59_999)), []);
        assert_eq!(fold.poll_timeout(), Some(at(119_999)));
    }

    #[test]
    fn an_event_with_a_reported_end_lasts_until_then() {
        let mut fold = EventFold::default();
        assert_eq!(seen(&mut fold, Motion, Begins, at(0)), [EventPhase::Start]);

        fold.handle_timeout(at(60_000));
        assert_eq!(phases(&mut fold), []);
        assert_eq!(
            seen(&mut fold, Motion, Ends, at(61_000)),
            [EventPhase::Stop]
        );

        seen(&mut fold, Motion, Begins, at(70_000));
        fold.handle_timeout(at(70_000) + LONGEST_EVENT);
        assert_eq!(phases(&mut fold), [EventPhase::Stop]);
    }

    #[test]
    fn everything_stops_when_the_recorder_is_lost() {
        let mut fold = EventFold::default();
        seen(&mut fold, Motion, Happens, at(0));
        seen(&mut fold, VideoLoss, Begins, at(0));

        fold.handle(FoldInput::Lost, at(1));

        assert_eq!(phases(&mut fold), [EventPhase::Stop; 2]);
        assert_eq!(fold.poll_timeout(), None);
    }

    #[test]
    fn a_flood_of_starts_is_bounded() {
        let mut fold = EventFold::default();
        for n in 0..10_000_u64 {
            let input = FoldInput::Seen(key(&n.to_string(), DiskFull), Begins);
            fold.handle(input, at(n * 200));
        }

        let n_told = drain(&mut fold).len();

        assert_eq!(n_told, MAX_ACTIVE_EVENTS);
        assert_eq!(fold.n_dropped(), 10_000 - MAX_ACTIVE_EVENTS as u64);
        let mut flood = EventFold::default();
        for n in 0..200 {
            flood.handle(FoldInput::Seen(key(&n.to_string(), Motion), Happens), at(0));
        }
        assert_eq!(drain(&mut flood).len(), 50);
    }

    proptest! {
        #[test]
        fn starts_and_stops_of_an_event_alternate(
            steps in prop::collection::vec((0_u8..3, 0_u8..4, 0_u64..9_000), 1..200)
        ) {
            let mut fold = EventFold::default();
            let mut open = std::collections::BTreeSet::new();
            let mut now = Duration::ZERO;
            for (camera, what, wait) in steps {
                now += at(wait);
                fold.handle_timeout(now);
                let key = key(&camera.to_string(), Motion);
                fold.handle(
                    match what {
                        0 => FoldInput::Seen(key, Begins),
                        1 => FoldInput::Seen(key, Happens),
                        2 => FoldInput::Seen(key, Ends),
                        _ => FoldInput::Lost,
                    },
                    now,
                );
                for (key, phase) in drain(&mut fold) {
                    match phase {
                        EventPhase::Start => prop_assert!(open.insert(key)),
                        EventPhase::Stop => prop_assert!(open.remove(&key)),
                    }
                }
            }
        }
    }
}
