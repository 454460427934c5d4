//! Asks a router to open an IPv6 pinhole for one of our sockets: with PCP MAP (RFC 6887 §11), where the
//! external address is our own because there is no translation, or UPnP's WANIPv6FirewallControl.
//!
//! PCP has its own client here: the request must come from the address that it is about, and the kept
//! crate lets the kernel choose one, which towards a router's link-local address is another.

use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6};
use std::time::Duration;

use igd_next::aio::Ipv6FirewallGateway;
use igd_next::aio::tokio::{Tokio, search_ipv6_firewall_gateway};
use igd_next::{PinholeError, PortMappingProtocol, RequestError, SearchOptions};
use tokio::net::UdpSocket;

use super::machine::{MappingGrant, MappingTrouble};
use super::networks::LanNetwork;
use super::router::{SEARCH, lifetime_seconds};
use crate::reach::MappingProtocol;

/// Where routers take PCP (RFC 6887 §19.1).
pub(super) const PCP_PORT: u16 = 5_351;
/// Length of a MAP request and of its answer, without options.
const MAP_BYTES: usize = 60;
/// Length of the longest message of the protocol.
const MAX_BYTES: usize = 1_100;
/// Of a refusal only the header is sure to follow.
const HEADER_BYTES: usize = 24;
const VERSION: u8 = 2;
const MAP: u8 = 1;
const ANSWER: u8 = 0x80;
const UDP: u8 = 17;
/// Result codes (RFC 6887 §7.4).
const SUCCESS: u8 = 0;
const UNSUPPORTED_VERSION: u8 = 1;
/// Waits for an answer: in a local network it comes at once or not at all.
const WAITS: [Duration; 3] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
];

/// A way in through the filter of a router.
#[derive(Debug)]
pub(super) enum Pinhole {
    Pcp(PcpPinhole),
    Upnp(UpnpPinhole),
}

/// One that was asked for with PCP.
#[derive(Debug)]
pub(super) struct PcpPinhole {
    router: SocketAddrV6,
    local: SocketAddrV6,
    nonce: [u8; 12],
}

/// One that was asked for with UPnP, which numbers them.
#[derive(Debug)]
pub(super) struct UpnpPinhole {
    gateway: Ipv6FirewallGateway<Tokio>,
    local: SocketAddrV6,
    number: u16,
}

impl Pinhole {
    /// Asks the router to let packets in to `local`; `port` is its PCP port.
    pub(super) async fn open(
        network: LanNetwork,
        protocol: MappingProtocol,
        local: SocketAddr,
        port: u16,
    ) -> Result<(Pinhole, MappingGrant), MappingTrouble> {
        let (SocketAddr::V6(local), std::net::IpAddr::V6(router)) = (local, network.router) else {
            return Err(MappingTrouble::Silent);
        };
        let pinhole = match protocol {
            MappingProtocol::Pcp => Pinhole::Pcp(PcpPinhole {
                router: SocketAddrV6::new(router, port, 0, network.scope),
                local,
                nonce: rand::random(),
            }),
            MappingProtocol::Upnp => {
                Pinhole::Upnp(UpnpPinhole::open(router, network.scope, local).await?)
            }
            MappingProtocol::NatPmp => return Err(MappingTrouble::Silent),
        };
        let grant = match &pinhole {
            Pinhole::Pcp(pinhole) => pinhole.ask(lifetime_seconds()).await?,
            Pinhole::Upnp(pinhole) => pinhole.grant(),
        };
        Ok((pinhole, grant))
    }

    /// Asks for more time.
    pub(super) async fn renew(&mut self) -> Result<MappingGrant, MappingTrouble> {
        match self {
            Pinhole::Pcp(pinhole) => pinhole.ask(lifetime_seconds()).await,
            Pinhole::Upnp(pinhole) => pinhole.renew().await,
        }
    }

    /// Has it closed; says whether the router did.
    pub(super) async fn close(self) -> bool {
        match self {
            // A lifetime of 0 closes it, and is granted as 0.
            Pinhole::Pcp(pinhole) => pinhole.exchange(0).await.is_ok(),
            Pinhole::Upnp(pinhole) => pinhole.gateway.remove_pinhole(pinhole.number).await.is_ok(),
        }
    }
}

impl PcpPinhole {
    async fn ask(&self, seconds: u32) -> Result<MappingGrant, MappingTrouble> {
        let answer = self.exchange(seconds).await?;
        self.read(&answer)
    }

