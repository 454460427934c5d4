//! UDP and TCP, and how a client changes from one to the other.

use std::net::SocketAddr;

use rtsp::client::{ClientConfig, RtspError, RtspOutput, TransportPolicy};

use crate::walk::{AUDIO, CAMERA, SOUND_ONLY, VIDEO, Walk, config, rtp, seconds, sound};

const SETUP: &str = "SETUP rtsp://192.0.2.64:554/live/trackID=1";

fn over(transport: TransportPolicy) -> ClientConfig {
    ClientConfig {
        transport,
        ..config()
    }
}

/// A client whose SETUP over UDP is answered with this transport, and that plays.
fn playing(transport: TransportPolicy, answer: &str) -> Walk {
    playing_of(VIDEO, transport, answer)
}

fn playing_of(sdp: &str, transport: TransportPolicy, answer: &str) -> Walk {
    let mut walk = Walk::described(over(transport), sdp);
    walk.choose(true);
    let set_up = walk.expect(SETUP);
    assert_eq!(
        set_up.headers.get("transport"),
        Some("RTP/AVP;unicast;client_port=5000-5001")
    );
    walk.answer_set_up("1;timeout=60", answer);
    walk.play();
    walk.expect("PLAY rtsp://192.0.2.64:554/live/");
    walk.answer(200, &[("Public", "GET_PARAMETER")]);
    walk
}

fn from(port: u16) -> SocketAddr {
    SocketAddr::new(CAMERA, port)
}

fn ports(walk: &Walk) -> Vec<(bool, u16)> {
    let ports = walk
        .datagrams
        .iter()
        .map(|(_, is_rtcp, port, _)| (*is_rtcp, *port));
    ports.collect()
}

#[test]
fn datagrams_come_from_any_port_of_the_camera_only() {
    let mut walk = playing(
        TransportPolicy::Udp,
        "RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001",
    );
    let stranger = "198.51.100.7:6000".parse().expect("an address");

    walk.datagram(0, from(6000), rtp(1));
    walk.datagram(0, from(7777), rtp(2));
    walk.datagram(0, stranger, rtp(3));
    walk.datagram(1, from(6000), rtp(4));
    walk.datagram(
        0,
        "[::ffff:192.0.2.64]:6000".parse().expect("an address"),
        rtp(5),
    );

    let sequences: Vec<u8> = walk
        .packets
        .iter()
        .map(|(_, _, packet)| packet[3])
        .collect();
    assert_eq!(sequences, [1, 2, 5]);
}

#[test]
fn packets_may_come_from_a_source_that_the_camera_names() {
    let mut walk = playing(
        TransportPolicy::Udp,
        "RTP/AVP;unicast;source=198.51.100.7;server_port=6000-6001",
    );

    walk.datagram(0, "198.51.100.7:6000".parse().expect("an address"), rtp(1));

    assert_eq!(walk.packets.len(), 1);
}

#[test]
fn ports_need_not_follow_each_other() {
    let walk = playing_of(
        SOUND_ONLY,
        TransportPolicy::Udp,
        "RTP/AVP/UDP;unicast;client_port=5000-5001;server_port=47487-52573;ssrc=6b8b4567",
    );

    assert_eq!(ports(&walk), [(false, 47_487), (true, 52_573)]);
}

#[test]
fn a_camera_that_names_no_ports_shows_them() {
    let mut walk = playing(
        TransportPolicy::Udp,
        "RTP/AVP;unicast;client_port=5000-5001",
    );
    assert_eq!(ports(&walk), []);

    walk.datagram(0, from(40_000), rtp(1));

    assert_eq!(walk.packets.len(), 1);
    assert!(!walk.is_over());
}

#[test]
fn reports_are_sent_while_it_plays() {
    let mut walk = playing_of(
        SOUND_ONLY,
        TransportPolicy::Udp,
        "RTP/AVP;unicast;server_port=6000-6001",
    );
    walk.datagrams.clear();
    for sequence in 0..15 {
        walk.datagram(0, from(6000), sound(sequence));
        walk.pass(seconds(1));
    }

    assert_eq!(ports(&walk), [(true, 6001); 3]);
    let report = &walk.datagrams[0].3;
    // A receiver report with one block about the source of the packets (RFC 3550 §6.4.2).
    assert_eq!(report[..4], [0x81, 201, 0, 7]);
    assert_eq!(report[8..12], [0, 0, 0, 1]);
    assert_eq!(report.len() % 4, 0);
}

#[test]
fn tcp_is_tried_if_no_datagram_arrives() {
    let mut walk = playing(
        TransportPolicy::UdpThenTcp,
        "RTP/AVP;unicast;server_port=6000-6001",
    );

    walk.pass(seconds(6));

    walk.expect("TEARDOWN rtsp://192.0.2.64:554/live/");
    assert_eq!(walk.expect_again().transport, TransportPolicy::Tcp);
}

