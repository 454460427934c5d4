//! Events that calls receive about their mappings: moved, taken over, contradicted, lost and restored.

use super::*;

fn at(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

fn tells(outputs: &[MappingOutput]) -> Vec<(MappingId, Option<SocketAddr>)> {
    let told = outputs.iter().filter_map(|output| match output {
        MappingOutput::Tell { id, external } => Some((*id, *external)),
        _ => None,
    });
    told.collect()
}

impl Bench {
    /// A machine with a mapping that a call has, which the router is being asked about.
    fn renewing() -> (Bench, MappingId) {
        let (mut bench, ids) = Bench::working();
        let held = bench.take().expect("one is ready");
        bench.fill();
        bench.pass(limits::MAPPING_LIFETIME / 2);
        let grant = bench.grant();
        for id in ids.into_iter().filter(|id| *id != held) {
            bench.handle(MappingInput::Renewed(id, Ok(grant)));
        }
        bench.taken();
        (bench, held)
    }

    fn renewed(&mut self, id: MappingId, external: &str) -> Vec<(MappingId, Option<SocketAddr>)> {
        let grant = MappingGrant {
            external: at(external),
            ..self.grant()
        };
        self.handle(MappingInput::Renewed(id, Ok(grant)));
        tells(&self.taken())
    }

    fn seen(&mut self, public: [u8; 4]) {
        self.handle(MappingInput::Seen {
            local: home().local,
            public: public.into(),
        });
    }
}

#[test]
fn a_call_learns_where_its_mapping_has_moved() {
    let (mut bench, held) = Bench::renewing();

    assert_eq!(bench.renewed(held, "203.0.113.9:4000"), []);
    bench.pass(limits::MAPPING_LIFETIME / 2);
    let moved = bench.renewed(held, "198.51.100.7:5000");

    assert_eq!(moved, [(held, Some(at("198.51.100.7:5000")))]);
}

#[test]
fn a_call_loses_a_refused_mapping_until_it_is_restored() {
    let (mut bench, held) = Bench::renewing();

    bench.handle(MappingInput::Renewed(held, Err(MappingTrouble::Refused)));
    assert_eq!(tells(&bench.taken()), [(held, None)]);
    let outputs = bench.pass(limits::RENEW_AGAIN);
    assert_eq!(renewals(&outputs), [held]);
    bench.handle(MappingInput::Renewed(held, Err(MappingTrouble::Refused)));
    assert_eq!(tells(&bench.taken()), [], "said once");

    bench.pass(limits::RENEW_AGAIN);
    let back = bench.renewed(held, "203.0.113.9:4001");
    assert_eq!(back, [(held, Some(at("203.0.113.9:4001")))]);
}

#[test]
fn a_call_loses_its_mapping_after_three_unanswered_renewals() {
    let (mut bench, held) = Bench::renewing();
    let mut n_silent = 0;
    let told = loop {
        bench.handle(MappingInput::Renewed(held, Err(MappingTrouble::Silent)));
        n_silent += 1;
        let told = tells(&bench.taken());
        if !told.is_empty() {
            break told;
        }
        assert_eq!(renewals(&bench.pass(limits::RENEW_AGAIN)), [held]);
    };

    assert_eq!(told, [(held, None)]);
    assert_eq!(n_silent, limits::MAX_FAILED_RENEWALS);
}

#[test]
fn a_contradicted_mapping_is_taken_from_its_call() {
    let (mut bench, held) = Bench::renewing();
    bench.renewed(held, "203.0.113.9:4000");

    bench.seen([192, 0, 2, 99]);
    let due = renewals(&bench.pass(Duration::ZERO));
    assert!(due.contains(&held));
    // The router insists, whatever it is asked about.
    let other = due.into_iter().find(|id| *id != held).expect("others");
    let told = bench.renewed(other, "203.0.113.9:4000");
    assert_eq!(told, [(held, None)]);
    assert_eq!(bench.renewed(held, "203.0.113.9:4000"), []);
    bench.pass(limits::MAPPING_LIFETIME / 2);
    assert_eq!(bench.renewed(held, "203.0.113.9:4000"), [], "still so");

    bench.pass(limits::MAPPING_LIFETIME / 2);
    let moved = bench.renewed(held, "192.0.2.99:4000");
    assert_eq!(moved, [(held, Some(at("192.0.2.99:4000")))]);
}

#[test]
fn a_contradicted_address_is_checked_before_it_is_dropped() {
    let (mut bench, ids) = Bench::working();
    let seen = |bench: &mut Bench| {
        bench.handle(MappingInput::Seen {
            local: home().local,
            public: [198, 51, 100, 7].into(),
        });
    };

    // The provider has given the router a new address.
    seen(&mut bench);
    assert_eq!(renewals(&bench.pass(Duration::ZERO)), ids);
    let moved = MappingGrant {
        external: "198.51.100.7:4000".parse().expect("an address"),
        ..bench.grant()
    };
    for id in &ids {
        bench.handle(MappingInput::Renewed(*id, Ok(moved)));
    }
    let state = MappingState::Mapped(MappingProtocol::Pcp, [198, 51, 100, 7].into());
    assert_eq!(bench.taken(), [MappingOutput::Report(state)]);

    // The router insists, so another NAT is in front of it.
    bench.handle(MappingInput::Seen {
        local: home().local,
        public: [192, 0, 2, 99].into(),
    });
    bench.pass(Duration::ZERO);
    bench.handle(MappingInput::Renewed(ids[0], Ok(moved)));
    let state = MappingState::DoubleNat([198, 51, 100, 7].into());
    assert!(bench.taken().contains(&MappingOutput::Report(state)));
    assert_eq!(bench.take(), None);
}
