//! The data path: client to peer, peer to client, and between two clients of this relay (RFC 8656
//! §11, §12).

use std::net::{IpAddr, SocketAddr};

use stun_types::message::Message;
use turn_types::attribute::{Data, XorPeerAddress};

use super::super::core::{
    AllocationId, ClientPath, Destination, Family, Now, RelayOutput, SocketId,
};
use super::super::policy::Permit;
use super::super::stats::Refusal;
use super::TurnCore;
use super::answer::{self, canonical, unknown_attributes};
use super::consent;
use super::held::HeldCheck;

impl TurnCore {
    pub(super) fn on_send(
        &mut self,
        path: ClientPath,
        message: &Message<'_>,
        now: Now,
        out: &mut Vec<u8>,
    ) -> Option<Destination> {
        let (Ok(peer), Ok(data)) = (
            message.attribute::<XorPeerAddress>(),
            message.attribute::<Data<'_>>(),
        ) else {
            self.counters.malformed();
            return None;
        };
        // An indication that is not understood is dropped without an answer (RFC 8489 §6.3.2).
        if !unknown_attributes(message).is_empty() {
            self.counters.refuse(Refusal::Unsupported);
            return None;
        }
        let peer = canonical(peer.addr(message.transaction_id()));
        let Some(id) = self.table.find(path) else {
            self.counters.refuse(Refusal::NoPermission);
            return None;
        };
        self.send_to_peer(id, peer, data.data(), now, out)
    }

    pub(super) fn on_channel_data(
        &mut self,
        path: ClientPath,
        packet: &[u8],
        now: Now,
        out: &mut Vec<u8>,
    ) -> Option<Destination> {
        let &[n_high, n_low, l_high, l_low, ref rest @ ..] = packet else {
            self.counters.malformed();
            return None;
        };
        // Over UDP a ChannelData message may, but need not, be padded.
        let Some(data) = rest.get(..usize::from(u16::from_be_bytes([l_high, l_low]))) else {
            self.counters.malformed();
            return None;
        };
        let number = u16::from_be_bytes([n_high, n_low]);
        let bound = self.table.find(path).and_then(|id| {
            let peer = self.table.get(id)?.peer_of(number, now.monotonic)?;
            Some((id, peer))
        });
        let Some((id, peer)) = bound else {
            self.counters.refuse(Refusal::NoPermission);
            return None;
        };
        self.send_to_peer(id, peer, data, now, out)
    }

    /// Forwards a packet from a client to a peer that has consented, or directly to the other party
    /// if the peer is its relayed address on this relay. A peer that has not consented gets a few
    /// checks of this call.
    fn send_to_peer(
        &mut self,
        id: AllocationId,
        peer: SocketAddr,
        data: &[u8],
        now: Now,
        out: &mut Vec<u8>,
    ) -> Option<Destination> {
        let from = self.table.get_mut(id)?;
        let Some(permit) = from.permit(peer.ip(), now.monotonic) else {
            return self.drop_because(Refusal::NoPermission);
        };
        // A packet to our own listener would come back as one of a client.
        if self.settings.policy.is_own_listener(peer) {
            return self.drop_because(Refusal::PeerIsListener);
        }
        // Both parties are relayed here. The packet is handed over in memory, since nothing may
        // leave towards this machine's own addresses.
        let family = Family::of(peer.ip());
        if self.settings.policy.is_own(peer.ip())
            && let Some(to) = self.table.at_port(family, peer.port())
        {
            return self.send_inside((id, to), family, data, now, out);
        }
        if !self.settings.policy.may_leave(peer, permit) {
            return self.drop_because(Refusal::PeerNotOfCall);
        }
        let from = self.table.get_mut(id)?;
        if !from.peers.has_consented(peer, now.monotonic) {
            let receiver = self.calls.party_ice(&from.call, from.role.other());
            // Before the budgets, so that only real checks use them up.
            if !consent::is_check_for(data, &receiver) {
                return self.drop_because(Refusal::NoConsent);
            }
            let may_check = from.peers.may_check(peer, now.monotonic)
                && self
                    .accounts
                    .take_check(&from.quota_key, data.len(), now.monotonic);
            if !may_check {
                return self.drop_because(Refusal::CheckBudget);
            }
        }
        // The allocation's rate first: what it drops is not charged to the account.
        if !self.may_carry(id, data, now) || !self.may_pass(id, data, now) {
            return None;
        }
        self.counters.relayed(data.len());
        out.extend_from_slice(data);
        let socket = SocketId {
            allocation: id,
            family,
        };
        Some(Destination::Peer(socket, peer))
    }

    /// Both ends are authenticated to this relay, so no further consent is needed.
    fn send_inside(
        &mut self,
        (from, to): (AllocationId, AllocationId),
        family: Family,
        data: &[u8],
        now: Now,
        out: &mut Vec<u8>,
    ) -> Option<Destination> {
        let (sender, receiver) = (self.table.get(from)?, self.table.get(to)?);
        if sender.call != receiver.call || sender.role == receiver.role {
            return self.drop_because(Refusal::PeerNotOfCall);
        }
        let sender_addr = sender.relayed(family)?;
        if !self.may_carry(from, data, now) {
            return None;
        }
        let receiver = self.table.get_mut(to)?;
        if receiver.permit(sender_addr.ip(), now.monotonic).is_none() && consent::is_check(data) {
            receiver.held.hold(sender_addr, data, true, now.monotonic);
            return None;
        }
        self.send_to_client(to, sender_addr, data, now, out)
    }

