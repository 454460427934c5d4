//! A simulated network path between two endpoints with an attacker on it: reads every datagram, injects
//! others, and limits the bandwidth.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use peer::{Endpoint, Offer};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::support::{End, config, offer};

/// Larger than any datagram of ours.
const MAX_DATAGRAM: usize = 2_048;

/// Who sent a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    Sender,
    Viewer,
}

/// One end of the wire: a socket that this end takes for the other one.
#[derive(Debug, Clone)]
struct Side {
    socket: Arc<UdpSocket>,
    end: SocketAddr,
}

/// The wire; what passes is forwarded at once and then told.
pub(crate) struct Wire {
    sender: Side,
    viewer: Side,
    passed: mpsc::UnboundedReceiver<(From, Vec<u8>)>,
    is_cut: Arc<AtomicBool>,
    /// Bits per second that the sender's datagrams may take.
    width: Arc<AtomicU64>,
}

/// What waits before a narrow piece of the wire, as in a home router; more is lost.
const LONGEST_QUEUE: Duration = Duration::from_millis(200);

impl Wire {
    /// Two endpoints that know each other by this wire alone, not yet connected.
    pub(crate) async fn between() -> (Wire, End, End) {
        Wire::offering(offer(1)).await
    }

    /// The same with another offer.
    pub(crate) async fn offering(offer: Offer) -> (Wire, End, End) {
        let (endpoint, events, sdp) = Endpoint::offer(config(), offer).expect("offering works");
        let sender = End { endpoint, events };
        let (endpoint, events, answer) =
            Endpoint::answer(config(), &without_addresses(&sdp)).expect("our own offer");
        let viewer = End { endpoint, events };

        let wire = Wire::new(host(&sdp), host(&answer)).await;
        let bare = without_addresses(&answer);
        let answered = sender.endpoint.accept_answer(&bare).await;
        answered.expect("our own answer");
        let place = wire.place_of(From::Viewer);
        sender.endpoint.add_candidate(&place).await.expect("taken");
        let place = wire.place_of(From::Sender);
        viewer.endpoint.add_candidate(&place).await.expect("taken");
        (wire, sender, viewer)
    }

    async fn new(sender: SocketAddr, viewer: SocketAddr) -> Wire {
        let bind = async |end| Side {
            socket: Arc::new(UdpSocket::bind("127.0.0.1:0").await.expect("loopback")),
            end,
        };
        let (sender, viewer) = (bind(sender).await, bind(viewer).await);
        let is_cut = Arc::new(AtomicBool::new(false));
        let width = Arc::new(AtomicU64::new(u64::MAX));
        let (tell, passed) = mpsc::unbounded_channel();
        let (narrow, queue) = mpsc::unbounded_channel();
        tokio::spawn(carry(queue, viewer.clone(), width.clone()));
        for (who, from, to) in [
            (From::Sender, sender.clone(), None),
            (From::Viewer, viewer.clone(), Some(sender.clone())),
        ] {
            let way = Way {
                who,
                from,
                to: to.ok_or_else(|| narrow.clone()),
            };
            tokio::spawn(forward(way, tell.clone(), is_cut.clone()));
        }
        Wire {
            sender,
            viewer,
            passed,
            is_cut,
            width,
        }
    }

    /// From now on the sender's datagrams get no more than this.
    pub(crate) fn narrow(&self, bits_per_second: u64) {
        self.width.store(bits_per_second, Ordering::Relaxed);
    }

    /// The candidate line under which the other end reaches this one.
    fn place_of(&self, who: From) -> String {
        let side = match who {
            From::Sender => &self.viewer,
            From::Viewer => &self.sender,
        };
        let port = side.socket.local_addr().expect("bound").port();
        format!("candidate:1 1 udp 2130706431 127.0.0.1 {port} typ host")
    }

    /// The next datagram that `pick` takes.
    pub(crate) async fn sees(&mut self, pick: impl Fn(From, &[u8]) -> bool) -> Vec<u8> {
        loop {
            let (from, datagram) = self.passed.recv().await.expect("the wire is up");
            if pick(from, &datagram) {
                return datagram;
            }
        }
    }

    /// Nothing passes any more, and nobody is told.
    pub(crate) fn cut(&self) {
        self.is_cut.store(true, Ordering::Relaxed);
    }

    /// Where this end receives.
    pub(crate) fn end(&self, who: From) -> SocketAddr {
        match who {
            From::Sender => self.sender.end,
            From::Viewer => self.viewer.end,
        }
    }

    /// Sends a datagram that seems to come from that end.
    pub(crate) async fn adds(&self, from: From, datagram: &[u8]) {
        let to = match from {
            From::Sender => &self.viewer,
            From::Viewer => &self.sender,
        };
        let sent = to.socket.send_to(datagram, to.end).await;
        sent.expect("loopback takes it");
    }
}

/// One direction: straight to the other end, or through the narrow piece.
struct Way {
    who: From,
    from: Side,
    to: Result<Side, mpsc::UnboundedSender<(Instant, Vec<u8>)>>,
}

async fn forward(way: Way, tell: mpsc::UnboundedSender<(From, Vec<u8>)>, is_cut: Arc<AtomicBool>) {
    let mut buffer = [0; MAX_DATAGRAM];
    while let Ok((length, source)) = way.from.socket.recv_from(&mut buffer).await {
        if source != way.from.end || is_cut.load(Ordering::Relaxed) {
            continue;
        }
        let datagram = &buffer[..length];
        match &way.to {
            Ok(to) => {
                let _ = to.socket.send_to(datagram, to.end).await;
            }
            Err(narrow) => {
                let _ = narrow.send((Instant::now(), datagram.to_vec()));
            }
        }
        if tell.send((way.who, datagram.to_vec())).is_err() {
            return;
        }
    }
}

/// The narrow piece: one datagram after the other, each for as long as its bits take.
async fn carry(
    mut queue: mpsc::UnboundedReceiver<(Instant, Vec<u8>)>,
    to: Side,
    width: Arc<AtomicU64>,
) {
    let mut free_at = Instant::now();
    while let Some((came, datagram)) = queue.recv().await {
        let bits = 8 * datagram.len() as u64;
        let takes = bits.saturating_mul(1_000_000) / width.load(Ordering::Relaxed);
        let begins = free_at.max(came);
        if begins - came > LONGEST_QUEUE {
            continue;
        }
        free_at = begins + Duration::from_micros(takes);
        tokio::time::sleep_until(free_at).await;
        let _ = to.socket.send_to(&datagram, to.end).await;
    }
}

/// The address of the first host candidate of an SDP.
pub(crate) fn host(sdp: &str) -> SocketAddr {
    let line = sdp
        .lines()
        .find(|line| line.starts_with("a=candidate:"))
        .expect("a candidate");
    let fields: Vec<&str> = line.split(' ').collect();
    format!("{}:{}", fields[4], fields[5])
        .parse()
        .expect("an address")
}

pub(crate) fn without_addresses(sdp: &str) -> String {
    let lines = sdp
        .lines()
        .filter(|line| !line.starts_with("a=candidate:") && *line != "a=end-of-candidates");
    lines.map(|line| format!("{line}\r\n")).collect()
}
