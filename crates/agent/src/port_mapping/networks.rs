//! Which routers this machine has: its default routes, and its own address in each of those
//! networks. Read from Linux's routing table; elsewhere none is found.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::limits;

/// A network with a router.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LanNetwork {
    /// Our address in it.
    pub local: IpAddr,
    /// The router's.
    pub router: IpAddr,
    /// The interface's number, which a link-local address of IPv6 needs (RFC 4007).
    pub scope: u32,
}

/// What there is to know about this machine's networks without asking anybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NetworkView {
    /// Networks with a router, the preferred one first.
    pub networks: Vec<LanNetwork>,
    /// The same of IPv6, with the address from which packets to the internet leave.
    pub networks6: Vec<LanNetwork>,
    /// Whether there is an IPv6 address of the internet.
    pub has_ipv6: bool,
}

/// A default route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultRoute<A = Ipv4Addr> {
    /// Name of the interface.
    pub interface: String,
    /// The router.
    pub router: A,
    metric: u32,
}

/// Looks at the routes and interfaces, or only at those with the address `bind`.
pub(super) fn look(bind: Option<IpAddr>) -> NetworkView {
    let table = std::fs::read_to_string("/proc/net/route").unwrap_or_default();
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let has_ipv6 = interfaces.iter().any(|interface| is_global(interface.ip()));
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
                scope: 0,
            })
        })
        .filter(|network| bind.is_none_or(|ip| ip == network.local))
        .collect();
    networks.dedup();
    let table = std::fs::read_to_string("/proc/net/ipv6_route").unwrap_or_default();
    NetworkView {
        networks,
        networks6: networks6(&table, &interfaces, bind),
        has_ipv6,
    }
}

/// The networks with a router over IPv6 and the address of ours that the internet sees.
fn networks6(
    table: &str,
    interfaces: &[if_addrs::Interface],
    bind: Option<IpAddr>,
) -> Vec<LanNetwork> {
    let Some(local) = bind.or_else(own_ipv6).filter(|ip| is_global(*ip)) else {
        return Vec::new();
    };
    let names = interfaces
        .iter()
        .filter(|interface| interface.ip() == local);
    let names: Vec<&str> = names.map(|interface| interface.name.as_str()).collect();
    let routes = default_routes6(table).into_iter();
    let mut networks: Vec<LanNetwork> = routes
        .filter(|route| names.contains(&route.interface.as_str()))
        .map(|route| LanNetwork {
            local,
            router: route.router.into(),
            scope: interfaces
                .iter()
                .filter(|interface| interface.name == route.interface)
                .find_map(|interface| interface.index)
                .unwrap_or_default(),
        })
        .collect();
    networks.dedup();
    networks
}

/// The address from which packets to the internet leave. Nothing is sent.
fn own_ipv6() -> Option<IpAddr> {
    let socket = std::net::UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)).ok()?;
    // An address of documentation (RFC 3849): it has the default route of every other one.
    let anybody = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
    socket.connect((anybody, 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// RFC 4291 §2.4: what the internet uses is in 2000::/3.
fn is_global(ip: IpAddr) -> bool {
    matches!(ip, IpAddr::V6(v6) if v6.segments()[0] >> 13 == 1)
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

/// Reads the default routes out of `/proc/net/ipv6_route`, in the kernel's order of preference.
// Columns: destination and its length, source and its length, gateway, metric, two counters, flags,
// interface; all numbers are hexadecimal. Without an address the kernel lists a rejecting route.
pub fn default_routes6(table: &str) -> Vec<DefaultRoute<Ipv6Addr>> {
    let readable = table.len() <= limits::MAX_ROUTES_BYTES;
    let mut routes: Vec<DefaultRoute<Ipv6Addr>> = table
        .lines()
        .filter(|_| readable)
        .filter_map(default_route6)
        .take(limits::MAX_NETWORKS)
        .collect();
    routes.sort_by_key(|route| route.metric);
    routes
}

fn default_route6(line: &str) -> Option<DefaultRoute<Ipv6Addr>> {
    let columns: Vec<&str> = line.split_ascii_whitespace().take(10).collect();
    let [_, length, _, _, router, metric, _, _, flags, interface] = columns[..] else {
        return None;
    };
    let hexadecimal = |text| u32::from_str_radix(text, 16).ok();
    let is_usable = hexadecimal(flags)? & UP_WITH_GATEWAY == UP_WITH_GATEWAY;
    let router = u128::from_str_radix(router, 16).ok()?;
    (hexadecimal(length)? == 0 && is_usable && router != 0).then_some(DefaultRoute {
        interface: interface.to_owned(),
        router: Ipv6Addr::from(router),
        metric: hexadecimal(metric)?,
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
    fn default_routes_of_ipv6_are_read_by_preference() {
        let zeros = "0".repeat(32);
        let table = format!(
            "20010db8000000000000000000000000 40 {zeros} 00 {zeros} 00000100 1 0 00000001 eth0\n\
             {zeros} 00 {zeros} 00 fe800000000000000000000000000009 00000258 1 0 00450003 wlan0\n\
             {zeros} 00 {zeros} 00 fe800000000000000000000000000001 00000064 1 0 00450003 eth0\n\
             {zeros} 00 {zeros} 00 {zeros} ffffffff 1 0 00200200 lo\n"
        );

        let routes = default_routes6(&table);

        let found: Vec<(&str, String)> = routes
            .iter()
            .map(|route| (route.interface.as_str(), route.router.to_string()))
            .collect();
        let expected = [("eth0", "fe80::1"), ("wlan0", "fe80::9")];
        assert_eq!(found, expected.map(|(name, ip)| (name, ip.to_owned())));
        let line = table.lines().nth(1).expect("a route");
        let many = format!("{line}\n").repeat(99);
        assert_eq!(default_routes6(&many).len(), limits::MAX_NETWORKS);
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
            default_routes6(&table);
        }
    }
}
