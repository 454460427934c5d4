//! The lab's network: an internet, a cloud on it, and two ends (the recorders' site and the viewer),
//! each a host behind a router, which can be behind a carrier's router of its own.
//!
//! The relay refuses documentation ranges by design, so that the public addresses are unassigned ones.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::namespaces::{self, Namespace};
use super::router::{Forwarded, Nat, Rules, Uplink};

/// The cloud's name.
pub(crate) const CLOUD_NAME: &str = "cloud.reach.test";
/// Where a cloud in the internet is.
pub(crate) const CLOUD_V4: Ipv4Addr = Ipv4Addr::new(192, 0, 1, 1);
/// The same for IPv6.
pub(crate) const CLOUD_V6: Ipv6Addr = Ipv6Addr::new(0x2a0f, 0xffff, 0, 0, 0, 0, 0, 1);
/// The public address of the site's router, and so of a cloud at home behind it.
pub(crate) const SITE_V4: Ipv4Addr = Ipv4Addr::new(192, 0, 1, 2);
/// Where a second relay is, which runs alone.
pub(crate) const SECOND_V4: Ipv4Addr = Ipv4Addr::new(192, 0, 1, 9);
/// The numbers of the two ends, part of their addresses.
const SITE: u8 = 1;
const VIEWER: u8 = 2;
/// Where each router answers questions about names, besides its IPv6 address.
const ROUTER_DNS: &str = "10.53.0.1";
/// A cloud at home, inside its LAN.
pub(crate) const HOME: &str = "192.168.1.20";

/// Which addresses a host has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Families {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
    /// Both.
    Both,
}

/// One end of a scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Side {
    pub(crate) nat: Nat,
    pub(crate) uplink: Uplink,
    pub(crate) families: Families,
    /// The carrier's NAT in front of the router, if there is one.
    pub(crate) carrier: Option<Nat>,
    /// Whether the router maps ports on request.
    pub(crate) has_mapping: bool,
    /// VPN and container interfaces on the host.
    pub(crate) n_tunnels: usize,
}

impl Side {
    /// An ordinary place with this NAT, and IPv4 only.
    pub(crate) const fn behind(nat: Nat) -> Side {
        Side {
            nat,
            uplink: Uplink::Open,
            families: Families::V4,
            carrier: None,
            has_mapping: false,
            n_tunnels: 0,
        }
    }
}

/// Where the cloud runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// On its own machine with a public address.
    Internet,
    /// Beside the agent, behind the site's router, which forwards the documented ports.
    Home {
        /// Whether the router lets the site reach it at the public address; otherwise its name leads to the
        /// inner address there, as with a DNS server of the site.
        with_hairpin: bool,
    },
}

/// How everything is wired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scene {
    pub(crate) site: Side,
    pub(crate) viewer: Side,
    pub(crate) cloud: Place,
    /// What the viewer's line does to packets.
    pub(crate) line: Option<Line>,
    /// Whether a relay that runs alone has joined the cloud.
    pub(crate) has_second_relay: bool,
}

/// A line that loses and delays packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line {
    /// Per cent of packets lost each way.
    pub(crate) loss: u8,
    /// Milliseconds there and back.
    pub(crate) round_trip_ms: u16,
}

impl Scene {
    /// Two ordinary places and a cloud in the internet.
    pub(crate) const fn of(site: Nat, viewer: Nat) -> Scene {
        Scene {
            site: Side::behind(site),
            viewer: Side::behind(viewer),
            cloud: Place::Internet,
            line: None,
            has_second_relay: false,
        }
    }
}

/// A host with what is between it and the internet.
pub(crate) struct End {
    pub(crate) host: Namespace,
    pub(crate) router: Namespace,
    carrier: Namespace,
    /// [`SITE`] or [`VIEWER`].
    n: u8,
}

/// All machines.
pub(crate) struct Network {
    pub(crate) site: End,
    pub(crate) viewer: End,
    pub(crate) cloud: Namespace,
    /// The machine of the second relay.
    pub(crate) second: Namespace,
    pub(crate) home: Namespace,
    /// A router between the viewer's and the internet, for lines that are bad.
    pub(crate) line: Namespace,
    internet: Namespace,
}

