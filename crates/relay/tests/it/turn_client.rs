//! A third-party TURN client (turn-client-proto) on real sockets, and the relay under test.

#![expect(clippy::unwrap_used, reason = "a failing helper fails its test")]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant as StdInstant};

use proto::call::ice::IceCredential;
use proto::turn_credential::{Role, Secret, mint};
use relay::{
    CallBook, Config, Counters, Handover, Limits, OpenCalls, Relay, RelayedAddress,
    RelayedAddresses, Stats,
};
use stun_proto::Instant;
use stun_proto::agent::Transmit;
use stun_types::TransportType;
use stun_types::attribute::{Username, XorMappedAddress};
use stun_types::message::{
    BINDING, IntegrityAlgorithm, Message, MessageWrite, MessageWriteExt, MessageWriteVec,
    ShortTermCredentials,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::net::{TcpStream, UdpSocket};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use turn_client_proto::api::{TurnConfig, TurnEvent, TurnPollRet, TurnRecvRet};
use turn_client_proto::client::TurnClient;
use turn_client_proto::prelude::*;
use turn_client_proto::tcp::TurnClientTcp;
use turn_client_proto::types::TurnCredentials;
use turn_client_proto::udp::TurnClientUdp;

/// Everything happens on this address.
pub(super) const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// And on this one.
pub(super) const LOOPBACK6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
/// Long enough for a busy machine; nothing waits for it when all is well.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running relay.
pub(super) struct TestRelay {
    pub(super) addr: SocketAddr,
    pub(super) addrs: Vec<SocketAddr>,
    pub(super) calls: CallBook,
    pub(super) counters: Counters,
    pub(super) handover: Handover,
    pub(super) relayed: RelayedAddresses,
    shutdown: CancellationToken,
    task: JoinHandle<anyhow::Result<()>>,
}

/// Settings for a relay whose parties are on this machine too: no hurry with answers.
pub(super) fn config() -> Config {
    Config {
        listen: vec![SocketAddr::new(LOOPBACK, 0), SocketAddr::new(LOOPBACK6, 0)],
        relayed: [LOOPBACK, LOOPBACK6]
            .map(|relay_ip| RelayedAddress {
                relay_ip,
                public_ip: None,
            })
            .to_vec(),
        port_range: 20_000..=29_999,
        secret: secret(),
        allow_private_peers: true,
        are_parties_here: true,
        limits: Limits {
            answers_per_second: 100_000,
            answers_at_once: 100_000,
            ..Limits::default()
        },
    }
}

pub(super) fn secret() -> Secret {
    Secret::new(*b"a secret of the tests")
}

/// A relay on the system's clock.
pub(super) async fn bind(config: Config, calls: impl OpenCalls) -> anyhow::Result<Relay> {
    Relay::bind(config, calls, now_unix, |bytes| bytes.fill(7)).await
}

pub(super) fn now_unix() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

impl TestRelay {
    pub(super) async fn start(config: Config) -> Self {
        let calls = CallBook::default();
        let relay = bind(config, calls.clone()).await.unwrap();
        let shutdown = CancellationToken::new();
        Self {
            addr: relay.addr(),
            addrs: relay.addrs().to_vec(),
            calls,
            counters: relay.counters(),
            handover: relay.handover(),
            relayed: relay.relayed_addresses(),
            task: tokio::spawn(relay.run(shutdown.clone())),
            shutdown,
        }
    }

    /// Opens a call whose parties are both on this machine.
    pub(super) fn open(&self, call: &str) {
        self.calls.open(call, call, now_unix() + 600);
        for role in [Role::Viewer, Role::Agent] {
            self.calls.add_party_ip(call, role, LOOPBACK);
            self.calls.add_party_ip(call, role, LOOPBACK6);
            self.calls.add_party_ice(call, role, ice(role));
        }
    }

    pub(super) async fn stop(self) {
        self.shutdown.cancel();
        timeout(PATIENCE, self.task)
            .await
            .expect("the relay ends")
            .unwrap()
            .unwrap();
    }

    /// Waits until the counters say so.
    pub(super) async fn until(&self, is_so: impl Fn(&Stats) -> bool) {
        let reached = timeout(PATIENCE, async {
            let mut ticks = tokio::time::interval(Duration::from_millis(10));
            while !is_so(&self.counters.read()) {
                ticks.tick().await;
            }
        });
        if reached.await.is_err() {
            panic!("never reached, counters are {:?}", self.counters.read());
        }
    }
}

pub(super) fn credentials(call: &str, role: Role, ttl_s: u64) -> TurnCredentials {
    let made = mint(&secret(), call, role, now_unix(), ttl_s).unwrap();
    TurnCredentials::new(&made.username, made.password.reveal())
}

/// What the connectivity checks of a party are signed with.
fn ice(role: Role) -> IceCredential {
    IceCredential::new(role.as_str(), &format!("{role:?}/password+of22letters")).unwrap()
}

/// A connectivity check for a party of any call here, by the other one.
pub(super) fn check(to: Role) -> Vec<u8> {
    let mut message = Message::builder_request(BINDING, MessageWriteVec::new());
    let username = format!("{}:{}", ice(to).ufrag(), ice(to.other()).ufrag());
    message
        .add_attribute(&Username::new(&username).unwrap())
        .unwrap();
    let key = ShortTermCredentials::new(ice(to).password().to_owned()).make_key();
    message
        .add_message_integrity_with_key(&key, IntegrityAlgorithm::Sha1)
        .unwrap();
    message.add_fingerprint().unwrap();
    message.finish()
}

/// Reads the client address out of a Binding answer.
pub(super) fn mapped(answer: &[u8]) -> SocketAddr {
    let message = Message::from_bytes(answer).unwrap();
    let attribute = message.attribute::<XorMappedAddress>().unwrap();
    attribute.addr(message.transaction_id())
}

enum Io {
    Udp(UdpSocket),
    Tcp(TcpStream),
    Handed(DuplexStream),
}

/// Length of the frame at the start of a stream, without and with padding (RFC 8656 §12.5).
fn frame_length(bytes: &[u8]) -> Option<(usize, usize)> {
    let &[first, _, high, low, ..] = bytes else {
        return None;
    };
    let body = usize::from(u16::from_be_bytes([high, low]));
    let length = body + if first >= 0x40 { 4 } else { 20 };
    Some((length, length.next_multiple_of(4)))
}

fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut padded = bytes.to_vec();
    padded.resize(bytes.len().next_multiple_of(4), 0xee);
    padded
}

