//! Offer, answer, path, restart and the end of a connection.

use std::net::IpAddr;
use std::time::Duration;

use peer::{
    AudioCodec, Config, Ended, Endpoint, Event, MappedSocket, Negotiated, Path, VideoCodec,
};
use tokio::net::UdpSocket;

use crate::support::{End, Pair, config, frame, offer};
use crate::wire::Wire;

#[tokio::test]
async fn two_endpoints_connect_over_loopback() {
    let pair = Pair::connected(4).await;

    let both = vec![VideoCodec::H264, VideoCodec::H265];
    assert_eq!(pair.negotiated.video, vec![both; 4]);
    assert_eq!(pair.negotiated.audio, [AudioCodec::Pcmu, AudioCodec::Pcma]);
}

#[tokio::test]
async fn an_offer_carries_host_candidates_and_trickle() {
    let (_endpoint, _events, sdp) = Endpoint::offer(config(), offer(16)).expect("offering works");

    assert!(sdp.contains("a=ice-options:trickle"), "{sdp}");
    assert!(sdp.contains("127.0.0.1"), "{sdp}");
    assert_eq!(sdp.matches("m=video").count(), 16);
    assert_eq!(sdp.matches("m=audio").count(), 1);
    assert_eq!(sdp.matches("m=application").count(), 1);
    assert!(sdp.len() < peer::limits::MAX_SDP_BYTES, "{}", sdp.len());
    assert!(!sdp.contains("transport-cc"), "{sdp}");
    for profile in ["42e01f", "42001f", "4d001f", "640c1f"] {
        assert!(sdp.contains(profile), "{profile} in {sdp}");
    }
}

#[tokio::test]
async fn a_mapped_socket_is_offered_with_its_external_address() {
    let socket = peer::bind_udp(IpAddr::from([127, 0, 0, 1])).expect("loopback");
    let local = socket.local_addr().expect("bound");
    let external = "203.0.113.9:40000".parse().expect("an address");
    let config = Config {
        mapped: vec![MappedSocket { socket, external }],
        ..config()
    };

    let (_endpoint, _events, sdp) = Endpoint::offer(config, offer(1)).expect("offering works");

    let candidates: Vec<&str> = sdp
        .lines()
        .filter(|line| line.starts_with("a=candidate"))
        .collect();
    let has = |text: &str| candidates.iter().any(|line| line.contains(text));
    assert!(has("203.0.113.9 40000 typ srflx"), "{sdp}");
    // It is the only socket of its address.
    assert!(
        has(&format!("127.0.0.1 {} typ host", local.port())),
        "{sdp}"
    );
    assert_eq!(sdp.matches(" typ host").count(), 1, "{sdp}");
}

#[tokio::test]
async fn a_mapping_that_moves_or_ends_is_followed() {
    let socket = peer::bind_udp(IpAddr::from([127, 0, 0, 1])).expect("loopback");
    let local = socket.local_addr().expect("bound");
    let [external, moved] = ["203.0.113.9:40000", "203.0.113.10:41000"]
        .map(|text| text.parse::<std::net::SocketAddr>().expect("an address"));
    let mapped = Config {
        mapped: vec![MappedSocket { socket, external }],
        ..config()
    };
    let (endpoint, events, sdp) = Endpoint::offer(mapped, offer(1)).expect("offering works");
    let sender = End { endpoint, events };
    let answered = Endpoint::answer(config(), &sdp).expect("our own offer is answered");
    let (endpoint, events, answer) = answered;
    let taken = sender.endpoint.accept_answer(&answer).await;
    let mut pair = Pair {
        sender,
        viewer: End { endpoint, events },
        negotiated: taken.expect("the answer is taken"),
    };
    pair.sender.connected().await;

    // What is already known, and what belongs to no mapping, is no news.
    for (socket, address) in [(local, external), (moved, external)] {
        let endpoint = &pair.sender.endpoint;
        endpoint.mapping_changed(socket, Some(address)).await;
    }
    let endpoint = &pair.sender.endpoint;
    endpoint.mapping_changed(local, Some(moved)).await;
    let line = trickled(&mut pair.sender).await;
    assert!(line.contains("203.0.113.10 41000 typ srflx"), "{line}");
    let offer = restarted(&mut pair).await;
    assert!(offer.contains("203.0.113.10 41000"), "{offer}");
    assert!(!offer.contains("203.0.113.9 "), "{offer}");

    pair.sender.endpoint.mapping_changed(local, None).await;
    let offer = restarted(&mut pair).await;
    assert!(!offer.contains("203.0.113."), "{offer}");
    sees_pictures(&mut pair).await;
}

