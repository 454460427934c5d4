//! What this site's network allows: whether its router maps ports, which kind of NAT it is, whether
//! UDP gets out, and whether there is IPv6. Put together from what routers and STUN servers say.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};

use crate::limits;

/// What is known about the network of this site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SiteReach {
    /// Whether the router maps ports for us.
    pub mapping: MappingState,
    /// The kind of NAT in front of this machine.
    pub nat: NatKind,
    /// Whether a STUN server answered over UDP; `None` before the first call.
    pub has_udp: Option<bool>,
    /// Whether this machine has an IPv6 address of the internet.
    pub has_ipv6: bool,
}

/// Whether ports are mapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MappingState {
    /// The setting is off.
    Off,
    /// Routers are being asked.
    Looking,
    /// This machine's own address is public.
    NotNeeded,
    /// There is no default route.
    NoRouter,
    /// No router answers any of the protocols.
    Silent,
    /// The router speaks a protocol, and does not map.
    Refused(MappingProtocol),
    /// What the router answers makes no sense.
    Nonsense(MappingProtocol),
    /// The router maps, but another NAT is in front of it: nobody reaches this address.
    DoubleNat(IpAddr),
    /// Ports are mapped; viewers reach this address.
    Mapped(MappingProtocol, IpAddr),
}

/// How a router is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MappingProtocol {
    /// Port Control Protocol (RFC 6887).
    Pcp,
    /// NAT Port Mapping Protocol (RFC 6886).
    NatPmp,
    /// UPnP Internet Gateway Device.
    Upnp,
}

/// How a NAT maps sockets (RFC 4787 §4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NatKind {
    /// No two STUN servers have answered the same socket yet.
    Unknown,
    /// One public address for all destinations.
    EndpointIndependent,
    /// Another public address for each destination, also called symmetric.
    EndpointDependent,
}

impl SiteReach {
    /// Nothing is known yet.
    pub fn unknown(mapping: MappingState) -> SiteReach {
        SiteReach {
            mapping,
            nat: NatKind::Unknown,
            has_udp: None,
            has_ipv6: false,
        }
    }
}

impl fmt::Display for SiteReach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let udp = match self.has_udp {
            None => "not tried",
            Some(true) => "yes",
            Some(false) => "no",
        };
        let ipv6 = if self.has_ipv6 { "yes" } else { "no" };
        write!(
            f,
            "port mapping: {}; NAT: {}; UDP: {udp}; IPv6: {ipv6}",
            self.mapping, self.nat
        )
    }
}

impl fmt::Display for MappingState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MappingState::Off => f.write_str("off"),
            MappingState::Looking => f.write_str("asking the router"),
            MappingState::NotNeeded => f.write_str("not needed, this machine's address is public"),
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

/// What STUN servers saw of sockets without a mapping, of the last few calls.
#[derive(Debug, Default)]
pub struct SeenAddresses {
    /// In the order of their first answers.
    sockets: Vec<(SocketAddr, BTreeMap<SocketAddr, SocketAddr>)>,
}

impl SeenAddresses {
    /// Notes an answer; returns the kind of NAT if this socket shows it.
    pub fn note(
        &mut self,
        socket: SocketAddr,
        server: SocketAddr,
        address: SocketAddr,
    ) -> Option<NatKind> {
        let position = match self.sockets.iter().position(|(known, _)| *known == socket) {
            Some(position) => position,
            None => {
                if self.sockets.len() >= limits::MAX_SEEN_SOCKETS {
                    self.sockets.remove(0);
                }
                self.sockets.push((socket, BTreeMap::new()));
                self.sockets.len() - 1
            }
        };
        let (_, seen) = &mut self.sockets[position];
        if seen.len() < limits::MAX_SEEN_SERVERS || seen.contains_key(&server) {
            seen.insert(server, address);
        }
        let mut others = seen.values().filter(|other| **other != address);
        match (others.next(), seen.len()) {
            (Some(_), _) => Some(NatKind::EndpointDependent),
            (None, 0 | 1) => None,
            (None, _) => Some(NatKind::EndpointIndependent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn two_stun_servers_tell_the_kind_of_nat() {
        let mut seen = SeenAddresses::default();
        let home = at("192.168.1.5:4000");
        let first = seen.note(home, at("192.0.2.1:3478"), at("203.0.113.9:4000"));
        let second = seen.note(home, at("192.0.2.2:3478"), at("203.0.113.9:4000"));
        let third = seen.note(home, at("192.0.2.3:3478"), at("203.0.113.9:4001"));

        assert_eq!(first, None);
        assert_eq!(second, Some(NatKind::EndpointIndependent));
        assert_eq!(third, Some(NatKind::EndpointDependent));
    }

    #[test]
    fn one_server_asked_twice_tells_nothing() {
        let mut seen = SeenAddresses::default();
        let (home, server) = (at("192.168.1.5:4000"), at("192.0.2.1:3478"));

        for _ in 0..2 {
            assert_eq!(seen.note(home, server, at("203.0.113.9:4000")), None);
        }
    }

    #[test]
    fn seen_addresses_are_limited() {
        let mut seen = SeenAddresses::default();
        for port in 1..1_000 {
            for server in 1..20 {
                let socket = SocketAddr::from(([192, 168, 1, 5], port));
                let server = SocketAddr::from(([192, 0, 2, 1], server));
                seen.note(socket, server, at("203.0.113.9:4000"));
            }
        }

        assert_eq!(seen.sockets.len(), limits::MAX_SEEN_SOCKETS);
        let most = seen.sockets.iter().map(|(_, seen)| seen.len()).max();
        assert_eq!(most, Some(limits::MAX_SEEN_SERVERS));
    }

    #[test]
    fn reach_is_one_line_for_people() {
        let mut reach = SiteReach::unknown(MappingState::Looking);
        assert_eq!(
            reach.to_string(),
            "port mapping: asking the router; NAT: unknown; UDP: not tried; IPv6: no"
        );

        reach.mapping = MappingState::Mapped(MappingProtocol::NatPmp, at("203.0.113.9:1").ip());
        reach.nat = NatKind::EndpointDependent;
        reach.has_udp = Some(true);
        assert_eq!(
            reach.to_string(),
            "port mapping: yes (NAT-PMP), at 203.0.113.9; \
             NAT: another address for each (symmetric); UDP: yes; IPv6: no"
        );
    }
}
