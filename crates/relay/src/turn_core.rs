//! STUN and TURN (RFC 8489, RFC 8656) for a closed relay: UDP relaying only, for the two parties
//! of an open call. Built on the message types of stun-types and turn-types.
//!
//! Written for the rules of a closed relay, which a general server leaves to its caller. Answers
//! cost no memory before proof (nonces and 401s are stateless), look-ups do not depend on the
//! number of allocations, a closed call ends its allocations, relay-to-relay packets stay inside,
//! and `limits` bounds every set.

mod accounts;
mod allocation;
mod answer;
mod auth;
mod consent;
mod data;
mod early;
mod held;
mod nonce;
mod quotas;
mod requests;
mod table;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use ipnet::IpNet;
use proto::turn_credential::Secret;
use stun_types::message::{BINDING, Message, MessageClass};
use turn_types::message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH, SEND};

use super::call_book::OpenCalls;
use super::core::{
    AllocationId, ClientPath, Destination, Family, Now, PerFamily, RelayCore, RelayOutput, SocketId,
};
use super::limits::{Limits, MAX_FRAME_BYTES, SWEEP_EVERY};
use super::policy::PeerPolicy;
use super::rate::SourceBudget;
use super::stats::{Counters, Refusal};
use accounts::Accounts;
use allocation::RelayedState;
use answer::{TurnAnswer, canonical, unknown_attributes};
use early::EarlyRequests;
use nonce::NonceMint;
use table::Table;

/// [`super::limits::ALLOCATION_LIFETIME`] as it appears in answers.
const ALLOCATION_LIFETIME_S: u32 = super::limits::ALLOCATION_LIFETIME.as_secs() as u32;

/// Settings that the engine is given once.
pub struct EngineSettings {
    /// Shared with the issuer of credentials.
    pub secret: Secret,
    /// The addresses that clients are given for their relayed sockets; a family without one is not
    /// served.
    pub advertised: PerFamily<Option<IpAddr>>,
    /// The rule for peer addresses, with the relay's own.
    pub policy: PeerPolicy,
    /// Quotas, rates and connection limits.
    pub limits: Limits,
    /// Random key that signs nonces.
    pub nonce_key: [u8; 32],
    /// Random key of the table that bounds unproven answers, so that nobody can target another
    /// source's entry.
    pub answer_key: [u8; 16],
}

/// The TURN engine: allocations, permissions and budgets, without a socket or a clock.
pub struct TurnCore {
    settings: EngineSettings,
    calls: Box<dyn OpenCalls>,
    counters: Counters,
    nonces: NonceMint,
    budget: SourceBudget,
    table: Table,
    accounts: Accounts,
    outputs: VecDeque<RelayOutput>,
    early: EarlyRequests,
    /// Until when the request that is tried again may wait.
    retry_until: Option<Duration>,
    next_sweep: Duration,
}

impl TurnCore {
    /// Makes an engine without allocations.
    pub fn new(settings: EngineSettings, calls: impl OpenCalls, counters: Counters) -> Self {
        let limits = &settings.limits;
        Self {
            budget: SourceBudget::new(
                limits.answers_per_second,
                limits.answers_at_once,
                settings.answer_key,
            ),
            accounts: Accounts::new(limits.account_bytes_per_day),
            nonces: NonceMint::new(settings.nonce_key),
            settings,
            calls: Box::new(calls),
            counters,
            table: Table::default(),
            outputs: VecDeque::new(),
            early: EarlyRequests::default(),
            retry_until: None,
            next_sweep: Duration::ZERO,
        }
    }

    fn on_stun(
        &mut self,
        path: ClientPath,
        packet: &[u8],
        now: Now,
        out: &mut Vec<u8>,
    ) -> Option<Destination> {
        // Nothing may hide behind the length that the header states (RFC 8489 §5).
        let is_whole = packet.len() >= 20
            && packet.len() == 20 + usize::from(u16::from_be_bytes([packet[2], packet[3]]));
        let message = is_whole.then(|| Message::from_bytes(packet));
        let Some(Ok(message)) = message else {
            self.counters.malformed();
            return None;
        };
        match (message.class(), message.method()) {
            (MessageClass::Request, _) => self.on_request(path, (&message, packet), now, out),
            (MessageClass::Indication, SEND) => self.on_send(path, &message, now, out),
            // A Binding indication is a keep-alive. Answers are ignored, because the relay sends no
            // requests.
            _ => None,
        }
    }

