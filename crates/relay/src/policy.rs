//! Which addresses the relay may send to: the pure rules of a closed relay.
//!
//! An address is first unwrapped (IPv4 inside IPv6), then checked against the IANA special-purpose
//! registries, and only then compared with the addresses that the other party announced. The
//! relay's own machine is never a peer, whatever was announced, because firewalls trust its traffic
//! to itself.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ipnet::IpNet;

/// The scope of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Routable on the internet.
    Global,
    /// RFC 1918 or unique local (RFC 4193).
    Private,
    /// Loopback addresses: the machine itself.
    Loopback,
    /// Link-local addresses, which routers do not forward.
    LinkLocal,
    /// Addresses that no peer can have: multicast, reserved, documentation, wrapped private …
    Never,
}

/// Why a peer address is refused (403).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerRefusal {
    /// Not globally routable, and the LAN-only setting does not allow it either.
    NotRoutable,
    /// One of the relay's own listening addresses.
    OwnListener,
    /// The other party of the call has not announced this address.
    NotOfThisCall,
}

/// What an accepted peer address may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permit {
    /// Packets may go to this address.
    Announced,
    /// An address of the relay's machine: only allocations of the other party may be reached.
    OwnRelay,
}

/// The relay's rules for peers.
#[derive(Clone, Debug)]
pub struct PeerPolicy {
    /// LAN-only setting: private, loopback and link-local peers are allowed.
    pub allow_private: bool,
    /// Addresses of the relay's machine, and the public addresses of the relay.
    pub own: Vec<IpNet>,
    /// For the demo, where everything runs on one machine: parties may be on it too.
    pub are_parties_here: bool,
    /// The port on which the relay listens for clients.
    pub listen_port: u16,
}

impl PeerPolicy {
    /// Checks a peer; `is_announced` returns whether the other party announced this address.
    ///
    /// # Errors
    /// The reason for a 403.
    pub fn check(&self, peer: SocketAddr, is_announced: bool) -> Result<Permit, PeerRefusal> {
        let ip = peer.ip().to_canonical();
        let is_reachable = match reach(ip) {
            Reach::Global => true,
            Reach::Private | Reach::Loopback | Reach::LinkLocal => self.allow_private,
            Reach::Never => false,
        };
        if !is_reachable {
            return Err(PeerRefusal::NotRoutable);
        }
        if self.is_own_listener(peer) {
            return Err(PeerRefusal::OwnListener);
        }
        let is_own = self.is_own(ip);
        if is_announced && (!is_own || self.are_parties_here) {
            return Ok(Permit::Announced);
        }
        if is_own {
            return Ok(Permit::OwnRelay);
        }
        Err(PeerRefusal::NotOfThisCall)
    }

    /// Says whether `ip` is an address of the relay's machine, in any notation.
    pub fn is_own(&self, ip: IpAddr) -> bool {
        let is_here = |ip: IpAddr| self.own.iter().any(|net| net.contains(&ip));
        let ip = ip.to_canonical();
        let wrapped = match ip {
            IpAddr::V4(_) => None,
            IpAddr::V6(ip) => wrapped_v4(ip),
        };
        is_here(ip)
            || wrapped
                .into_iter()
                .flatten()
                .flatten()
                .any(|v4| is_here(v4.into()))
    }

    /// Says whether data may be sent out to `peer` under `permit`, and not only to an allocation.
    pub fn may_leave(&self, peer: SocketAddr, permit: Permit) -> bool {
        // Checked again here, because the machine may have been given this address after the
        // permission.
        permit == Permit::Announced && (self.are_parties_here || !self.is_own(peer.ip()))
    }

    /// Says whether `peer` is where the relay listens for clients.
    pub fn is_own_listener(&self, peer: SocketAddr) -> bool {
        let ip = peer.ip().to_canonical();
        peer.port() == self.listen_port && (self.is_own(ip) || ip.is_loopback())
    }
}

/// Classifies an address; IPv4 wrapped in IPv6 counts as the inner address.
pub fn reach(ip: IpAddr) -> Reach {
    match ip.to_canonical() {
        IpAddr::V4(ip) => reach_v4(ip),
        IpAddr::V6(ip) => reach_v6(ip),
    }
}

/// IANA IPv4 special-purpose registry; its anycast services (AS112, AMT) are no peers either.
const NEVER_V4: &[(Ipv4Addr, u32)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    // Cloud instance metadata and resolvers, inside link-local.
    (Ipv4Addr::new(169, 254, 169, 0), 24),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 31, 196, 0), 24),
    (Ipv4Addr::new(192, 52, 193, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 175, 48, 0), 24),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

fn reach_v4(ip: Ipv4Addr) -> Reach {
    let is_in =
        |&(net, bits): &(Ipv4Addr, u32)| (u32::from(ip) ^ u32::from(net)).leading_zeros() >= bits;
    if NEVER_V4.iter().any(is_in) {
        Reach::Never
    } else if ip.is_loopback() {
        Reach::Loopback
    } else if ip.is_private() {
        Reach::Private
    } else if ip.is_link_local() {
        Reach::LinkLocal
    } else {
        Reach::Global
    }
}

