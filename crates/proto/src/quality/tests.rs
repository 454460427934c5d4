//! The rule of a call's quality on virtual time.

use super::*;

const MAIN: RatedStream = RatedStream {
    stream: StreamKind::Main,
    rate: 2_000_000,
};
const SUB: RatedStream = RatedStream {
    stream: StreamKind::Sub,
    rate: 400_000,
};
const THIRD: RatedStream = RatedStream {
    stream: StreamKind::Third,
    rate: 1_000_000,
};

/// A call with one camera in one slot, and a second for each report.
struct OneCamera {
    rule: CallQuality,
    now: Duration,
    sends: RatedStream,
    streams: Vec<RatedStream>,
    /// Seconds and streams of all changes.
    changes: Vec<(u64, StreamKind)>,
}

impl OneCamera {
    fn sending(sends: RatedStream) -> OneCamera {
        OneCamera {
            rule: CallQuality::default(),
            now: Duration::ZERO,
            sends,
            streams: vec![MAIN, SUB],
            changes: Vec::new(),
        }
    }

    fn loads(&self) -> Vec<SlotLoad> {
        let others = self.streams.iter().copied();
        vec![SlotLoad {
            slot: 0,
            now: self.sends,
            others: others.filter(|it| *it != self.sends).collect(),
        }]
    }

    fn hears(&mut self, report: PathReport) {
        self.now += Duration::from_secs(1);
        if let Some(change) = self.rule.judge(report, &self.loads(), self.now) {
            let mut streams = self.streams.iter();
            self.sends = *streams
                .find(|it| it.stream == change.stream)
                .expect("one of its own");
            self.changes.push((self.now.as_secs(), change.stream));
        }
    }

    fn hears_for(&mut self, seconds: u64, report: PathReport) {
        for _ in 0..seconds {
            self.hears(report);
        }
    }
}

fn carries(estimate: u64) -> PathReport {
    PathReport {
        estimate: Some(estimate),
        loss: Some(0.0),
    }
}

#[test]
fn a_narrow_path_gets_the_small_picture_soon() {
    let mut call = OneCamera::sending(MAIN);

    call.hears_for(30, carries(1_500_000));

    assert_eq!(call.changes, [(2, StreamKind::Sub)]);
}

#[test]
fn much_loss_gets_the_small_picture_soon() {
    let mut call = OneCamera::sending(MAIN);
    let lossy = PathReport {
        estimate: Some(9_000_000),
        loss: Some(0.15),
    };

    call.hears_for(30, lossy);

    assert_eq!(call.changes, [(2, StreamKind::Sub)]);
}

#[test]
fn one_bad_second_changes_nothing() {
    let mut call = OneCamera::sending(MAIN);

    for _ in 0..20 {
        call.hears(carries(3_000_000));
        call.hears(carries(500_000));
        call.hears(PathReport {
            loss: Some(0.09),
            ..carries(2_100_000)
        });
    }

    assert_eq!(call.changes, []);
}

#[test]
fn a_wide_path_gets_the_full_picture_after_a_while() {
    let mut call = OneCamera::sending(SUB);

    call.hears_for(30, carries(3_000_000));

    assert_eq!(call.changes, [(3, StreamKind::Main)]);
}

#[test]
fn a_path_without_bandwidth_keeps_the_small_picture() {
    // It would carry the full picture, but nothing more.
    let mut call = OneCamera::sending(SUB);
    call.hears_for(60, carries(2_200_000));
    // It loses a little.
    let lossy = PathReport {
        loss: Some(0.05),
        ..carries(9_000_000)
    };
    call.hears_for(60, lossy);
    // Nobody knows any more what it carries.
    call.hears_for(60, PathReport::default());

    assert_eq!(call.changes, []);
}

#[test]
fn who_never_reports_gets_the_full_picture_after_a_while() {
    let mut call = OneCamera::sending(SUB);

    call.hears_for(30, PathReport::default());

    assert_eq!(call.changes, [(7, StreamKind::Main)]);
}

#[test]
fn an_enlarged_camera_begins_with_what_is_known_to_fit() {
    let begins = |report, changes: &[(u64, PathReport)]| {
        let mut call = OneCamera::sending(SUB);
        call.streams.push(THIRD);
        for (seconds, report) in changes {
            call.hears_for(*seconds, *report);
        }
        let (loads, now) = (call.loads(), call.now);
        let change = call.rule.begin(report, &loads, 0, now);
        change.map(|it| it.stream)
    };
    let lossy = PathReport {
        loss: Some(0.05),
        ..carries(9_000_000)
    };

    assert_eq!(begins(carries(2_500_000), &[]), Some(StreamKind::Main));
    assert_eq!(begins(carries(1_300_000), &[]), Some(StreamKind::Third));
    assert_eq!(begins(carries(1_200_000), &[]), None);
    assert_eq!(begins(lossy, &[]), None);
    assert_eq!(begins(PathReport::default(), &[]), None);
    // The full picture has just been too much.
    let fell = [(3, carries(9_000_000)), (6, carries(300_000))];
    assert_eq!(begins(carries(9_000_000), &fell), None);
}

