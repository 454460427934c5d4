//! Drives a [`RelayCore`] over real sockets: one task owns the engine and every socket.
//!
//! A socket costs one small future that completes when it is readable. Packets are read into one
//! reused buffer and the engine writes into another, so a packet costs no allocation.

mod connections;
pub(super) mod handover;
pub(super) mod own_addresses;
mod places;
pub(super) mod sockets;

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{AbortHandle, Abortable};
use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::core::{
    ClientPath, Destination, Family, Now, PerFamily, RelayCore, RelayOutput, SocketId, Transport,
};
use super::limits::{ADDRESSES_EVERY, Limits, PACKETS_PER_TURN, SWEEP_EVERY};
use super::stats::{Counters, Refusal};
use super::{RelayedAddress, advertised, configured};
use connections::ConnectedClient;
use handover::{HandedClient, HandoverQueue};
use places::ConnectionPlaces;
use sockets::{Listeners, PortPool};

/// A socket is ready.
enum Event {
    /// By the place of the listener in [`Listeners`].
    ListenerReadable(usize),
    Accepted(usize, io::Result<(TcpStream, SocketAddr)>),
    RelayedReadable(SocketId),
    ClientReadable(ClientPath, u64),
    ClientWritable(ClientPath, u64),
    /// Another listener has a client for the relay.
    HandedOver(HandoverQueue, Box<HandedClient>),
    /// Bytes of such a client, or `None` at its end.
    ClientSent(ClientPath, u64, mpsc::Receiver<Vec<u8>>, Option<Vec<u8>>),
    /// The relay's addresses have changed.
    Moved,
    /// The socket has been closed.
    Gone,
}

type Ready = Pin<Box<dyn Future<Output = Event> + Send>>;

struct Relayed {
    socket: Arc<UdpSocket>,
    wait: AbortHandle,
}

/// What a driver starts with.
pub(super) struct Setup {
    pub(super) listeners: Listeners,
    pub(super) ports: PerFamily<PortPool>,
    pub(super) limits: Limits,
    /// Where relayed sockets are, as the program that runs the relay says.
    pub(super) relayed: watch::Receiver<Vec<RelayedAddress>>,
    /// The clock that decides when credentials and calls expire.
    pub(super) unix_seconds: Box<dyn Fn() -> u64 + Send>,
}

impl Setup {
    /// Addresses of this machine from its settings; its interfaces are read periodically.
    fn configured(&self) -> Vec<IpAddr> {
        configured(&self.listeners.addrs(), &self.relayed.borrow())
    }
}

/// The driver; [`RelayDriver::run`] is its whole life.
pub(super) struct RelayDriver<C> {
    core: C,
    setup: Setup,
    counters: Counters,
    relayed: HashMap<SocketId, Relayed>,
    connections: HashMap<ClientPath, ConnectedClient>,
    places: ConnectionPlaces,
    waiting: FuturesUnordered<Ready>,
    started_at: Instant,
    last_serial: u64,
    input: Vec<u8>,
    output: Vec<u8>,
}

impl<C: RelayCore> RelayDriver<C> {
    pub(super) fn new(core: C, setup: Setup, counters: Counters) -> Self {
        Self {
            core,
            setup,
            counters,
            relayed: HashMap::new(),
            connections: HashMap::new(),
            places: ConnectionPlaces::default(),
            waiting: FuturesUnordered::new(),
            started_at: Instant::now(),
            last_serial: 0,
            input: vec![0; usize::from(u16::MAX)],
            output: Vec::with_capacity(usize::from(u16::MAX)),
        }
    }

    /// Serves until `shutdown`, then closes all sockets.
    pub(super) async fn run(mut self, handed: HandoverQueue, shutdown: CancellationToken) {
        self.wait_for_handover(handed);
        self.wait_for_move();
        for listener in 0..self.setup.listeners.all.len() {
            self.wait_for_listener(listener);
            self.wait_for_connection(listener, Duration::ZERO);
        }
        let mut wake_at = self.carry_out_outputs();
        let mut next_check = Duration::ZERO;
        let mut next_reading = ADDRESSES_EVERY;
        loop {
            let timer = wake_at.saturating_sub(self.started_at.elapsed());
            tokio::select! {
                // The timer may come last: what is due is looked at after every event.
                biased;
                () = shutdown.cancelled() => break,
                Some(event) = self.waiting.next() => self.take(event),
                () = tokio::time::sleep(timer) => {}
            }
            let now = self.started_at.elapsed();
            if now >= next_check {
                self.close_unused_connections(now);
                next_check = now + SWEEP_EVERY;
            }
            if now >= next_reading {
                self.read_own_addresses();
                next_reading = now + ADDRESSES_EVERY;
            }
            wake_at = self.carry_out_outputs().min(next_check);
        }
        self.counters.set_allocations(0);
        self.counters.set_tcp_connections(0);
    }

    fn read_own_addresses(&mut self) {
        let configured = self.setup.configured();
        match own_addresses::of_this_machine(&configured) {
            Ok(own) => self.core.own_addresses(own),
            Err(error) => tracing::warn!(%error, "cannot list the addresses of this machine"),
        }
    }

    fn wait_for_move(&mut self) {
        let mut relayed = self.setup.relayed.clone();
        self.waiting.push(Box::pin(async move {
            match relayed.changed().await {
                Ok(()) => Event::Moved,
                Err(_) => Event::Gone,
            }
        }));
    }

