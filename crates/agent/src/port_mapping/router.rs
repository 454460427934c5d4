//! Talks to routers with two crates: crab_nat for PCP and NAT-PMP, igd-next for UPnP. Both read a limited
//! number of bytes from a connected socket or one address, and follow no redirect. The answers are checked
//! elsewhere ([`super::external`]).

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU16;
use std::time::Duration;

use crab_nat::{
    InternetProtocol, MappingFailure, PortMapping, PortMappingOptions, PortMappingType,
    TimeoutConfig, natpmp, pcp,
};
use igd_next::aio::Gateway;
use igd_next::aio::tokio::{Tokio, search_gateway};
use igd_next::{AddPortError, PortMappingProtocol, SearchOptions};

use super::machine::{MappingGrant, MappingTrouble};
use super::networks::LanNetwork;
use super::pinhole::Pinhole;
use crate::limits;
use crate::reach::MappingProtocol;

/// What the router's owner reads in its list of mappings.
const DESCRIPTION: &str = "Peerview";
/// Where UPnP devices listen for searches (UPnP Device Architecture 1.1 §1.3).
const SSDP_PORT: u16 = 1_900;
/// Everybody in the network who speaks UPnP.
const SSDP_GROUP: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(239, 255, 255, 250));
/// Time for one search; devices answer within one second if the search says nothing else.
pub(super) const SEARCH: Duration = Duration::from_secs(3);
/// Three tries within 1.75 s: in a local network an answer comes at once or not at all.
const DATAGRAM_TRIES: TimeoutConfig = TimeoutConfig {
    initial_timeout: Duration::from_millis(250),
    max_retries: 2,
    max_retry_timeout: None,
};
/// Ports below are services of the router's owner.
const FIRST_PORT: u16 = 32_768;
/// External ports that are tried with UPnP when others have them.
const MAX_CONFLICTS: usize = 8;

/// A mapping in a router.
#[derive(Debug)]
pub(super) enum RouterLease {
    Datagram(PortMapping),
    Upnp(UpnpLease),
    Pinhole(Pinhole),
}

#[derive(Debug, Clone)]
pub(super) struct UpnpLease {
    gateway: Gateway<Tokio>,
    local: SocketAddr,
    external_port: u16,
    seconds: u32,
}

impl RouterLease {
    /// Has `local` mapped. `known` is a gateway that UPnP has found before.
    pub(super) async fn open(
        network: LanNetwork,
        protocol: MappingProtocol,
        local: SocketAddr,
        known: Option<Gateway<Tokio>>,
    ) -> Result<(RouterLease, MappingGrant), MappingTrouble> {
        let lease = match protocol {
            MappingProtocol::Upnp => {
                let gateway = match known {
                    Some(gateway) => gateway,
                    None => find_gateway(network).await?,
                };
                RouterLease::Upnp(UpnpLease::open(gateway, local).await?)
            }
            MappingProtocol::Pcp | MappingProtocol::NatPmp => {
                RouterLease::Datagram(open_datagram(network, protocol, local.port()).await?)
            }
        };
        let grant = lease.grant().await?;
        Ok((lease, grant))
    }

    /// Asks the router for an IPv6 pinhole to `local`. `port` is its PCP port.
    pub(super) async fn open_pinhole(
        network: LanNetwork,
        protocol: MappingProtocol,
        local: SocketAddr,
        port: u16,
    ) -> Result<(RouterLease, MappingGrant), MappingTrouble> {
        let (pinhole, grant) = Pinhole::open(network, protocol, local, port).await?;
        Ok((RouterLease::Pinhole(pinhole), grant))
    }

    /// Renews it, under the same external port if the router still has that. `newest` is the gateway that
    /// UPnP has found last.
    pub(super) async fn renew(
        &mut self,
        newest: Option<Gateway<Tokio>>,
    ) -> Result<MappingGrant, MappingTrouble> {
        match self {
            RouterLease::Datagram(mapping) => {
                mapping.renew().await.map_err(|error| trouble(&error))?;
            }
            RouterLease::Upnp(lease) => {
                let is_same = |found: &Gateway<Tokio>| found.addr.ip() == lease.gateway.addr.ip();
                if let Some(found) = newest.filter(is_same) {
                    lease.gateway = found;
                }
                lease.add_somewhere().await?;
            }
            RouterLease::Pinhole(pinhole) => return pinhole.renew().await,
        }
        self.grant().await
    }

