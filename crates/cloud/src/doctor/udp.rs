//! UDP sockets of the doctor. Each is connected, so that it receives only from one server, and
//! notices at once if nobody listens there.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::UdpSocket;

/// A socket on any port, connected to the server and of its address family.
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
