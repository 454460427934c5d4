//! Headers and descriptions as cameras write them.

use rtsp::client::RtspOutput;

use crate::walk::{AUDIO, VIDEO, Walk, config, rtp};

#[test]
fn requests_follow_the_standard() {
    let mut walk = Walk::new(config());
    let describe = walk.expect("DESCRIBE rtsp://192.0.2.64:554/live");
    walk.describe(VIDEO);
    walk.choose(false);
    let set_up = walk.expect("SETUP rtsp://192.0.2.64:554/live/trackID=1");
    walk.answer_set_up("7;timeout=60", "RTP/AVP/TCP;unicast;interleaved=0-1");
    walk.play();
    let play = walk.expect("PLAY rtsp://192.0.2.64:554/live/");

    let headers = |request: &rtsp::message::RtspRequest| -> Vec<(String, String)> {
        let names = [
            "CSeq",
            "User-Agent",
            "Accept",
            "Transport",
            "Session",
            "Range",
            "Require",
        ];
        let found = names
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), request.headers.get(name)?.to_owned())));
        found.collect()
    };
    let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    };
    assert_eq!(
        headers(&describe),
        pairs(&[
            ("CSeq", "1"),
            ("User-Agent", "Peerview/1"),
            ("Accept", "application/sdp")
        ])
    );
    assert_eq!(
        headers(&set_up),
        pairs(&[
            ("CSeq", "2"),
            ("User-Agent", "Peerview/1"),
            ("Transport", "RTP/AVP/TCP;unicast;interleaved=0-1")
        ])
    );
    assert_eq!(
        headers(&play),
        pairs(&[
            ("CSeq", "3"),
            ("User-Agent", "Peerview/1"),
            ("Session", "7"),
            ("Range", "npt=0.000-")
        ])
    );
}

#[test]
fn a_content_type_with_a_charset_is_read() {
    for kind in [
        "application/sdp;charset=utf-8",
        "Application/SDP",
        "text/plain",
        "",
    ] {
        let mut walk = Walk::new(config());
        walk.expect("DESCRIBE rtsp://192.0.2.64:554/live");
        walk.answer_with_body(200, &[("Content-Type", kind)], VIDEO);

        walk.choose(false);

        walk.expect("SETUP rtsp://192.0.2.64:554/live/trackID=1");
    }
}

#[test]
fn odd_sessions_are_sent_back_as_their_id() {
    for session in [
        "12345678;timeout=60;mode=live",
        "12345678;",
        " 12345678 ; Timeout=60",
        "12345678",
    ] {
        let mut walk = Walk::described(config(), VIDEO);
        walk.choose(false);
        walk.expect("SETUP rtsp://192.0.2.64:554/live/trackID=1");
        walk.answer_set_up(
            session,
            "RTP/AVP/TCP; unicast; interleaved=0-1 ; ssrc=00000000",
        );
        walk.play();

        let play = walk.expect("PLAY rtsp://192.0.2.64:554/live/");

        assert_eq!(play.headers.get("session"), Some("12345678"), "{session}");
    }
}

#[test]
fn the_first_session_id_counts() {
    let mut walk = Walk::described(config(), &format!("{VIDEO}{AUDIO}"));
    walk.choose(false);
    walk.expect("SETUP rtsp://192.0.2.64:554/live/trackID=1");
    walk.answer_set_up("1", "RTP/AVP/TCP;unicast;interleaved=0-1");
    walk.expect("SETUP rtsp://192.0.2.64:554/live/trackID=2");
    walk.answer_set_up("2", "RTP/AVP/TCP;unicast;interleaved=2-3");
    walk.play();

    let play = walk.expect("PLAY rtsp://192.0.2.64:554/live/");

    assert_eq!(play.headers.get("session"), Some("1"));
}

#[test]
fn answers_without_a_number_are_matched_in_order() {
    for cseq in ["CSeq: 0\r\n", "", "CSeq: 99\r\n", "CSeq: x\r\n"] {
        let mut walk = Walk::new(config());
        walk.bytes(
            format!(
                "RTSP/1.0 200 OK\r\n{cseq}Content-Length: {}\r\n\r\n{VIDEO}",
                VIDEO.len()
            )
            .as_bytes(),
        );
        walk.choose(false);
        walk.expect("DESCRIBE rtsp://192.0.2.64:554/live");
        walk.expect("SETUP rtsp://192.0.2.64:554/live/trackID=1");
        walk.bytes(format!("RTSP/1.0 200 OK\r\n{cseq}Session: 1\r\n\r\n").as_bytes());
        walk.play();
        walk.expect("PLAY rtsp://192.0.2.64:554/live");
        walk.bytes(format!("RTSP/1.0 200 OK\r\n{cseq}\r\n").as_bytes());

        walk.expect_playing();
    }
}