    fn on_request(
        &mut self,
        path: ClientPath,
        (request, packet): (&Message<'_>, &[u8]),
        now: Now,
        out: &mut Vec<u8>,
    ) -> Option<Destination> {
        let method = request.method();
        if method == BINDING {
            return self.on_binding(path, request, now, out);
        }
        if ![ALLOCATE, REFRESH, CREATE_PERMISSION, CHANNEL_BIND].contains(&method) {
            self.counters.refuse(Refusal::Unsupported);
            let may = self.may_answer(path, now);
            return may.then(|| {
                TurnAnswer::error(request, 400).finish(None, out);
                Destination::Client(path)
            });
        }
        let proven = match self.authenticate(path, request, now) {
            Ok(proven) => proven,
            Err(reason) => return self.answer_unproven(path, request, reason, now, out),
        };
        let key = proven.owner.key.clone();
        // Only after authentication, in the order of RFC 8489 §6.3.
        let unknown = unknown_attributes(request);
        if !unknown.is_empty() {
            self.counters.refuse(Refusal::Unsupported);
            TurnAnswer::error(request, 420)
                .unknown(&unknown)
                .finish(Some(&key), out);
            return Some(Destination::Client(path));
        }
        let result = match method {
            ALLOCATE => self.on_allocate(path, request, proven, now),
            REFRESH => self.on_refresh(path, request, &proven, now),
            CREATE_PERMISSION => self.on_create_permission(path, request, &proven, now),
            _ => self.on_channel_bind(path, request, &proven, now),
        };
        match result {
            Ok(answer) => answer?.finish(Some(&key), out),
            Err(reject) if self.is_early(&reject, method, (path, packet), now) => return None,
            Err(reject) => {
                if let Some(reason) = reject.reason {
                    self.counters.refuse(reason);
                }
                let answer = TurnAnswer::error(request, reject.code);
                // A 401 carries a challenge and no integrity (RFC 8489 §9.2.4).
                if reject.code == 401 {
                    let nonce = self.nonce_for(path, request, now);
                    answer.challenge(&nonce).finish(None, out);
                } else {
                    answer.finish(Some(&key), out);
                }
            }
        }
        Some(Destination::Client(path))
    }

    /// Tells a client the source address of its packets (RFC 8489 §12).
    fn on_binding(
        &mut self,
        path: ClientPath,
        request: &Message<'_>,
        now: Now,
        out: &mut Vec<u8>,
    ) -> Option<Destination> {
        if !self.may_answer(path, now) {
            return None;
        }
        TurnAnswer::success(request)
            .mapped(path.addr)
            .finish(None, out);
        Some(Destination::Client(path))
    }

    fn remove(&mut self, id: AllocationId) {
        if let Some(allocation) = self.table.remove(id) {
            // A socket without an address is still being opened: `socket_opened` closes it.
            for family in Family::BOTH {
                if allocation.relayed(family).is_some() {
                    self.close_socket(SocketId {
                        allocation: id,
                        family,
                    });
                }
            }
            self.counters.set_allocations(self.table.len());
        }
    }

    fn close_socket(&mut self, socket: SocketId) {
        self.outputs.push_back(RelayOutput::CloseSocket(socket));
    }

    /// Ends allocations that have expired or whose call has been closed.
    fn sweep(&mut self, now: Now) {
        self.calls.forget_expired(now.unix);
        for allocation in self.table.iter_mut() {
            for _ in 0..allocation.held.forget_old(now.monotonic) {
                self.counters.refuse(Refusal::NoPermission);
            }
        }
        self.accounts.forget_untouched(now.monotonic);
        self.retry_early(now);
        let ended: Vec<AllocationId> = self
            .table
            .iter()
            .filter(|(_, a)| {
                a.expires_at <= now.monotonic || !self.calls.is_open(&a.call, now.unix)
            })
            .map(|(id, _)| id)
            .collect();
        for id in ended {
            self.remove(id);
        }
        self.next_sweep = now.monotonic + SWEEP_EVERY;
    }
}

impl RelayCore for TurnCore {
    fn handle_client(
        &mut self,
        path: ClientPath,
        packet: &[u8],
        now: Now,
        out: &mut Vec<u8>,
    ) -> Option<Destination> {
        out.clear();
        // The two highest bits tell STUN (00) from ChannelData (01): RFC 8656 §12.
        match packet.first() {
            Some(0x00..=0x3f) if packet.len() <= MAX_FRAME_BYTES => {
                self.on_stun(path, packet, now, out)
            }
            Some(0x40..=0x7f) if packet.len() <= MAX_FRAME_BYTES => {
                self.on_channel_data(path, packet, now, out)
            }
            _ => {
                self.counters.malformed();
                None
            }
        }
    }