impl Network {
    /// Makes the machines and the cables between them; [`Network::wire`] gives them addresses.
    pub(crate) fn build() -> Result<Network, String> {
        namespaces::sweep();
        let internet = Namespace::new("internet")?;
        internet.forwards()?;
        internet.ip("link add dev wan type bridge forward_delay 0")?;
        internet.ip("link set dev wan up")?;
        internet.ip("addr add 192.0.1.254/24 dev wan")?;
        internet.ip("addr add 2a0f:ffff::fe/64 dev wan nodad")?;
        let cloud = Namespace::new("cloud")?;
        join(&cloud, "up", &internet, "wan", "cloud")?;
        let second = Namespace::new("second")?;
        join(&second, "up", &internet, "wan", "second")?;
        let site = End::build("site", SITE, &internet)?;
        let viewer = End::build("viewer", VIEWER, &internet)?;
        let home = Namespace::new("home")?;
        join(&home, "lan", &site.router, "lan", "home")?;
        let line = Namespace::new("line")?;
        line.forwards()?;
        join(&line, "up", &internet, "wan", "line")?;
        viewer.router.cable("upl", &line, "lan")?;
        let network = Network {
            site,
            viewer,
            cloud,
            second,
            home,
            line,
            internet,
        };
        network.address_servers()?;
        Ok(network)
    }

    fn address_servers(&self) -> Result<(), String> {
        let cloud = &self.cloud;
        cloud.ip(&format!("addr add {CLOUD_V4}/24 dev up"))?;
        cloud.ip(&format!("addr add {CLOUD_V6}/64 dev up nodad"))?;
        cloud.ip("route add default via 192.0.1.254")?;
        cloud.ip("-6 route add default via 2a0f:ffff::fe")?;
        self.second.ip(&format!("addr add {SECOND_V4}/24 dev up"))?;
        self.second.ip("route add default via 192.0.1.254")?;
        self.home.ip(&format!("addr add {HOME}/24 dev lan"))?;
        self.home.ip("route add default via 192.168.1.1")?;
        self.line.ip("addr add 192.0.1.6/24 dev up")?;
        self.line.ip("addr add 192.0.5.1/24 dev lan")?;
        self.line.ip("route add default via 192.0.1.254")?;
        // What comes in goes to the program that plays the line, if one has set up this table.
        self.line.ip("rule add iif lan table 100")?;
        self.line.ip("rule add iif up table 100")?;
        self.internet.ip("route add 192.0.5.0/24 via 192.0.1.6")?;
        for end in [&self.site, &self.viewer] {
            let n = end.n;
            self.internet.ip(&format!(
                "route add 192.0.{}.0/24 via 192.0.1.{}",
                n + 2,
                n + 1
            ))?;
            self.internet.ip(&format!(
                "-6 route add 2a0f:ffff:0:{n}::/64 via 2a0f:ffff::{}",
                n + 1
            ))?;
        }
        Ok(())
    }

    /// Wires everything anew; connections of before are forgotten.
    pub(crate) fn wire(&self, scene: &Scene) -> Result<(), String> {
        let forwarded = match scene.cloud {
            Place::Internet => None,
            Place::Home { with_hairpin } => Some(Forwarded {
                to: HOME,
                tcp: "{ 80, 443, 3478 }",
                udp: "{ 3478, 49152-65535 }",
                with_hairpin,
            }),
        };
        self.site.wire(&scene.site, forwarded)?;
        self.viewer.wire(&scene.viewer, None)?;
        if scene.line.is_some() {
            let router = &self.viewer.router;
            router.ip("addr flush dev up scope global")?;
            router.ip("addr add 192.0.5.2/24 dev upl")?;
            router.ip("route replace default via 192.0.5.1 dev upl")?;
        }
        self.name_cloud()
    }

