//! Test calls: a page connects to itself over the relay, and reaches nobody else.

use proto::joining::proof::JoinSecret;

use super::world::{AGENT_IP, Party, World, check, data_of, ice};
use super::*;
use crate::call_book::{CallBook, veil};
use crate::limits::TEST_BYTES;

/// A test call of Ana whose two ends hold an address each.
fn test_call(world: &mut World) -> (Party, Party) {
    world.book.open_test("test", "ana", u64::MAX);
    ends_of_test(world)
}

fn ends_of_test(world: &mut World) -> (Party, Party) {
    let mut ends = (
        Party::new("8.8.8.8:5000", "test", Role::Viewer),
        Party::new("8.8.8.8:5001", "test", Role::Agent),
    );
    assert_eq!(world.allocate(&mut ends.0), 0);
    assert_eq!(world.allocate(&mut ends.1), 0);
    ends
}

/// Lets both ends send to each other.
fn connect(world: &mut World, (one, other): (&Party, &Party)) {
    assert_eq!(world.permission(one, other.relayed.unwrap()), 0);
    assert_eq!(world.permission(other, one.relayed.unwrap()), 0);
}

#[test]
fn the_ends_of_a_test_call_reach_each_other() {
    let mut world = World::new();
    let (one, other) = test_call(&mut world);
    connect(&mut world, (&one, &other));

    let sent = world.send_indication(&one, other.relayed.unwrap(), b"hello");

    let (to, packet) = sent.unwrap();
    assert_eq!(to, Destination::Client(other.path));
    assert_eq!(data_of(&packet), (one.relayed.unwrap(), b"hello".to_vec()));
}

#[test]
fn asvs_17_1_1_a_test_call_reaches_nobody_but_itself() {
    let mut world = World::new();
    let (one, other) = test_call(&mut world);
    connect(&mut world, (&one, &other));
    let stranger = world.agent("call");
    let home: SocketAddr = "8.8.8.8:80".parse().unwrap();
    let agent = SocketAddr::new(AGENT_IP.into(), 6_000);
    // Signed checks do not help: there is no other party outside of the relay.
    for role in [Role::Viewer, Role::Agent] {
        world.book.add_party_ice("test", role, ice(role));
    }

    for peer in [home, agent, "1.1.1.1:53".parse().unwrap()] {
        assert_eq!(world.permission(&one, peer), 403, "{peer}");
        assert_eq!(world.channel(&one, 0x4001, peer), 403, "{peer}");
        assert_eq!(world.send_indication(&one, peer, &check(Role::Agent)), None);
    }
    for listener in ["5.9.0.1:3478", "5.9.0.1:22"] {
        let sent = world.send_indication(&one, listener.parse().unwrap(), &check(Role::Agent));
        assert_eq!(sent, None, "{listener}");
    }
    assert_eq!(
        world.send_indication(&one, stranger.relayed.unwrap(), b"x"),
        None
    );
}

/// How many of so many packets one end of a test call gets to the other.
fn carry(world: &mut World, (one, other): &(Party, Party), packet: &[u8]) -> u64 {
    let most = 2 * TEST_BYTES / packet.len() as u64;
    let sent = |world: &mut World| world.send_indication(one, other.relayed.unwrap(), packet);
    (0..most).filter(|_| sent(world).is_some()).count() as u64
}

#[test]
fn asvs_17_1_2_test_calls_of_an_account_carry_few_bytes() {
    let mut world = World::new();
    let ends = test_call(&mut world);
    connect(&mut world, (&ends.0, &ends.1));
    let packet = [7; 1_000];
    let carry = |world: &mut World, ends: &(Party, Party)| carry(world, ends, &packet);

    assert_eq!(carry(&mut world, &ends), TEST_BYTES / 1_000);
    world.remove_all();
    let again = test_call(&mut world);
    connect(&mut world, (&again.0, &again.1));
    assert_eq!(carry(&mut world, &again), 0, "a new test is no new budget");

    assert!(world.refused(Refusal::AccountBandwidth) > 0);
    world.remove_all();
    let viewer = world.viewer("call");
    let agent = world.agent("call");
    connect(&mut world, (&viewer, &agent));
    let sent = world.send_indication(&viewer, agent.relayed.unwrap(), &packet);
    assert!(sent.is_some(), "her calls have their own");
}

#[test]
fn asvs_17_1_2_checks_of_a_test_call_count_among_its_bytes() {
    let mut world = World::new();
    let ends = test_call(&mut world);
    connect(&mut world, (&ends.0, &ends.1));
    let packet = check(Role::Agent);

    let sent = carry(&mut world, &ends, &packet);

    assert_eq!(sent, TEST_BYTES / packet.len() as u64);
}

#[test]
fn asvs_17_1_2_test_calls_carry_few_bytes_over_joined_relays() {
    let (cloud, mut world) = (CallBook::default(), World::new());
    let secret = JoinSecret::parse("0123456789abcdef0123456789abcdef").unwrap();
    cloud.open_test("test", "ana", u64::MAX);
    for mut change in cloud.feed(1).book {
        veil(&mut change, &secret);
        world.book.apply(&change);
    }
    let ends = ends_of_test(&mut world);
    connect(&mut world, (&ends.0, &ends.1));

    let sent = carry(&mut world, &ends, &[7; 1_000]);

    assert_eq!(sent, TEST_BYTES / 1_000);
}

#[test]
fn a_test_call_ends_by_itself() {
    let mut world = World::new();
    world.book.open_test("test", "ana", 1_000_060);
    let mut end = Party::new("8.8.8.8:5000", "test", Role::Viewer);
    assert_eq!(world.allocate(&mut end), 0);

    world.pass(60);

    assert_eq!(world.core.table.len(), 0);
    assert!(!world.closed.is_empty());
}
