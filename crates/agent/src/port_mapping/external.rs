//! Checks the answers of routers: whether the external address is possible, and whether the router's clock
//! shows that it has lost its mappings.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use proto::addresses::is_shared;

/// What an external address is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExternalAddress {
    /// The internet may reach it.
    Public,
    /// Another router is in front of this one, or the provider shares one address among customers.
    BehindAnotherNat,
    /// No router can receive there.
    Nonsense,
}

/// Judges the external address of a mapping. Loopback addresses are for tests.
pub fn judge(external: SocketAddr, is_loopback_allowed: bool) -> ExternalAddress {
    let ip = external.ip().to_canonical();
    if external.port() == 0 || ip.is_unspecified() || ip.is_multicast() {
        return ExternalAddress::Nonsense;
    }
    match ip {
        _ if ip.is_loopback() && is_loopback_allowed => ExternalAddress::Public,
        _ if ip.is_loopback() => ExternalAddress::Nonsense,
        IpAddr::V4(v4) if v4.is_broadcast() || v4.octets()[0] == 0 || v4.octets()[0] >= 240 => {
            ExternalAddress::Nonsense
        }
        _ if is_behind_nat(ip) => ExternalAddress::BehindAnotherNat,
        _ => ExternalAddress::Public,
    }
}

/// Whether the internet cannot reach an address: it belongs to a site, a link, or to the customers
/// of one provider.
pub fn is_behind_nat(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(v4) => v4.is_private() || v4.is_link_local() || is_shared(v4),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// The clock of a router, which starts again when it forgets its mappings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouterEpoch {
    /// Its seconds since then.
    pub seconds: u32,
    /// Our time when it said so.
    pub at: Duration,
}

impl RouterEpoch {
    /// Whether a later answer shows that the router has lost its mappings in between.
    // RFC 6886 §3.6: its clock may be slower than ours by an eighth and two seconds.
    pub fn is_lost(self, later: RouterEpoch) -> bool {
        let elapsed = later.at.saturating_sub(self.at).as_secs();
        let least = u64::from(self.seconds) + elapsed - elapsed / 8;
        u64::from(later.seconds) + 2 < least
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> ExternalAddress {
        judge(text.parse().expect("an address"), false)
    }

    #[test]
    fn only_addresses_that_the_internet_reaches_are_public() {
        for text in ["203.0.113.9:4000", "8.8.8.8:1", "[2001:db8::1]:4000"] {
            assert_eq!(judged(text), ExternalAddress::Public, "{text}");
        }
        for text in [
            "192.168.1.2:4000",
            "10.0.0.1:4000",
            "172.31.0.1:4000",
            "100.64.0.1:4000",
            "100.127.255.254:4000",
            "169.254.0.1:4000",
            "[::ffff:192.168.1.2]:4000",
            "[fd00::1]:4000",
        ] {
            assert_eq!(judged(text), ExternalAddress::BehindAnotherNat, "{text}");
        }
    }

    #[test]
    fn an_impossible_external_address_is_nonsense() {
        for text in [
            "0.0.0.0:4000",
            "203.0.113.9:0",
            "127.0.0.1:4000",
            "224.0.0.1:4000",
            "255.255.255.255:4000",
            "240.0.0.1:4000",
            "0.1.2.3:4000",
            "[::]:4000",
            "[::ffff:0.0.0.0]:4000",
        ] {
            assert_eq!(judged(text), ExternalAddress::Nonsense, "{text}");
        }
        let loopback = "127.0.0.1:4000".parse().expect("an address");
        assert_eq!(judge(loopback, true), ExternalAddress::Public);
    }

    #[test]
    fn a_router_whose_clock_went_back_has_restarted() {
        let at = |seconds, at| RouterEpoch {
            seconds,
            at: Duration::from_secs(at),
        };
        let before = at(1_000, 100);

        assert!(!before.is_lost(at(1_060, 160)));
        assert!(!before.is_lost(at(1_052, 160)), "a slow clock");
        assert!(!before.is_lost(at(1_000, 100)));
        assert!(before.is_lost(at(10, 160)));
        assert!(before.is_lost(at(1_000, 160)), "it stands still");
        assert!(!at(u32::MAX, 0).is_lost(at(u32::MAX, 1)));
    }
}
