//! Hostile input to an endpoint.

use peer::{Ended, Endpoint, Event};
use tokio::net::UdpSocket;

use crate::support::{End, Pair, config, frame, offer};
use crate::wire::{host, without_addresses};

#[tokio::test]
async fn asvs_17_2_8_a_wrong_fingerprint_gets_no_media() {
    let (endpoint, events, sdp) = Endpoint::offer(config(), offer(1)).expect("offering works");
    let mut sender = End { endpoint, events };
    let (endpoint, events, answer) =
        Endpoint::answer(config(), &sdp).expect("our own offer is answered");
    let mut viewer = End { endpoint, events };
    let position = answer
        .find("a=fingerprint:sha-256 ")
        .expect("a fingerprint")
        + "a=fingerprint:sha-256 ".len();
    let mut forged = answer.into_bytes();
    forged[position] = if forged[position] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).expect("ASCII");

    sender
        .endpoint
        .accept_answer(&forged)
        .await
        .expect("a fingerprint is compared later");
    let _ = sender.endpoint.media().video(0, frame(0, true, 100)).await;

    let ended = sender
        .wait_for("end", |event| match event {
            Event::Connected | Event::FirstFrame(_) => panic!("connected to a stranger"),
            Event::Ended(ended) => Some(ended),
            _ => None,
        })
        .await;
    assert_eq!(ended, Ended::WrongFingerprint);
    viewer.endpoint.close().await;
    while let Some(event) = viewer.events.next().await {
        assert!(
            !matches!(event, Event::Frame(_)),
            "a stranger got a picture"
        );
    }
}

#[tokio::test]
async fn garbage_datagrams_are_counted_and_ignored() {
    let (endpoint, events, sdp) = Endpoint::offer(config(), offer(1)).expect("offering works");
    let mut sender = End { endpoint, events };
    let stranger = UdpSocket::bind("127.0.0.1:0").await.expect("loopback");
    let throw = async |n: u32| {
        for first in [0_u8, 1, 20, 22, 23, 64, 128, 200, 255] {
            for length in [0_usize, 1, 2, 12, 20, 60, 1_400] {
                let datagram: Vec<u8> = (0..length)
                    .map(|i| {
                        if i == 0 {
                            first
                        } else {
                            (i as u32 * 37 + n) as u8
                        }
                    })
                    .collect();
                stranger.send_to(&datagram, host(&sdp)).await.expect("sent");
            }
        }
    };
    throw(1).await;
    let (endpoint, events, answer) =
        Endpoint::answer(config(), &sdp).expect("our own offer is answered");
    let mut viewer = End { endpoint, events };
    sender
        .endpoint
        .accept_answer(&answer)
        .await
        .expect("the answer is taken");
    throw(2).await;
    sender.connected().await;
    throw(3).await;

    sender
        .endpoint
        .media()
        .video(0, frame(0, true, 5_000))
        .await
        .expect("open");

    assert_eq!(viewer.frames(1).await[0].data, frame(0, true, 5_000).data);
    let n_garbage = sender
        .wait_for("statistics", |event| match event {
            Event::Stats(stats) => Some(stats.n_garbage),
            _ => None,
        })
        .await;
    assert!(n_garbage > 100, "{n_garbage}");
}

#[tokio::test]
async fn invalid_descriptions_are_refused() {
    let texts = [
        String::new(),
        "nonsense".to_owned(),
        "v=0\r\n".to_owned(),
        "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n".to_owned(),
        "a=".repeat(100_000),
        "\u{0}\u{1}\u{2}".repeat(50),
    ];
    for text in texts {
        let (endpoint, _events, _sdp) =
            Endpoint::offer(config(), offer(1)).expect("offering works");
        let short: String = text.chars().take(60).collect();
        assert!(endpoint.accept_answer(&text).await.is_err(), "{short}");
        assert!(Endpoint::answer(config(), &text).is_err(), "{short}");
    }
}

#[tokio::test]
async fn an_answer_is_accepted_once() {
    let pair = Pair::connected(1).await;

    let again = pair.sender.endpoint.accept_answer("v=0\r\n").await;

    assert!(again.is_err());
}

#[tokio::test]
async fn invalid_candidates_are_refused() {
    let (endpoint, mut events, _sdp) = Endpoint::offer(config(), offer(1)).expect("offering works");

    for line in ["x", "candidate:", "candidate:1 1 udp 1 host 1 typ host"] {
        assert!(endpoint.add_candidate(line).await.is_err(), "{line}");
    }
    assert!(endpoint.add_candidate("").await.is_ok());
    endpoint.close().await;
    loop {
        match events.next().await {
            Some(Event::Ended(ended)) => {
                assert_eq!(ended, Ended::Closed);
                break;
            }
            Some(_) => {}
            None => panic!("no end"),
        }
    }
}

/// A viewer that names a hundred victims as candidates and never answers.
#[tokio::test]
async fn a_hundred_candidates_reach_at_most_twenty_victims_for_seconds() {
    let (endpoint, events, sdp) = Endpoint::offer(config(), offer(1)).expect("offering works");
    let mut sender = End { endpoint, events };
    let (viewer, _events, answer) = Endpoint::answer(config(), &sdp).expect("our own offer");
    viewer.close().await;
    let mut victims = Vec::new();
    for _ in 0..100 {
        victims.push(UdpSocket::bind("127.0.0.1:0").await.expect("loopback"));
    }

    let bare = without_addresses(&answer);
    sender.endpoint.accept_answer(&bare).await.expect("taken");
    for victim in &victims {
        let port = victim.local_addr().expect("bound").port();
        let line = format!("candidate:1 1 udp 2113937151 127.0.0.1 {port} typ host");
        sender.endpoint.add_candidate(&line).await.expect("read");
    }
    let ended = sender
        .wait_for("end", |event| match event {
            Event::Ended(ended) => Some(ended),
            _ => None,
        })
        .await;

    assert_eq!(ended, Ended::NoPath);
    let n_packets: Vec<usize> = victims
        .iter()
        .map(|victim| {
            std::iter::from_fn(|| victim.try_recv(&mut [0; 2_048]).ok())
                .inspect(|length| assert!(*length <= 200, "{length}"))
                .count()
        })
        .collect();
    let n_victims = n_packets.iter().filter(|n| **n > 0).count();
    let n_all: usize = n_packets.iter().sum();
    assert_eq!(n_victims, 20);
    // Fifteen seconds at 1,200 packets a minute.
    assert!(n_all <= 300, "{n_all}");
}
