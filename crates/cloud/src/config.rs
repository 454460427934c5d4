//! Settings of the cloud: the table `[cloud]` of the configuration file. `config.example.toml`
//! explains each one; a test compares the two.

mod database;
mod fault;
mod faults;
mod operator;
mod reading;
mod relay;
mod relay_program;
mod text;
mod tls;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use anyhow::Context;
use ipnet::IpNet;
use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

pub use database::DatabaseConfig;
pub use fault::Fault;
pub use operator::{AuditConfig, ClientAddresses, MetricsConfig};
pub use reading::Reading;
pub use relay::{JoinedRelayConfig, RelayConfig, TurnServerConfig};
pub use relay_program::RelayProgramConfig;
pub use text::without_mark;
pub use tls::{TlsConfig, TlsMode};

use crate::connections::ConnectionLimits;
use crate::{disk, downloads};

/// Longest `mail.timeout_seconds`.
pub const MAX_TIMEOUT_SECONDS: u64 = 60;

/// Longest `drain_seconds`.
pub const MAX_DRAIN_SECONDS: u64 = 300;

/// All settings of the cloud; every one has a default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
// A misspelt setting is an error; otherwise it would silently keep its default.
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Folder for server secrets and the SQLite database; created with mode 0700 if missing.
    pub data_dir: PathBuf,
    /// Where pages and sockets are served.
    pub listen: SocketAddr,
    /// The address that people use. Default: `http://` and [`Config::listen`], which must then be
    /// loopback.
    #[serde(deserialize_with = "public_url")]
    pub public_url: Option<Url>,
    /// Seconds for which requests are still served after a stop was requested, while `/readyz`
    /// reports not ready.
    pub drain_seconds: u64,
    /// With less free disk space, `/readyz` reports not ready, and the audit log leaves the space
    /// to the database.
    pub disk_reserve_bytes: u64,
    /// Folder with the programs and packages that Help offers.
    pub downloads_dir: PathBuf,
    /// Where the rows are stored.
    pub database: DatabaseConfig,
    /// Networks of proxies whose `X-Forwarded-For` is trusted, and which may use plain HTTP.
    pub trusted_proxies: Vec<IpNet>,
    /// Where the certificate comes from.
    pub tls: TlsConfig,
    /// How mail leaves.
    pub mail: MailConfig,
    /// STUN and TURN for calls without a direct path.
    pub relay: RelayConfig,
    /// The log of who did what.
    pub audit: AuditConfig,
    /// The listener for Prometheus, off by default.
    pub metrics: MetricsConfig,
    /// Limits that an operator may change.
    pub limits: LimitsConfig,
    /// Mail goes only to the page `/demo/mailbox`. Only the demo sets this; no file can.
    #[serde(skip)]
    pub demo: bool,
    /// Limits on the number and speed of connections; only tests change them.
    #[serde(skip)]
    pub connections: ConnectionLimits,
    /// Disk space reserved for signing in, in bytes; three times as much with PostgreSQL. Only tests change it.
    #[serde(skip)]
    pub sign_in_reserve_bytes: u64,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            data_dir: PathBuf::from("data"),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: None,
            drain_seconds: 0,
            disk_reserve_bytes: 64 << 20,
            downloads_dir: PathBuf::from(downloads::FOLDER),
            database: DatabaseConfig::default(),
            trusted_proxies: Vec::new(),
            tls: TlsConfig::default(),
            mail: MailConfig::default(),
            relay: RelayConfig::default(),
            audit: AuditConfig::default(),
            metrics: MetricsConfig::default(),
            limits: LimitsConfig::default(),
            demo: false,
            connections: ConnectionLimits::default(),
            sign_in_reserve_bytes: disk::RESERVE_BYTES,
        }
    }
}

/// `[cloud.mail]`: the mail server for our mails.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailConfig {
    /// Host name of the mail server; if empty, mails wait.
    pub host: String,
    /// TCP port of the mail server.
    pub port: u16,
    /// How the connection is protected.
    pub encryption: Encryption,
    /// User name there; empty means no log-in.
    pub user: String,
    /// Password for that user name; never shown or logged.
    pub password: String,
    /// Sender of every mail, `Name <address>` or an address.
    pub from: String,
    /// Maximum seconds for each step of the conversation.
    pub timeout_seconds: u64,
    /// PEM file with a certificate authority to trust in addition to the public ones; empty means
    /// none.
    pub ca_file: PathBuf,
    /// PEM file with the key for DKIM signatures; empty means that mails are not signed here.
    pub dkim_key_file: PathBuf,
    /// Name of that key in DNS, in front of `._domainkey` and the domain of `from`.
    pub dkim_selector: String,
}

