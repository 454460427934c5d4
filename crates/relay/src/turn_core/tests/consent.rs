//! What somebody with an account and their own agent can do through the relay: third parties receive only a
//! few checks, and none of their packets come back.

use super::world::{AGENT_IP, World, answer_of, binding, check, data_of, ice, signed, to_peer};
use super::*;
use crate::limits::{CHECK_BYTES_AT_ONCE, MAX_CHECK_BYTES, PEERS_PER_ALLOCATION};
use stun_types::message::MessageWrite;

fn victim(port: u16) -> SocketAddr {
    SocketAddr::new(AGENT_IP.into(), port)
}

/// A world with a permission for [`AGENT_IP`], which has not proven to be the agent's address.
fn permitted() -> (World, Party, AllocationId) {
    let mut world = World::new();
    let ana = world.viewer("call");
    let id = world.id_of(&ana);
    assert_eq!(world.permission(&ana, victim(53)), 0);
    (world, ana, id)
}

#[test]
fn only_the_calls_own_checks_are_sent_before_consent() {
    let (mut world, ana, id) = permitted();
    let username = format!("{}:{}", ice(Role::Agent).ufrag(), ice(Role::Viewer).ufrag());
    let request = || Message::builder_request(BINDING, MessageWriteVec::new());
    let mut torn = check(Role::Agent);
    torn[25] ^= 1;
    let mut long = request();
    long.add_attribute(&Software::new(&"x".repeat(700)).unwrap())
        .unwrap();
    long.add_attribute(&turn_types::attribute::Data::new(&[0; MAX_CHECK_BYTES]))
        .unwrap();
    let dropped = [
        b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x07example\x03com\0\0\x01\0\x01".to_vec(),
        b"".to_vec(),
        vec![128; 1_200],
        binding(true),
        check(Role::Viewer),
        torn,
        [check(Role::Agent), vec![0; 4]].concat(),
        answer_of(Role::Viewer, &check(Role::Viewer), true),
        signed(request(), None, ice(Role::Agent).password()),
        signed(request(), Some("else:viewer"), ice(Role::Agent).password()),
        signed(request(), Some(&username), "another/password+of22"),
        signed(long, Some(&username), ice(Role::Agent).password()),
    ];

    for packet in &dropped {
        assert_eq!(
            world.send_indication(&ana, victim(53), packet),
            None,
            "{packet:02x?}"
        );
    }
    let sent = world.send_indication(&ana, victim(53), &check(Role::Agent));

    assert_eq!(world.refused(Refusal::NoConsent), dropped.len() as u64);
    let (to, bytes) = sent.unwrap();
    assert_eq!(to, to_peer(id, victim(53)));
    assert!(bytes.len() <= 120, "{}", bytes.len());
}

#[test]
fn answers_of_third_parties_are_not_consent() {
    let (mut world, ana, id) = permitted();
    let sent = check(Role::Agent);
    world.send_indication(&ana, victim(53), &sent).unwrap();
    let request = parse(&sent);
    let bare = Message::builder_success(&request, MessageWriteVec::new()).finish();

    for packet in [
        sent.clone(),
        bare,
        answer_of(Role::Viewer, &sent, true),
        b"\x12\x34\x81\x80".to_vec(),
        vec![128; 500],
        binding(true),
    ] {
        assert_eq!(
            world.peer_sends(id, victim(53), &packet),
            None,
            "{packet:02x?}"
        );
    }

    assert_eq!(world.refused(Refusal::NoConsent), 6);
    assert_eq!(world.send_indication(&ana, victim(53), b"query"), None);
}

#[test]
fn an_echo_is_not_consent_even_with_equal_passwords() {
    let mut world = World::new();
    world.book.open("call", "mallory", u64::MAX);
    world
        .book
        .add_party_ip("call", Role::Agent, AGENT_IP.into());
    let both = ice(Role::Agent);
    world.book.add_party_ice("call", Role::Agent, both.clone());
    world.book.add_party_ice("call", Role::Viewer, both.clone());
    let mut mallory = Party::new("8.8.8.8:5000", "call", Role::Viewer);
    assert_eq!(world.allocate(&mut mallory), 0);
    let id = world.id_of(&mallory);
    assert_eq!(world.permission(&mallory, victim(7)), 0);
    let username = format!("{0}:{0}", both.ufrag());
    let request = Message::builder_request(BINDING, MessageWriteVec::new());
    let probe = signed(request, Some(&username), both.password());
    assert!(world.send_indication(&mallory, victim(7), &probe).is_some());

    assert_eq!(world.peer_sends(id, victim(7), &probe), None);

    assert_eq!(world.send_indication(&mallory, victim(7), b"flood"), None);
}

