//! Limits on connections: how many in total and per client, and how slow they may be.

use std::time::Duration;

/// The limits of a cloud's listeners, all together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Who may hold how many connections.
    pub places: Places,
    /// TLS handshakes being computed at the same time; waiting for the other end is not computing.
    pub handshakes: usize,
    /// A TLS handshake takes no longer than this, waiting included.
    pub handshake: Duration,
    /// From the end of one request, or the start, to the end of the next one's headers.
    pub headers: Duration,
    /// How long somebody may not take what was sent to them.
    pub stalled_write: Duration,
    /// From the end of an HTTP/2 connection for new requests to the end of its last answer.
    pub last_answers: Duration,
}

/// Who may hold how many connections at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    /// All, links and calls included.
    pub all: usize,
    /// Those that nobody signed in has used; the rest is for the signed-in, links and calls.
    pub strangers: usize,
    /// Those of one client but for calls and links of its recorders; trusted proxies are not counted.
    pub per_client: usize,
    /// The same of one network: /24 of IPv4, /48 of IPv6.
    pub per_network: usize,
    /// Those that one account is signed in on.
    pub per_account: usize,
    /// Links of one account's recorders that are never evicted.
    pub links_per_account: usize,
}

impl Places {
    /// These, or less where the system lets this process open less.
    pub(crate) fn within(self, connections: usize) -> Places {
        let all = self.all.min(connections).max(1);
        // Shares of what there is: on a small machine one client must not hold most places, either.
        let part = |of: usize| (all / of).max(1);
        Places {
            all,
            strangers: self.strangers.min(all - all / 4),
            per_client: self.per_client.min(part(8)),
            per_network: self.per_network.min(part(4)),
            per_account: self.per_account.min(part(8)),
            links_per_account: self.links_per_account.min(part(4)),
        }
    }
}

impl Default for ConnectionLimits {
    fn default() -> ConnectionLimits {
        ConnectionLimits {
            places: Places {
                // Room for 100,000 links and those who watch them, in one process.
                all: 131_072,
                // Three quarters; strangers cannot take the rest.
                strangers: 98_304,
                per_client: 512,
                per_network: 2_048,
                per_account: 64,
                links_per_account: 1_000,
            },
            handshakes: 64,
            handshake: Duration::from_secs(10),
            // Against Slowloris: a head that trickles in must not hold a place for long.
            headers: Duration::from_secs(20),
            stalled_write: Duration::from_secs(30),
            last_answers: Duration::from_secs(120),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connection_limits_scale_down_to_a_small_process() {
        let small = ConnectionLimits::default().places.within(700);

        assert_eq!((small.all, small.strangers), (700, 525));
        assert_eq!((small.per_client, small.per_network), (87, 175));
        let large = ConnectionLimits::default().places;
        assert_eq!(large.within(usize::MAX), large);
    }
}
