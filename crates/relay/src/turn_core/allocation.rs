//! One allocation with its relayed addresses, permissions and channels.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use proto::turn_credential::Role;
use stun_types::message::{IntegrityKey, TransactionId};

use super::super::core::{ClientPath, Family, PerFamily};
use super::super::limits::{
    CHANNEL_LIFETIME, CHANNELS_PER_ALLOCATION, PERMISSION_LIFETIME, PERMISSIONS_PER_ALLOCATION,
};
use super::super::policy::Permit;
use super::super::rate::TokenBucket;
use super::consent::Peers;
use super::held::HeldChecks;

/// The allocation has reached its limit of permissions or channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AllocationFull;

struct Permission {
    ip: IpAddr,
    permit: Permit,
    expires_at: Duration,
}

struct Channel {
    number: u16,
    peer: SocketAddr,
    expires_at: Duration,
}

/// What has become of one relayed address of an allocation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum RelayedState {
    /// Not requested, or ended by its client.
    #[default]
    Absent,
    /// The driver is opening the socket.
    Opening,
    /// The address that the client is given.
    Open(SocketAddr),
    /// There is none; the code says why (RFC 8656 §18.12).
    Failed(u16),
}

impl RelayedState {
    /// Says whether it uses, or is about to use, a socket.
    fn is_held(self) -> bool {
        matches!(self, RelayedState::Opening | RelayedState::Open(_))
    }
}

/// The relayed addresses of one client. No `Debug`, because it contains a key.
pub(super) struct Allocation {
    pub(super) client: ClientPath,
    pub(super) username: String,
    pub(super) call: String,
    pub(super) role: Role,
    /// The key under which the bytes and allocations of this call are counted.
    pub(super) quota_key: String,
    pub(super) key: IntegrityKey,
    /// The request that created it; a repetition gets the same answer.
    pub(super) request: RequestMark,
    pub(super) relayed: PerFamily<RelayedState>,
    pub(super) expires_at: Duration,
    pub(super) bytes: TokenBucket,
    pub(super) peers: Peers,
    pub(super) held: HeldChecks,
    /// When it last carried data of the call, if ever.
    pub(super) data_at: Option<Duration>,
    pub(super) made_at: Duration,
    permissions: Vec<Permission>,
    channels: Vec<Channel>,
}

/// What is needed to answer a request later.
#[derive(Clone, Copy)]
pub(super) struct RequestMark {
    pub(super) transaction: TransactionId,
    pub(super) has_fingerprint: bool,
}

/// The authenticated client that asks for an allocation.
pub(super) struct Owner {
    pub(super) username: String,
    pub(super) call: String,
    pub(super) role: Role,
    pub(super) key: IntegrityKey,
}

impl Allocation {
    pub(super) fn new(
        client: ClientPath,
        (owner, quota_key): (Owner, String),
        (request, relayed): (RequestMark, PerFamily<RelayedState>),
        (made_at, expires_at): (Duration, Duration),
        bytes: TokenBucket,
    ) -> Self {
        Self {
            client,
            username: owner.username,
            call: owner.call,
            role: owner.role,
            quota_key,
            key: owner.key,
            request,
            relayed,
            expires_at,
            bytes,
            peers: Peers::default(),
            held: HeldChecks::default(),
            data_at: None,
            made_at,
            permissions: Vec::new(),
            channels: Vec::new(),
        }
    }

    /// Returns the state of its address of one family.
    pub(super) fn state_of(&self, family: Family) -> RelayedState {
        *self.relayed.of(family)
    }

    /// Returns its relayed address of one family, once that is open.
    pub(super) fn relayed(&self, family: Family) -> Option<SocketAddr> {
        match self.state_of(family) {
            RelayedState::Open(addr) => Some(addr),
            _ => None,
        }
    }

    /// Says whether an address is still being opened.
    pub(super) fn is_opening(&self) -> bool {
        Family::BOTH
            .map(|family| self.state_of(family))
            .contains(&RelayedState::Opening)
    }

    /// Says whether the client may have an address of this family, now or once it is open.
    pub(super) fn serves(&self, family: Family) -> bool {
        self.state_of(family).is_held()
    }

    /// The number of its relayed addresses, which is how often it counts.
    pub(super) fn weight(&self) -> usize {
        let held = Family::BOTH
            .into_iter()
            .filter(|family| self.serves(*family));
        held.count()
    }

    pub(super) fn has_been_idle_for(&self, time: Duration, now: Duration) -> bool {
        now >= self.data_at.unwrap_or(self.made_at) + time
    }

    /// Returns the current permission of packets to and from `ip`.
    pub(super) fn permit(&self, ip: IpAddr, now: Duration) -> Option<Permit> {
        // By address alone: a permission holds for every port (RFC 8656 §9).
        self.permissions
            .iter()
            .find(|p| p.ip == ip && now < p.expires_at)
            .map(|p| p.permit)
    }

    /// Installs or renews a permission.
    pub(super) fn add_permission(
        &mut self,
        ip: IpAddr,
        permit: Permit,
        now: Duration,
    ) -> Result<(), AllocationFull> {
        self.permissions
            .retain(|p| p.ip != ip && now < p.expires_at);
        if self.permissions.len() >= PERMISSIONS_PER_ALLOCATION {
            return Err(AllocationFull);
        }
        self.permissions.push(Permission {
            ip,
            permit,
            expires_at: now + PERMISSION_LIFETIME,
        });
        Ok(())
    }

    /// Says whether this number and this peer are both free, or already bound to each other.
    pub(super) fn may_bind(&self, number: u16, peer: SocketAddr, now: Duration) -> bool {
        self.channels
            .iter()
            .filter(|c| now < c.expires_at)
            .all(|c| (c.number == number) == (c.peer == peer))
    }

    /// Binds or renews a channel.
    pub(super) fn bind_channel(
        &mut self,
        number: u16,
        peer: SocketAddr,
        now: Duration,
    ) -> Result<(), AllocationFull> {
        self.channels
            .retain(|c| c.number != number && now < c.expires_at);
        if self.channels.len() >= CHANNELS_PER_ALLOCATION {
            return Err(AllocationFull);
        }
        self.channels.push(Channel {
            number,
            peer,
            expires_at: now + CHANNEL_LIFETIME,
        });
        Ok(())
    }

    /// Forgets the peers of a family whose relayed address has ended.
    pub(super) fn forget_peers(&mut self, family: Family) {
        self.permissions.retain(|p| Family::of(p.ip) != family);
        self.channels.retain(|c| Family::of(c.peer.ip()) != family);
    }

    /// Returns the peer behind a channel number.
    pub(super) fn peer_of(&self, number: u16, now: Duration) -> Option<SocketAddr> {
        self.channels
            .iter()
            .find(|c| c.number == number && now < c.expires_at)
            .map(|c| c.peer)
    }

    /// Returns the channel number of a peer.
    pub(super) fn channel_of(&self, peer: SocketAddr, now: Duration) -> Option<u16> {
        self.channels
            .iter()
            .find(|c| c.peer == peer && now < c.expires_at)
            .map(|c| c.number)
    }
}