    /// Takes a packet that a relayed socket received. A peer that has not consented can only send
    /// its consent.
    pub(super) fn on_peer_packet(
        &mut self,
        SocketId { allocation: id, .. }: SocketId,
        from: SocketAddr,
        packet: &[u8],
        now: Now,
        out: &mut Vec<u8>,
    ) -> Option<Destination> {
        let allocation = self.table.get(id)?;
        // The relay's own address reaches a relayed socket only from inside.
        let permit = allocation.permit(from.ip(), now.monotonic);
        if permit.is_none() && consent::is_check(packet) && self.is_proof(id, packet) {
            let allocation = self.table.get_mut(id)?;
            allocation.held.hold(from, packet, false, now.monotonic);
            return None;
        }
        if permit.is_none_or(|permit| !self.settings.policy.may_leave(from, permit)) {
            return self.drop_because(Refusal::NoPermission);
        }
        // Only packets that look like a check are worth verifying a signature.
        let is_proof = consent::check_of(packet).is_some() && self.is_proof(id, packet);
        let allocation = self.table.get_mut(id)?;
        if is_proof {
            allocation.peers.consent(from, now.monotonic);
        }
        if !allocation.peers.has_consented(from, now.monotonic) {
            return self.drop_because(Refusal::NoConsent);
        }
        self.send_to_client(id, from, packet, now, out)
    }

    /// Says whether the other party of the call signed a packet for the client.
    fn is_proof(&self, id: AllocationId, packet: &[u8]) -> bool {
        let Some(allocation) = self.table.get(id) else {
            return false;
        };
        let receiver = self.calls.party_ice(&allocation.call, allocation.role);
        let sender = self
            .calls
            .party_ice(&allocation.call, allocation.role.other());
        consent::proves(packet, &sender, &receiver)
    }

    /// Sends the client the checks that waited for this permission, after the answer to its request.
    pub(super) fn release_held(&mut self, id: AllocationId, ip: IpAddr, permit: Permit, now: Now) {
        let Some(allocation) = self.table.get_mut(id) else {
            return;
        };
        for check in allocation.held.release(ip, now.monotonic) {
            let HeldCheck { from, packet, .. } = &check;
            if !check.is_inside {
                if !self.settings.policy.may_leave(*from, permit) {
                    self.counters.refuse(Refusal::NoPermission);
                    continue;
                }
                if let Some(allocation) = self.table.get_mut(id) {
                    allocation.peers.consent(*from, now.monotonic);
                }
            }
            let mut out = Vec::new();
            if let Some(to) = self.send_to_client(id, *from, packet, now, &mut out) {
                self.outputs.push_back(RelayOutput::Send(to, out));
            }
        }
    }

    /// Sends a packet to the client if the client has permitted its source.
    fn send_to_client(
        &mut self,
        id: AllocationId,
        peer: SocketAddr,
        data: &[u8],
        now: Now,
        out: &mut Vec<u8>,
    ) -> Option<Destination> {
        let allocation = self.table.get(id)?;
        if allocation.permit(peer.ip(), now.monotonic).is_none() {
            return self.drop_because(Refusal::NoPermission);
        }
        if !self.may_carry(id, data, now) || !self.may_pass(id, data, now) {
            return None;
        }
        let allocation = self.table.get(id)?;
        match allocation.channel_of(peer, now.monotonic) {
            Some(number) => {
                let is_padded = allocation.client.transport.is_stream();
                answer::channel_data(number, data, is_padded, out);
            }
            None => answer::data_indication(peer, data, out),
        }
        self.counters.relayed(data.len());
        Some(Destination::Client(allocation.client))
    }

    /// Takes the bytes from the rate of an allocation, and records that it is in use.
    fn may_carry(&mut self, id: AllocationId, data: &[u8], now: Now) -> bool {
        let Some(allocation) = self.table.get_mut(id) else {
            return false;
        };
        let may = allocation.bytes.take(data.len() as f64, now.monotonic);
        if !may {
            self.counters.refuse(Refusal::Bandwidth);
        } else if consent::check_of(data).is_none() {
            // Checks do not count: ICE repeats them every few seconds (RFC 7675 §5.1), and an idle
            // spare would never give way.
            allocation.data_at = Some(now.monotonic);
        }
        may
    }

    /// Takes the bytes from the account's daily budget; once, however many allocations they pass
    /// through.
    fn may_pass(&mut self, id: AllocationId, data: &[u8], now: Now) -> bool {
        let Some(allocation) = self.table.get(id) else {
            return false;
        };
        let (key, accounts) = (&allocation.quota_key, &mut self.accounts);
        // Without checks, a call that has been slowed down would end.
        let may = accounts.take_bytes(key, data.len(), now.monotonic)
            || consent::check_of(data).is_some()
                && accounts.take_check(key, data.len(), now.monotonic);
        if !may {
            self.counters.refuse(Refusal::AccountBandwidth);
        }
        may
    }

    fn drop_because(&self, reason: Refusal) -> Option<Destination> {
        self.counters.refuse(reason);
        None
    }
}
