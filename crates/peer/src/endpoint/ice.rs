//! The network half of an endpoint: descriptions and candidates of the other side, our own public
//! addresses, ICE restart, and the handling of each incoming datagram.

use std::net::SocketAddr;
use std::time::Instant;

use str0m::change::SdpAnswer;
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Input};
use stun_types::message::TransactionId;

use super::command::Negotiated;
use super::driver::{ConnectionPhase, EndpointDriver, clock};
use super::event::{Ended, Event, SeenAddress};
use crate::limits;
use crate::reflexive::Found;
use crate::sdp::{self, BadSdp};

/// A public address of one of our sockets, as a candidate.
pub(super) struct KnownReflexive {
    base: SocketAddr,
    candidate: Candidate,
    source: ReflexiveSource,
}

/// Who says that an address is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReflexiveSource {
    /// A STUN server, since the last restart or before; by it also what is presumed behind the router of both.
    Server { is_confirmed: bool },
    /// The router, which maps a port to the socket until it says otherwise.
    Router,
}

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
        self.offered_ufrag = None;
        self.add_later(candidates);
        Ok(self.outgoing.negotiated(&mut self.rtc))
    }

    pub(super) fn restart(&mut self) -> Result<String, BadSdp> {
        let now = clock();
        // After a change of network there may be addresses without a socket.
        self.drop_vanished_addresses();
        self.age_reflexive();
        self.bind_new_addresses();
        self.reflexive.restart();
        self.presumed.restart();
        for server in self.stun_servers.clone() {
            self.ask_from_all(server, now);
        }
        let mut change = self.rtc.sdp_api();
        self.offered_ufrag = Some(change.ice_restart(true).ufrag);
        let (offer, pending) = change
            .apply()
            .ok_or_else(|| BadSdp("nothing to restart".to_owned()))?;
        self.pending = Some(pending);
        self.remote.restart();
        self.relays.restart(now);
        Ok(offer.to_sdp_string())
    }

    /// Follows a change of this machine's addresses.
    pub(super) fn addresses_changed(&mut self) -> Result<(), Ended> {
        let gone = self.drop_vanished_addresses();
        let new = self.bind_new_addresses();
        let now = clock();
        for candidate in &new {
            for server in self.stun_servers.clone() {
                self.ask_from(candidate.addr(), server, now);
            }
        }
        self.drain(now)?;
        let is_affected = self.media_source.is_some_and(|it| gone.contains(&it));
        let may_help = !new.is_empty() && self.is_in_doubt();
        for candidate in new {
            self.tell_candidate(candidate)?;
        }
        if is_affected || may_help {
            return self.emit(Event::Silent);
        }
        Ok(())
    }

    fn is_in_doubt(&self) -> bool {
        matches!(self.phase, ConnectionPhase::Lost(_)) || self.path_watch.is_in_doubt()
    }

    /// Their candidates would only cost the other side checks.
    fn drop_vanished_addresses(&mut self) -> Vec<SocketAddr> {
        let gone = self.sockets.drop_vanished();
        let hosts = gone.iter().map(|address| Candidate::host(*address, "udp"));
        for candidate in hosts.flatten() {
            self.rtc.direct_api().invalidate_candidate(&candidate);
        }
        self.drop_reflexive(|known| gone.contains(&known.base));
        gone
    }

    /// Before a restart: addresses that no server has confirmed since the last one are old. The others
    /// may be old, too, but mostly are not, and asking takes a round trip.
    fn age_reflexive(&mut self) {
        let unconfirmed = ReflexiveSource::Server {
            is_confirmed: false,
        };
        self.drop_reflexive(|known| known.source == unconfirmed);
        for known in &mut self.reflexive_candidates {
            if known.source != ReflexiveSource::Router {
                known.source = unconfirmed;
            }
        }
    }

    /// The router receives elsewhere for this socket, or no longer.
    pub(super) fn mapping_changed(
        &mut self,
        base: SocketAddr,
        external: Option<SocketAddr>,
    ) -> Result<(), Ended> {
        if !self.sockets.set_external(base, external) {
            return Ok(());
        }
        let is_mapped = |known: &KnownReflexive| known.source == ReflexiveSource::Router;
        self.drop_reflexive(|known| is_mapped(known) && known.base == base);
        self.drain(clock())?;
        match external {
            Some(address) => self.add_reflexive(address, base, ReflexiveSource::Router),
            None => Ok(()),
        }
    }

    /// Adds the external addresses that mapped sockets begin with. They are known before any STUN server
    /// has answered, and have no type of their own in ICE: to the other side they are what a server
    /// would have seen.
    pub(super) fn add_mapped(&mut self) {
        let mapped: Vec<_> = self.sockets.mapped().collect();
        for (base, external) in mapped {
            if let Some(candidate) = self.add_local_reflexive(external, base) {
                self.reflexive_candidates.push(KnownReflexive {
                    base,
                    candidate,
                    source: ReflexiveSource::Router,
                });
            }
        }
    }

    fn drop_reflexive(&mut self, is_old: impl Fn(&KnownReflexive) -> bool) {
        let old = self.reflexive_candidates.extract_if(.., |it| is_old(it));
        for known in old {
            self.rtc.direct_api().invalidate_candidate(&known.candidate);
        }
    }

    fn bind_new_addresses(&mut self) -> Vec<Candidate> {
        let new = self
            .sockets
            .bind_new(self.config.bind, self.config.with_loopback)
            .unwrap_or_default();
        let hosts = new
            .into_iter()
            .filter_map(|address| Candidate::host(address, "udp").ok());
        hosts
            .filter_map(|candidate| self.rtc.add_local_candidate(candidate).cloned())
            .collect()
    }

    /// Reports a candidate that is not in a description.
    pub(super) fn tell_candidate(&mut self, mut candidate: Candidate) -> Result<(), Ended> {
        // str0m has the new user name only once a restart is answered. A browser takes a candidate with
        // the old one for one of the earlier generation, and drops it.
        if let Some(ufrag) = &self.offered_ufrag {
            candidate.set_ufrag(ufrag);
        }
        self.emit(Event::Candidate(Some(candidate.to_sdp_string())))
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
        let sockets: Vec<SocketAddr> = self.sockets.addresses().collect();
        for socket in sockets {
            self.ask_from(socket, server, now);
        }
    }

    fn ask_from(&mut self, socket: SocketAddr, server: SocketAddr, now: Instant) {
        let id = TransactionId::generate();
        self.reflexive.ask(socket, server, id, now);
    }

    pub(super) fn received(
        &mut self,
        local: SocketAddr,
        remote: SocketAddr,
        bytes: &[u8],
    ) -> Result<(), Ended> {
        // Answers of STUN servers arrive on the same sockets; str0m does not know them.
        if let Some(found) = self.reflexive.answer(local, remote, bytes) {
            return found.map_or(Ok(()), |found| self.seen(found, remote));
        }
        self.take_datagram(local, remote, bytes)?;
        if matches!(self.phase, ConnectionPhase::Connecting(_)) {
            // A path may work since this datagram.
            for early in self.early_dtls.take() {
                self.take_datagram(early.local, early.remote, &early.bytes)?;
            }
        }
        Ok(())
    }

    /// A STUN server saw one of our sockets.
    fn seen(&mut self, found: Found, server: SocketAddr) -> Result<(), Ended> {
        self.emit(Event::SeenAddress(SeenAddress {
            socket: found.socket,
            server,
            address: found.address,
        }))?;
        // Without a NAT it is the host candidate once more.
        if found.address != found.socket {
            let source = ReflexiveSource::Server { is_confirmed: true };
            self.add_reflexive(found.address, found.socket, source)?;
        }
        let presumed = self.presumed.seen(found, server.ip().to_canonical());
        self.add_presumed(presumed)
    }

    /// A relay gave this address, which may be the public one of our site.
    pub(super) fn presume_beside_relay(&mut self, relayed: SocketAddr) -> Result<(), Ended> {
        let Some(server) = self.relays.server_of(relayed) else {
            return Ok(());
        };
        let presumed = self.presumed.relayed(relayed.ip(), server.to_canonical());
        self.add_presumed(presumed)
    }

    fn add_presumed(&mut self, presumed: Vec<Found>) -> Result<(), Ended> {
        for Found { socket, address } in presumed {
            // What a router maps is known, not presumed.
            if !self.sockets.mapped().any(|(base, _)| base == socket) {
                let source = ReflexiveSource::Server { is_confirmed: true };
                self.add_reflexive(address, socket, source)?;
            }
        }
        Ok(())
    }

    fn take_datagram(
        &mut self,
        local: SocketAddr,
        remote: SocketAddr,
        bytes: &[u8],
    ) -> Result<(), Ended> {
        let now = clock();
        let Ok(receive) = Receive::new(Protocol::Udp, remote, local, bytes) else {
            self.n_garbage += 1;
            return Ok(());
        };
        let input = Input::Receive(now, receive);
        if !self.rtc.accepts(&input) {
            self.n_garbage += match self.phase {
                ConnectionPhase::Connecting(_) => self.early_dtls.hold(local, remote, bytes),
                ConnectionPhase::Up | ConnectionPhase::Lost(_) => 1,
            };
            return Ok(());
        }
        if let Err(error) = self.rtc.handle_input(input) {
            // A datagram that only looks like ours must not end the connection.
            tracing::debug!(%error, "ignored an invalid datagram");
            self.n_garbage += 1;
        } else {
            self.path_watch.heard(now);
        }
        self.drain(now)?;
        if self.rtc.is_alive() {
            Ok(())
        } else {
            Err(Ended::ClosedByPeer)
        }
    }

    fn add_reflexive(
        &mut self,
        address: SocketAddr,
        base: SocketAddr,
        source: ReflexiveSource,
    ) -> Result<(), Ended> {
        let added = self.add_local_reflexive(address, base);
        self.drain(clock())?;
        // `None`: redundant (RFC 8445 §5.1.3), since somebody else said the same address.
        let Some(candidate) = added else {
            let known = self.reflexive_candidates.iter_mut();
            known
                .filter(|it| it.base == base && it.candidate.addr() == address)
                .filter(|it| it.source != ReflexiveSource::Router)
                .for_each(|it| it.source = source);
            return Ok(());
        };
        self.reflexive_candidates.push(KnownReflexive {
            base,
            candidate: candidate.clone(),
            source,
        });
        self.tell_candidate(candidate)
    }

    fn add_local_reflexive(&mut self, address: SocketAddr, base: SocketAddr) -> Option<Candidate> {
        let candidate = Candidate::server_reflexive(address, base, "udp").ok()?;
        self.rtc.add_local_candidate(candidate).cloned()
    }
}