#[tokio::test]
async fn statistics_include_path_and_round_trip() {
    let mut pair = Pair::connected(1).await;

    let stats = pair
        .sender
        .wait_for("statistics", |event| match event {
            Event::Stats(stats) if stats.round_trip.is_some() => Some(stats),
            _ => None,
        })
        .await;

    assert_eq!(stats.path, Path::Direct);
    assert!(stats.round_trip.expect("measured") < Duration::from_secs(1));
}

#[tokio::test]
async fn closing_one_end_is_reported_at_the_other() {
    let mut pair = Pair::connected(1).await;
    // A goodbye needs the handshake to be over on both sides.
    pair.viewer.control_open().await;

    pair.sender.endpoint.close().await;

    assert_eq!(pair.sender.ended().await, Ended::Closed);
    assert_eq!(pair.viewer.ended().await, Ended::ClosedByPeer);
    assert!(pair.sender.events.next().await.is_none());
}

#[tokio::test]
async fn a_dropped_handle_closes_the_connection() {
    let Pair {
        sender, mut viewer, ..
    } = Pair::connected(1).await;
    viewer.control_open().await;

    drop(sender);

    assert_eq!(viewer.ended().await, Ended::ClosedByPeer);
}

#[tokio::test]
async fn pictures_continue_across_an_ice_restart() {
    let mut pair = Pair::connected(1).await;
    let media = pair.sender.endpoint.media();
    media.video(0, frame(0, true, 500)).await.expect("open");
    pair.viewer.frames(1).await;

    let new_offer = pair.sender.endpoint.restart().await.expect("restarts");
    let answer = pair
        .viewer
        .endpoint
        .accept_offer(&new_offer)
        .await
        .expect("the restart is answered");
    pair.sender
        .endpoint
        .accept_answer(&answer)
        .await
        .expect("the answer is taken");

    // Checks run on the new credentials for a while before the first picture is sent on them.
    for n in 1..=50 {
        media.video(0, frame(n, n == 1, 500)).await.expect("open");
    }
    let frames = pair.viewer.frames(50).await;
    assert!(frames.iter().all(|frame| frame.is_contiguous));
    assert_ne!(ufrag(&answer), "");
}

