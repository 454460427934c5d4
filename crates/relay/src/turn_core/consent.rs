//! Consent (RFC 7675): a relayed socket sends data only to peers that have proven within the last
//! 30 seconds that they take part in the call.
//!
//! The proof is a connectivity check or an answer to one, signed with the ICE passwords that the
//! parties exchanged over signalling. Before that, only checks of this call are sent to a peer.
//! Transaction ids are not compared, because the client knows them and could tell anybody.

use std::net::SocketAddr;
use std::time::Duration;

use proto::call::ice::IceCredential;
use stun_types::attribute::Username;
use stun_types::message::{BINDING, Message, MessageClass, ShortTermCredentials};

use super::super::limits::{
    CHECKS_AT_ONCE, CHECKS_PER_SECOND, CONSENT_LIFETIME, MAX_CHECK_BYTES, PEERS_PER_ALLOCATION,
};
use super::super::rate::TokenBucket;

/// The peers of one allocation, by address and port.
#[derive(Default)]
pub(super) struct Peers(Vec<Peer>);

struct Peer {
    addr: SocketAddr,
    consent_until: Duration,
    checks: TokenBucket,
    seen_at: Duration,
}

impl Peer {
    fn has_consented(&self, now: Duration) -> bool {
        now < self.consent_until
    }
}

impl Peers {
    /// Says whether data may flow to and from `addr`.
    pub(super) fn has_consented(&self, addr: SocketAddr, now: Duration) -> bool {
        self.0
            .iter()
            .any(|peer| peer.addr == addr && peer.has_consented(now))
    }

    /// Records that `addr` has proven its consent.
    pub(super) fn consent(&mut self, addr: SocketAddr, now: Duration) {
        // An unproven peer is replaced immediately.
        if let Some(peer) = self.entry(addr, Duration::ZERO, now) {
            peer.consent_until = now + CONSENT_LIFETIME;
        }
    }

    /// Takes one check from the budget of an unproven peer.
    pub(super) fn may_check(&mut self, addr: SocketAddr, now: Duration) -> bool {
        self.entry(addr, CONSENT_LIFETIME, now)
            .is_some_and(|peer| peer.checks.take(1.0, now))
    }

    /// Finds or adds a peer. If all places are taken, it replaces the peer without consent that has
    /// been quiet for longest, and at least for `quiet`.
    fn entry(&mut self, addr: SocketAddr, quiet: Duration, now: Duration) -> Option<&mut Peer> {
        let mut index = self.0.iter().position(|peer| peer.addr == addr);
        if index.is_none() && self.0.len() >= PEERS_PER_ALLOCATION {
            let gives_way = self
                .0
                .iter()
                .enumerate()
                .filter(|(_, peer)| !peer.has_consented(now) && now >= peer.seen_at + quiet)
                .min_by_key(|(_, peer)| peer.seen_at)
                .map(|(index, _)| index)?;
            self.0.swap_remove(gives_way);
        }
        if index.is_none() {
            self.0.push(Peer {
                addr,
                consent_until: Duration::ZERO,
                checks: TokenBucket::new(CHECKS_PER_SECOND, CHECKS_AT_ONCE, now),
                seen_at: now,
            });
            index = Some(self.0.len() - 1);
        }
        let peer = &mut self.0[index?];
        peer.seen_at = now;
        Some(peer)
    }
}

/// Parses a complete STUN message of the Binding method, which connectivity checks and their
/// answers use.
pub(super) fn check_of(packet: &[u8]) -> Option<Message<'_>> {
    // Data of a call begins with bytes above 19 (RFC 7983), so this test is cheap for pictures.
    let is_stun = packet.len() >= 20
        && packet[0] <= 1
        && packet[4..8] == [0x21, 0x12, 0xa4, 0x42]
        && packet.len() == 20 + usize::from(u16::from_be_bytes([packet[2], packet[3]]));
    let message = is_stun
        .then(|| Message::from_bytes(packet).ok())
        .flatten()?;
    (message.method() == BINDING).then_some(message)
}

