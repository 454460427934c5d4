//! Sound and talk-back: their failures affect nothing else.

use bytes::Bytes;
use rtsp::client::{ClientConfig, RtspError, RtspInput, RtspOutput};

use crate::walk::{AUDIO, TALK, VIDEO, Walk, config, listened, rtp, seconds};

const VIDEO_SETUP: &str = "SETUP rtsp://192.0.2.64:554/live/trackID=1";
const AUDIO_SETUP: &str = "SETUP rtsp://192.0.2.64:554/live/trackID=2";
const TALK_SETUP: &str = "SETUP rtsp://192.0.2.64:554/live/trackID=5";

/// A client that sets up the sound behind the pictures.
fn setting_up_sound() -> Walk {
    let mut walk = Walk::described(config(), &format!("{VIDEO}{AUDIO}"));
    walk.choose(false);
    walk.expect(VIDEO_SETUP);
    walk.answer_set_up("1", "RTP/AVP/TCP;unicast;interleaved=0-1");
    walk.expect(AUDIO_SETUP);
    walk
}

fn expect_set_up(walk: &mut Walk, expected: &[usize]) {
    let Some(RtspOutput::SetUpDone(tracks)) = walk.event() else {
        panic!("it is not set up");
    };
    let tracks: Vec<usize> = tracks.iter().map(|set_up| set_up.track).collect();
    assert_eq!(tracks, expected);
}

#[test]
fn a_talk_back_track_is_never_set_up_for_listening() {
    let mut walk = Walk::described(config(), &format!("{VIDEO}{AUDIO}{TALK}"));
    walk.choose(false);
    for request in [VIDEO_SETUP, AUDIO_SETUP] {
        walk.expect(request);
        walk.answer_set_up("1", "");
    }

    walk.expect_no_request();
    expect_set_up(&mut walk, &[0, 1]);
}

#[test]
fn a_refused_sound_track_costs_only_the_sound() {
    for status in [400, 403, 404, 453, 461, 500] {
        let mut walk = setting_up_sound();

        walk.answer(status, &[]);

        expect_set_up(&mut walk, &[0]);
        walk.play();
        walk.expect("PLAY rtsp://192.0.2.64:554/live/");
    }
}

#[test]
fn a_camera_that_closes_on_sound_is_tried_without() {
    let mut walk = setting_up_sound();

    walk.handle(RtspInput::Closed);

    let mut again = Walk::described(walk.expect_again(), &format!("{VIDEO}{AUDIO}"));
    again.choose(false);
    again.expect(VIDEO_SETUP);
    again.answer_set_up("1", "");
    expect_set_up(&mut again, &[0]);
}

#[test]
fn a_sound_track_that_is_not_answered_is_left_out() {
    let mut walk = setting_up_sound();

    walk.pass(seconds(5));

    assert!(walk.expect_again().skipped_tracks.contains(&1));
}

#[test]
fn a_required_track_that_is_refused_ends_it() {
    let mut walk = Walk::described(config(), VIDEO);
    walk.choose(false);
    walk.expect(VIDEO_SETUP);

    walk.answer(453, &[]);

    walk.expect_failure(&RtspError::Full);
}

#[test]
fn talk_back_is_set_up_and_sent() {
    let wanted = ClientConfig {
        wants_backchannel: true,
        ..config()
    };
    let mut walk = Walk::new(wanted);
    let describe = walk.expect("DESCRIBE rtsp://192.0.2.64:554/live");
    assert_eq!(
        describe.headers.get("require"),
        Some("www.onvif.org/ver20/backchannel")
    );
    walk.describe(&format!("{VIDEO}{TALK}"));
    walk.choose(false);
    walk.expect(VIDEO_SETUP);
    walk.answer_set_up("1", "RTP/AVP/TCP;unicast;interleaved=0-1");
    let set_up = walk.expect(TALK_SETUP);
    assert_eq!(
        set_up.headers.get("require"),
        Some("www.onvif.org/ver20/backchannel")
    );
    walk.answer_set_up("1", "RTP/AVP/TCP;unicast;interleaved=6-7");

    walk.handle(RtspInput::Talk {
        track: 1,
        packet: rtp(9),
    });
    walk.handle(RtspInput::Talk {
        track: 0,
        packet: rtp(8),
    });
    walk.data(6, &rtp(7));

    assert_eq!(walk.sent_data, [(6, rtp(9))]);
    assert_eq!(walk.packets, Vec::<(usize, bool, Bytes)>::new());
}

#[test]
fn a_camera_without_talk_back_is_described_without_it() {
    let mut walk = Walk::new(ClientConfig {
        wants_backchannel: true,
        ..config()
    });
    walk.expect("DESCRIBE rtsp://192.0.2.64:554/live");

    walk.answer(551, &[("Unsupported", "www.onvif.org/ver20/backchannel")]);

    let again = walk.expect("DESCRIBE rtsp://192.0.2.64:554/live");
    assert_eq!(again.headers.get("require"), None);
    walk.describe(VIDEO);
    assert_eq!(listened(&walk.expect_described()), [0]);
}
