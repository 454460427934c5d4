//! The way of data: client to peer, peer to client, and between two clients of this relay
//! (RFC 8656 §11, §12).

use std::net::SocketAddr;

use stun_proto::types::message::Message;
use turn_types::attribute::{Data, XorPeerAddress};

use super::super::core::{AllocationId, ClientPath, Destination, Now, Transport};
use super::super::policy::Permit;
use super::super::stats::Refusal;
use super::TurnCore;
use super::answer::{self, canonical};
use super::requests::unknown_attributes;

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

    /// Sends on what a client sent: to a peer, or, when the peer is a relayed address of the
    /// other party on this relay, straight to that party.
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
            self.counters.refuse(Refusal::NoPermission);
            return None;
        };
        if self.settings.policy.is_own_listener(peer) {
            self.counters.refuse(Refusal::PeerIsListener);
            return None;
        }
        if !from.bytes.take(data.len() as f64, now.monotonic) {
            self.counters.refuse(Refusal::Bandwidth);
            return None;
        }
        if self.settings.policy.is_own(peer.ip())
            && let Some(to) = self.table.at_port(peer.port())
        {
            return self.send_inside(id, to, data, now, out);
        }
        if permit == Permit::OwnRelay {
            self.counters.refuse(Refusal::PeerNotOfCall);
            return None;
        }
        self.counters.relayed(data.len());
        out.extend_from_slice(data);
        Some(Destination::Peer(id, peer))
    }

    fn send_inside(
        &mut self,
        from: AllocationId,
        to: AllocationId,
        data: &[u8],
        now: Now,
        out: &mut Vec<u8>,
    ) -> Option<Destination> {
        let (sender, receiver) = (self.table.get(from)?, self.table.get(to)?);
        if sender.call != receiver.call || sender.role == receiver.role {
            self.counters.refuse(Refusal::PeerNotOfCall);
            return None;
        }
        let sender_addr = sender.relayed?;
        self.send_to_client(to, sender_addr, data, now, out)
    }

    /// Sends a peer's packet to the client, if the client permitted that peer.
    pub(super) fn send_to_client(
        &mut self,
        id: AllocationId,
        peer: SocketAddr,
        data: &[u8],
        now: Now,
        out: &mut Vec<u8>,
    ) -> Option<Destination> {
        let allocation = self.table.get_mut(id)?;
        if allocation.permit(peer.ip(), now.monotonic).is_none() {
            self.counters.refuse(Refusal::NoPermission);
            return None;
        }
        if !allocation.bytes.take(data.len() as f64, now.monotonic) {
            self.counters.refuse(Refusal::Bandwidth);
            return None;
        }
        match allocation.channel_of(peer, now.monotonic) {
            Some(number) => {
                let is_padded = allocation.client.transport == Transport::Tcp;
                answer::channel_data(number, data, is_padded, out);
            }
            None => answer::data_indication(peer, data, out),
        }
        self.counters.relayed(data.len());
        Some(Destination::Client(allocation.client))
    }
}
