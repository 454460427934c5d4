//! An engine on virtual time, with parties that exchange TURN messages one by one.

use std::net::{Ipv4Addr, Ipv6Addr};

use proto::call::ice::IceCredential;
use proto::turn_credential::{Role, Secret, mint};
use stun_types::attribute::{ErrorCode, Nonce, Realm, Username};
use stun_types::message::{
    IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageWrite, MessageWriteExt,
    MessageWriteVec, Method, ShortTermCredentials, TransactionId,
};
use turn_types::attribute::{
    ChannelNumber, Data, Lifetime, RequestedTransport, XorPeerAddress, XorRelayedAddress,
};

use super::super::super::core::Transport;
use super::super::answer::REALM;
use super::super::*;
use crate::CallBook;

pub(super) const RELAY_IP: Ipv4Addr = Ipv4Addr::new(5, 9, 0, 1);
pub(super) const RELAY_IP6: Ipv6Addr = Ipv6Addr::new(0x2a00, 5, 0, 0, 0, 0, 0, 1);
pub(super) const AGENT_IP: Ipv4Addr = Ipv4Addr::new(6, 6, 6, 6);
pub(super) const AGENT_IP6: Ipv6Addr = Ipv6Addr::new(0x2a00, 6, 0, 0, 0, 0, 0, 6);
pub(super) const CREDENTIAL_S: u64 = 300;
const START_UNIX: u64 = 1_000_000;

fn secret() -> Secret {
    Secret::new(*b"north")
}

/// The engine, its book, and what its driver would have done.
pub(super) struct World {
    pub(super) core: TurnCore,
    pub(super) book: CallBook,
    pub(super) counters: Counters,
    pub(super) closed: Vec<SocketId>,
    pub(super) has_ports: PerFamily<bool>,
    /// Packets that were held back and then sent.
    pub(super) late: Vec<(Destination, Vec<u8>)>,
    now: Now,
    last_port: u16,
}

impl World {
    pub(super) fn new() -> Self {
        let (book, counters) = (CallBook::default(), Counters::default());
        let settings = EngineSettings {
            secret: secret(),
            advertised: PerFamily {
                v4: Some(RELAY_IP.into()),
                v6: Some(RELAY_IP6.into()),
            },
            policy: PeerPolicy {
                allow_private: false,
                own: vec![
                    IpAddr::from(RELAY_IP).into(),
                    IpAddr::from(RELAY_IP6).into(),
                ],
                are_parties_here: false,
                listen_port: 3478,
            },
            limits: Limits::default(),
            nonce_key: [9; 32],
            answer_key: [9; 16],
        };
        Self {
            core: TurnCore::new(settings, book.clone(), counters.clone()),
            book,
            counters,
            closed: Vec::new(),
            has_ports: PerFamily { v4: true, v6: true },
            late: Vec::new(),
            now: Now {
                monotonic: Duration::from_secs(10),
                unix: START_UNIX,
            },
            last_port: 50_000,
        }
    }

    /// Advances the time by less than a second; the engine is not asked.
    pub(super) fn pass_ms(&mut self, ms: u64) {
        self.now.monotonic += Duration::from_millis(ms);
    }

    /// Advances the time and lets the engine react.
    pub(super) fn pass(&mut self, seconds: u64) {
        self.now.monotonic += Duration::from_secs(seconds);
        self.now.unix += seconds;
        assert_eq!(self.carry_out_outputs(), None);
    }

    pub(super) fn refused(&self, reason: Refusal) -> u64 {
        self.counters.read().refused(reason)
    }

    /// Opens the call with the agent's address, and gives its viewer an allocation.
    pub(super) fn viewer(&mut self, call: &str) -> Party {
        self.party("8.8.8.8:5000", call, Role::Viewer)
    }

    /// The same for its agent.
    pub(super) fn agent(&mut self, call: &str) -> Party {
        let port = 6000 + self.core.table.len();
        self.party(&format!("{AGENT_IP}:{port}"), call, Role::Agent)
    }

