//! The threads that move datagrams. Each has its own listener on the relay's port (SO_REUSEPORT),
//! the relayed sockets that were opened for its clients, and its own runtime, so that both
//! directions of an allocation stay on one core. All share one engine.
//!
//! A thread reads a batch, lets the engine decide about each packet under one lock, and sends the
//! results as runs, outside the lock. Deciding takes a small part of the time of a packet, most is
//! spent in the kernel, so the lock leaves the threads apart; and every limit holds for all of them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Context as _;
use tokio::runtime::{Builder, Handle};
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::super::core::{
    ClientPath, Destination, Family, Now, PerFamily, RelayCore, RelayOutput, SocketId, Transport,
};
use super::super::limits::{BYTES_PER_LOCK, LISTENER_BUFFER_BYTES, RELAYED_BUFFER_BYTES};
use super::super::stats::{Counters, Refusal};
use super::datagrams::{DatagramSocket, ReadBatch};
use super::outbox::{Outbox, PacketRun};
use super::rounds::Rounds;
use super::sockets::PortPool;

/// Frames for one TCP client, from a thread that does not own it.
pub(super) type StreamFrames = (ClientPath, Vec<u8>);

/// The engine with what its outputs open, close and ask for.
pub(super) struct Engine<C> {
    pub(super) core: C,
    ports: PerFamily<PortPool>,
    relayed: HashMap<SocketId, Relayed>,
    unix_seconds: Box<dyn Fn() -> u64 + Send>,
    started_at: Instant,
}

struct Relayed {
    socket: Arc<DatagramSocket>,
    reading: AbortHandle,
}

/// The one engine of all threads.
pub(super) struct SharedEngine<C>(Arc<Mutex<Engine<C>>>);

impl<C> Clone for SharedEngine<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C> SharedEngine<C> {
    pub(super) fn lock(&self) -> MutexGuard<'_, Engine<C>> {
        self.0
            .lock()
            .expect("the relay ends with the first thread that panics")
    }
}

impl<C: RelayCore> Engine<C> {
    pub(super) fn share(
        core: C,
        ports: PerFamily<PortPool>,
        unix_seconds: Box<dyn Fn() -> u64 + Send>,
        started_at: Instant,
    ) -> SharedEngine<C> {
        SharedEngine(Arc::new(Mutex::new(Self {
            core,
            ports,
            relayed: HashMap::new(),
            unix_seconds,
            started_at,
        })))
    }

    pub(super) fn now(&self) -> Now {
        Now {
            monotonic: self.started_at.elapsed(),
            unix: (self.unix_seconds)(),
        }
    }

    pub(super) fn socket_of(&self, id: SocketId) -> Option<Arc<DatagramSocket>> {
        let relayed = self.relayed.get(&id)?;
        Some(Arc::clone(&relayed.socket))
    }

    fn add(&self, to: Option<Destination>, packet: &[u8], outbox: &mut Outbox) {
        if let Some(to) = to {
            outbox.add(to, packet, |id| self.socket_of(id));
        }
    }

    /// Opens and closes what the engine asks for, new sockets on `worker`'s thread; returns when it
    /// wants to be asked again.
    pub(super) fn carry_out_outputs(
        &mut self,
        worker: &Arc<RelayThread<C>>,
        now: Now,
        output: &mut Vec<u8>,
        outbox: &mut Outbox,
    ) -> Duration {
        loop {
            match self.core.poll_output(now) {
                RelayOutput::WaitUntil(at) => return at,
                RelayOutput::CloseSocket(id) => {
                    if let Some(relayed) = self.relayed.remove(&id) {
                        relayed.reading.abort();
                    }
                }
                RelayOutput::Send(to, packet) => self.add(Some(to), &packet, outbox),
                RelayOutput::OpenSocket(id) => {
                    let port = self.open(id, worker);
                    let to = self.core.socket_opened(id, port, now, output);
                    self.add(to, output, outbox);
                }
            }
        }
    }

