//! The relay on real sockets, spoken to by a client from another hand.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;
use proptest::prelude::*;
use proto::turn_credential::Role;
use relay::{CallBook, Config, Limits, Refusal};
use stun_types::message::{BINDING, Message, MessageWrite, MessageWriteVec};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;
use turn_client_proto::types::TurnCredentials;

use crate::turn_client::{
    Client, LOOPBACK, Peer, TestRelay, bind, check, config, credentials, mapped, now_unix,
};

const PATIENCE: Duration = Duration::from_secs(20);

fn binding() -> Vec<u8> {
    Message::builder_request(BINDING, MessageWriteVec::new()).finish()
}

async fn ask_binding(relay: SocketAddr) -> (SocketAddr, Vec<u8>) {
    let socket = Peer::new().await;
    socket.send(relay, &binding()).await;
    (socket.addr(), socket.data().await.1)
}

#[tokio::test]
async fn a_binding_request_is_answered_over_udp_and_tcp() {
    let relay = TestRelay::start(config()).await;

    let (addr, answer) = ask_binding(relay.addr).await;
    assert_eq!(mapped(&answer), addr);
    assert!(answer.len() * 10 <= binding().len() * 16);

    let mut stream = TcpStream::connect(relay.addr).await.unwrap();
    // Two requests in one segment and a half: framing must not depend on how they arrive.
    let two = [binding(), binding()].concat();
    stream.write_all(&two[..30]).await.unwrap();
    let mut answer = [0; 32];
    stream.read_exact(&mut answer).await.unwrap();
    stream.write_all(&two[30..]).await.unwrap();
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(mapped(&answer), stream.local_addr().unwrap());
    relay.stop().await;
}

/// Waits until nothing is bound to a relayed address; its thread closes the socket.
async fn until_free(relayed: SocketAddr) {
    let mut ticks = tokio::time::interval(Duration::from_millis(10));
    let is_free = timeout(PATIENCE, async {
        while UdpSocket::bind(relayed).await.is_err() {
            ticks.tick().await;
        }
    });
    is_free.await.expect("the relayed port is free again");
}

async fn data_flows(is_tcp: bool) {
    let relay = TestRelay::start(config()).await;
    relay.open("call");
    let peer = Peer::new().await;
    let (mut ana, relayed) = Client::allocated(&relay, is_tcp, "call", Role::Viewer).await;
    assert!(config().port_range.contains(&relayed.port()));

    assert!(ana.permission(LOOPBACK).await);
    let n_check = ana.meets(&peer, relayed).await;
    ana.send(peer.addr(), b"an indication").await;
    assert_eq!(peer.data().await, (relayed, b"an indication".to_vec()));
    peer.send(relayed, b"back").await;
    assert_eq!(ana.data().await, (peer.addr(), b"back".to_vec()));

    assert!(ana.channel(peer.addr()).await);
    for length in [0, 1, 2, 3, 4, 1_200, 7_000] {
        let data = vec![7; length];
        ana.send(peer.addr(), &data).await;
        assert_eq!(peer.data().await, (relayed, data.clone()), "{length} bytes");
        peer.send(relayed, &data).await;
        assert_eq!(ana.data().await, (peer.addr(), data), "{length} bytes back");
    }

    let stats = relay.counters.read();
    let n_data = 13 + 4 + 2 * 8_210;
    assert_eq!(stats.bytes_relayed, n_data + n_check as u64);
    assert_eq!((stats.allocations_now, stats.allocations_total), (1, 1));
    relay.stop().await;
}

#[tokio::test]
async fn data_flows_both_ways_over_udp() {
    data_flows(false).await;
}

#[tokio::test]
async fn data_flows_both_ways_over_tcp() {
    data_flows(true).await;
}

#[tokio::test]
async fn both_parties_may_use_relayed_addresses() {
    let relay = TestRelay::start(config()).await;
    relay.open("call");
    let (mut ana, ana_relayed) = Client::allocated(&relay, false, "call", Role::Viewer).await;
    let (mut agent, agent_relayed) = Client::allocated(&relay, true, "call", Role::Agent).await;
    assert!(ana.channel(agent_relayed).await);
    assert!(agent.permission(ana_relayed.ip()).await);

    ana.send(agent_relayed, b"hello").await;
    assert_eq!(agent.data().await, (ana_relayed, b"hello".to_vec()));
    agent.send(ana_relayed, b"picture").await;
    assert_eq!(ana.data().await, (agent_relayed, b"picture".to_vec()));
    relay.stop().await;
}

