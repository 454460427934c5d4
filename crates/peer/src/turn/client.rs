//! One allocation on a TURN server, without I/O: turn-client-proto speaks the protocol, and the rules
//! here decide which peers are permitted, which packets wait for a permission, and when it is over.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use proto::addresses::is_local;
use proto::machine::Machine;
use stun_proto::Instant;
use stun_proto::agent::Transmit;
use turn_client_proto::api::{TurnConfig, TurnEvent, TurnPollRet, TurnRecvRet};
use turn_client_proto::client::TurnClient;
use turn_client_proto::prelude::*;
use turn_client_proto::tcp::TurnClientTcp;
use turn_client_proto::types::{AddressFamily, TransportType, TurnCredentials};
use turn_client_proto::udp::TurnClientUdp;

use super::server::{RelayTransport, TurnServer};
use crate::candidate::is_sane;
use crate::limits;

/// The library spaces its requests by this (RFC 8489 §6.2.1 asks for it between many servers). A
/// permission must not wait for it, so the library's clock is moved ahead.
const PACE: Duration = Duration::from_millis(50);
/// Rounds of the library at one time; it needs two for each request.
const MAX_ROUNDS: usize = 4 * limits::MAX_REMOTE_CANDIDATES;
/// The first retransmission of a request over UDP.
const FIRST_RETRANSMIT: Duration = Duration::from_millis(400);

/// What happens to an allocation.
#[derive(Debug)]
pub(super) enum ClientInput {
    /// A datagram or frame of the server.
    Received(Vec<u8>),
    /// Packets from this address are wanted.
    Permit(IpAddr),
    /// A packet for a peer.
    Send(SocketAddr, Vec<u8>),
    /// The allocation is no longer needed.
    End,
}

