//! The UDP ports on which a camera's packets arrive: a pair for each track, RTP on the even port and
//! RTCP on the next (RFC 3550 §11).

use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::task::{Context, Poll};

use bytes::Bytes;
use rtsp::client::RtspInput;
use tokio::io::ReadBuf;
use tokio::net::UdpSocket;

use crate::limits::MAX_DATAGRAM_BYTES;

/// Pairs that are tried; half of all ports are odd, and some next ones are taken.
const MAX_PAIRS_TRIED: usize = 32;

pub(super) struct UdpPorts {
    /// The address of this machine that reaches the camera.
    local: SocketAddr,
    camera: IpAddr,
    pairs: Vec<PortPair>,
    scratch: Box<[u8]>,
    /// The socket that is looked at first, so that none is starved.
    first: usize,
}

struct PortPair {
    track: usize,
    /// RTP, RTCP.
    sockets: [UdpSocket; 2],
}

impl UdpPorts {
    pub(super) fn new(local: SocketAddr, camera: IpAddr) -> UdpPorts {
        UdpPorts {
            local,
            camera,
            pairs: Vec::new(),
            scratch: Box::default(),
            first: 0,
        }
    }

    /// Opens a pair for a track.
    pub(super) async fn open(&mut self, track: usize) -> io::Result<(u16, u16)> {
        self.scratch = vec![0; MAX_DATAGRAM_BYTES].into();
        // Held until a pair is found, so that the same port is not given out again.
        let mut unpaired = Vec::new();
        for _ in 0..MAX_PAIRS_TRIED {
            let rtp = self.bind(0).await?;
            let port = rtp.local_addr()?.port();
            let next = port.checked_add(1).filter(|_| port.is_multiple_of(2));
            if let Some(next) = next
                && let Ok(rtcp) = self.bind(next).await
            {
                let sockets = [rtp, rtcp];
                self.pairs.push(PortPair { track, sockets });
                return Ok((port, next));
            }
            unpaired.push(rtp);
        }
        Err(io::Error::from(io::ErrorKind::AddrInUse))
    }

    async fn bind(&self, port: u16) -> io::Result<UdpSocket> {
        let mut address = self.local;
        address.set_port(port);
        UdpSocket::bind(address).await
    }

    /// Sends a packet to a port of the camera. One that cannot be sent is lost, as packets are.
    pub(super) fn send(&self, track: usize, is_rtcp: bool, to_port: u16, bytes: &[u8]) {
        let mut to = SocketAddr::new(self.camera, to_port);
        if let (SocketAddr::V6(to), SocketAddr::V6(local)) = (&mut to, self.local) {
            to.set_scope_id(local.scope_id());
        }
        if let Some(pair) = self.pairs.iter().find(|pair| pair.track == track)
            && let Err(error) = pair.sockets[usize::from(is_rtcp)].try_send_to(bytes, to)
        {
            tracing::debug!("a packet to the camera was not sent: {error}");
        }
    }

    /// The next packet on any port.
    pub(super) async fn next(&mut self) -> RtspInput {
        poll_fn(|context| self.poll_next(context)).await
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<RtspInput> {
        let n_sockets = self.pairs.len() * 2;
        for step in 0..n_sockets {
            let at = (self.first + step) % n_sockets;
            let (pair, is_rtcp) = (at / 2, at % 2 == 1);
            if let Poll::Ready((from, bytes)) = self.poll_socket(pair, is_rtcp, context) {
                self.first = at + 1;
                return Poll::Ready(RtspInput::Datagram {
                    track: self.pairs[pair].track,
                    is_rtcp,
                    from,
                    bytes,
                });
            }
        }
        Poll::Pending
    }

    fn poll_socket(
        &mut self,
        pair: usize,
        is_rtcp: bool,
        context: &mut Context<'_>,
    ) -> Poll<(SocketAddr, Bytes)> {
        let socket = &self.pairs[pair].sockets[usize::from(is_rtcp)];
        let mut into = ReadBuf::new(&mut self.scratch);
        match socket.poll_recv_from(context, &mut into) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(from)) => Poll::Ready((from, Bytes::copy_from_slice(into.filled()))),
            Poll::Ready(Err(_)) => {
                // A closed port of the camera answers with ICMP; the next packet may still come.
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }
}
