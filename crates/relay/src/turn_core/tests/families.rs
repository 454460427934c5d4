//! IPv4 and IPv6 side by side: which addresses an allocation gets, and which peers it can reach (RFC 8656).

use stun_types::AddressFamily;
use stun_types::attribute::{AttributeType, RawAttribute};
use turn_types::attribute::{
    AdditionalAddressFamily, AddressErrorCode, Lifetime, RequestedAddressFamily,
};

use super::world::{
    AGENT_IP, AGENT_IP6, RELAY_IP, RELAY_IP6, World, binding, check, code, data_of, parse,
    relayed_of, to_peer,
};
use super::*;

fn asks_for(family: AddressFamily) -> impl FnOnce(&mut MessageWriteVec) {
    move |m| {
        m.add_attribute(&RequestedAddressFamily::new(family))
            .unwrap();
    }
}

fn asks_for_both(m: &mut MessageWriteVec) {
    m.add_attribute(&AdditionalAddressFamily::new(AddressFamily::IPV6))
        .unwrap();
}

/// A family that nobody has defined, or that this attribute may not have.
fn asks_with(kind: AttributeType, family: u8) -> impl FnOnce(&mut MessageWriteVec) {
    move |m| {
        m.add_attribute(&RawAttribute::new(kind, &[family, 0, 0, 0]))
            .unwrap();
    }
}

fn ana(world: &mut World, addr: &str) -> Party {
    world.open("call", "ana");
    Party::new(addr, "call", Role::Viewer)
}

fn errors_of(answer: &[u8]) -> Vec<(AddressFamily, u16)> {
    let message = parse(answer);
    let nth = |n| message.nth_attribute::<AddressErrorCode>(n).ok();
    let all = (0..).map_while(nth);
    all.map(|error| (error.family(), error.error().code()))
        .collect()
}

fn ips(answer: &[u8]) -> Vec<IpAddr> {
    relayed_of(answer).iter().map(SocketAddr::ip).collect()
}

/// A world in which Ana holds a dual allocation, with her addresses.
fn dual() -> (World, Party, AllocationId, [SocketAddr; 2]) {
    let mut world = World::new();
    let mut ana = ana(&mut world, "8.8.8.8:5000");
    let answer = world.allocate_with(&mut ana, asks_for_both);
    let relayed = relayed_of(&answer).try_into().unwrap();
    let id = world.id_of(&ana);
    (world, ana, id, relayed)
}

#[test]
fn a_client_gets_the_family_that_it_requests() {
    for client in ["8.8.8.8:5000", "[2a00:8::8]:5000"] {
        for (family, expected) in [
            (None, IpAddr::from(RELAY_IP)),
            (Some(AddressFamily::IPV4), RELAY_IP.into()),
            (Some(AddressFamily::IPV6), RELAY_IP6.into()),
        ] {
            let mut world = World::new();
            let mut ana = ana(&mut world, client);

            let answer = match family {
                None => world.allocate_with(&mut ana, |_| {}),
                Some(family) => world.allocate_with(&mut ana, asks_for(family)),
            };

            assert_eq!(ips(&answer), [expected], "{client} {family:?}");
            let message = parse(&answer);
            let mapped = message.attribute::<XorMappedAddress>().unwrap();
            assert_eq!(mapped.addr(message.transaction_id()), ana.path.addr);
        }
    }
}

#[test]
fn a_binding_answer_names_an_ipv6_client() {
    let mut world = World::new();

    let answer = world.udp("[2a00:8::8]:5000", &binding(false)).unwrap().1;

    let message = parse(&answer);
    let mapped = message.attribute::<XorMappedAddress>().unwrap();
    assert_eq!(
        mapped.addr(message.transaction_id()),
        "[2a00:8::8]:5000".parse().unwrap()
    );
}

#[test]
fn families_without_an_address_are_refused_with_440() {
    let mut world = World::new();
    world.core.settings.advertised.v6 = None;
    let mut ana = ana(&mut world, "[2a00:8::8]:5000");

    let v6 = world.allocate_with(&mut ana, asks_for(AddressFamily::IPV6));
    let odd = world.allocate_with(&mut ana, asks_with(RequestedAddressFamily::TYPE, 3));
    assert_eq!((code(&v6), code(&odd)), (440, 440));
    world.core.settings.advertised = PerFamily {
        v4: None,
        v6: Some(RELAY_IP6.into()),
    };
    assert_eq!(world.allocate(&mut ana), 440, "no attribute means IPv4");
    let v6 = world.allocate_with(&mut ana, asks_for(AddressFamily::IPV6));

    assert_eq!(ips(&v6), [IpAddr::from(RELAY_IP6)]);
}

