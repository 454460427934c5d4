//! Routers that speak PCP or NAT-PMP announce with multicast that they have restarted or got another address
//! (RFC 6886 §3.2.1, RFC 6887 §14.1.1). The content of an announcement is not trusted: it only causes a
//! request to the router.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tokio::net::UdpSocket;

use super::scope::MappingScope;

/// Announcements go to the group of all hosts, of which every machine is a member, and to this port.
const PORT: u16 = 5_350;

/// The socket that hears them, if this machine lets us have it.
pub(super) struct Announcements(Option<UdpSocket>);

impl Announcements {
    pub(super) fn listen(scope: &MappingScope) -> Announcements {
        match scope {
            MappingScope::Routers(_) => Announcements(bind().ok()),
            _ => Announcements::none(),
        }
    }

    pub(super) fn none() -> Announcements {
        Announcements(None)
    }

    /// Who announces something; for ever if nobody can be heard.
    pub(super) async fn next(&self) -> IpAddr {
        if let Some(socket) = &self.0 {
            let mut ignored = [0; 64];
            if let Ok((_, from)) = socket.recv_from(&mut ignored).await {
                return from.ip();
            }
        }
        std::future::pending().await
    }
}

fn bind() -> std::io::Result<UdpSocket> {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::DGRAM, None)?;
    // Other programs on this machine listen as well.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::UNSPECIFIED, PORT)).into())?;
    UdpSocket::from_std(socket.into())
}