/// IANA IPv6 special-purpose registry inside 2000::/3; everything outside it is classified
/// separately.
const NEVER_V6: &[(Ipv6Addr, u32)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

fn reach_v6(ip: Ipv6Addr) -> Reach {
    if let Some(inside) = wrapped_v4(ip) {
        let is_global = inside
            .iter()
            .flatten()
            .all(|&v4| reach_v4(v4) == Reach::Global);
        return if is_global {
            Reach::Global
        } else {
            Reach::Never
        };
    }
    let is_in =
        |&(net, bits): &(Ipv6Addr, u32)| (u128::from(ip) ^ u128::from(net)).leading_zeros() >= bits;
    // Amazon's IPv6 instance metadata is in unique-local space.
    if ip.segments()[..2] == [0xfd00, 0x0ec2] || NEVER_V6.iter().any(is_in) {
        Reach::Never
    } else if ip.is_loopback() {
        Reach::Loopback
    } else if ip.is_unique_local() {
        Reach::Private
    } else if ip.is_unicast_link_local() {
        Reach::LinkLocal
    } else if ip.segments()[0] & 0xe000 == 0x2000 {
        Reach::Global
    } else {
        Reach::Never
    }
}

/// Returns the IPv4 addresses inside a NAT64 (RFC 6052), 6to4 (RFC 3056) or Teredo (RFC 4380)
/// address. IPv4-mapped addresses are unwrapped before; IPv4-compatible ones are outside 2000::/3.
fn wrapped_v4(ip: Ipv6Addr) -> Option<[Option<Ipv4Addr>; 2]> {
    let s = ip.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    match s {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some([Some(v4(high, low)), None]),
        [0x2002, high, low, ..] => Some([Some(v4(high, low)), None]),
        [0x2001, 0, high, low, _, _, a, b] => Some([Some(v4(high, low)), Some(v4(!a, !b))]),
        _ => None,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The first, a middle and the last address of every IPv4 block that is not globally routable.
    const V4: &[&str] = &[
        "0.0.0.0",
        "0.1.2.3",
        "0.255.255.255",
        "10.0.0.0",
        "10.20.30.40",
        "10.255.255.255",
        "100.64.0.0",
        "100.100.100.200",
        "100.127.255.255",
        "127.0.0.0",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.0.0",
        "169.254.169.254",
        "169.254.255.255",
        "172.16.0.0",
        "172.17.0.1",
        "172.31.255.255",
        "192.0.0.0",
        "192.0.0.8",
        "192.0.0.255",
        "192.0.2.0",
        "192.0.2.55",
        "192.0.2.255",
        "192.31.196.1",
        "192.52.193.1",
        "192.175.48.1",
        "192.88.99.0",
        "192.88.99.1",
        "192.88.99.255",
        "192.168.0.0",
        "192.168.1.1",
        "192.168.255.255",
        "198.18.0.0",
        "198.19.0.1",
        "198.19.255.255",
        "198.51.100.0",
        "198.51.100.7",
        "198.51.100.255",
        "203.0.113.0",
        "203.0.113.7",
        "203.0.113.255",
        "224.0.0.0",
        "239.255.255.250",
        "239.255.255.255",
        "240.0.0.0",
        "250.1.2.3",
        "255.255.255.255",
    ];

    /// The same for IPv6, in addition to the wrapped IPv4 addresses.
    const V6: &[&str] = &[
        "::",
        "::1",
        "::2",
        "::ffff:0:8.8.8.8",
        "64:ff9b:1::",
        "64:ff9b:1:2::8.8.8.8",
        "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
        "64:ff9b:0:0:0:1:808:808",
        "100::",
        "100::1",
        "100:0:0:1::1",
        "2001::",
        "2001:1::1",
        "2001:2::1",
        "2001:3::1",
        "2001:4:112::1",
        "2001:10::1",
        "2001:20::1",
        "2001:30::1",
        "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:db8::",
        "2001:db8:1::1",
        "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        "2620:4f:8000::1",
        "3fff::",
        "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
        "4000::1",
        "5f00::1",
        "8000::1",
        "fc00::",
        "fc00::1",
        "fd00:ec2::254",
        "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "fe80::",
        "fe80::1",
        "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "fec0::1",
        "feff::1",
        "ff00::",
        "ff02::1",
        "ff05::2",
        "ff0e::1",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ];

    /// Every notation of an IPv4 address as an IPv6 address.
    fn spellings(v4: Ipv4Addr) -> [IpAddr; 7] {
        let [a, b] = [(u32::from(v4) >> 16) as u16, u32::from(v4) as u16];
        let v6 = |segments: [u16; 8]| IpAddr::from(segments);
        [
            IpAddr::V4(v4),
            v6([0, 0, 0, 0, 0, 0xffff, a, b]),
            v6([0, 0, 0, 0, 0, 0, a, b]),
            v6([0x2002, a, b, 0, 0, 0, 0, 1]),
            v6([0x64, 0xff9b, 0, 0, 0, 0, a, b]),
            v6([0x2001, 0, 0x808, 0x808, 0, 0xffff, !a, !b]),
            v6([0x2001, 0, a, b, 0, 0xffff, !0x0808, !0x0808]),
        ]
    }

    /// All addresses that a relay on the internet must refuse.
    pub(in super::super) fn unroutable() -> Vec<IpAddr> {
        let v4 = V4.iter().flat_map(|text| spellings(text.parse().unwrap()));
        v4.chain(V6.iter().map(|text| text.parse().unwrap()))
            .collect()
    }

    fn policy(allow_private: bool) -> PeerPolicy {
        PeerPolicy {
            allow_private,
            own: ["5.9.0.1/32", "192.168.1.5/32", "2a00:5::1/128"]
                .map(|net| net.parse().unwrap())
                .to_vec(),
            are_parties_here: false,
            listen_port: 3478,
        }
    }

    fn at(ip: IpAddr) -> SocketAddr {
        SocketAddr::new(ip, 40_000)
    }

    #[test]
    fn asvs_17_1_1_special_addresses_are_never_peers_in_any_spelling() {
        let addresses = unroutable();
        assert!(addresses.len() >= 350, "{}", addresses.len());

        for ip in addresses {
            assert_eq!(
                policy(false).check(at(ip), true),
                Err(PeerRefusal::NotRoutable),
                "{ip}"
            );
        }
    }

    #[test]
    fn announced_public_addresses_are_allowed_as_peers() {
        for text in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
            "2001:200::1",
            "2001:db9::1",
            "2600::1",
            "2a00:1450:4001::1",
            "3ffe::1",
        ] {
            let ip: IpAddr = text.parse().unwrap();
            assert_eq!(
                policy(false).check(at(ip), true),
                Ok(Permit::Announced),
                "{ip}"
            );
            assert_eq!(
                policy(true).check(at(ip), false),
                Err(PeerRefusal::NotOfThisCall),
                "{ip}"
            );
        }
    }

    #[test]
    fn the_lan_setting_allows_only_private_addresses() {
        let is_let_through = |ip: &IpAddr| policy(true).check(at(*ip), true).is_ok();
        let passed: Vec<IpAddr> = unroutable().into_iter().filter(is_let_through).collect();

        let expected: Vec<IpAddr> = [
            "10.0.0.0",
            "10.20.30.40",
            "10.255.255.255",
            "127.0.0.0",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.0.0",
            "169.254.255.255",
            "172.16.0.0",
            "172.17.0.1",
            "172.31.255.255",
            "192.168.0.0",
            "192.168.1.1",
            "192.168.255.255",
        ]
        .iter()
        .flat_map(|text| [(*text).to_owned(), format!("::ffff:{text}")])
        .chain(
            [
                "::1",
                "fc00::",
                "fc00::1",
                "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                "fe80::",
                "fe80::1",
                "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            ]
            .map(str::to_owned),
        )
        .map(|text| text.parse().unwrap())
        .collect();
        assert_eq!(passed, expected);
    }

    #[test]
    fn the_relays_own_port_is_never_a_peer() {
        for text in [
            "5.9.0.1:3478",
            "[::ffff:5.9.0.1]:3478",
            "192.168.1.5:3478",
            "127.0.0.1:3478",
            "[::1]:3478",
        ] {
            assert_eq!(
                policy(true).check(text.parse().unwrap(), true),
                Err(PeerRefusal::OwnListener),
                "{text}"
            );
        }
    }

    #[test]
    fn the_relays_own_addresses_reach_only_its_allocations() {
        for text in [
            "5.9.0.1",
            "::ffff:5.9.0.1",
            "64:ff9b::5.9.0.1",
            "2002:509:1::1",
            "2a00:5::1",
        ] {
            let own = at(text.parse().unwrap());
            for (allow_private, is_announced) in
                [(false, false), (false, true), (true, false), (true, true)]
            {
                let permit = policy(allow_private).check(own, is_announced);
                assert_eq!(permit, Ok(Permit::OwnRelay), "{text} {is_announced}");
                assert!(!policy(allow_private).may_leave(own, Permit::Announced));
            }
        }
        let private = "192.168.1.5:53".parse().unwrap();
        assert_eq!(policy(true).check(private, true), Ok(Permit::OwnRelay));
        assert_eq!(
            policy(false).check(private, true),
            Err(PeerRefusal::NotRoutable)
        );
    }

    #[test]
    fn only_the_demo_allows_parties_on_its_own_machine() {
        let own = "192.168.1.5:40000".parse().unwrap();
        let demo = PeerPolicy {
            are_parties_here: true,
            ..policy(true)
        };

        assert_eq!(demo.check(own, true), Ok(Permit::Announced));
        assert_eq!(demo.check(own, false), Ok(Permit::OwnRelay));
        assert!(demo.may_leave(own, Permit::Announced));
        assert!(!demo.may_leave(own, Permit::OwnRelay));
    }
}
