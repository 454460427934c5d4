//! Reports of an agent about its site, and the advice for each.

use serde_json::json;

use super::*;
use crate::rpc::code;

const PUBLIC: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 9));

fn reach(mapping: MappingState, nat: NatKind) -> SiteReach {
    SiteReach {
        nat,
        has_udp: Some(true),
        has_ipv6: true,
        ..SiteReach::unknown(mapping)
    }
}

fn every_mapping() -> Vec<MappingState> {
    let mut all = vec![
        MappingState::Off,
        MappingState::OnThisMachine,
        MappingState::Looking,
        MappingState::NotNeeded,
        MappingState::NoRouter,
        MappingState::Silent,
        MappingState::DoubleNat(PUBLIC),
        MappingState::DoubleNat("2001:db8::1".parse().expect("an address")),
    ];
    for protocol in [
        MappingProtocol::Pcp,
        MappingProtocol::NatPmp,
        MappingProtocol::Upnp,
    ] {
        all.push(MappingState::Refused(protocol));
        all.push(MappingState::Nonsense(protocol));
        all.push(MappingState::Mapped(protocol, PUBLIC));
    }
    all
}

#[test]
fn every_reach_report_survives_the_wire() {
    for mapping in every_mapping() {
        for nat in [
            NatKind::Unknown,
            NatKind::EndpointIndependent,
            NatKind::EndpointDependent,
        ] {
            for has_udp in [None, Some(true), Some(false)] {
                for pinhole in [
                    None,
                    Some(MappingProtocol::Pcp),
                    Some(MappingProtocol::Upnp),
                ] {
                    let said = SiteReach {
                        has_udp,
                        pinhole,
                        ..reach(mapping, nat)
                    };
                    let wire = serde_json::to_value(said).expect("plain fields");

                    assert_eq!(SiteReach::parse(wire), Ok(said));
                }
            }
        }
    }
}

#[test]
fn reach_is_one_flat_object_of_words() {
    let said = reach(
        MappingState::Mapped(MappingProtocol::NatPmp, PUBLIC),
        NatKind::EndpointDependent,
    );

    let wire = serde_json::to_value(said).expect("plain fields");

    let expected = json!({"mapping": "mapped", "protocol": "nat-pmp", "address": "203.0.113.9",
        "nat": "endpoint-dependent", "udp": true, "ipv6": true});
    assert_eq!(wire, expected);
}

#[test]
fn reach_with_fields_of_a_later_version_is_read() {
    let wire = json!({"mapping": "silent", "nat": "unknown", "ipv6": false, "quic": {"a": [1]}});

    let read = SiteReach::parse(wire);

    assert_eq!(read, Ok(SiteReach::unknown(MappingState::Silent)));
}

#[test]
fn an_invalid_reach_report_is_refused() {
    let good = json!({"mapping": "mapped", "protocol": "upnp", "address": "203.0.113.9",
        "nat": "unknown", "udp": true, "ipv6": false});
    assert!(SiteReach::parse(good.clone()).is_ok());
    let long = "x".repeat(60_000);
    for (field, value) in [
        ("mapping", json!("<script>alert(1)</script>")),
        ("mapping", json!("\u{1b}[2J")),
        ("mapping", json!(null)),
        ("mapping", json!({"mapped": true})),
        ("protocol", json!("igd")),
        ("protocol", json!(null)),
        ("address", json!("203.0.113.9<b>")),
        ("address", json!("203.0.113.256")),
        ("address", json!("fe80::1%eth0")),
        ("address", json!(null)),
        ("address", json!(-1)),
        ("nat", json!("nan")),
        ("nat", json!(-7)),
        ("nat", json!(long)),
        ("udp", json!(-1)),
        ("udp", json!("yes")),
        ("ipv6", json!(null)),
        ("ipv6", json!(1e308)),
        ("pinhole", json!("yes")),
        ("pinhole", json!({"pcp": true})),
    ] {
        let mut said = good.clone();
        said[field] = value.clone();

        let refused = SiteReach::parse(said).expect_err("no reach");

        assert_eq!(refused.code, code::BAD_PARAMS, "{field}: {value}");
        assert!(refused.message.len() < 200, "nothing of it is repeated");
    }
    for said in [json!(null), json!([]), json!(7), json!({})] {
        assert!(SiteReach::parse(said).is_err());
    }
}

#[test]
fn blocked_udp_is_the_first_advice() {
    let outside = |mapping: &MappingState| *mapping != MappingState::OnThisMachine;
    for mapping in every_mapping().into_iter().filter(outside) {
        let blocked = SiteReach {
            has_udp: Some(false),
            ..reach(mapping, NatKind::EndpointDependent)
        };

        assert_eq!(blocked.picture_way(), PictureWay::Relayed);
        assert_eq!(blocked.advice(), Some(SiteAdvice::AllowUdp), "{mapping}");
    }
}

#[test]
fn viewers_on_the_agents_machine_need_no_network() {
    for has_udp in [None, Some(true), Some(false)] {
        let local = SiteReach {
            has_udp,
            ..SiteReach::unknown(MappingState::OnThisMachine)
        };

        assert_eq!(local.picture_way(), PictureWay::DirectToNearlyAll);
        assert_eq!(local.advice(), None);
    }
}

