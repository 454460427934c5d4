//! Drives a [`RelayCore`] over real sockets. Threads move datagrams (`threads`); one task owns the
//! TCP clients, wakes the engine in time, and starts and ends the threads.

mod connections;
mod datagrams;
mod outbox;
pub(super) mod own_addresses;
mod places;
pub(super) mod sockets;
mod threads;

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::mem;
use std::net::{IpAddr, SocketAddr};
use std::panic;
use std::pin::Pin;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use futures_util::future::{AbortHandle, Abortable};
use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::core::{Destination, Now, RelayCore, Transport};
use super::limits::{ADDRESSES_EVERY, Limits, MAX_THREADS, STREAM_RUNS, SWEEP_EVERY};
use super::stats::{Counters, Refusal};
use connections::ConnectedClient;
use outbox::Outbox;
use places::ConnectionPlaces;
use sockets::{Listeners, PortPool};
use threads::{Engine, RelayThread, SharedEngine, Start, StreamFrames};

/// A TCP socket is ready.
enum Event {
    Accepted(io::Result<(TcpStream, SocketAddr)>),
    ClientReadable(SocketAddr, u64),
    ClientWritable(SocketAddr, u64),
    /// The socket has been closed.
    Gone,
}

type Ready = Pin<Box<dyn Future<Output = Event> + Send>>;

/// What a driver starts with.
pub(super) struct Setup {
    pub(super) listeners: Listeners,
    pub(super) limits: Limits,
    /// Addresses of this machine from its settings; its interfaces are read periodically.
    pub(super) configured: Vec<IpAddr>,
}

/// The driver; [`RelayDriver::run`] is its whole life.
pub(super) struct RelayDriver<C> {
    core: SharedEngine<C>,
    setup: Setup,
    counters: Counters,
    workers: Vec<Arc<RelayThread<C>>>,
    /// The worker that opens the next relayed socket of a TCP client.
    next_worker: usize,
    connections: HashMap<SocketAddr, ConnectedClient>,
    places: ConnectionPlaces,
    waiting: FuturesUnordered<Ready>,
    started_at: Instant,
    last_serial: u64,
    input: Vec<u8>,
    output: Vec<u8>,
    outbox: Outbox,
}

/// The number of threads that move datagrams: one for each core that this process may use.
pub(super) fn n_threads() -> usize {
    let n_cores = thread::available_parallelism().map_or(1, usize::from);
    n_cores.min(MAX_THREADS)
}

impl<C: RelayCore> RelayDriver<C> {
    /// `unix_seconds` is the clock that decides when credentials and calls expire.
    pub(super) fn new(
        core: C,
        ports: PortPool,
        unix_seconds: Box<dyn Fn() -> u64 + Send>,
        setup: Setup,
        counters: Counters,
    ) -> Self {
        let started_at = Instant::now();
        Self {
            core: Engine::share(core, ports, unix_seconds, started_at),
            setup,
            counters,
            workers: Vec::new(),
            next_worker: 0,
            connections: HashMap::new(),
            places: ConnectionPlaces::default(),
            waiting: FuturesUnordered::new(),
            started_at,
            last_serial: 0,
            input: vec![0; usize::from(u16::MAX)],
            output: Vec::with_capacity(usize::from(u16::MAX)),
            outbox: Outbox::default(),
        }
    }

