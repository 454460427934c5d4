//! Where clients reach a relay that runs alone: the addresses that are set, or those of this machine.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use anyhow::ensure;
use cloud::config::{RelayProgramConfig, is_loopback};
use relay::RelayedAddress;
use relay::policy::{Reach, reach};

/// Addresses of documentation (RFC 5737, RFC 3849): they have the default route of every other one.
const ANYBODY: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)),
];

/// The addresses of relayed sockets, of each family that the relay listens on and has an address of.
pub(super) fn relayed(config: &RelayProgramConfig) -> anyhow::Result<Vec<RelayedAddress>> {
    let listeners = config.listeners().into_iter();
    let relayed: Vec<RelayedAddress> = listeners
        .filter_map(|listener| {
            let public_ip = public_ip(config, listener)?;
            // Otherwise a machine with several addresses might send from another one.
            let relay_ip = if is_of_this_machine(public_ip) {
                public_ip
            } else {
                listener.ip()
            };
            Some(RelayedAddress {
                relay_ip,
                public_ip: Some(public_ip),
            })
        })
        .collect();
    ensure!(
        !relayed.is_empty(),
        "this machine has no address of the internet; set `public_ip` in [relay] or --public-ip to the \
         one at which clients reach it"
    );
    Ok(relayed)
}

/// What the cloud tells clients.
pub(super) fn for_clients(relayed: &[RelayedAddress], port: u16) -> Vec<SocketAddr> {
    let ips = relayed.iter().map(|of| of.public_ip.unwrap_or(of.relay_ip));
    ips.map(|ip| SocketAddr::new(ip, port)).collect()
}

fn public_ip(config: &RelayProgramConfig, listener: SocketAddr) -> Option<IpAddr> {
    if let Some(ip) = config.public_ip_of(listener.is_ipv4()) {
        return Some(ip);
    }
    if !listener.ip().is_unspecified() {
        return Some(listener.ip());
    }
    if is_loopback(&config.cloud) {
        let here: IpAddr = Ipv4Addr::LOCALHOST.into();
        return listener.is_ipv4().then_some(here);
    }
    let own = own_ip(listener.is_ipv4())?;
    let is_reached = reach(own) == Reach::Global || config.allow_private_peers;
    is_reached.then_some(own)
}

/// The address from which this machine reaches the internet. Nothing is sent.
fn own_ip(is_v4: bool) -> Option<IpAddr> {
    let anybody = ANYBODY.into_iter().find(|ip| ip.is_ipv4() == is_v4)?;
    let any: IpAddr = if is_v4 {
        Ipv4Addr::UNSPECIFIED.into()
    } else {
        Ipv6Addr::UNSPECIFIED.into()
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect((anybody, 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

fn is_of_this_machine(ip: IpAddr) -> bool {
    UdpSocket::bind((ip, 0)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(change: impl FnOnce(&mut RelayProgramConfig)) -> Vec<String> {
        let mut config = RelayProgramConfig {
            cloud: "https://cloud.example.org".parse().unwrap(),
            ..RelayProgramConfig::default()
        };
        change(&mut config);
        let relayed = relayed(&config).unwrap();
        let addresses = for_clients(&relayed, 99).into_iter();
        addresses.map(|at| at.to_string()).collect()
    }

    #[test]
    fn clients_get_the_configured_addresses() {
        let both = addresses(|config| {
            config.public_ip = "203.0.113.7".parse().ok();
            config.public_ip6 = "2001:db8::7".parse().ok();
        });
        let listener = addresses(|config| {
            config.listen = vec!["203.0.113.8:99".parse().unwrap()];
        });

        assert_eq!(both, ["203.0.113.7:99", "[2001:db8::7]:99"]);
        assert_eq!(listener, ["203.0.113.8:99"]);
    }

    #[test]
    fn a_relay_of_a_loopback_cloud_is_there_too() {
        let here = addresses(|config| config.cloud = "http://127.0.0.1:8080".parse().unwrap());

        assert_eq!(here, ["127.0.0.1:99"]);
    }
}