    /// Sends a request until something answers.
    async fn exchange(&self, seconds: u32) -> Result<Vec<u8>, MappingTrouble> {
        let silent = |_| MappingTrouble::Silent;
        let from = SocketAddrV6::new(*self.local.ip(), 0, 0, self.local.scope_id());
        let socket = UdpSocket::bind(from).await.map_err(silent)?;
        // Nobody else is heard then.
        socket.connect(self.router).await.map_err(silent)?;
        let request = self.request(seconds);
        for wait in WAITS {
            socket.send(&request).await.map_err(silent)?;
            let mut answer = vec![0; MAX_BYTES];
            if let Ok(received) = tokio::time::timeout(wait, socket.recv(&mut answer)).await {
                answer.truncate(received.map_err(silent)?);
                return Ok(answer);
            }
        }
        Err(MappingTrouble::Silent)
    }

    fn request(&self, seconds: u32) -> [u8; MAP_BYTES] {
        let (address, port) = (self.local.ip().octets(), self.local.port().to_be_bytes());
        let mut request = [0; MAP_BYTES];
        request[..2].copy_from_slice(&[VERSION, MAP]);
        request[4..8].copy_from_slice(&seconds.to_be_bytes());
        request[8..24].copy_from_slice(&address);
        request[24..36].copy_from_slice(&self.nonce);
        request[36] = UDP;
        request[40..42].copy_from_slice(&port);
        // What is suggested is the only thing that makes sense without translation.
        request[42..44].copy_from_slice(&port);
        request[44..].copy_from_slice(&address);
        request
    }

    /// Reads an answer. A router that means another socket, or another address of it, is not believed.
    fn read(&self, answer: &[u8]) -> Result<MappingGrant, MappingTrouble> {
        if answer.len() < HEADER_BYTES || answer[1] != ANSWER | MAP {
            return Err(MappingTrouble::Nonsense);
        }
        match (answer[0], answer[3]) {
            (_, UNSUPPORTED_VERSION) => return Err(MappingTrouble::Silent),
            (VERSION, SUCCESS) if answer.len() >= MAP_BYTES => {}
            (VERSION, SUCCESS) => return Err(MappingTrouble::Nonsense),
            (VERSION, _) => return Err(MappingTrouble::Refused),
            _ => return Err(MappingTrouble::Nonsense),
        }
        let four = |at: usize| u32::from_be_bytes([0, 1, 2, 3].map(|n| answer[at + n]));
        let port = self.local.port().to_be_bytes();
        let is_ours = answer[24..36] == self.nonce
            && answer[36] == UDP
            && answer[40..42] == port
            && answer[42..44] == port
            && answer[44..60] == self.local.ip().octets();
        let seconds = four(4);
        if !is_ours || seconds == 0 {
            return Err(MappingTrouble::Nonsense);
        }
        Ok(MappingGrant {
            external: self.local.into(),
            lifetime: Duration::from_secs(seconds.into()),
            epoch: Some(four(8)),
        })
    }
}

impl UpnpPinhole {
    /// Looks for the router itself first, and then for everybody in the network: some answer only the group.
    /// Answers from anybody but the router are ignored.
    async fn open(
        router: Ipv6Addr,
        scope: u32,
        local: SocketAddrV6,
    ) -> Result<UpnpPinhole, MappingTrouble> {
        let mut options = vec![SearchOptions::ipv6(scope)];
        if !router.is_loopback() {
            options.push(SearchOptions::ipv6(scope));
        }
        options[0].broadcast_address = SocketAddrV6::new(router, 1_900, 0, scope).into();
        for mut options in options {
            options.bind_addr = SocketAddrV6::new(*local.ip(), 0, 0, local.scope_id()).into();
            options.timeout = Some(SEARCH);
            options.single_search_timeout = Some(SEARCH);
            options.allowed_gateway_ips = vec![router.into()];
            if let Ok(gateway) = search_ipv6_firewall_gateway(options).await
                && gateway.addr.ip() == router
            {
                let udp = PortMappingProtocol::UDP;
                let opened = gateway.add_pinhole(udp, local, lifetime_seconds()).await;
                let number = opened.map_err(|error| trouble(&error))?;
                return Ok(UpnpPinhole {
                    gateway,
                    local,
                    number,
                });
            }
        }
        Err(MappingTrouble::Silent)
    }

