//! IPv6 pinholes in a router's firewall.

use super::*;

fn home6() -> LanNetwork {
    LanNetwork {
        local: "2001:db8::5".parse().expect("an address"),
        router: "fe80::1".parse().expect("an address"),
        scope: 3,
    }
}

#[test]
fn pinholes_are_requested_even_with_a_public_address() {
    let mut bench = Bench::of(MappingKind::Pinholes);
    bench.networks(&[home6()]);

    let mut tried = Vec::new();
    while let Some((id, network, protocol)) = bench.opening() {
        assert_eq!(network, home6());
        tried.push(protocol);
        bench.handle(MappingInput::Opened(id, Err(MappingTrouble::Silent)));
    }

    assert_eq!(tried, [MappingProtocol::Pcp, MappingProtocol::Upnp]);
    let silent = MappingOutput::Report(MappingState::Silent);
    assert!(bench.taken().contains(&silent));
}

#[test]
fn a_router_that_lets_packets_in_is_kept() {
    let mut bench = Bench::of(MappingKind::Pinholes);
    bench.networks(&[home6()]);
    let (id, ..) = bench.opening().expect("an attempt");
    let grant = MappingGrant {
        external: "[2001:db8::5]:40000".parse().expect("an address"),
        ..bench.grant()
    };

    bench.handle(MappingInput::Opened(id, Ok(grant)));

    let state = MappingState::Mapped(MappingProtocol::Pcp, home6().local);
    assert!(bench.taken().contains(&MappingOutput::Report(state)));
    assert_eq!(bench.take(), Some(id));
}

#[test]
fn another_address_of_the_hour_begins_anew() {
    let mut bench = Bench::of(MappingKind::Pinholes);
    bench.networks(&[home6()]);
    let (id, ..) = bench.opening().expect("an attempt");
    let grant = bench.grant();
    bench.handle(MappingInput::Opened(id, Ok(grant)));
    bench.taken();
    let next = LanNetwork {
        local: "2001:db8::6".parse().expect("an address"),
        ..home6()
    };

    bench.networks(&[next]);

    let outputs = bench.taken();
    assert!(outputs.contains(&MappingOutput::Remove(id)), "{outputs:?}");
    bench.outputs = outputs;
    let (_, network, _) = bench.opening().expect("a new attempt");
    assert_eq!(network, next);
}
