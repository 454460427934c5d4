//! The engine on virtual time: what a client gets, what it never gets, and what remains afterwards.

mod consent;
mod early;
mod families;
mod held;
mod places;
mod test_calls;
mod world;

use proptest::prelude::*;
use proto::turn_credential::Role;
use stun_types::attribute::{Fingerprint, Nonce, Software, XorMappedAddress};
use stun_types::message::{MessageWriteExt, MessageWriteVec};
use stun_types::prelude::AttributeStaticType;
use turn_types::attribute::{EvenPort, RequestedTransport};
use turn_types::message::CONNECT;

use super::super::policy::tests::unroutable;
use super::*;
use world::{AGENT_IP, Party, World, binding, code, data_of, parse, to_peer};

#[test]
fn a_binding_answer_is_small_and_correct() {
    for (client, has_fingerprint) in [
        ("8.8.8.8:5000", false),
        ("8.8.8.8:5000", true),
        ("[::ffff:8.8.8.8]:5000", false),
    ] {
        let mut world = World::new();
        let request = binding(has_fingerprint);

        let answer = world.udp(client, &request).unwrap().1;

        let message = parse(&answer);
        let mapped = message.attribute::<XorMappedAddress>().unwrap();
        assert_eq!(
            mapped.addr(message.transaction_id()),
            "8.8.8.8:5000".parse().unwrap()
        );
        assert!(!message.has_attribute(Software::TYPE));
        assert_eq!(message.has_attribute(Fingerprint::TYPE), has_fingerprint);
        assert!(answer.len() * 10 <= request.len() * 16, "{}", answer.len());
    }
}

#[test]
fn a_forged_flood_gets_forty_answers_then_ten_a_second() {
    let mut world = World::new();
    let ana = Party::new("8.8.8.8:5000", "call", Role::Viewer);
    let mut answers = 0;

    for _ in 0..10 {
        for _ in 0..200 {
            answers += usize::from(world.udp("8.8.8.8:1", &binding(false)).is_some());
            answers += usize::from(world.udp("8.8.8.8:2", &ana.bare_allocate()).is_some());
        }
        assert!(
            world.udp("9.9.9.9:1", &binding(false)).is_some(),
            "others are served"
        );
        world.pass(1);
    }

    assert!((120..=140).contains(&answers), "{answers}");
    assert_eq!(world.refused(Refusal::AnswerBudget), 4_000 - answers as u64);
}

#[test]
fn authenticated_addresses_are_answered_over_the_budget() {
    let mut world = World::new();
    let ana = world.viewer("call");
    let stream = ClientPath {
        transport: super::super::core::Transport::Tcp,
        addr: "8.8.8.8:1".parse().unwrap(),
    };
    while world.udp("8.8.8.8:1", &binding(false)).is_some() {}

    for _ in 0..100 {
        assert!(
            world.udp_at(stream, &binding(false)).is_some(),
            "a handshake is a proof"
        );
        assert!(
            world.udp_at(ana.path, &binding(false)).is_some(),
            "so is an allocation"
        );
    }
}

#[test]
fn asvs_17_1_1_every_special_peer_is_refused_with_403() {
    let mut world = World::new();
    let ana = world.viewer("call");
    let addresses = unroutable();

    for &ip in &addresses {
        world.book.add_party_ip("call", Role::Agent, ip);
        let peer = SocketAddr::new(ip, 80);
        assert_eq!(world.permission(&ana, peer), 403, "{ip}");
        assert_eq!(world.channel(&ana, 0x4000, peer), 403, "{ip}");
        assert_eq!(world.send_indication(&ana, peer, b"x"), None, "{ip}");
    }

    let count = addresses.len() as u64;
    assert_eq!(world.refused(Refusal::PeerNotRoutable), 2 * count);
    assert_eq!(world.refused(Refusal::NoPermission), count);
}

