//! The English terms for what a site's network allows, for logs, terminals and `doctor`. The pages' English
//! messages are the same; a test of the cloud compares them.

use std::fmt;

use super::{MappingProtocol, MappingState, NatKind, PictureWay, SiteAdvice, SiteReach};

impl fmt::Display for SiteReach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ipv6 = ipv6_words(self);
        write!(
            f,
            "port mapping: {}; NAT: {}; UDP: {}; IPv6: {ipv6}",
            self.mapping,
            nat_words(self.nat_in_front()),
            udp_words(self.has_udp)
        )
    }
}

impl SiteReach {
    /// Names and values of what is known, in the order in which they are shown.
    pub fn rows(&self) -> [(&'static str, String); 5] {
        let ipv6 = ipv6_words(self);
        [
            ("Pictures", self.picture_way().to_string()),
            ("UDP", udp_words(self.has_udp).to_owned()),
            ("NAT", nat_words(self.nat_in_front())),
            ("Port mapping", self.mapping.to_string()),
            ("IPv6", ipv6),
        ]
    }
}

fn ipv6_words(reach: &SiteReach) -> String {
    match reach.pinhole {
        Some(protocol) => format!("yes, the router lets viewers in ({protocol})"),
        None if reach.has_ipv6 => "yes".to_owned(),
        None => "no".to_owned(),
    }
}

fn udp_words(has_udp: Option<bool>) -> &'static str {
    match has_udp {
        None => "not tried",
        Some(true) => "yes",
        Some(false) => "no",
    }
}

fn nat_words(nat: Option<NatKind>) -> String {
    nat.map_or_else(|| "none".to_owned(), |kind| kind.to_string())
}

impl fmt::Display for MappingState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MappingState::Off => f.write_str("off"),
            MappingState::OnThisMachine => {
                f.write_str("not needed, viewers are on the agent's machine")
            }
            MappingState::Looking => f.write_str("asking the router"),
            MappingState::NotNeeded => f.write_str("not needed, the agent's own address is public"),
            MappingState::NoRouter => f.write_str("no router found"),
            MappingState::Silent => {
                f.write_str("no, the router answers neither UPnP, NAT-PMP nor PCP")
            }
            MappingState::Refused(protocol) => write!(f, "refused by the router ({protocol})"),
            MappingState::Nonsense(protocol) => {
                write!(f, "no, the router's answers make no sense ({protocol})")
            }
            MappingState::DoubleNat(ip) => write!(
                f,
                "useless, another NAT is in front of the router, whose address is {ip}"
            ),
            MappingState::Mapped(protocol, ip) => write!(f, "yes ({protocol}), at {ip}"),
        }
    }
}

impl fmt::Display for MappingProtocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MappingProtocol::Pcp => "PCP",
            MappingProtocol::NatPmp => "NAT-PMP",
            MappingProtocol::Upnp => "UPnP",
        })
    }
}

impl fmt::Display for NatKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NatKind::Unknown => "unknown",
            NatKind::EndpointIndependent => "one address for all",
            NatKind::EndpointDependent => "another address for each (symmetric)",
        })
    }
}

impl fmt::Display for PictureWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PictureWay::Unknown => "known after the first live view",
            PictureWay::Relayed => "all through the relay, over TCP",
            PictureWay::DirectToFew => {
                "directly only to viewers with an open network, to others through the relay"
            }
            PictureWay::DirectToSome => {
                "directly where the networks of both ends allow it, otherwise through the relay"
            }
            PictureWay::DirectToMost => {
                "directly to most viewers, through the relay to those behind a symmetric NAT"
            }
            PictureWay::DirectToNearlyAll => "directly to nearly all viewers",
        })
    }
}

impl fmt::Display for SiteAdvice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SiteAdvice::AllowUdp => {
                "Allow UDP out to the internet, at least to port 3478 of the cloud. \
                 Until then every picture goes through the relay over TCP."
            }
            SiteAdvice::SetPortMapping => {
                "Set port_mapping = true in [agent], so that the router lets more viewers in \
                 directly."
            }
            SiteAdvice::SwitchPortMappingOn => {
                "Switch UPnP, NAT-PMP or PCP on in the router, so that it lets more viewers in \
                 directly."
            }
            SiteAdvice::AllowPortMapping => {
                "Allow the agent's machine to map ports in the router, which refuses it now."
            }
            SiteAdvice::UpdateRouter => {
                "Update the firmware of the router: it offers to map ports, but does it incorrectly."
            }
            SiteAdvice::JoinRouters => {
                "Set the outer of the two routers in a row to bridge mode, so that the inner one \
                 can map ports."
            }
            SiteAdvice::AskForPublicAddress => {
                "Ask the internet provider for a public IPv4 address. It shares one among several \
                 customers."
            }
            SiteAdvice::AskForAddressOrIpv6 => {
                "Ask the internet provider for IPv6 or for a public IPv4 address. It shares one \
                 among several customers."
            }
            SiteAdvice::LeaveTunnel => {
                "Connect the agent's machine to the router without a VPN or other tunnel between \
                 them."
            }
            SiteAdvice::SwitchIpv6On => {
                "Switch IPv6 on in the router: viewers who have only IPv6 then need no relay."
            }
        })
    }
}
