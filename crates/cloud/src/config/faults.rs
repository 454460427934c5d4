//! Problems in settings that contradict each other or are not safe: all of them, each with a fix.
//! Nothing is contacted.

use url::Url;

use super::fault::Fault;
use super::{
    Config, Encryption, MAX_DRAIN_SECONDS, MAX_TIMEOUT_SECONDS, MailConfig, TlsMode, is_loopback,
};

/// Whether a rule holds; otherwise the setting, what was found, and how to fix it.
type Rule = (bool, &'static str, String, String);

impl Config {
    /// Everything that cannot work or is not safe.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        faults.extend(self.address());
        faults.extend(self.database.fault());
        faults.extend(self.tls.faults(self.public_url.as_ref()));
        faults.extend(self.plain_http());
        if !self.mail.host.is_empty() {
            faults.extend(self.mail.faults());
        }
        faults.extend(self.relay.faults());
        faults.extend(self.turn_over_tls());
        faults.extend(self.numbers());
        faults
    }

    fn address(&self) -> Option<Fault> {
        match &self.public_url {
            Some(url) => public_url(url),
            None if self.listen.ip().is_loopback() => None,
            None => Some(Fault::new(
                "public_url",
                format!(
                    "`listen` is {}, which other machines can reach",
                    self.listen
                ),
                "set `public_url` to the https:// address that people use",
            )),
        }
    }

    fn plain_http(&self) -> Option<Fault> {
        let is_plain = self.tls.mode() == TlsMode::Off;
        // Plain HTTP is fine behind a trusted proxy; `web::protection` refuses anybody else.
        if is_plain && !self.listen.ip().is_loopback() && self.trusted_proxies.is_empty() {
            return Some(Fault::new(
                "listen",
                format!(
                    "`listen` is {}, which other machines can reach, without TLS",
                    self.listen
                ),
                "set certificate files or ACME in [cloud.tls], or add the HTTPS proxy to \
                 `trusted_proxies`",
            ));
        }
        let url = self.public_url.as_ref();
        let says_http = url.is_some_and(|url| url.scheme() == "http");
        (!is_plain && says_http).then(|| {
            Fault::new(
                "public_url",
                "`public_url` is http:// and [cloud.tls] is set",
                "start `public_url` with https://",
            )
        })
    }

    fn turn_over_tls(&self) -> Option<Fault> {
        let is_https = self.public_url(self.listen).scheme() == "https";
        (self.relay.turn_over_tls == Some(true) && !is_https).then(|| {
            Fault::new(
                "relay.turn_over_tls",
                "`relay.turn_over_tls` is set, but `public_url` does not start with https://",
                "set [cloud.tls] or an https:// address, or remove it",
            )
        })
    }

    fn numbers(&self) -> Vec<Fault> {
        let Config { limits, audit, .. } = self;
        let drain = (
            self.drain_seconds <= MAX_DRAIN_SECONDS,
            "drain_seconds",
            format!("`drain_seconds` is {}", self.drain_seconds),
            format!("the maximum is {MAX_DRAIN_SECONDS}"),
        );
        let file = (
            audit.max_bytes >= 64 << 10,
            "audit.max_bytes",
            format!("`audit.max_bytes` is {}", audit.max_bytes),
            "it must be at least 65536".to_owned(),
        );
        let days = (
            audit.keep_days >= 1,
            "audit.keep_days",
            format!("`audit.keep_days` is {}", audit.keep_days),
            "it must be at least 1".to_owned(),
        );
        let (memory, passes) = (limits.password_memory_kib, limits.password_passes);
        let hash = (
            // The minimum of ASVS 11.4.2 for two passes.
            memory >= 19 * 1024 && passes >= 2,
            "limits.password_memory_kib",
            format!("a password hash of {memory} KiB in {passes} passes is too weak"),
            "`limits.password_memory_kib` must be at least 19456 and `limits.password_passes` at least 2"
                .to_owned(),
        );
        let digits = (
            (4..=8).contains(&limits.code_digits),
            "limits.code_digits",
            format!("`limits.code_digits` is {}", limits.code_digits),
            "it must be 4 to 8".to_owned(),
        );
        let work = (
            limits.work_bits <= 20,
            "limits.work_bits",
            format!("`limits.work_bits` is {}", limits.work_bits),
            "it must be 0 to 20; each step doubles the wait of slow phones".to_owned(),
        );
        let [ports, relayed] = self.relay_numbers();
        let rules = [drain, file, days, hash, digits, work, ports, relayed];
        let broken = rules.into_iter().filter(|(holds, ..)| !holds);
        broken
            .map(|(_, setting, found, fix)| Fault::new(setting, found, fix))
            .collect()
    }

    fn relay_numbers(&self) -> [Rule; 2] {
        let relay = &self.relay;
        let ports = (
            relay.min_port < relay.max_port,
            "relay.min_port",
            format!("`relay.min_port` is {}", relay.min_port),
            format!("it must be below `relay.max_port` ({})", relay.max_port),
        );
        let relayed = (
            relay.gigabytes_per_day >= 1,
            "relay.gigabytes_per_day",
            "`relay.gigabytes_per_day` is 0".to_owned(),
            "it must be at least 1; `relay.enabled = false` relays nothing".to_owned(),
        );
        [ports, relayed]
    }
}

