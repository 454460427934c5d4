//! Which local addresses get a socket and a host candidate: those that lead out first, then the
//! site's, and at the end a few of tunnels and containers, of which a machine may have dozens.

use std::net::{IpAddr, Ipv6Addr};

use crate::limits;

/// An address of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalAddress {
    /// Name of its interface.
    pub interface: String,
    /// The address.
    pub ip: IpAddr,
}

/// Orders addresses by how likely a call uses them, and keeps the first
/// [`limits::MAX_LOCAL_ADDRESSES`]. `preferred` are those from which packets to the internet leave.
pub fn ranked(mut addresses: Vec<LocalAddress>, preferred: &[IpAddr]) -> Vec<IpAddr> {
    // A link-local address needs a zone, which a candidate cannot name (RFC 8839 §5.1).
    addresses.retain(|address| !is_link_local(address.ip));
    addresses.sort_by_key(|address| rank(address, preferred));
    let mut kept: Vec<IpAddr> = Vec::new();
    let mut interfaces: Vec<(String, bool)> = Vec::new();
    for LocalAddress { interface, ip } in addresses {
        let of_interface = (interface, ip.is_ipv6());
        let n_same = interfaces.iter().filter(|it| **it == of_interface).count();
        let n_family = kept
            .iter()
            .filter(|it| it.is_ipv6() == ip.is_ipv6())
            .count();
        let is_kept = !kept.contains(&ip)
            && n_same < limits::MAX_ADDRESSES_PER_INTERFACE
            && n_family < limits::MAX_ADDRESSES_PER_FAMILY
            && kept.len() < limits::MAX_LOCAL_ADDRESSES;
        if is_kept {
            kept.push(ip);
            interfaces.push(of_interface);
        }
    }
    kept
}

fn rank(address: &LocalAddress, preferred: &[IpAddr]) -> (u8, bool, bool) {
    let kind = if address.ip.is_loopback() {
        4
    } else if preferred.contains(&address.ip) {
        0
    } else if is_container(&address.interface) {
        3
    } else if is_tunnel(&address.interface) {
        2
    } else {
        1
    };
    let is_unique_local = matches!(address.ip, IpAddr::V6(ip) if ip.is_unique_local());
    (kind, is_unique_local, address.ip.is_ipv6())
}

fn is_link_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        // fec0::/10, site-local, is deprecated (RFC 3879).
        IpAddr::V6(ip) => ip.is_unicast_link_local() || is_site_local(ip),
    }
}

fn is_site_local(ip: Ipv6Addr) -> bool {
    ip.segments()[0] & 0xffc0 == 0xfec0
}

/// Bridges and pairs of container and machine hosts.
fn is_container(interface: &str) -> bool {
    const STARTS: [&str; 14] = [
        "docker", "br-", "veth", "virbr", "vnet", "vmnet", "vboxnet", "cni", "flannel", "cali",
        "podman", "lxc", "lxdbr", "kube",
    ];
    STARTS.iter().any(|start| interface.starts_with(start))
}

/// VPNs.
fn is_tunnel(interface: &str) -> bool {
    const STARTS: [&str; 9] = [
        "tun",
        "tap",
        "wg",
        "tailscale",
        "zt",
        "utun",
        "ppp",
        "ipsec",
        "nordlynx",
    ];
    STARTS.iter().any(|start| interface.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(interface: &str, ip: &str) -> LocalAddress {
        LocalAddress {
            interface: interface.to_owned(),
            ip: ip.parse().expect("an address"),
        }
    }

    fn ips(texts: &[&str]) -> Vec<IpAddr> {
        texts
            .iter()
            .map(|text| text.parse().expect("an address"))
            .collect()
    }

    #[test]
    fn dozens_of_containers_do_not_displace_the_default_route() {
        let mut all: Vec<LocalAddress> = (16..60)
            .map(|n| address(&format!("br-{n}"), &format!("172.{n}.0.1")))
            .collect();
        all.extend((0..20).map(|n| address(&format!("wg{n}"), &format!("10.9.{n}.2"))));
        all.push(address("eth1", "192.168.7.5"));
        all.push(address("eth0", "2001:db8::5"));
        all.push(address("eth0", "192.168.1.5"));

        let kept = ranked(all, &ips(&["192.168.1.5", "2001:db8::5"]));

        assert_eq!(
            kept[..3],
            ips(&["192.168.1.5", "2001:db8::5", "192.168.7.5"])
        );
        assert!(kept.len() <= limits::MAX_LOCAL_ADDRESSES, "{kept:?}");
    }

    #[test]
    fn temporary_addresses_of_one_interface_leave_room_for_others() {
        let mut all: Vec<LocalAddress> = (1..50)
            .map(|n| address("eth0", &format!("2001:db8::{n}")))
            .collect();
        all.push(address("eth0", "fd00::5"));
        all.push(address("wlan0", "2001:db8:1::5"));

        let kept = ranked(all, &ips(&["2001:db8::7"]));

        assert_eq!(kept, ips(&["2001:db8::7", "2001:db8::1", "2001:db8:1::5"]));
    }

    #[test]
    fn link_local_addresses_are_never_used() {
        let all = ["fe80::1", "169.254.7.7", "fec0::1"].map(|ip| address("eth0", ip));

        assert_eq!(ranked(all.to_vec(), &[]), ips(&[]));
    }

    #[test]
    fn an_address_on_two_interfaces_is_used_once() {
        let all = vec![address("eth0", "10.0.0.5"), address("br0", "10.0.0.5")];

        assert_eq!(ranked(all, &[]), ips(&["10.0.0.5"]));
    }
}
