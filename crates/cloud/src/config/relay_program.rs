//! The table `[relay]`: a relay that runs alone, `peerview relay`.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use proto::joining::message::is_host;
use proto::joining::proof::{JoinSecret, is_name};
use serde::{Deserialize, Serialize};
use url::Url;

use super::fault::Fault;
use super::relay::{PORT, both, both_ipv6, join_secret, listen_faults, listeners, one_or_more};
use super::{MAX_DRAIN_SECONDS, is_loopback};

/// The port that networks let out which let out nothing but pages.
const TLS_PORT: u16 = 443;

/// Settings of a relay that runs alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RelayProgramConfig {
    /// The public address of the cloud that it joins.
    pub cloud: Url,
    /// Its name in the settings of the cloud.
    pub name: String,
    /// File with the secret that it shares with the cloud.
    pub secret_file: PathBuf,
    /// UDP and TCP addresses of STUN and TURN, at most one of each family.
    #[serde(deserialize_with = "one_or_more")]
    pub listen: Vec<SocketAddr>,
    /// Its public IPv4 address, or IPv6 address; otherwise the one that this machine uses itself.
    pub public_ip: Option<IpAddr>,
    /// Its public IPv6 address, if `public_ip` is an IPv4 address.
    pub public_ip6: Option<Ipv6Addr>,
    /// Name at which clients reach the relay in TLS, which the certificate is for; empty means no TLS.
    pub tls_host: String,
    /// TCP port of TURN over TLS, at the addresses of `listen`.
    pub tls_port: u16,
    /// PEM file with the certificate for TLS and its intermediate certificates.
    pub certificate_file: PathBuf,
    /// PEM file with its private key.
    pub key_file: PathBuf,
    /// First UDP port of allocations.
    pub min_port: u16,
    /// Last UDP port of allocations.
    pub max_port: u16,
    /// Also relays to private and loopback addresses; for a single LAN, never on the internet.
    pub allow_private_peers: bool,
    /// Gigabytes per day that the calls of one account may relay through it.
    pub gigabytes_per_day: u32,
    /// Seconds for which running calls are carried on after a stop was requested.
    pub drain_seconds: u64,
    /// PEM file with a certificate authority to trust for the cloud in addition to those of this
    /// machine; empty means none.
    pub ca_file: PathBuf,
}

impl Default for RelayProgramConfig {
    fn default() -> RelayProgramConfig {
        RelayProgramConfig {
            cloud: Url::parse("http://127.0.0.1:8080").expect("an address"),
            name: "relay".to_owned(),
            secret_file: PathBuf::from("relay.secret"),
            listen: both(PORT),
            public_ip: None,
            public_ip6: None,
            tls_host: String::new(),
            tls_port: TLS_PORT,
            certificate_file: PathBuf::new(),
            key_file: PathBuf::new(),
            // The range for relayed addresses (RFC 8656 §7.2).
            min_port: 49_152,
            max_port: 65_535,
            allow_private_peers: false,
            gigabytes_per_day: 24,
            drain_seconds: 0,
            ca_file: PathBuf::new(),
        }
    }
}

impl RelayProgramConfig {
    /// Refuses settings that cannot work or are not safe, and explains what to change.
    ///
    /// # Errors
    /// The first of [`RelayProgramConfig::faults`].
    pub fn check(&self) -> anyhow::Result<()> {
        self.faults()
            .into_iter()
            .next()
            .map_or(Ok(()), |fault| Err(fault.into()))
    }