#[test]
fn only_addresses_of_the_other_party_are_allowed_as_peers() {
    let mut world = World::new();
    let ana = world.viewer("call");
    world.book.open("other", "other", u64::MAX);
    world
        .book
        .add_party_ip("other", Role::Agent, "7.7.7.7".parse().unwrap());
    world
        .book
        .add_party_ip("call", Role::Viewer, "7.7.7.7".parse().unwrap());

    assert_eq!(world.permission(&ana, "7.7.7.7:1".parse().unwrap()), 403);
    assert_eq!(world.refused(Refusal::PeerNotOfCall), 1);

    world
        .book
        .add_party_ip("call", Role::Agent, "7.7.7.7".parse().unwrap());
    assert_eq!(world.permission(&ana, "7.7.7.7:1".parse().unwrap()), 0);
}

#[test]
fn the_relays_listener_is_refused_as_peer() {
    let mut world = World::new();
    let ana = world.viewer("call");
    let listener: SocketAddr = SocketAddr::new(world::RELAY_IP.into(), 3478);
    world.book.add_party_ip("call", Role::Agent, listener.ip());
    assert_eq!(world.permission(&ana, listener), 403);

    // A permission is for an address, so the port is checked again when packets leave.
    assert_eq!(world.permission(&ana, SocketAddr::new(listener.ip(), 9)), 0);
    assert_eq!(world.send_indication(&ana, listener, b"x"), None);
    assert_eq!(world.refused(Refusal::PeerIsListener), 2);
}

#[test]
fn asvs_17_1_2_a_party_gets_six_allocations_of_ten_thousand() {
    let mut world = World::new();
    world.core.settings.limits.answers_per_second = 1_000_000;
    world.book.open("greedy", "greedy", u64::MAX);
    let mut made = 0;
    for n in 0..10_000u32 {
        let addr = format!("8.8.{}.{}:5000", n >> 8, n & 255);
        let mut party = Party::new(&addr, "greedy", Role::Viewer);
        made += usize::from(world.allocate(&mut party) == 0);
    }

    assert_eq!(made, 6);
    assert_eq!(world.refused(Refusal::CallQuota), 9_994);
    let mut other = Party::new("8.8.0.1:5001", "greedy", Role::Agent);
    assert_eq!(world.allocate(&mut other), 0, "the other party has its own");
    world.viewer("call");
}

#[test]
fn quotas_apply_per_client_address_and_to_the_relay() {
    let mut world = World::new();
    world.core.settings.limits.allocations_per_ip = 2;
    world.core.settings.limits.allocations_total = 3;
    let mut ask = |call: &str, addr: &str| {
        world.book.open(call, call, u64::MAX);
        world.allocate(&mut Party::new(addr, call, Role::Viewer))
    };

    assert_eq!(ask("a", "8.8.8.8:1"), 0);
    assert_eq!(ask("b", "8.8.8.8:2"), 0);
    assert_eq!(ask("c", "8.8.8.8:3"), 486);
    assert_eq!(ask("d", "8.8.8.9:1"), 0);
    assert_eq!(ask("e", "8.8.8.10:1"), 508);
    assert_eq!(world.refused(Refusal::ClientQuota), 1);
    assert_eq!(world.refused(Refusal::Capacity), 1);
}

#[test]
fn invalid_credentials_get_no_allocation() {
    let mut world = World::new();
    world.book.open("call", "call", u64::MAX);
    let good = || Party::new("8.8.8.8:5000", "call", Role::Viewer);

    let mut wrong = good();
    wrong.password.push('x');
    assert_eq!(world.allocate(&mut wrong), 401);
    let mut swapped = good();
    swapped.username = swapped.username.replace("viewer", "agent");
    assert_eq!(world.allocate(&mut swapped), 401);
    let mut odd = good();
    odd.username = "ana".to_owned();
    assert_eq!(world.allocate(&mut odd), 401);
    assert_eq!(world.refused(Refusal::BadCredential), 3);

    let mut unknown = Party::new("8.8.8.8:5000", "unknown", Role::Viewer);
    assert_eq!(world.allocate(&mut unknown), 403);
    assert_eq!(world.refused(Refusal::CallNotOpen), 1);

    world.pass(world::CREDENTIAL_S);
    assert_eq!(world.allocate(&mut good()), 401);
    assert_eq!(world.refused(Refusal::ExpiredCredential), 1);
    assert!(world.core.table.is_blank());
}