impl Default for MailConfig {
    fn default() -> MailConfig {
        MailConfig {
            host: String::new(),
            port: 587,
            encryption: Encryption::Starttls,
            user: String::new(),
            password: String::new(),
            from: "Peerview <peerview@localhost>".to_owned(),
            timeout_seconds: 20,
            ca_file: PathBuf::new(),
            dkim_key_file: PathBuf::new(),
            dkim_selector: "peerview".to_owned(),
        }
    }
}

impl std::fmt::Debug for MailConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Taken apart by name, so that no new field is shown by accident.
        let MailConfig {
            host,
            port,
            encryption,
            user,
            password: _,
            from,
            timeout_seconds,
            ca_file,
            dkim_key_file,
            dkim_selector,
        } = self;
        f.debug_struct("MailConfig")
            .field("host", host)
            .field("port", port)
            .field("encryption", encryption)
            .field("user", user)
            .field("password", &"hidden")
            .field("from", from)
            .field("timeout_seconds", timeout_seconds)
            .field("ca_file", ca_file)
            .field("dkim_key_file", dkim_key_file)
            .field("dkim_selector", dkim_selector)
            .finish()
    }
}

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encryption {
    /// Plain first, then TLS; without TLS no mail is sent (port 587).
    Starttls,
    /// TLS from the first byte (port 465).
    Tls,
    /// None; only for a mail server on this machine.
    None,
}

/// `[cloud.limits]`: limits that an operator may change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsConfig {
    /// Memory of one password hash (Argon2id) in KiB; never below 19 MiB.
    pub password_memory_kib: u32,
    /// Passes of one password hash; never below 2.
    pub password_passes: u32,
    /// Mails per hour in total.
    pub mails_per_hour: u32,
    /// Mails per day in total.
    pub mails_per_day: u32,
    /// Digits of a verification code, 4 to 8.
    pub code_digits: u8,
    /// Total number of wrong codes in a day after which short codes are switched off for a day.
    pub wrong_codes_per_day: u32,
    /// Work of a form in bits, 0 to 20; each bit doubles it.
    pub work_bits: u32,
    /// Password hashes cost next to nothing, whatever the two numbers above say. Only tests of other things
    /// set this; no file can.
    #[serde(skip)]
    pub cheap_hashes: bool,
}

impl Default for LimitsConfig {
    fn default() -> LimitsConfig {
        LimitsConfig {
            // Well above the minimum of ASVS 11.4.2, which `Config::check` enforces.
            password_memory_kib: 64 * 1024,
            password_passes: 3,
            mails_per_hour: 200,
            mails_per_day: 1_000,
            // The counted tries bound guessing, not the digits: docs/ref/limits.md.
            code_digits: 4,
            wrong_codes_per_day: 100,
            work_bits: 13,
            cheap_hashes: false,
        }
    }
}

impl Config {
    /// Reads settings from TOML text with the contents of `[cloud]`.
    pub fn from_toml(text: &str) -> anyhow::Result<Config> {
        let config: Config = toml::from_str(text).context("reading the settings of the cloud")?;
        config.check()?;
        Ok(config)
    }

    /// Refuses settings that cannot work or are not safe, and explains what to change.
    ///
    /// # Errors
    /// All of [`Config::faults`], one a line.
    pub fn check(&self) -> anyhow::Result<()> {
        let mut faults = self.faults();
        match faults.len() {
            0 => Ok(()),
            1 => Err(faults.remove(0).into()),
            n => {
                let lines: Vec<String> = faults.iter().map(|fault| format!("- {fault}")).collect();
                anyhow::bail!("{n} settings are wrong:\n{}", lines.join("\n"))
            }
        }
    }

    /// The address that people use, given the bound address of the listener.
    pub fn public_url(&self, bound: SocketAddr) -> Url {
        let scheme = match self.tls.mode() {
            TlsMode::Off => "http",
            TlsMode::Files | TlsMode::Acme => "https",
        };
        let derived =
            || Url::parse(&format!("{scheme}://{bound}/")).expect("a socket address makes a URL");
        self.public_url.clone().unwrap_or_else(derived)
    }