/// What the driver has to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ClientOutput {
    /// Send a request to the server.
    Request(Vec<u8>),
    /// Send a packet for a peer to the server, or drop it if the way there is full.
    Packet(Vec<u8>),
    /// The server has given this address.
    Allocated(SocketAddr),
    /// A packet of a peer.
    Received {
        /// The relayed address that it came to.
        relayed: SocketAddr,
        /// The peer.
        from: SocketAddr,
        /// What it sent.
        contents: Vec<u8>,
    },
    /// Nothing more will happen; the reason is for a log.
    Over(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PermissionState {
    Asked,
    Given,
    Refused,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ClientPhase {
    Allocating(Duration),
    Allocated,
    Ending(Duration),
    Over,
}

/// The client of one allocation.
#[derive(Debug)]
pub(super) struct RelayClient {
    turn: TurnClient,
    phase: ClientPhase,
    relayed: Vec<SocketAddr>,
    /// Peers named before there was an allocation.
    wanted: BTreeSet<IpAddr>,
    permissions: BTreeMap<IpAddr, PermissionState>,
    /// Packets whose permission was asked for and not yet given.
    held: VecDeque<(SocketAddr, Vec<u8>)>,
    channels: BTreeSet<SocketAddr>,
    /// How far the library's clock is ahead.
    ahead: Duration,
    next: Duration,
    outputs: VecDeque<ClientOutput>,
}

impl RelayClient {
    /// Asks `server` for an allocation with an address of each family.
    pub(super) fn new(
        server: &TurnServer,
        (local, remote): (SocketAddr, SocketAddr),
        now: Duration,
    ) -> RelayClient {
        let credentials = TurnCredentials::new(&server.username, &server.credential);
        let mut config = TurnConfig::new(credentials);
        // A server without IPv6 ignores the wish (RFC 8656 §7.2); one without IPv4 is asked again.
        config.add_address_family(AddressFamily::IPV6);
        config.set_request_retransmits(
            FIRST_RETRANSMIT,
            limits::ALLOCATE / 2,
            4,
            limits::ALLOCATE / 2,
        );
        let turn = match server.transport {
            RelayTransport::Udp => TurnClientUdp::allocate(local, remote, config).into(),
            RelayTransport::Tcp | RelayTransport::Tls => {
                TurnClientTcp::allocate(local, remote, config).into()
            }
        };
        let mut client = RelayClient {
            turn,
            phase: ClientPhase::Allocating(now + limits::ALLOCATE),
            relayed: Vec::new(),
            wanted: BTreeSet::new(),
            permissions: BTreeMap::new(),
            held: VecDeque::new(),
            channels: BTreeSet::new(),
            ahead: Duration::ZERO,
            next: now,
            outputs: VecDeque::new(),
        };
        client.advance(now);
        client
    }

    fn clock(&self, now: Duration) -> Instant {
        Instant::ZERO + now + self.ahead
    }

    /// Lets the library act until it waits.
    fn advance(&mut self, now: Duration) {
        for _ in 0..MAX_ROUNDS {
            while let Some(event) = self.turn.poll_event() {
                self.happened(&event, now);
            }
            while let Some(transmit) = self.turn.poll_transmit(self.clock(now)) {
                let request = transmit.data.as_ref().to_vec();
                self.outputs.push_back(ClientOutput::Request(request));
            }
            match self.turn.poll(self.clock(now)) {
                TurnPollRet::WaitUntil(at) => {
                    let wait = at.saturating_duration_since(self.clock(now));
                    if wait > PACE {
                        self.next = now + wait;
                        return;
                    }
                    self.ahead += wait;
                }
                TurnPollRet::Closed => {
                    self.over("the allocation has ended");
                    return;
                }
                // Only for allocations over TCP, which are never asked for.
                TurnPollRet::AllocateTcpSocket { .. } | TurnPollRet::TcpClose { .. } => {}
            }
        }
        // The library must not be called at once for ever.
        self.next = now + Duration::from_millis(1);
    }

    fn happened(&mut self, event: &TurnEvent, now: Duration) {
        match event {
            TurnEvent::AllocationCreated(_, relayed) => self.allocated(*relayed, now),
            TurnEvent::AllocationCreateFailed(_) => {}
            TurnEvent::PermissionCreated(_, ip) => {
                self.permissions.insert(*ip, PermissionState::Given);
                self.release_held(*ip, now);
            }
            TurnEvent::PermissionCreateFailed(_, ip) => {
                self.permissions.insert(*ip, PermissionState::Refused);
                self.held.retain(|(to, _)| to.ip() != *ip);
            }
            TurnEvent::ChannelCreateFailed(_, peer) => {
                self.channels.remove(peer);
            }
            _ => {}
        }
    }

    fn allocated(&mut self, relayed: SocketAddr, now: Duration) {
        // Whatever the server says becomes a candidate, and the other side sends checks to it.
        if !is_sane(relayed, true)
            || !matches!(
                self.phase,
                ClientPhase::Allocating(_) | ClientPhase::Allocated
            )
        {
            return;
        }
        self.phase = ClientPhase::Allocated;
        self.relayed.push(relayed);
        self.outputs.push_back(ClientOutput::Allocated(relayed));
        for ip in self.wanted.clone() {
            self.ask(ip, now);
        }
    }

    fn permit(&mut self, ip: IpAddr, now: Duration) {
        let ip = ip.to_canonical();
        if self.wanted.len() < limits::MAX_PERMISSIONS || self.wanted.contains(&ip) {
            self.wanted.insert(ip);
            self.ask(ip, now);
        }
    }

    /// Asks for a permission, unless it is there or the relay would refuse it.
    fn ask(&mut self, ip: IpAddr, now: Duration) {
        let may_reach = self
            .relayed
            .iter()
            .any(|relayed| can_reach(relayed.ip(), ip));
        // A relay that refused an address will do so again.
        if !may_reach || self.permissions.contains_key(&ip) {
            return;
        }
        let asked = self
            .turn
            .create_permission(TransportType::Udp, ip, self.clock(now));
        if asked.is_ok() {
            self.permissions.insert(ip, PermissionState::Asked);
        }
    }

    fn send(&mut self, to: SocketAddr, contents: Vec<u8>, now: Duration) {
        match self.permissions.get(&to.ip()) {
            Some(PermissionState::Given) => self.forward(to, &contents, now),
            // The first check leaves in the moment in which the permission is there.
            Some(PermissionState::Asked) => {
                if self.held.len() >= limits::MAX_HELD_PACKETS {
                    self.held.pop_front();
                }
                self.held.push_back((to, contents));
            }
            Some(PermissionState::Refused) | None => {}
        }
    }

    fn release_held(&mut self, ip: IpAddr, now: Duration) {
        for (to, contents) in std::mem::take(&mut self.held) {
            if to.ip() == ip {
                self.forward(to, &contents, now);
            } else {
                self.held.push_back((to, contents));
            }
        }
    }

    fn forward(&mut self, to: SocketAddr, contents: &[u8], now: Duration) {
        let now = self.clock(now);
        // Everything but checks goes to the selected peer (RFC 7983), which deserves a channel: 4 bytes
        // of overhead for each packet instead of 36.
        let is_check = contents.first().is_some_and(|first| *first < 4);
        let is_full = self.channels.len() >= limits::MAX_CHANNELS;
        if !is_check && !is_full && !self.channels.contains(&to) {
            self.channels.insert(to);
            // A channel that cannot be had leaves Send indications.
            let _ = self.turn.bind_channel(TransportType::Udp, to, now);
            self.next = Duration::ZERO;
        }
        if let Ok(Some(transmit)) = self.turn.send_to(TransportType::Udp, to, contents, now) {
            let packet = transmit.build().data;
            self.outputs.push_back(ClientOutput::Packet(packet));
        }
    }

    fn received(&mut self, frame: Vec<u8>, now: Duration) {
        let (transport, from, to) = (
            self.turn.transport(),
            self.turn.remote_addr(),
            self.turn.local_addr(),
        );
        let clock = self.clock(now);
        let got = self
            .turn
            .recv(Transmit::new(frame, transport, from, to), clock);
        if let TurnRecvRet::PeerData(data) = got {
            self.receive(data.peer, data.data());
            return;
        }
        while let Some(data) = self.turn.poll_recv(clock) {
            self.receive(data.peer, data.data());
        }
        self.advance(now);
    }

    fn receive(&mut self, from: SocketAddr, contents: &[u8]) {
        let relayed = self
            .relayed
            .iter()
            .find(|relayed| relayed.is_ipv4() == from.is_ipv4());
        if let Some(relayed) = relayed {
            self.outputs.push_back(ClientOutput::Received {
                relayed: *relayed,
                from,
                contents: contents.to_vec(),
            });
        }
    }

    fn end(&mut self, now: Duration) {
        match self.phase {
            ClientPhase::Allocated => {
                self.phase = ClientPhase::Ending(now + limits::RELEASE);
                if self.turn.delete(self.clock(now)).is_err() {
                    self.over("the allocation was gone");
                }
            }
            ClientPhase::Allocating(_) => self.over("not needed"),
            ClientPhase::Ending(_) | ClientPhase::Over => {}
        }
    }

    fn over(&mut self, reason: &'static str) {
        if self.phase != ClientPhase::Over {
            let reason = match self.phase {
                ClientPhase::Allocating(_) => "the relay gave no allocation",
                ClientPhase::Ending(_) => "released",
                ClientPhase::Allocated | ClientPhase::Over => reason,
            };
            self.phase = ClientPhase::Over;
            self.outputs.push_back(ClientOutput::Over(reason));
        }
    }

    fn deadline(&self) -> Option<Duration> {
        match self.phase {
            ClientPhase::Allocating(at) | ClientPhase::Ending(at) => Some(at),
            ClientPhase::Allocated | ClientPhase::Over => None,
        }
    }
}

impl Machine for RelayClient {
    type Input = ClientInput;
    type Output = ClientOutput;

    fn handle(&mut self, input: ClientInput, now: Duration) {
        if self.phase == ClientPhase::Over {
            return;
        }
        match input {
            ClientInput::Received(frame) => return self.received(frame, now),
            ClientInput::Permit(ip) => self.permit(ip, now),
            ClientInput::Send(to, contents) => {
                self.send(to, contents, now);
                // Packets are many, and only a new channel gives the library something to do.
                if self.next > now {
                    return;
                }
            }
            ClientInput::End => self.end(now),
        }
        if self.phase != ClientPhase::Over {
            self.advance(now);
        }
    }

    fn handle_timeout(&mut self, now: Duration) {
        if self.phase == ClientPhase::Over {
            return;
        }
        if self.deadline().is_some_and(|at| at <= now) {
            self.over("no answer");
            return;
        }
        if self.next <= now {
            self.advance(now);
        }
    }

    fn poll_output(&mut self) -> Option<ClientOutput> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        if self.phase == ClientPhase::Over {
            return None;
        }
        let deadline = self.deadline().unwrap_or(Duration::MAX);
        Some(self.next.min(deadline))
    }
}

/// Whether a relay with this address can send to a peer: of the same family, and private addresses
/// only from a relay inside the site. Asking for others would only be refused.
fn can_reach(relayed: IpAddr, peer: IpAddr) -> bool {
    relayed.is_ipv4() == peer.is_ipv4() && (!is_local(peer) || is_local(relayed))
}

#[cfg(test)]
mod tests {
    use stun_types::attribute::{ErrorCode, Nonce, Realm};
    use stun_types::message::{
        IntegrityAlgorithm, IntegrityKey, LongTermKeyCredentials, Message, MessageWrite,
        MessageWriteExt, MessageWriteVec, Method,
    };
    use stun_types::prelude::AttributeWrite;
    use turn_client_proto::types::attribute::{Lifetime, XorPeerAddress, XorRelayedAddress};
    use turn_client_proto::types::message::{
        ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH, SEND,
    };

    use super::*;

    const CHECK: [u8; 4] = [0, 1, 0, 0];
    const PICTURE: [u8; 4] = [0x80, 96, 0, 1];
    /// One round trip to the relay.
    const TRIP: Duration = Duration::from_millis(20);

    /// A client and a relay that answers as scripted.
    struct ScriptedRelay {
        client: RelayClient,
        now: Duration,
        nonce: &'static str,
        /// Answers to CreatePermission.
        permits: bool,
        requests: Vec<Method>,
        packets: Vec<Vec<u8>>,
        others: Vec<ClientOutput>,
    }

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    fn peer() -> SocketAddr {
        address("203.0.113.9:4000")
    }

    fn relayed() -> SocketAddr {
        address("198.51.100.7:5000")
    }

    fn key() -> IntegrityKey {
        let credentials =
            LongTermKeyCredentials::new("ana".to_owned(), "a secret".to_owned(), "test".to_owned());
        credentials.make_key(IntegrityAlgorithm::Sha1)
    }

    impl ScriptedRelay {
        fn new() -> ScriptedRelay {
            let server = TurnServer::parse("turn:relay", "ana", "a secret").expect("a relay");
            let ends = (address("10.0.0.5:4000"), address("198.51.100.7:3478"));
            ScriptedRelay {
                client: RelayClient::new(&server, ends, Duration::ZERO),
                now: Duration::ZERO,
                nonce: "first",
                permits: true,
                requests: Vec::new(),
                packets: Vec::new(),
                others: Vec::new(),
            }
        }

        /// With an allocation.
        fn allocated() -> ScriptedRelay {
            let mut world = ScriptedRelay::new();
            world.settle();
            assert_eq!(world.others, [ClientOutput::Allocated(relayed())]);
            world.others.clear();
            world.requests.clear();
            world
        }

        fn feed(&mut self, input: ClientInput) {
            self.client.handle(input, self.now);
            self.settle();
        }

        /// Takes outputs and answers requests until the client only waits.
        fn settle(&mut self) {
            while let Some(output) = self.client.poll_output() {
                match output {
                    ClientOutput::Request(request) => {
                        if let Some(answer) = self.answer(&request) {
                            self.now += TRIP;
                            self.client.handle(ClientInput::Received(answer), self.now);
                        }
                    }
                    ClientOutput::Packet(packet) => self.packets.push(packet),
                    other => self.others.push(other),
                }
            }
        }

        fn answer(&mut self, request: &[u8]) -> Option<Vec<u8>> {
            let request = Message::from_bytes(request).expect("a request");
            let method = request.method();
            self.requests.push(method);
            let given = request.attribute::<Nonce>().ok();
            if given.is_none_or(|nonce| nonce.nonce() != self.nonce) {
                let code = if request.attribute::<Nonce>().is_ok() {
                    438
                } else {
                    401
                };
                let nonce = Nonce::new(self.nonce).expect("short");
                let realm = Realm::new("test").expect("short");
                let code = ErrorCode::new(code, "").expect("a code");
                return Some(error(&request, &[&code, &realm, &nonce], None));
            }
            if method == CREATE_PERMISSION && !self.permits {
                let code = ErrorCode::new(403, "").expect("a code");
                return Some(error(&request, &[&code], Some(&key())));
            }
            let id = request.transaction_id();
            let (lifetime, relayed) = (Lifetime::new(600), XorRelayedAddress::new(relayed(), id));
            let attributes: &[&dyn AttributeWrite] = if method == ALLOCATE {
                &[&lifetime, &relayed]
            } else if method == REFRESH {
                &[&lifetime]
            } else {
                &[]
            };
            Some(success(&request, attributes))
        }
    }

    fn success(request: &Message<'_>, attributes: &[&dyn AttributeWrite]) -> Vec<u8> {
        finish(
            Message::builder_success(request, MessageWriteVec::new()),
            attributes,
            Some(&key()),
        )
    }

    fn error(
        request: &Message<'_>,
        attributes: &[&dyn AttributeWrite],
        key: Option<&IntegrityKey>,
    ) -> Vec<u8> {
        let message = Message::builder_error(request, MessageWriteVec::new());
        finish(message, attributes, key)
    }

    fn finish(
        mut message: MessageWriteVec,
        attributes: &[&dyn AttributeWrite],
        key: Option<&IntegrityKey>,
    ) -> Vec<u8> {
        for attribute in attributes {
            message.add_attribute(*attribute).expect("room");
        }
        if let Some(key) = key {
            message
                .add_message_integrity_with_key(key, IntegrityAlgorithm::Sha1)
                .expect("signed once");
        }
        message.finish()
    }

    #[test]
    fn an_allocation_takes_two_round_trips_without_pauses() {
        let mut world = ScriptedRelay::new();

        world.settle();

        assert_eq!(world.requests, [ALLOCATE, ALLOCATE]);
        assert_eq!(world.now, 2 * TRIP);
        assert_eq!(world.others, [ClientOutput::Allocated(relayed())]);
    }

    #[test]
    fn permissions_for_many_peers_are_requested_together() {
        let mut world = ScriptedRelay::allocated();
        for n in 1..=5_u8 {
            let ip = IpAddr::from([203, 0, 113, n]);
            world.client.handle(ClientInput::Permit(ip), world.now);
        }

        let mut requests = 0;
        while let Some(output) = world.client.poll_output() {
            requests += usize::from(matches!(output, ClientOutput::Request(_)));
        }

        assert_eq!(
            requests, 5,
            "without waiting for an answer or for time to pass"
        );
    }

    #[test]
    fn the_first_check_leaves_when_its_permission_is_there() {
        let mut world = ScriptedRelay::allocated();
        world
            .client
            .handle(ClientInput::Permit(peer().ip()), world.now);
        world
            .client
            .handle(ClientInput::Send(peer(), CHECK.to_vec()), world.now);
        assert!(world.packets.is_empty());

        world.settle();

        assert_eq!(world.requests, [CREATE_PERMISSION]);
        assert_eq!(world.packets.len(), 1);
        let sent = Message::from_bytes(&world.packets[0]).expect("a Send indication");
        assert_eq!(sent.method(), SEND);
        let to = sent.attribute::<XorPeerAddress>().expect("a peer");
        assert_eq!(to.addr(sent.transaction_id()), peer());
    }

    #[test]
    fn peers_named_before_the_allocation_are_permitted_with_it() {
        let mut world = ScriptedRelay::new();
        world
            .client
            .handle(ClientInput::Permit(peer().ip()), world.now);

        world.settle();

        assert_eq!(world.requests, [ALLOCATE, ALLOCATE, CREATE_PERMISSION]);
    }

    #[test]
    fn packets_for_a_refused_peer_are_dropped() {
        let mut world = ScriptedRelay::allocated();
        world.permits = false;
        world
            .client
            .handle(ClientInput::Permit(peer().ip()), world.now);
        world
            .client
            .handle(ClientInput::Send(peer(), CHECK.to_vec()), world.now);
        world.settle();
        world.feed(ClientInput::Send(peer(), CHECK.to_vec()));

        assert!(world.packets.is_empty());
        assert!(world.client.held.is_empty());
    }

    #[test]
    fn no_permission_is_requested_for_refused_addresses() {
        let mut world = ScriptedRelay::allocated();
        for ip in [
            "192.168.1.5",
            "10.0.0.7",
            "127.0.0.1",
            "fd00::5",
            "2001:db8::5",
        ] {
            world.feed(ClientInput::Permit(ip.parse().expect("an address")));
        }

        assert!(world.requests.is_empty(), "{:?}", world.requests);
    }

    #[test]
    fn pictures_get_a_channel_and_checks_do_not() {
        let mut world = ScriptedRelay::allocated();
        world.feed(ClientInput::Permit(peer().ip()));
        world.feed(ClientInput::Send(peer(), CHECK.to_vec()));
        assert_eq!(world.requests, [CREATE_PERMISSION]);

        world.feed(ClientInput::Send(peer(), PICTURE.to_vec()));
        world.feed(ClientInput::Send(peer(), PICTURE.to_vec()));

        assert_eq!(world.requests, [CREATE_PERMISSION, CHANNEL_BIND]);
        let last = world.packets.last().expect("a packet");
        assert_eq!(last.len(), 4 + PICTURE.len());
        assert_eq!(last[4..], PICTURE);
    }

    #[test]
    fn a_stale_nonce_is_renewed_within_one_round_trip() {
        let mut world = ScriptedRelay::allocated();
        world.nonce = "second";
        let before = world.now;

        world.feed(ClientInput::Permit(peer().ip()));

        assert_eq!(world.requests, [CREATE_PERMISSION, CREATE_PERMISSION]);
        assert_eq!(world.now - before, 2 * TRIP);
    }

    #[test]
    fn an_allocation_is_refreshed_for_hours() {
        let mut world = ScriptedRelay::allocated();
        world.feed(ClientInput::Permit(peer().ip()));
        let end = Duration::from_secs(3 * 3_600);
        while world.now < end {
            let due = world.client.poll_timeout().expect("it goes on");
            assert!(due > world.now, "asked again at once");
            world.now = due;
            world.client.handle_timeout(world.now);
            world.settle();
        }

        let count = |method| world.requests.iter().filter(|it| **it == method).count();
        assert!(count(REFRESH) >= 18, "{}", count(REFRESH));
        assert!(
            count(CREATE_PERMISSION) >= 36,
            "{}",
            count(CREATE_PERMISSION)
        );
        assert!(world.others.is_empty(), "{:?}", world.others);
        assert!(
            world.client.ahead < Duration::from_secs(60),
            "{:?}",
            world.client.ahead
        );
    }

    #[test]
    fn the_end_of_a_call_ends_the_allocation() {
        let mut world = ScriptedRelay::allocated();

        world.client.handle(ClientInput::End, world.now);
        let Some(ClientOutput::Request(request)) = world.client.poll_output() else {
            panic!("no request");
        };

        let request = Message::from_bytes(&request).expect("a request");
        assert_eq!(request.method(), REFRESH);
        let lifetime = request.attribute::<Lifetime>().expect("a lifetime");
        assert_eq!(lifetime.seconds(), 0);
        // A relay that says nothing delays the end no further.
        let due = world.client.poll_timeout().expect("a deadline");
        assert!(due <= world.now + limits::RELEASE);
    }

    #[test]
    fn a_silent_relay_is_given_up_in_time() {
        let mut world = ScriptedRelay::new();
        let mut n_requests = 0;
        while let Some(due) = world.client.poll_timeout() {
            assert!(due <= limits::ALLOCATE, "{due:?}");
            world.now = due;
            world.client.handle_timeout(due);
            while let Some(output) = world.client.poll_output() {
                match output {
                    ClientOutput::Request(_) => n_requests += 1,
                    other => world.others.push(other),
                }
            }
        }

        assert_eq!(
            world.others,
            [ClientOutput::Over("the relay gave no allocation")]
        );
        assert!((3..=6).contains(&n_requests), "{n_requests}");
    }

    #[test]
    fn wrong_credentials_end_the_attempt_after_two_answers() {
        let mut world = ScriptedRelay::new();
        let mut n_answers = 0;
        while let Some(output) = world.client.poll_output() {
            match output {
                ClientOutput::Request(request) => {
                    let request = Message::from_bytes(&request).expect("a request");
                    n_answers += 1;
                    assert!(n_answers < 20, "it asks for ever");
                    let code = ErrorCode::new(401, "").expect("a code");
                    let realm = Realm::new("test").expect("short");
                    let nonce = Nonce::new("first").expect("short");
                    let answer = error(&request, &[&code, &realm, &nonce], None);
                    world.now += TRIP;
                    world
                        .client
                        .handle(ClientInput::Received(answer), world.now);
                }
                other => world.others.push(other),
            }
        }
        while let Some(due) = world.client.poll_timeout() {
            world.client.handle_timeout(due);
            while let Some(output) = world.client.poll_output() {
                world.others.push(output);
            }
        }

        assert!(
            matches!(world.others.last(), Some(ClientOutput::Over(_))),
            "{:?}",
            world.others
        );
    }

    #[test]
    fn waiting_packets_are_bounded() {
        let mut world = ScriptedRelay::allocated();
        world
            .client
            .handle(ClientInput::Permit(peer().ip()), world.now);
        for _ in 0..10_000 {
            let packet = ClientInput::Send(peer(), vec![0; 1_200]);
            world.client.handle(packet, world.now);
        }

        assert_eq!(world.client.held.len(), limits::MAX_HELD_PACKETS);
    }

    #[test]
    fn garbage_of_a_relay_changes_nothing() {
        let mut world = ScriptedRelay::allocated();
        let indication = finish(
            Message::builder_indication(SEND, MessageWriteVec::new()),
            &[],
            None,
        );
        for garbage in [
            Vec::new(),
            vec![0; 3],
            vec![0x40, 1, 0xff, 0xff],
            vec![0x40, 1, 0, 1, 7],
            vec![0xff; 1_500],
            b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
            indication,
        ] {
            world.feed(ClientInput::Received(garbage));
        }

        assert!(world.others.is_empty(), "{:?}", world.others);
        assert!(world.requests.is_empty());
        assert_eq!(world.client.phase, ClientPhase::Allocated);
    }
}