    /// Writes down where programs look names up: on their router, and servers in a file.
    fn name_cloud(&self) -> Result<(), String> {
        let local = "127.0.0.1 localhost\n::1 localhost\n";
        for (machine, address) in [
            (&self.cloud, CLOUD_V4.to_string()),
            (&self.second, CLOUD_V4.to_string()),
            (&self.home, HOME.to_owned()),
        ] {
            machine.etc("hosts", &format!("{local}{address} {CLOUD_NAME}\n"))?;
        }
        for end in [&self.site, &self.viewer] {
            end.host.etc("hosts", local)?;
            let n = end.n;
            let servers = format!("nameserver {ROUTER_DNS}\nnameserver 2a0f:ffff:0:{n}::1\n");
            end.host.etc(
                "resolv.conf",
                &format!("{servers}options timeout:1 attempts:2\n"),
            )?;
        }
        Ok(())
    }

    /// The two routers, each with the addresses that the cloud's name has behind it.
    pub(crate) fn names(&self, scene: &Scene) -> [(&Namespace, Vec<String>); 2] {
        let (inside, outside) = match scene.cloud {
            Place::Internet => {
                let both = vec![CLOUD_V4.to_string(), CLOUD_V6.to_string()];
                (both.clone(), both)
            }
            Place::Home { with_hairpin: true } => {
                (vec![SITE_V4.to_string()], vec![SITE_V4.to_string()])
            }
            Place::Home {
                with_hairpin: false,
            } => (vec![HOME.to_owned()], vec![SITE_V4.to_string()]),
        };
        [(&self.site.router, inside), (&self.viewer.router, outside)]
    }

    /// The machine that the cloud runs on.
    pub(crate) fn cloud_at(&self, place: Place) -> &Namespace {
        match place {
            Place::Internet => &self.cloud,
            Place::Home { .. } => &self.home,
        }
    }
}

/// Addresses at which the cloud and the relays are reached from anywhere.
pub(crate) fn cloud_addresses(place: Place) -> Vec<IpAddr> {
    match place {
        Place::Internet => vec![CLOUD_V4.into(), CLOUD_V6.into(), SECOND_V4.into()],
        Place::Home { .. } => {
            let inside = HOME.parse().expect("an address");
            vec![SITE_V4.into(), inside]
        }
    }
}

impl End {
    fn build(place: &str, n: u8, internet: &Namespace) -> Result<End, String> {
        let host = Namespace::new(place)?;
        let router = Namespace::new(&format!("{place}-router"))?;
        let carrier = Namespace::new(&format!("{place}-carrier"))?;
        router.forwards()?;
        carrier.forwards()?;
        router.ip("link add dev lan type bridge forward_delay 0")?;
        router.ip("link set dev lan up")?;
        router.ip(&format!("addr add {ROUTER_DNS}/32 dev lo"))?;
        join(&host, "lan", &router, "lan", "host")?;
        join(&router, "up", internet, "wan", &format!("router{n}"))?;
        join(&carrier, "up", internet, "wan", &format!("carrier{n}"))?;
        // The carrier's side of the cable is its LAN.
        router.cable("upc", &carrier, "lan")?;
        carrier.ip(&format!("addr add 100.64.{n}.1/24 dev lan"))?;
        carrier.ip(&format!("addr add 192.0.1.{}/24 dev up", n + 3))?;
        carrier.ip("route add default via 192.0.1.254")?;
        Ok(End {
            host,
            router,
            carrier,
            n,
        })
    }