#[test]
fn one_allocation_may_have_an_address_of_each_family() {
    let (mut world, ana, id, [v4, v6]) = dual();
    let peers = [
        SocketAddr::new(AGENT_IP.into(), 6000),
        SocketAddr::new(AGENT_IP6.into(), 6000),
    ];

    assert_eq!((v4.ip(), v6.ip()), (RELAY_IP.into(), RELAY_IP6.into()));
    for (n, peer) in peers.into_iter().enumerate() {
        assert_eq!(world.permission(&ana, peer), 0);
        world.consent(id, peer);
        let sent = world.send_indication(&ana, peer, b"hello");
        assert_eq!(sent, Some((to_peer(id, peer), b"hello".to_vec())));
        let (_, bytes) = world.peer_sends(id, peer, b"back").unwrap();
        assert_eq!(data_of(&bytes), (peer, b"back".to_vec()));
        let number = 0x4000 + u16::try_from(n).unwrap();
        assert_eq!(world.channel(&ana, number, peer), 0);
    }
    assert_eq!(world.counters.read().allocations_now, 1);
}

#[test]
fn a_repeated_dual_allocate_gets_both_addresses_again() {
    let mut world = World::new();
    let mut ana = ana(&mut world, "8.8.8.8:5000");
    world.take_nonce(&mut ana);
    let request = ana.request(ALLOCATE, |m| {
        m.add_attribute(&RequestedTransport::new(17)).unwrap();
        asks_for_both(m);
    });

    let first = world.udp_at(ana.path, &request).unwrap().1;
    let second = world.udp_at(ana.path, &request).unwrap().1;

    assert_eq!(first, second);
    assert_eq!(relayed_of(&first).len(), 2);
}

#[test]
fn a_missing_second_address_is_explained() {
    let mut world = World::new();
    let mut ana = ana(&mut world, "8.8.8.8:5000");
    world.has_ports.v6 = false;
    let answer = world.allocate_with(&mut ana, asks_for_both);
    assert_eq!(ips(&answer), [IpAddr::from(RELAY_IP)]);
    assert_eq!(errors_of(&answer), [(AddressFamily::IPV6, 508)]);

    world.remove_all();
    world.has_ports.v6 = true;
    world.core.settings.advertised.v6 = None;
    let answer = world.allocate_with(&mut ana, asks_for_both);
    assert_eq!(ips(&answer), [IpAddr::from(RELAY_IP)]);
    assert_eq!(errors_of(&answer), [(AddressFamily::IPV6, 440)]);

    world.remove_all();
    world.has_ports = PerFamily::default();
    assert_eq!(code(&world.allocate_with(&mut ana, asks_for_both)), 508);
    assert!(world.core.table.is_blank());
}

#[test]
fn contradictory_families_are_a_bad_request() {
    let mut world = World::new();
    let mut ana = ana(&mut world, "8.8.8.8:5000");

    let both = world.allocate_with(&mut ana, |m| {
        asks_for(AddressFamily::IPV6)(m);
        asks_for_both(m);
    });
    let v4 = world.allocate_with(&mut ana, asks_with(AdditionalAddressFamily::TYPE, 1));

    assert_eq!((code(&both), code(&v4)), (400, 400));
    assert!(world.core.table.is_blank());
}

#[test]
fn a_dual_allocation_counts_twice() {
    let mut world = World::new();
    world.core.settings.limits.allocations_total = 3;
    for (call, expected) in [("one", 2), ("two", 1)] {
        world.open(call, call);
        let mut party = Party::new("8.8.8.8:5000", call, Role::Viewer);
        party.path.addr.set_port(5_000 + expected);
        let answer = world.allocate_with(&mut party, asks_for_both);

        assert_eq!(relayed_of(&answer).len(), usize::from(expected), "{call}");
        assert_eq!(errors_of(&answer).len(), usize::from(2 - expected));
    }

    world.open("three", "three");
    let mut party = Party::new("8.8.8.9:5000", "three", Role::Viewer);
    assert_eq!(world.allocate(&mut party), 508);
    world.remove_all();
    assert!(world.core.table.is_blank());
}

#[test]
fn peers_of_another_family_are_refused_with_443() {
    let mut world = World::new();
    let mut ana = ana(&mut world, "8.8.8.8:5000");
    assert_eq!(world.allocate(&mut ana), 0);
    let v6 = SocketAddr::new(AGENT_IP6.into(), 6000);

    assert_eq!(world.permission(&ana, v6), 443);
    assert_eq!(world.channel(&ana, 0x4000, v6), 443);
    assert_eq!(world.send_indication(&ana, v6, &check(Role::Agent)), None);

    world.remove_all();
    let answer = world.allocate_with(&mut ana, asks_for(AddressFamily::IPV6));
    assert_eq!(code(&answer), 0);
    let v4 = SocketAddr::new(AGENT_IP.into(), 6000);
    assert_eq!(world.permission(&ana, v4), 443);
    assert_eq!(world.permission(&ana, v6), 0);
}

