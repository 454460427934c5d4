//! Finds the public addresses of our sockets: queries every STUN server from every socket of its address
//! family, retries with increasing waits, and accepts only answers to open requests.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::candidate::is_sane;
use crate::limits;
use stun_types::attribute::XorMappedAddress;
use stun_types::message::{
    BINDING, Message, MessageClass, MessageType, MessageWrite, MessageWriteVec, TransactionId,
};

/// Waits between tries; after the last one a server counts as silent.
// Faster than the 500 ms of RFC 8489 §6.2.1: a lost request must not delay the path.
const WAITS: [Duration; 6] = [
    Duration::from_millis(200),
    Duration::from_millis(400),
    Duration::from_millis(800),
    Duration::from_millis(1_600),
    Duration::from_millis(3_200),
    Duration::from_millis(3_200),
];

/// The first bytes of a success response to a binding request (RFC 8489 §5).
const ANSWER_START: [u8; 2] = [0x01, 0x01];

/// A STUN request to send from one of our sockets.
#[derive(Debug, PartialEq, Eq)]
pub struct BindingRequest {
    /// Local address of the socket.
    pub socket: SocketAddr,
    /// Address of the STUN server.
    pub server: SocketAddr,
    /// The binding request, 20 bytes.
    pub request: Vec<u8>,
}

/// The address that a server sees of one of our sockets: the socket's own where no NAT is in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Local address of the socket.
    pub socket: SocketAddr,
    /// The address as seen by the server.
    pub address: SocketAddr,
}

/// All open questions, at most one per socket and server.
#[derive(Debug, Default)]
pub struct Reflexive {
    open: Vec<OpenBinding>,
    found: Vec<Found>,
}

#[derive(Debug)]
struct OpenBinding {
    socket: SocketAddr,
    server: SocketAddr,
    id: TransactionId,
    n_asked: usize,
    due: Instant,
}

impl Reflexive {
    /// Starts to ask `server` from `socket`, unless their address families differ.
    pub fn ask(&mut self, socket: SocketAddr, server: SocketAddr, id: TransactionId, now: Instant) {
        // A loopback address reaches no other machine.
        let can_reach = socket.is_ipv4() == server.is_ipv4()
            && socket.ip().is_loopback() == server.ip().is_loopback();
        if can_reach {
            self.open.push(OpenBinding {
                socket,
                server,
                id,
                n_asked: 0,
                due: now,
            });
        }
    }

    /// The next request that is due.
    pub fn poll(&mut self, now: Instant) -> Option<BindingRequest> {
        self.open
            .retain(|question| question.n_asked < WAITS.len() || question.due > now);
        let question = self.open.iter_mut().find(|question| question.due <= now)?;
        question.due = now + WAITS[question.n_asked];
        question.n_asked += 1;
        Some(BindingRequest {
            socket: question.socket,
            server: question.server,
            request: binding_request(question.id),
        })
    }

    /// When [`Reflexive::poll`] has something to do.
    pub fn next_due(&self) -> Option<Instant> {
        self.open.iter().map(|question| question.due).min()
    }

    /// Whether a datagram answers a question, and with which address. `Some(None)`: it does,
    /// without a useful address.
    pub fn answer(
        &mut self,
        socket: SocketAddr,
        from: SocketAddr,
        datagram: &[u8],
    ) -> Option<Option<Found>> {
        // Every packet of the connection passes here. Only packets that begin like an answer, and
        // come from a server with an open question, are parsed.
        let is_asked =
            |question: &OpenBinding| question.socket == socket && question.server == from;
        if !datagram.starts_with(&ANSWER_START) || !self.open.iter().any(is_asked) {
            return None;
        }
        let answer = Message::from_bytes(datagram).ok()?;
        let id = answer.transaction_id();
        let position = self
            .open
            .iter()
            .position(|question| question.id == id && is_asked(question))?;
        self.open.swap_remove(position);
        let mapped = answer.attribute::<XorMappedAddress>();
        let address = mapped.ok().map(|mapped| mapped.addr(id));
        Some(
            address
                .filter(|address| is_sane(*address, socket.ip().is_loopback()))
                .map(|address| Found { socket, address })
                .filter(|found| self.is_news(*found)),
        )
    }

