//! TCP clients of the driver: accept, split into frames, write with a bounded queue, close.

use std::collections::HashMap;
use std::io;
use std::mem;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::AbortHandle;
use tokio::net::TcpStream;

use super::super::core::{ClientPath, RelayCore, Transport};
use super::super::limits::TCP_WITHOUT_ALLOCATION;
use super::super::stats::Refusal;
use super::places::Admission;
use super::sockets::{NotSent, TcpClient};
use super::{Event, RelayDriver};

/// A TCP client as the driver keeps it.
pub(super) struct ConnectedClient {
    client: TcpClient,
    /// Distinguishes two connections from the same address.
    serial: u64,
    /// The last time it was seen with an allocation, or its start.
    in_use_at: Duration,
    reading: AbortHandle,
    writing: Option<AbortHandle>,
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
        let transport = Transport::Tcp;
        let is_stranger = |addr| !self.core.has_allocation(ClientPath { transport, addr });
        match self.places.admit(addr, &self.setup.limits, is_stranger) {
            Admission::Free => {}
            Admission::InsteadOf(stranger) => {
                self.counters.refuse(Refusal::GaveWay);
                self.close_connection(stranger);
            }
            Admission::Refused => {
                self.counters.refuse(Refusal::TcpConnections);
                return;
            }
        }
        self.places.add(addr);
        // Without it, small frames wait for each other; an error means that the client has already
        // disconnected.
        stream.set_nodelay(true).ok();
        self.last_serial += 1;
        let serial = self.last_serial;
        let client = TcpClient::new(stream);
        let reading = self.wait_readable(Arc::clone(&client.stream), addr, serial);
        let connection = ConnectedClient {
            client,
            serial,
            in_use_at: self.started_at.elapsed(),
            reading,
            writing: None,
        };
        self.connections.insert(addr, connection);
        self.counters.set_tcp_connections(self.connections.len());
    }

    pub(super) fn read_connection(&mut self, addr: SocketAddr, serial: u64) {
        let Some(connection) = find(&mut self.connections, addr, serial) else {
            return;
        };
        let stream = Arc::clone(&connection.client.stream);
        // Both are returned below; until then the frames may use everything else.
        let mut framer = mem::take(&mut connection.client.framer);
        let mut input = mem::take(&mut self.input);
        let is_open = match stream.try_read(&mut input) {
            Ok(0) => false,
            Ok(length) => {
                let is_good = framer
                    .push(&input[..length], |frame| self.take_frame(addr, frame))
                    .is_ok();
                if !is_good {
                    self.counters.malformed();
                }
                is_good
            }
            Err(error) => error.kind() == io::ErrorKind::WouldBlock,
        };
        self.input = input;
        if !is_open {
            return self.close_connection(addr);
        }
        // An answer to one of the frames may have found the connection broken and closed it.
        if !self.connections.contains_key(&addr) {
            return;
        }
        let reading = self.wait_readable(stream, addr, serial);
        if let Some(connection) = self.connections.get_mut(&addr) {
            connection.client.framer = framer;
            connection.reading = reading;
        }
    }

    fn take_frame(&mut self, addr: SocketAddr, frame: &[u8]) {
        let path = ClientPath {
            transport: Transport::Tcp,
            addr,
        };
        let now = self.now();
        let to = self.core.handle_client(path, frame, now, &mut self.output);
        self.send(to);
        self.carry_out_outputs();
    }

    pub(super) fn write_connection(&mut self, addr: SocketAddr, serial: u64) {
        let Some(connection) = find(&mut self.connections, addr, serial) else {
            return;
        };
        connection.writing = None;
        let flushed = connection.client.flush();
        match flushed {
            Ok(true) => self.wait_writable(addr),
            Ok(false) => {}
            Err(_) => self.close_connection(addr),
        }
    }

    pub(super) fn send_on_connection(&mut self, addr: SocketAddr) {
        let Some(connection) = self.connections.get_mut(&addr) else {
            return;
        };
        match connection.client.send(&self.output) {
            Ok(true) => self.wait_writable(addr),
            Ok(false) => {}
            Err(NotSent::Full) => self.counters.refuse(Refusal::Congestion),
            Err(NotSent::Broken) => self.close_connection(addr),
        }
    }

    pub(super) fn close_unused_connections(&mut self, now: Duration) {
        let mut unused = Vec::new();
        for (&addr, connection) in &mut self.connections {
            let transport = Transport::Tcp;
            if self.core.has_allocation(ClientPath { transport, addr }) {
                connection.in_use_at = now;
            } else if now.saturating_sub(connection.in_use_at) >= TCP_WITHOUT_ALLOCATION {
                unused.push(addr);
            }
        }
        for addr in unused {
            self.close_connection(addr);
        }
    }

    fn close_connection(&mut self, addr: SocketAddr) {
        let Some(connection) = self.connections.remove(&addr) else {
            return;
        };
        connection.reading.abort();
        if let Some(writing) = connection.writing {
            writing.abort();
        }
        self.places.remove(addr);
        self.counters.set_tcp_connections(self.connections.len());
        self.core.client_gone(ClientPath {
            transport: Transport::Tcp,
            addr,
        });
    }

    fn wait_readable(
        &mut self,
        stream: Arc<TcpStream>,
        addr: SocketAddr,
        serial: u64,
    ) -> AbortHandle {
        self.wait_abortable(async move {
            stream.readable().await.ok();
            Event::ClientReadable(addr, serial)
        })
    }

    fn wait_writable(&mut self, addr: SocketAddr) {
        let Some(connection) = self.connections.get(&addr) else {
            return;
        };
        let stream = Arc::clone(&connection.client.stream);
        let serial = connection.serial;
        let writing = self.wait_abortable(async move {
            stream.writable().await.ok();
            Event::ClientWritable(addr, serial)
        });
        if let Some(connection) = self.connections.get_mut(&addr) {
            connection.writing = Some(writing);
        }
    }
}

fn find(
    connections: &mut HashMap<SocketAddr, ConnectedClient>,
    addr: SocketAddr,
    serial: u64,
) -> Option<&mut ConnectedClient> {
    connections
        .get_mut(&addr)
        .filter(|connection| connection.serial == serial)
}
