//! How many allocations one account, client and network may have, which one is replaced, and what
//! strangers get.

use super::world::{World, binding};
use super::*;
use crate::core::Transport;
use crate::limits::PERMISSIONS_PER_ALLOCATION;
use stun_types::message::MessageWrite;

/// Requests allocations over UDP and then TCP, as a browser does; returns which were created.
fn watch(world: &mut World, call: &str, key: &str, ip: &str) -> [u16; 2] {
    live_view(world, call, Role::Viewer, key, ip)
}

/// The same for a party of either role.
fn live_view(world: &mut World, call: &str, role: Role, key: &str, ip: &str) -> [u16; 2] {
    world.open(call, key);
    let port = 10_000 + world.counters.read().allocations_total;
    let mut codes = [0; 2];
    for (code, transport) in codes.iter_mut().zip([Transport::Udp, Transport::Tcp]) {
        let mut party = Party::new(&format!("{ip}:{port}"), call, role);
        party.path.transport = transport;
        *code = world.allocate(&mut party);
    }
    codes
}

#[test]
fn asvs_17_1_2_sixty_four_calls_of_an_account_hold_eighty_allocations() {
    let mut world = World::new();
    for n in 0..64 {
        for role in [Role::Viewer, Role::Agent] {
            for port in 0..2 {
                let call = format!("call-{n}");
                world.open(&call, "mallory");
                let addr = format!("9.{n}.{}.1:{}", role as u8, 5_000 + port);
                world.allocate(&mut Party::new(&addr, &call, role));
            }
        }
    }

    assert_eq!(world.core.table.len(), 80);
    assert!(world.refused(Refusal::AccountQuota) > 100);
    assert_eq!(watch(&mut world, "ana", "ana", "8.8.8.8"), [0, 0]);
}

#[test]
fn both_parties_of_thirty_one_recorders_get_a_path() {
    let mut world = World::new();
    let mut codes = Vec::new();

    for n in 0..31 {
        let call = format!("call-{n}");
        codes.push(live_view(&mut world, &call, Role::Viewer, "ana", "8.8.8.8"));
        codes.push(live_view(&mut world, &call, Role::Agent, "ana", "9.9.9.9"));
    }

    assert!(codes.iter().all(|[first, _]| *first == 0), "{codes:?}");
    for n in 0..31 {
        for role in [Role::Viewer, Role::Agent] {
            assert!(
                world.core.table.of_party(&format!("call-{n}"), role) >= 1,
                "{n}"
            );
        }
    }
    assert_eq!(world.core.table.len(), 80);
}

#[test]
fn an_allocation_in_use_is_never_displaced() {
    let mut world = World::new();
    world.core.settings.limits.allocations_per_account = 1;
    world.open("call", "ana");
    let mut first = Party::new("8.8.8.8:5000", "call", Role::Viewer);
    assert_eq!(world.allocate(&mut first), 0);
    let id = world.id_of(&first);
    let peer = SocketAddr::new(AGENT_IP.into(), 6000);
    assert_eq!(world.permission(&first, peer), 0);
    for _ in 0..4 {
        world.pass(25);
        world.consent(id, peer);
        assert!(world.peer_sends(id, peer, b"picture").is_some());
    }

    assert_eq!(watch(&mut world, "other", "ana", "8.8.8.8"), [486, 486]);

    world.pass(60);
    assert_eq!(watch(&mut world, "other", "ana", "8.8.8.8"), [0, 486]);
    assert_eq!(world.core.table.of_party("call", Role::Viewer), 0);
    let closed: Vec<AllocationId> = world.closed.iter().map(|it| it.allocation).collect();
    assert_eq!(closed, [id]);
}

#[test]
fn a_full_relay_frees_spare_allocations_for_newcomers() {
    let mut world = World::new();
    world.core.settings.limits.allocations_total = 4;
    assert_eq!(watch(&mut world, "a", "ana", "8.8.1.8"), [0, 0]);
    assert_eq!(watch(&mut world, "b", "ben", "8.8.2.8"), [0, 0]);

    assert_eq!(watch(&mut world, "c", "cleo", "8.8.3.8"), [0, 508]);
    assert_eq!(watch(&mut world, "d", "dora", "8.8.4.8"), [0, 508]);
    assert_eq!(watch(&mut world, "e", "emil", "8.8.5.8"), [508, 508]);

    for call in ["a", "b", "c", "d"] {
        assert_eq!(world.core.table.of_party(call, Role::Viewer), 1, "{call}");
    }
    let is_udp = |(_, a): (_, &allocation::Allocation)| a.client.transport == Transport::Udp;
    assert!(world.core.table.iter().all(is_udp), "TCP is the spare");
    assert_eq!(world.refused(Refusal::GaveWay), 2);
}

#[test]
fn a_networks_share_of_the_relay_is_limited() {
    let mut world = World::new();
    let mut n_made = 0;
    for n in 0..250 {
        let call = format!("call-{n}");
        world.open(&call, &call);
        let mut party = Party::new(&format!("8.8.8.{n}:5000"), &call, Role::Viewer);
        n_made += usize::from(world.allocate(&mut party) == 0);
    }

    assert_eq!(n_made, 96);
    assert_eq!(world.refused(Refusal::NetworkQuota), 154);
    assert_eq!(watch(&mut world, "ana", "ana", "8.8.9.8"), [0, 0]);
}

#[test]
fn the_permissions_of_an_allocation_are_limited() {
    let mut world = World::new();
    let ana = world.viewer("call");
    let mut permit = |last: usize| {
        let ip = IpAddr::from([7, 7, 7, u8::try_from(last).unwrap()]);
        world.book.add_party_ip("call", Role::Agent, ip);
        world.permission(&ana, SocketAddr::new(ip, 1))
    };

    for last in 0..PERMISSIONS_PER_ALLOCATION {
        assert_eq!(permit(last), 0);
    }
    assert_eq!(permit(PERMISSIONS_PER_ALLOCATION), 508);
}

#[test]
fn answers_to_strangers_are_amplified_at_most_three_times() {
    let mut world = World::new();
    let ana = Party::new("8.8.8.8:5000", "call", Role::Viewer);
    let bare = |method| Message::builder_request(method, MessageWriteVec::new()).finish();
    for (request, most_tenths) in [
        (binding(false), 16),
        (binding(true), 16),
        (ana.bare_allocate(), 28),
        (bare(ALLOCATE), 16),
        (bare(REFRESH), 16),
        (bare(CREATE_PERMISSION), 16),
        (bare(CHANNEL_BIND), 16),
        (bare(CONNECT), 16),
        (ana.allocate(), 10),
        (
            ana.channel_request(0x4000, "8.8.4.4:1".parse().unwrap()),
            10,
        ),
    ] {
        let (_, answer) = world.udp("9.9.9.9:1", &request).unwrap();

        assert!(
            answer.len() * 10 <= request.len() * most_tenths,
            "{} for {}",
            answer.len(),
            request.len()
        );
    }
}