#[test]
fn a_check_or_answer_from_the_peer_is_consent() {
    let sent = check(Role::Agent);
    for proof in [
        check(Role::Viewer),
        answer_of(Role::Agent, &sent, true),
        answer_of(Role::Agent, &sent, false),
    ] {
        let (mut world, ana, id) = permitted();

        let (to, bytes) = world.peer_sends(id, victim(53), &proof).unwrap();

        assert_eq!(to, Destination::Client(ana.path));
        assert_eq!(data_of(&bytes), (victim(53), proof), "the proof passes on");
        assert!(world.send_indication(&ana, victim(53), b"hello").is_some());
        assert!(world.peer_sends(id, victim(53), b"picture").is_some());
        assert_eq!(world.send_indication(&ana, victim(54), b"hello"), None);
        assert_eq!(world.peer_sends(id, victim(54), b"hello"), None);
    }
}

#[test]
fn consent_expires_after_thirty_seconds_despite_data() {
    let (mut world, ana, id) = permitted();
    world.consent(id, victim(53));
    for _ in 0..29 {
        world.pass(1);
        assert!(world.send_indication(&ana, victim(53), b"hello").is_some());
        assert!(
            world
                .peer_sends(id, victim(53), b"data is no proof")
                .is_some()
        );
    }

    world.pass(1);
    assert_eq!(world.send_indication(&ana, victim(53), b"hello"), None);
    assert_eq!(world.peer_sends(id, victim(53), b"hello"), None);

    world.consent(id, victim(53));
    assert!(world.send_indication(&ana, victim(53), b"hello").is_some());
}

#[test]
fn an_ice_restart_keeps_old_and_accepts_new_credentials() {
    let (mut world, ana, id) = permitted();
    world.consent(id, victim(53));
    let new = proto::call::ice::IceCredential::new("newfrag", "a/newpassword+of22letters").unwrap();
    world.book.add_party_ice("call", Role::Viewer, new.clone());
    world.pass(30);

    world.consent(id, victim(53));
    assert!(world.send_indication(&ana, victim(53), b"hello").is_some());

    let username = format!("{}:{}", new.ufrag(), ice(Role::Agent).ufrag());
    let request = Message::builder_request(BINDING, MessageWriteVec::new());
    let restarted = signed(request, Some(&username), new.password());
    assert!(world.peer_sends(id, victim(99), &restarted).is_some());
    assert!(world.send_indication(&ana, victim(99), b"hello").is_some());
}

#[test]
fn a_third_party_receives_at_most_ten_checks_a_second() {
    let (mut world, ana, _) = permitted();
    let mut n_sent = 0;

    for _ in 0..10 {
        for _ in 0..1_000 {
            let sent = world.send_indication(&ana, victim(53), &check(Role::Agent));
            n_sent += usize::from(sent.is_some());
        }
        world.pass(1);
    }

    assert_eq!(n_sent, 20 + 9 * 10);
    assert_eq!(world.refused(Refusal::CheckBudget), 10_000 - 110);
}

#[test]
fn an_allocation_may_check_thirty_two_peers_at_once() {
    let (mut world, ana, _) = permitted();
    let probed = |world: &mut World| {
        (1..=1_000)
            .filter(|&port| {
                world
                    .send_indication(&ana, victim(port), &check(Role::Agent))
                    .is_some()
            })
            .count()
    };

    assert_eq!(probed(&mut world), PEERS_PER_ALLOCATION);
    world.pass(29);
    assert_eq!(probed(&mut world), PEERS_PER_ALLOCATION, "the same again");
}