#[tokio::test]
async fn bursts_arrive_complete_in_order_and_in_their_sizes() {
    let relay = TestRelay::start(config()).await;
    relay.open("call");
    let peer = Peer::new().await;
    let (mut ana, relayed) = Client::allocated(&relay, false, "call", Role::Viewer).await;
    assert!(ana.channel(peer.addr()).await);
    ana.meets(&peer, relayed).await;
    // Pictures with odd sizes and empty packets in between; the kernel may join equal neighbours.
    let lengths = [
        1_200, 1_200, 1_200, 77, 1_200, 0, 0, 500, 500, 501, 7_000, 1,
    ];
    let packets: Vec<Vec<u8>> = (0..=u8::MAX)
        .zip(lengths.into_iter().cycle())
        .map(|(n, length)| vec![n; length])
        .take(3 * lengths.len())
        .collect();

    for packet in &packets {
        peer.send(relayed, packet).await;
    }
    for packet in &packets {
        assert_eq!(ana.data().await, (peer.addr(), packet.clone()));
    }
    for packet in &packets {
        ana.send(peer.addr(), packet).await;
    }
    for packet in &packets {
        assert_eq!(peer.data().await, (relayed, packet.clone()));
    }

    assert_eq!(relay.counters.read().refused(Refusal::Congestion), 0);
    relay.stop().await;
}

#[tokio::test]
async fn a_burst_between_udp_and_tcp_clients_arrives_in_order() {
    let relay = TestRelay::start(config()).await;
    relay.open("call");
    let (mut ana, at_ana) = Client::allocated(&relay, true, "call", Role::Viewer).await;
    let (mut agent, at_agent) = Client::allocated(&relay, false, "call", Role::Agent).await;
    assert!(ana.channel(at_agent).await && agent.channel(at_ana).await);

    for n in 0..50u8 {
        agent.send(at_ana, &[n; 1_200]).await;
        ana.send(at_agent, &[n; 300]).await;
    }

    for n in 0..50u8 {
        assert_eq!(ana.data().await, (at_agent, vec![n; 1_200]));
        assert_eq!(agent.data().await, (at_ana, vec![n; 300]));
    }
    relay.stop().await;
}

#[tokio::test]
async fn invalid_credentials_get_no_allocation() {
    let relay = TestRelay::start(config()).await;
    relay.open("call");
    let good = credentials("call", Role::Viewer, 60);
    for (reason, bad) in [
        (
            Refusal::BadCredential,
            TurnCredentials::new(good.username(), "wrong"),
        ),
        (
            Refusal::BadCredential,
            TurnCredentials::new("ana", good.password()),
        ),
        (
            Refusal::ExpiredCredential,
            credentials("call", Role::Viewer, 0),
        ),
        (
            Refusal::CallNotOpen,
            credentials("unknown", Role::Viewer, 60),
        ),
    ] {
        for is_tcp in [false, true] {
            let before = relay.counters.read().refused(reason);
            let mut client = Client::connect(relay.addr, is_tcp, bad.clone()).await;
            // This client does not take an unsigned 401 for an end: anybody could forge it.
            tokio::select! {
                made = client.allocation() => assert_eq!(made, None, "{reason:?} {is_tcp}"),
                () = relay.until(|stats| stats.refused(reason) > before) => {}
            }
        }
    }
    assert_eq!(relay.counters.read().allocations_total, 0);
    relay.stop().await;
}

#[tokio::test]
async fn asvs_17_1_1_a_service_on_loopback_receives_nothing() {
    let mut closed = config();
    closed.allow_private_peers = false;
    let relay = TestRelay::start(closed).await;
    relay.open("call");
    let canary = Peer::new().await;
    let (mut ana, relayed) = Client::allocated(&relay, false, "call", Role::Viewer).await;

    assert!(!ana.permission(LOOPBACK).await);
    assert!(!ana.channel(canary.addr()).await);
    // What arrives from outside without permission goes nowhere either.
    canary.send(relayed, b"hello").await;
    relay
        .until(|stats| stats.refused(Refusal::NoPermission) == 1)
        .await;

    assert!(canary.has_nothing());
    let stats = relay.counters.read();
    assert!(stats.refused(Refusal::PeerNotRoutable) >= 2);
    assert_eq!(stats.bytes_relayed, 0);
    relay.stop().await;
}

