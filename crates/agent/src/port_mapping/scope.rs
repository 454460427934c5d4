//! The routers and networks in which port mappings are requested.

use std::net::IpAddr;

use super::machine::MappingKind;
use super::networks::{self, LanNetwork, NetworkView};
use super::pinhole::PCP_PORT;

/// Where ports are mapped.
#[derive(Debug, Clone)]
pub enum MappingScope {
    /// Nowhere: the setting is off.
    Off,
    /// Nowhere: viewers are on this machine.
    OnThisMachine,
    /// By the routers of this machine, or only in the network with this address of ours.
    Routers(Option<IpAddr>),
    /// By this router, whatever the routes say, also on loopback; for tests.
    Fixed(LanNetwork),
    /// The same over IPv6, with the port at which it takes PCP.
    FixedIpv6(LanNetwork, u16),
}

impl MappingScope {
    /// The networks whose routers are queried for mappings of this kind.
    pub(super) fn look(&self, kind: MappingKind) -> NetworkView {
        let mut view = match self {
            MappingScope::Routers(bind) => networks::look(*bind),
            MappingScope::Off | MappingScope::OnThisMachine => NetworkView {
                has_ipv6: networks::look(None).has_ipv6,
                ..NetworkView::default()
            },
            MappingScope::Fixed(network) => NetworkView {
                networks: vec![*network],
                ..NetworkView::default()
            },
            MappingScope::FixedIpv6(network, _) => NetworkView {
                networks6: vec![*network],
                ..NetworkView::default()
            },
        };
        if kind == MappingKind::Pinholes {
            view.networks = std::mem::take(&mut view.networks6);
        }
        view
    }

    /// Where routers take PCP over IPv6.
    pub(super) fn pcp_port(&self) -> u16 {
        match self {
            MappingScope::FixedIpv6(_, port) => *port,
            _ => PCP_PORT,
        }
    }

    /// Whether routers and their external addresses may be on loopback.
    pub(super) fn is_for_tests(&self) -> bool {
        matches!(self, MappingScope::Fixed(_) | MappingScope::FixedIpv6(..))
    }
}