    /// Opens a call whose descriptions have been exchanged.
    pub(super) fn open(&mut self, call: &str, quota_key: &str) {
        self.book.open(call, quota_key, u64::MAX);
        self.book.add_party_ip(call, Role::Agent, AGENT_IP.into());
        self.book.add_party_ip(call, Role::Agent, AGENT_IP6.into());
        for role in [Role::Viewer, Role::Agent] {
            self.book.add_party_ice(call, role, ice(role));
        }
    }

    /// Lets a peer prove that it is the agent of the viewer with this allocation.
    pub(super) fn consent(&mut self, id: AllocationId, peer: SocketAddr) {
        let check = check(Role::Viewer);
        assert!(self.peer_sends(id, peer, &check).is_some());
    }

    fn party(&mut self, addr: &str, call: &str, role: Role) -> Party {
        self.open(call, call);
        let mut party = Party::new(addr, call, role);
        assert_eq!(self.allocate(&mut party), 0);
        party
    }

    pub(super) fn id_of(&self, party: &Party) -> AllocationId {
        self.core.table.find(party.path).unwrap()
    }

    pub(super) fn remove_all(&mut self) {
        let ids: Vec<AllocationId> = self.core.table.iter().map(|(id, _)| id).collect();
        ids.into_iter().for_each(|id| self.core.remove(id));
    }

    pub(super) fn udp(&mut self, from: &str, packet: &[u8]) -> Option<(Destination, Vec<u8>)> {
        let path = ClientPath {
            transport: Transport::Udp,
            addr: from.parse().unwrap(),
        };
        self.udp_at(path, packet)
    }

    pub(super) fn udp_at(
        &mut self,
        path: ClientPath,
        packet: &[u8],
    ) -> Option<(Destination, Vec<u8>)> {
        let mut out = b"left over".to_vec();
        let to = self.core.handle_client(path, packet, self.now, &mut out);
        let later = self.carry_out_outputs();
        to.map(|to| (to, out)).or(later)
    }

    pub(super) fn peer_sends(
        &mut self,
        id: AllocationId,
        from: SocketAddr,
        packet: &[u8],
    ) -> Option<(Destination, Vec<u8>)> {
        let mut out = b"left over".to_vec();
        let socket = SocketId {
            allocation: id,
            family: Family::of(from.ip()),
        };
        let to = self
            .core
            .handle_peer(socket, from, packet, self.now, &mut out);
        to.map(|to| (to, out))
    }

    /// The book has changed; gives what the engine then answers about a socket.
    pub(super) fn book_changed(&mut self) -> Option<(Destination, Vec<u8>)> {
        self.core.book_changed(self.now);
        self.carry_out_outputs()
    }

    fn carry_out_outputs(&mut self) -> Option<(Destination, Vec<u8>)> {
        let mut sent = None;
        loop {
            match self.core.poll_output(self.now) {
                RelayOutput::WaitUntil(at) => {
                    assert!(at > self.now.monotonic);
                    return sent;
                }
                RelayOutput::CloseSocket(id) => self.closed.push(id),
                RelayOutput::Send(to, packet) => self.late.push((to, packet)),
                RelayOutput::OpenSocket(id) => {
                    self.last_port += 1;
                    let has_ports = *self.has_ports.of(id.family);
                    let port = has_ports.then_some(self.last_port);
                    let mut out = Vec::new();
                    let to = self.core.socket_opened(id, port, self.now, &mut out);
                    sent = to.map(|to| (to, out)).or(sent);
                }
            }
        }
    }

    /// Performs the two-step Allocate; returns the error code, 0 for success.
    pub(super) fn allocate(&mut self, party: &mut Party) -> u16 {
        code(&self.allocate_with(party, |_| {}))
    }

