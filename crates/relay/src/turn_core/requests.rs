//! The four requests of an authenticated client: Allocate, Refresh, CreatePermission, ChannelBind
//! (RFC 8656 §7, §8, §10, §12).

use std::net::SocketAddr;

use stun_types::AddressFamily;
use stun_types::attribute::Fingerprint;
use stun_types::message::Message;
use stun_types::prelude::{Attribute, AttributeFromRaw, AttributeStaticType};
use turn_types::attribute::{
    ChannelNumber, Lifetime, RequestedAddressFamily, RequestedTransport, XorPeerAddress,
};

use super::super::core::{AllocationId, ClientPath, Now, RelayOutput};
use super::super::limits::ALLOCATION_LIFETIME;
use super::super::policy::{PeerRefusal, Permit};
use super::super::rate::TokenBucket;
use super::super::stats::Refusal;
use super::allocation::{Allocation, Owner, RequestMark, Scope};
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

    fn because(code: u16, reason: Refusal) -> Self {
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
            return Ok(existing.relayed.map(|relayed| {
                TurnAnswer::success(request)
                    .relayed(relayed)
                    .lifetime(ALLOCATION_LIFETIME_S)
                    .mapped(path.addr)
            }));
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
        self.check_family(request, 440)?;
        self.check_quotas(path, &proven.owner, &quota_key, now)?;
        let rate = self.settings.limits.bytes_per_second as f64;
        let mark = RequestMark {
            transaction: request.transaction_id(),
            has_fingerprint: request.has_attribute(Fingerprint::TYPE),
        };
        let id = self.table.insert(Allocation::new(
            path,
            (proven.owner, quota_key),
            mark,
            (now.monotonic, now.monotonic + ALLOCATION_LIFETIME),
            TokenBucket::new(rate, rate, now.monotonic),
        ));
        self.counters.set_allocations(self.table.len());
        self.outputs.push_back(RelayOutput::OpenSocket(id));
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
        self.check_family(request, 443)?;
        let lifetime = request.attribute::<Lifetime>().map(|l| l.seconds());
        if lifetime == Ok(0) {
            self.remove(id);
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
            permits.push((peer, self.check_peer(proven, peer)?));
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
        let permit = self.check_peer(proven, peer)?;
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

    fn check_family(&self, request: &Message<'_>, code: u16) -> Result<(), Reject> {
        let is_ours_v4 = self.settings.advertised.is_ipv4();
        let is_v4 = match request.attribute::<RequestedAddressFamily>() {
            Ok(family) => family.family() == AddressFamily::IPV4,
            Err(_) if request.has_attribute(RequestedAddressFamily::TYPE) => {
                return Err(Reject::plain(code));
            }
            // Without the attribute, an Allocate means IPv4, and a Refresh means the existing
            // family.
            Err(_) => code == 440 || is_ours_v4,
        };
        if is_v4 == is_ours_v4 {
            Ok(())
        } else {
            Err(Reject::plain(code))
        }
    }

    /// Finds a place for a new allocation; it may replace an idle one.
    fn check_quotas(
        &mut self,
        path: ClientPath,
        owner: &Owner,
        quota_key: &str,
        now: Now,
    ) -> Result<(), Reject> {
        let limits = &self.settings.limits;
        if self.table.of_call(&owner.call) >= limits.allocations_per_call {
            return Err(Reject::because(486, Refusal::CallQuota));
        }
        let ip = path.addr.ip();
        let scopes = [
            (
                Scope::Account(quota_key),
                limits.allocations_per_account,
                Reject::because(486, Refusal::AccountQuota),
            ),
            (
                Scope::Client(ip),
                limits.allocations_per_ip,
                Reject::because(486, Refusal::ClientQuota),
            ),
            (
                Scope::Network(ip),
                limits.allocations_per_network,
                Reject::because(486, Refusal::NetworkQuota),
            ),
            (
                Scope::All,
                limits.allocations_total,
                Reject::because(508, Refusal::Capacity),
            ),
        ];
        // The narrowest scope first: a client that fills its own share gives up one of its own.
        for (scope, most, reject) in scopes {
            if self.table.count(scope) < most {
                continue;
            }
            let gives_way = self.table.that_gives_way(scope, owner, now.monotonic);
            self.remove(gives_way.ok_or(reject)?);
            self.counters.refuse(Refusal::GaveWay);
        }
        Ok(())
    }

    fn check_peer(
        &self,
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
        if peer.is_ipv4() != self.settings.advertised.is_ipv4() {
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
            .map_err(|_| Reject::because(508, Refusal::Capacity))
    }
}