#[tokio::test]
async fn a_third_party_service_receives_only_a_few_checks() {
    let relay = TestRelay::start(config()).await;
    relay.open("call");
    let service = Peer::new().await;
    let (mut mallory, relayed) = Client::allocated(&relay, false, "call", Role::Viewer).await;
    assert!(mallory.channel(service.addr()).await);

    for n in 1..=100u64 {
        mallory.send(service.addr(), &[7; 700]).await;
        mallory.send(service.addr(), &check(Role::Agent)).await;
        mallory.send(service.addr(), &binding()).await;
        // Faster than this and the kernel would drop packets before the relay can.
        relay
            .until(|stats| stats.refused(Refusal::NoConsent) == 2 * n)
            .await;
    }
    relay
        .until(|stats| stats.bytes_relayed > 0 && stats.refused(Refusal::CheckBudget) >= 40)
        .await;
    let n_check = check(Role::Agent).len() as u64;
    let n_got = relay.counters.read().bytes_relayed / n_check;
    for _ in 0..n_got {
        let (from, got) = service.data().await;
        assert_eq!((from, got.len()), (relayed, check(Role::Agent).len()));
        service.send(relayed, &got).await;
        service.send(relayed, b"what a service answers").await;
    }
    relay
        .until(|stats| stats.refused(Refusal::NoConsent) == 200 + 2 * n_got)
        .await;

    assert!((20..=60).contains(&n_got), "{n_got} of 300");
    assert!(service.has_nothing());
    assert_eq!(relay.counters.read().bytes_relayed, n_got * n_check);
    relay.stop().await;
}

#[tokio::test]
async fn services_on_the_relays_machine_cannot_be_reached() {
    let mut usual = config();
    usual.are_parties_here = false;
    let relay = TestRelay::start(usual).await;
    relay.open("call");
    let service = Peer::new().await;
    let elsewhere = UdpSocket::bind("127.0.0.77:0").await.unwrap();
    let elsewhere_addr = elsewhere.local_addr().unwrap();
    relay
        .calls
        .add_party_ip("call", Role::Agent, elsewhere_addr.ip());
    let (mut mallory, relayed) = Client::allocated(&relay, false, "call", Role::Viewer).await;

    for addr in [service.addr(), elsewhere_addr] {
        assert!(mallory.channel(addr).await, "for allocations there");
        mallory.send(addr, &check(Role::Agent)).await;
        mallory.send(addr, b"query").await;
    }
    service.send(relayed, &check(Role::Viewer)).await;
    relay
        .until(|stats| {
            stats.refused(Refusal::PeerNotOfCall) == 4 && stats.refused(Refusal::NoPermission) == 1
        })
        .await;

    assert!(service.has_nothing());
    assert!(elsewhere.try_recv_from(&mut [0; 16]).is_err());
    assert_eq!(relay.counters.read().bytes_relayed, 0);
    relay.stop().await;
}

#[tokio::test]
async fn an_unannounced_peer_is_refused() {
    let relay = TestRelay::start(config()).await;
    relay.calls.open("call", "ana", now_unix() + 600);
    let (mut ana, _) = Client::allocated(&relay, false, "call", Role::Viewer).await;

    let stranger = "192.168.77.1".parse().unwrap();
    assert!(!ana.permission(stranger).await);
    assert_eq!(relay.counters.read().refused(Refusal::PeerNotOfCall), 1);

    relay.calls.add_party_ip("call", Role::Agent, stranger);
    assert!(ana.permission(stranger).await);
    relay.stop().await;
}

#[tokio::test]
async fn asvs_17_1_2_a_seventh_allocation_of_a_party_is_refused() {
    let relay = TestRelay::start(config()).await;
    relay.open("call");
    relay.open("other");
    let mut held = Vec::new();
    for n in 0..6 {
        held.push(Client::allocated(&relay, n % 2 == 0, "call", Role::Viewer).await);
    }

    let seventh = credentials("call", Role::Viewer, 60);
    let mut seventh = Client::connect(relay.addr, false, seventh).await;
    assert_eq!(seventh.allocation().await, None);
    assert_eq!(relay.counters.read().refused(Refusal::CallQuota), 1);

    held.push(Client::allocated(&relay, false, "other", Role::Viewer).await);
    held[0].0.delete().await;
    relay.until(|stats| stats.allocations_now == 6).await;
    held.push(Client::allocated(&relay, false, "call", Role::Viewer).await);
    relay.stop().await;
}

