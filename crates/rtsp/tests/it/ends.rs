//! How connections end, and whether another one follows.

use rtsp::address::StreamAddress;
use rtsp::client::{ClientConfig, RtspEnd, RtspError, RtspInput};

use crate::walk::{VIDEO, Walk, config, seconds};

fn describing() -> Walk {
    let mut walk = Walk::new(config());
    walk.expect("DESCRIBE rtsp://192.0.2.64:554/live");
    walk
}

#[test]
fn refusals_become_reasons() {
    let cases = [
        (403, RtspError::NotAllowed),
        (404, RtspError::NotFound),
        (453, RtspError::Full),
        (500, RtspError::Server(500)),
        (503, RtspError::Server(503)),
    ];

    for (status, expected) in cases {
        let mut walk = describing();
        walk.answer(status, &[("Server", "secret")]);
        walk.expect_failure(&expected);
        assert!(!expected.to_string().contains("secret"));
    }
}

#[test]
fn a_redirect_on_the_same_host_is_followed() {
    let mut walk = describing();

    walk.answer(301, &[("Location", "rtsp://192.0.2.64:19100/other?x=1")]);

    let config = walk.expect_again();
    assert_eq!(config.address.port, 19_100);
    let mut again = Walk::new(config);
    again.expect("DESCRIBE rtsp://192.0.2.64:19100/other?x=1");
}

#[test]
fn redirects_end_after_three() {
    let mut config = config();
    for _ in 0..3 {
        let url = format!("DESCRIBE {}", config.address.url());
        let mut walk = Walk::new(config);
        walk.expect(&url);
        walk.answer(302, &[("Location", "rtsp://192.0.2.64/live")]);
        config = walk.expect_again();
    }
    let mut walk = Walk::new(config);
    walk.expect("DESCRIBE rtsp://192.0.2.64:554/live");

    walk.answer(302, &[("Location", "rtsp://192.0.2.64/live")]);

    walk.expect_failure(&RtspError::RedirectLoop);
}

#[test]
fn a_redirect_to_another_host_is_reported_without_a_login() {
    let mut walk = describing();

    walk.answer(
        301,
        &[("Location", "rtsp://ana:secret@198.51.100.7:8554/secret")],
    );

    walk.expect_failure(&RtspError::Moved {
        to: "198.51.100.7:8554".to_owned(),
    });
}

#[test]
fn a_redirect_out_of_tls_is_not_followed() {
    let (address, _) = StreamAddress::parse("rtsps://192.0.2.64/live").expect("an address");
    let mut walk = Walk::new(ClientConfig {
        address,
        ..config()
    });
    walk.expect("DESCRIBE rtsps://192.0.2.64:322/live");

    walk.answer(301, &[("Location", "rtsp://192.0.2.64:322/live")]);

    walk.expect_failure(&RtspError::Moved {
        to: "192.0.2.64:322".to_owned(),
    });
}

#[test]
fn redirects_without_a_location_are_invalid() {
    for headers in [
        &[][..],
        &[("Location", "")],
        &[("Location", "http://192.0.2.64/")],
    ] {
        let mut walk = describing();
        walk.answer(301, headers);
        walk.expect_failure(&RtspError::Garbage);
    }
}

#[test]
fn a_web_server_is_recognised() {
    let mut walk = describing();

    walk.bytes(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");

    walk.expect_failure(&RtspError::NotRtsp);
}

#[test]
fn something_that_is_not_rtsp_is_recognised() {
    let mut closed = describing();
    closed.bytes(b"SSH-2.0-dropbear\r\n");
    closed.handle(RtspInput::Closed);
    closed.expect_failure(&RtspError::NotRtsp);

    let mut silent = describing();
    silent.bytes(b"SSH-2.0-dropbear\r\n");
    silent.pass(seconds(15));
    silent.expect_failure(&RtspError::NotRtsp);

    let mut endless = describing();
    endless.bytes(&vec![b'<'; 200_000]);
    endless.expect_failure(&RtspError::NotRtsp);
}

#[test]
fn garbage_without_end_ends_what_plays() {
    let mut walk = Walk::playing(config());

    walk.bytes(&vec![0; 200_000]);

    walk.expect_failure(&RtspError::Garbage);
}

#[test]
fn a_description_without_tracks_is_reported() {
    for body in ["", "v=0\r\n", "<html></html>"] {
        let mut walk = describing();
        walk.answer_with_body(200, &[("Content-Type", "application/sdp")], body);
        walk.expect_failure(&RtspError::NoMedia);
    }
}

#[test]
fn a_stream_without_a_chosen_track_is_reported() {
    let mut walk = Walk::described(config(), VIDEO);
    walk.expect_described();

    walk.handle(RtspInput::SetUp(Vec::new()));

    walk.expect_failure(&RtspError::NoMedia);
}

#[test]
fn a_closed_connection_is_reported() {
    let mut walk = Walk::playing(config());

    walk.handle(RtspInput::Closed);

    walk.expect_failure(&RtspError::Closed);
}

#[test]
fn a_session_is_torn_down_before_the_end() {
    let mut walk = Walk::playing(config());

    walk.handle(RtspInput::Teardown);
    let teardown = walk.expect("TEARDOWN rtsp://192.0.2.64:554/live/");
    assert_eq!(teardown.headers.get("session"), Some("12345678"));
    walk.answer(200, &[]);

    assert_eq!(walk.end(), RtspEnd::Done);
}

#[test]
fn a_camera_that_does_not_answer_a_teardown_is_left() {
    let mut walk = Walk::playing(config());
    walk.handle(RtspInput::Teardown);

    walk.pass(seconds(2));

    assert_eq!(walk.end(), RtspEnd::Done);
}

#[test]
fn an_answer_to_play_does_not_stop_a_teardown() {
    let mut walk = Walk::playing(config());
    walk.play();
    let play = walk.expect("PLAY rtsp://192.0.2.64:554/live/");
    walk.handle(RtspInput::Teardown);
    walk.expect("TEARDOWN rtsp://192.0.2.64:554/live/");

    let cseq = play.headers.get("cseq").expect("a number");
    walk.bytes(format!("RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\n\r\n").as_bytes());
    assert!(walk.event().is_none(), "it plays again");
    walk.answer(200, &[]);

    assert_eq!(walk.end(), RtspEnd::Done);
}

#[test]
fn a_camera_may_end_the_session_itself() {
    let mut walk = Walk::playing(config());

    walk.bytes(b"TEARDOWN rtsp://x RTSP/1.0\r\nCSeq: 1\r\n\r\n");

    assert_eq!(walk.answers[0].status, 200);
    walk.expect_failure(&RtspError::Closed);
}

#[test]
fn nothing_happens_after_the_end() {
    let mut walk = Walk::playing(config());
    walk.handle(RtspInput::Closed);
    walk.expect_failure(&RtspError::Closed);

    walk.bytes(b"RTSP/1.0 200 OK\r\n\r\n");
    walk.play();
    walk.handle(RtspInput::Teardown);
    walk.pass(seconds(1000));

    walk.expect_no_request();
    assert!(walk.event().is_none());
}