fn ufrag(sdp: &str) -> String {
    sdp.lines()
        .find_map(|line| line.strip_prefix("a=ice-ufrag:"))
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn a_restart_changes_the_ice_credentials() {
    let (endpoint, _events, first) = Endpoint::offer(config(), offer(1)).expect("offering works");

    let second = endpoint.restart().await.expect("restarts");

    assert_ne!(ufrag(&first), ufrag(&second));
}

#[tokio::test(start_paused = true)]
async fn a_call_without_path_ends_after_fifteen_seconds() {
    let (endpoint, events, sdp) = Endpoint::offer(config(), offer(1)).expect("offering works");
    let mut sender = End { endpoint, events };
    let (viewer, viewer_events, answer) =
        Endpoint::answer(config(), &sdp).expect("our own offer is answered");
    drop((viewer, viewer_events));
    sender
        .endpoint
        .accept_answer(&answer)
        .await
        .expect("the answer is taken");

    assert_eq!(sender.ended().await, Ended::NoPath);
}

#[tokio::test]
async fn the_public_address_is_trickled_after_a_stun_answer() {
    let server = UdpSocket::bind("127.0.0.1:0").await.expect("loopback");
    let address = server.local_addr().expect("bound");
    let mut config = config();
    config.stun_servers = vec![format!("stun:{address}"), "turn:127.0.0.1:9".to_owned()];
    let (endpoint, events, _sdp) = Endpoint::offer(config, offer(1)).expect("offering works");
    let mut sender = End { endpoint, events };

    let mut request = [0; 64];
    // The first request is lost on the way.
    server.recv_from(&mut request).await.expect("a request");
    let (length, from) = server.recv_from(&mut request).await.expect("a second one");
    assert_eq!(length, 20);
    server
        .send_to(
            &stun_response(&request[..20], [203, 0, 113, 9], 5_000),
            from,
        )
        .await
        .expect("sent");

    let line = sender
        .wait_for("candidate", |event| match event {
            Event::Candidate(line) => Some(line),
            _ => None,
        })
        .await
        .expect("a candidate before the end of them");
    assert!(line.contains("203.0.113.9 5000 typ srflx"), "{line}");
    let end = sender
        .wait_for("end of candidates", |event| match event {
            Event::Candidate(line) => Some(line),
            _ => None,
        })
        .await;
    assert_eq!(end, None);
}

#[tokio::test]
async fn an_answer_without_a_nat_is_told_without_a_candidate() {
    let server = UdpSocket::bind("127.0.0.1:0").await.expect("loopback");
    let address = server.local_addr().expect("bound");
    let mut config = config();
    config.stun_servers = vec![format!("stun:{address}")];
    let (endpoint, events, _sdp) = Endpoint::offer(config, offer(1)).expect("offering works");
    let mut sender = End { endpoint, events };

    let mut request = [0; 64];
    let (_, from) = server.recv_from(&mut request).await.expect("a request");
    let answer = stun_response(&request[..20], [127, 0, 0, 1], from.port());
    server.send_to(&answer, from).await.expect("sent");

    let seen = sender
        .wait_for("what the server saw", |event| match event {
            Event::SeenAddress(seen) => Some(seen),
            Event::Candidate(_) => panic!("a candidate, or the end of them, before the answer"),
            _ => None,
        })
        .await;
    assert_eq!((seen.socket, seen.address), (from, from));
    let next = sender
        .wait_for("the end of candidates", |event| match event {
            Event::Candidate(line) => Some(line),
            _ => None,
        })
        .await;
    assert_eq!(next, None);
}

fn stun_response(request: &[u8], ip: [u8; 4], port: u16) -> Vec<u8> {
    let mut response = request.to_vec();
    response[0] = 1;
    response[1] = 1;
    response[3] = 12;
    response.extend([0, 0x20, 0, 8, 0, 1]);
    let cookie = [0x21, 0x12, 0xa4, 0x42];
    let port = port.to_be_bytes();
    response.extend([port[0] ^ cookie[0], port[1] ^ cookie[1]]);
    response.extend(ip.iter().zip(cookie).map(|(byte, mask)| byte ^ mask));
    response
}

#[tokio::test]
async fn a_viewer_with_mdns_candidates_is_found_by_its_check() {
    let (endpoint, events, sdp) = Endpoint::offer(config(), offer(1)).expect("offering works");
    let mut sender = End { endpoint, events };
    let (endpoint, events, answer) =
        Endpoint::answer(config(), &sdp).expect("our own offer is answered");
    let mut viewer = End { endpoint, events };
    // As a browser hides its addresses.
    let hidden = answer.replace(
        " 127.0.0.1 ",
        " 4f0fb5b4-5f1b-4b4e-8d5e-1f2a3b4c5d6e.local ",
    );
    assert_ne!(hidden, answer);

    sender
        .endpoint
        .accept_answer(&hidden)
        .await
        .expect("the answer is taken");

    sender.connected().await;
    viewer.connected().await;
}

#[tokio::test]
async fn trickled_candidates_are_enough_to_connect() {
    let (endpoint, events, sdp) = Endpoint::offer(config(), offer(1)).expect("offering works");
    let mut sender = End { endpoint, events };
    let (bare, candidates) = split(&sdp);
    let (endpoint, events, answer) =
        Endpoint::answer(config(), &bare).expect("an offer without candidates is answered");
    let mut viewer = End { endpoint, events };
    let (bare_answer, viewer_candidates) = split(&answer);
    sender
        .endpoint
        .accept_answer(&bare_answer)
        .await
        .expect("an answer without candidates is taken");

    for line in &viewer_candidates {
        sender.endpoint.add_candidate(line).await.expect("readable");
    }
    for line in &candidates {
        viewer.endpoint.add_candidate(line).await.expect("readable");
    }

    sender.connected().await;
    viewer.connected().await;
}

fn split(sdp: &str) -> (String, Vec<String>) {
    let (candidates, rest): (Vec<&str>, Vec<&str>) = sdp
        .lines()
        .partition(|line| line.starts_with("a=candidate:"));
    let rest = rest.iter().map(|line| format!("{line}\r\n")).collect();
    let candidates = candidates
        .iter()
        .filter_map(|line| line.strip_prefix("a="))
        .map(str::to_owned)
        .collect();
    (rest, candidates)
}

#[tokio::test]
async fn an_address_of_another_machine_cannot_be_bound() {
    let mut config = config();
    config.bind = Some(IpAddr::from([198, 51, 100, 7]));

    assert!(Endpoint::offer(config, offer(1)).is_err());
}

/// Takes what the sender's endpoint offers next to the viewer and back.
async fn restarted(pair: &mut Pair) -> String {
    let offer = pair.sender.endpoint.restart().await.expect("restarts");
    let answer = pair.viewer.endpoint.accept_offer(&offer).await;
    let answer = answer.expect("the restart is answered");
    let taken = pair.sender.endpoint.accept_answer(&answer).await;
    taken.expect("the answer is taken");
    offer
}

#[tokio::test]
async fn a_finished_restart_is_reported() {
    let mut pair = Pair::connected(1).await;

    restarted(&mut pair).await;

    pair.sender
        .wait_for("reconnection", |event| {
            matches!(event, Event::Reconnected).then_some(())
        })
        .await;
}

#[tokio::test]
async fn a_cut_path_is_noticed_before_ice_does_and_replaced() {
    let (wire, sender, viewer) = Wire::between().await;
    let mut pair = Pair {
        sender,
        viewer,
        negotiated: Negotiated::default(),
    };
    pair.sender.connected().await;
    pair.viewer.connected().await;
    let media = pair.sender.endpoint.media();
    media.video(0, frame(0, true, 500)).await.expect("open");
    pair.viewer.frames(1).await;

    wire.cut();
    media.video(0, frame(1, true, 500)).await.expect("open");
    let noticed = pair
        .sender
        .wait_for("doubt", |event| match event {
            Event::Silent | Event::Disconnected => Some(event),
            _ => None,
        })
        .await;
    assert!(matches!(noticed, Event::Silent), "{noticed:?}");
    // Both descriptions name the real addresses, past the wire.
    restarted(&mut pair).await;
    pair.sender
        .wait_for("reconnection", |event| {
            matches!(event, Event::Reconnected).then_some(())
        })
        .await;

    sees_pictures(&mut pair).await;
}

#[tokio::test]
async fn candidates_of_an_offered_restart_carry_its_user_name() {
    let server = UdpSocket::bind("127.0.0.1:0").await.expect("loopback");
    let address = server.local_addr().expect("bound");
    let mut with_stun = config();
    with_stun.stun_servers = vec![format!("stun:{address}")];
    let (endpoint, events, sdp) = Endpoint::offer(with_stun, offer(1)).expect("offering works");
    let mut sender = End { endpoint, events };
    let answered = Endpoint::answer(config(), &sdp).expect("our own offer is answered");
    let (_viewer, _viewer_events, answer) = answered;
    let taken = sender.endpoint.accept_answer(&answer).await;
    taken.expect("the answer is taken");
    let mut request = [0; 64];
    let (_, from) = server.recv_from(&mut request).await.expect("a request");
    let answer = stun_response(&request[..20], [203, 0, 113, 9], 5_000);
    server.send_to(&answer, from).await.expect("sent");
    let first = trickled(&mut sender).await;

    let offer = sender.endpoint.restart().await.expect("restarts");
    let (_, from) = server.recv_from(&mut request).await.expect("a request");
    let answer = stun_response(&request[..20], [203, 0, 113, 9], 6_000);
    server.send_to(&answer, from).await.expect("sent");
    let second = trickled(&mut sender).await;

    assert!(first.contains("5000"), "{first}");
    assert!(second.contains("6000"), "{second}");
    assert!(
        second.ends_with(&format!("ufrag {}", ufrag(&offer))),
        "{second}"
    );
}

/// Sends pictures until one arrives: the first ones may come before the viewer has checked the new path.
async fn sees_pictures(pair: &mut Pair) {
    let media = pair.sender.endpoint.media();
    let sending = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(40));
        for n in 100.. {
            ticks.tick().await;
            media.video(0, frame(n, true, 500)).await.expect("open");
        }
    };
    tokio::select! {
        _ = pair.viewer.frames(1) => {}
        () = sending => {}
    }
}