    async fn renew(&mut self) -> Result<MappingGrant, MappingTrouble> {
        let renewed = self
            .gateway
            .update_pinhole(self.number, lifetime_seconds())
            .await;
        if let Err(PinholeError::NoSuchEntry) = renewed {
            // The router has restarted.
            let udp = PortMappingProtocol::UDP;
            let opened = self
                .gateway
                .add_pinhole(udp, self.local, lifetime_seconds())
                .await;
            self.number = opened.map_err(|error| trouble(&error))?;
        } else {
            renewed.map_err(|error| trouble(&error))?;
        }
        Ok(self.grant())
    }

    fn grant(&self) -> MappingGrant {
        MappingGrant {
            external: self.local.into(),
            lifetime: Duration::from_secs(lifetime_seconds().into()),
            epoch: None,
        }
    }
}

fn trouble(error: &PinholeError) -> MappingTrouble {
    match error {
        PinholeError::RequestError(
            RequestError::IoError(_)
            | RequestError::HyperError(_)
            | RequestError::HyperClientError(_),
        )
        | PinholeError::FirewallControlUnavailable => MappingTrouble::Silent,
        PinholeError::RequestError(RequestError::ErrorCode(..))
        | PinholeError::ActionNotAuthorized
        | PinholeError::PinholeSpaceExhausted
        | PinholeError::FirewallDisabled
        | PinholeError::InboundPinholeNotAllowed
        | PinholeError::NoSuchEntry => MappingTrouble::Refused,
        _ => MappingTrouble::Nonsense,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pinhole() -> PcpPinhole {
        PcpPinhole {
            router: "[fe80::1%3]:5351".parse().expect("an address"),
            local: "[2001:db8::5]:40000".parse().expect("an address"),
            nonce: [7; 12],
        }
    }

    /// What a router answers that grants everything.
    fn granted(request: &[u8; MAP_BYTES]) -> Vec<u8> {
        let mut answer = request.to_vec();
        answer[1] |= ANSWER;
        answer[8..12].copy_from_slice(&1_000_u32.to_be_bytes());
        answer[12..24].fill(0);
        answer
    }

    #[test]
    fn a_pinhole_request_follows_rfc_6887() {
        let request = pinhole().request(240);

        assert_eq!(request[..8], [2, 1, 0, 0, 0, 0, 0, 240]);
        let address = "2001:db8::5".parse::<Ipv6Addr>().expect("an address");
        assert_eq!(request[8..24], address.octets());
        assert_eq!(request[24..36], [7; 12]);
        assert_eq!(request[36..44], [17, 0, 0, 0, 0x9c, 0x40, 0x9c, 0x40]);
        assert_eq!(request[44..], address.octets());
    }

    #[test]
    fn a_granted_pinhole_is_the_sockets_own_address() {
        let pinhole = pinhole();

        let grant = pinhole.read(&granted(&pinhole.request(240)));

        let expected = MappingGrant {
            external: pinhole.local.into(),
            lifetime: Duration::from_secs(240),
            epoch: Some(1_000),
        };
        assert_eq!(grant, Ok(expected));
    }

    #[test]
    fn a_pinhole_for_another_socket_is_not_used() {
        let pinhole = pinhole();
        let good = granted(&pinhole.request(240));
        // Another nonce, protocol, inner port, outer port or address, and no time.
        for at in [0, 1, 24, 35, 36, 40, 42, 44, 59] {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert_eq!(pinhole.read(&bad), Err(MappingTrouble::Nonsense), "{at}");
        }
        let mut no_time = good.clone();
        no_time[4..8].fill(0);
        assert_eq!(pinhole.read(&no_time), Err(MappingTrouble::Nonsense));
        assert_eq!(pinhole.read(&good[..59]), Err(MappingTrouble::Nonsense));
        assert_eq!(pinhole.read(&[]), Err(MappingTrouble::Nonsense));
    }

    #[test]
    fn refusals_of_pinholes_are_distinguished() {
        let pinhole = pinhole();
        let refused = |version, code| {
            let mut answer = vec![0; HEADER_BYTES];
            answer[..4].copy_from_slice(&[version, ANSWER | MAP, 0, code]);
            pinhole.read(&answer).expect_err("a refusal")
        };

        assert_eq!(refused(2, 2), MappingTrouble::Refused);
        assert_eq!(refused(0, UNSUPPORTED_VERSION), MappingTrouble::Silent);
        assert_eq!(refused(3, 2), MappingTrouble::Nonsense);
    }

    proptest! {
        #[test]
        fn no_answer_about_a_pinhole_causes_a_panic(
            answer in proptest::collection::vec(any::<u8>(), 0..80)
        ) {
            let _ = pinhole().read(&answer);
        }
    }
}
