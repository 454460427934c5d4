//! DTLS datagrams that are here before our own check of their path was answered. The other side begins with DTLS
//! as soon as its check was, and str0m refuses datagrams of a path that is not checked; but DTLS repeats a
//! lost flight only after a second (RFC 9147 §5.8.2). They are held until the path works.

use std::net::SocketAddr;

use crate::limits;

/// One datagram and its way.
pub(super) struct EarlyDatagram {
    pub(super) local: SocketAddr,
    pub(super) remote: SocketAddr,
    pub(super) bytes: Vec<u8>,
}

/// The held datagrams, oldest first. Anybody may send some, so they are few, and checked like all others later.
#[derive(Default)]
pub(super) struct EarlyDtls(Vec<EarlyDatagram>);

impl EarlyDtls {
    /// Holds a datagram if it is one of DTLS; returns how many are lost for it.
    pub(super) fn hold(&mut self, local: SocketAddr, remote: SocketAddr, bytes: &[u8]) -> u64 {
        // RFC 7983 §7.
        let is_dtls = matches!(bytes.first(), Some(20..=63));
        if !is_dtls || bytes.len() > limits::MAX_EARLY_DATAGRAM_BYTES {
            return 1;
        }
        let is_full = self.0.len() >= limits::MAX_EARLY_DATAGRAMS;
        if is_full {
            self.0.remove(0);
        }
        let bytes = bytes.to_vec();
        self.0.push(EarlyDatagram {
            local,
            remote,
            bytes,
        });
        u64::from(is_full)
    }

    /// Takes all of them out.
    pub(super) fn take(&mut self) -> Vec<EarlyDatagram> {
        std::mem::take(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::driver::{ConnectionPhase, EndpointDriver, clock};
    use super::super::setup;
    use super::*;

    #[test]
    fn the_newest_early_datagrams_of_dtls_are_held() {
        let [local, remote] = [1, 2].map(|port| SocketAddr::from(([192, 0, 2, 1], port)));
        let mut early = EarlyDtls::default();

        assert_eq!(early.hold(local, remote, &[0; 20]), 1, "STUN");
        assert_eq!(early.hold(local, remote, &[128; 20]), 1, "RTP");
        assert_eq!(early.hold(local, remote, &[]), 1);
        assert_eq!(early.hold(local, remote, &[22; 10_000]), 1, "too long");
        let n_lost: u64 = (0..20).map(|n| early.hold(local, remote, &[22, n])).sum();

        let held: Vec<u8> = early.take().iter().map(|it| it.bytes[1]).collect();
        assert_eq!(held, [12, 13, 14, 15, 16, 17, 18, 19]);
        assert_eq!(n_lost, 12);
        assert!(early.take().is_empty());
    }

    type Sent = (SocketAddr, SocketAddr, Vec<u8>);

    /// Brings one end up to now; gives what it sends.
    fn act(end: &mut EndpointDriver) -> Vec<Sent> {
        end.drain(clock()).expect("it goes on");
        end.check_now(clock()).expect("it goes on");
        let mut sent = Vec::new();
        while let Some(batch) = end.egress.batch(1) {
            let contents = batch.contents.to_vec();
            sent.push((batch.source, batch.destination, contents));
            let n_packets = batch.n_packets;
            end.egress.sent(n_packets);
        }
        sent
    }

    #[tokio::test(start_paused = true)]
    async fn a_lost_check_does_not_cost_the_first_flight() {
        let mut ends = setup::pair();

        let started = clock();
        let mut is_lost = false;
        while ends.iter().any(|end| end.phase != ConnectionPhase::Up) {
            for from in [0, 1] {
                for (source, destination, bytes) in act(&mut ends[from]) {
                    let is_check = bytes.starts_with(&[0, 1]);
                    // A router lets nothing in before something has gone out to its sender.
                    if from == 1 && is_check && !is_lost {
                        is_lost = true;
                        continue;
                    }
                    let arrived = ends[1 - from].received(destination, source, &bytes);
                    arrived.expect("it goes on");
                }
            }
            tokio::time::advance(Duration::from_millis(1)).await;
            assert!(clock() - started < Duration::from_secs(5), "no connection");
        }

        // The check is repeated after 20 ms; a lost flight of DTLS would be after a second.
        let took = clock() - started;
        assert!(took < Duration::from_millis(50), "{took:?}");
    }
}
