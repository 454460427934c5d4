//! Clients over TCP: accept, split into frames, write with a bounded queue, close. Streams that were
//! handed over are clients like any other.

use std::collections::HashMap;
use std::io;
use std::mem;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::AbortHandle;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::super::core::{ClientPath, RelayCore, Transport};
use super::super::framing::Framer;
use super::super::limits::TCP_WITHOUT_ALLOCATION;
use super::super::stats::Refusal;
use super::handover::{HandedClient, HandoverQueue, StreamQueue};
use super::places::Admission;
use super::sockets::{NotSent, TcpClient};
use super::{Event, RelayDriver};

/// A client over TCP as the driver keeps it.
pub(super) struct ConnectedClient {
    stream: ClientStream,
    /// Distinguishes two connections from the same address.
    serial: u64,
    /// The last time it was seen with an allocation, or its start.
    in_use_at: Duration,
    reading: AbortHandle,
    writing: Option<AbortHandle>,
}

/// Where its bytes come from and go to.
enum ClientStream {
    Socket(TcpClient),
    /// Another task moves the bytes.
    Handed(Arc<StreamQueue>, Framer),
}

impl ClientStream {
    fn framer(&mut self) -> &mut Framer {
        match self {
            ClientStream::Socket(client) => &mut client.framer,
            ClientStream::Handed(_, framer) => framer,
        }
    }

    /// Sends a complete frame or queues it; `Ok(true)` if the driver has to wait for the socket.
    fn send(&mut self, frame: &[u8]) -> Result<bool, NotSent> {
        match self {
            ClientStream::Socket(client) => client.send(frame),
            ClientStream::Handed(queue, _) => queue.send(frame).map(|()| false),
        }
    }
}

impl<C: RelayCore> RelayDriver<C> {
    pub(super) fn wait_for_connection(&mut self, listener: usize, pause: Duration) {
        let socket = Arc::clone(&self.setup.listeners.all[listener].tcp);
        self.waiting.push(Box::pin(async move {
            tokio::time::sleep(pause).await;
            Event::Accepted(listener, socket.accept().await)
        }));
    }

    pub(super) fn accept(&mut self, listener: usize, result: io::Result<(TcpStream, SocketAddr)>) {
        let (stream, addr) = match result {
            Ok(accepted) => accepted,
            Err(error) => {
                // Most likely out of descriptors: give other connections time to close.
                tracing::warn!(%error, "cannot accept a relay client");
                return self.wait_for_connection(listener, Duration::from_millis(200));
            }
        };
        self.wait_for_connection(listener, Duration::ZERO);
        let path = ClientPath {
            transport: Transport::Tcp,
            addr,
        };
        let Some(serial) = self.admit(path) else {
            return;
        };
        // Without it, small frames wait for each other; an error means that the client has already
        // disconnected.
        stream.set_nodelay(true).ok();
        let client = TcpClient::new(stream);
        let reading = self.wait_readable(Arc::clone(&client.stream), path, serial);
        self.connect(path, serial, ClientStream::Socket(client), reading);
    }

    pub(super) fn wait_for_handover(&mut self, mut queue: HandoverQueue) {
        self.waiting.push(Box::pin(async move {
            match queue.recv().await {
                Some(client) => Event::HandedOver(queue, Box::new(client)),
                // Nobody is left who could hand a stream over.
                None => Event::Gone,
            }
        }));
    }

    pub(super) fn take_handed(&mut self, queue: HandoverQueue, client: HandedClient) {
        self.wait_for_handover(queue);
        let path = ClientPath {
            transport: Transport::Handed,
            addr: client.addr,
        };
        let Some(serial) = self.admit(path) else {
            return;
        };
        let stream = ClientStream::Handed(client.queue, Framer::default());
        let reading = self.wait_for_bytes(client.from_client, path, serial);
        self.connect(path, serial, stream, reading);
    }

    /// Finds a place for a newcomer; returns the serial number of its connection.
    fn admit(&mut self, path: ClientPath) -> Option<u64> {
        let is_stranger = |path| !self.core.has_allocation(path);
        match self.places.admit(path, &self.setup.limits, is_stranger) {
            Admission::Free => {}
            Admission::InsteadOf(stranger) => {
                self.counters.refuse(Refusal::GaveWay);
                self.close_connection(stranger);
            }
            Admission::Refused => {
                self.counters.refuse(Refusal::TcpConnections);
                return None;
            }
        }
        self.places.add(path);
        self.last_serial += 1;
        Some(self.last_serial)
    }

    fn connect(
        &mut self,
        path: ClientPath,
        serial: u64,
        stream: ClientStream,
        reading: AbortHandle,
    ) {
        let connection = ConnectedClient {
            stream,
            serial,
            in_use_at: self.started_at.elapsed(),
            reading,
            writing: None,
        };
        self.connections.insert(path, connection);
        self.counters.set_tcp_connections(self.connections.len());
    }

    pub(super) fn read_connection(&mut self, path: ClientPath, serial: u64) {
        let Some(ClientStream::Socket(client)) = self.stream_of(path, serial) else {
            return;
        };
        let stream = Arc::clone(&client.stream);
        // Returned below; until then the frames may use everything else.
        let mut input = mem::take(&mut self.input);
        let is_open = match stream.try_read(&mut input) {
            Ok(0) => false,
            Ok(length) => self.take_bytes(path, serial, &input[..length]),
            Err(error) => error.kind() == io::ErrorKind::WouldBlock,
        };
        self.input = input;
        if !is_open {
            return self.close_connection(path);
        }
        // An answer to one of the frames may have found the connection broken and closed it.
        if self.stream_of(path, serial).is_some() {
            let reading = self.wait_readable(stream, path, serial);
            self.reads(path, reading);
        }
    }

