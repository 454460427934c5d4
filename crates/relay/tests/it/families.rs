//! IPv4 and IPv6 at the same time, on real sockets.

use std::net::{IpAddr, SocketAddr};

use proto::turn_credential::Role;
use stun_types::AddressFamily;
use stun_types::message::{BINDING, Message, MessageWrite, MessageWriteVec};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use turn_client_proto::api::TurnConfig;

use relay::RelayedAddress;

use crate::turn_client::{
    Client, LOOPBACK, LOOPBACK6, Peer, TestRelay, config, credentials, mapped,
};

fn binding() -> Vec<u8> {
    Message::builder_request(BINDING, MessageWriteVec::new()).finish()
}

/// A viewer's settings that request relayed addresses of these families.
fn asking_for(families: &[AddressFamily]) -> TurnConfig {
    let mut config = TurnConfig::new(credentials("call", Role::Viewer, 60));
    config.set_address_family(families[0]);
    for family in &families[1..] {
        config.add_address_family(*family);
    }
    config
}

#[tokio::test]
async fn both_families_are_answered_on_one_port() {
    let relay = TestRelay::start(config()).await;
    let ips: Vec<IpAddr> = relay.addrs.iter().map(SocketAddr::ip).collect();
    assert_eq!(ips, [LOOPBACK, LOOPBACK6]);
    assert_eq!(relay.addrs[0].port(), relay.addrs[1].port());

    for addr in relay.addrs.clone() {
        let socket = Peer::at(addr.ip()).await;
        socket.send(addr, &binding()).await;
        assert_eq!(mapped(&socket.data().await.1), socket.addr());

        let mut stream = TcpStream::connect(addr).await.unwrap();
        stream.write_all(&binding()).await.unwrap();
        let mut answer = vec![0; if addr.is_ipv4() { 32 } else { 44 }];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(mapped(&answer), stream.local_addr().unwrap());
    }
    relay.stop().await;
}

/// Data between a client of one family and a peer of another one.
async fn data_flows(client: usize, is_tcp: bool, family: AddressFamily, peer: IpAddr) {
    let relay = TestRelay::start(config()).await;
    relay.open("call");
    let peer = Peer::at(peer).await;
    let mut ana = Client::connect_as(relay.addrs[client], is_tcp, asking_for(&[family])).await;
    let relayed = ana.allocation().await.expect("an allocation is made");
    assert_eq!(relayed.ip(), peer.addr().ip());

    assert!(ana.channel(peer.addr()).await);
    ana.meets(&peer, relayed).await;
    ana.send(peer.addr(), b"hello").await;
    assert_eq!(peer.data().await, (relayed, b"hello".to_vec()));
    peer.send(relayed, b"picture").await;
    assert_eq!(ana.data().await, (peer.addr(), b"picture".to_vec()));
    relay.stop().await;
}

#[tokio::test]
async fn data_flows_over_ipv6() {
    data_flows(1, false, AddressFamily::IPV6, LOOPBACK6).await;
    data_flows(1, true, AddressFamily::IPV6, LOOPBACK6).await;
}

#[tokio::test]
async fn data_flows_between_clients_and_peers_of_different_families() {
    data_flows(1, false, AddressFamily::IPV4, LOOPBACK).await;
    data_flows(0, true, AddressFamily::IPV6, LOOPBACK6).await;
}

#[tokio::test]
async fn a_dual_allocation_reaches_peers_of_both_families() {
    let relay = TestRelay::start(config()).await;
    relay.open("call");
    let families = [AddressFamily::IPV4, AddressFamily::IPV6];
    let mut ana = Client::connect_as(relay.addr, false, asking_for(&families)).await;
    let mut relayed = [
        ana.allocation().await.unwrap(),
        ana.allocation().await.unwrap(),
    ];
    relayed.sort_unstable();

    for (ip, relayed) in [LOOPBACK, LOOPBACK6].into_iter().zip(relayed) {
        let peer = Peer::at(ip).await;
        assert_eq!(relayed.ip(), ip);
        assert!(ana.permission(ip).await);
        ana.meets(&peer, relayed).await;
        ana.send(peer.addr(), b"hello").await;
        assert_eq!(peer.data().await, (relayed, b"hello".to_vec()));
    }
    assert_eq!(relay.counters.read().allocations_now, 1);
    relay.stop().await;
}

#[tokio::test]
async fn new_allocations_follow_the_relay_to_another_address() {
    let mut v4 = config();
    v4.relayed.truncate(1);
    let relay = TestRelay::start(v4).await;
    relay.open("call");
    let (_, before) = Client::allocated(&relay, false, "call", Role::Viewer).await;
    assert_eq!(before.ip(), LOOPBACK);

    let at = |text: &str| RelayedAddress {
        relay_ip: text.parse().unwrap(),
        public_ip: None,
    };
    assert!(relay.relayed.set(vec![at("0.0.0.0")]).is_err());
    relay.relayed.set(vec![at("127.0.0.2"), at("::1")]).unwrap();

    let peer = Peer::new().await;
    let (mut ana, after) = Client::allocated(&relay, false, "call", Role::Viewer).await;
    assert_eq!(after.ip(), "127.0.0.2".parse::<IpAddr>().unwrap());
    assert!(ana.permission(LOOPBACK).await);
    ana.meets(&peer, after).await;
    let v6 = asking_for(&[AddressFamily::IPV6]);
    let mut ben = Client::connect_as(relay.addr, false, v6).await;
    assert_eq!(ben.allocation().await.unwrap().ip(), LOOPBACK6);
    relay.stop().await;
}

#[tokio::test]
async fn a_relay_with_ipv4_addresses_only_refuses_ipv6_allocations() {
    let mut v4 = config();
    v4.relayed.truncate(1);
    let relay = TestRelay::start(v4).await;
    relay.open("call");

    let mut ana =
        Client::connect_as(relay.addrs[1], false, asking_for(&[AddressFamily::IPV6])).await;

    assert_eq!(ana.allocation().await, None);
    relay.stop().await;
}