#[test]
fn a_wrong_password_gets_the_same_nonce_again() {
    let mut world = World::new();
    world.book.open("call", "call", u64::MAX);
    let mut ana = Party::new("8.8.8.8:5000", "call", Role::Viewer);
    ana.password.push('x');
    world.take_nonce(&mut ana);
    world.pass(5);

    let answer = world.udp_at(ana.path, &ana.allocate()).unwrap().1;

    assert_eq!(code(&answer), 401);
    let nonce = parse(&answer).attribute::<Nonce>().unwrap();
    assert_eq!(
        nonce.nonce(),
        ana.nonce,
        "a client that sees it stops asking"
    );
}

#[test]
fn a_foreign_or_old_nonce_is_stale() {
    let mut world = World::new();
    let mut ana = world.viewer("call");
    let mut ben = Party::new("8.8.8.9:5000", "call", Role::Viewer);
    ben.nonce.clone_from(&ana.nonce);

    let answer = world.udp_at(ben.path, &ben.allocate()).unwrap().1;
    assert_eq!(code(&answer), 438);
    ben.nonce = parse(&answer)
        .attribute::<Nonce>()
        .unwrap()
        .nonce()
        .to_owned();
    assert_eq!(code(&world.udp_at(ben.path, &ben.allocate()).unwrap().1), 0);

    for _ in 0..6 {
        world.pass(599);
        assert_eq!(world.refresh(&ana, 600), 0);
    }
    world.pass(10);
    assert_eq!(world.refresh(&ana, 600), 438);
    world.take_nonce(&mut ana);
    assert_eq!(world.refresh(&ana, 600), 0);
}

#[test]
fn a_repeated_allocate_gets_the_same_answer() {
    let mut world = World::new();
    let ana = world.viewer("call");
    let request = ana.allocate();
    world.remove_all();

    let first = world.udp_at(ana.path, &request).unwrap().1;
    let second = world.udp_at(ana.path, &request).unwrap().1;

    assert_eq!(code(&first), 0);
    assert_eq!(first, second);
    assert_eq!(world.counters.read().allocations_now, 1);
    assert_eq!(
        code(&world.udp_at(ana.path, &ana.allocate()).unwrap().1),
        437
    );
}

#[test]
fn an_allocation_ends_when_its_time_is_up() {
    let mut world = World::new();
    let ana = world.viewer("call");
    world.pass(599);
    assert_eq!(world.refresh(&ana, 3_600), 0);
    world.pass(599);
    assert_eq!(world.counters.read().allocations_now, 1);

    world.pass(2);

    assert!(world.core.table.is_blank());
    assert_eq!(world.closed.len(), 1);
    assert_eq!(world.refresh(&ana, 600), 437);
}

#[test]
fn a_refresh_of_zero_ends_the_allocation() {
    let mut world = World::new();
    let ana = world.viewer("call");

    assert_eq!(world.refresh(&ana, 0), 0);

    assert!(world.core.table.is_blank());
    assert_eq!(world.closed.len(), 1);
}

#[test]
fn an_expired_credential_renews_only_while_its_call_is_open() {
    let mut world = World::new();
    let ana = world.viewer("call");
    world.pass(world::CREDENTIAL_S + 1);
    assert_eq!(world.refresh(&ana, 600), 0);

    world.book.close("call");

    assert_eq!(world.refresh(&ana, 600), 403);
    assert!(world.core.table.is_blank());
}