    /// The same with more attributes; returns the answer.
    pub(super) fn allocate_with(
        &mut self,
        party: &mut Party,
        add: impl FnOnce(&mut MessageWriteVec),
    ) -> Vec<u8> {
        self.take_nonce(party);
        let request = party.request(ALLOCATE, |m| {
            m.add_attribute(&RequestedTransport::new(17)).unwrap();
            add(m);
        });
        let answer = self.udp_at(party.path, &request).unwrap().1;
        party.relayed = relayed_of(&answer).first().copied();
        answer
    }

    /// Gives the party a nonce without using its answer budget.
    pub(super) fn take_nonce(&mut self, party: &mut Party) {
        let tcp = ClientPath {
            transport: Transport::Tcp,
            addr: party.path.addr,
        };
        let answer = self.udp_at(tcp, &party.bare_allocate()).unwrap().1;
        assert_eq!(code(&answer), 401);
        let nonce = parse(&answer).attribute::<Nonce>().unwrap();
        party.nonce = nonce.nonce().to_owned();
    }

    pub(super) fn refresh(&mut self, party: &Party, seconds: u32) -> u16 {
        let request = party.request(REFRESH, |m| {
            m.add_attribute(&Lifetime::new(seconds)).unwrap();
        });
        code(&self.udp_at(party.path, &request).unwrap().1)
    }

    pub(super) fn permission(&mut self, party: &Party, peer: SocketAddr) -> u16 {
        let request = party.permission_request(peer);
        code(&self.udp_at(party.path, &request).unwrap().1)
    }

    pub(super) fn channel(&mut self, party: &Party, number: u16, peer: SocketAddr) -> u16 {
        let request = party.channel_request(number, peer);
        code(&self.udp_at(party.path, &request).unwrap().1)
    }

    pub(super) fn send_indication(
        &mut self,
        party: &Party,
        peer: SocketAddr,
        data: &[u8],
    ) -> Option<(Destination, Vec<u8>)> {
        self.udp_at(party.path, &party.send_request(peer, data))
    }
}

/// A party with a credential.
pub(super) struct Party {
    pub(super) path: ClientPath,
    pub(super) username: String,
    pub(super) password: String,
    pub(super) nonce: String,
    pub(super) relayed: Option<SocketAddr>,
}

impl Party {
    pub(super) fn new(addr: &str, call: &str, role: Role) -> Self {
        let credential = mint(&secret(), call, role, START_UNIX, CREDENTIAL_S).unwrap();
        Self {
            path: ClientPath {
                transport: Transport::Udp,
                addr: addr.parse().unwrap(),
            },
            username: credential.username,
            password: credential.password.reveal().to_owned(),
            nonce: String::new(),
            relayed: None,
        }
    }

    /// An Allocate without any proof.
    pub(super) fn bare_allocate(&self) -> Vec<u8> {
        let mut message = Message::builder_request(ALLOCATE, MessageWriteVec::new());
        message.add_attribute(&RequestedTransport::new(17)).unwrap();
        message.finish()
    }

    pub(super) fn allocate(&self) -> Vec<u8> {
        self.request(ALLOCATE, |m| {
            m.add_attribute(&RequestedTransport::new(17)).unwrap();
        })
    }

    pub(super) fn permission_request(&self, peer: SocketAddr) -> Vec<u8> {
        self.request(CREATE_PERMISSION, |m| {
            let id = m.transaction_id();
            m.add_attribute(&XorPeerAddress::new(peer, id)).unwrap();
        })
    }

    pub(super) fn channel_request(&self, number: u16, peer: SocketAddr) -> Vec<u8> {
        self.request(CHANNEL_BIND, |m| {
            let id = m.transaction_id();
            m.add_attribute(&ChannelNumber::new(number)).unwrap();
            m.add_attribute(&XorPeerAddress::new(peer, id)).unwrap();
        })
    }

    pub(super) fn send_request(&self, peer: SocketAddr, data: &[u8]) -> Vec<u8> {
        let mut message = Message::builder_indication(SEND, MessageWriteVec::new());
        let id = message.transaction_id();
        message
            .add_attribute(&XorPeerAddress::new(peer, id))
            .unwrap();
        message.add_attribute(&Data::new(data)).unwrap();
        message.finish()
    }

