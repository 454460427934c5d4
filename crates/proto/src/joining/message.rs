//! The frames of a joined relay's socket: one JSON object each.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::book_change::BookChange;
use super::limits::{MAX_ADDRESSES, MAX_FIELD_BYTES};
use super::proof::is_name;

/// What the cloud says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "kebab-case")]
pub enum ToRelay {
    /// The first frame.
    Challenge {
        /// Drawn for this socket.
        nonce: String,
    },
    /// The relay has joined; every open call follows, then [`ToRelay::Whole`].
    Welcome {
        /// That the cloud knows the secret, too.
        proof: String,
        /// Another one after a restart of the cloud, whose earlier calls it does not know.
        instance: String,
    },
    /// Changes of the book, in order.
    Book {
        /// At most [`super::limits::CHANGES_PER_FRAME`].
        changes: Vec<BookChange>,
    },
    /// The relay has every open call.
    Whole,
    /// The cloud lives.
    Beat {
        /// Its clock, by which credentials and calls expire.
        now: u64,
    },
}

/// What a relay says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "kebab-case")]
pub enum FromRelay {
    /// The answer to the challenge.
    Join(JoinRequest),
    /// The relay lives.
    Beat {
        /// Allocations that it carries.
        allocations: u64,
    },
    /// The relay is about to end: it gets no new calls, and carries the ones it has.
    Draining,
}

/// Who wants to join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRequest {
    /// Its name in the cloud's settings.
    pub name: String,
    /// Drawn for this socket.
    pub nonce: String,
    /// The cloud that it looks for.
    pub origin: String,
    /// Where clients reach it.
    pub addresses: Vec<SocketAddr>,
    /// Where it takes TURN over TLS, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsPlace>,
    /// That it knows the secret.
    pub proof: String,
}

/// Where clients reach a relay in TLS: a name that its certificate is for, and a port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsPlace {
    /// A host name or an address.
    pub host: String,
    /// The port, usually 443.
    pub port: u16,
}

impl TlsPlace {
    /// Whether clients may be sent there.
    pub fn is_sane(&self) -> bool {
        self.port != 0 && is_host(&self.host)
    }
}

impl fmt::Display for TlsPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.parse::<Ipv6Addr>() {
            // A URI has brackets around an IPv6 address (RFC 7065 §3.1).
            Ok(ip) => write!(f, "[{ip}]:{}", self.port),
            Err(_) => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

/// Whether this is the name of a host, or an address that clients may be sent to.
pub fn is_host(text: &str) -> bool {
    if let Ok(ip) = text.parse::<IpAddr>() {
        return are_addresses(&[SocketAddr::new(ip, 1)]);
    }
    // RFC 1035 §2.3.4; digits and dots alone would be an address.
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.len() <= 253
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
        && text.split('.').all(is_label)
}

impl FromRelay {
    /// Reads a frame; `None` for anything that a relay would not say.
    pub fn parse(text: &str) -> Option<FromRelay> {
        let said = serde_json::from_str(text).ok()?;
        match &said {
            FromRelay::Join(join) if !join.is_sane() => None,
            _ => Some(said),
        }
    }
}

impl ToRelay {
    /// Reads a frame; `None` for anything that a cloud would not say.
    pub fn parse(text: &str) -> Option<ToRelay> {
        serde_json::from_str(text).ok()
    }
}

impl JoinRequest {
    fn is_sane(&self) -> bool {
        let fields = [&self.nonce, &self.origin, &self.proof];
        is_name(&self.name)
            && fields
                .iter()
                .all(|field| (1..=MAX_FIELD_BYTES).contains(&field.len()))
            && are_addresses(&self.addresses)
            && self.tls.as_ref().is_none_or(TlsPlace::is_sane)
    }
}

/// Whether clients may be sent to these: one address, or one of each family.
pub fn are_addresses(addresses: &[SocketAddr]) -> bool {
    let is_one_of_each = match addresses {
        [one, other] => one.is_ipv4() != other.is_ipv4(),
        _ => addresses.len() == 1,
    };
    is_one_of_each
        && addresses.len() <= MAX_ADDRESSES
        && addresses.iter().all(|at| {
            let ip = at.ip();
            at.port() != 0 && !ip.is_unspecified() && !ip.is_multicast() && ip == ip.to_canonical()
        })
}

/// The text of a frame.
pub(super) fn text(frame: &impl Serialize) -> String {
    serde_json::to_string(frame).expect("a frame has string keys only")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_sent_to_one_address_of_each_family() {
        let are = |list: &[&str]| {
            let list: Vec<SocketAddr> = list.iter().map(|at| at.parse().unwrap()).collect();
            are_addresses(&list)
        };

        assert!(are(&["192.0.2.7:3478"]) && are(&["192.0.2.7:3478", "[2001:db8::7]:3478"]));
        for list in [
            &[][..],
            &["192.0.2.7:3478", "192.0.2.8:3478"],
            &["192.0.2.7:0"],
            &["0.0.0.0:3478"],
            &["224.0.0.1:3478"],
            &["[::ffff:192.0.2.7]:3478"],
        ] {
            assert!(!are(list), "{list:?}");
        }
    }

    #[test]
    fn turn_over_tls_has_a_host_and_a_port() {
        let place = |host: &str, port| TlsPlace {
            host: host.to_owned(),
            port,
        };

        for host in ["relay.example.org", "localhost", "192.0.2.7", "2001:db8::7"] {
            assert!(place(host, 443).is_sane(), "{host}");
        }
        for host in [
            "",
            ".",
            "a..b",
            "a b",
            "-a.example",
            "a/b",
            "a:1",
            "1.2.3",
            "0.0.0.0",
            "ä.example",
            "a.example\r\n",
            &"a".repeat(64),
            &"a.".repeat(200),
        ] {
            assert!(!place(host, 443).is_sane(), "{host}");
        }
        assert!(!place("relay.example.org", 0).is_sane());
        assert_eq!(place("2001:db8::7", 443).to_string(), "[2001:db8::7]:443");
        assert_eq!(place("a.example", 443).to_string(), "a.example:443");
    }

    #[test]
    fn invalid_frames_are_not_read() {
        for text in [
            "",
            "{}",
            "[]",
            r#"{"say":"shout"}"#,
            r#"{"say":"beat"}"#,
            r#"{"say":"beat","allocations":-1}"#,
            r#"{"say":"join","name":"a b","nonce":"x","origin":"x","addresses":["192.0.2.7:1"],"proof":"x"}"#,
            r#"{"say":"join","name":"ab","nonce":"","origin":"x","addresses":["192.0.2.7:1"],"proof":"x"}"#,
            r#"{"say":"join","name":"ab","nonce":"x","origin":"x","addresses":[],"proof":"x"}"#,
            r#"{"say":"join","name":"ab","nonce":"x","origin":"x","addresses":["192.0.2.7:1"],"tls":{"host":"a b","port":443},"proof":"x"}"#,
            r#"{"say":"join","name":"ab","nonce":"x","origin":"x","addresses":["192.0.2.7:1"],"tls":"a:443","proof":"x"}"#,
        ] {
            assert_eq!(FromRelay::parse(text), None, "{text}");
        }
        let good = r#"{"say":"join","name":"ab","nonce":"x","origin":"x","addresses":["192.0.2.7:1"],"proof":"x"}"#;
        assert!(FromRelay::parse(good).is_some());
    }
}
