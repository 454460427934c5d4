//! Settings that are valid but probably a mistake: they work, but not as the operator expects.

use std::net::{IpAddr, SocketAddr};

use proto::addresses::is_local;

use super::finding::Grade;
use super::part::SettingsPart;
use crate::config::{Config, Encryption, MailConfig, TlsMode, is_loopback};

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Advice {
    pub(super) part: SettingsPart,
    pub(super) grade: Grade,
    pub(super) found: String,
    pub(super) fix: String,
}

impl Advice {
    fn new(part: SettingsPart, grade: Grade, found: impl Into<String>, fix: &str) -> Advice {
        Advice {
            part,
            grade,
            found: found.into(),
            fix: fix.to_owned(),
        }
    }
}

/// All advice for these settings.
pub(super) fn of(config: &Config) -> Vec<Advice> {
    let mut advice = proxies(config);
    advice.extend(listeners(config));
    advice.extend(acme(config));
    advice.extend(relay(config));
    if !config.mail.host.is_empty() {
        advice.extend(mail(&config.mail));
    }
    advice
}

fn proxies(config: &Config) -> Vec<Advice> {
    let about = |grade, found: &str, fix| Advice::new(SettingsPart::Address, grade, found, fix);
    let mut advice = Vec::new();
    let trusted = &config.trusted_proxies;
    if trusted.iter().any(|network| network.prefix_len() == 0) {
        advice.push(about(
            Grade::Bad,
            "`trusted_proxies` trusts everybody: a client can choose the address that limits count",
            "set it to the proxy's own address, such as \"127.0.0.1/32\"",
        ));
    }
    let is_plain = config.tls.mode() == TlsMode::Off;
    if !is_plain && !trusted.is_empty() {
        advice.push(about(
            Grade::Warn,
            "`trusted_proxies` is set, but [cloud.tls] serves HTTPS directly",
            "remove one of the two, unless a proxy in front connects to this cloud over HTTPS",
        ));
    }
    let url = config.public_url.as_ref();
    let is_behind = is_plain && url.is_some_and(|url| url.scheme() == "https");
    if is_behind && trusted.is_empty() {
        advice.push(about(
            Grade::Bad,
            "`public_url` is https://, but `trusted_proxies` does not contain the proxy that serves it: \
             everybody counts as one client, and wrong passwords of one person block all",
            "add it to `trusted_proxies`, such as \"127.0.0.1/32\", or set [cloud.tls]",
        ));
    }
    advice
}

/// Two listeners at one address, and one that strangers should not reach.
fn listeners(config: &Config) -> Vec<Advice> {
    let mut advice = Vec::new();
    let mut set = vec![("listen", config.listen)];
    set.extend(config.tls.http_listen.map(|addr| ("tls.http_listen", addr)));
    if config.relay.enabled {
        let relay = config.relay.listeners().into_iter();
        set.extend(relay.map(|addr| ("relay.listen", addr)));
    }
    set.extend(config.metrics.listen.map(|addr| ("metrics.listen", addr)));
    for (n, (name, addr)) in set.iter().enumerate() {
        let mut before = set[..n].iter();
        // The two addresses of the relay never meet, and one remark about both is enough.
        let is_told = before
            .clone()
            .any(|(other, there)| name == other && there.port() == addr.port());
        let twin = before.find(|(other, there)| name != other && collide(*addr, *there));
        if let Some((other, _)) = twin.filter(|_| !is_told) {
            let found = format!("`{name}` and `{other}` both use port {}", addr.port());
            let fix = "give each its own port; otherwise the cloud does not start";
            advice.push(Advice::new(SettingsPart::of(name), Grade::Bad, found, fix));
        }
    }
    let metrics = config.metrics.listen.map(|addr| addr.ip());
    if metrics.is_some_and(|ip| !ip.is_loopback()) {
        advice.push(Advice::new(
            SettingsPart::Other,
            Grade::Warn,
            "`metrics.listen` serves metrics over plain HTTP to everybody who can reach it",
            "set it to a loopback address, unless a firewall blocks strangers",
        ));
    }
    advice
}