#[test]
fn the_best_stream_that_fits_is_chosen() {
    let mut call = OneCamera::sending(MAIN);
    call.streams.push(THIRD);

    call.hears_for(10, carries(1_500_000));
    assert_eq!(call.changes, [(2, StreamKind::Third)]);
    // One step at a time, and the first one is the smallest.
    let mut call = OneCamera::sending(SUB);
    call.streams.push(THIRD);
    call.hears_for(20, carries(9_000_000));
    assert_eq!(
        call.changes,
        [(3, StreamKind::Third), (8, StreamKind::Main)]
    );
}

#[test]
fn a_path_between_two_streams_is_probed_ever_less_often() {
    // It looks wide until the full picture is sent.
    let mut call = OneCamera::sending(SUB);
    for _ in 0..3_600 {
        let report = if call.sends == MAIN {
            carries(1_200_000)
        } else {
            carries(2_600_000)
        };
        call.hears(report);
    }

    let rises: Vec<u64> = call
        .changes
        .iter()
        .filter(|(_, stream)| *stream == StreamKind::Main)
        .map(|(at, _)| *at)
        .collect();
    let waits: Vec<u64> = rises.windows(2).map(|two| two[1] - two[0]).collect();
    assert!(waits.is_sorted(), "{waits:?}");
    assert!(waits.last() >= Some(&320), "{waits:?}");
    assert!(rises.len() <= 16, "{rises:?}");
}

#[test]
fn a_rise_that_lasted_makes_the_next_one_no_later() {
    let mut call = OneCamera::sending(SUB);
    for _ in 0..3 {
        call.hears_for(90, carries(3_000_000));
        call.hears_for(10, carries(1_000_000));
    }

    let hold = call.rule.hold;
    assert_eq!(hold, FIRST_HOLD);
    assert_eq!(call.changes.len(), 6);
}

#[test]
fn slots_with_a_named_stream_only_use_bandwidth() {
    let named = SlotLoad {
        slot: 0,
        now: MAIN,
        others: Vec::new(),
    };
    let free = |now| SlotLoad {
        slot: 1,
        now,
        others: vec![if now == MAIN { SUB } else { MAIN }],
    };
    let judge = |loads: &[SlotLoad], estimate, seconds| {
        let mut rule = CallQuality::default();
        (0..seconds).find_map(|at| rule.judge(carries(estimate), loads, Duration::from_secs(at)))
    };

    assert_eq!(judge(std::slice::from_ref(&named), 100_000, 60), None);
    // Both full pictures would need five.
    assert_eq!(judge(&[named.clone(), free(SUB)], 4_900_000, 60), None);
    let rise = judge(&[named.clone(), free(SUB)], 5_000_000, 60);
    assert_eq!(
        rise.map(|it| (it.slot, it.stream)),
        Some((1, StreamKind::Main))
    );
    let fall = judge(&[named.clone(), free(MAIN)], 3_900_000, 3);
    assert_eq!(
        fall.map(|it| (it.slot, it.stream)),
        Some((1, StreamKind::Sub))
    );
    assert_eq!(wish(&[named.clone(), free(SUB)], 0), 8_000_000);
    assert_eq!(wish(&[named], 1_600_000), 7_200_000);
    assert_eq!(wish(&[], 0), 0);
}

#[test]
fn a_stream_uses_the_best_known_bit_rate() {
    let format = StreamFormat {
        width: Some(1_920),
        height: Some(1_080),
        ..StreamFormat::default()
    };
    let listed = StreamFormat {
        bit_rate: Some(3_072),
        ..format.clone()
    };
    let rate = |format, measured| RatedStream::new(StreamKind::Main, format, measured).rate;

    assert_eq!(rate(&listed, Some(1_234)), 1_234);
    assert_eq!(rate(&listed, None), 3_072_000);
    let axis = StreamFormat {
        bit_rate: Some(2_147_483_647),
        ..format.clone()
    };
    assert_eq!(rate(&axis, None), 3_628_800);
    assert_eq!(rate(&format, None), 3_628_800);
    assert_eq!(rate(&StreamFormat::default(), None), 4_000_000);
    let small = RatedStream::new(StreamKind::Sub, &StreamFormat::default(), None);
    assert_eq!(small.rate, 512_000);
}

#[test]
fn no_report_breaks_the_rule() {
    let mut call = OneCamera::sending(MAIN);
    for report in [
        carries(0),
        carries(u64::MAX),
        PathReport {
            estimate: None,
            loss: Some(f32::NAN),
        },
    ] {
        call.hears_for(20, report);
    }
    assert!(call.changes.len() <= 3, "{:?}", call.changes);
}