#[tokio::test]
async fn clients_never_see_each_others_packets() {
    let relay = TestRelay::start(config()).await;
    relay.open("one");
    relay.open("two");
    let peer = Peer::new().await;
    let (mut ana, at_ana) = Client::allocated(&relay, false, "one", Role::Viewer).await;
    let (mut ben, at_ben) = Client::allocated(&relay, true, "two", Role::Viewer).await;
    assert!(ana.channel(peer.addr()).await && ben.channel(peer.addr()).await);
    ana.meets(&peer, at_ana).await;
    ben.meets(&peer, at_ben).await;

    for n in 0..50u8 {
        peer.send(at_ana, &[b'a', n]).await;
        peer.send(at_ben, &[b'b', n]).await;
    }
    for n in 0..50u8 {
        assert_eq!(ana.data().await.1, [b'a', n]);
        assert_eq!(ben.data().await.1, [b'b', n]);
    }

    // The other call's relayed address is no peer, although it is on a permitted machine.
    assert!(ana.channel(at_ben).await);
    ana.send(at_ben, b"hello").await;
    relay
        .until(|stats| stats.refused(Refusal::PeerNotOfCall) == 1)
        .await;
    relay.stop().await;
}

#[tokio::test]
async fn a_closed_call_ends_its_allocations_within_seconds() {
    let relay = TestRelay::start(config()).await;
    relay.open("call");
    let peer = Peer::new().await;
    let (mut ana, relayed) = Client::allocated(&relay, false, "call", Role::Viewer).await;
    assert!(ana.channel(peer.addr()).await);

    relay.calls.close("call");

    let wait = relay.until(|stats| stats.allocations_now == 0);
    timeout(Duration::from_secs(3), wait)
        .await
        .expect("ended in time");
    until_free(relayed).await;
    ana.send(peer.addr(), b"late").await;
    relay
        .until(|stats| stats.refused(Refusal::NoPermission) == 1)
        .await;
    assert!(peer.has_nothing());
    relay.stop().await;
}

#[tokio::test]
async fn a_tcp_client_that_disconnects_leaves_nothing_behind() {
    let relay = TestRelay::start(config()).await;
    relay.open("call");
    let (ana, relayed) = Client::allocated(&relay, true, "call", Role::Viewer).await;
    assert_eq!(relay.counters.read().tcp_connections_now, 1);

    drop(ana);

    relay
        .until(|stats| stats.allocations_now == 0 && stats.tcp_connections_now == 0)
        .await;
    until_free(relayed).await;
    relay.stop().await;
}

#[tokio::test]
async fn garbage_on_a_stream_ends_only_that_stream() {
    let relay = TestRelay::start(config()).await;
    for garbage in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        &[0xff; 100],
        &[0x40, 0, 0xff, 0xff],
    ] {
        let mut stream = TcpStream::connect(relay.addr).await.unwrap();
        stream.write_all(garbage).await.unwrap();
        // Closed with bytes unread, so the end may come as a reset.
        let end = timeout(PATIENCE, stream.read(&mut [0; 64])).await.unwrap();
        assert!(!matches!(end, Ok(1..)), "{garbage:?} got an answer");
    }

    ask_binding(relay.addr).await;
    relay
        .until(|stats| stats.malformed == 3 && stats.tcp_connections_now == 0)
        .await;
    relay.stop().await;
}

#[tokio::test]
async fn a_new_connection_over_the_limit_displaces_the_oldest_stranger() {
    let mut few = config();
    few.limits.tcp_connections_per_ip = 3;
    let relay = TestRelay::start(few).await;
    relay.open("call");
    let (mut ana, _) = Client::allocated(&relay, true, "call", Role::Viewer).await;
    let mut strangers = Vec::new();
    for _ in 0..2 {
        strangers.push(TcpStream::connect(relay.addr).await.unwrap());
    }

    let mut newcomer = TcpStream::connect(relay.addr).await.unwrap();
    newcomer.write_all(&binding()).await.unwrap();
    newcomer.read_exact(&mut [0; 32]).await.unwrap();

    let end = timeout(PATIENCE, strangers[0].read(&mut [0; 64])).await;
    assert!(!matches!(end.unwrap(), Ok(1..)));
    let stats = relay.counters.read();
    assert_eq!(stats.refused(Refusal::GaveWay), 1);
    assert_eq!((stats.tcp_connections_now, stats.allocations_now), (3, 1));
    assert!(ana.permission(LOOPBACK).await, "hers is older and stays");
    relay.stop().await;
}

