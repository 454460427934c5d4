//! The section of the Device page about the network of a recorder's site, in the reader's language.
//! `proto::reach` decides the advice.

use proto::reach::{MappingState, NatKind, PictureWay, SiteAdvice, SiteReach};

/// The section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SiteNetwork {
    /// Names and values, as on the agent's own machine.
    pub(super) rows: [(String, String); 5],
    /// The one thing to open for more.
    pub(super) advice: Option<String>,
}

impl SiteNetwork {
    /// In the language of the request.
    pub(super) fn new(reach: SiteReach) -> SiteNetwork {
        SiteNetwork {
            rows: [
                (say!("reach-pictures"), pictures(reach.picture_way())),
                (say!("reach-udp"), udp(reach.has_udp)),
                (say!("reach-nat"), nat(reach.nat_in_front())),
                (say!("reach-mapping"), mapping(reach.mapping)),
                (say!("reach-ipv6"), ipv6(reach)),
            ],
            advice: reach.advice().map(advice),
        }
    }
}

fn yes_or_no(is_so: bool) -> String {
    if is_so {
        say!("reach-yes")
    } else {
        say!("reach-no")
    }
}

fn udp(has_udp: Option<bool>) -> String {
    has_udp.map_or_else(|| say!("reach-not-tried"), yes_or_no)
}

fn ipv6(reach: SiteReach) -> String {
    match reach.pinhole {
        Some(protocol) => say!("reach-ipv6-open", protocol = protocol.to_string()),
        None => yes_or_no(reach.has_ipv6),
    }
}

fn pictures(way: PictureWay) -> String {
    match way {
        PictureWay::Unknown => say!("reach-way-unknown"),
        PictureWay::Relayed => say!("reach-way-relayed"),
        PictureWay::DirectToFew => say!("reach-way-few"),
        PictureWay::DirectToSome => say!("reach-way-some"),
        PictureWay::DirectToMost => say!("reach-way-most"),
        PictureWay::DirectToNearlyAll => say!("reach-way-nearly-all"),
    }
}

fn nat(kind: Option<NatKind>) -> String {
    match kind {
        None => say!("reach-nat-none"),
        Some(NatKind::Unknown) => say!("reach-nat-unknown"),
        Some(NatKind::EndpointIndependent) => say!("reach-nat-one"),
        Some(NatKind::EndpointDependent) => say!("reach-nat-symmetric"),
    }
}

fn mapping(state: MappingState) -> String {
    match state {
        MappingState::Off => say!("reach-mapping-off"),
        MappingState::OnThisMachine => say!("reach-mapping-same-machine"),
        MappingState::Looking => say!("reach-mapping-looking"),
        MappingState::NotNeeded => say!("reach-mapping-not-needed"),
        MappingState::NoRouter => say!("reach-mapping-no-router"),
        MappingState::Silent => say!("reach-mapping-silent"),
        MappingState::Refused(protocol) => {
            say!("reach-mapping-refused", protocol = protocol.to_string())
        }
        MappingState::Nonsense(protocol) => {
            say!("reach-mapping-nonsense", protocol = protocol.to_string())
        }
        MappingState::DoubleNat(address) => {
            say!("reach-mapping-double", address = address.to_string())
        }
        MappingState::Mapped(protocol, address) => say!(
            "reach-mapping-mapped",
            protocol = protocol.to_string(),
            address = address.to_string()
        ),
    }
}

fn advice(advice: SiteAdvice) -> String {
    match advice {
        SiteAdvice::AllowUdp => say!("reach-open-udp"),
        SiteAdvice::SetPortMapping => say!("reach-open-setting"),
        SiteAdvice::SwitchPortMappingOn => say!("reach-open-router"),
        SiteAdvice::AllowPortMapping => say!("reach-open-refusing"),
        SiteAdvice::UpdateRouter => say!("reach-open-firmware"),
        SiteAdvice::JoinRouters => say!("reach-open-bridge"),
        SiteAdvice::AskForPublicAddress => say!("reach-open-address"),
        SiteAdvice::AskForAddressOrIpv6 => say!("reach-open-address-or-ipv6"),
        SiteAdvice::LeaveTunnel => say!("reach-open-tunnel"),
        SiteAdvice::SwitchIpv6On => say!("reach-open-ipv6"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proto::reach::MappingProtocol;

    use super::*;
    use crate::language::{Language, speaking};

    fn every_reach() -> Vec<SiteReach> {
        let shared = "100.64.0.1".parse().expect("an address");
        let address = "203.0.113.9".parse().expect("an address");
        let mappings = [
            MappingState::Off,
            MappingState::OnThisMachine,
            MappingState::Looking,
            MappingState::NotNeeded,
            MappingState::NoRouter,
            MappingState::Silent,
            MappingState::Refused(MappingProtocol::Upnp),
            MappingState::Nonsense(MappingProtocol::NatPmp),
            MappingState::DoubleNat(shared),
            MappingState::DoubleNat(address),
            MappingState::Mapped(MappingProtocol::Pcp, address),
        ];
        let kinds = [
            NatKind::Unknown,
            NatKind::EndpointIndependent,
            NatKind::EndpointDependent,
        ];
        let mut all = Vec::new();
        for mapping in mappings {
            for nat in kinds {
                for has_udp in [None, Some(true), Some(false)] {
                    for has_ipv6 in [true, false] {
                        all.push(SiteReach {
                            mapping,
                            nat,
                            has_udp,
                            has_ipv6,
                            pinhole: (has_ipv6 && has_udp.is_none())
                                .then_some(MappingProtocol::Upnp),
                        });
                    }
                }
            }
        }
        all
    }

    /// As a terminal writes it: with straight apostrophes and a small letter first.
    fn plain(text: &str) -> String {
        let mut letters = text.chars();
        let first = letters.next().expect("some words").to_lowercase();
        let text: String = first.chain(letters).collect();
        text.replace('’', "'")
    }

    #[test]
    fn english_pages_use_the_agents_terms() {
        let mut advised = BTreeSet::new();
        for reach in every_reach() {
            let section = speaking(Language::English, || SiteNetwork::new(reach));

            for ((name, value), (own_name, own_value)) in section.rows.iter().zip(reach.rows()) {
                assert_eq!(name, own_name);
                assert_eq!(plain(value), plain(&own_value));
            }
            let own_advice = reach.advice().map(|advice| plain(&advice.to_string()));
            assert_eq!(section.advice.as_deref().map(plain), own_advice);
            advised.extend(own_advice);
        }
        assert_eq!(advised.len(), 10, "every advice was compared");
    }

    #[test]
    fn every_language_has_its_own_text_for_advice() {
        let reach = SiteReach {
            has_udp: Some(false),
            ..SiteReach::unknown(MappingState::Silent)
        };
        let said: BTreeSet<String> = Language::ALL
            .into_iter()
            .filter_map(|language| speaking(language, || SiteNetwork::new(reach)).advice)
            .collect();

        assert_eq!(said.len(), Language::ALL.len());
    }
}
