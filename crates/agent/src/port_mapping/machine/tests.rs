//! The machine of port mappings against routers that answer, refuse, restart and fall silent, on
//! virtual time.

mod held;
mod pinholes;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use proptest::prelude::*;

use super::*;
use crate::limits::{MAX_MAPPINGS, READY_MAPPINGS};

const SECOND: Duration = Duration::from_secs(1);

/// A machine, what it has asked for, and the time.
struct Bench {
    machine: MappingMachine,
    now: Duration,
    outputs: Vec<MappingOutput>,
    epoch: u32,
}

impl Bench {
    fn new() -> Bench {
        Bench::of(MappingKind::Ports)
    }

    fn of(kind: MappingKind) -> Bench {
        let mut bench = Bench {
            machine: MappingMachine::new(kind, false),
            now: Duration::ZERO,
            outputs: Vec::new(),
            epoch: 1_000,
        };
        bench.drain();
        bench
    }

    fn handle(&mut self, input: MappingInput) {
        self.machine.handle(input, self.now);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.machine.poll_output() {
            self.outputs.push(output);
        }
    }

    fn taken(&mut self) -> Vec<MappingOutput> {
        std::mem::take(&mut self.outputs)
    }

    fn networks(&mut self, networks: &[LanNetwork]) {
        self.handle(MappingInput::Networks {
            networks: networks.to_vec(),
            random: u32::MAX,
        });
    }

    /// The mapping that is being made, and how.
    fn opening(&mut self) -> Option<(MappingId, LanNetwork, MappingProtocol)> {
        let position = self
            .outputs
            .iter()
            .position(|output| matches!(output, MappingOutput::Open { .. }))?;
        match self.outputs.remove(position) {
            MappingOutput::Open {
                id,
                network,
                protocol,
            } => Some((id, network, protocol)),
            _ => None,
        }
    }

    fn grant(&self) -> MappingGrant {
        MappingGrant {
            external: "203.0.113.9:4000".parse().expect("an address"),
            lifetime: limits::MAPPING_LIFETIME,
            epoch: Some(self.epoch),
        }
    }

    /// Grants every request until the machine wants no more; the new mappings.
    fn fill(&mut self) -> Vec<MappingId> {
        let mut ids = Vec::new();
        while let Some((id, ..)) = self.opening() {
            let grant = self.grant();
            self.handle(MappingInput::Opened(id, Ok(grant)));
            ids.push(id);
        }
        ids
    }

    /// A machine with sockets ready.
    fn working() -> (Bench, Vec<MappingId>) {
        let mut bench = Bench::new();
        bench.networks(&[home()]);
        let ids = bench.fill();
        assert_eq!(ids.len(), READY_MAPPINGS);
        bench.taken();
        (bench, ids)
    }

    /// Lets time pass, with the networks as they are; the outputs except looks.
    fn pass(&mut self, time: Duration) -> Vec<MappingOutput> {
        let end = self.now + time;
        while let Some(at) = self.machine.poll_timeout().filter(|at| *at <= end) {
            self.epoch += u32::try_from((at - self.now).as_secs()).expect("a short time");
            self.now = at;
            self.machine.handle_timeout(at);
            self.drain();
            while let Some(position) = self
                .outputs
                .iter()
                .position(|one| *one == MappingOutput::Look)
            {
                self.outputs.remove(position);
                self.networks(&[home()]);
            }
        }
        self.epoch += u32::try_from((end - self.now).as_secs()).expect("a short time");
        self.now = end;
        self.taken()
    }

    fn take(&mut self) -> Option<MappingId> {
        self.handle(MappingInput::Take);
        let given = self
            .outputs
            .iter()
            .position(|one| matches!(one, MappingOutput::Give(_)));
        match self
            .outputs
            .remove(given.expect("every request is answered"))
        {
            MappingOutput::Give(id) => id,
            other => panic!("{other:?}"),
        }
    }
}

fn home() -> LanNetwork {
    LanNetwork {
        local: [192, 168, 1, 5].into(),
        router: [192, 168, 1, 1].into(),
        scope: 0,
    }
}

fn shop() -> LanNetwork {
    LanNetwork {
        local: [10, 0, 0, 5].into(),
        router: [10, 0, 0, 1].into(),
        scope: 0,
    }
}

fn renewals(outputs: &[MappingOutput]) -> Vec<MappingId> {
    let ids = outputs.iter().filter_map(|output| match output {
        MappingOutput::Renew(id) => Some(*id),
        _ => None,
    });
    ids.collect()
}