    fn open(&mut self, id: SocketId, worker: &Arc<RelayThread<C>>) -> Option<u16> {
        let (socket, port) = self.ports.of_mut(id.family).open()?;
        let _runtime = worker.runtime.enter();
        let socket = match DatagramSocket::new(socket, RELAYED_BUFFER_BYTES) {
            Ok(socket) => Arc::new(socket),
            Err(error) => {
                tracing::warn!(%error, port, "cannot use a relayed socket");
                return None;
            }
        };
        let reading = Arc::clone(worker).read(PacketSource::Relayed(id), Arc::clone(&socket));
        let reading = worker.runtime.spawn(reading).abort_handle();
        self.relayed.insert(id, Relayed { socket, reading });
        Some(port)
    }

    /// Opens further relayed sockets of a family on another address.
    pub(super) fn move_ports(&mut self, family: Family, ip: IpAddr) {
        self.ports.of_mut(family).move_to(ip);
    }

    /// Closes every relayed socket.
    pub(super) fn close_all(&mut self) {
        self.relayed.clear();
    }
}

/// Whose packets a socket receives.
#[derive(Clone, Copy)]
enum PacketSource {
    Clients,
    Relayed(SocketId),
}

/// One thread's part of the relay.
pub(super) struct RelayThread<C> {
    engine: SharedEngine<C>,
    runtime: Handle,
    rounds: Arc<Rounds>,
    /// One for each address on which the relay listens.
    listeners: Vec<Arc<DatagramSocket>>,
    streams: mpsc::Sender<StreamFrames>,
    counters: Counters,
    buffers: Mutex<Buffers>,
}

/// What a turn is made in; only the worker's own thread locks it.
#[derive(Default)]
struct Buffers {
    batch: ReadBatch,
    output: Vec<u8>,
    outbox: Outbox,
}

/// What workers are started with.
pub(super) struct Start<C> {
    pub(super) engine: SharedEngine<C>,
    pub(super) streams: mpsc::Sender<StreamFrames>,
    pub(super) counters: Counters,
    /// Ends all threads.
    pub(super) stop: CancellationToken,
}

impl<C: RelayCore> RelayThread<C> {
    /// Starts a thread that serves these listeners until told to stop.
    pub(super) async fn start(
        listeners: Vec<std::net::UdpSocket>,
        start: Start<C>,
    ) -> anyhow::Result<(Arc<Self>, JoinHandle<()>)> {
        let (started, has_started) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("relay".to_owned())
            .spawn(move || Self::live(listeners, start, started))
            .context("starting a relay thread")?;
        let worker = has_started
            .await
            .context("a relay thread ended before it was ready")??;
        Ok((worker, thread))
    }

    fn live(
        listeners: Vec<std::net::UdpSocket>,
        start: Start<C>,
        started: oneshot::Sender<anyhow::Result<Arc<Self>>>,
    ) {
        // However this thread ends, the relay ends with it.
        let _ends_all = start.stop.clone().drop_guard();
        let stop = start.stop.clone();
        let rounds = Arc::<Rounds>::default();
        let mut builder = Builder::new_current_thread();
        let runtime = match builder.enable_io().on_thread_park(rounds.hook()).build() {
            Ok(runtime) => runtime,
            Err(error) => {
                started.send(Err(error.into())).ok();
                return;
            }
        };
        let worker = {
            let _runtime = runtime.enter();
            Self::new(listeners, start, (runtime.handle().clone(), rounds))
        };
        let made = worker.as_ref().ok().map(Arc::clone);
        started.send(worker).ok();
        if let Some(worker) = made {
            runtime.block_on(worker.serve(stop));
        }
    }