    /// Takes what a task read from a stream that was handed over; `None` is its end.
    pub(super) fn read_handed(
        &mut self,
        path: ClientPath,
        serial: u64,
        (from_client, bytes): (mpsc::Receiver<Vec<u8>>, Option<Vec<u8>>),
    ) {
        if self.stream_of(path, serial).is_none() {
            return;
        }
        let is_open = bytes.is_some_and(|bytes| self.take_bytes(path, serial, &bytes));
        if !is_open {
            return self.close_connection(path);
        }
        if self.stream_of(path, serial).is_some() {
            let reading = self.wait_for_bytes(from_client, path, serial);
            self.reads(path, reading);
        }
    }

    /// Handles every complete frame; false if the stream makes no sense.
    fn take_bytes(&mut self, path: ClientPath, serial: u64, bytes: &[u8]) -> bool {
        let Some(stream) = self.stream_of(path, serial) else {
            return true;
        };
        let mut framer = mem::take(stream.framer());
        let is_good = framer
            .push(bytes, |frame| self.take_frame(path, frame))
            .is_ok();
        if !is_good {
            self.counters.malformed();
        }
        if let Some(stream) = self.stream_of(path, serial) {
            *stream.framer() = framer;
        }
        is_good
    }

    fn take_frame(&mut self, path: ClientPath, frame: &[u8]) {
        let now = self.now();
        let to = self.core.handle_client(path, frame, now, &mut self.output);
        self.send(to);
        self.carry_out_outputs();
    }

    pub(super) fn write_connection(&mut self, path: ClientPath, serial: u64) {
        let Some(connection) = find(&mut self.connections, path, serial) else {
            return;
        };
        connection.writing = None;
        let ClientStream::Socket(client) = &mut connection.stream else {
            return;
        };
        match client.flush() {
            Ok(true) => self.wait_writable(path),
            Ok(false) => {}
            Err(_) => self.close_connection(path),
        }
    }

    pub(super) fn send_on_connection(&mut self, path: ClientPath) {
        let Some(connection) = self.connections.get_mut(&path) else {
            return;
        };
        match connection.stream.send(&self.output) {
            Ok(true) => self.wait_writable(path),
            Ok(false) => {}
            Err(NotSent::Full) => self.counters.refuse(Refusal::Congestion),
            Err(NotSent::Broken) => self.close_connection(path),
        }
    }

    pub(super) fn close_unused_connections(&mut self, now: Duration) {
        let mut unused = Vec::new();
        for (&path, connection) in &mut self.connections {
            if self.core.has_allocation(path) {
                connection.in_use_at = now;
            } else if now.saturating_sub(connection.in_use_at) >= TCP_WITHOUT_ALLOCATION {
                unused.push(path);
            }
        }
        for path in unused {
            self.close_connection(path);
        }
    }

    fn close_connection(&mut self, path: ClientPath) {
        let Some(connection) = self.connections.remove(&path) else {
            return;
        };
        connection.reading.abort();
        if let Some(writing) = connection.writing {
            writing.abort();
        }
        self.places.remove(path);
        self.counters.set_tcp_connections(self.connections.len());
        self.core.client_gone(path);
    }

    fn stream_of(&mut self, path: ClientPath, serial: u64) -> Option<&mut ClientStream> {
        find(&mut self.connections, path, serial).map(|connection| &mut connection.stream)
    }

    fn reads(&mut self, path: ClientPath, reading: AbortHandle) {
        if let Some(connection) = self.connections.get_mut(&path) {
            connection.reading = reading;
        }
    }

    fn wait_readable(
        &mut self,
        stream: Arc<TcpStream>,
        path: ClientPath,
        serial: u64,
    ) -> AbortHandle {
        self.wait_abortable(async move {
            stream.readable().await.ok();
            Event::ClientReadable(path, serial)
        })
    }

    fn wait_for_bytes(
        &mut self,
        mut from_client: mpsc::Receiver<Vec<u8>>,
        path: ClientPath,
        serial: u64,
    ) -> AbortHandle {
        self.wait_abortable(async move {
            let bytes = from_client.recv().await;
            Event::ClientSent(path, serial, from_client, bytes)
        })
    }

    fn wait_writable(&mut self, path: ClientPath) {
        let Some(ConnectedClient {
            stream: ClientStream::Socket(client),
            serial,
            ..
        }) = self.connections.get(&path)
        else {
            return;
        };
        let (stream, serial) = (Arc::clone(&client.stream), *serial);
        let writing = self.wait_abortable(async move {
            stream.writable().await.ok();
            Event::ClientWritable(path, serial)
        });
        if let Some(connection) = self.connections.get_mut(&path) {
            connection.writing = Some(writing);
        }
    }
}

fn find(
    connections: &mut HashMap<ClientPath, ConnectedClient>,
    path: ClientPath,
    serial: u64,
) -> Option<&mut ConnectedClient> {
    connections
        .get_mut(&path)
        .filter(|connection| connection.serial == serial)
}
