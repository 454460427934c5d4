//! Requests that arrive before the book has their call or address.

use std::time::Duration;

use proto::call::ice::IceCredential;

use super::world::{AGENT_IP, Party, World, code};
use super::*;
use crate::CallBook;
use crate::limits::{EARLY_PER_CLIENT, MIRROR_LAG};

/// A book that may be late.
struct LateBook(CallBook);

impl OpenCalls for LateBook {
    fn quota_key(&self, call: &str, now_unix: u64) -> Option<String> {
        self.0.quota_key(call, now_unix)
    }

    fn is_open(&self, call: &str, now_unix: u64) -> bool {
        self.0.is_open(call, now_unix)
    }

    fn has_announced(&self, call: &str, role: Role, ip: IpAddr) -> bool {
        self.0.has_announced(call, role, ip)
    }

    fn party_ice(&self, call: &str, role: Role) -> Vec<IceCredential> {
        self.0.party_ice(call, role)
    }

    fn forget_expired(&self, now_unix: u64) {
        self.0.forget_expired(now_unix);
    }

    fn lag(&self) -> Duration {
        MIRROR_LAG
    }
}

/// A world with a late book, and a viewer of a call that it does not know yet.
fn world() -> (World, Party) {
    let mut world = World::new();
    world.core.calls = Box::new(LateBook(world.book.clone()));
    let mut ana = Party::new("8.8.8.8:5000", "call", Role::Viewer);
    world.take_nonce(&mut ana);
    (world, ana)
}

#[test]
fn an_allocation_waits_for_its_call() {
    let (mut world, ana) = world();

    assert_eq!(world.udp_at(ana.path, &ana.allocate()), None);
    world.open("call", "ana");
    let (_, answer) = world.book_changed().expect("an answer");

    assert_eq!(code(&answer), 0);
    assert_eq!(world.refused(Refusal::CallNotOpen), 0);
}

#[test]
fn a_permission_waits_for_the_announced_address() {
    let (mut world, ana) = world();
    world.book.open("call", "ana", u64::MAX);
    assert_eq!(code(&world.udp_at(ana.path, &ana.allocate()).unwrap().1), 0);
    let peer = SocketAddr::new(AGENT_IP.into(), 6_000);

    let request = ana.permission_request(peer);
    assert_eq!(world.udp_at(ana.path, &request), None);
    // A client repeats what is not answered.
    assert_eq!(world.udp_at(ana.path, &request), None);
    world
        .book
        .add_party_ip("call", Role::Agent, AGENT_IP.into());
    assert!(world.book_changed().is_none());

    let [(_, answer)] = &world.late[..] else {
        panic!("one answer: {:?}", world.late.len())
    };
    assert_eq!(code(answer), 0);
}

#[test]
fn a_request_that_nothing_allows_is_refused_in_time() {
    let (mut world, ana) = world();
    assert_eq!(world.udp_at(ana.path, &ana.allocate()), None);

    assert!(world.book_changed().is_none());
    assert!(world.late.is_empty(), "a change of another call");
    world.pass(1);

    let [(_, answer)] = &world.late[..] else {
        panic!("one answer: {:?}", world.late.len())
    };
    assert_eq!(code(answer), 403);
    assert_eq!(world.refused(Refusal::CallNotOpen), 1);
    world.pass(5);
    assert_eq!(world.late.len(), 1);
}

#[test]
fn early_requests_of_one_client_are_limited() {
    let (mut world, ana) = world();

    let answers = (0..=EARLY_PER_CLIENT).map(|_| {
        let answer = world.udp_at(ana.path, &ana.allocate());
        answer.map(|(_, answer)| code(&answer))
    });

    let answers: Vec<_> = answers.collect();
    assert_eq!(answers.iter().flatten().collect::<Vec<_>>(), [&403]);
}

#[test]
fn requests_without_proof_are_never_held() {
    let (mut world, ana) = world();

    let (_, answer) = world.udp_at(ana.path, &ana.bare_allocate()).unwrap();

    assert_eq!(code(&answer), 401);
    assert!(world.core.early.is_empty());
}