#[test]
fn every_protocol_of_every_network_is_tried_in_order() {
    let mut bench = Bench::new();
    bench.networks(&[home(), shop()]);
    let mut tried = Vec::new();
    while let Some((id, network, protocol)) = bench.opening() {
        tried.push((network, protocol));
        bench.handle(MappingInput::Opened(id, Err(MappingTrouble::Silent)));
    }

    let order = [
        MappingProtocol::Pcp,
        MappingProtocol::NatPmp,
        MappingProtocol::Upnp,
    ];
    let expected: Vec<_> = [home(), shop()]
        .into_iter()
        .flat_map(|network| order.map(|protocol| (network, protocol)))
        .collect();
    assert_eq!(tried, expected);
    let last = MappingOutput::Report(MappingState::Silent);
    assert!(bench.outputs.contains(&last), "{:?}", bench.outputs);
}

#[test]
fn routers_that_do_not_map_are_retried_ever_more_rarely() {
    let mut bench = Bench::new();
    bench.networks(&[home()]);
    let mut rounds = Vec::new();
    for _ in 0..5 * 3_600 / 15 {
        let mut n_opened = 0;
        while let Some((id, ..)) = bench.opening() {
            bench.handle(MappingInput::Opened(id, Err(MappingTrouble::Refused)));
            n_opened += 1;
        }
        if n_opened > 0 {
            rounds.push(bench.now);
        }
        bench.taken();
        let end = bench.now + 15 * SECOND;
        bench.now = end;
        bench.machine.handle_timeout(end);
        bench.taken();
        bench.networks(&[home()]);
    }

    assert!((9..=14).contains(&rounds.len()), "{rounds:?}");
}

#[test]
fn the_most_informative_failure_is_reported() {
    let mut bench = Bench::new();
    bench.networks(&[home()]);
    for trouble in [
        MappingTrouble::Nonsense,
        MappingTrouble::Refused,
        MappingTrouble::Silent,
    ] {
        let (id, ..) = bench.opening().expect("an attempt");
        bench.handle(MappingInput::Opened(id, Err(trouble)));
    }

    let refused = MappingState::Refused(MappingProtocol::NatPmp);
    assert!(bench.taken().contains(&MappingOutput::Report(refused)));
}

#[test]
fn a_public_address_needs_no_mapping() {
    let mut bench = Bench::new();
    bench.networks(&[LanNetwork {
        local: [203, 0, 113, 5].into(),
        router: [203, 0, 113, 1].into(),
        scope: 0,
    }]);

    assert_eq!(
        bench.taken().last(),
        Some(&MappingOutput::Report(MappingState::NotNeeded))
    );
}

#[test]
fn mappings_are_renewed_at_half_their_lifetime() {
    let (mut bench, ids) = Bench::working();

    let early = bench.pass(limits::MAPPING_LIFETIME / 2 - SECOND);
    assert!(renewals(&early).is_empty());
    assert_eq!(renewals(&bench.pass(SECOND)), ids);
}

#[test]
fn a_tiny_lifetime_does_not_flood_the_router() {
    let mut bench = Bench::new();
    bench.networks(&[home()]);
    let (id, ..) = bench.opening().expect("an attempt");
    let grant = MappingGrant {
        lifetime: Duration::from_millis(1),
        ..bench.grant()
    };
    bench.handle(MappingInput::Opened(id, Ok(grant)));

    let early = bench.pass(limits::RENEW_LEAST - SECOND);
    assert!(renewals(&early).is_empty());
    assert_eq!(renewals(&bench.pass(SECOND)), [id]);
}

#[test]
fn a_restarted_router_gets_every_mapping_again() {
    let (mut bench, ids) = Bench::working();
    let held = bench.take().expect("one is ready");
    let more = bench.fill();
    bench.pass(limits::MAPPING_LIFETIME / 2);
    let others = [&ids[1..], &more[..]].concat();
    let grant = bench.grant();
    for id in &others {
        bench.handle(MappingInput::Renewed(*id, Ok(grant)));
    }

    bench.epoch = 5;
    let grant = bench.grant();
    bench.handle(MappingInput::Renewed(held, Ok(grant)));

    assert_eq!(renewals(&bench.pass(Duration::ZERO)), others);
}

#[test]
fn a_router_that_announces_its_restart_is_asked_at_once() {
    let (mut bench, ids) = Bench::working();

    bench.handle(MappingInput::Announced([192, 168, 1, 99].into()));
    assert!(
        renewals(&bench.pass(Duration::ZERO)).is_empty(),
        "a stranger"
    );

    bench.handle(MappingInput::Announced(home().router));
    assert_eq!(renewals(&bench.pass(Duration::ZERO)), ids);
    let grant = bench.grant();
    for id in &ids {
        bench.handle(MappingInput::Renewed(*id, Ok(grant)));
    }
    // A flood of announcements makes no flood of requests.
    for _ in 0..100 {
        bench.handle(MappingInput::Announced(home().router));
    }
    assert!(renewals(&bench.pass(SECOND)).is_empty());
}