    fn handle_peer(
        &mut self,
        id: SocketId,
        from: SocketAddr,
        packet: &[u8],
        now: Now,
        out: &mut Vec<u8>,
    ) -> Option<Destination> {
        out.clear();
        let from = canonical(from);
        if packet.len() > MAX_FRAME_BYTES {
            self.counters.malformed();
            return None;
        }
        self.on_peer_packet(id, from, packet, now, out)
    }

    fn socket_opened(
        &mut self,
        id: SocketId,
        port: Option<u16>,
        now: Now,
        out: &mut Vec<u8>,
    ) -> Option<Destination> {
        out.clear();
        let is_waited_for = self
            .table
            .get(id.allocation)
            .is_some_and(|allocation| allocation.state_of(id.family) == RelayedState::Opening);
        if !is_waited_for {
            // Its client or its call has ended in the meantime.
            if port.is_some() {
                self.close_socket(id);
            }
            return None;
        }
        let state = match port.zip(*self.settings.advertised.of(id.family)) {
            Some((port, ip)) => RelayedState::Open(SocketAddr::new(ip, port)),
            None => {
                self.counters.refuse(Refusal::Capacity);
                RelayedState::Failed(508)
            }
        };
        self.table.set_relayed(id, state);
        let allocation = self.table.get(id.allocation)?;
        // Both addresses of a dual allocation are in one answer.
        if allocation.is_opening() {
            return None;
        }
        let client = allocation.client;
        let key = allocation.key.clone();
        let request = allocation.request;
        if Family::BOTH.iter().any(|family| allocation.serves(*family)) {
            self.counters.allocation_made();
            tracing::debug!(call.id = %allocation.call, port, now = ?now.monotonic, "allocation created");
            let answer = TurnAnswer::allocated(request);
            requests::describe(allocation, answer).finish(Some(&key), out);
        } else {
            self.remove(id.allocation);
            TurnAnswer::not_allocated(request, 508).finish(Some(&key), out);
        }
        Some(Destination::Client(client))
    }

    fn book_changed(&mut self, now: Now) {
        if !self.early.is_empty() {
            self.retry_early(now);
        }
    }

    fn client_gone(&mut self, path: ClientPath) {
        self.early.forget(path);
        if let Some(id) = self.table.find(path) {
            self.remove(id);
        }
    }

    fn own_addresses(&mut self, own: Vec<IpNet>) {
        self.settings.policy.own = own;
    }

    fn advertise(&mut self, advertised: PerFamily<Option<IpAddr>>) {
        self.settings.advertised = advertised;
    }

    fn has_allocation(&self, path: ClientPath) -> bool {
        self.table.find(path).is_some()
    }

    fn poll_output(&mut self, now: Now) -> RelayOutput {
        if now.monotonic >= self.next_sweep {
            self.sweep(now);
        }
        self.outputs
            .pop_front()
            .unwrap_or(RelayOutput::WaitUntil(self.next_sweep))
    }
}