#[test]
fn a_machine_without_a_nat_is_known_as_such() {
    let public = SiteReach::unknown(MappingState::NotNeeded);
    let seen = reach(MappingState::NotNeeded, NatKind::EndpointIndependent);

    assert_eq!(public.nat_in_front(), None);
    assert_eq!(public.rows()[2], ("NAT", "none".to_owned()));
    assert_eq!(public.picture_way(), PictureWay::DirectToNearlyAll);
    assert_eq!(seen.nat_in_front(), Some(NatKind::EndpointIndependent));
    for mapping in [MappingState::NoRouter, MappingState::Silent] {
        let unknown = SiteReach::unknown(mapping).nat_in_front();
        assert_eq!(unknown, Some(NatKind::Unknown), "{mapping}");
    }
}

#[test]
fn blocked_udp_is_concluded_only_where_stun_was_possible() {
    let ipv6_alone = reach(MappingState::NoRouter, NatKind::Unknown);

    assert!(!ipv6_alone.can_ask_over_udp());
    for mapping in [
        MappingState::NoRouter,
        MappingState::NotNeeded,
        MappingState::Silent,
    ] {
        assert!(SiteReach::unknown(mapping).can_ask_over_udp(), "{mapping}");
    }
}

#[test]
fn each_network_problem_has_its_own_advice() {
    let shared = "100.127.0.1".parse().expect("an address");
    let inner = "192.168.1.2".parse().expect("an address");
    let outside = "100.128.0.1".parse().expect("an address");
    for (mapping, advice) in [
        (MappingState::Off, Some(SiteAdvice::SetPortMapping)),
        (MappingState::Silent, Some(SiteAdvice::SwitchPortMappingOn)),
        (
            MappingState::Refused(MappingProtocol::Upnp),
            Some(SiteAdvice::AllowPortMapping),
        ),
        (
            MappingState::Nonsense(MappingProtocol::Pcp),
            Some(SiteAdvice::UpdateRouter),
        ),
        (
            MappingState::DoubleNat(inner),
            Some(SiteAdvice::JoinRouters),
        ),
        (
            MappingState::DoubleNat(outside),
            Some(SiteAdvice::JoinRouters),
        ),
        (
            MappingState::DoubleNat(shared),
            Some(SiteAdvice::AskForPublicAddress),
        ),
        (MappingState::NoRouter, Some(SiteAdvice::LeaveTunnel)),
        (MappingState::Looking, None),
        (MappingState::OnThisMachine, None),
        (MappingState::NotNeeded, None),
        (MappingState::Mapped(MappingProtocol::Pcp, PUBLIC), None),
    ] {
        let symmetric = reach(mapping, NatKind::EndpointDependent);

        assert_eq!(symmetric.advice(), advice, "{mapping}");
    }
    let alone = reach(MappingState::NoRouter, NatKind::EndpointIndependent);
    assert_eq!(alone.advice(), None);
}

#[test]
fn a_site_without_ipv6_is_advised_where_it_helps() {
    let without = |mapping| SiteReach {
        has_ipv6: false,
        ..reach(mapping, NatKind::EndpointIndependent)
    };
    let shared = "100.64.0.1".parse().expect("an address");

    let mapped = without(MappingState::Mapped(MappingProtocol::Pcp, PUBLIC));
    let behind = without(MappingState::DoubleNat(shared));

    assert_eq!(mapped.advice(), Some(SiteAdvice::SwitchIpv6On));
    assert_eq!(behind.advice(), Some(SiteAdvice::AskForAddressOrIpv6));
}

#[test]
fn the_way_of_pictures_follows_from_mapping_and_nat() {
    let mapped = MappingState::Mapped(MappingProtocol::Pcp, PUBLIC);
    for (mapping, nat, way) in [
        (
            mapped,
            NatKind::EndpointDependent,
            PictureWay::DirectToNearlyAll,
        ),
        (
            MappingState::NotNeeded,
            NatKind::Unknown,
            PictureWay::DirectToNearlyAll,
        ),
        (
            MappingState::Silent,
            NatKind::EndpointIndependent,
            PictureWay::DirectToMost,
        ),
        (
            MappingState::Silent,
            NatKind::EndpointDependent,
            PictureWay::DirectToFew,
        ),
        (
            MappingState::Silent,
            NatKind::Unknown,
            PictureWay::DirectToSome,
        ),
    ] {
        assert_eq!(reach(mapping, nat).picture_way(), way, "{mapping}, {nat}");
    }
    let untried = SiteReach::unknown(mapped);
    assert_eq!(untried.picture_way(), PictureWay::Unknown);
}

#[test]
fn reach_is_one_line_for_people() {
    let mut said = SiteReach::unknown(MappingState::Looking);
    assert_eq!(
        said.to_string(),
        "port mapping: asking the router; NAT: unknown; UDP: not tried; IPv6: no"
    );

    said.mapping = MappingState::Mapped(MappingProtocol::NatPmp, PUBLIC);
    said.nat = NatKind::EndpointDependent;
    said.has_udp = Some(true);
    assert_eq!(
        said.to_string(),
        "port mapping: yes (NAT-PMP), at 203.0.113.9; \
         NAT: another address for each (symmetric); UDP: yes; IPv6: no"
    );
    said.pinhole = Some(MappingProtocol::Pcp);
    let end = "IPv6: yes, the router lets viewers in (PCP)";
    assert!(said.to_string().ends_with(end), "{said}");
    let values = said.rows().map(|(_, value)| value);
    for value in &values[1..] {
        assert!(said.to_string().contains(value.as_str()), "{value}");
    }
}