#[tokio::test]
async fn connections_with_allocations_are_not_displaced() {
    let mut few = config();
    few.limits.tcp_connections_per_ip = 2;
    let relay = TestRelay::start(few).await;
    let mut held = Vec::new();
    for call in ["one", "two"] {
        relay.open(call);
        held.push(Client::allocated(&relay, true, call, Role::Viewer).await);
    }

    let mut third = TcpStream::connect(relay.addr).await.unwrap();

    let end = timeout(PATIENCE, third.read(&mut [0; 64])).await.unwrap();
    assert!(!matches!(end, Ok(1..)));
    let stats = relay.counters.read();
    assert_eq!(stats.refused(Refusal::TcpConnections), 1);
    assert_eq!(stats.allocations_now, 2);
    relay.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_closed_after_thirty_seconds() {
    let relay = TestRelay::start(config()).await;
    let mut stream = TcpStream::connect(relay.addr).await.unwrap();
    let began = tokio::time::Instant::now();

    let end = stream.read(&mut [0; 64]).await.unwrap();

    assert_eq!(end, 0);
    let waited = began.elapsed().as_secs();
    assert!((29..=33).contains(&waited), "{waited}");
}

#[tokio::test]
async fn three_hundred_calls_open_and_close_cleanly() {
    let mut wide = config();
    wide.limits = Limits {
        allocations_per_ip: 100,
        allocations_per_network: 100,
        allocations_total: 100,
        ..wide.limits
    };
    let relay = TestRelay::start(wide).await;
    for round in 0..3 {
        let clients = join_all((0..100).map(|n| {
            let call = format!("call-{round}-{n}");
            relay.open(&call);
            let relay = &relay;
            async move {
                (
                    Client::allocated(relay, false, &call, Role::Viewer).await,
                    call,
                )
            }
        }))
        .await;
        for (n, ((mut client, _), call)) in clients.into_iter().enumerate() {
            if n % 2 == 0 {
                client.delete().await;
            } else {
                relay.calls.close(&call);
            }
        }
        relay.until(|stats| stats.allocations_now == 0).await;
    }

    assert_eq!(relay.counters.read().allocations_total, 300);
    relay.stop().await;
}

#[tokio::test]
async fn invalid_settings_are_refused() {
    let refused = async |change: fn(&mut Config)| {
        let mut config = config();
        change(&mut config);
        let error = bind(config, CallBook::default()).await.err();
        format!("{:#}", error.expect("binding fails"))
    };

    #[expect(clippy::reversed_empty_ranges, reason = "it is what is tested")]
    let text = refused(|c| c.port_range = 2..=1).await;
    assert!(text.contains("port range"), "{text}");
    let text = refused(|c| c.relayed[0].relay_ip = "0.0.0.0".parse().unwrap()).await;
    assert!(text.contains("relay_ip"), "{text}");
    let text = refused(|c| c.relayed[0].public_ip = Some("2a00::1".parse().unwrap())).await;
    assert!(text.contains("same address family"), "{text}");
    let text = refused(|c| c.relayed[1] = c.relayed[0]).await;
    assert!(text.contains("one of each address family"), "{text}");
    let text = refused(|c| c.listen[1] = c.listen[0]).await;
    assert!(text.contains("one of each address family"), "{text}");
    let text = refused(|c| c.listen[1].set_port(9)).await;
    assert!(text.contains("same port"), "{text}");
    let taken = Peer::new().await.addr();
    let mut config = config();
    config.listen = vec![taken];
    let kept = UdpSocket::bind(taken).await;
    let error = bind(config, CallBook::default()).await.err().unwrap();
    assert!(format!("{error:#}").contains(&taken.port().to_string()));
    drop(kept);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]
    #[test]
    fn random_packets_never_stop_the_relay(
        packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..40)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let relay = TestRelay::start(config()).await;
            let sender = Peer::new().await;
            for packet in &packets {
                sender.send(relay.addr, packet).await;
            }
            ask_binding(relay.addr).await;
            relay.stop().await;
        });
    }
}
