//! The four requests of an authenticated client: Allocate, Refresh, CreatePermission, ChannelBind
//! (RFC 8656 §7, §8, §10, §12).

use std::net::SocketAddr;

use stun_types::AddressFamily;
use stun_types::attribute::Fingerprint;
use stun_types::message::{Message, Method};
use stun_types::prelude::{Attribute, AttributeFromRaw, AttributeStaticType};
use turn_types::attribute::{
    AdditionalAddressFamily, ChannelNumber, Lifetime, RequestedAddressFamily, RequestedTransport,
    XorPeerAddress,
};
use turn_types::message::ALLOCATE;

use super::super::core::{AllocationId, ClientPath, Family, Now, PerFamily, RelayOutput, SocketId};
use super::super::limits::ALLOCATION_LIFETIME;
use super::super::policy::{PeerRefusal, Permit};
use super::super::rate::TokenBucket;
use super::super::stats::Refusal;
use super::allocation::{Allocation, RelayedState, RequestMark};
use super::answer::{TurnAnswer, canonical};
use super::auth::AuthenticatedRequest;
use super::{ALLOCATION_LIFETIME_S, TurnCore};

/// Protocol number of UDP, the only transport that is relayed.
const UDP: u8 = 17;

/// An error answer and the reason that is counted for it.
pub(super) struct Reject {
    pub(super) code: u16,
    pub(super) reason: Option<Refusal>,
}

impl Reject {
    fn bad_request() -> Self {
        Self::plain(400)
    }

    fn plain(code: u16) -> Self {
        Self { code, reason: None }
    }

    pub(super) fn because(code: u16, reason: Refusal) -> Self {
        Self {
            code,
            reason: Some(reason),
        }
    }
}

impl TurnCore {
    /// Creates an allocation, or repeats the answer to a repeated request. `Ok(None)`: the answer
    /// follows when the socket is open.
    pub(super) fn on_allocate(
        &mut self,
        path: ClientPath,
        request: &Message<'_>,
        proven: AuthenticatedRequest,
        now: Now,
    ) -> Result<Option<TurnAnswer>, Reject> {
        // UDP clients repeat a request whose answer was lost: the same transaction gets the same
        // answer, any other on this 5-tuple a 437 (RFC 8656 §7.2).
        if let Some(existing) = self.table.find(path).and_then(|id| self.table.get(id)) {
            if existing.request.transaction != request.transaction_id() {
                return Err(Reject::plain(437));
            }
            return Ok(
                (!existing.is_opening()).then(|| describe(existing, TurnAnswer::success(request)))
            );
        }
        // Only a new allocation needs a credential in date; a running call outlives it.
        if now.unix >= proven.expires_at_unix {
            return Err(Reject::because(401, Refusal::ExpiredCredential));
        }
        let Some(quota_key) = self.calls.quota_key(&proven.owner.call, now.unix) else {
            return Err(Reject::because(403, Refusal::CallNotOpen));
        };
        match request.attribute::<RequestedTransport>() {
            Ok(transport) if transport.protocol() == UDP => {}
            Ok(_) => return Err(Reject::because(442, Refusal::Unsupported)),
            Err(_) => return Err(Reject::bad_request()),
        }
        let mut relayed = self.wanted_addresses(request)?;
        self.check_quotas(path, &proven.owner, &quota_key, now)?;
        if relayed == BOTH_OPENING && !self.has_room_for_another(path, &proven.owner, &quota_key) {
            relayed.v6 = RelayedState::Failed(508);
        }
        let rate = self.settings.limits.bytes_per_second as f64;
        let mark = RequestMark {
            transaction: request.transaction_id(),
            has_fingerprint: request.has_attribute(Fingerprint::TYPE),
        };
        let id = self.table.insert(Allocation::new(
            path,
            (proven.owner, quota_key),
            (mark, relayed),
            (now.monotonic, now.monotonic + ALLOCATION_LIFETIME),
            TokenBucket::new(rate, rate, now.monotonic),
        ));
        self.counters.set_allocations(self.table.len());
        for family in Family::BOTH {
            if *relayed.of(family) == RelayedState::Opening {
                let socket = SocketId {
                    allocation: id,
                    family,
                };
                self.outputs.push_back(RelayOutput::OpenSocket(socket));
            }
        }
        Ok(None)
    }