impl MailConfig {
    fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        // By name and not by look-up: the password goes to any server that answers there.
        let local = ["localhost", "127.0.0.1", "::1"].contains(&self.host.as_str());
        if self.encryption == Encryption::None && !local {
            faults.push(Fault::new(
                "mail.encryption",
                format!(
                    "`mail.encryption = \"none\"` is only for a mail server on this machine, not for {}",
                    self.host
                ),
                "set it to \"starttls\" (port 587) or \"tls\" (port 465)",
            ));
        }
        if !(1..=MAX_TIMEOUT_SECONDS).contains(&self.timeout_seconds) {
            faults.push(Fault::new(
                "mail.timeout_seconds",
                format!("`mail.timeout_seconds` is {}", self.timeout_seconds),
                format!("it must be 1 to {MAX_TIMEOUT_SECONDS}"),
            ));
        }
        if !self.dkim_selector.split('.').all(is_label) {
            faults.push(Fault::new(
                "mail.dkim_selector",
                format!(
                    "`mail.dkim_selector` ({}) is not a DNS name",
                    self.dkim_selector
                ),
                "use a name in lower case, such as `peerview`",
            ));
        }
        if let Err(error) = self.from.parse::<lettre::message::Mailbox>() {
            faults.push(Fault::new(
                "mail.from",
                format!(
                    "`mail.from` ({}) is not a mail address ({error})",
                    self.from
                ),
                "use an address such as `Peerview <peerview@example.org>`",
            ));
        }
        faults
    }
}

fn is_label(label: &str) -> bool {
    let is_known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    // At most 63 bytes a label (RFC 1035 §2.3.4).
    !label.is_empty() && label.len() <= 63 && label.bytes().all(is_known)
}

fn public_url(url: &Url) -> Option<Fault> {
    let fault = |found: String, fix: &str| Some(Fault::new("public_url", found, fix));
    let has_login = !url.username().is_empty() || url.password().is_some();
    if has_login {
        // Not repeated, because it may be somebody's password.
        return fault(
            "`public_url` contains a user name or password".to_owned(),
            "use an address such as https://cloud.example.org",
        );
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(url) => {}
        "http" => {
            return fault(
                format!(
                    "`public_url` ({url}) is plain HTTP, which is allowed only for this machine"
                ),
                "start it with https://",
            );
        }
        _ => {
            return fault(
                format!("`public_url` ({url}) is not an address for a browser"),
                "start it with https://",
            );
        }
    }
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if is_bare {
        return None;
    }
    fault(
        format!("`public_url` ({url}) has a path, query or fragment"),
        "use only an address such as https://cloud.example.org",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faults_are_reported_together() {
        let text = "public_url = \"http://cloud.example.org\"\n\
                    tls.certificate_file = \"a.pem\"\n\
                    tls.acme_domains = [\"Other.example.org\"]\n\
                    mail.host = \"mail.example.org\"\nmail.encryption = \"none\"\nmail.from = \"nobody\"\n\
                    database.url = \"mysql://x\"\nlimits.work_bits = 40\n";
        let config: Config = toml::from_str(text).unwrap();

        let faults = config.faults();

        let settings: Vec<&str> = faults.iter().map(|fault| &*fault.setting).collect();
        assert_eq!(
            settings,
            [
                "public_url",
                "database.url",
                "tls.key_file",
                "tls.acme_domains",
                "tls.acme_accept_terms",
                "tls.acme_domains",
                "tls.acme_domains",
                "public_url",
                "mail.encryption",
                "mail.from",
                "limits.work_bits",
            ]
        );
        let said = config.check().unwrap_err().to_string();
        for fault in faults {
            assert!(said.contains(&fault.to_string()), "{said}");
            assert!(
                !fault.found.is_empty() && !fault.fix.is_empty(),
                "{fault:?}"
            );
        }
    }

    #[test]
    fn asvs_16_2_5_a_password_in_the_public_address_is_not_repeated() {
        for url in [
            "https://ana:hunter2@example.org",
            "https://:hunter2@example.org",
        ] {
            let config = Config {
                public_url: Some(url.parse().unwrap()),
                ..Config::default()
            };

            let words = config.check().unwrap_err().to_string();

            assert!(
                words.contains("password") && !words.contains("hunter2"),
                "{words}"
            );
        }
    }
}
