//! UDP sockets of the doctor. Each is connected, so that it hears one server alone, and hears at once
//! when nobody listens there.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::UdpSocket;

/// A socket on any port of the server's family, connected to it.
pub(super) async fn socket_to(server: SocketAddr) -> std::io::Result<UdpSocket> {
    let any_port: SocketAddr = if server.is_ipv4() {
        (Ipv4Addr::UNSPECIFIED, 0).into()
    } else {
        (Ipv6Addr::UNSPECIFIED, 0).into()
    };
    let socket = UdpSocket::bind(any_port).await?;
    socket.connect(server).await?;
    Ok(socket)
}