/// Says whether a packet is a request that checks a path, of the length of one.
pub(super) fn is_check(packet: &[u8]) -> bool {
    packet.len() <= MAX_CHECK_BYTES
        && check_of(packet).is_some_and(|message| message.class() == MessageClass::Request)
}

/// Says whether a client's packet is a check for the other party, signed so that only a party of
/// the call would accept it.
pub(super) fn is_check_for(packet: &[u8], receiver: &[IceCredential]) -> bool {
    if packet.len() > MAX_CHECK_BYTES {
        return false;
    }
    let Some(message) = check_of(packet) else {
        return false;
    };
    let Ok(username) = message.attribute::<Username>() else {
        return false;
    };
    // A check's USERNAME is "receiver:sender" (RFC 8445 §7.2.2).
    let to = username.username().split(':').next();
    message.class() == MessageClass::Request
        && receiver
            .iter()
            .any(|credential| to == Some(credential.ufrag()) && is_signed(&message, credential))
}

/// Says whether a peer's packet proves that its sender is `sender` and communicates with
/// `receiver`: a check signed with the receiver's password, or an answer signed with the sender's.
///
/// An echo of a client's packet proves nothing: the call book ensures that the passwords differ, so
/// an echo is signed with the wrong one.
pub(super) fn proves(packet: &[u8], sender: &[IceCredential], receiver: &[IceCredential]) -> bool {
    let Some(message) = check_of(packet) else {
        return false;
    };
    match message.class() {
        MessageClass::Request => {
            let Ok(username) = message.attribute::<Username>() else {
                return false;
            };
            let Some((to, from)) = username.username().split_once(':') else {
                return false;
            };
            sender.iter().any(|credential| credential.ufrag() == from)
                && receiver
                    .iter()
                    .any(|credential| credential.ufrag() == to && is_signed(&message, credential))
        }
        // Answers hold no USERNAME (RFC 8489 §9.1.3), so the sender's passwords are all tried.
        MessageClass::Success | MessageClass::Error => sender
            .iter()
            .any(|credential| is_signed(&message, credential)),
        MessageClass::Indication => false,
    }
}

fn is_signed(message: &Message<'_>, credential: &IceCredential) -> bool {
    let key = ShortTermCredentials::new(credential.password().to_owned()).make_key();
    message.validate_integrity_with_key(&key).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(port: usize) -> SocketAddr {
        SocketAddr::from(([8, 8, 4, 4], u16::try_from(port).unwrap()))
    }

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn consent_lasts_thirty_seconds_and_is_renewed() {
        let mut peers = Peers::default();
        assert!(!peers.has_consented(at(1), seconds(0)));

        peers.consent(at(1), seconds(0));
        peers.consent(at(1), seconds(20));

        assert!(peers.has_consented(at(1), seconds(49)));
        assert!(!peers.has_consented(at(2), seconds(49)), "another port");
        assert!(!peers.has_consented(at(1), seconds(50)));
    }

    #[test]
    fn a_silent_peer_gets_ten_checks_a_second() {
        let mut peers = Peers::default();

        let n_sent = (0..10_000)
            .filter(|&ms| peers.may_check(at(1), Duration::from_millis(ms)))
            .count();

        assert!((119..=120).contains(&n_sent), "{n_sent}");
    }

    #[test]
    fn peers_without_consent_are_few_and_expire() {
        let mut peers = Peers::default();
        peers.consent(at(1), seconds(0));
        for port in 2..=PEERS_PER_ALLOCATION {
            assert!(peers.may_check(at(port), seconds(0)), "{port}");
        }

        assert!(!peers.may_check(at(1_000), seconds(1)), "all are taken");
        peers.consent(at(1_001), seconds(1));
        assert!(
            peers.has_consented(at(1_001), seconds(1)),
            "a proof is let in"
        );
        assert!(peers.has_consented(at(1), seconds(1)));
        assert!(peers.may_check(at(1_000), seconds(30)), "others are quiet");
        assert!(peers.0.len() <= PEERS_PER_ALLOCATION);
    }
}