#[test]
fn an_account_has_one_check_budget_for_all_calls() {
    let mut world = World::new();
    let mut n_bytes = 0;
    for n in 0..60 {
        let call = format!("call-{n}");
        world.open(&call, "mallory");
        let mut party = Party::new(&format!("8.8.{n}.8:5000"), &call, Role::Viewer);
        assert_eq!(world.allocate(&mut party), 0);
        assert_eq!(world.permission(&party, victim(53)), 0);
        for port in 1..=32 {
            for _ in 0..20 {
                let sent = world.send_indication(&party, victim(port), &check(Role::Agent));
                n_bytes += sent.map_or(0, |(_, bytes)| bytes.len());
            }
        }
        world.book.close(&call);
        world.pass(1);
    }

    // Without the limit: 60 × 32 × 20 checks, 4 MB.
    let most = CHECK_BYTES_AT_ONCE + 60.0 * 4_000.0;
    assert!(n_bytes as f64 <= most, "{n_bytes}");
    assert!(n_bytes as f64 >= most * 0.95, "{n_bytes}");
}

#[test]
fn an_account_over_its_daily_bytes_continues_slowly() {
    let (mut world, ana, id) = permitted();
    world.consent(id, victim(53));
    world.core.accounts = accounts::Accounts::new(10_000_000);
    let passed = |world: &mut World, seconds: u64| {
        let before = world.counters.read().bytes_relayed;
        for _ in 0..seconds {
            world.pass(1);
            for _ in 0..900 {
                world.send_indication(&ana, victim(53), &[128; 1_000]);
            }
            world.consent(id, victim(53));
        }
        world.counters.read().bytes_relayed - before
    };

    assert!(passed(&mut world, 9) >= 8_100_000, "full rate at first");
    passed(&mut world, 3);
    let n_slow = passed(&mut world, 100);

    // 116 bytes per second remain for data. Checks continue, or the call would end.
    assert!((10_000..=25_000).contains(&n_slow), "{n_slow}");
    assert!(world.refused(Refusal::AccountBandwidth) > 85_000);
}

#[test]
fn a_packet_inside_the_relay_counts_once() {
    let mut world = World::new();
    let (ana, agent) = (world.viewer("call"), world.agent("call"));
    let (from, to) = (ana.relayed.unwrap(), agent.relayed.unwrap());
    assert_eq!(world.permission(&ana, to), 0);
    assert_eq!(world.permission(&agent, from), 0);
    world.core.accounts = accounts::Accounts::new(10_000);

    let n_passed = (0..20)
        .filter(|_| world.send_indication(&ana, to, &[128; 1_000]).is_some())
        .count();

    assert_eq!(n_passed, 10);
}

#[test]
fn the_relays_machine_cannot_be_reached_even_when_announced() {
    let mut world = World::new();
    world.core.settings.policy.allow_private = true;
    world.core.own_addresses(vec![
        IpAddr::from(world::RELAY_IP).into(),
        "127.0.0.0/8".parse().unwrap(),
        "192.168.1.5/32".parse().unwrap(),
    ]);
    let ana = world.viewer("call");
    let id = world.id_of(&ana);
    for text in ["5.9.0.1", "127.0.0.77", "192.168.1.5"] {
        let own: SocketAddr = SocketAddr::new(text.parse().unwrap(), 161);
        world.book.add_party_ip("call", Role::Agent, own.ip());
        assert_eq!(world.permission(&ana, own), 0, "{text}");

        assert_eq!(world.send_indication(&ana, own, &check(Role::Agent)), None);
        assert_eq!(world.peer_sends(id, own, &check(Role::Viewer)), None);
        assert_eq!(world.send_indication(&ana, own, b"snmp"), None, "{text}");
    }

    assert_eq!(world.refused(Refusal::PeerNotOfCall), 6);
    assert_eq!(world.counters.read().bytes_relayed, 0);
}

#[test]
fn an_address_added_to_the_machine_later_is_own() {
    let (mut world, ana, id) = permitted();
    world.consent(id, victim(53));
    assert!(world.send_indication(&ana, victim(53), b"hello").is_some());

    world
        .core
        .own_addresses(vec![IpAddr::from(AGENT_IP).into()]);

    assert_eq!(world.send_indication(&ana, victim(53), b"hello"), None);
    assert_eq!(world.peer_sends(id, victim(53), &check(Role::Viewer)), None);
}
