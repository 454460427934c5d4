//! One allocation with its permissions and channels, and the table of all allocations.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use proto::turn_credential::Role;
use stun_types::message::{IntegrityKey, TransactionId};

use super::super::core::{AllocationId, ClientPath, Transport};
use super::super::limits::{
    CHANNEL_LIFETIME, CHANNELS_PER_ALLOCATION, PERMISSION_LIFETIME, PERMISSIONS_PER_ALLOCATION,
    SPARE_AFTER, UNUSED_AFTER,
};
use super::super::policy::Permit;
use super::super::rate::{TokenBucket, network_of, wide_network_of};
use super::consent::Peers;

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

/// A relayed socket and its owner. No `Debug`, because it contains a key.
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
    /// The address that the client is given, once the socket is open.
    pub(super) relayed: Option<SocketAddr>,
    pub(super) expires_at: Duration,
    pub(super) bytes: TokenBucket,
    pub(super) peers: Peers,
    /// When it last carried data of the call, if ever.
    pub(super) data_at: Option<Duration>,
    made_at: Duration,
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
        request: RequestMark,
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
            relayed: None,
            expires_at,
            bytes,
            peers: Peers::default(),
            data_at: None,
            made_at,
            permissions: Vec::new(),
            channels: Vec::new(),
        }
    }

    fn has_been_idle_for(&self, time: Duration, now: Duration) -> bool {
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

/// The group that shares a number of allocations.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scope<'a> {
    /// Calls with one quota key.
    Account(&'a str),
    /// One client address (IPv6: /64).
    Client(IpAddr),
    /// One client network (/24, /48).
    Network(IpAddr),
    All,
}

impl Scope<'_> {
    fn holds(self, allocation: &Allocation) -> bool {
        let ip = allocation.client.addr.ip();
        match self {
            Scope::Account(key) => allocation.quota_key == key,
            Scope::Client(client) => network_of(ip) == network_of(client),
            Scope::Network(client) => wide_network_of(ip) == wide_network_of(client),
            Scope::All => true,
        }
    }
}

/// All allocations by id, client and relayed port, with counts per call and address.
#[derive(Default)]
pub(super) struct Table {
    by_id: HashMap<AllocationId, Allocation>,
    by_client: HashMap<ClientPath, AllocationId>,
    by_port: HashMap<u16, AllocationId>,
    per_call: HashMap<String, usize>,
    per_account: HashMap<String, usize>,
    per_client: HashMap<IpAddr, usize>,
    per_network: HashMap<IpAddr, usize>,
    last_id: u64,
}

impl Table {
    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(super) fn of_call(&self, call: &str) -> usize {
        self.per_call.get(call).copied().unwrap_or(0)
    }

    /// The number of allocations in a scope.
    pub(super) fn count(&self, scope: Scope<'_>) -> usize {
        let count = match scope {
            Scope::Account(key) => self.per_account.get(key),
            Scope::Client(ip) => self.per_client.get(&network_of(ip)),
            Scope::Network(ip) => self.per_network.get(&wide_network_of(ip)),
            Scope::All => return self.len(),
        };
        count.copied().unwrap_or(0)
    }

    /// Finds the allocation of a full scope to replace for a party that has none: first the spare
    /// of a party that has another one in its call (over TCP first), then one that has been unused
    /// for long.
    pub(super) fn that_gives_way(
        &self,
        scope: Scope<'_>,
        asking: &Owner,
        now: Duration,
    ) -> Option<AllocationId> {
        let of_party = |call: &str, role: Role| {
            self.by_id
                .values()
                .filter(|a| a.role == role && a.call == call)
                .count()
        };
        if of_party(&asking.call, asking.role) > 0 {
            return None;
        }
        // Quadratic, but only in a full scope, and `allocations_total` bounds it.
        self.by_id
            .iter()
            .filter(|(_, a)| scope.holds(a))
            .filter_map(|(&id, a)| {
                let is_idle = a.data_at.is_none() || a.has_been_idle_for(SPARE_AFTER, now);
                let is_spare = is_idle && of_party(&a.call, a.role) > 1;
                let may_go = is_spare || a.has_been_idle_for(UNUSED_AFTER, now);
                let is_udp = a.client.transport == Transport::Udp;
                let used_at = a.data_at.unwrap_or(a.made_at);
                may_go.then_some(((!is_spare, is_udp, used_at, id), id))
            })
            .min_by_key(|(order, _)| *order)
            .map(|(_, id)| id)
    }

    pub(super) fn find(&self, client: ClientPath) -> Option<AllocationId> {
        self.by_client.get(&client).copied()
    }

    pub(super) fn at_port(&self, port: u16) -> Option<AllocationId> {
        self.by_port.get(&port).copied()
    }

    pub(super) fn get(&self, id: AllocationId) -> Option<&Allocation> {
        self.by_id.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: AllocationId) -> Option<&mut Allocation> {
        self.by_id.get_mut(&id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (AllocationId, &Allocation)> {
        self.by_id.iter().map(|(&id, allocation)| (id, allocation))
    }

    /// Adds an allocation for a client that has none yet.
    pub(super) fn insert(&mut self, allocation: Allocation) -> AllocationId {
        self.last_id += 1;
        let id = AllocationId(self.last_id);
        self.by_client.insert(allocation.client, id);
        *self.per_call.entry(allocation.call.clone()).or_default() += 1;
        let account = allocation.quota_key.clone();
        *self.per_account.entry(account).or_default() += 1;
        let ip = allocation.client.addr.ip();
        *self.per_client.entry(network_of(ip)).or_default() += 1;
        *self.per_network.entry(wide_network_of(ip)).or_default() += 1;
        self.by_id.insert(id, allocation);
        id
    }

    /// Stores the relayed address once the socket is open.
    pub(super) fn set_relayed(&mut self, id: AllocationId, addr: SocketAddr) {
        if let Some(allocation) = self.by_id.get_mut(&id) {
            allocation.relayed = Some(addr);
            // The port alone names a socket: all are bound to one `relay_ip`.
            self.by_port.insert(addr.port(), id);
        }
    }

    /// Removes an allocation and everything that refers to it.
    pub(super) fn remove(&mut self, id: AllocationId) -> Option<Allocation> {
        let allocation = self.by_id.remove(&id)?;
        self.by_client.remove(&allocation.client);
        if let Some(addr) = allocation.relayed {
            self.by_port.remove(&addr.port());
        }
        decrement(&mut self.per_call, &allocation.call);
        decrement(&mut self.per_account, &allocation.quota_key);
        let ip = allocation.client.addr.ip();
        decrement(&mut self.per_client, &network_of(ip));
        decrement(&mut self.per_network, &wide_network_of(ip));
        Some(allocation)
    }

    /// Says whether the table is completely empty.
    #[cfg(test)]
    pub(super) fn is_blank(&self) -> bool {
        self.by_id.is_empty()
            && self.by_client.is_empty()
            && self.by_port.is_empty()
            && self.per_call.is_empty()
            && self.per_account.is_empty()
            && self.per_client.is_empty()
            && self.per_network.is_empty()
    }
}

fn decrement<K, Q>(counts: &mut HashMap<K, usize>, key: &Q)
where
    K: std::borrow::Borrow<Q> + std::hash::Hash + Eq,
    Q: std::hash::Hash + Eq + ?Sized,
{
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}
