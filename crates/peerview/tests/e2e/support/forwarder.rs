//! A UDP forwarder to a server that can be cut: then it silently drops everything.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::UdpSocket;
use tokio_util::task::AbortOnDropHandle;

/// Larger than any datagram of ours.
const MAX_DATAGRAM: usize = 2_048;

/// The way; it is cut when dropped.
pub(crate) struct Forwarder {
    pub(crate) port: u16,
    _task: AbortOnDropHandle<()>,
}

impl Forwarder {
    /// A way to this server on loopback.
    pub(crate) async fn to(server: SocketAddr) -> Forwarder {
        let front = UdpSocket::bind("127.0.0.1:0").await.expect("loopback");
        let port = front.local_addr().expect("bound").port();
        let task = tokio::spawn(forward(Arc::new(front), server));
        Forwarder {
            port,
            _task: AbortOnDropHandle::new(task),
        }
    }
}

async fn forward(front: Arc<UdpSocket>, server: SocketAddr) {
    let mut ways: HashMap<SocketAddr, (Arc<UdpSocket>, AbortOnDropHandle<()>)> = HashMap::new();
    let mut buffer = [0; MAX_DATAGRAM];
    while let Ok((length, client)) = front.recv_from(&mut buffer).await {
        let (back, _) = match ways.entry(client) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let back = UdpSocket::bind("127.0.0.1:0").await.expect("loopback");
                back.connect(server).await.expect("loopback");
                let back = Arc::new(back);
                let task = tokio::spawn(bring_back(back.clone(), front.clone(), client));
                new.insert((back, AbortOnDropHandle::new(task)))
            }
        };
        let _lost = back.send(&buffer[..length]).await;
    }
}

async fn bring_back(back: Arc<UdpSocket>, front: Arc<UdpSocket>, client: SocketAddr) {
    let mut buffer = [0; MAX_DATAGRAM];
    while let Ok(length) = back.recv(&mut buffer).await {
        let _lost = front.send_to(&buffer[..length], client).await;
    }
}
