//! Streams that another listener accepted.

use std::net::{Ipv4Addr, SocketAddr};

use proto::turn_credential::Role;
use relay::Handover;
use stun_types::message::{BINDING, Message, MessageWrite, MessageWriteVec};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::task::JoinHandle;

use crate::turn_client::{Client, Peer, TestRelay, config, credentials, mapped};

fn binding() -> Vec<u8> {
    Message::builder_request(BINDING, MessageWriteVec::new()).finish()
}

/// Hands over a stream from a client at this port; returns the client's end.
fn hand_over(handover: &Handover, port: u16) -> (DuplexStream, JoinHandle<()>) {
    let (client, server) = tokio::io::duplex(64 * 1024);
    let handover = handover.clone();
    let addr = SocketAddr::from((Ipv4Addr::new(8, 8, 8, 8).to_ipv6_mapped(), port));
    let task = tokio::spawn(async move { handover.serve(server, addr).await });
    (client, task)
}

#[tokio::test]
async fn a_stream_is_served_as_its_client() {
    let relay = TestRelay::start(config()).await;
    let (mut client, _) = hand_over(&relay.handover, 5000);
    let two = [binding(), binding()].concat();

    for part in [&two[..7], &two[7..30], &two[30..]] {
        client.write_all(part).await.unwrap();
    }

    for _ in 0..2 {
        let mut answer = [0; 32];
        client.read_exact(&mut answer).await.unwrap();
        assert_eq!(mapped(&answer), "8.8.8.8:5000".parse().unwrap());
    }
    assert_eq!(relay.counters.read().tcp_connections_now, 1);
    relay.stop().await;
}

#[tokio::test]
async fn data_flows_over_a_handed_stream() {
    let relay = TestRelay::start(config()).await;
    relay.open("call");
    let peer = Peer::new().await;
    let (stream, _) = hand_over(&relay.handover, 5000);
    let mut ana = Client::over(stream, relay.addr, credentials("call", Role::Viewer, 60));
    let relayed = ana.allocation().await.expect("an allocation is made");

    assert!(ana.channel(peer.addr()).await);
    ana.meets(&peer, relayed).await;
    for length in [0, 1, 2, 3, 4, 1_200, 7_000] {
        let data = vec![7; length];
        ana.send(peer.addr(), &data).await;
        assert_eq!(peer.data().await, (relayed, data.clone()), "{length} bytes");
        peer.send(relayed, &data).await;
        assert_eq!(ana.data().await, (peer.addr(), data), "{length} bytes back");
    }
    drop(ana);
    relay
        .until(|stats| stats.allocations_now == 0 && stats.tcp_connections_now == 0)
        .await;
    relay.stop().await;
}

#[tokio::test]
async fn handed_streams_count_to_the_limit_of_their_client() {
    let mut few = config();
    few.limits.tcp_connections_per_ip = 2;
    let relay = TestRelay::start(few).await;
    let (first, first_task) = hand_over(&relay.handover, 1);
    let mut streams = Vec::new();
    for port in 2..=3 {
        let (mut stream, task) = hand_over(&relay.handover, port);
        stream.write_all(&binding()).await.unwrap();
        stream.read_exact(&mut [0; 32]).await.unwrap();
        streams.push((stream, task));
    }

    first_task.await.unwrap();
    drop(first);

    assert_eq!(relay.counters.read().tcp_connections_now, 2);
    relay.stop().await;
    for (_, task) in streams {
        task.await.expect("they end with the relay");
    }
}

#[tokio::test]
async fn garbage_ends_a_handed_stream() {
    let relay = TestRelay::start(config()).await;
    let (mut client, task) = hand_over(&relay.handover, 5000);

    client.write_all(b"GET / HTTP/1.1").await.unwrap();

    task.await.unwrap();
    relay
        .until(|stats| stats.malformed == 1 && stats.tcp_connections_now == 0)
        .await;
    relay.stop().await;
}
