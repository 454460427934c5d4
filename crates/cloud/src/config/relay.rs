//! `[cloud.relay]`: STUN and TURN in the same process, for both address families.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use proto::joining::proof::{JoinSecret, is_name};
use proto::turn_credential::Secret;
use serde::{Deserialize, Deserializer, Serialize};
use zeroize::Zeroizing;

use super::fault::Fault;
use super::text::without_mark;

/// Relays that may join.
const MAX_RELAYS: usize = 64;

/// The port of STUN and TURN (RFC 8489 §18.6).
pub(super) const PORT: u16 = 3478;

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
    /// Relays that run alone and may join.
    pub joined: Vec<JoinedRelayConfig>,
    /// TURN servers of other makes.
    pub turn_servers: Vec<TurnServerConfig>,
}

/// `[[cloud.relay.joined]]`: a relay that runs alone (`peerview relay`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinedRelayConfig {
    /// Its name, as the relay's own settings say it.
    pub name: String,
    /// File with the secret that it shares with this cloud.
    pub secret_file: PathBuf,
}

/// `[[cloud.relay.turn_servers]]`: a TURN server of another make, such as coturn with
/// `use-auth-secret`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TurnServerConfig {
    /// Its `turn:`, `turns:` and `stun:` URLs.
    pub urls: Vec<String>,
    /// File with the secret that it shares with this cloud.
    pub secret_file: PathBuf,
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
            joined: Vec::new(),
            turn_servers: Vec::new(),
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
        listeners(&self.listen)
    }

    /// The public address that is set for a family.
    pub fn public_ip_of(&self, is_v4: bool) -> Option<IpAddr> {
        let ip6 = self.public_ip6.map(IpAddr::V6);
        let mut set = self.public_ip.into_iter().chain(ip6);
        set.find(|ip| ip.is_ipv4() == is_v4)
    }

    /// Names and secrets of the relays that may join.
    ///
    /// # Errors
    /// A file cannot be read, or its secret is weak.
    pub fn join_secrets(&self) -> anyhow::Result<Vec<(String, JoinSecret)>> {
        let read = |relay: &JoinedRelayConfig| {
            let secret = join_secret(&relay.secret_file)?;
            anyhow::Ok((relay.name.clone(), secret))
        };
        self.joined.iter().map(read).collect()
    }

    /// URLs and secrets of TURN servers of other makes.
    ///
    /// # Errors
    /// A file cannot be read or is empty.
    pub fn turn_secrets(&self) -> anyhow::Result<Vec<(Vec<String>, Secret)>> {
        let read = |server: &TurnServerConfig| {
            let text = read_secret(&server.secret_file)?;
            let line = text.lines().next().unwrap_or_default().trim();
            ensure!(
                !line.is_empty(),
                "the first line of {} is empty; it must be the secret of the TURN server",
                server.secret_file.display()
            );
            anyhow::Ok((server.urls.clone(), Secret::new(line)))
        };
        self.turn_servers.iter().map(read).collect()
    }

    /// Settings that contradict each other.
    pub(super) fn faults(&self) -> Vec<Fault> {
        let mut faults = listen_faults(&self.listen, "relay");
        if self.public_ip6.is_some() && self.public_ip.is_some_and(|ip| ip.is_ipv6()) {
            faults.push(both_ipv6("relay"));
        }
        faults.extend(self.joined_faults());
        faults
    }

    fn joined_faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut names = BTreeSet::new();
        for JoinedRelayConfig { name, .. } in &self.joined {
            if !is_name(name) {
                faults.push(Fault::new(
                    "relay.joined",
                    format!("`{name}` is no name of a relay"),
                    "use up to 32 letters, digits and hyphens",
                ));
            }
            if !names.insert(name) {
                faults.push(Fault::new(
                    "relay.joined",
                    format!("two relays are called `{name}`"),
                    "give each its own name and secret",
                ));
            }
        }
        if self.joined.len() > MAX_RELAYS {
            faults.push(Fault::new(
                "relay.joined",
                format!("there are {} relays", self.joined.len()),
                format!("the maximum is {MAX_RELAYS}"),
            ));
        }
        let urls = self.turn_servers.iter().flat_map(|server| &server.urls);
        let known = ["turn:", "turns:", "stun:"];
        for url in urls.filter(|url| !known.iter().any(|scheme| url.starts_with(scheme))) {
            faults.push(Fault::new(
                "relay.turn_servers",
                format!("`{url}` is no address of a TURN server"),
                "use an address such as turn:turn.example.org:3478?transport=udp",
            ));
        }
        faults
    }
}

/// The secret that a relay and its cloud share, from its file.
///
/// # Errors
/// The file cannot be read, or the secret is weak.
pub(super) fn join_secret(file: &Path) -> anyhow::Result<JoinSecret> {
    let text = read_secret(file)?;
    let secret = JoinSecret::parse(without_mark(&text));
    secret.with_context(|| format!("reading the secret in {}", file.display()))
}

fn read_secret(file: &Path) -> anyhow::Result<Zeroizing<String>> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("reading the secret in {}", file.display()))?;
    Ok(Zeroizing::new(text))
}

pub(super) fn both_ipv6(table: &str) -> Fault {
    Fault::new(
        &format!("{table}.public_ip"),
        format!("`{table}.public_ip` and `{table}.public_ip6` are both IPv6 addresses"),
        format!("set `{table}.public_ip` to the IPv4 address, or remove it"),
    )
}

/// Problems of the addresses that a relay listens on.
pub(super) fn listen_faults(listen: &[SocketAddr], table: &str) -> Vec<Fault> {
    let setting = format!("{table}.listen");
    let mut faults = Vec::new();
    let n = |is_v4| listen.iter().filter(|it| it.is_ipv4() == is_v4).count();
    if listen.is_empty() || n(true) > 1 || n(false) > 1 {
        faults.push(Fault::new(
            &setting,
            format!("`{setting}` has {} addresses", listen.len()),
            "use one IPv4 address, one IPv6 address, or one of each",
        ));
    }
    let port = listen.first().map(SocketAddr::port);
    if listen.iter().any(|it| Some(it.port()) != port) {
        faults.push(Fault::new(
            &setting,
            format!("the addresses in `{setting}` have different ports"),
            "use one port for both",
        ));
    }
    faults
}

/// Where to listen; `[::]` alone means both families.
pub(super) fn listeners(listen: &[SocketAddr]) -> Vec<SocketAddr> {
    match listen[..] {
        [alone] if alone.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED) => both(alone.port()),
        _ => listen.to_vec(),
    }
}

pub(super) fn both(port: u16) -> Vec<SocketAddr> {
    vec![
        SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)),
        SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)),
    ]
}

/// One address as a text, or a list of them.
pub(super) fn one_or_more<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<SocketAddr>, D::Error> {
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

    #[test]
    fn relays_that_may_join_have_distinct_names() {
        let joined = |name: &str| {
            format!("[[relay.joined]]\nname = \"{name}\"\nsecret_file = \"no/such/file\"\n")
        };
        let north = Config::from_toml(&joined("north")).unwrap();
        let error = format!("{:#}", north.relay.join_secrets().unwrap_err());

        assert!(error.contains("no/such/file"), "{error}");
        assert!(refusal(&joined("a b")).contains("no name of a relay"));
        let twice = joined("north") + &joined("north");
        assert!(refusal(&twice).contains("two relays are called `north`"));
        let http = "[[relay.turn_servers]]\nurls = [\"http://x\"]\nsecret_file = \"x\"\n";
        assert!(refusal(http).contains("no address of a TURN server"));
    }
}
