//! Keep-alives of a session, and its time-out after silence.

use rtsp::client::{ClientConfig, RtspError, RtspInput};

use crate::walk::{VIDEO, Walk, config, rtp, seconds};

const URL: &str = "rtsp://192.0.2.64:554/live/";

/// Lets time pass with one packet each second.
fn pass_with_packets(walk: &mut Walk, n_seconds: u64) {
    for sequence in 0..n_seconds {
        walk.pass(seconds(1));
        walk.data(0, &rtp(u8::try_from(sequence % 256).expect("a byte")));
    }
}

#[test]
fn the_first_keep_alive_asks_for_methods() {
    let mut walk = Walk::playing_session(config(), "1;timeout=20");

    walk.answer(405, &[("Public", "PLAY, SET_PARAMETER")]);
    pass_with_packets(&mut walk, 10);

    walk.expect(&format!("SET_PARAMETER {URL}"));
    walk.expect_no_request();
}

#[test]
fn keep_alives_use_a_method_that_the_camera_knows() {
    let cases = [
        ("OPTIONS, PLAY, GET_PARAMETER", "GET_PARAMETER"),
        (
            "options, play, set_parameter, get_parameter",
            "GET_PARAMETER",
        ),
        ("PLAY, SET_PARAMETER", "SET_PARAMETER"),
        ("PLAY", "OPTIONS"),
    ];

    for (public, method) in cases {
        let mut walk = Walk::playing_session(config(), "1;timeout=20");
        walk.answer(200, &[("Public", public)]);
        pass_with_packets(&mut walk, 10);

        let request = walk.expect(&format!("{method} {URL}"));
        assert_eq!(request.headers.get("session"), Some("1"));
    }
}

#[test]
fn unanswered_keep_alives_are_no_end() {
    let mut walk = Walk::playing_session(config(), "1;timeout=10");

    pass_with_packets(&mut walk, 600);

    assert!(!walk.is_over());
    // Where one method is not answered, the next one may be.
    for method in ["GET_PARAMETER", "OPTIONS", "SET_PARAMETER", "GET_PARAMETER"] {
        walk.expect(&format!("{method} {URL}"));
    }
}

#[test]
fn a_keep_alive_without_a_session_is_no_end() {
    let mut walk = Walk::playing_session(config(), "1;timeout=10");
    walk.answer(200, &[("Public", "OPTIONS, GET_PARAMETER")]);

    for _ in 0..20 {
        pass_with_packets(&mut walk, 5);
        walk.expect(&format!("GET_PARAMETER {URL}"));
        walk.answer(454, &[]);
    }

    assert!(!walk.is_over());
}

#[test]
fn a_late_answer_to_a_keep_alive_belongs_to_nothing() {
    let mut walk = Walk::playing_session(config(), "1;timeout=10");
    pass_with_packets(&mut walk, 5);
    let first = walk.expect(&format!("GET_PARAMETER {URL}"));
    pass_with_packets(&mut walk, 5);
    walk.expect(&format!("OPTIONS {URL}"));
    walk.handle(RtspInput::Pause);
    walk.expect(&format!("PAUSE {URL}"));

    let cseq = first.headers.get("cseq").expect("a number");
    walk.bytes(format!("RTSP/1.0 500 Late\r\nCSeq: {cseq}\r\n\r\n").as_bytes());

    assert!(walk.event().is_none(), "the pause was not answered");
}

#[test]
fn a_description_may_take_seven_seconds() {
    let mut walk = Walk::new(config());
    walk.expect("DESCRIBE rtsp://192.0.2.64:554/live");

    walk.pass(seconds(7));
    walk.describe(VIDEO);

    walk.expect_described();
}

#[test]
fn a_description_that_never_arrives_times_out() {
    let mut walk = Walk::new(ClientConfig {
        answer_limit: seconds(40),
        ..config()
    });

    walk.pass(seconds(39));
    assert!(!walk.is_over());
    walk.pass(seconds(1));

    walk.expect_failure(&RtspError::Silent);
}

#[test]
fn one_picture_every_sixteen_seconds_keeps_the_session() {
    let mut walk = Walk::playing(config());
    for sequence in 0..20 {
        walk.data(0, &rtp(sequence));
        walk.pass(seconds(16));
        assert!(!walk.is_over(), "{sequence}");
    }
}

#[test]
fn silence_ends_a_fast_stream_soon() {
    let mut walk = Walk::playing(config());
    pass_with_packets(&mut walk, 40);

    walk.pass(seconds(9));
    assert!(!walk.is_over());
    walk.pass(seconds(1));

    walk.expect_failure(&RtspError::NoPackets);
}

#[test]
fn a_stream_that_never_begins_is_reported() {
    let mut walk = Walk::playing(config());

    walk.pass(seconds(29));
    assert!(!walk.is_over());
    walk.pass(seconds(1));

    walk.expect_failure(&RtspError::NoPackets);
}

#[test]
fn silence_may_be_allowed_while_the_camera_answers() {
    let mut walk = Walk::playing(ClientConfig {
        silence_limit: None,
        ..config()
    });
    for _ in 0..40 {
        walk.pass(seconds(30));
        walk.expect(&format!("GET_PARAMETER {URL}"));
        walk.answer(200, &[]);
    }

    assert!(!walk.is_over());
    walk.pass(seconds(200));
    walk.expect_failure(&RtspError::NoPackets);
}

#[test]
fn packets_count_as_the_answer_to_play() {
    let mut walk = Walk::described(config(), VIDEO);
    walk.choose(false);
    walk.expect("SETUP rtsp://192.0.2.64:554/live/trackID=1");
    walk.answer_set_up("1", "RTP/AVP/TCP;unicast;interleaved=0-1");
    walk.play();

    pass_with_packets(&mut walk, 20);

    walk.expect_playing();
}

#[test]
fn a_client_without_further_input_ends_in_time() {
    let walks: [fn() -> Walk; 5] = [
        || Walk::new(config()),
        || Walk::described(config(), VIDEO),
        || {
            let mut walk = Walk::described(config(), VIDEO);
            walk.choose(false);
            walk
        },
        || Walk::playing(config()),
        || {
            let mut walk = Walk::playing(config());
            walk.handle(RtspInput::Teardown);
            walk
        },
    ];

    for walk in walks {
        let mut walk = walk();
        walk.pass(seconds(240));
        walk.end();
    }
}
