//! Finds the addresses that the outside sees our sockets at: asks every STUN server from every
//! socket of its family, again with growing waits, and believes only answers to what was asked.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::stun::{self, TransactionId};

/// Waits between tries; after the last one a server counts as silent.
const WAITS: [Duration; 6] = [
    Duration::from_millis(200),
    Duration::from_millis(400),
    Duration::from_millis(800),
    Duration::from_millis(1_600),
    Duration::from_millis(3_200),
    Duration::from_millis(3_200),
];

/// A request to send.
#[derive(Debug, PartialEq, Eq)]
pub struct Ask {
    /// Local address of the socket.
    pub socket: SocketAddr,
    /// The STUN server.
    pub server: SocketAddr,
    /// The datagram.
    pub request: [u8; 20],
}

/// A public address of one of our sockets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Local address of the socket.
    pub socket: SocketAddr,
    /// What the server saw.
    pub address: SocketAddr,
}

/// All open questions.
#[derive(Debug, Default)]
pub struct Reflexive {
    open: Vec<Question>,
}

#[derive(Debug)]
struct Question {
    socket: SocketAddr,
    server: SocketAddr,
    id: TransactionId,
    n_asked: usize,
    due: Instant,
}

impl Reflexive {
    /// Starts to ask `server` from `socket`, unless they cannot reach each other anyway.
    pub fn ask(&mut self, socket: SocketAddr, server: SocketAddr, id: TransactionId, now: Instant) {
        let can_reach = socket.is_ipv4() == server.is_ipv4()
            && socket.ip().is_loopback() == server.ip().is_loopback();
        if can_reach {
            self.open.push(Question {
                socket,
                server,
                id,
                n_asked: 0,
                due: now,
            });
        }
    }

    /// The next request that is due.
    pub fn poll(&mut self, now: Instant) -> Option<Ask> {
        self.open
            .retain(|question| question.n_asked < WAITS.len() || question.due > now);
        let question = self.open.iter_mut().find(|question| question.due <= now)?;
        question.due = now + WAITS[question.n_asked];
        question.n_asked += 1;
        Some(Ask {
            socket: question.socket,
            server: question.server,
            request: stun::binding_request(question.id),
        })
    }

    /// When [`Reflexive::poll`] has something to do.
    pub fn next_due(&self) -> Option<Instant> {
        self.open.iter().map(|question| question.due).min()
    }

    /// Whether a datagram answers a question, and with which address.
    /// `Some(None)`: it does, with nothing of use.
    pub fn answer(
        &mut self,
        socket: SocketAddr,
        from: SocketAddr,
        datagram: &[u8],
    ) -> Option<Option<Found>> {
        let id = stun::answered_id(datagram)?;
        let position = self.open.iter().position(|question| {
            question.id == id && question.socket == socket && question.server == from
        })?;
        self.open.swap_remove(position);
        let address = stun::mapped_address(datagram);
        Some(
            address
                .filter(|address| *address != socket)
                .map(|address| Found { socket, address }),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: TransactionId = [9; 12];

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    fn asked(now: Instant) -> Reflexive {
        let mut reflexive = Reflexive::default();
        reflexive.ask(address("10.0.0.5:4000"), address("192.0.2.7:3478"), ID, now);
        reflexive
    }

    fn response(mapped: [u8; 6]) -> Vec<u8> {
        let mut bytes = stun::binding_request(ID).to_vec();
        bytes[0] = 1;
        bytes[1] = 1;
        bytes.extend_from_slice(&[0, 0x20, 0, 8, 0, 1]);
        let cookie = [0x21, 0x12, 0x21, 0x12, 0xa4, 0x42];
        bytes.extend(mapped.iter().zip(cookie).map(|(byte, mask)| byte ^ mask));
        bytes
    }

    #[test]
    fn a_silent_server_is_asked_six_times() {
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
    fn an_answer_names_the_public_address() {
        let mut reflexive = asked(Instant::now());

        let found = reflexive.answer(
            address("10.0.0.5:4000"),
            address("192.0.2.7:3478"),
            &response([0x30, 0x39, 203, 0, 113, 9]),
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
    fn an_answer_from_somebody_else_is_not_believed() {
        let mut reflexive = asked(Instant::now());

        let found = reflexive.answer(
            address("10.0.0.5:4000"),
            address("198.51.100.1:3478"),
            &response([0x30, 0x39, 203, 0, 113, 9]),
        );

        assert_eq!(found, None);
        assert!(reflexive.next_due().is_some());
    }

    #[test]
    fn our_own_address_is_nothing_new() {
        let mut reflexive = asked(Instant::now());

        let found = reflexive.answer(
            address("10.0.0.5:4000"),
            address("192.0.2.7:3478"),
            &response([0x0f, 0xa0, 10, 0, 0, 5]),
        );

        assert_eq!(found, Some(None));
    }

    #[test]
    fn a_server_of_the_other_family_is_not_asked() {
        let now = Instant::now();
        let mut reflexive = Reflexive::default();
        reflexive.ask(
            address("10.0.0.5:4000"),
            address("[2001:db8::1]:3478"),
            ID,
            now,
        );
        reflexive.ask(
            address("127.0.0.1:4000"),
            address("192.0.2.7:3478"),
            ID,
            now,
        );

        assert_eq!(reflexive.poll(now), None);
    }
}