    /// Whether the listener for pages takes TURN too, and this is announced to viewers and agents. An HTTP proxy
    /// in front could not pass it on.
    pub fn has_turn_over_tls(&self) -> bool {
        let has_own_tls = self.tls.mode() != TlsMode::Off && self.trusted_proxies.is_empty();
        self.relay.enabled && self.relay.turn_over_tls.unwrap_or(has_own_tls)
    }

    /// Whether this address is a trusted proxy.
    pub fn is_trusted_proxy(&self, ip: IpAddr) -> bool {
        // ::ffff:127.0.0.1 of a dual-stack socket must match 127.0.0.1/32.
        let ip = ip.to_canonical();
        self.trusted_proxies.iter().any(|net| net.contains(&ip))
    }
}

/// The parser's own error would repeat the address, including a password.
fn public_url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Url>, D::Error> {
    let text = String::deserialize(from)?;
    let url = Url::parse(&text).map_err(|error| {
        let words = format!("{error}; use an address such as https://cloud.example.org");
        serde::de::Error::custom(words)
    })?;
    Ok(Some(url))
}

/// Whether a URL's host can only be this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        // No look-up: another name may lead here today and elsewhere tomorrow.
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        format!("{:#}", Config::from_toml(text).unwrap_err())
    }

    #[test]
    fn an_empty_file_gives_the_defaults() {
        assert_eq!(Config::from_toml("").unwrap(), Config::default());
    }

    #[test]
    fn a_misspelt_setting_is_refused_by_name() {
        assert!(refusal("listn = \"127.0.0.1:1\"").contains("listn"));
    }

    #[test]
    fn the_demo_cannot_be_switched_on_by_a_file() {
        assert!(refusal("demo = true").contains("demo"));
    }

    #[test]
    fn all_invalid_settings_are_reported_together() {
        let said = refusal("listen = \"0.0.0.0:8080\"");

        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines[0], "2 settings are wrong:", "{said}");
        assert_eq!(lines.len(), 3, "{said}");
        assert!(lines[1].starts_with("- `listen` is 0.0.0.0:8080"), "{said}");
    }

    #[test]
    fn plain_http_is_allowed_on_this_machine_only() {
        assert!(refusal("public_url = \"http://cloud.example.org\"").contains("https"));
        assert!(refusal("listen = \"0.0.0.0:8080\"").contains("public_url"));
        assert!(Config::from_toml("public_url = \"http://localhost:8080\"").is_ok());
        assert!(Config::from_toml("public_url = \"https://cloud.example.org\"").is_ok());
    }

    #[test]
    fn unencrypted_mail_is_allowed_on_this_machine_only() {
        assert!(
            refusal("mail.host = \"mail.example.org\"\nmail.encryption = \"none\"")
                .contains("none")
        );
        assert!(Config::from_toml("mail.host = \"127.0.0.1\"\nmail.encryption = \"none\"").is_ok());
    }

    #[test]
    fn a_weak_password_hash_is_refused() {
        assert!(refusal("limits.password_memory_kib = 1024").contains("19456"));
    }

    #[test]
    fn no_file_makes_password_hashes_cheap() {
        assert!(refusal("limits.cheap_hashes = true").contains("unknown field"));
        assert!(!Config::default().limits.cheap_hashes);
    }

    #[test]
    fn turn_over_tls_is_off_behind_a_proxy() {
        let has = |text: &str| Config::from_toml(text).unwrap().has_turn_over_tls();
        let https = "public_url = \"https://cloud.example.org\"\n";
        let tls = format!("{https}tls.certificate_file = \"a\"\ntls.key_file = \"b\"\n");
        let proxy = "trusted_proxies = [\"10.0.0.0/8\"]\n";

        assert!(has(&tls));
        assert!(!has("") && !has(https) && !has(&format!("{tls}{proxy}")));
        assert!(has(&format!("{https}{proxy}relay.turn_over_tls = true")));
        assert!(!has(&format!("{tls}relay.turn_over_tls = false")));
        assert!(!has(&format!("{tls}relay.enabled = false")));
        assert!(refusal("relay.turn_over_tls = true").contains("https://"));
    }

    #[test]
    fn the_mail_password_never_shows_in_debug() {
        let mail = MailConfig {
            password: "hunter2hunter2".to_owned(),
            ..MailConfig::default()
        };

        assert!(!format!("{mail:?}").contains("hunter2"));
    }
}