async fn trickled(end: &mut End) -> String {
    end.wait_for("candidate", |event| match event {
        Event::Candidate(Some(line)) => Some(line),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn a_vanished_local_address_is_reported_and_replaced() {
    // Linux takes all of 127.0.0.0/8 for its own and lists only the first: this one works and is gone.
    let mut vanishing = config();
    vanishing.bind = Some(IpAddr::from([127, 0, 0, 2]));
    let (endpoint, events, sdp) = Endpoint::offer(vanishing, offer(1)).expect("offering works");
    let sender = End { endpoint, events };
    let (endpoint, events, answer) =
        Endpoint::answer(config(), &sdp).expect("our own offer is answered");
    let viewer = End { endpoint, events };
    let taken = sender.endpoint.accept_answer(&answer).await;
    let mut pair = Pair {
        sender,
        viewer,
        negotiated: taken.expect("the answer is taken"),
    };
    pair.sender.connected().await;
    let media = pair.sender.endpoint.media();
    media.video(0, frame(0, true, 500)).await.expect("open");
    pair.viewer.frames(1).await;

    pair.sender.endpoint.addresses_changed().await;

    let line = trickled(&mut pair.sender).await;
    assert!(line.contains(" 127.0.0.2 "), "{line}");
    pair.sender
        .wait_for("doubt", |event| {
            matches!(event, Event::Silent).then_some(())
        })
        .await;
    restarted(&mut pair).await;
    pair.sender
        .wait_for("reconnection", |event| {
            matches!(event, Event::Reconnected).then_some(())
        })
        .await;
    sees_pictures(&mut pair).await;
}