    /// Further sockets get the new addresses; clients find them by an ICE restart.
    fn move_relayed(&mut self) {
        let relayed = self.setup.relayed.borrow_and_update().clone();
        for of in &relayed {
            let ports = self.setup.ports.of_mut(Family::of(of.relay_ip));
            ports.move_to(of.relay_ip);
        }
        self.core.advertise(advertised(&relayed));
        self.read_own_addresses();
        self.wait_for_move();
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::ListenerReadable(listener) => self.read_listener(listener),
            Event::Accepted(listener, result) => self.accept(listener, result),
            Event::RelayedReadable(id) => self.read_relayed(id),
            Event::ClientReadable(path, serial) => self.read_connection(path, serial),
            Event::ClientWritable(path, serial) => self.write_connection(path, serial),
            Event::HandedOver(queue, client) => self.take_handed(queue, *client),
            Event::ClientSent(path, serial, from_client, bytes) => {
                self.read_handed(path, serial, (from_client, bytes));
            }
            Event::Moved => self.move_relayed(),
            Event::Gone => {}
        }
    }

    fn read_listener(&mut self, listener: usize) {
        let udp = Arc::clone(&self.setup.listeners.all[listener].udp);
        for _ in 0..PACKETS_PER_TURN {
            match udp.try_recv_from(&mut self.input) {
                Ok((length, addr)) => {
                    let path = ClientPath {
                        transport: Transport::Udp,
                        addr,
                    };
                    let now = self.now();
                    let packet = &self.input[..length];
                    let to = self.core.handle_client(path, packet, now, &mut self.output);
                    self.send(to);
                    self.carry_out_outputs();
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // A client's port is unreachable; the others are not affected.
                Err(_) => {}
            }
        }
        self.wait_for_listener(listener);
    }

    fn read_relayed(&mut self, id: SocketId) {
        let Some(socket) = self.relayed.get(&id).map(|r| Arc::clone(&r.socket)) else {
            return;
        };
        for _ in 0..PACKETS_PER_TURN {
            match socket.try_recv_from(&mut self.input) {
                Ok((length, from)) => {
                    let now = self.now();
                    let packet = &self.input[..length];
                    let to = self
                        .core
                        .handle_peer(id, from, packet, now, &mut self.output);
                    self.send(to);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => {}
            }
        }
        self.wait_for_relayed(id, &socket);
    }

    fn send(&mut self, to: Option<Destination>) {
        let sent = match to {
            None => return,
            Some(Destination::Peer(id, peer)) => match self.relayed.get(&id) {
                Some(relayed) => relayed.socket.try_send_to(&self.output, peer),
                None => return,
            },
            Some(Destination::Client(path)) if path.transport == Transport::Udp => {
                match self.setup.listeners.of(path.addr.ip()) {
                    Some(listener) => listener.udp.try_send_to(&self.output, path.addr),
                    None => return,
                }
            }
            Some(Destination::Client(path)) => return self.send_on_connection(path),
        };
        // A full buffer drops the packet, as a full link would: waiting would hold up every call.
        if sent.is_err() {
            self.counters.refuse(Refusal::Congestion);
        }
    }

    /// Opens and closes what the engine asks for; returns when it wants to be asked again.
    fn carry_out_outputs(&mut self) -> Duration {
        loop {
            match self.core.poll_output(self.now()) {
                RelayOutput::WaitUntil(at) => return at,
                RelayOutput::CloseSocket(id) => {
                    if let Some(relayed) = self.relayed.remove(&id) {
                        relayed.wait.abort();
                    }
                }
                RelayOutput::Send(to, packet) => {
                    self.output.clear();
                    self.output.extend_from_slice(&packet);
                    self.send(Some(to));
                }
                RelayOutput::OpenSocket(id) => {
                    let opened = self.setup.ports.of_mut(id.family).open();
                    let port = opened.as_ref().map(|&(_, port)| port);
                    if let Some((socket, _)) = opened {
                        self.wait_for_relayed(id, &Arc::new(socket));
                    }
                    let now = self.now();
                    let to = self.core.socket_opened(id, port, now, &mut self.output);
                    self.send(to);
                }
            }
        }
    }

    fn wait_for_listener(&mut self, listener: usize) {
        let socket = Arc::clone(&self.setup.listeners.all[listener].udp);
        self.waiting.push(Box::pin(async move {
            // Readiness of an open socket cannot fail; a false alarm costs one empty read.
            socket.readable().await.ok();
            Event::ListenerReadable(listener)
        }));
    }

    fn wait_for_relayed(&mut self, id: SocketId, socket: &Arc<UdpSocket>) {
        let waited_for = Arc::clone(socket);
        let wait = self.wait_abortable(async move {
            waited_for.readable().await.ok();
            Event::RelayedReadable(id)
        });
        let socket = Arc::clone(socket);
        self.relayed.insert(id, Relayed { socket, wait });
    }

    fn wait_abortable(
        &mut self,
        event: impl Future<Output = Event> + Send + 'static,
    ) -> AbortHandle {
        let (handle, registration) = AbortHandle::new_pair();
        let event = Abortable::new(event, registration);
        self.waiting
            .push(Box::pin(async move { event.await.unwrap_or(Event::Gone) }));
        handle
    }

    fn now(&self) -> Now {
        Now {
            monotonic: self.started_at.elapsed(),
            unix: (self.setup.unix_seconds)(),
        }
    }
}