fn collide(one: SocketAddr, other: SocketAddr) -> bool {
    let is_any = one.ip().is_unspecified() || other.ip().is_unspecified();
    // Port 0 means any free port: two of them never meet.
    one.port() != 0 && one.port() == other.port() && (is_any || one.ip() == other.ip())
}

/// The authority validates names on ports 443 and 80 (RFC 8555 §8.3, RFC 8737 §3).
fn acme(config: &Config) -> Option<Advice> {
    let plain = config.tls.http_listen.map(|addr| addr.port());
    let is_reached = config.listen.port() == 443 || plain == Some(80);
    (config.tls.mode() == TlsMode::Acme && !is_reached).then(|| {
        Advice::new(
            SettingsPart::Address,
            Grade::Warn,
            "the authority validates ACME names on port 443 or 80, but the cloud listens on neither",
            "set `listen` to port 443 or `tls.http_listen` to port 80, unless a router forwards one of them here",
        )
    })
}

fn relay(config: &Config) -> Vec<Advice> {
    let relay = &config.relay;
    let mut advice = Vec::new();
    if !relay.enabled {
        return advice;
    }
    let url = config.public_url.as_ref();
    if relay.allow_private_peers && url.is_some_and(|url| !is_loopback(url)) {
        advice.push(Advice::new(
            SettingsPart::Relay,
            Grade::Warn,
            "`relay.allow_private_peers` lets calls reach every machine of this network",
            "set it to false, unless this cloud serves one LAN and is not on the internet",
        ));
    }
    let set = [
        ("relay.public_ip", relay.public_ip),
        ("relay.public_ip6", relay.public_ip6.map(IpAddr::V6)),
    ];
    for (name, ip) in set {
        let Some(ip) = ip.filter(|ip| is_hidden(*ip)) else {
            continue;
        };
        advice.push(Advice::new(
            SettingsPart::Relay,
            Grade::Warn,
            format!("`{name}` ({ip}) is not reachable from the internet"),
            "set it to the public address of this machine, or remove it",
        ));
    }
    advice
}

fn is_hidden(ip: IpAddr) -> bool {
    is_local(ip) || ip.is_unspecified()
}

