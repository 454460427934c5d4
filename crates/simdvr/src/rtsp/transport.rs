//! Where a track's packets are sent: on the RTSP connection, or to a pair of UDP ports.

use std::net::{IpAddr, SocketAddr};
use std::task::{Context, Poll};

use anyhow::Context as _;
use tokio::io::ReadBuf;
use tokio::net::UdpSocket;

use crate::limits::UDP_PORT_TRIES;
use crate::rtp;

/// The transport of one track.
pub(crate) enum TrackTransport {
    /// Channels of the RTSP connection.
    Interleaved { rtp: u8, rtcp: u8 },
    /// Separate sockets, connected to the client's ports.
    Udp { rtp: UdpSocket, rtcp: UdpSocket },
}

impl TrackTransport {
    /// Opens an even port and the next one, towards the source address of the RTSP connection. A
    /// destination in the request is always ignored.
    pub(crate) async fn udp(
        local: IpAddr,
        peer: IpAddr,
        ports: (u16, u16),
    ) -> anyhow::Result<Self> {
        for _ in 0..UDP_PORT_TRIES {
            let rtp = UdpSocket::bind((local, 0))
                .await
                .context("opening a UDP port for RTP")?;
            let port = rtp.local_addr().context("reading the UDP port")?.port();
            // RTP takes an even port and RTCP the next one (RFC 3550 §11).
            if port % 2 == 1 {
                continue;
            }
            let Ok(rtcp) = UdpSocket::bind((local, port + 1)).await else {
                continue;
            };
            let to = |port| SocketAddr::new(peer, port);
            rtp.connect(to(ports.0)).await.context("connecting RTP")?;
            rtcp.connect(to(ports.1)).await.context("connecting RTCP")?;
            return Ok(Self::Udp { rtp, rtcp });
        }
        anyhow::bail!("no even UDP port with a free neighbour in {UDP_PORT_TRIES} tries")
    }

    /// The `server_port` value, for UDP.
    pub(crate) fn server_ports(&self) -> Option<String> {
        let Self::Udp { rtp, rtcp } = self else {
            return None;
        };
        let rtp = rtp.local_addr().ok()?.port();
        let rtcp = rtcp.local_addr().ok()?.port();
        Some(format!("{rtp}-{rtcp}"))
    }

    /// Sends an RTP packet; over UDP it is lost if the network does not take it immediately.
    pub(crate) fn send(&self, out: &mut Vec<u8>, packet: &[u8]) {
        match self {
            Self::Interleaved { rtp: channel, .. } => rtp::interleave(out, *channel, packet),
            Self::Udp { rtp, .. } => lossy_send(rtp, packet),
        }
    }

    pub(crate) fn send_report(&self, out: &mut Vec<u8>, packet: &[u8]) {
        match self {
            Self::Interleaved { rtcp, .. } => rtp::interleave(out, *rtcp, packet),
            Self::Udp { rtcp, .. } => lossy_send(rtcp, packet),
        }
    }

    /// Ready when the client has sent anything to one of the UDP ports.
    pub(crate) fn poll_heard(&self, cx: &mut Context<'_>) -> Poll<()> {
        let Self::Udp { rtp, rtcp } = self else {
            return Poll::Pending;
        };
        for socket in [rtp, rtcp] {
            let mut space = [0; 1500];
            let mut buffer = ReadBuf::new(&mut space);
            // An error means that the client has closed the port: it is no activity, and the read
            // clears it.
            while let Poll::Ready(received) = socket.poll_recv(cx, &mut buffer) {
                if received.is_ok() {
                    return Poll::Ready(());
                }
            }
        }
        Poll::Pending
    }
}

fn lossy_send(socket: &UdpSocket, packet: &[u8]) {
    if let Err(error) = socket.try_send(packet) {
        tracing::trace!(%error, "could not send a UDP packet");
    }
}