async fn read_frame(stream: &mut (impl AsyncRead + Unpin), unread: &mut Vec<u8>) -> Vec<u8> {
    let mut bytes = vec![0; 65_536];
    loop {
        if let Some((length, padded)) = frame_length(unread)
            && unread.len() >= padded
        {
            let mut frame: Vec<u8> = unread.drain(..padded).collect();
            frame.truncate(length);
            return frame;
        }
        let length = stream.read(&mut bytes).await.unwrap();
        assert_ne!(length, 0, "the relay closed the connection");
        unread.extend_from_slice(&bytes[..length]);
    }
}

/// One client of the relay.
pub(super) struct Client {
    turn: TurnClient,
    io: Io,
    /// What a stream has delivered beyond the last whole frame.
    unread: Vec<u8>,
    base: StdInstant,
}

/// What a client has noticed.
#[derive(Debug)]
pub(super) enum Noticed {
    Event(TurnEvent),
    Data(SocketAddr, Vec<u8>),
}

impl Client {
    /// Connects; the allocation follows.
    pub(super) async fn connect(
        relay: SocketAddr,
        is_tcp: bool,
        credentials: TurnCredentials,
    ) -> Self {
        Self::connect_as(relay, is_tcp, TurnConfig::new(credentials)).await
    }

    /// The same with settings of the client.
    pub(super) async fn connect_as(relay: SocketAddr, is_tcp: bool, config: TurnConfig) -> Self {
        let (turn, io) = if is_tcp {
            let stream = TcpStream::connect(relay).await.unwrap();
            let local = stream.local_addr().unwrap();
            let turn = TurnClientTcp::allocate(local, relay, config);
            (TurnClient::from(turn), Io::Tcp(stream))
        } else {
            let socket = UdpSocket::bind((relay.ip(), 0)).await.unwrap();
            let local = socket.local_addr().unwrap();
            let turn = TurnClientUdp::allocate(local, relay, config);
            (TurnClient::from(turn), Io::Udp(socket))
        };
        Self {
            turn,
            io,
            unread: Vec::new(),
            base: StdInstant::now(),
        }
    }