    fn new(
        listeners: Vec<std::net::UdpSocket>,
        start: Start<C>,
        (runtime, rounds): (Handle, Arc<Rounds>),
    ) -> anyhow::Result<Arc<Self>> {
        let listeners = listeners
            .into_iter()
            .map(|socket| DatagramSocket::new(socket, LISTENER_BUFFER_BYTES).map(Arc::new))
            .collect::<Result<_, _>>()
            .context("preparing the relay's UDP sockets")?;
        Ok(Arc::new(Self {
            engine: start.engine,
            runtime,
            rounds,
            listeners,
            streams: start.streams,
            counters: start.counters,
            buffers: Mutex::default(),
        }))
    }

    async fn serve(self: Arc<Self>, stop: CancellationToken) {
        let mut readers = tokio::task::JoinSet::new();
        for listener in &self.listeners {
            readers.spawn(Arc::clone(&self).read(PacketSource::Clients, Arc::clone(listener)));
        }
        tokio::select! {
            () = stop.cancelled() => {}
            // A reader never ends, except in a panic.
            _ = readers.join_next() => {}
        }
    }

    async fn read(self: Arc<Self>, source: PacketSource, socket: Arc<DatagramSocket>) {
        let mut room = 0;
        loop {
            socket.readable().await;
            let (is_empty, n_reads) = self.take(source, &socket, room);
            // Preparing a read for many costs as much as handling one packet.
            room = 2 * n_reads;
            if !is_empty {
                tokio::task::yield_now().await;
            }
        }
    }

    /// Takes one batch of packets from a socket; says whether the socket is empty now, and how often it was read.
    fn take(
        self: &Arc<Self>,
        source: PacketSource,
        socket: &DatagramSocket,
        room: usize,
    ) -> (bool, usize) {
        let mut buffers = self.buffers.lock().expect("only this thread locks it");
        let Buffers {
            batch,
            output,
            outbox,
        } = &mut *buffers;
        let is_empty = socket.read(batch, room);
        let mut n_packets = 0;
        let mut datagrams = batch.datagrams().peekable();
        while datagrams.peek().is_some() {
            let mut engine = self.engine.lock();
            let now = engine.now();
            // One read may return thousands of packets: others get the engine in between.
            while outbox.len_bytes() < BYTES_PER_LOCK
                && let Some((addr, packet)) = datagrams.next()
            {
                let to = match source {
                    PacketSource::Clients => {
                        let transport = Transport::Udp;
                        let path = ClientPath { transport, addr };
                        engine.core.handle_client(path, packet, now, output)
                    }
                    PacketSource::Relayed(id) => {
                        engine.core.handle_peer(id, addr, packet, now, output)
                    }
                };
                engine.add(to, output, outbox);
                engine.carry_out_outputs(self, now, output, outbox);
                n_packets += 1;
            }
            drop(engine);
            self.send(outbox);
        }
        self.rounds.handled(n_packets);
        (is_empty, batch.n_reads())
    }

    /// Sends what the outbox holds.
    fn send(&self, outbox: &mut Outbox) {
        outbox.send_all(|run| {
            let n_lost = match run.to {
                Destination::Client(path) if path.transport.is_stream() => {
                    let frames = (path, run.bytes.clone());
                    let is_full = self.streams.try_send(frames).is_err();
                    if is_full { run.n_packets } else { 0 }
                }
                _ => self.send_datagrams(run),
            };
            self.counters.refuse_many(Refusal::Congestion, n_lost);
        });
    }

    /// Sends a run that goes out over UDP; returns how many packets are lost.
    pub(super) fn send_datagrams(&self, run: &PacketRun) -> usize {
        let (socket, to) = match run.to {
            Destination::Peer(_, peer) => (run.socket.as_ref(), peer),
            Destination::Client(path) => {
                let is_ipv4 = path.addr.is_ipv4();
                let mut listeners = self.listeners.iter();
                let listener = listeners.find(|socket| socket.is_ipv4() == is_ipv4);
                (listener, path.addr)
            }
        };
        socket.map_or(run.n_packets, |socket| {
            socket.send(&run.bytes, run.segment, to)
        })
    }
}