    /// Renews an allocation, or ends it if the client requests a lifetime of zero.
    pub(super) fn on_refresh(
        &mut self,
        path: ClientPath,
        request: &Message<'_>,
        proven: &AuthenticatedRequest,
        now: Now,
    ) -> Result<Option<TurnAnswer>, Reject> {
        let id = self.own_allocation(path, proven, now)?;
        let family = requested_family(request).map_err(|_| Reject::plain(443))?;
        let allocation = self.table.get(id).ok_or(Reject::plain(437))?;
        if family.is_some_and(|family| !allocation.serves(family)) {
            return Err(Reject::plain(443));
        }
        let lifetime = request.attribute::<Lifetime>().map(|l| l.seconds());
        if lifetime == Ok(0) {
            self.end(id, family);
            return Ok(Some(TurnAnswer::success(request).lifetime(0)));
        }
        // Any other lifetime becomes ours, as RFC 8656 §7.2 allows: default and maximum are one.
        if let Some(allocation) = self.table.get_mut(id) {
            allocation.expires_at = now.monotonic + ALLOCATION_LIFETIME;
        }
        Ok(Some(
            TurnAnswer::success(request).lifetime(ALLOCATION_LIFETIME_S),
        ))
    }

    /// Allows packets between the client and one or more peers.
    pub(super) fn on_create_permission(
        &mut self,
        path: ClientPath,
        request: &Message<'_>,
        proven: &AuthenticatedRequest,
        now: Now,
    ) -> Result<Option<TurnAnswer>, Reject> {
        let id = self.own_allocation(path, proven, now)?;
        let mut permits = Vec::new();
        for (_, attribute) in request.iter_attributes() {
            if attribute.get_type() != XorPeerAddress::TYPE {
                continue;
            }
            let peer = XorPeerAddress::from_raw(attribute).map_err(|_| Reject::bad_request())?;
            let peer = canonical(peer.addr(request.transaction_id()));
            permits.push((peer, self.check_peer(id, proven, peer)?));
        }
        if permits.is_empty() {
            return Err(Reject::bad_request());
        }
        // All peers are judged before the first is installed: a refused request changes nothing.
        for (peer, permit) in permits {
            self.permit(id, peer, permit, now)?;
        }
        Ok(Some(TurnAnswer::success(request)))
    }

    /// Binds a channel number to a peer, and allows packets between them.
    pub(super) fn on_channel_bind(
        &mut self,
        path: ClientPath,
        request: &Message<'_>,
        proven: &AuthenticatedRequest,
        now: Now,
    ) -> Result<Option<TurnAnswer>, Reject> {
        let id = self.own_allocation(path, proven, now)?;
        let (Ok(number), Ok(peer)) = (
            request.attribute::<ChannelNumber>(),
            request.attribute::<XorPeerAddress>(),
        ) else {
            return Err(Reject::bad_request());
        };
        let number = number.channel();
        let peer = canonical(peer.addr(request.transaction_id()));
        // RFC 8656 §12 excludes numbers above 0x4fff because of sockets that share TURN with DTLS
        // and RTP (RFC 7983). This socket does not share, and clients of RFC 5766 use these numbers
        // too.
        if !(0x4000..=0x7fff).contains(&number) {
            return Err(Reject::bad_request());
        }
        let permit = self.check_peer(id, proven, peer)?;
        let allocation = self.table.get_mut(id).ok_or(Reject::plain(437))?;
        if !allocation.may_bind(number, peer, now.monotonic) {
            return Err(Reject::bad_request());
        }
        allocation
            .bind_channel(number, peer, now.monotonic)
            .map_err(|_| Reject::because(508, Refusal::Capacity))?;
        self.permit(id, peer, permit, now)?;
        Ok(Some(TurnAnswer::success(request)))
    }

    /// Finds the allocation of a request: it must belong to this credential, and its call must
    /// still be open. An expired credential is accepted here.
    fn own_allocation(
        &mut self,
        path: ClientPath,
        proven: &AuthenticatedRequest,
        now: Now,
    ) -> Result<AllocationId, Reject> {
        let id = self.table.find(path).ok_or(Reject::plain(437))?;
        let allocation = self.table.get(id).ok_or(Reject::plain(437))?;
        if allocation.username != proven.owner.username {
            return Err(Reject::because(441, Refusal::OtherCredential));
        }
        if !self.calls.is_open(&allocation.call, now.unix) {
            self.remove(id);
            return Err(Reject::because(403, Refusal::CallNotOpen));
        }
        Ok(id)
    }

    /// Ends an allocation, or only its address of one family (RFC 8656 §8.2).
    fn end(&mut self, id: AllocationId, family: Option<Family>) {
        let stays = family.is_some_and(|family| {
            let allocation = self.table.get(id);
            allocation.is_some_and(|allocation| allocation.serves(family.other()))
        });
        match family {
            Some(family) if stays => {
                let socket = SocketId {
                    allocation: id,
                    family,
                };
                self.table.set_relayed(socket, RelayedState::Absent);
                self.close_socket(socket);
            }
            _ => self.remove(id),
        }
    }