    fn wire(&self, side: &Side, forwarded: Option<Forwarded>) -> Result<(), String> {
        let n = self.n;
        let net = match side.nat {
            Nat::Public => format!("192.0.{}", n + 2),
            _ => format!("192.168.{n}"),
        };
        let router = &self.router;
        for cable in ["lan", "up", "upc"] {
            router.ip(&format!("addr flush dev {cable} scope global"))?;
        }
        if n == VIEWER {
            router.ip("addr flush dev upl scope global")?;
        }
        router.ip(&format!("addr add {net}.1/24 dev lan"))?;
        router.ip(&format!("addr add 2a0f:ffff:0:{n}::1/64 dev lan nodad"))?;
        router.ip(&format!("addr add 2a0f:ffff::{}/64 dev up nodad", n + 1))?;
        router.ip("-6 route replace default via 2a0f:ffff::fe dev up")?;
        match side.carrier {
            None => {
                router.ip(&format!("addr add 192.0.1.{}/24 dev up", n + 1))?;
                router.ip("route replace default via 192.0.1.254 dev up")?;
            }
            Some(nat) => {
                router.ip(&format!("addr add 100.64.{n}.2/24 dev upc"))?;
                router.ip(&format!("route replace default via 100.64.{n}.1 dev upc"))?;
                let rules = Rules {
                    nat,
                    uplink: Uplink::Open,
                    forwarded: None,
                    host: &format!("100.64.{n}.2"),
                    lan: &format!("100.64.{n}.0/24"),
                };
                self.carrier.nft(&rules.text())?;
                self.carrier.forgets_connections()?;
            }
        }
        let rules = Rules {
            nat: side.nat,
            uplink: side.uplink,
            forwarded,
            host: &format!("{net}.10"),
            lan: &format!("{net}.0/24"),
        };
        router.nft(&rules.text())?;
        self.address_host(side, &net)?;
        router.forgets_connections()
    }

    /// The host gets another address in its LAN, as from another access point.
    pub(crate) fn moves_host(&self, last: u8) -> Result<(), String> {
        let (host, n) = (&self.host, self.n);
        host.ip("addr flush dev lan scope global")?;
        host.ip(&format!("addr add 192.168.{n}.{last}/24 dev lan"))?;
        host.ip(&format!("route replace default via 192.168.{n}.1 dev lan"))
            .map(drop)
    }

    /// The router gets another public address, as from a provider that changes it every night.
    pub(crate) fn moves_router(&self, last: u8) -> Result<(), String> {
        let router = &self.router;
        router.ip("addr flush dev up scope global")?;
        router.ip(&format!("addr add 192.0.1.{last}/24 dev up"))?;
        router.ip("route replace default via 192.0.1.254 dev up")?;
        router.forgets_connections()
    }

    fn address_host(&self, side: &Side, net: &str) -> Result<(), String> {
        let (host, n) = (&self.host, self.n);
        host.ip("addr flush dev lan scope global")?;
        if side.families != Families::V6 {
            host.ip(&format!("addr add {net}.10/24 dev lan"))?;
            host.ip(&format!("route replace default via {net}.1 dev lan"))?;
        }
        if side.families != Families::V4 {
            host.ip(&format!("addr add 2a0f:ffff:0:{n}::10/64 dev lan nodad"))?;
            host.ip(&format!(
                "-6 route replace default via 2a0f:ffff:0:{n}::1 dev lan"
            ))?;
        }
        self.set_tunnels(side.n_tunnels)
    }

    /// Interfaces like those of VPNs and containers: they are up, have addresses, and lead nowhere.
    fn set_tunnels(&self, wanted: usize) -> Result<(), String> {
        let links = self.host.ip("-br link")?;
        let there = links.lines().filter(|line| line.starts_with("tun")).count();
        for i in wanted..there {
            self.host.ip(&format!("link del dev tun{i}"))?;
        }
        for i in there..wanted {
            let host = &self.host;
            host.ip(&format!("link add dev tun{i} type veth peer name end{i}"))?;
            host.ip(&format!("link set dev tun{i} up"))?;
            host.ip(&format!("link set dev end{i} up"))?;
            // Docker's networks come first, then those of VPNs.
            let net = if i < 6 {
                format!("172.{}.0.1/16", 17 + i)
            } else {
                format!("10.{i}.0.2/24")
            };
            host.ip(&format!("addr add {net} dev tun{i}"))?;
            host.ip(&format!("addr add fd00:{i}::2/64 dev tun{i} nodad"))?;
        }
        Ok(())
    }
}

/// Plugs a machine into the bridge of another.
fn join(
    machine: &Namespace,
    end: &str,
    to: &Namespace,
    bridge: &str,
    port: &str,
) -> Result<(), String> {
    machine.cable(end, to, port)?;
    to.ip(&format!("link set dev {port} master {bridge}"))
        .map(drop)
}
