//! Checks that arrive before the permission for them.

use super::world::{AGENT_IP, World, answer_of, binding, check, data_of, ice, signed};
use super::*;

fn agent(port: u16) -> SocketAddr {
    SocketAddr::new(AGENT_IP.into(), port)
}

#[test]
fn an_early_check_arrives_with_its_permission() {
    let mut world = World::new();
    let ana = world.viewer("call");
    let id = world.id_of(&ana);
    assert_eq!(
        world.peer_sends(id, agent(6000), &check(Role::Viewer)),
        None
    );
    world.pass_ms(250);

    assert_eq!(world.permission(&ana, agent(6000)), 0);

    let (to, bytes) = world.late.pop().unwrap();
    assert_eq!(to, Destination::Client(ana.path));
    let (from, got) = data_of(&bytes);
    assert_eq!((from, got.len()), (agent(6000), check(Role::Viewer).len()));
    assert!(world.late.is_empty());
    assert_eq!(world.refused(Refusal::NoPermission), 0);
    assert!(
        world.send_indication(&ana, agent(6000), b"hello").is_some(),
        "the check was its consent"
    );
}

#[test]
fn an_early_check_uses_the_channel_it_waited_for() {
    let mut world = World::new();
    let ana = world.viewer("call");
    let id = world.id_of(&ana);
    let sent = check(Role::Viewer);
    world.peer_sends(id, agent(6000), &sent);

    assert_eq!(world.channel(&ana, 0x4000, agent(6000)), 0);

    let (_, bytes) = world.late.pop().unwrap();
    assert_eq!(&bytes[..2], b"\x40\x00");
    assert_eq!(bytes[4..], sent);
}

#[test]
fn only_signed_checks_of_the_call_wait_for_a_permission() {
    let mut world = World::new();
    let ana = world.viewer("call");
    let id = world.id_of(&ana);
    let username = format!("{}:{}", ice(Role::Viewer).ufrag(), ice(Role::Agent).ufrag());
    let request = Message::builder_request(BINDING, MessageWriteVec::new());
    let dropped = [
        b"hello".to_vec(),
        vec![128; 500],
        binding(true),
        check(Role::Agent),
        answer_of(Role::Agent, &check(Role::Agent), true),
        signed(request, Some(&username), "another/password+of22"),
    ];
    for packet in &dropped {
        assert_eq!(world.peer_sends(id, agent(6000), packet), None);
    }

    assert_eq!(world.permission(&ana, agent(6000)), 0);

    assert!(world.late.is_empty());
    assert_eq!(world.refused(Refusal::NoPermission), dropped.len() as u64);
}

#[test]
fn a_check_that_waits_too_long_is_dropped_and_counted() {
    let mut world = World::new();
    let ana = world.viewer("call");
    let id = world.id_of(&ana);
    world.peer_sends(id, agent(6000), &check(Role::Viewer));

    world.pass(1);

    assert_eq!(world.permission(&ana, agent(6000)), 0);
    assert!(world.late.is_empty());
    assert_eq!(world.refused(Refusal::NoPermission), 1);
}

#[test]
fn an_early_check_between_two_allocations_is_held_too() {
    let mut world = World::new();
    let (ana, agent) = (world.viewer("call"), world.agent("call"));
    let (from, to) = (ana.relayed.unwrap(), agent.relayed.unwrap());
    assert_eq!(world.permission(&ana, to), 0);
    assert_eq!(world.send_indication(&ana, to, &check(Role::Agent)), None);
    assert_eq!(world.send_indication(&ana, to, b"early"), None);

    assert_eq!(world.permission(&agent, from), 0);

    let (to, bytes) = world.late.pop().unwrap();
    assert_eq!(to, Destination::Client(agent.path));
    assert_eq!(data_of(&bytes).0, from);
    assert!(world.late.is_empty(), "data does not wait");
    assert_eq!(world.refused(Refusal::NoPermission), 1);
}

#[test]
fn a_check_of_the_relays_own_machine_stays_outside() {
    let mut world = World::new();
    let ana = world.viewer("call");
    let id = world.id_of(&ana);
    let own = SocketAddr::new(world::RELAY_IP.into(), 161);
    world.peer_sends(id, own, &check(Role::Viewer));

    assert_eq!(world.permission(&ana, own), 0, "for allocations there");

    assert!(world.late.is_empty());
    assert_eq!(world.send_indication(&ana, own, b"snmp"), None);
}