    /// Servers may disagree, behind a NAT with many addresses or because one lies; the other side sends
    /// checks to whatever is found, so a socket has only a few public addresses.
    fn is_news(&mut self, found: Found) -> bool {
        // The other side knows the socket's own address already.
        if found.address == found.socket || self.found.contains(&found) {
            return true;
        }
        let n_known = self
            .found
            .iter()
            .filter(|known| known.socket == found.socket)
            .count();
        let is_news = n_known < limits::MAX_PUBLIC_ADDRESSES;
        if is_news {
            self.found.push(found);
        }
        is_news
    }

    /// Forgets what was found, since the network may have changed.
    pub fn restart(&mut self) {
        self.found.clear();
    }
}

/// A binding request without attributes.
fn binding_request(id: TransactionId) -> Vec<u8> {
    let kind = MessageType::from_class_method(MessageClass::Request, BINDING);
    Message::builder(kind, id, MessageWriteVec::with_capacity(20)).finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// That of RFC 5769.
    const ID: [u8; 12] = [
        0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae,
    ];

    fn id() -> TransactionId {
        let mut bytes = [0; 16];
        bytes[4..].copy_from_slice(&ID);
        u128::from_be_bytes(bytes).into()
    }

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    fn asked(now: Instant) -> Reflexive {
        let mut reflexive = Reflexive::default();
        reflexive.ask(
            address("10.0.0.5:4000"),
            address("192.0.2.7:3478"),
            id(),
            now,
        );
        reflexive
    }

    fn response(attributes: &[u8]) -> Vec<u8> {
        let mut bytes = vec![1, 1, 0, u8::try_from(attributes.len()).expect("short")];
        bytes.extend_from_slice(&[0x21, 0x12, 0xa4, 0x42]);
        bytes.extend_from_slice(&ID);
        bytes.extend_from_slice(attributes);
        bytes
    }

    /// The response that says so.
    fn seen_from(port: [u8; 2], ip: [u8; 4]) -> Vec<u8> {
        let cookie = [0x21, 0x12, 0x21, 0x12, 0xa4, 0x42];
        let masked = port.iter().chain(&ip).zip(cookie);
        let mut attribute = vec![0, 0x20, 0, 8, 0, 1];
        attribute.extend(masked.map(|(byte, mask)| byte ^ mask));
        response(&attribute)
    }

    fn answered(datagram: &[u8]) -> Option<Option<Found>> {
        let mut reflexive = asked(Instant::now());
        reflexive.answer(
            address("10.0.0.5:4000"),
            address("192.0.2.7:3478"),
            datagram,
        )
    }

    #[test]
    fn a_silent_stun_server_is_asked_six_times() {
        let start = Instant::now();
        let mut reflexive = asked(start);
        let mut asked_at = Vec::new();

        while let Some(due) = reflexive.next_due() {
            if reflexive.poll(due).is_some() {
                asked_at.push((due - start).as_millis());
            }
        }

        assert_eq!(asked_at, [0, 200, 600, 1_400, 3_000, 6_200]);
    }

    #[test]
    fn a_stun_answer_gives_the_public_address() {
        let mut reflexive = asked(Instant::now());

        let found = reflexive.answer(
            address("10.0.0.5:4000"),
            address("192.0.2.7:3478"),
            &seen_from([0x30, 0x39], [203, 0, 113, 9]),
        );

        assert_eq!(
            found,
            Some(Some(Found {
                socket: address("10.0.0.5:4000"),
                address: address("203.0.113.9:12345"),
            }))
        );
        assert_eq!(reflexive.next_due(), None);
    }

    #[test]
    fn an_answer_from_another_address_is_ignored() {
        let mut reflexive = asked(Instant::now());

        let found = reflexive.answer(
            address("10.0.0.5:4000"),
            address("198.51.100.1:3478"),
            &seen_from([0x30, 0x39], [203, 0, 113, 9]),
        );

        assert_eq!(found, None);
        assert!(reflexive.next_due().is_some());
    }

    #[test]
    fn our_own_address_does_not_count_against_the_limit() {
        let (socket, now) = (address("10.0.0.5:4000"), Instant::now());
        let mut reflexive = Reflexive::default();
        let found: Vec<_> = (1..=3)
            .map(|n| {
                let server = address(&format!("192.0.2.{n}:3478"));
                reflexive.ask(socket, server, id(), now);
                let answer = match n {
                    1 => seen_from([0x0f, 0xa0], [10, 0, 0, 5]),
                    _ => seen_from([0x30, n], [203, 0, 113, 9]),
                };
                reflexive.answer(socket, server, &answer).flatten()
            })
            .collect();

        let own = Found {
            socket,
            address: socket,
        };
        assert_eq!(found[0], Some(own));
        assert!(found.iter().all(Option::is_some), "{found:?}");
    }

    #[test]
    fn a_socket_has_two_public_addresses_at_most() {
        let now = Instant::now();
        let (socket, mut reflexive) = (address("10.0.0.5:4000"), Reflexive::default());
        let found: Vec<bool> = (1..=6)
            .map(|n| {
                let server = address(&format!("192.0.2.{n}:3478"));
                reflexive.ask(socket, server, id(), now);
                let answer = seen_from([0x30, n], [203, 0, 113, 9]);
                reflexive
                    .answer(socket, server, &answer)
                    .flatten()
                    .is_some()
            })
            .collect();

        assert_eq!(found, [true, true, false, false, false, false]);
        reflexive.restart();
        reflexive.ask(socket, address("192.0.2.9:3478"), id(), now);
        let answer = seen_from([0x30, 9], [203, 0, 113, 9]);
        let again = reflexive.answer(socket, address("192.0.2.9:3478"), &answer);
        assert!(again.flatten().is_some());
    }

    #[test]
    fn an_impossible_public_address_is_ignored() {
        for ip in [[0, 0, 0, 0], [127, 0, 0, 1], [224, 0, 0, 1], [255; 4]] {
            assert_eq!(answered(&seen_from([0x30, 0x39], ip)), Some(None), "{ip:?}");
        }
    }

    // RFC 5769 §2.2 and §2.3 without the attributes that are not read here.
    #[test]
    fn the_rfc_5769_sample_responses_are_parsed() {
        let v4 = response(&[
            0x80, 0x22, 0, 0x0b, b't', b'e', b's', b't', b' ', b'v', b'e', b'c', b't', b'o', b'r',
            b' ', 0, 0x20, 0, 8, 0, 1, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43,
        ]);
        let v6 = response(&[
            0, 0x20, 0, 0x14, 0, 2, 0xa1, 0x47, 0x01, 0x13, 0xa9, 0xfa, 0xa5, 0xd3, 0xf1, 0x79,
            0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2, 0xb9, 0xd9,
        ]);
        let seen = |response: &[u8]| answered(response).flatten().map(|found| found.address);

        assert_eq!(seen(&v4), "192.0.2.1:32853".parse().ok());
        assert_eq!(
            seen(&v6),
            "[2001:db8:1234:5678:11:2233:4455:6677]:32853".parse().ok()
        );
    }

    #[test]
    fn a_stun_request_is_not_taken_for_an_answer() {
        let request = binding_request(id());

        assert_eq!(request[..4], [0, 1, 0, 0]);
        assert_eq!(request[8..], ID);
        assert_eq!(answered(&request), None);
    }

    proptest! {
        #[test]
        fn no_datagram_causes_a_panic(attributes in proptest::collection::vec(any::<u8>(), 0..64)) {
            answered(&response(&attributes));
            answered(&attributes);
        }
    }

    #[test]
    fn a_server_of_the_other_address_family_is_not_asked() {
        let now = Instant::now();
        let mut reflexive = Reflexive::default();
        reflexive.ask(
            address("10.0.0.5:4000"),
            address("[2001:db8::1]:3478"),
            id(),
            now,
        );
        reflexive.ask(
            address("127.0.0.1:4000"),
            address("192.0.2.7:3478"),
            id(),
            now,
        );

        assert_eq!(reflexive.poll(now), None);
    }
}
