//! The network half of an endpoint: descriptions and candidates of the other side, our own public
//! addresses, ICE restart, and the handling of each incoming datagram.

use std::net::SocketAddr;
use std::time::Instant;

use str0m::change::SdpAnswer;
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Input};
use stun_types::message::TransactionId;

use super::command::Negotiated;
use super::driver::{EndpointDriver, clock};
use super::event::{Ended, Event};
use crate::limits;
use crate::sdp::{self, BadSdp};

impl EndpointDriver {
    pub(super) fn accept_answer(&mut self, sdp: &str) -> Result<Negotiated, BadSdp> {
        let pending = self
            .pending
            .take()
            .ok_or_else(|| BadSdp("it answers no offer".to_owned()))?;
        let (sdp, candidates) = sdp::without_candidates(sdp)?;
        let answer = SdpAnswer::from_sdp_string(&sdp).map_err(|error| BadSdp(error.to_string()))?;
        self.rtc
            .sdp_api()
            .accept_answer(pending, answer)
            .map_err(|error| BadSdp(error.to_string()))?;
        self.add_later(candidates);
        Ok(self.outgoing.negotiated(&mut self.rtc))
    }

    pub(super) fn restart(&mut self) -> Result<String, BadSdp> {
        let now = clock();
        // After a change of network there may be addresses without a socket.
        let new = self
            .sockets
            .bind_new(self.config.bind, self.config.with_loopback)
            .unwrap_or_default();
        for address in new {
            if let Ok(candidate) = Candidate::host(address, "udp") {
                self.rtc.add_local_candidate(candidate);
            }
        }
        self.reflexive.restart();
        for server in self.stun_servers.clone() {
            self.ask_from_all(server, now);
        }
        let mut change = self.rtc.sdp_api();
        change.ice_restart(true);
        let (offer, pending) = change
            .apply()
            .ok_or_else(|| BadSdp("nothing to restart".to_owned()))?;
        self.pending = Some(pending);
        self.remote.restart();
        self.relays.restart(now);
        Ok(offer.to_sdp_string())
    }

    /// Stores candidates from a description.
    pub(super) fn add_later(&mut self, lines: Vec<&str>) {
        let lines = lines.into_iter().take(limits::MAX_REMOTE_CANDIDATES);
        self.later.extend(lines.map(str::to_owned));
    }

    /// Processes the stored candidates, each followed by a drain.
    pub(super) fn add_remembered(&mut self) -> Result<(), Ended> {
        for line in std::mem::take(&mut self.later) {
            self.drain(clock())?;
            self.add_candidate(&line);
        }
        Ok(())
    }

    /// Accepts a remote candidate, if it is usable.
    pub(super) fn add_candidate(&mut self, line: &str) {
        if let Ok(Some(candidate)) = self.remote.take(line) {
            // Before the first check is sent, which a relay would drop without a permission.
            self.relays.permit(candidate.addr().ip());
            self.rtc.add_remote_candidate(candidate);
        }
    }

    pub(super) fn ask_server(&mut self, server: SocketAddr) {
        self.stun_servers.push(server);
        self.ask_from_all(server, clock());
    }

    /// Reports once that there are no more local candidates.
    pub(super) fn note_gathered(&mut self) -> Result<(), Ended> {
        let is_done =
            self.is_resolved && self.reflexive.next_due().is_none() && !self.relays.is_gathering();
        if is_done && !self.is_gathered {
            self.is_gathered = true;
            return self.emit(Event::Candidate(None));
        }
        Ok(())
    }

    pub(super) fn ask_from_all(&mut self, server: SocketAddr, now: Instant) {
        for socket in self.sockets.addresses() {
            let id = TransactionId::generate();
            self.reflexive.ask(socket, server, id, now);
        }
    }

    pub(super) fn received(
        &mut self,
        local: SocketAddr,
        remote: SocketAddr,
        bytes: &[u8],
    ) -> Result<(), Ended> {
        // Answers of STUN servers arrive on the same sockets; str0m does not know them.
        if let Some(found) = self.reflexive.answer(local, remote, bytes) {
            return match found {
                Some(found) => self.add_reflexive(found.address, found.socket),
                None => Ok(()),
            };
        }
        let now = clock();
        let Ok(receive) = Receive::new(Protocol::Udp, remote, local, bytes) else {
            self.n_garbage += 1;
            return Ok(());
        };
        let input = Input::Receive(now, receive);
        if !self.rtc.accepts(&input) {
            self.n_garbage += 1;
            return Ok(());
        }
        if let Err(error) = self.rtc.handle_input(input) {
            // A datagram that only looks like ours must not end the connection.
            tracing::debug!(%error, "ignored an invalid datagram");
            self.n_garbage += 1;
        }
        self.drain(now)?;
        if self.rtc.is_alive() {
            Ok(())
        } else {
            Err(Ended::ClosedByPeer)
        }
    }

    pub(super) fn add_reflexive(
        &mut self,
        address: SocketAddr,
        base: SocketAddr,
    ) -> Result<(), Ended> {
        let Ok(candidate) = Candidate::server_reflexive(address, base, "udp") else {
            return Ok(());
        };
        let line = self
            .rtc
            .add_local_candidate(candidate)
            .map(Candidate::to_sdp_string);
        self.drain(clock())?;
        // `None`: redundant (RFC 8445 §5.1.3), since another server saw the same address.
        match line {
            Some(line) => self.emit(Event::Candidate(Some(line))),
            None => Ok(()),
        }
    }
}