#[test]
fn a_description_without_a_head_plays() {
    let sdp = "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=0\r\n";
    let mut walk = Walk::described(config(), sdp);

    walk.choose(false);

    walk.expect("SETUP rtsp://192.0.2.64:554/live/trackID=0");
}

#[test]
fn channels_are_taken_from_the_cameras_answer() {
    let mut walk = Walk::described(config(), VIDEO);
    walk.choose(false);
    walk.expect("SETUP rtsp://192.0.2.64:554/live/trackID=1");
    walk.answer_set_up(
        "1",
        "RTP/AVP/TCP;unicast;interleaved=4-5;ssrc=1234567890;mode=play",
    );
    walk.play();

    // Packets may come before the answer to PLAY, and on channels of nobody.
    for (channel, sequence) in [(4, 1), (5, 2), (0, 3), (200, 4)] {
        walk.data(channel, &rtp(sequence));
    }

    assert_eq!(walk.packets, [(0, false, rtp(1)), (0, true, rtp(2))]);
}

#[test]
fn tracks_given_the_same_channels_keep_the_requested_ones() {
    let mut walk = Walk::described(config(), &format!("{VIDEO}{AUDIO}"));
    walk.choose(false);
    for track in 1..=2 {
        walk.expect(&format!("SETUP rtsp://192.0.2.64:554/live/trackID={track}"));
        walk.answer_set_up("1", "RTP/AVP/TCP;unicast;interleaved=0-1");
    }

    walk.data(0, &rtp(1));
    walk.data(2, &rtp(2));

    assert_eq!(walk.packets, [(0, false, rtp(1)), (1, false, rtp(2))]);
}

#[test]
fn stray_line_ends_between_packets_are_skipped() {
    let mut walk = Walk::playing(config());

    walk.data(0, &rtp(1));
    walk.bytes(b"\r\n");
    walk.data(0, &rtp(2));

    assert_eq!(walk.packets.len(), 2);
}

#[test]
fn requests_of_the_camera_are_answered() {
    let mut walk = Walk::playing(config());
    for method in ["OPTIONS", "GET_PARAMETER", "ANNOUNCE", "RECORD"] {
        walk.bytes(format!("{method} * RTSP/1.0\r\nCSeq: 41\r\nSession: 7\r\n\r\n").as_bytes());
    }

    let answers: Vec<(u16, Option<&str>)> = walk
        .answers
        .iter()
        .map(|answer| (answer.status, answer.headers.get("cseq")))
        .collect();

    assert_eq!(
        answers,
        [
            (200, Some("41")),
            (200, Some("41")),
            (200, Some("41")),
            (501, Some("41"))
        ]
    );
    assert!(walk.answers[0].headers.get("public").is_some());
}

#[test]
fn a_flood_of_requests_is_not_answered_without_end() {
    let mut walk = Walk::playing(config());

    walk.bytes(&b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n".repeat(1000));

    assert_eq!(walk.answers.len(), 20);
    assert!(!walk.is_over());
}

#[test]
fn garbage_between_packets_costs_only_itself() {
    let mut walk = Walk::playing(config());

    walk.data(0, &rtp(1));
    walk.bytes(b"\x01\x02\x03\x04");
    walk.data(0, &rtp(2));

    assert_eq!(walk.packets, [(0, false, rtp(1)), (0, false, rtp(2))]);
}

#[test]
fn first_packets_are_reported_per_track() {
    let mut walk = Walk::described(config(), &format!("{VIDEO}{AUDIO}"));
    walk.choose(false);
    for track in 1..=2 {
        walk.expect(&format!("SETUP rtsp://192.0.2.64:554/live/trackID={track}"));
        walk.answer_set_up(
            "1",
            &format!("RTP/AVP/TCP;unicast;interleaved={}", 2 * track - 2),
        );
    }
    walk.play();
    walk.expect("PLAY rtsp://192.0.2.64:554/live/");
    let info =
        "url=trackID=2;seq=8;rtptime=9, url=rtsp://192.0.2.64:554/live/trackID=1;seq=5;rtptime=6";

    walk.answer(
        200,
        &[
            ("RTP-Info", info),
            ("Range", "npt=0.000-"),
            ("Scale", "1.0"),
        ],
    );

    walk.event().expect("all is set up");
    let Some(RtspOutput::Playing(start)) = walk.event() else {
        panic!("it does not play");
    };
    let tracks: Vec<_> = start
        .tracks
        .iter()
        .map(|(track, info)| (*track, info.sequence, info.rtp_time))
        .collect();
    assert_eq!(tracks, [(1, Some(8), Some(9)), (0, Some(5), Some(6))]);
    assert_eq!(start.scale, Some(1.0));
}
