//! Which remote candidates are accepted, and which kind of path a connection uses.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use str0m::{Candidate, CandidateKind};

use crate::limits;

/// A candidate that could not be parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the candidate could not be read")]
pub struct BadCandidate;

/// The remote candidates of one ICE generation.
#[derive(Debug, Default)]
pub struct RemoteCandidates {
    is_loopback_allowed: bool,
    kinds: BTreeMap<SocketAddr, CandidateKind>,
    n_taken: usize,
}

impl RemoteCandidates {
    /// None yet. Loopback addresses are for demos and tests.
    pub fn new(is_loopback_allowed: bool) -> RemoteCandidates {
        RemoteCandidates {
            is_loopback_allowed,
            ..RemoteCandidates::default()
        }
    }

    /// Reads a candidate line. `Ok(None)`: valid but not usable here, such as a browser's `.local`
    /// name (its first check reveals its address), TCP, or one over the limit.
    pub fn take(&mut self, line: &str) -> Result<Option<Candidate>, BadCandidate> {
        let Some(candidate) = read(line)? else {
            return Ok(None);
        };
        let is_new = !self.kinds.contains_key(&candidate.addr());
        let is_taken = is_new
            && self.n_taken < limits::MAX_REMOTE_CANDIDATES
            && is_sane(candidate.addr(), self.is_loopback_allowed);
        if !is_taken {
            return Ok(None);
        }
        self.n_taken += 1;
        self.kinds.insert(candidate.addr(), candidate.kind());
        Ok(Some(candidate))
    }

    /// Starts a new ICE generation, in which the same addresses may be named again.
    pub fn restart(&mut self) {
        self.n_taken = 0;
        self.kinds.clear();
    }

    /// Whether this address of the other side belongs to a relay.
    pub fn is_relay(&self, address: SocketAddr) -> bool {
        self.kinds.get(&address) == Some(&CandidateKind::Relayed)
    }
}

/// Whether a candidate line can be read at all.
pub fn check(line: &str) -> Result<(), BadCandidate> {
    read(line).map(|_| ())
}

fn read(line: &str) -> Result<Option<Candidate>, BadCandidate> {
    if line.len() > limits::MAX_CANDIDATE_BYTES {
        return Err(BadCandidate);
    }
    let line = line.trim();
    let line = line.strip_prefix("a=").unwrap_or(line);
    let fields: Vec<&str> = line.split_ascii_whitespace().collect();
    let [foundation, component, protocol, _, address, port, "typ", ..] = fields.as_slice() else {
        return Err(BadCandidate);
    };
    let is_candidate = foundation.starts_with("candidate:")
        && component.parse::<u8>().is_ok()
        && port.parse::<u16>().is_ok();
    if !is_candidate {
        return Err(BadCandidate);
    }
    // RTCP shares the port (RFC 5761), so component 2 is never used.
    if !protocol.eq_ignore_ascii_case("udp") || address.ends_with(".local") || *component != "1" {
        return Ok(None);
    }
    Candidate::from_sdp_string(line)
        .map(Some)
        .map_err(|_| BadCandidate)
}

/// Whether packets may be sent to an address that somebody else has named.
pub(crate) fn is_sane(address: SocketAddr, is_loopback_allowed: bool) -> bool {
    let ip = address.ip().to_canonical();
    // Checks go wherever the other side says, so not everything is accepted.
    let is_broadcast = matches!(ip, IpAddr::V4(v4) if v4.is_broadcast() || v4.octets()[0] == 0);
    address.port() != 0
        && !ip.is_unspecified()
        && !ip.is_multicast()
        && !is_broadcast
        && (is_loopback_allowed || !ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(address: &str, kind: &str) -> String {
        format!("candidate:1 1 udp 2113937151 {address} 4000 typ {kind}")
    }

    #[test]
    fn candidates_of_browsers_are_read() {
        let mut remote = RemoteCandidates::new(false);
        for text in [
            "candidate:842163049 1 udp 1677729535 203.0.113.4 46154 typ srflx raddr 0.0.0.0 rport 0 generation 0 ufrag EEtu network-cost 999",
            "candidate:0 1 UDP 2122252543 192.168.1.7 54321 typ host",
            "a=candidate:3 1 udp 8 2001:db8::7 5000 typ relay raddr :: rport 0",
        ] {
            assert!(remote.take(text).expect(text).is_some(), "{text}");
        }
        assert!(remote.is_relay("[2001:db8::7]:5000".parse().expect("an address")));
        assert!(!remote.is_relay("203.0.113.4:46154".parse().expect("an address")));
    }

    #[test]
    fn unusable_candidates_are_ignored() {
        let mut remote = RemoteCandidates::new(false);
        for text in [
            "candidate:1 1 udp 2113937151 4f0fb5b4-5f1b-4b4e-8d5e-1f2a3b4c5d6e.local 54400 typ host",
            "candidate:1 1 tcp 1518280447 192.0.2.9 9 typ host tcptype active",
            "candidate:1 2 udp 1 192.0.2.9 4000 typ host",
            &line("127.0.0.1", "host"),
            &line("0.0.0.0", "host"),
            &line("224.0.0.1", "host"),
            &line("255.255.255.255", "host"),
            "candidate:1 1 udp 1 192.0.2.9 0 typ host",
        ] {
            assert_eq!(
                remote.take(text).map(|taken| taken.is_some()),
                Ok(false),
                "{text}"
            );
        }
    }

    #[test]
    fn malformed_candidates_are_refused() {
        let mut remote = RemoteCandidates::new(true);
        for text in [
            "",
            "candidate:",
            "candidate:1 1 udp x 192.0.2.9 4000 typ host",
            "candidate:1 1 udp 1 192.0.2 4000 typ host",
            "candidate:1 1 udp 1 192.0.2.9 70000 typ host",
            "candidate:1 1 udp 1 192.0.2.9 4000 typ",
            "v=0",
            &"candidate:1 ".repeat(100),
        ] {
            assert_eq!(remote.take(text), Err(BadCandidate), "{text}");
        }
    }

    #[test]
    fn the_twenty_first_candidate_is_ignored() {
        let mut remote = RemoteCandidates::new(false);
        let n_taken = (1..=40)
            .filter(|n| {
                let text = line(&format!("192.0.2.{n}"), "host");
                remote.take(&text).expect("readable").is_some()
            })
            .count();

        assert_eq!(n_taken, limits::MAX_REMOTE_CANDIDATES);
        remote.restart();
        assert!(
            remote
                .take(&line("192.0.2.1", "host"))
                .expect("readable")
                .is_some()
        );
    }

    proptest! {
        #[test]
        fn no_candidate_line_causes_a_panic(text in "(candidate:)?[ -~]{0,80}") {
            let _ = RemoteCandidates::new(true).take(&text);
        }
    }
}
