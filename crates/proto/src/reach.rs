//! What the network of an agent's site allows, what that means for pictures, and the one change that would
//! help. The agent reports it to the cloud and in its status file; the log, `agent status`, the Device page
//! and `doctor` use the terms of this file.

mod fields;
mod words;

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::rpc::{RpcError, typed};
use fields::ReachFields;

/// What is known about the network of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "ReachFields", try_from = "ReachFields")]
pub struct SiteReach {
    /// Whether the router maps ports for the agent.
    pub mapping: MappingState,
    /// The kind of NAT in front of the agent's machine.
    pub nat: NatKind,
    /// Whether a STUN server answered over UDP; `None` before the first call.
    pub has_udp: Option<bool>,
    /// Whether the agent's machine has an IPv6 address of the internet.
    pub has_ipv6: bool,
    /// How the router was asked to let viewers in over IPv6, if it does.
    pub pinhole: Option<MappingProtocol>,
}

/// Whether ports are mapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MappingState {
    /// The setting is off.
    Off,
    /// Viewers are on the agent's own machine.
    OnThisMachine,
    /// Routers are being asked.
    Looking,
    /// The machine's own address is public.
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

/// The protocol of a request to a router.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MappingProtocol {
    /// Port Control Protocol (RFC 6887).
    Pcp,
    /// NAT Port Mapping Protocol (RFC 6886).
    NatPmp,
    /// UPnP Internet Gateway Device.
    Upnp,
}

/// How a NAT maps sockets (RFC 4787 §4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NatKind {
    /// No two STUN servers have answered the same socket yet.
    Unknown,
    /// One public address for all destinations.
    EndpointIndependent,
    /// Another public address for each destination, also called symmetric.
    EndpointDependent,
}

/// Which way pictures take from a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PictureWay {
    /// Not tried yet.
    Unknown,
    /// Only through the relay, over TCP or TLS.
    Relayed,
    /// Directly to viewers with an open network.
    DirectToFew,
    /// Directly where it depends on the networks of both ends.
    DirectToSome,
    /// Directly to all but viewers behind a symmetric NAT.
    DirectToMost,
    /// Directly to everybody whose own network allows UDP.
    DirectToNearlyAll,
}

/// The one thing that opens most at a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteAdvice {
    /// UDP does not get out.
    AllowUdp,
    /// The setting is off.
    SetPortMapping,
    /// The router answers no protocol.
    SwitchPortMappingOn,
    /// The router refuses.
    AllowPortMapping,
    /// The router's answers make no sense.
    UpdateRouter,
    /// Another NAT, which belongs to the site, is in front of the router.
    JoinRouters,
    /// The provider shares an IPv4 address among customers.
    AskForPublicAddress,
    /// The same, and there is no IPv6.
    AskForAddressOrIpv6,
    /// There is no router, and a symmetric NAT somewhere behind a tunnel.
    LeaveTunnel,
    /// All is open over IPv4.
    SwitchIpv6On,
}

impl SiteReach {
    /// Nothing is known yet.
    pub fn unknown(mapping: MappingState) -> SiteReach {
        SiteReach {
            mapping,
            nat: NatKind::Unknown,
            has_udp: None,
            has_ipv6: false,
            pinhole: None,
        }
    }

    /// Reads what an agent tells ([`crate::link::message::method::REACH`]).
    pub fn parse(params: Value) -> Result<SiteReach, RpcError> {
        typed(params)
    }

    /// Whether silence of all STUN servers says something: a machine with IPv6 alone may have had none to ask.
    pub fn can_ask_over_udp(&self) -> bool {
        self.mapping != MappingState::NoRouter || !self.has_ipv6
    }

    /// The kind of NAT, or `None` if nothing is between the agent's machine and its viewers.
    pub fn nat_in_front(&self) -> Option<NatKind> {
        let is_open = matches!(
            self.mapping,
            MappingState::OnThisMachine | MappingState::NotNeeded
        );
        (!is_open || self.nat != NatKind::Unknown).then_some(self.nat)
    }

    /// Which way pictures take from here.
    pub fn picture_way(&self) -> PictureWay {
        match (self.has_udp, self.mapping, self.nat) {
            // Nothing between them and the agent matters.
            (_, MappingState::OnThisMachine, _) => PictureWay::DirectToNearlyAll,
            (None, MappingState::NotNeeded, _) => PictureWay::DirectToNearlyAll,
            (None, _, _) => PictureWay::Unknown,
            (Some(false), _, _) => PictureWay::Relayed,
            (_, MappingState::Mapped(..) | MappingState::NotNeeded, _) => {
                PictureWay::DirectToNearlyAll
            }
            (_, _, NatKind::EndpointIndependent) => PictureWay::DirectToMost,
            (_, _, NatKind::EndpointDependent) => PictureWay::DirectToFew,
            (_, _, NatKind::Unknown) => PictureWay::DirectToSome,
        }
    }

    /// The one thing to open for more, or nothing if all is well or not known yet.
    pub fn advice(&self) -> Option<SiteAdvice> {
        // Without UDP a mapped port is of no use.
        if self.has_udp == Some(false) && self.mapping != MappingState::OnThisMachine {
            return Some(SiteAdvice::AllowUdp);
        }
        match self.mapping {
            MappingState::Looking | MappingState::OnThisMachine => None,
            MappingState::Off => Some(SiteAdvice::SetPortMapping),
            MappingState::Silent => Some(SiteAdvice::SwitchPortMappingOn),
            MappingState::Refused(_) => Some(SiteAdvice::AllowPortMapping),
            MappingState::Nonsense(_) => Some(SiteAdvice::UpdateRouter),
            MappingState::DoubleNat(router) if !is_shared_by_provider(router) => {
                Some(SiteAdvice::JoinRouters)
            }
            MappingState::DoubleNat(_) if self.has_ipv6 => Some(SiteAdvice::AskForPublicAddress),
            MappingState::DoubleNat(_) => Some(SiteAdvice::AskForAddressOrIpv6),
            // A machine with IPv6 alone has no such router either, and needs none.
            MappingState::NoRouter => {
                (self.nat == NatKind::EndpointDependent).then_some(SiteAdvice::LeaveTunnel)
            }
            MappingState::Mapped(..) | MappingState::NotNeeded => {
                (!self.has_ipv6).then_some(SiteAdvice::SwitchIpv6On)
            }
        }
    }
}

/// RFC 6598: 100.64.0.0/10 is for NATs that a provider runs for its customers.
fn is_shared_by_provider(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.octets()[0] == 100 && v4.octets()[1] & 0xc0 == 64,
        IpAddr::V6(_) => false,
    }
}

#[cfg(test)]
mod tests;