    /// A signed request.
    pub(super) fn request(
        &self,
        method: Method,
        add: impl FnOnce(&mut MessageWriteVec),
    ) -> Vec<u8> {
        let mut message = Message::builder_request(method, MessageWriteVec::new());
        add(&mut message);
        message
            .add_attribute(&Username::new(&self.username).unwrap())
            .unwrap();
        message.add_attribute(&Realm::new(REALM).unwrap()).unwrap();
        message
            .add_attribute(&Nonce::new(&self.nonce).unwrap())
            .unwrap();
        let key = LongTermKeyCredentials::new(
            self.username.clone(),
            self.password.clone(),
            REALM.to_owned(),
        )
        .make_key(IntegrityAlgorithm::Sha1);
        message
            .add_message_integrity_with_key(&key, IntegrityAlgorithm::Sha1)
            .unwrap();
        message.finish()
    }
}

/// The credentials that sign the checks of a party.
pub(super) fn ice(role: Role) -> IceCredential {
    IceCredential::new(role.as_str(), &format!("{role:?}/password+of22letters")).unwrap()
}

/// A connectivity check for a party, sent by the other one.
pub(super) fn check(to: Role) -> Vec<u8> {
    let username = format!("{}:{}", ice(to).ufrag(), ice(to.other()).ufrag());
    signed(
        Message::builder_request(BINDING, MessageWriteVec::new()),
        Some(&username),
        ice(to).password(),
    )
}

/// A party's answer to a check.
pub(super) fn answer_of(by: Role, check: &[u8], is_success: bool) -> Vec<u8> {
    let request = parse(check);
    let answer = if is_success {
        Message::builder_success(&request, MessageWriteVec::new())
    } else {
        Message::builder_error(&request, MessageWriteVec::new())
    };
    signed(answer, None, ice(by).password())
}

pub(super) fn signed(
    mut message: MessageWriteVec,
    username: Option<&str>,
    password: &str,
) -> Vec<u8> {
    if let Some(username) = username {
        message
            .add_attribute(&Username::new(username).unwrap())
            .unwrap();
    }
    let key = ShortTermCredentials::new(password.to_owned()).make_key();
    message
        .add_message_integrity_with_key(&key, IntegrityAlgorithm::Sha1)
        .unwrap();
    message.add_fingerprint().unwrap();
    message.finish()
}

pub(super) fn binding(has_fingerprint: bool) -> Vec<u8> {
    let mut message = Message::builder_request(BINDING, MessageWriteVec::new());
    if has_fingerprint {
        message.add_fingerprint().unwrap();
    }
    message.finish()
}

pub(super) fn parse(bytes: &[u8]) -> Message<'_> {
    Message::from_bytes(bytes).unwrap()
}

/// The error code of an answer, 0 for success.
pub(super) fn code(answer: &[u8]) -> u16 {
    parse(answer)
        .attribute::<ErrorCode>()
        .map_or(0, |error| error.code())
}

/// The relayed addresses of an answer.
pub(super) fn relayed_of(answer: &[u8]) -> Vec<SocketAddr> {
    let message = parse(answer);
    let nth = |n| message.nth_attribute::<XorRelayedAddress>(n).ok();
    let all = (0..).map_while(nth);
    all.map(|relayed| relayed.addr(message.transaction_id()))
        .collect()
}

/// Where a packet goes that leaves towards a peer.
pub(super) fn to_peer(allocation: AllocationId, peer: SocketAddr) -> Destination {
    let family = Family::of(peer.ip());
    Destination::Peer(SocketId { allocation, family }, peer)
}

/// Peer and payload of a Data indication.
pub(super) fn data_of(indication: &[u8]) -> (SocketAddr, Vec<u8>) {
    let message = parse(indication);
    let id: TransactionId = message.transaction_id();
    (
        message.attribute::<XorPeerAddress>().unwrap().addr(id),
        message.attribute::<Data<'_>>().unwrap().data().to_vec(),
    )
}
