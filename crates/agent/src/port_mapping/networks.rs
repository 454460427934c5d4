//! Which routers this machine has: its default routes, and its own address in each of those
//! networks. Read from Linux's routing table; elsewhere none is found.

use std::net::{IpAddr, Ipv4Addr};

use crate::limits;

/// A network with a router.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LanNetwork {
    /// Our address in it.
    pub local: IpAddr,
    /// The router's.
    pub router: IpAddr,
}

/// What there is to know about this machine's networks without asking anybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NetworkView {
    /// Networks with a router, the preferred one first.
    pub networks: Vec<LanNetwork>,
    /// Whether there is an IPv6 address of the internet.
    pub has_ipv6: bool,
}

/// A default route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultRoute {
    /// Name of the interface.
    pub interface: String,
    /// The router.
    pub router: Ipv4Addr,
    metric: u32,
}

/// Looks at the routes and interfaces, or only at those with the address `bind`.
pub(super) fn look(bind: Option<IpAddr>) -> NetworkView {
    let table = std::fs::read_to_string("/proc/net/route").unwrap_or_default();
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let has_ipv6 = interfaces.iter().any(|interface| {
        // RFC 4291 §2.4: what the internet uses is in 2000::/3.
        matches!(interface.ip(), IpAddr::V6(v6) if v6.segments()[0] >> 13 == 1)
    });
    let mut networks: Vec<LanNetwork> = default_routes(&table)
        .into_iter()
        .filter_map(|route| {
            let local = interfaces
                .iter()
                .filter(|interface| interface.name == route.interface)
                .find_map(|interface| in_network(interface, route.router))?;
            Some(LanNetwork {
                local: local.into(),
                router: route.router.into(),
            })
        })
        .filter(|network| bind.is_none_or(|ip| ip == network.local))
        .collect();
    networks.dedup();
    NetworkView { networks, has_ipv6 }
}

fn in_network(interface: &if_addrs::Interface, router: Ipv4Addr) -> Option<Ipv4Addr> {
    let if_addrs::IfAddr::V4(address) = &interface.addr else {
        return None;
    };
    let mask = u32::from(address.netmask);
    (u32::from(address.ip) & mask == u32::from(router) & mask).then_some(address.ip)
}

/// Reads the default routes out of `/proc/net/route`, in the kernel's order of preference.
// Columns: interface, destination, gateway, flags, three counters, mask; addresses are hexadecimal
// in the byte order of the machine. A route without a gateway belongs to a tunnel.
pub fn default_routes(table: &str) -> Vec<DefaultRoute> {
    let readable = table.len() <= limits::MAX_ROUTES_BYTES;
    let mut routes: Vec<DefaultRoute> = table
        .lines()
        .filter(|_| readable)
        .filter_map(default_route)
        .take(limits::MAX_NETWORKS)
        .collect();
    routes.sort_by_key(|route| route.metric);
    routes
}

/// `RTF_UP | RTF_GATEWAY` of route(8).
const UP_WITH_GATEWAY: u32 = 0x3;

fn default_route(line: &str) -> Option<DefaultRoute> {
    let columns: Vec<&str> = line.split_ascii_whitespace().take(8).collect();
    let [interface, destination, router, flags, _, _, metric, mask] = columns[..] else {
        return None;
    };
    let hexadecimal = |text| u32::from_str_radix(text, 16).ok();
    let is_default = hexadecimal(destination)? == 0 && hexadecimal(mask)? == 0;
    let is_usable = hexadecimal(flags)? & UP_WITH_GATEWAY == UP_WITH_GATEWAY;
    (is_default && is_usable).then_some(DefaultRoute {
        interface: interface.to_owned(),
        router: Ipv4Addr::from(hexadecimal(router)?.to_ne_bytes()),
        metric: metric.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TABLE: &str = "\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
tun0\t00000000\t00000000\t0001\t0\t0\t50\t00000000\t0\t0\t0
eth0\t00000000\tFE01000A\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t0001000A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
";

    #[cfg(target_endian = "little")]
    #[test]
    fn default_routes_with_a_router_are_read_by_preference() {
        let routes = default_routes(TABLE);

        let found: Vec<(&str, Ipv4Addr)> = routes
            .iter()
            .map(|route| (route.interface.as_str(), route.router))
            .collect();
        assert_eq!(
            found,
            [
                ("eth0", Ipv4Addr::new(10, 0, 1, 254)),
                ("wlan0", Ipv4Addr::new(192, 168, 1, 1)),
            ]
        );
    }

    #[test]
    fn dozens_of_default_routes_are_cut() {
        let line = "eth0 00000000 0101A8C0 0003 0 0 0 00000000 0 0 0\n";

        assert_eq!(default_routes(&line.repeat(99)).len(), limits::MAX_NETWORKS);
        let huge = line.repeat(limits::MAX_ROUTES_BYTES / line.len() + 1);
        assert_eq!(default_routes(&huge), []);
    }

    #[test]
    fn only_the_bound_address_counts_as_a_network() {
        let nowhere = IpAddr::from([127, 9, 9, 9]);

        assert_eq!(look(Some(nowhere)).networks, []);
    }

    proptest! {
        #[test]
        fn no_table_causes_a_panic(table in "[a-f0-9 \t\n]{0,300}") {
            default_routes(&table);
        }
    }
}