#[test]
fn a_silent_router_is_searched_again_and_found() {
    let (mut bench, ids) = Bench::working();
    bench.pass(limits::MAPPING_LIFETIME / 2);
    for _ in 0..limits::MAX_FAILED_RENEWALS {
        for id in &ids {
            bench.handle(MappingInput::Renewed(*id, Err(MappingTrouble::Silent)));
        }
        assert_eq!(bench.take(), None, "no socket without a working router");
        if bench.machine.phase == MappingPhase::Trying {
            break;
        }
        bench.pass(limits::RENEW_AGAIN);
    }
    for id in &ids {
        bench.handle(MappingInput::Removed(*id));
    }
    while let Some((id, ..)) = bench.opening() {
        bench.handle(MappingInput::Opened(id, Err(MappingTrouble::Silent)));
    }
    bench.pass(limits::MAPPING_RETRY_FIRST + limits::LOOK_AT_NETWORKS - SECOND);
    // What was asked for in the meantime is answered by the router that is back.
    let id = bench.machine.stock.ids()[0];
    let grant = bench.grant();
    bench.handle(MappingInput::Opened(id, Ok(grant)));

    assert!(bench.take().is_some());
}

#[test]
fn another_network_begins_anew() {
    let (mut bench, ids) = Bench::working();

    bench.networks(&[shop()]);

    let outputs = bench.taken();
    for id in ids {
        assert!(outputs.contains(&MappingOutput::Remove(id)));
    }
    let (_, network, _) = {
        bench.outputs = outputs;
        bench.opening().expect("a new attempt")
    };
    assert_eq!(network, shop());
}

#[test]
fn a_tunnel_that_comes_and_goes_changes_nothing() {
    let (mut bench, ids) = Bench::working();

    bench.networks(&[shop(), home()]);
    bench.networks(&[home()]);

    assert_eq!(bench.taken(), []);
    assert_eq!(bench.take(), Some(ids[0]));
}

#[test]
fn many_calls_get_no_more_mappings_than_allowed() {
    let (mut bench, _) = Bench::working();
    let mut held = BTreeSet::new();
    for _ in 0..100 {
        held.extend(bench.take());
        bench.fill();
    }

    assert_eq!(held.len(), MAX_MAPPINGS);
    let id = *held.first().expect("some");
    bench.handle(MappingInput::Released(id));
    bench.handle(MappingInput::Removed(id));
    assert_eq!(bench.fill().len(), 1);
}

#[test]
fn a_flapping_network_makes_no_more_mappings_than_allowed() {
    let mut bench = Bench::new();
    for _ in 0..100 {
        bench.networks(&[home()]);
        bench.networks(&[]);
        bench.pass(SECOND);
    }
    let asked: Vec<_> = bench.machine.stock.ids();
    assert_eq!(asked.len(), MAX_MAPPINGS);

    // Once its router has answered for the old ones, it is asked again.
    for id in asked {
        bench.handle(MappingInput::Opened(id, Err(MappingTrouble::Silent)));
    }
    bench.networks(&[home()]);
    assert!(bench.opening().is_some());
}

#[test]
fn stopping_removes_every_mapping_and_ends() {
    let (mut bench, ids) = Bench::working();
    let held = bench.take().expect("one is ready");
    assert_eq!(held, ids[0]);
    let (opening, ..) = bench.opening().expect("one more");

    bench.handle(MappingInput::Stop);
    let removed = bench.taken();
    let all: Vec<_> = ids.iter().copied().map(MappingOutput::Remove).collect();
    assert_eq!(removed, all);
    for id in ids {
        bench.handle(MappingInput::Removed(id));
    }
    let grant = bench.grant();
    bench.handle(MappingInput::Opened(opening, Ok(grant)));
    assert_eq!(bench.taken(), [MappingOutput::Remove(opening)]);
    assert!(bench.machine.poll_timeout().is_some());
    bench.handle(MappingInput::Removed(opening));

    assert_eq!(bench.machine.poll_timeout(), None);
}

#[test]
fn a_router_that_answers_no_removal_delays_the_end_little() {
    let (mut bench, _) = Bench::working();

    bench.handle(MappingInput::Stop);
    bench.pass(limits::REMOVE_MAPPINGS);

    assert_eq!(bench.machine.poll_timeout(), None);
}

