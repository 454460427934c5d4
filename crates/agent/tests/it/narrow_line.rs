//! A line between an agent and one viewer that lets only so many bits a second through.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use crate::link_support::{CloudEnd, Viewer, answering};

/// Larger than any datagram of ours.
const MAX_DATAGRAM: usize = 2_048;
/// What waits for the line, as in a home router; more is lost.
const LONGEST_QUEUE: Duration = Duration::from_millis(200);

/// The line; it is cut when dropped.
pub(crate) struct NarrowLine {
    /// Where the viewer takes the agent to be.
    agent: SocketAddr,
    width: Arc<AtomicU64>,
    _tasks: [AbortOnDropHandle<()>; 3],
}

impl NarrowLine {
    /// A line to this agent, as wide as the machine is fast.
    async fn to(agent: SocketAddr) -> NarrowLine {
        let bind = async || Arc::new(UdpSocket::bind("127.0.0.1:0").await.expect("loopback"));
        let (front, back) = (bind().await, bind().await);
        back.connect(agent).await.expect("loopback");
        let place = front.local_addr().expect("bound");
        let (viewer, width) = (Arc::default(), Arc::new(AtomicU64::new(u64::MAX)));
        let (narrow, queue) = mpsc::unbounded_channel();
        let tasks = [
            tokio::spawn(bring(front.clone(), back.clone(), Arc::clone(&viewer))),
            tokio::spawn(take(back, narrow)),
            tokio::spawn(carry(queue, front, viewer, width.clone())),
        ];
        NarrowLine {
            agent: place,
            width,
            _tasks: tasks.map(AbortOnDropHandle::new),
        }
    }

    /// From now on the viewer gets no more than this.
    pub(crate) fn narrow(&self, bits_per_second: u64) {
        self.width.store(bits_per_second, Ordering::Relaxed);
    }
}

/// Connects a viewer to the recorder over such a line, and no other way.
pub(crate) async fn viewer_over_line(
    link: &mut CloudEnd,
    session: &str,
    more: Value,
) -> (Viewer, NarrowLine) {
    let invite = link.connect(session, more).await;
    let offer = invite["params"]["offer"].as_str().expect("an offer");
    let host = |line: &&str| line.starts_with("a=candidate:");
    let line = offer.lines().find(host).expect("a candidate");
    let port = line.split(' ').nth(5).expect("a port");
    let agent = format!("127.0.0.1:{port}").parse().expect("an address");
    let line = NarrowLine::to(agent).await;
    let place = format!("127.0.0.1 {}", line.agent.port());
    let offer = offer.replace(&format!("127.0.0.1 {port}"), &place);
    let (viewer, answer) = answering(&offer);
    // The agent learns the line's other end from the first check.
    let answer: String = answer
        .split_inclusive("\r\n")
        .filter(|line| !line.starts_with("a=candidate:"))
        .collect();
    let result = json!({"answer": answer});
    link.send(&json!({"jsonrpc": "2.0", "id": invite["id"], "result": result}))
        .await;
    (viewer, line)
}

/// From the viewer to the agent.
async fn bring(front: Arc<UdpSocket>, back: Arc<UdpSocket>, viewer: Arc<OnceLock<SocketAddr>>) {
    let mut buffer = [0; MAX_DATAGRAM];
    while let Ok((length, source)) = front.recv_from(&mut buffer).await {
        viewer.get_or_init(|| source);
        let _lost = back.send(&buffer[..length]).await;
    }
}

/// From the agent to the queue.
async fn take(back: Arc<UdpSocket>, narrow: mpsc::UnboundedSender<(Instant, Vec<u8>)>) {
    let mut buffer = [0; MAX_DATAGRAM];
    while let Ok(length) = back.recv(&mut buffer).await {
        let _ = narrow.send((Instant::now(), buffer[..length].to_vec()));
    }
}

/// From the queue to the viewer: one datagram after the other, each for as long as its bits take.
async fn carry(
    mut queue: mpsc::UnboundedReceiver<(Instant, Vec<u8>)>,
    front: Arc<UdpSocket>,
    viewer: Arc<OnceLock<SocketAddr>>,
    width: Arc<AtomicU64>,
) {
    let mut free_at = Instant::now();
    while let Some((came, datagram)) = queue.recv().await {
        let bits = 8 * datagram.len() as u64;
        let micros = bits.saturating_mul(1_000_000) / width.load(Ordering::Relaxed);
        let begins = free_at.max(came);
        if begins - came > LONGEST_QUEUE {
            continue;
        }
        free_at = begins + Duration::from_micros(micros);
        tokio::time::sleep_until(free_at).await;
        if let Some(viewer) = viewer.get() {
            let _lost = front.send_to(&datagram, viewer).await;
        }
    }
}
