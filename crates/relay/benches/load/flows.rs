//! The load: flows of pictures from peers to clients or back, and the count of what arrives.
//!
//! Nobody waits on the receiving sockets: they are read every few milliseconds, so that waking a
//! receiver, which would be on another machine, is not charged to the relay.

use std::fmt;
use std::io::IoSliceMut;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use quinn_udp::{RecvMeta, Transmit, UdpSockRef, UdpSocketState};

use crate::server::{Server, socket};
use crate::turn::{CHANNEL, Client, check};

/// What a picture's packet carries over the relay.
const PACKET: usize = 1_200;
/// A frame of 2 Mb/s at 25 frames a second: 10,000 bytes in nine packets.
const FRAME: usize = 10_000;
const PACKETS_PER_FRAME: u64 = 9;
/// How often receivers are read.
const READ_EVERY: Duration = Duration::from_millis(4);
/// Messages of one read; no more than the system call's wrapper takes.
const READS: usize = 32;

/// Which way pictures go.
#[derive(Clone, Copy)]
pub(crate) enum Direction {
    ToClient,
    FromClient,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Direction::ToClient => "peer to client",
            Direction::FromClient => "client to peer",
        })
    }
}

/// How a frame leaves its sender.
#[derive(Clone, Copy)]
pub(crate) enum Load {
    /// In one call, as the agent sends it; a network card or the loopback keeps it together.
    Bursts,
    /// In one call per packet, back to back.
    Singles,
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Load::Bursts => "frames in one piece",
            Load::Singles => "packet by packet",
        })
    }
}

/// Allocations with a channel and a peer each.
pub(crate) struct Flows {
    flows: Vec<Flow>,
    sending: UdpSocketState,
}

struct Flow {
    client: Client,
    peer: UdpSocket,
}

/// What was sent, and what of it arrived.
pub(crate) struct Carried {
    pub(crate) sent: u64,
    pub(crate) received: u64,
}

impl Carried {
    pub(crate) fn percent_lost(&self) -> f64 {
        (1.0 - self.received as f64 / self.sent as f64) * 100.0
    }
}

impl Flows {
    pub(crate) fn open(server: &Server, n_flows: usize) -> Self {
        let flows = (0..n_flows).map(|n| {
            let client = Client::allocate(server, n).expect("an allocation");
            let peer = socket();
            client.bind_channel(peer.local_addr().expect("it is bound"));
            for socket in [&client.socket, &peer] {
                let buffer = socket2::SockRef::from(socket);
                buffer.set_recv_buffer_size(1 << 20).expect("a buffer");
            }
            Flow { client, peer }
        });
        let scratch = socket();
        let sending = UdpSocketState::new(UdpSockRef::from(&scratch)).expect("a UDP socket");
        let flows = flows.collect();
        Self { flows, sending }
    }

    /// Sends frames for `time`: every flow one each `every`, or as fast as possible.
    pub(crate) fn run(
        &mut self,
        direction: Direction,
        load: Load,
        every: Option<Duration>,
        time: Duration,
    ) -> Carried {
        self.consent();
        let (stop, received) = (AtomicBool::new(false), AtomicU64::new(0));
        let sent = std::thread::scope(|scope| {
            scope.spawn(|| self.receive(direction, &stop, &received));
            let sent = self.send(direction, load, every, time);
            // What is under way arrives.
            std::thread::sleep(Duration::from_millis(300));
            stop.store(true, Relaxed);
            sent
        });
        Carried {
            sent,
            received: received.into_inner(),
        }
    }

    /// Every peer proves that it takes part; for coturn it is one packet more.
    fn consent(&self) {
        let check = check();
        for flow in &self.flows {
            flow.peer
                .send_to(&check, flow.client.relayed)
                .expect("loopback");
            flow.client.socket.recv(&mut [0; 2_048]).expect("the check");
        }
    }

    fn send(
        &self,
        direction: Direction,
        load: Load,
        every: Option<Duration>,
        time: Duration,
    ) -> u64 {
        let frame = frame(direction);
        let began = Instant::now();
        let mut n_frames = 0u64;
        while began.elapsed() < time {
            let n = usize::try_from(n_frames).expect("few frames") % self.flows.len();
            let flow = &self.flows[n];
            if let Some(every) = every {
                // The flows take turns, evenly over the time of a frame.
                let due = every.mul_f64(n_frames as f64 / self.flows.len() as f64);
                let wait = due.saturating_sub(began.elapsed());
                if wait > Duration::from_micros(100) {
                    std::thread::sleep(wait);
                }
            }
            let (socket, to) = match direction {
                Direction::ToClient => (&flow.peer, flow.client.relayed),
                Direction::FromClient => (
                    &flow.client.socket,
                    flow.client.socket.peer_addr().expect("it is connected"),
                ),
            };
            self.send_frame(socket, to, &frame, load);
            n_frames += 1;
        }
        n_frames * PACKETS_PER_FRAME
    }

    fn send_frame(&self, socket: &UdpSocket, to: SocketAddr, frame: &[u8], load: Load) {
        let pieces = match load {
            Load::Bursts => frame.len(),
            Load::Singles => PACKET,
        };
        for contents in frame.chunks(pieces) {
            let transmit = Transmit {
                destination: to,
                ecn: None,
                contents,
                segment_size: Some(PACKET),
                src_ip: None,
            };
            // What the kernel refuses counts as lost.
            self.sending
                .try_send(UdpSockRef::from(socket), &transmit)
                .ok();
        }
    }

    fn receive(&self, direction: Direction, stop: &AtomicBool, received: &AtomicU64) {
        let mut bytes = vec![0; READS * 2_048];
        let mut metas = [RecvMeta::default(); READS];
        let sockets: Vec<&UdpSocket> = self
            .flows
            .iter()
            .map(|flow| match direction {
                Direction::ToClient => &flow.client.socket,
                Direction::FromClient => &flow.peer,
            })
            .collect();
        for socket in &sockets {
            socket.set_nonblocking(true).expect("a flag");
        }
        while !stop.load(Relaxed) {
            let began = Instant::now();
            for socket in &sockets {
                loop {
                    let mut slices: Vec<IoSliceMut<'_>> =
                        bytes.chunks_mut(2_048).map(IoSliceMut::new).collect();
                    let read =
                        self.sending
                            .recv(UdpSockRef::from(*socket), &mut slices, &mut metas);
                    let n = read.unwrap_or(0);
                    received.fetch_add(n as u64, Relaxed);
                    if n < READS {
                        break;
                    }
                }
            }
            std::thread::sleep(READ_EVERY.saturating_sub(began.elapsed()));
        }
        for socket in &sockets {
            socket.set_nonblocking(false).expect("a flag");
        }
    }
}

/// The packets of a frame, one after the other.
fn frame(direction: Direction) -> Vec<u8> {
    let mut frame = Vec::new();
    let mut left = FRAME;
    while left > 0 {
        let length = left.min(PACKET);
        let mut packet = match direction {
            Direction::ToClient => Vec::new(),
            Direction::FromClient => {
                let body = u16::try_from(length - 4).expect("a packet is short");
                [CHANNEL.to_be_bytes(), body.to_be_bytes()].concat()
            }
        };
        // As RTP begins.
        packet.resize(length, 0x80);
        frame.extend_from_slice(&packet);
        left -= length;
    }
    frame
}
