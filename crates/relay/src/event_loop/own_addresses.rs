//! The addresses of the relay's own machine, from settings and interfaces.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// The configured addresses, all loopback ones, and those of every interface.
///
/// # Errors
/// The interfaces cannot be listed.
pub(crate) fn of_this_machine(configured: &[IpAddr]) -> io::Result<Vec<IpNet>> {
    let interfaces = if_addrs::get_if_addrs()?;
    Ok(all(
        configured,
        interfaces.iter().map(if_addrs::Interface::ip),
    ))
}

fn all(configured: &[IpAddr], interfaces: impl Iterator<Item = IpAddr>) -> Vec<IpNet> {
    // Linux answers on every address of 127.0.0.0/8, whatever its interface reports.
    let loopback = [
        IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(127, 0, 0, 0), 8)),
        IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128)),
    ];
    let mut own: Vec<IpNet> = configured
        .iter()
        .copied()
        .chain(interfaces)
        .filter(|ip| !ip.is_unspecified())
        .map(|ip| IpNet::from(ip.to_canonical()))
        .chain(loopback)
        .collect();
    own.sort_unstable();
    own.dedup();
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configured_interface_and_loopback_addresses_are_own() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let own = all(
            &[ip("0.0.0.0"), ip("::ffff:5.9.0.1")],
            [ip("192.168.1.5"), ip("fe80::7"), ip("127.0.0.1")].into_iter(),
        );

        for text in ["5.9.0.1", "192.168.1.5", "fe80::7", "127.0.0.77", "::1"] {
            let is_own = own.iter().any(|net| net.contains(&ip(text)));
            assert!(is_own, "{text}");
        }
        assert!(!own.iter().any(|net| net.contains(&ip("5.9.0.2"))));
    }

    #[test]
    fn the_loopback_interface_of_this_machine_is_found() {
        let own = of_this_machine(&[]).unwrap();

        assert!(own.len() >= 2, "{own:?}");
    }
}