#[test]
fn closing_a_call_ends_its_allocations_within_a_second() {
    let mut world = World::new();
    world.viewer("call");
    world.agent("call");
    world.agent("other");

    world.book.close("call");
    world.pass(1);

    assert_eq!(world.counters.read().allocations_now, 1);
    assert_eq!(world.closed.len(), 2);
    assert_eq!(world.core.table.of_party("call", Role::Viewer), 0);
}

#[test]
fn another_credential_cannot_touch_an_allocation() {
    let mut world = World::new();
    let ana = world.viewer("call");
    let mut thief = Party::new("8.8.8.8:5000", "call", Role::Agent);
    thief.path = ana.path;
    world.take_nonce(&mut thief);

    assert_eq!(world.refresh(&thief, 0), 441);

    assert_eq!(world.counters.read().allocations_now, 1);
}

#[test]
fn data_flows_both_ways_for_permitted_peers_only() {
    let mut world = World::new();
    let ana = world.viewer("call");
    let id = world.id_of(&ana);
    let peer = SocketAddr::new(AGENT_IP.into(), 6000);
    assert_eq!(world.peer_sends(id, peer, b"early"), None);
    assert_eq!(world.refused(Refusal::NoPermission), 1);
    assert_eq!(world.permission(&ana, peer), 0);
    world.consent(id, peer);
    let n_before = world.counters.read().bytes_relayed;

    let (to, bytes) = world.peer_sends(id, peer, b"hello").unwrap();
    assert_eq!(to, Destination::Client(ana.path));
    assert_eq!(data_of(&bytes), (peer, b"hello".to_vec()));
    let (to, bytes) = world.send_indication(&ana, peer, b"back").unwrap();
    assert_eq!((to, &bytes[..]), (to_peer(id, peer), &b"back"[..]));
    assert_eq!(
        world.peer_sends(id, "7.7.7.7:6000".parse().unwrap(), b"x"),
        None
    );

    assert_eq!(world.counters.read().bytes_relayed, n_before + 9);
    world.pass(280);
    world.consent(id, peer);
    world.pass(20);
    assert_eq!(world.peer_sends(id, peer, b"late"), None);
    assert_eq!(world.send_indication(&ana, peer, b"late"), None);
    assert_eq!(world.refused(Refusal::NoPermission), 4, "consent is left");
}

#[test]
fn a_channel_is_bound_to_one_peer() {
    let mut world = World::new();
    let ana = world.viewer("call");
    let id = world.id_of(&ana);
    let peer = SocketAddr::new(AGENT_IP.into(), 6000);
    let other = SocketAddr::new(AGENT_IP.into(), 6001);

    assert_eq!(world.channel(&ana, 0x3fff, peer), 400);
    assert_eq!(world.channel(&ana, 0x8000, peer), 400);
    assert_eq!(world.channel(&ana, 0x4001, peer), 0);
    assert_eq!(world.channel(&ana, 0x4001, peer), 0, "renewed");
    assert_eq!(world.channel(&ana, 0x4001, other), 400);
    assert_eq!(world.channel(&ana, 0x4002, peer), 400);
    assert_eq!(world.channel(&ana, 0x4002, other), 0);

    world.consent(id, peer);
    world.consent(id, other);
    let sent = world.udp_at(ana.path, b"\x40\x01\x00\x02hi??").unwrap();
    assert_eq!(sent, (to_peer(id, peer), b"hi".to_vec()));
    let (_, got) = world.peer_sends(id, other, b"yes").unwrap();
    assert_eq!(got, b"\x40\x02\x00\x03yes", "no padding over UDP");
    assert_eq!(world.udp_at(ana.path, b"\x40\x05\x00\x02hi"), None);
}

