//! `[cloud.relay]`: STUN and TURN in the same process, for both address families.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use serde::{Deserialize, Deserializer, Serialize};

use super::fault::Fault;

/// The port of STUN and TURN (RFC 8489 §18.6).
const PORT: u16 = 3478;

/// Settings of the relay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RelayConfig {
    /// Whether this process runs a relay.
    pub enabled: bool,
    /// UDP and TCP addresses of STUN and TURN, at most one of each family; in a file one may stand
    /// alone.
    #[serde(deserialize_with = "one_or_more")]
    pub listen: Vec<SocketAddr>,
    /// Host name or address at which viewers and agents reach the relay; empty means the host of
    /// the public URL.
    pub public_host: String,
    /// Public address of the relay behind a NAT; allocations also use it.
    pub public_ip: Option<IpAddr>,
    /// The same for IPv6, if `public_ip` is an IPv4 address.
    pub public_ip6: Option<Ipv6Addr>,
    /// Whether the port of the public URL takes TURN too, in TLS; if not set, it does where nothing is
    /// in front of the cloud's own TLS.
    pub turn_over_tls: Option<bool>,
    /// First UDP port of allocations.
    pub min_port: u16,
    /// Last UDP port of allocations.
    pub max_port: u16,
    /// Also relays to private and loopback addresses; for a single LAN, never on the internet.
    pub allow_private_peers: bool,
    /// Gigabytes per day that the calls of one account may relay; above this they slow down.
    pub gigabytes_per_day: u32,
}

impl Default for RelayConfig {
    fn default() -> RelayConfig {
        RelayConfig {
            enabled: true,
            listen: both(PORT),
            public_host: String::new(),
            public_ip: None,
            public_ip6: None,
            turn_over_tls: None,
            // The range for relayed addresses (RFC 8656 §7.2).
            min_port: 49_152,
            max_port: 65_535,
            allow_private_peers: false,
            // More than sixteen cameras need for six hours at the full rate of an allocation (21.6 GB).
            gigabytes_per_day: 24,
        }
    }
}

impl RelayConfig {
    /// The port of all listeners; 0 means any free one.
    pub fn port(&self) -> u16 {
        self.listen.first().map_or(PORT, SocketAddr::port)
    }

    /// Where to listen. `[::]` alone means every address of both families, as it does for other
    /// listeners on Linux.
    pub fn listeners(&self) -> Vec<SocketAddr> {
        match self.listen[..] {
            [alone] if alone.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED) => both(alone.port()),
            _ => self.listen.clone(),
        }
    }

    /// The public address that is set for a family.
    pub fn public_ip_of(&self, is_v4: bool) -> Option<IpAddr> {
        let ip6 = self.public_ip6.map(IpAddr::V6);
        let mut set = self.public_ip.into_iter().chain(ip6);
        set.find(|ip| ip.is_ipv4() == is_v4)
    }

    /// Settings that contradict each other.
    pub(super) fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let of = |is_v4| {
            self.listen
                .iter()
                .filter(move |it| it.is_ipv4() == is_v4)
                .count()
        };
        if self.listen.is_empty() || of(true) > 1 || of(false) > 1 {
            faults.push(Fault::new(
                "relay.listen",
                format!("`relay.listen` has {} addresses", self.listen.len()),
                "use one IPv4 address, one IPv6 address, or one of each",
            ));
        }
        if self.listen.iter().any(|it| it.port() != self.port()) {
            faults.push(Fault::new(
                "relay.listen",
                "the addresses in `relay.listen` have different ports",
                "use one port for both",
            ));
        }
        if self.public_ip6.is_some() && self.public_ip.is_some_and(|ip| ip.is_ipv6()) {
            faults.push(Fault::new(
                "relay.public_ip",
                "`relay.public_ip` and `relay.public_ip6` are both IPv6 addresses",
                "set `relay.public_ip` to the IPv4 address, or remove it",
            ));
        }
        faults
    }
}

fn both(port: u16) -> Vec<SocketAddr> {
    vec![
        SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)),
        SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)),
    ]
}

/// One address as a text, or a list of them.
fn one_or_more<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<SocketAddr>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum ListenSetting {
        One(String),
        More(Vec<String>),
    }
    let read = |text: &String| {
        text.parse().map_err(|_| {
            let words = format!("`{text}` is not an address with a port, such as 0.0.0.0:3478");
            serde::de::Error::custom(words)
        })
    };
    match ListenSetting::deserialize(from)? {
        ListenSetting::One(text) => Ok(vec![read(&text)?]),
        ListenSetting::More(texts) => texts.iter().map(read).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    fn listeners(text: &str) -> Vec<String> {
        let config = Config::from_toml(text).unwrap();
        let listeners = config.relay.listeners();
        listeners.iter().map(ToString::to_string).collect()
    }

    fn refusal(text: &str) -> String {
        format!("{:#}", Config::from_toml(text).unwrap_err())
    }

    #[test]
    fn one_address_or_one_of_each_family_is_a_setting() {
        assert_eq!(listeners(""), ["0.0.0.0:3478", "[::]:3478"]);
        assert_eq!(listeners("relay.listen = \"0.0.0.0:99\""), ["0.0.0.0:99"]);
        assert_eq!(listeners("relay.listen = [\"[::1]:99\"]"), ["[::1]:99"]);
        assert_eq!(
            listeners("relay.listen = [\"5.9.0.1:99\", \"[2a00::1]:99\"]"),
            ["5.9.0.1:99", "[2a00::1]:99"]
        );
        assert_eq!(
            listeners("relay.listen = \"[::]:99\""),
            ["0.0.0.0:99", "[::]:99"]
        );
    }

    #[test]
    fn contradictory_relay_addresses_are_refused() {
        for (text, words) in [
            ("relay.listen = []", "0 addresses"),
            (
                "relay.listen = [\"0.0.0.0:1\", \"127.0.0.1:1\"]",
                "2 addresses",
            ),
            ("relay.listen = [\"0.0.0.0:1\", \"[::]:2\"]", "one port"),
            ("relay.listen = \"here\"", "`here` is not an address"),
            (
                "relay.public_ip = \"2a00::1\"\nrelay.public_ip6 = \"2a00::2\"",
                "both IPv6",
            ),
        ] {
            let said = refusal(text);
            assert!(said.contains(words), "{text}: {said}");
        }
    }

    #[test]
    fn each_family_has_its_own_public_address() {
        let text = "relay.public_ip = \"5.9.0.1\"\nrelay.public_ip6 = \"2a00::2\"";
        let relay = Config::from_toml(text).unwrap().relay;
        assert_eq!(relay.public_ip_of(true), Some("5.9.0.1".parse().unwrap()));
        assert_eq!(relay.public_ip_of(false), Some("2a00::2".parse().unwrap()));

        let relay = Config::from_toml("relay.public_ip = \"2a00::1\"")
            .unwrap()
            .relay;
        assert_eq!(relay.public_ip_of(true), None);
        assert_eq!(relay.public_ip_of(false), Some("2a00::1".parse().unwrap()));
    }
}