/// What a router or a call may do next.
#[derive(Debug, Clone)]
enum Move {
    Answer(usize, u8),
    Take,
    Release(usize),
    Networks(u8),
    See(u8),
    Announce,
    Wait(u64),
}

fn any_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        4 => (any::<usize>(), 0..7_u8).prop_map(|(n, how)| Move::Answer(n, how)),
        2 => Just(Move::Take),
        2 => any::<usize>().prop_map(Move::Release),
        1 => (0..4_u8).prop_map(Move::Networks),
        1 => any::<u8>().prop_map(Move::See),
        1 => Just(Move::Announce),
        2 => (0..400_u64).prop_map(Move::Wait),
    ]
}

fn outcome(how: u8) -> Result<MappingGrant, MappingTrouble> {
    let external = match how {
        0 => return Err(MappingTrouble::Silent),
        1 => return Err(MappingTrouble::Refused),
        2 => return Err(MappingTrouble::Nonsense),
        3 => "0.0.0.0:0",
        4 => "10.0.0.1:4000",
        _ => "203.0.113.9:4000",
    };
    Ok(MappingGrant {
        external: external.parse().expect("an address"),
        lifetime: Duration::from_secs(u64::from(how) * 100),
        epoch: Some(u32::from(how)),
    })
}

/// What the driver is busy with, by mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Busy {
    Opening,
    Renewing,
    Removing,
}

/// Does what the machine wants, and checks that it makes sense.
fn follow(
    outputs: Vec<MappingOutput>,
    busy: &mut BTreeMap<MappingId, Busy>,
    held: &mut Vec<MappingId>,
) {
    for output in outputs {
        let (id, now_busy) = match output {
            MappingOutput::Open { id, .. } => (id, Busy::Opening),
            MappingOutput::Renew(id) => (id, Busy::Renewing),
            MappingOutput::Remove(id) => {
                held.retain(|one| *one != id);
                (id, Busy::Removing)
            }
            MappingOutput::Give(given) => {
                held.extend(given);
                continue;
            }
            _ => continue,
        };
        assert_eq!(busy.insert(id, now_busy), None, "{id} is busy");
    }
    assert!(busy.len() + held.len() <= 2 * MAX_MAPPINGS);
}

proptest! {
    #[test]
    fn no_order_of_events_confuses_the_machine(
        moves in prop::collection::vec(any_move(), 0..200)
    ) {
        let mut bench = Bench::new();
        let (mut busy, mut held) = (BTreeMap::new(), Vec::new());
        for one in moves {
            match one {
                Move::Answer(n, how) => {
                    let Some((id, what)) = busy.iter().nth(n % busy.len().max(1)) else { continue };
                    let (id, what) = (*id, *what);
                    busy.remove(&id);
                    bench.handle(match what {
                        Busy::Opening => MappingInput::Opened(id, outcome(how)),
                        Busy::Renewing => MappingInput::Renewed(id, outcome(how)),
                        Busy::Removing => MappingInput::Removed(id),
                    });
                }
                Move::Take => bench.handle(MappingInput::Take),
                Move::Release(n) if !held.is_empty() => {
                    let id = held.swap_remove(n % held.len());
                    bench.handle(MappingInput::Released(id));
                }
                Move::Release(_) => {}
                Move::Networks(n) => {
                    let all = [&[][..], &[home()], &[shop()], &[home(), shop()]];
                    bench.networks(all[usize::from(n)]);
                }
                Move::See(last) => bench.handle(MappingInput::Seen {
                    local: home().local,
                    public: [203, 0, 113, last].into(),
                }),
                Move::Announce => bench.handle(MappingInput::Announced(home().router)),
                Move::Wait(seconds) => {
                    let outputs = bench.pass(Duration::from_secs(seconds));
                    follow(outputs, &mut busy, &mut held);
                }
            }
            follow(bench.taken(), &mut busy, &mut held);
            prop_assert!(bench.machine.stock.ids().len() <= MAX_MAPPINGS);
            if let Some(at) = bench.machine.poll_timeout() {
                prop_assert!(at > bench.now || {
                    bench.machine.handle_timeout(bench.now);
                    bench.drain();
                    follow(bench.taken(), &mut busy, &mut held);
                    bench.machine.poll_timeout().is_none_or(|next| next > bench.now)
                }, "the driver would spin");
            }
        }
        bench.handle(MappingInput::Stop);
        bench.pass(limits::REMOVE_MAPPINGS);
        prop_assert_eq!(bench.machine.poll_timeout(), None);
    }
}
