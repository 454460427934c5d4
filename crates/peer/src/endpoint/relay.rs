//! Relayed addresses of an endpoint: as candidates, as sources and destinations of packets.

use std::net::{IpAddr, SocketAddr};

use proto::addresses::is_local;
use str0m::Candidate;

use super::driver::{EndpointDriver, clock};
use super::event::Ended;
use crate::turn::{RelayChange, RelayReport, RelayTransport};

/// Packets of relays that are read before the resulting ones are sent.
const MAX_REPORTS: usize = 64;
/// Local preference of the first relayed candidate.
const FIRST_PREFERENCE: u32 = 16_383;

impl EndpointDriver {
    /// Takes a report of a relay, and those that wait behind it.
    pub(super) fn relay_reported(&mut self, first: (u32, RelayReport)) -> Result<(), Ended> {
        let mut next = Some(first);
        for _ in 0..MAX_REPORTS {
            let Some(report) = next.take() else {
                return Ok(());
            };
            if let Some((relayed, from, contents)) = self.relays.reported(report, clock()) {
                self.received(relayed, from, &contents)?;
            }
            next = self.relays.try_report();
        }
        match next {
            Some(report) => self
                .relays
                .reported(report, clock())
                .map_or(Ok(()), |packet| {
                    let (relayed, from, contents) = packet;
                    self.received(relayed, from, &contents)
                }),
            None => Ok(()),
        }
    }

    /// Brings the candidates in line with the relays; says whether anything changed.
    pub(super) fn follow_relays(&mut self) -> Result<bool, Ended> {
        let changes = self.relays.advance(clock());
        let has_changed = !changes.is_empty();
        for change in changes {
            match change {
                RelayChange::Gained(address, transport) => {
                    self.add_relayed(address, transport)?;
                    self.presume_beside_relay(address)?;
                }
                RelayChange::Lost(address) => {
                    if let Some(candidate) = self.relayed.remove(&address) {
                        self.rtc.direct_api().invalidate_candidate(&candidate);
                        self.drain(clock())?;
                    }
                }
            }
        }
        Ok(has_changed)
    }

    fn add_relayed(&mut self, address: SocketAddr, transport: RelayTransport) -> Result<(), Ended> {
        let line = relayed_line(address, transport, self.n_relayed);
        self.n_relayed += 1;
        let Ok(candidate) = Candidate::from_sdp_string(&line) else {
            return Ok(());
        };
        let added = self.rtc.add_local_candidate(candidate).cloned();
        self.drain(clock())?;
        match added {
            Some(candidate) => {
                self.relayed.insert(address, candidate.clone());
                self.tell_candidate(candidate)
            }
            None => Ok(()),
        }
    }
}

/// A relayed candidate with a priority that says how its relay is reached: str0m would rank TCP and UDP
/// alike, since the candidate itself is UDP.
fn relayed_line(address: SocketAddr, transport: RelayTransport, n_before: u32) -> String {
    // The type preferences that Chromium uses.
    let kind: u32 = match transport {
        RelayTransport::Udp => 2,
        RelayTransport::Tcp => 1,
        RelayTransport::Tls => 0,
    };
    let local = FIRST_PREFERENCE.saturating_sub(n_before);
    // RFC 8445 §5.1.2.1 with component 1.
    let priority = kind << 24 | local << 8 | 255;
    let unspecified = match address.ip() {
        IpAddr::V4(_) => "0.0.0.0",
        IpAddr::V6(_) => "::",
    };
    let (ip, port) = (address.ip(), address.port());
    // The related address would tell the other side a private one (RFC 8839 §5.1).
    format!(
        "candidate:{}{n_before} 1 udp {priority} {ip} {port} typ relay raddr {unspecified} rport 0",
        kind + 7
    )
}

/// Whether packets to this address stay inside the site.
pub(super) fn is_local_path(destination: SocketAddr, relay: Option<RelayTransport>) -> bool {
    relay.is_none() && is_local(destination.ip())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::candidate::RemoteCandidates;

    #[test]
    fn relays_over_udp_rank_above_tcp_and_tls() {
        let address: SocketAddr = "198.51.100.7:5000".parse().expect("an address");
        let priority = |transport, n_before| {
            let line = relayed_line(address, transport, n_before);
            let candidate = Candidate::from_sdp_string(&line).expect("readable");
            candidate.prio()
        };

        assert!(priority(RelayTransport::Udp, 900) > priority(RelayTransport::Tcp, 0));
        assert!(priority(RelayTransport::Tcp, 900) > priority(RelayTransport::Tls, 0));
        assert!(priority(RelayTransport::Udp, 0) > priority(RelayTransport::Udp, 1));
    }

    #[test]
    fn a_relayed_candidate_is_taken_by_the_other_side() {
        for address in ["198.51.100.7:5000", "[2001:db8::7]:5000"] {
            let address: SocketAddr = address.parse().expect("an address");
            let line = relayed_line(address, RelayTransport::Tls, 3);
            let mut remote = RemoteCandidates::new(false);

            assert!(remote.take(&line).expect("readable").is_some(), "{line}");
            assert!(remote.is_relay(address));
        }
    }

    #[test]
    fn a_path_through_a_relay_is_never_local() {
        let destination: SocketAddr = "192.168.1.5:5000".parse().expect("an address");

        assert!(is_local_path(destination, None));
        assert!(!is_local_path(destination, Some(RelayTransport::Tcp)));
    }
}
