//! From the packets of a session to its frames.

use std::net::SocketAddr;

use bytes::Bytes;
use rtsp::client::{ClientConfig, RtspInput, RtspOutput, TransportPolicy};
use rtsp::frame::{Codec, FrameKind};

use crate::walk::{CAMERA, SOUND_ONLY, Walk, config, seconds, sound};

const PICTURES: &str = "v=0\r\nm=video 0 RTP/AVP 96\r\na=control:trackID=1\r\na=rtpmap:96 H264/90000\r\n\
    a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z00AKp2oHgCJ+WbgICAoAAAfQAAGGoQg,aO48gA==\r\n";

/// One picture in one packet, from this source.
fn picture(sequence: u8, source: u8, nal: &[u8]) -> Bytes {
    let mut packet = vec![
        0x80,
        0x80 | 96,
        0,
        sequence,
        0,
        0,
        sequence,
        0,
        0,
        0,
        0,
        source,
    ];
    packet.extend(nal);
    packet.into()
}

fn playing(sdp: &str, transport: TransportPolicy, answer: &str) -> Walk {
    let mut walk = Walk::described(
        ClientConfig {
            transport,
            ..config()
        },
        sdp,
    );
    walk.choose(transport.is_udp());
    walk.expect("SETUP rtsp://192.0.2.64:554/live/trackID=1");
    walk.answer_set_up("1", answer);
    walk.play();
    walk.expect("PLAY rtsp://192.0.2.64:554/live/");
    walk.answer(200, &[("Public", "GET_PARAMETER")]);
    walk.expect_playing();
    walk
}

fn over_tcp(sdp: &str) -> Walk {
    playing(
        sdp,
        TransportPolicy::Tcp,
        "RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=12345678",
    )
}

#[test]
fn a_key_frame_is_requested_after_the_first_packets() {
    // Feedback about a payload: the picture of this source is lost.
    const PICTURE_LOSS: [u8; 4] = [0x81, 206, 0, 2];
    let mut walk = over_tcp(PICTURES);

    walk.handle(RtspInput::KeyFrame { track: 0 });
    assert_eq!(walk.sent_data, []);
    walk.data(0, &picture(1, 7, &[0x41, 0x9a, 0x80, 1]));
    walk.data(0, &picture(2, 7, &[0x41, 0x9a, 0x80, 2]));

    let [(channel, question)] = &walk.sent_data[..] else {
        panic!("asked once, not {:?}", walk.sent_data);
    };
    assert_eq!(*channel, 1);
    let feedback = &question[question.len() - 12..];
    assert_eq!(feedback[..4], PICTURE_LOSS);
    assert_eq!(feedback[8..], [0, 0, 0, 7]);
}

#[test]
fn pictures_become_frames_with_their_parameter_sets() {
    let mut walk = over_tcp(PICTURES);

    walk.data(0, &picture(1, 1, &[0x65, 0x88, 0x80, 1]));
    for sequence in 2..6 {
        walk.data(0, &picture(sequence, 1, &[0x41, 0x9a, 0x80, sequence]));
    }
    walk.pass(seconds(1));

    let kinds: Vec<FrameKind> = walk.frames.iter().map(|(_, frame)| frame.kind).collect();
    assert_eq!(kinds[0], FrameKind::Key);
    assert_eq!(kinds[1..], [FrameKind::Delta; 4]);
    let key = &walk.frames[0].1;
    assert_eq!((key.codec, key.size), (Codec::H264, Some((1920, 1080))));
    assert!(
        key.data.starts_with(&[0, 0, 0, 1, 0x67])
            && key.data.ends_with(&[0, 0, 0, 1, 0x65, 0x88, 0x80, 1])
    );
}

#[test]
fn a_source_that_changes_goes_on() {
    let mut walk = over_tcp(PICTURES);

    for sequence in 0..8 {
        walk.data(
            0,
            &picture(sequence, sequence / 4, &[0x65, 0x88, 0x80, sequence]),
        );
    }
    walk.pass(seconds(1));

    assert_eq!(walk.frames.len(), 8);
    assert_eq!(
        walk.client()
            .receiver(0)
            .expect("a receiver")
            .stats()
            .n_source_changes,
        1
    );
}

#[test]
fn a_source_other_than_the_headers_is_played() {
    let answer = "RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=12345678;mode=\"play\"";
    let mut walk = playing(PICTURES, TransportPolicy::Tcp, answer);

    for sequence in 0..4 {
        walk.data(0, &picture(sequence, 7, &[0x65, 0x88, 0x80, sequence]));
    }
    walk.pass(seconds(1));

    assert_eq!(walk.frames.len(), 4);
}

#[test]
fn datagrams_are_put_in_order() {
    let mut walk = playing(
        SOUND_ONLY,
        TransportPolicy::Udp,
        "RTP/AVP;unicast;server_port=6000-6001",
    );

    for sequence in [1, 3, 2, 2, 4] {
        walk.datagram(0, SocketAddr::new(CAMERA, 6000), sound(sequence));
    }
    walk.pass(seconds(1));

    let times: Vec<i64> = walk
        .frames
        .iter()
        .map(|(_, frame)| frame.rtp_time)
        .collect();
    assert_eq!(times.len(), 4);
    assert!(times.is_sorted(), "{times:?}");
}

#[test]
fn a_goodbye_is_reported_once() {
    let mut walk = over_tcp(SOUND_ONLY);

    for _ in 0..2 {
        // BYE of one source (RFC 3550 §6.6).
        walk.data(1, &[0x81, 203, 0, 1, 0, 0, 0, 1]);
    }

    assert!(matches!(walk.event(), Some(RtspOutput::EndOfStream)));
    assert!(walk.event().is_none());
    assert!(!walk.is_over());
}