    /// Everything that cannot work or is not safe.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = listen_faults(&self.listen, "relay");
        if self.cloud.scheme() != "https" && !is_loopback(&self.cloud) {
            faults.push(Fault::new(
                "relay.cloud",
                "`relay.cloud` does not start with https://",
                "use the public address of the cloud: the open calls must not travel in clear text",
            ));
        }
        if !is_name(&self.name) {
            faults.push(Fault::new(
                "relay.name",
                format!("`{}` is no name of a relay", self.name),
                "use up to 32 letters, digits and hyphens",
            ));
        }
        if self.public_ip6.is_some() && self.public_ip.is_some_and(|ip| ip.is_ipv6()) {
            faults.push(both_ipv6("relay"));
        }
        if self.drain_seconds > MAX_DRAIN_SECONDS {
            faults.push(Fault::new(
                "relay.drain_seconds",
                format!("`relay.drain_seconds` is {}", self.drain_seconds),
                format!("the maximum is {MAX_DRAIN_SECONDS}"),
            ));
        }
        faults.extend(self.tls_faults());
        faults
    }

    fn tls_faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let is_set = [
            !self.tls_host.is_empty(),
            !self.certificate_file.as_os_str().is_empty(),
            !self.key_file.as_os_str().is_empty(),
        ];
        if is_set.contains(&true) && is_set.contains(&false) {
            faults.push(Fault::new(
                "relay.tls_host",
                "only some of `relay.tls_host`, `relay.certificate_file` and `relay.key_file` are set",
                "set all three for TURN over TLS, or none",
            ));
        }
        if is_set[0] && !is_host(&self.tls_host) {
            faults.push(Fault::new(
                "relay.tls_host",
                format!("`relay.tls_host` ({}) is no host name", self.tls_host),
                "use the name that the certificate is for, without https:// and port",
            ));
        }
        let port = self.listen.first().map(SocketAddr::port);
        if is_set[0] && self.tls_port != 0 && port == Some(self.tls_port) {
            faults.push(Fault::new(
                "relay.tls_port",
                format!(
                    "`relay.tls_port` and `relay.listen` both have port {}",
                    self.tls_port
                ),
                "use another port for one of them: TURN over TCP is on that of `relay.listen`",
            ));
        }
        faults
    }

    /// Where to listen for TURN over TLS.
    pub fn tls_listeners(&self) -> Vec<SocketAddr> {
        let at = |listener: SocketAddr| SocketAddr::new(listener.ip(), self.tls_port);
        self.listeners().into_iter().map(at).collect()
    }

    /// Where to listen.
    pub fn listeners(&self) -> Vec<SocketAddr> {
        listeners(&self.listen)
    }

    /// The public address that is set for a family.
    pub fn public_ip_of(&self, is_v4: bool) -> Option<IpAddr> {
        let ip6 = self.public_ip6.map(IpAddr::V6);
        let mut set = self.public_ip.into_iter().chain(ip6);
        set.find(|ip| ip.is_ipv4() == is_v4)
    }

    /// Reads the secret.
    ///
    /// # Errors
    /// The file cannot be read, or the secret is weak.
    pub fn secret(&self) -> anyhow::Result<JoinSecret> {
        join_secret(&self.secret_file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_reaches_its_cloud_over_tls_only() {
        let refused = |cloud: &str| {
            let config = RelayProgramConfig {
                cloud: cloud.parse().unwrap(),
                ..RelayProgramConfig::default()
            };
            config.check().is_err()
        };

        assert!(refused("http://cloud.example.org") && refused("http://192.168.1.5:8080"));
        assert!(!refused("https://cloud.example.org") && !refused("http://127.0.0.1:8080"));
    }

    #[test]
    fn unusable_settings_of_a_relay_are_refused() {
        for (text, words) in [
            ("name = \"a b\"", "no name of a relay"),
            ("listen = []", "0 addresses"),
            ("drain_seconds = 301", "300"),
            (
                "public_ip = \"2a00::1\"\npublic_ip6 = \"2a00::2\"",
                "both IPv6",
            ),
            ("tls_host = \"relay.example.org\"", "only some"),
            ("key_file = \"key.pem\"", "only some"),
            (
                "tls_host = \"https://a.example\"\ncertificate_file = \"c\"\nkey_file = \"k\"",
                "no host name",
            ),
            (
                "tls_host = \"a.example\"\ncertificate_file = \"c\"\nkey_file = \"k\"\ntls_port = 3478",
                "both have port 3478",
            ),
        ] {
            let config: RelayProgramConfig = toml::from_str(text).unwrap();
            let said = format!("{:#}", config.check().unwrap_err());
            assert!(said.contains(words), "{said}");
        }
    }
}