#[test]
fn channel_numbers_of_rfc_5766_carry_data_too() {
    let mut world = World::new();
    let ana = world.viewer("call");
    let id = world.id_of(&ana);
    for (n, number) in [(0, 0x4000_u16), (1, 0x5000), (2, 0x6abc), (3, 0x7fff)] {
        let peer = SocketAddr::new(AGENT_IP.into(), 6000 + n);
        assert_eq!(world.channel(&ana, number, peer), 0, "{number:#x}");
        world.consent(id, peer);
        let [high, low] = number.to_be_bytes();

        let sent = world.udp_at(ana.path, &[high, low, 0, 2, b'h', b'i']);
        let (_, got) = world.peer_sends(id, peer, b"yes").unwrap();

        assert_eq!(sent, Some((to_peer(id, peer), b"hi".to_vec())));
        assert_eq!(got, [&[high, low, 0, 3][..], b"yes"].concat());
    }
}

#[test]
fn packets_between_two_relayed_addresses_stay_inside_the_relay() {
    let mut world = World::new();
    let (ana, agent) = (world.viewer("call"), world.agent("call"));
    let (from, to) = (ana.relayed.unwrap(), agent.relayed.unwrap());
    assert_eq!(world.permission(&ana, to), 0);
    assert_eq!(world.send_indication(&ana, to, b"early"), None);
    assert_eq!(world.permission(&agent, from), 0);

    let (destination, bytes) = world.send_indication(&ana, to, b"hello").unwrap();

    assert_eq!(destination, Destination::Client(agent.path));
    assert_eq!(data_of(&bytes), (from, b"hello".to_vec()));
}

#[test]
fn a_foreign_call_on_the_relay_cannot_be_reached() {
    let mut world = World::new();
    let (ana, ben) = (world.viewer("call"), world.agent("other"));
    let second = {
        let mut party = Party::new("8.8.8.8:5001", "call", Role::Viewer);
        assert_eq!(world.allocate(&mut party), 0);
        party
    };
    for own in [&ben, &second] {
        let to = own.relayed.unwrap();
        assert_eq!(world.permission(&ana, to), 0);
        assert_eq!(world.permission(own, ana.relayed.unwrap()), 0);
        assert_eq!(world.send_indication(&ana, to, b"hello"), None);
    }
    let unused = SocketAddr::new(world::RELAY_IP.into(), 9);
    assert_eq!(world.send_indication(&ana, unused, b"hello"), None);

    assert_eq!(world.refused(Refusal::PeerNotOfCall), 3);
    assert_eq!(world.counters.read().bytes_relayed, 0);
}

#[test]
fn an_allocation_is_limited_in_bytes_per_second() {
    let mut world = World::new();
    let ana = world.viewer("call");
    let id = world.id_of(&ana);
    let peer = SocketAddr::new(AGENT_IP.into(), 6000);
    assert_eq!(world.permission(&ana, peer), 0);
    world.consent(id, peer);
    world.pass(1);
    let n_before = world.counters.read().bytes_relayed;

    for _ in 0..10 {
        for _ in 0..3_000 {
            world.peer_sends(id, peer, &[128; 1_000]);
        }
        world.pass(1);
    }

    assert_eq!(world.counters.read().bytes_relayed, n_before + 10_000_000);
    assert_eq!(world.refused(Refusal::Bandwidth), 20_000);
}

#[test]
fn unsupported_turn_requests_are_refused() {
    let mut world = World::new();
    world.book.open("call", "call", u64::MAX);
    let mut ana = Party::new("8.8.8.8:5000", "call", Role::Viewer);
    world.take_nonce(&mut ana);
    let mut ask = |method, add: &dyn Fn(&mut MessageWriteVec)| {
        let request = ana.request(method, |m| add(m));
        code(&world.udp_at(ana.path, &request).unwrap().1)
    };

    let tcp = |m: &mut MessageWriteVec| m.add_attribute(&RequestedTransport::new(6)).unwrap();
    assert_eq!(ask(ALLOCATE, &tcp), 442);
    assert_eq!(ask(ALLOCATE, &|_| {}), 400);
    assert_eq!(ask(CONNECT, &|_| {}), 400);
    let even = |m: &mut MessageWriteVec| {
        m.add_attribute(&RequestedTransport::new(17)).unwrap();
        m.add_attribute(&EvenPort::new(true)).unwrap();
    };
    assert_eq!(ask(ALLOCATE, &even), 420);
    assert_eq!(world.refused(Refusal::Unsupported), 3);
}