    /// Speaks over a stream that is connected already.
    pub(super) fn over(
        stream: DuplexStream,
        relay: SocketAddr,
        credentials: TurnCredentials,
    ) -> Self {
        let local = SocketAddr::new(LOOPBACK, 5_000);
        let turn = TurnClientTcp::allocate(local, relay, TurnConfig::new(credentials));
        Self {
            turn: TurnClient::from(turn),
            io: Io::Handed(stream),
            unread: Vec::new(),
            base: StdInstant::now(),
        }
    }

    /// Connects and makes the allocation as `role` of `call`.
    pub(super) async fn allocated(
        relay: &TestRelay,
        is_tcp: bool,
        call: &str,
        role: Role,
    ) -> (Self, SocketAddr) {
        let mut client = Self::connect(relay.addr, is_tcp, credentials(call, role, 60)).await;
        let relayed = client.allocation().await.expect("an allocation is made");
        (client, relayed)
    }

    /// Waits for the allocation; `None` when it is refused.
    pub(super) async fn allocation(&mut self) -> Option<SocketAddr> {
        match self.event().await {
            TurnEvent::AllocationCreated(_, addr) => Some(addr),
            TurnEvent::AllocationCreateFailed(_) => None,
            other => panic!("waited for an allocation, got {other:?}"),
        }
    }

    /// Asks for a permission; says whether it was given.
    pub(super) async fn permission(&mut self, ip: IpAddr) -> bool {
        self.turn
            .create_permission(TransportType::Udp, ip, self.now())
            .unwrap();
        matches!(self.event().await, TurnEvent::PermissionCreated(..))
    }

    /// Asks for a channel; says whether it was given.
    pub(super) async fn channel(&mut self, peer: SocketAddr) -> bool {
        self.turn
            .bind_channel(TransportType::Udp, peer, self.now())
            .unwrap();
        loop {
            match self.event().await {
                TurnEvent::ChannelCreated(..) => return true,
                TurnEvent::ChannelCreateFailed(..) => return false,
                _ => {}
            }
        }
    }

    /// Sends data to a peer through the relay.
    pub(super) async fn send(&mut self, peer: SocketAddr, data: &[u8]) {
        let now = self.now();
        let transmit = self
            .turn
            .send_to(TransportType::Udp, peer, data.to_vec(), now)
            .unwrap();
        if let Some(transmit) = transmit {
            let bytes = transmit.build().data;
            self.write(&bytes).await;
        }
    }

    /// Ends the allocation.
    pub(super) async fn delete(&mut self) {
        self.turn.delete(self.now()).unwrap();
        // The library paces its requests, so it may have to wait for its turn.
        loop {
            let wait = self.turn.poll(self.now());
            if let Some(transmit) = self.turn.poll_transmit(self.now()) {
                return self.write(transmit.data.as_ref()).await;
            }
            if let TurnPollRet::WaitUntil(at) = wait {
                tokio::time::sleep(at.saturating_duration_since(self.now())).await;
            }
        }
    }

    /// Lets a peer that this viewer permitted prove that it is the agent; returns the bytes it took.
    pub(super) async fn meets(&mut self, peer: &Peer, relayed: SocketAddr) -> usize {
        let check = check(Role::Viewer);
        peer.send(relayed, &check).await;
        assert_eq!(self.data().await, (peer.addr(), check.clone()));
        check.len()
    }

