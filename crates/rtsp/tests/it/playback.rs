//! Recordings: place, speed, pause.

use std::time::Duration;

use rtsp::client::{FrameFilter, PlayOptions, RtspError, RtspInput, RtspOutput};
use rtsp::headers::{PlayRange, UtcTime};

use crate::walk::{Walk, config, rtp, seconds};

const PLAY: &str = "PLAY rtsp://192.0.2.64:554/live/";

fn at(text: &str) -> PlayRange {
    PlayRange::Clock {
        from: UtcTime::parse(text).expect("a moment"),
        to: None,
    }
}

#[test]
fn a_play_request_has_position_and_speed() {
    let mut walk = Walk::playing(config());
    walk.handle(RtspInput::Play(PlayOptions {
        range: Some(at("20240507T203746Z")),
        scale: Some(-2.0),
        rate_control: Some(false),
        is_immediate: true,
        frames: Some(FrameFilter::Key(Some(Duration::from_secs(4)))),
        requires_replay: true,
    }));

    let play = walk.expect(PLAY);

    let expected = [
        ("Range", "clock=20240507T203746Z-"),
        ("Scale", "-2.0"),
        ("Rate-Control", "no"),
        ("Immediate", "yes"),
        ("Frames", "intra/4000"),
        ("Require", "onvif-replay"),
        ("Session", "12345678"),
    ];
    for (name, value) in expected {
        assert_eq!(play.headers.get(name), Some(value));
    }
}

#[test]
fn a_pause_may_be_long() {
    let mut walk = Walk::playing(config());

    walk.handle(RtspInput::Pause);
    walk.expect("PAUSE rtsp://192.0.2.64:554/live/");
    walk.answer(200, &[]);
    assert!(matches!(walk.event(), Some(RtspOutput::Paused)));
    // No packet comes while it pauses, and that is no end.
    for _ in 0..20 {
        walk.pass(seconds(30));
        walk.expect("GET_PARAMETER rtsp://192.0.2.64:554/live/");
        walk.answer(200, &[]);
    }
    walk.play();

    walk.expect(PLAY);
    walk.answer(200, &[]);
    assert!(matches!(walk.event(), Some(RtspOutput::Playing(_))));
}

#[test]
fn resuming_after_a_pause_sends_no_range() {
    let mut walk = Walk::playing(config());
    walk.handle(RtspInput::Pause);
    walk.expect("PAUSE rtsp://192.0.2.64:554/live/");
    walk.answer(200, &[]);

    walk.play();

    assert_eq!(walk.expect(PLAY).headers.get("range"), None);
}

#[test]
fn wishes_wait_for_the_answer_before_and_the_last_counts() {
    let mut walk = Walk::playing(config());
    walk.handle(RtspInput::Pause);
    walk.expect("PAUSE rtsp://192.0.2.64:554/live/");
    for text in ["20240507T203746Z", "20240507T203846Z"] {
        walk.handle(RtspInput::Play(PlayOptions {
            range: Some(at(text)),
            ..PlayOptions::default()
        }));
    }
    walk.expect_no_request();

    walk.answer(200, &[]);

    assert_eq!(
        walk.expect(PLAY).headers.get("range"),
        Some("clock=20240507T203846Z-")
    );
    walk.expect_no_request();
}

#[test]
fn a_refused_place_does_not_end_what_plays() {
    let mut walk = Walk::playing(config());
    walk.handle(RtspInput::Play(PlayOptions {
        range: Some(at("20240507T203746Z")),
        ..PlayOptions::default()
    }));
    walk.expect(PLAY);

    walk.answer(457, &[]);

    assert!(matches!(
        walk.event(),
        Some(RtspOutput::PlayRefused(RtspError::Server(457)))
    ));
    walk.data(0, &rtp(1));
    assert_eq!(walk.packets.len(), 1);
}

#[test]
fn a_live_stream_that_takes_no_range_plays_without() {
    let mut walk = Walk::described(config(), crate::walk::VIDEO);
    walk.choose(false);
    walk.expect("SETUP rtsp://192.0.2.64:554/live/trackID=1");
    walk.answer_set_up("1", "RTP/AVP/TCP;unicast;interleaved=0-1");
    walk.play();
    walk.expect(PLAY);

    walk.answer(457, &[]);

    assert_eq!(walk.expect(PLAY).headers.get("range"), None);
    walk.answer(200, &[]);
    walk.expect_playing();
}

#[test]
fn the_end_of_a_recording_is_reported() {
    let mut walk = Walk::playing(config());

    walk.bytes(
        b"ANNOUNCE rtsp://x RTSP/1.0\r\nCSeq: 1\r\nx-notice: 2101 End-of-Stream Reached\r\n\r\n",
    );

    assert!(matches!(walk.event(), Some(RtspOutput::EndOfStream)));
    assert!(!walk.is_over());
}