#[test]
fn a_relay_without_free_ports_answers_508() {
    let mut world = World::new();
    world.has_ports = PerFamily::default();
    world.book.open("call", "call", u64::MAX);

    let mut ana = Party::new("8.8.8.8:5000", "call", Role::Viewer);

    assert_eq!(world.allocate(&mut ana), 508);
    assert!(world.core.table.is_blank());
}

#[test]
fn three_hundred_calls_leave_no_state_behind() {
    let mut world = World::new();
    for n in 0..300u32 {
        let call = format!("call-{n}");
        world.book.open(&call, &call, u64::MAX);
        world.book.add_party_ip(&call, Role::Agent, AGENT_IP.into());
        for (role, last) in [(Role::Viewer, 1), (Role::Agent, 2)] {
            let addr = format!("9.{}.{}.{last}:5000", n >> 8, n & 255);
            let mut party = Party::new(&addr, &call, role);
            assert_eq!(world.allocate(&mut party), 0, "{call}");
        }
        if n >= 100 {
            world.book.close(&format!("call-{}", n - 100));
            world.pass(1);
        }
    }
    assert_eq!(world.counters.read().allocations_now, 200);

    for n in 200..300 {
        world.book.close(&format!("call-{n}"));
    }
    world.pass(1);

    assert!(world.core.table.is_blank());
    assert_eq!(world.closed.len(), 600);
    assert_eq!(world.counters.read().allocations_total, 600);
}

#[test]
fn malformed_bytes_are_counted() {
    let mut world = World::new();
    let whole = binding(true);
    let mut torn = whole.clone();
    torn[27] ^= 1;

    for bytes in [
        &b""[..],
        b"\x00",
        b"\x40",
        b"\x40\x00\x00\x09x",
        b"GET /",
        b"\x80\x60",
        &[0xff; 40],
        &whole[..19],
        &whole[..27],
        &torn,
        &[0; 9_000],
    ] {
        assert_eq!(world.udp("8.8.8.8:1", bytes), None, "{bytes:?}");
    }

    assert_eq!(world.counters.read().malformed, 11);
}

proptest! {
    #[test]
    fn no_bytes_cause_a_panic_in_the_engine(
        packets in prop::collection::vec((0usize..7, any::<prop::sample::Index>(), any::<u8>(), 0usize..400,
            prop::collection::vec(any::<u8>(), 0..80)), 1..60)
    ) {
        let mut world = World::new();
        let ana = world.viewer("call");
        let peer = SocketAddr::new(AGENT_IP.into(), 6000);
        prop_assert_eq!(world.channel(&ana, 0x4000, peer), 0);
        for (kind, at, byte, keep, noise) in packets {
            let mut packet = match kind {
                0 => noise.clone(),
                1 => binding(true),
                2 => ana.allocate(),
                3 => ana.channel_request(0x4001, peer),
                4 => ana.permission_request(peer),
                5 => ana.send_request(peer, &noise),
                _ => [&[0x40, 0, 0, byte][..], &noise].concat(),
            };
            if !packet.is_empty() {
                let at = at.index(packet.len());
                packet[at] ^= byte;
            }
            packet.truncate(keep);
            let answer = world.udp_at(ana.path, &packet);
            prop_assert!(answer.is_none_or(|(_, bytes)| bytes.len() <= packet.len() + 128));
        }
        prop_assert!(world.counters.read().allocations_now <= 1);
    }
}