#[test]
fn a_refresh_names_one_family_or_neither() {
    let (mut world, ana, id, [v4, v6]) = dual();
    let peers = [AGENT_IP.into(), AGENT_IP6.into()].map(|ip: IpAddr| SocketAddr::new(ip, 6000));
    for peer in peers {
        assert_eq!(world.permission(&ana, peer), 0);
        world.consent(id, peer);
    }
    let refresh = |world: &mut World, seconds, add: &dyn Fn(&mut MessageWriteVec)| {
        let request = ana.request(REFRESH, |m| {
            m.add_attribute(&Lifetime::new(seconds)).unwrap();
            add(m);
        });
        code(&world.udp_at(ana.path, &request).unwrap().1)
    };
    let of = |family| move |m: &mut MessageWriteVec| asks_for(family)(m);

    assert_eq!(refresh(&mut world, 600, &of(AddressFamily::IPV6)), 0);
    assert_eq!(refresh(&mut world, 0, &of(AddressFamily::IPV4)), 0);
    assert_eq!(world.closed.len(), 1);
    assert_eq!(world.closed[0].family, Family::V4);
    assert_eq!(refresh(&mut world, 600, &of(AddressFamily::IPV4)), 443);
    assert_eq!(world.permission(&ana, peers[0]), 443);
    assert_eq!(world.send_indication(&ana, peers[0], b"hello"), None);
    assert!(world.send_indication(&ana, peers[1], b"hello").is_some());
    assert!(world.core.table.at_port(Family::V4, v4.port()).is_none());
    assert!(world.core.table.at_port(Family::V6, v6.port()).is_some());

    assert_eq!(refresh(&mut world, 0, &of(AddressFamily::IPV6)), 0);
    assert!(world.core.table.is_blank());
    assert_eq!(world.closed.len(), 2);
}

#[test]
fn a_socket_opened_for_an_ended_family_is_closed() {
    let (mut world, _, id, _) = dual();
    let socket = SocketId {
        allocation: id,
        family: Family::V6,
    };
    let now = Now {
        monotonic: Duration::from_secs(11),
        unix: 1,
    };

    let answer = world
        .core
        .socket_opened(socket, Some(50_099), now, &mut Vec::new());

    assert_eq!(answer, None, "it was open already");
    assert_eq!(
        world.core.poll_output(now),
        RelayOutput::CloseSocket(socket)
    );
}

#[test]
fn parties_of_different_families_meet_inside_the_relay() {
    let mut world = World::new();
    let mut ana = ana(&mut world, "[2a00:8::8]:5000");
    assert_eq!(world.allocate(&mut ana), 0);
    let agent = world.agent("call");
    let (from, to) = (ana.relayed.unwrap(), agent.relayed.unwrap());
    assert_eq!(world.permission(&ana, to), 0);
    assert_eq!(world.permission(&agent, from), 0);

    let (destination, bytes) = world.send_indication(&ana, to, b"hello").unwrap();

    assert_eq!(destination, Destination::Client(agent.path));
    assert_eq!(data_of(&bytes), (from, b"hello".to_vec()));
}

#[test]
fn equal_ports_of_both_families_are_two_sockets() {
    let mut world = World::new();
    let mut ana = ana(&mut world, "8.8.8.8:5000");
    assert_eq!(world.allocate(&mut ana), 0);
    let mut agent = Party::new("9.9.9.9:5000", "call", Role::Agent);
    let answer = world.allocate_with(&mut agent, asks_for(AddressFamily::IPV6));
    let v6 = relayed_of(&answer)[0];
    let v4_with_that_port = SocketAddr::new(RELAY_IP.into(), v6.port());
    assert_eq!(world.permission(&ana, v4_with_that_port), 0);

    let sent = world.send_indication(&ana, v4_with_that_port, b"hello");

    assert_eq!(sent, None);
    assert_eq!(world.refused(Refusal::PeerNotOfCall), 1);
}

#[test]
fn own_ipv4_addresses_in_ipv6_notation_are_never_reached() {
    let (mut world, ana, id, [v4, _]) = dual();
    for wrapped in ["64:ff9b::5.9.0.1", "2002:509:1::1"] {
        let ip: IpAddr = wrapped.parse().unwrap();
        world.book.add_party_ip("call", Role::Agent, ip);
        let peer = SocketAddr::new(ip, v4.port());
        assert_eq!(world.permission(&ana, peer), 0, "for allocations there");

        assert_eq!(world.send_indication(&ana, peer, &check(Role::Agent)), None);
        assert_eq!(world.peer_sends(id, peer, &check(Role::Viewer)), None);
    }

    assert_eq!(world.counters.read().bytes_relayed, 0);
}