    /// Removes it; a router that does not answer forgets it by itself.
    pub(super) async fn remove(self) {
        let is_removed = match self {
            RouterLease::Datagram(mapping) => mapping.try_drop().await.is_ok(),
            RouterLease::Upnp(lease) => {
                let udp = PortMappingProtocol::UDP;
                let removing = lease.gateway.remove_port(udp, lease.external_port);
                removing.await.is_ok()
            }
            RouterLease::Pinhole(pinhole) => pinhole.close().await,
        };
        if !is_removed {
            tracing::debug!("a port mapping was not removed, and is left to expire");
        }
    }

    /// The gateway that UPnP has found.
    pub(super) fn gateway(&self) -> Option<Gateway<Tokio>> {
        match self {
            RouterLease::Datagram(_) | RouterLease::Pinhole(_) => None,
            RouterLease::Upnp(lease) => Some(lease.gateway.clone()),
        }
    }

    async fn grant(&self) -> Result<MappingGrant, MappingTrouble> {
        match self {
            RouterLease::Datagram(mapping) => {
                let ip = match mapping.mapping_type() {
                    PortMappingType::Pcp { external_ip, .. } => external_ip,
                    PortMappingType::NatPmp => {
                        let asked =
                            natpmp::external_address(mapping.gateway(), Some(DATAGRAM_TRIES));
                        asked.await.map_err(|error| natpmp_trouble(&error))?.into()
                    }
                };
                granted(
                    SocketAddr::new(ip, mapping.external_port().get()),
                    mapping.lifetime(),
                    Some(mapping.gateway_epoch()),
                )
            }
            RouterLease::Upnp(lease) => {
                let asked = lease.gateway.get_external_ip();
                let ip = asked.await.map_err(|_| MappingTrouble::Nonsense)?;
                let seconds = match lease.seconds {
                    // It stays until it is removed; renewed all the same, to notice a restart.
                    0 => u32::MAX,
                    seconds => seconds,
                };
                granted(SocketAddr::new(ip, lease.external_port), seconds, None)
            }
            // It says so itself.
            RouterLease::Pinhole(_) => Err(MappingTrouble::Nonsense),
        }
    }
}

fn granted(
    external: SocketAddr,
    seconds: u32,
    epoch: Option<u32>,
) -> Result<MappingGrant, MappingTrouble> {
    // A lifetime of 0 is how these protocols remove a mapping.
    if seconds == 0 {
        return Err(MappingTrouble::Nonsense);
    }
    Ok(MappingGrant {
        external,
        lifetime: Duration::from_secs(seconds.into()),
        epoch,
    })
}

pub(super) fn lifetime_seconds() -> u32 {
    u32::try_from(limits::MAPPING_LIFETIME.as_secs()).unwrap_or(u32::MAX)
}

async fn open_datagram(
    network: LanNetwork,
    protocol: MappingProtocol,
    port: u16,
) -> Result<PortMapping, MappingTrouble> {
    let port = NonZeroU16::new(port).ok_or(MappingTrouble::Nonsense)?;
    let options = PortMappingOptions {
        // Our port was chosen at random. A NAT that keeps ports then uses one for both directions.
        external_port: Some(port),
        lifetime_seconds: Some(lifetime_seconds()),
        timeout_config: Some(DATAGRAM_TRIES),
    };
    let udp = InternetProtocol::Udp;
    if protocol == MappingProtocol::NatPmp {
        let asked = natpmp::port_mapping(network.router.into(), udp, port, options);
        return asked.await.map_err(|error| natpmp_trouble(&error));
    }
    let base = pcp::BaseMapRequest::new(network.router.into(), network.local, udp, port);
    let asked = pcp::port_mapping(base, None, None, options);
    asked.await.map_err(|error| pcp_trouble(&error))
}

/// Looks for the router itself first, and then for everybody: some routers answer only the group.
/// Answers from anybody but the router are ignored.
async fn find_gateway(network: LanNetwork) -> Result<Gateway<Tokio>, MappingTrouble> {
    let mut worst = MappingTrouble::Silent;
    for address in [network.router, SSDP_GROUP] {
        if network.router.is_loopback() && address == SSDP_GROUP {
            continue;
        }
        let mut options = SearchOptions::default();
        options.bind_addr = SocketAddr::new(network.local, 0);
        options.broadcast_address = SocketAddr::new(address, SSDP_PORT);
        options.timeout = Some(SEARCH);
        options.single_search_timeout = Some(SEARCH);
        options.allowed_gateway_ips = vec![network.router];
        match search_gateway(options).await {
            Ok(gateway) if gateway.addr.ip() == network.router => return Ok(gateway),
            Ok(gateway) => {
                tracing::debug!(from = %gateway.addr, "ignored a device that offers port mappings but is not the router");
                worst = MappingTrouble::Nonsense;
            }
            Err(error) => tracing::debug!(kind = search_error(&error), "UPnP found no router"),
        }
    }
    Err(worst)
}

