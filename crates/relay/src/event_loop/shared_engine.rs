//! The engine that all threads share, as the engine of each: one call, one lock.

use std::net::{IpAddr, SocketAddr};

use super::super::core::{
    ClientPath, Destination, Now, PerFamily, RelayCore, RelayOutput, SocketId,
};
use super::threads::SharedEngine;

impl<C: RelayCore> RelayCore for SharedEngine<C> {
    fn handle_client(
        &mut self,
        path: ClientPath,
        packet: &[u8],
        now: Now,
        out: &mut Vec<u8>,
    ) -> Option<Destination> {
        self.lock().core.handle_client(path, packet, now, out)
    }

    fn handle_peer(
        &mut self,
        id: SocketId,
        from: SocketAddr,
        packet: &[u8],
        now: Now,
        out: &mut Vec<u8>,
    ) -> Option<Destination> {
        self.lock().core.handle_peer(id, from, packet, now, out)
    }

    fn socket_opened(
        &mut self,
        id: SocketId,
        port: Option<u16>,
        now: Now,
        out: &mut Vec<u8>,
    ) -> Option<Destination> {
        self.lock().core.socket_opened(id, port, now, out)
    }

    fn book_changed(&mut self, now: Now) {
        self.lock().core.book_changed(now);
    }

    fn client_gone(&mut self, path: ClientPath) {
        self.lock().core.client_gone(path);
    }

    fn own_addresses(&mut self, own: Vec<ipnet::IpNet>) {
        self.lock().core.own_addresses(own);
    }

    fn advertise(&mut self, advertised: PerFamily<Option<IpAddr>>) {
        self.lock().core.advertise(advertised);
    }

    fn has_allocation(&self, path: ClientPath) -> bool {
        self.lock().core.has_allocation(path)
    }

    fn poll_output(&mut self, now: Now) -> RelayOutput {
        self.lock().core.poll_output(now)
    }
}
