//! [`SiteReach`] as one flat JSON object: `{"mapping": "mapped", "protocol": "upnp", "address":
//! "203.0.113.9", "nat": "endpoint-independent", "udp": true, "ipv6": false}`.
//!
//! Every field is a word of a list, a flag or an address, so nothing that an agent says can hold
//! markup or control characters. Unknown fields are of later versions and ignored.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{MappingProtocol, MappingState, NatKind, SiteReach};

#[derive(Serialize, Deserialize)]
pub(super) struct ReachFields {
    mapping: MappingWord,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    protocol: Option<MappingProtocol>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<IpAddr>,
    nat: NatKind,
    /// `null` before the first call.
    #[serde(default)]
    udp: Option<bool>,
    ipv6: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pinhole: Option<MappingProtocol>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum MappingWord {
    Off,
    OnThisMachine,
    Looking,
    NotNeeded,
    NoRouter,
    Silent,
    Refused,
    Nonsense,
    DoubleNat,
    Mapped,
}

impl From<SiteReach> for ReachFields {
    fn from(reach: SiteReach) -> ReachFields {
        let (mapping, protocol, address) = match reach.mapping {
            MappingState::Off => (MappingWord::Off, None, None),
            MappingState::OnThisMachine => (MappingWord::OnThisMachine, None, None),
            MappingState::Looking => (MappingWord::Looking, None, None),
            MappingState::NotNeeded => (MappingWord::NotNeeded, None, None),
            MappingState::NoRouter => (MappingWord::NoRouter, None, None),
            MappingState::Silent => (MappingWord::Silent, None, None),
            MappingState::Refused(protocol) => (MappingWord::Refused, Some(protocol), None),
            MappingState::Nonsense(protocol) => (MappingWord::Nonsense, Some(protocol), None),
            MappingState::DoubleNat(address) => (MappingWord::DoubleNat, None, Some(address)),
            MappingState::Mapped(protocol, address) => {
                (MappingWord::Mapped, Some(protocol), Some(address))
            }
        };
        ReachFields {
            mapping,
            protocol,
            address,
            nat: reach.nat,
            udp: reach.has_udp,
            ipv6: reach.has_ipv6,
            pinhole: reach.pinhole,
        }
    }
}

impl TryFrom<ReachFields> for SiteReach {
    type Error = &'static str;

    fn try_from(fields: ReachFields) -> Result<SiteReach, &'static str> {
        let protocol = fields.protocol.ok_or("a port mapping without its protocol");
        let address = fields.address.ok_or("a port mapping without its address");
        let mapping = match fields.mapping {
            MappingWord::Off => MappingState::Off,
            MappingWord::OnThisMachine => MappingState::OnThisMachine,
            MappingWord::Looking => MappingState::Looking,
            MappingWord::NotNeeded => MappingState::NotNeeded,
            MappingWord::NoRouter => MappingState::NoRouter,
            MappingWord::Silent => MappingState::Silent,
            MappingWord::Refused => MappingState::Refused(protocol?),
            MappingWord::Nonsense => MappingState::Nonsense(protocol?),
            MappingWord::DoubleNat => MappingState::DoubleNat(address?),
            MappingWord::Mapped => MappingState::Mapped(protocol?, address?),
        };
        Ok(SiteReach {
            mapping,
            nat: fields.nat,
            has_udp: fields.udp,
            has_ipv6: fields.ipv6,
            pinhole: fields.pinhole,
        })
    }
}
