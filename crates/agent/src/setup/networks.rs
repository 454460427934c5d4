//! Restricts the set-up page to devices in the networks of this machine that use an IP address of this
//! machine. Pure: the networks are arguments.

use std::net::{IpAddr, SocketAddr};

/// A network that this machine is connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OwnNetwork {
    /// This machine's address in it.
    pub(super) address: IpAddr,
    /// How many bits all of its addresses share.
    pub(super) prefix: u8,
}

/// Networks wider than this are no networks of a site: a tunnel may claim the whole internet.
const LEAST_PREFIX: (u8, u8) = (8, 32);

impl OwnNetwork {
    /// Whether an address is in it.
    fn contains(&self, other: IpAddr) -> bool {
        match (self.address, other) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                self.prefix >= LEAST_PREFIX.0
                    && same_bits(
                        u32::from(own).into(),
                        u32::from(other).into(),
                        32,
                        self.prefix,
                    )
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                self.prefix >= LEAST_PREFIX.1
                    && same_bits(own.into(), other.into(), 128, self.prefix)
            }
            _ => false,
        }
    }
}

fn same_bits(own: u128, other: u128, bits: u8, prefix: u8) -> bool {
    let host_bits = u32::from(bits.saturating_sub(prefix));
    // A shift by all bits is no shift in Rust.
    own.checked_shr(host_bits).unwrap_or(0) == other.checked_shr(host_bits).unwrap_or(0)
}

/// Whether a client is on this machine or in one of its networks. What comes through a router is not.
pub(super) fn is_near(client: IpAddr, networks: &[OwnNetwork]) -> bool {
    let client = client.to_canonical();
    client.is_loopback() || networks.iter().any(|network| network.contains(client))
}

/// Whether a `Host` header names this machine by its own address. A page of a stranger whose name has been
/// changed to this machine's address (DNS rebinding) has a name there.
pub(super) fn is_own_host(host: &str, networks: &[OwnNetwork]) -> bool {
    if host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().starts_with("localhost:")
    {
        return true;
    }
    let with_port = host.parse::<SocketAddr>().map(|at| at.ip());
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let Ok(address) = with_port.or_else(|_| bare.parse::<IpAddr>()) else {
        return false;
    };
    address.is_loopback() || networks.iter().any(|network| network.address == address)
}

/// Whether a form was sent from a page of this address. Every browser names the origin of a form; one that does not
/// say it must at least say that it is this one.
pub(super) fn is_own_origin(origin: Option<&str>, fetch_site: Option<&str>, host: &str) -> bool {
    match origin {
        Some(origin) => origin
            .strip_prefix("http://")
            .is_some_and(|from| from.eq_ignore_ascii_case(host)),
        None => fetch_site == Some("same-origin"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks() -> Vec<OwnNetwork> {
        [
            ("192.168.1.5", 24),
            ("10.8.0.2", 32),
            ("2001:db8:1::5", 64),
            ("203.0.113.9", 0),
        ]
        .map(|(address, prefix)| OwnNetwork {
            address: address.parse().expect("an address"),
            prefix,
        })
        .to_vec()
    }

    #[test]
    fn only_clients_of_connected_networks_are_near() {
        for (client, expected) in [
            ("127.0.0.1", true),
            ("127.9.9.9", true),
            ("::1", true),
            ("192.168.1.77", true),
            ("::ffff:192.168.1.77", true),
            ("192.168.2.77", false),
            ("10.8.0.2", true),
            ("10.8.0.3", false),
            ("2001:db8:1::77", true),
            ("2001:db8:2::77", false),
            ("203.0.113.10", false),
            ("8.8.8.8", false),
            ("::", false),
        ] {
            let client = client.parse().expect("an address");
            assert_eq!(is_near(client, &networks()), expected, "{client}");
        }
    }

    #[test]
    fn a_rebound_name_is_not_this_machine() {
        for (host, expected) in [
            ("192.168.1.5", true),
            ("192.168.1.5:8790", true),
            ("[2001:db8:1::5]:8790", true),
            ("[2001:db8:1::5]", true),
            ("localhost:8790", true),
            ("LOCALHOST", true),
            ("127.0.0.1:8790", true),
            ("[::1]:8790", true),
            ("192.168.1.6:8790", false),
            ("attacker.example", false),
            ("192.168.1.5.attacker.example:8790", false),
            ("localhost.attacker.example", false),
            ("", false),
        ] {
            assert_eq!(is_own_host(host, &networks()), expected, "{host}");
        }
    }

    #[test]
    fn asvs_3_5_1_forms_come_from_the_page_itself() {
        let host = "192.168.1.5:8790";
        for (origin, site, expected) in [
            (Some("http://192.168.1.5:8790"), None, true),
            (Some("http://192.168.1.5"), None, false),
            (Some("https://192.168.1.5:8790"), None, false),
            (Some("http://attacker.example"), Some("same-origin"), false),
            (Some("null"), None, false),
            (None, Some("same-origin"), true),
            (None, Some("cross-site"), false),
            (None, Some("none"), false),
            (None, None, false),
        ] {
            assert_eq!(is_own_origin(origin, site, host), expected, "{origin:?}");
        }
    }
}