#[test]
fn udp_alone_waits_longer_and_then_fails() {
    let mut walk = playing(
        TransportPolicy::Udp,
        "RTP/AVP;unicast;server_port=6000-6001",
    );

    walk.pass(seconds(29));
    assert!(!walk.is_over());
    walk.pass(seconds(1));

    walk.expect_failure(&RtspError::NoPackets);
}

#[test]
fn a_camera_that_refuses_udp_is_tried_over_tcp() {
    let mut walk = Walk::described(
        over(TransportPolicy::UdpThenTcp),
        &format!("{VIDEO}{AUDIO}"),
    );
    walk.choose(true);
    walk.expect(SETUP);

    walk.answer(461, &[]);

    let again = walk.expect(SETUP);
    assert_eq!(
        again.headers.get("transport"),
        Some("RTP/AVP/TCP;unicast;interleaved=0-1")
    );
    walk.answer_set_up("1", "RTP/AVP/TCP;unicast;interleaved=0-1");
    let sound = walk.expect("SETUP rtsp://192.0.2.64:554/live/trackID=2");
    assert_eq!(
        sound.headers.get("transport"),
        Some("RTP/AVP/TCP;unicast;interleaved=2-3")
    );
}

#[test]
fn a_camera_that_refuses_tcp_is_tried_over_udp() {
    let mut walk = Walk::described(over(TransportPolicy::TcpThenUdp), VIDEO);
    walk.choose(false);
    walk.expect(SETUP);

    walk.answer(461, &[]);

    assert_eq!(walk.expect_again().transport, TransportPolicy::Udp);
}

#[test]
fn a_transport_that_the_camera_lacks_is_reported() {
    for (transport, is_udp) in [(TransportPolicy::Tcp, false), (TransportPolicy::Udp, true)] {
        let mut walk = Walk::described(over(transport), VIDEO);
        walk.choose(is_udp);
        walk.expect(SETUP);

        walk.answer(461, &[]);

        walk.expect_failure(&RtspError::UnsupportedTransport);
    }
}

#[test]
fn a_camera_may_answer_a_udp_setup_with_tcp() {
    let mut walk = playing(
        TransportPolicy::UdpThenTcp,
        "RTP/AVP/TCP;unicast;interleaved=0-1",
    );

    walk.data(0, &rtp(1));

    assert_eq!(walk.packets.len(), 1);
    let Some(RtspOutput::SetUpDone(tracks)) = walk.event() else {
        panic!("it is not set up");
    };
    assert!(!tracks[0].is_udp);
}

#[test]
fn channels_count_where_udp_is_named_beside_them() {
    let mut walk = Walk::described(over(TransportPolicy::Tcp), VIDEO);
    walk.choose(false);
    walk.expect(SETUP);
    walk.answer_set_up(
        "1",
        "RTP/AVP/UDP;unicast;interleaved=0-1;server_port=47487-52573",
    );
    walk.play();

    walk.data(0, &rtp(1));

    assert_eq!(walk.packets.len(), 1);
}

#[test]
fn a_camera_that_would_send_elsewhere_is_reported() {
    let mut walk = Walk::described(over(TransportPolicy::Tcp), VIDEO);
    walk.choose(false);
    walk.expect(SETUP);

    walk.answer_set_up("1", "RTP/AVP/UDP;unicast;server_port=47487-52573");

    walk.expect_failure(&RtspError::UnsupportedTransport);
}

#[test]
fn sound_without_a_transport_costs_only_the_sound() {
    let mut walk = Walk::described(
        over(TransportPolicy::TcpThenUdp),
        &format!("{VIDEO}{AUDIO}"),
    );
    walk.choose(false);
    walk.expect(SETUP);
    walk.answer_set_up("1", "RTP/AVP/TCP;unicast;interleaved=0-1");
    walk.expect("SETUP rtsp://192.0.2.64:554/live/trackID=2");

    walk.answer(461, &[]);

    assert!(matches!(walk.event(), Some(RtspOutput::SetUpDone(_))));
}

#[test]
fn everything_due_at_one_time_is_done_together() {
    let mut walk = Walk::described(over(TransportPolicy::Udp), VIDEO);
    walk.choose(true);
    walk.expect(SETUP);
    walk.answer_set_up("1", "RTP/AVP;unicast;server_port=6000-6001");
    walk.play();
    walk.datagram(0, from(6000), rtp(1));

    // The answer to PLAY is due with the third report.
    walk.pass(seconds(15));

    assert!(matches!(walk.event(), Some(RtspOutput::SetUpDone(_))));
    assert!(matches!(walk.event(), Some(RtspOutput::Playing(_))));
}