    /// Waits for data.
    pub(super) async fn data(&mut self) -> (SocketAddr, Vec<u8>) {
        loop {
            if let Noticed::Data(peer, data) = self.notice().await {
                return (peer, data);
            }
        }
    }

    async fn event(&mut self) -> TurnEvent {
        loop {
            if let Noticed::Event(event) = self.notice().await {
                return event;
            }
        }
    }

    async fn notice(&mut self) -> Noticed {
        timeout(PATIENCE, self.notice_some_day())
            .await
            .expect("the client notices something in time")
    }

    async fn notice_some_day(&mut self) -> Noticed {
        loop {
            let wait = self.turn.poll(self.now());
            self.flush().await;
            if let Some(event) = self.turn.poll_event() {
                return Noticed::Event(event);
            }
            if let Some(got) = self.turn.poll_recv(self.now()) {
                return Noticed::Data(got.peer, got.data().to_vec());
            }
            let pause = match wait {
                TurnPollRet::WaitUntil(at) => at.saturating_duration_since(self.now()),
                _ => Duration::from_millis(50),
            };
            let Ok(bytes) = timeout(pause, self.read()).await else {
                continue;
            };
            let (transport, from, to) = (
                self.turn.transport(),
                self.turn.remote_addr(),
                self.turn.local_addr(),
            );
            let now = self.now();
            let transmit = Transmit::new(bytes, transport, from, to);
            if let TurnRecvRet::PeerData(got) = self.turn.recv(transmit, now) {
                return Noticed::Data(got.peer, got.data().to_vec());
            }
        }
    }

    async fn flush(&mut self) {
        while let Some(transmit) = self.turn.poll_transmit(self.now()) {
            self.write(transmit.data.as_ref()).await;
        }
    }

    /// Pads ChannelData on streams as the standard demands; the client's library leaves it out.
    async fn write(&mut self, bytes: &[u8]) {
        match &mut self.io {
            Io::Udp(socket) => {
                let to = self.turn.remote_addr();
                socket.send_to(bytes, to).await.unwrap();
            }
            Io::Tcp(stream) => stream.write_all(&padded(bytes)).await.unwrap(),
            Io::Handed(stream) => stream.write_all(&padded(bytes)).await.unwrap(),
        }
    }

    /// Reads one datagram, or one frame without its padding.
    async fn read(&mut self) -> Vec<u8> {
        match &mut self.io {
            Io::Udp(socket) => {
                let mut bytes = vec![0; 65_536];
                let length = socket.recv(&mut bytes).await.unwrap();
                bytes.truncate(length);
                bytes
            }
            Io::Tcp(stream) => read_frame(stream, &mut self.unread).await,
            Io::Handed(stream) => read_frame(stream, &mut self.unread).await,
        }
    }

    fn now(&self) -> Instant {
        Instant::from_std(self.base)
    }
}

/// A peer outside the relay.
pub(super) struct Peer(UdpSocket);

impl Peer {
    pub(super) async fn new() -> Self {
        Self::at(LOOPBACK).await
    }

    pub(super) async fn at(ip: IpAddr) -> Self {
        Self(UdpSocket::bind((ip, 0)).await.unwrap())
    }

    pub(super) fn addr(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    pub(super) async fn send(&self, to: SocketAddr, data: &[u8]) {
        self.0.send_to(data, to).await.unwrap();
    }

    pub(super) async fn data(&self) -> (SocketAddr, Vec<u8>) {
        let mut bytes = vec![0; 65_536];
        let (length, from) = timeout(PATIENCE, self.0.recv_from(&mut bytes))
            .await
            .expect("the peer receives something in time")
            .unwrap();
        bytes.truncate(length);
        (from, bytes)
    }

    /// Says whether nothing lies in the socket's buffer.
    pub(super) fn has_nothing(&self) -> bool {
        let received = self.0.try_recv_from(&mut [0; 16]);
        received.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
    }
}