    /// The relayed addresses that an Allocate requests (RFC 8656 §7.2): IPv4 unless it says
    /// otherwise, or both.
    fn wanted_addresses(&self, request: &Message<'_>) -> Result<PerFamily<RelayedState>, Reject> {
        let mut relayed = PerFamily::default();
        let is_dual = request.has_attribute(AdditionalAddressFamily::TYPE);
        if !is_dual {
            let family = requested_family(request).map_err(|_| Reject::plain(440))?;
            *relayed.of_mut(family.unwrap_or(Family::V4)) = RelayedState::Opening;
        } else if request.has_attribute(RequestedAddressFamily::TYPE)
            // It may say IPv6 only.
            || request.attribute::<AdditionalAddressFamily>().is_err()
        {
            return Err(Reject::bad_request());
        } else {
            relayed = BOTH_OPENING;
        }
        for family in Family::BOTH {
            let wanted = relayed.of_mut(family);
            if *wanted == RelayedState::Opening && self.settings.advertised.of(family).is_none() {
                *wanted = RelayedState::Failed(440);
            }
        }
        let is_any_served = [relayed.v4, relayed.v6].contains(&RelayedState::Opening);
        is_any_served.then_some(relayed).ok_or(Reject::plain(440))
    }

    /// Whether a refused request waits for the book instead of being answered.
    pub(super) fn is_early(
        &mut self,
        reject: &Reject,
        method: Method,
        (path, packet): (ClientPath, &[u8]),
        now: Now,
    ) -> bool {
        let waits_for_book = match reject.reason {
            // Any other request of a call that is not open ends its allocation.
            Some(Refusal::CallNotOpen) => method == ALLOCATE,
            Some(Refusal::PeerNotOfCall) => true,
            _ => false,
        };
        let until = self
            .retry_until
            .unwrap_or_else(|| now.monotonic + self.calls.lag());
        waits_for_book && now.monotonic < until && self.early.hold(path, packet, until)
    }

    /// Tries the held requests again, after the book has changed or their time is over.
    pub(super) fn retry_early(&mut self, now: Now) {
        for request in self.early.take() {
            self.retry_until = Some(request.until);
            let mut out = Vec::new();
            if let Some(to) = self.on_stun(request.path, &request.packet, now, &mut out) {
                self.outputs.push_back(RelayOutput::Send(to, out));
            }
        }
        self.retry_until = None;
    }

    fn check_peer(
        &self,
        id: AllocationId,
        proven: &AuthenticatedRequest,
        peer: SocketAddr,
    ) -> Result<Permit, Reject> {
        let other = proven.owner.role.other();
        let is_announced = self
            .calls
            .has_announced(&proven.owner.call, other, peer.ip());
        let permit = self
            .settings
            .policy
            .check(peer, is_announced)
            .map_err(|refusal| {
                let reason = match refusal {
                    PeerRefusal::NotRoutable => Refusal::PeerNotRoutable,
                    PeerRefusal::OwnListener => Refusal::PeerIsListener,
                    PeerRefusal::NotOfThisCall => Refusal::PeerNotOfCall,
                };
                Reject::because(403, reason)
            })?;
        let allocation = self.table.get(id).ok_or(Reject::plain(437))?;
        if !allocation.serves(Family::of(peer.ip())) {
            return Err(Reject::plain(443));
        }
        Ok(permit)
    }

    fn permit(
        &mut self,
        id: AllocationId,
        peer: SocketAddr,
        permit: Permit,
        now: Now,
    ) -> Result<(), Reject> {
        self.table
            .get_mut(id)
            .ok_or(Reject::plain(437))?
            .add_permission(peer.ip(), permit, now.monotonic)
            .map_err(|_| Reject::because(508, Refusal::Capacity))?;
        self.release_held(id, peer.ip(), permit, now);
        Ok(())
    }
}

/// A dual allocation whose sockets are being opened.
const BOTH_OPENING: PerFamily<RelayedState> = PerFamily {
    v4: RelayedState::Opening,
    v6: RelayedState::Opening,
};

/// Adds the addresses of an allocation to its answer (RFC 8656 §7.2).
pub(super) fn describe(allocation: &Allocation, mut answer: TurnAnswer) -> TurnAnswer {
    for family in Family::BOTH {
        answer = match allocation.state_of(family) {
            RelayedState::Open(addr) => answer.relayed(addr),
            RelayedState::Failed(code) => answer.address_error(family, code),
            RelayedState::Absent | RelayedState::Opening => answer,
        };
    }
    answer
        .lifetime(ALLOCATION_LIFETIME_S)
        .mapped(allocation.client.addr)
}

/// An unknown family.
struct UnknownFamily;

/// Returns the family in REQUESTED-ADDRESS-FAMILY, if there is one.
fn requested_family(request: &Message<'_>) -> Result<Option<Family>, UnknownFamily> {
    if !request.has_attribute(RequestedAddressFamily::TYPE) {
        return Ok(None);
    }
    match request.attribute::<RequestedAddressFamily>() {
        Ok(family) if family.family() == AddressFamily::IPV4 => Ok(Some(Family::V4)),
        Ok(_) => Ok(Some(Family::V6)),
        Err(_) => Err(UnknownFamily),
    }
}
