//! Which IP addresses lead nowhere on the internet, or at each site to another machine.

use std::net::{IpAddr, Ipv4Addr};

/// Whether an address is inside a site: of one machine, one link or one private network.
pub fn is_local(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// Whether an address is between a provider and its customers, where VPNs have theirs, too (RFC 6598).
pub fn is_shared(v4: Ipv4Addr) -> bool {
    matches!(v4.octets(), [100, 64..=127, ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_addresses_are_told_from_public_ones() {
        for (address, expected) in [
            ("127.0.0.1", true),
            ("192.168.1.4", true),
            ("172.17.0.1", true),
            ("169.254.3.4", true),
            ("::ffff:10.0.0.1", true),
            ("fd12::4", true),
            ("fe80::4", true),
            ("::1", true),
            ("5.9.0.1", false),
            ("172.32.0.1", false),
            ("100.64.0.1", false),
            ("2a00:5::1", false),
        ] {
            assert_eq!(is_local(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn only_one_network_is_shared_by_customers() {
        for (address, expected) in [
            ("100.63.255.255", false),
            ("100.64.0.0", true),
            ("100.127.255.255", true),
            ("100.128.0.0", false),
        ] {
            assert_eq!(is_shared(address.parse().unwrap()), expected, "{address}");
        }
    }
}