/// The crate's own texts repeat what the other side sent.
fn search_error(error: &igd_next::SearchError) -> &'static str {
    match error {
        igd_next::SearchError::NoResponseWithinTimeout => "nobody answered",
        igd_next::SearchError::IoError(_) => "the search could not be sent",
        _ => "an answer made no sense",
    }
}

impl UpnpLease {
    async fn open(gateway: Gateway<Tokio>, local: SocketAddr) -> Result<UpnpLease, MappingTrouble> {
        let mut lease = UpnpLease {
            gateway,
            local,
            external_port: local.port().max(FIRST_PORT),
            seconds: lifetime_seconds(),
        };
        lease.add_somewhere().await?;
        Ok(lease)
    }

    /// Makes or renews it. If somebody else has taken the port, as while the router or we were away, it gets
    /// another.
    async fn add_somewhere(&mut self) -> Result<(), MappingTrouble> {
        for _ in 0..MAX_CONFLICTS {
            match self.add().await {
                Ok(()) => return Ok(()),
                Err(AddPortError::OnlyPermanentLeasesSupported) => self.seconds = 0,
                // Another agent or a game console has that port: it stays theirs.
                Err(AddPortError::PortInUse) => {
                    self.external_port = rand::random_range(FIRST_PORT..=u16::MAX);
                }
                Err(AddPortError::SamePortValuesRequired)
                    if self.external_port != self.local.port() =>
                {
                    self.external_port = self.local.port();
                }
                Err(error) => return Err(add_trouble(&error)),
            }
        }
        Err(MappingTrouble::Refused)
    }

    async fn add(&self) -> Result<(), AddPortError> {
        let udp = PortMappingProtocol::UDP;
        self.gateway
            .add_port(
                udp,
                self.external_port,
                self.local,
                self.seconds,
                DESCRIPTION,
            )
            .await
    }
}

fn add_trouble(error: &AddPortError) -> MappingTrouble {
    use igd_next::RequestError;
    match error {
        AddPortError::RequestError(RequestError::ErrorCode(..))
        | AddPortError::ActionNotAuthorized
        | AddPortError::PortInUse
        | AddPortError::SamePortValuesRequired
        | AddPortError::OnlyPermanentLeasesSupported => MappingTrouble::Refused,
        AddPortError::RequestError(
            RequestError::IoError(_)
            | RequestError::HyperError(_)
            | RequestError::HyperClientError(_),
        ) => MappingTrouble::Silent,
        _ => MappingTrouble::Nonsense,
    }
}

fn trouble(failure: &MappingFailure) -> MappingTrouble {
    match failure {
        MappingFailure::NatPmp(failure) => natpmp_trouble(failure),
        MappingFailure::Pcp(failure) => pcp_trouble(failure),
    }
}

fn natpmp_trouble(failure: &natpmp::Failure) -> MappingTrouble {
    match failure {
        natpmp::Failure::Socket(_)
        | natpmp::Failure::Timeout
        | natpmp::Failure::UnsupportedVersion(_) => MappingTrouble::Silent,
        natpmp::Failure::InvalidResponse(_) => MappingTrouble::Nonsense,
        natpmp::Failure::NotAuthorized
        | natpmp::Failure::NetworkFailure
        | natpmp::Failure::OutOfResources
        | natpmp::Failure::UnsupportedOpcode => MappingTrouble::Refused,
    }
}

fn pcp_trouble(failure: &pcp::Failure) -> MappingTrouble {
    match failure {
        pcp::Failure::Socket(_) | pcp::Failure::Timeout | pcp::Failure::UnsupportedVersion(_) => {
            MappingTrouble::Silent
        }
        pcp::Failure::InvalidResponse(_) | pcp::Failure::Nonce => MappingTrouble::Nonsense,
        _ => MappingTrouble::Refused,
    }
}
