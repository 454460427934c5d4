//! Token buckets: bytes of an allocation, and answers to unproven sources.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;
use std::time::Duration;

use super::limits::{ANSWER_BUCKETS, ANSWERS_NETWORK_FACTOR};

/// A bucket that refills at a steady rate; the caller chooses the unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct TokenBucket {
    per_second: f64,
    capacity: f64,
    tokens: f64,
    filled_at: Duration,
}

impl TokenBucket {
    /// Starts full with `capacity`, at `now`.
    pub(super) fn new(per_second: f64, capacity: f64, now: Duration) -> Self {
        Self {
            per_second,
            capacity,
            tokens: capacity,
            filled_at: now,
        }
    }

    /// Takes `amount` if available.
    pub(super) fn take(&mut self, amount: f64, now: Duration) -> bool {
        self.tokens = self.left(now);
        self.filled_at = self.filled_at.max(now);
        let is_enough = self.tokens >= amount;
        if is_enough {
            self.tokens -= amount;
        }
        is_enough
    }

    pub(super) fn left(&self, now: Duration) -> f64 {
        let passed = now.saturating_sub(self.filled_at).as_secs_f64();
        (self.tokens + passed * self.per_second).min(self.capacity)
    }

    pub(super) fn is_full(&self, now: Duration) -> bool {
        self.left(now) >= self.capacity
    }
}

/// One budget of answers per source address and a larger one per network, in tables of fixed size:
/// forged sources can fill the tables but not make them grow. Two sources with the same (secretly
/// keyed) hash share a budget.
#[derive(Debug)]
pub(super) struct SourceBudget {
    clients: Vec<TokenBucket>,
    networks: Vec<TokenBucket>,
    key: [u8; 16],
}

impl SourceBudget {
    /// Gives each source a burst of `at_once` answers, refilled at `per_second`; `key` is random
    /// and secret.
    pub(super) fn new(per_second: u32, at_once: u32, key: [u8; 16]) -> Self {
        let buckets = |factor: u32| {
            let rate = f64::from(per_second) * f64::from(factor);
            let capacity = f64::from(at_once) * f64::from(factor);
            vec![TokenBucket::new(rate, capacity, Duration::ZERO); ANSWER_BUCKETS]
        };
        Self {
            clients: buckets(1),
            networks: buckets(ANSWERS_NETWORK_FACTOR),
            key,
        }
    }

    /// Takes one answer from the budget of `source`.
    pub(super) fn take(&mut self, source: IpAddr, now: Duration) -> bool {
        let key = self.key;
        let take = |buckets: &mut [TokenBucket], whom: IpAddr| {
            // `DefaultHasher` always starts alike: the key hides which sources share a bucket.
            let mut hash = DefaultHasher::new();
            (key, whom).hash(&mut hash);
            let index = hash.finish() % (buckets.len() as u64);
            let index = usize::try_from(index).expect("an index into the table fits");
            buckets[index].take(1.0, now)
        };
        // The client first: what is over its own share takes nothing from its network.
        take(&mut self.clients, network_of(source))
            && take(&mut self.networks, wide_network_of(source))
    }
}

/// Returns the network of one customer: the IPv4 address, or the /64 of an IPv6 address.
pub(super) fn network_of(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V4(ip) => IpAddr::V4(ip),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

/// Returns a provider's local network: the /24 of an IPv4 address, or the /48 of an IPv6 address.
pub(super) fn wide_network_of(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            IpAddr::from([a, b, c, 0])
        }
        IpAddr::V6(ip) => {
            let [a, b, c, ..] = ip.segments();
            IpAddr::from([a, b, c, 0, 0, 0, 0, 0])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_allows_its_rate_and_no_more() {
        let mut bucket = TokenBucket::new(100.0, 100.0, Duration::ZERO);

        let taken = (0..10_000u64)
            .filter(|&ms| bucket.take(1.0, Duration::from_millis(ms)))
            .count();

        assert!((1_090..=1_100).contains(&taken), "{taken}");
    }

    #[test]
    fn time_that_runs_backwards_adds_no_tokens() {
        let mut bucket = TokenBucket::new(1.0, 1.0, Duration::from_secs(10));
        assert!(bucket.take(1.0, Duration::from_secs(10)));

        assert!(!bucket.take(1.0, Duration::from_secs(5)));
        assert!(!bucket.take(1.0, Duration::from_secs(10)));
        assert!(bucket.take(1.0, Duration::from_secs(11)));
    }

    #[test]
    fn one_network_gets_the_share_of_ten_clients() {
        let mut budget = SourceBudget::new(10, 10, [3; 16]);

        let n_answers = (0..256u32 * 100)
            .filter(|n| budget.take(IpAddr::from([8, 8, 4, (n % 256) as u8]), Duration::ZERO))
            .count();

        assert_eq!(n_answers, 100);
        assert!(budget.take("8.8.5.1".parse().unwrap(), Duration::ZERO));
    }

    #[test]
    fn sources_of_one_ipv6_network_share_a_budget() {
        let mut budget = SourceBudget::new(1, 1, [3; 16]);

        assert!(budget.take("2a00:1:2:3::1".parse().unwrap(), Duration::ZERO));
        assert!(!budget.take("2a00:1:2:3:ffff::9".parse().unwrap(), Duration::ZERO));
        assert!(!budget.take("2a00:1:2:3::1".parse().unwrap(), Duration::from_millis(900)));
        assert!(budget.take("2a00:1:2:3::1".parse().unwrap(), Duration::from_secs(1)));
    }
}