    /// Serves until `shutdown`, then closes all sockets.
    ///
    /// # Errors
    /// A thread cannot be started.
    pub(super) async fn run(mut self, shutdown: CancellationToken) -> anyhow::Result<()> {
        // Cancelled by `shutdown`, by the end of a thread, and with this task.
        let stop = shutdown.child_token();
        let _stops_threads = stop.clone().drop_guard();
        let (streams, mut frames) = mpsc::channel(STREAM_RUNS);
        let threads = self.start_workers(&streams, &stop).await?;
        drop(streams);
        self.wait_for_connection(Duration::ZERO);
        let mut wake_at = self.carry_out_outputs();
        let mut next_check = Duration::ZERO;
        let mut next_reading = ADDRESSES_EVERY;
        loop {
            let timer = wake_at.saturating_sub(self.started_at.elapsed());
            tokio::select! {
                // The timer may come last: what is due is looked at after every event.
                biased;
                () = stop.cancelled() => break,
                Some(event) = self.waiting.next() => self.take(event),
                Some(run) = frames.recv() => self.pass_on(&run),
                () = tokio::time::sleep(timer) => {}
            }
            // Clients that send must not hold up what they are to receive.
            while let Ok(run) = frames.try_recv() {
                self.pass_on(&run);
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
        join(threads).await;
        self.core.lock().close_all();
        self.counters.set_allocations(0);
        self.counters.set_tcp_connections(0);
        Ok(())
    }

    async fn start_workers(
        &mut self,
        streams: &mpsc::Sender<StreamFrames>,
        stop: &CancellationToken,
    ) -> anyhow::Result<Vec<JoinHandle<()>>> {
        let mut threads = Vec::new();
        for listeners in mem::take(&mut self.setup.listeners.udp) {
            let start = Start {
                engine: self.core.clone(),
                streams: streams.clone(),
                counters: self.counters.clone(),
                stop: stop.clone(),
            };
            let (worker, thread) = RelayThread::start(listeners, start).await?;
            self.workers.push(worker);
            threads.push(thread);
        }
        Ok(threads)
    }

    fn read_own_addresses(&mut self) {
        match own_addresses::of_this_machine(&self.setup.configured) {
            Ok(own) => self.core.own_addresses(own),
            Err(error) => tracing::warn!(%error, "cannot list the addresses of this machine"),
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Accepted(result) => self.accept(result),
            Event::ClientReadable(addr, serial) => self.read_connection(addr, serial),
            Event::ClientWritable(addr, serial) => self.write_connection(addr, serial),
            Event::Gone => {}
        }
        self.flush();
    }

    /// Sends what the engine has written for `to`: to a TCP client at once, datagrams together at
    /// the end of the turn.
    fn send(&mut self, to: Option<Destination>) {
        match to {
            None => {}
            Some(Destination::Client(path)) if path.transport == Transport::Tcp => {
                self.send_on_connection(path.addr);
            }
            Some(to) => {
                let core = &self.core;
                let socket_of = |id| core.lock().socket_of(id);
                self.outbox.add(to, &self.output, socket_of);
            }
        }
    }

    /// Sends frames that a worker has for a TCP client.
    fn pass_on(&mut self, (addr, frames): &StreamFrames) {
        self.output.clear();
        self.output.extend_from_slice(frames);
        self.send_on_connection(*addr);
    }

    fn flush(&mut self) {
        let mut outbox = mem::take(&mut self.outbox);
        outbox.send_all(|run| match run.to {
            Destination::Client(path) if path.transport == Transport::Tcp => {
                self.pass_on(&(path.addr, run.bytes.clone()));
            }
            _ => {
                let n_lost = self.workers[0].send_datagrams(run);
                self.counters.refuse_many(Refusal::Congestion, n_lost);
            }
        });
        self.outbox = outbox;
    }

    /// Opens and closes what the engine asks for; returns when it wants to be asked again.
    fn carry_out_outputs(&mut self) -> Duration {
        self.next_worker = (self.next_worker + 1) % self.workers.len();
        let mut engine = self.core.lock();
        let now = engine.now();
        let wake_at = engine.carry_out_outputs(
            &self.workers[self.next_worker],
            now,
            &mut self.output,
            &mut self.outbox,
        );
        drop(engine);
        self.flush();
        wake_at
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
        self.core.lock().now()
    }
}

/// Waits for threads that have been told to end; a panic of one is a panic of the relay.
async fn join(threads: Vec<JoinHandle<()>>) {
    for thread in threads {
        let ended = tokio::task::spawn_blocking(move || thread.join()).await;
        // The runtime may end first; then nobody is left to be told.
        if let Ok(Err(reason)) = ended {
            panic::resume_unwind(reason);
        }
    }
}