fn mail(mail: &MailConfig) -> Vec<Advice> {
    let about = |found: String, fix: &str| Advice::new(SettingsPart::Mail, Grade::Warn, found, fix);
    let mut advice = Vec::new();
    // 465 is TLS from the first byte (RFC 8314 §3.3); 25 and 587 begin in plain text.
    let usual = match (mail.port, mail.encryption) {
        (465, Encryption::Starttls) => Some("tls"),
        (25 | 587, Encryption::Tls) => Some("starttls"),
        _ => None,
    };
    if let Some(usual) = usual {
        let found = format!("mail servers use \"{usual}\" on port {}", mail.port);
        let fix = "set `encryption` in [cloud.mail] to that, or correct `port`";
        advice.push(about(found, fix));
    }
    if mail.user.is_empty() != mail.password.is_empty() {
        let found = "only one of `mail.user` and `mail.password` is set".to_owned();
        advice.push(about(found, "set both, or neither if no log-in is needed"));
    }
    let (_, user_domain) = mail.user.rsplit_once('@').unwrap_or_default();
    let sender = mail.from.parse::<lettre::message::Mailbox>();
    let sender = sender.map(|from| from.email.domain().to_lowercase());
    if let Ok(sender) = sender
        && !user_domain.is_empty()
        && user_domain.to_lowercase() != sender
    {
        advice.push(about(
            format!("mails are sent from {sender} and signed for it, but the log-in belongs to {user_domain}"),
            "make sure that the mail server lets this log-in send for that domain, or change `from` in [cloud.mail]",
        ));
    }
    advice
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(Grade, String)> {
        let config = toml::from_str(text).unwrap();
        let advice = of(&config).into_iter();
        advice.map(|advice| (advice.grade, advice.found)).collect()
    }

    const PUBLIC: &str = "public_url = \"https://cloud.example.org\"\n";
    const FILES: &str = "tls.certificate_file = \"a\"\ntls.key_file = \"b\"\n";

    #[test]
    fn usual_settings_get_no_advice() {
        for text in [
            "",
            &format!("{PUBLIC}trusted_proxies = [\"127.0.0.1/32\"]\n"),
            &format!("{PUBLIC}{FILES}listen = \"0.0.0.0:443\"\ntls.http_listen = \"0.0.0.0:80\"\n"),
            &format!(
                "{PUBLIC}listen = \"0.0.0.0:443\"\ntls.acme_domains = [\"cloud.example.org\"]\n"
            ),
            "mail.host = \"a\"\nmail.user = \"me@example.org\"\nmail.password = \"x\"\nmail.from = \"c@Example.org\"\n",
            "mail.host = \"a\"\nmail.port = 465\nmail.encryption = \"tls\"\nmetrics.listen = \"127.0.0.1:9090\"\n",
            "relay.enabled = false\nrelay.allow_private_peers = true\nrelay.listen = \"127.0.0.1:8080\"\n",
        ] {
            assert_eq!(told(text), [], "{text}");
        }
    }

    #[track_caller]
    fn tells(text: &str, grade: Grade, words: &str) {
        let told = told(text);
        assert_eq!(told.len(), 1, "{text}: {told:?}");
        assert_eq!(told[0].0, grade, "{told:?}");
        assert!(told[0].1.contains(words), "{told:?}");
    }

    #[test]
    fn suspicious_proxy_and_listener_settings_are_reported() {
        let everybody = format!("{PUBLIC}trusted_proxies = [\"::/0\"]\n");
        tells(&everybody, Grade::Bad, "trusts everybody");
        let both = format!("{PUBLIC}{FILES}trusted_proxies = [\"10.0.0.0/8\"]\n");
        tells(&both, Grade::Warn, "serves HTTPS");
        tells(PUBLIC, Grade::Bad, "as one client");
        tells(
            "metrics.listen = \"0.0.0.0:9\"\n",
            Grade::Warn,
            "everybody who can reach",
        );
        tells(
            "metrics.listen = \"127.0.0.1:8080\"\n",
            Grade::Bad,
            "`metrics.listen` and `listen`",
        );
        tells("relay.listen = \"0.0.0.0:8080\"\n", Grade::Bad, "port 8080");
        let acme = "listen = \"0.0.0.0:8443\"\ntls.acme_domains = [\"cloud.example.org\"]\n";
        tells(&format!("{PUBLIC}{acme}"), Grade::Warn, "port 443 or 80");
    }

    #[test]
    fn suspicious_relay_and_mail_settings_are_reported() {
        let open = format!("{PUBLIC}{FILES}relay.allow_private_peers = true\n");
        tells(&open, Grade::Warn, "every machine");
        tells(
            "relay.public_ip = \"192.168.1.1\"\n",
            Grade::Warn,
            "192.168.1.1",
        );
        tells(
            "relay.public_ip6 = \"fd00::1\"\n",
            Grade::Warn,
            "public_ip6",
        );
        for (mail, words) in [
            ("mail.port = 465\n", "\"tls\" on port 465"),
            ("mail.encryption = \"tls\"\n", "\"starttls\" on port 587"),
            ("mail.user = \"u\"\n", "only one of"),
            (
                "mail.user = \"me@mail.example\"\nmail.password = \"x\"\nmail.from = \"cloud@example.org\"\n",
                "are sent from example.org",
            ),
        ] {
            tells(&format!("mail.host = \"a\"\n{mail}"), Grade::Warn, words);
        }
    }
}
