//! Drives a [`RelayCore`] over real sockets. Threads move datagrams (`threads`); one task owns the
//! TCP clients, wakes the engine in time, and starts and ends the threads.

mod connections;
mod datagrams;
pub(super) mod handover;
mod outbox;
pub(super) mod own_addresses;
mod places;
mod rounds;
mod shared_engine;
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
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::core::{ClientPath, Destination, Family, Now, PerFamily, RelayCore};
use super::limits::{ADDRESSES_EVERY, Limits, MAX_THREADS, STREAM_RUNS, SWEEP_EVERY};
use super::stats::{Counters, Refusal};
use super::{RelayedAddress, advertised, configured};
use connections::ConnectedClient;
use handover::{HandedClient, HandoverQueue};
use outbox::Outbox;
use places::ConnectionPlaces;
use sockets::{Listeners, PortPool};
use threads::{Engine, RelayThread, SharedEngine, Start, StreamFrames};

/// A TCP socket is ready.
enum Event {
    /// By the place of the listener in [`Listeners`].
    Accepted(usize, io::Result<(TcpStream, SocketAddr)>),
    ClientReadable(ClientPath, u64),
    ClientWritable(ClientPath, u64),
    /// Another listener has a client for the relay.
    HandedOver(HandoverQueue, Box<HandedClient>),
    /// Bytes of such a client, or `None` at its end.
    ClientSent(ClientPath, u64, mpsc::Receiver<Vec<u8>>, Option<Vec<u8>>),
    /// The relay's addresses have changed.
    Moved,
    /// The book of calls has changed, which may be late.
    BookChanged,
    /// The socket has been closed.
    Gone,
}

type Ready = Pin<Box<dyn Future<Output = Event> + Send>>;

/// What a driver starts with.
pub(super) struct Setup {
    pub(super) listeners: Listeners,
    pub(super) limits: Limits,
    /// Where relayed sockets are, as the program that runs the relay says.
    pub(super) relayed: watch::Receiver<Vec<RelayedAddress>>,
    /// Changes of a book that may be late.
    pub(super) book: Option<Arc<Notify>>,
}

impl Setup {
    /// Addresses of this machine from its settings; its interfaces are read periodically.
    fn configured(&self) -> Vec<IpAddr> {
        configured(&self.listeners.addrs(), &self.relayed.borrow())
    }
}

/// The driver; [`RelayDriver::run`] is its whole life.
pub(super) struct RelayDriver<C> {
    core: SharedEngine<C>,
    setup: Setup,
    counters: Counters,
    workers: Vec<Arc<RelayThread<C>>>,
    /// The worker that opens the next relayed socket of a TCP client.
    next_worker: usize,
    connections: HashMap<ClientPath, ConnectedClient>,
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
        ports: PerFamily<PortPool>,
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
    pub(super) async fn run(
        mut self,
        handed: HandoverQueue,
        shutdown: CancellationToken,
    ) -> anyhow::Result<()> {
        // Cancelled by `shutdown`, by the end of a thread, and with this task.
        let stop = shutdown.child_token();
        let _stops_threads = stop.clone().drop_guard();
        let (streams, mut frames) = mpsc::channel(STREAM_RUNS);
        let threads = self.start_workers(&streams, &stop).await?;
        drop(streams);
        self.wait_for_handover(handed);
        self.wait_for_move();
        self.wait_for_book();
        for listener in 0..self.setup.listeners.all.len() {
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

    fn wait_for_book(&mut self) {
        if let Some(book) = self.setup.book.clone() {
            self.waiting.push(Box::pin(async move {
                book.notified().await;
                Event::BookChanged
            }));
        }
    }

    /// Further sockets get the new addresses; clients find them by an ICE restart.
    fn move_relayed(&mut self) {
        let relayed = self.setup.relayed.borrow_and_update().clone();
        let mut engine = self.core.lock();
        for of in &relayed {
            engine.move_ports(Family::of(of.relay_ip), of.relay_ip);
        }
        engine.core.advertise(advertised(&relayed));
        drop(engine);
        self.read_own_addresses();
        self.wait_for_move();
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Accepted(listener, result) => self.accept(listener, result),
            Event::ClientReadable(path, serial) => self.read_connection(path, serial),
            Event::ClientWritable(path, serial) => self.write_connection(path, serial),
            Event::HandedOver(queue, client) => self.take_handed(queue, *client),
            Event::ClientSent(path, serial, from_client, bytes) => {
                self.read_handed(path, serial, (from_client, bytes));
            }
            Event::Moved => self.move_relayed(),
            Event::BookChanged => {
                let mut engine = self.core.lock();
                let now = engine.now();
                engine.core.book_changed(now);
                drop(engine);
                self.wait_for_book();
            }
            Event::Gone => {}
        }
        self.flush();
    }

    /// Sends what the engine has written for `to`: to a TCP client at once, datagrams together at
    /// the end of the turn.
    fn send(&mut self, to: Option<Destination>) {
        match to {
            None => {}
            Some(Destination::Client(path)) if path.transport.is_stream() => {
                self.send_on_connection(path);
            }
            Some(to) => {
                let core = &self.core;
                let socket_of = |id| core.lock().socket_of(id);
                self.outbox.add(to, &self.output, socket_of);
            }
        }
    }

    /// Sends frames that a worker has for a TCP client.
    fn pass_on(&mut self, (path, frames): &StreamFrames) {
        self.output.clear();
        self.output.extend_from_slice(frames);
        self.send_on_connection(*path);
    }

    fn flush(&mut self) {
        let mut outbox = mem::take(&mut self.outbox);
        outbox.send_all(|run| match run.to {
            Destination::Client(path) if path.transport.is_stream() => {
                self.pass_on(&(path, run.bytes.clone()));
            }
            _ => {
                let n_lost = self.workers[0].send_datagrams(run);
                self.counters.refuse_many(Refusal::Congestion, n_lost);
            }
        });
        self.outbox = outbox;
    }

    /// Opens and closes the sockets that the engine requests; returns its next time-out.
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
