//! TURN servers as the cloud names them: `turn:` and `turns:` URLs (RFC 7065) with a credential.

use std::fmt;

pub use proto::control::RelayTransport;
use proto::link::message::IceServer;

use crate::limits;

/// One way to a relay.
#[derive(Clone, PartialEq, Eq)]
pub struct TurnServer {
    /// Name or address, without brackets.
    pub host: String,
    /// Port of this transport.
    pub port: u16,
    /// How it is reached.
    pub transport: RelayTransport,
    /// User name of the credential.
    pub username: String,
    /// Password of the credential; never shown.
    pub credential: String,
    /// The same for all ways to one relay, by whatever address; `None` where only the host tells.
    pub relay: Option<usize>,
}

impl fmt::Debug for TurnServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TurnServer")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

impl TurnServer {
    /// The usable relays of a list, at most [`limits::MAX_TURN_SERVERS`]; the others are ignored.
    pub fn all_in(list: &[IceServer]) -> Vec<TurnServer> {
        list.iter()
            .enumerate()
            .filter_map(|(relay, server)| {
                let credential = server.username.as_ref().zip(server.credential.as_ref())?;
                Some((relay, server, credential))
            })
            .flat_map(|(relay, server, (username, credential))| {
                let parse = move |url| TurnServer::parse(url, username, credential);
                let parsed = server.urls.iter().filter_map(move |url| parse(url));
                // One entry is one relay, with an address of each family.
                parsed.map(move |parsed| TurnServer {
                    relay: Some(relay),
                    ..parsed
                })
            })
            .take(limits::MAX_TURN_SERVERS)
            .collect()
    }

    /// Reads one URL; `None` for what is not a relay, or one over DTLS.
    pub fn parse(url: &str, username: &str, credential: &str) -> Option<TurnServer> {
        let (scheme, rest) = url.split_once(':')?;
        let is_secure = match scheme.to_ascii_lowercase().as_str() {
            "turn" => false,
            "turns" => true,
            _ => return None,
        };
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        // Without a parameter, `turn:` means UDP and `turns:` TLS over TCP (RFC 7065 §3.1, RFC 5928 §3).
        let transport = match (query.to_ascii_lowercase().as_str(), is_secure) {
            ("" | "transport=udp", false) => RelayTransport::Udp,
            ("transport=tcp", false) => RelayTransport::Tcp,
            ("" | "transport=tcp", true) => RelayTransport::Tls,
            _ => return None,
        };
        let (host, port) = host_and_port(place, if is_secure { 5349 } else { 3478 })?;
        Some(TurnServer {
            host,
            port,
            transport,
            username: username.to_owned(),
            credential: credential.to_owned(),
            relay: None,
        })
    }
}

/// Takes a `host[:port]` apart; the host loses its brackets. `None` if it cannot be one.
pub(crate) fn host_and_port(text: &str, default: u16) -> Option<(String, u16)> {
    // An IPv6 address has colons of its own: a port follows only after `]`.
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
            (host, port.parse().ok()?)
        }
        _ => (text, default),
    };
    let host = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    // 253 characters are the longest DNS name (RFC 1035 §2.3.4).
    let is_host = (1..=253).contains(&host.len())
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-_:".contains(&byte));
    (is_host && port != 0).then(|| (host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(url: &str) -> Option<(String, u16, RelayTransport)> {
        TurnServer::parse(url, "ana", "a secret").map(|turn| (turn.host, turn.port, turn.transport))
    }

    #[test]
    fn urls_of_relays_are_read_with_their_default_ports() {
        for (url, host, port, transport) in [
            (
                "turn:relay.example.org",
                "relay.example.org",
                3478,
                RelayTransport::Udp,
            ),
            (
                "turn:192.0.2.7:3479?transport=udp",
                "192.0.2.7",
                3479,
                RelayTransport::Udp,
            ),
            (
                "turn:[2001:db8::7]:3478?transport=tcp",
                "2001:db8::7",
                3478,
                RelayTransport::Tcp,
            ),
            (
                "turns:relay.example.org",
                "relay.example.org",
                5349,
                RelayTransport::Tls,
            ),
            (
                "turns:relay.example.org:443?transport=tcp",
                "relay.example.org",
                443,
                RelayTransport::Tls,
            ),
            ("turn:2001:db8::7", "2001:db8::7", 3478, RelayTransport::Udp),
        ] {
            assert_eq!(
                parsed(url),
                Some((host.to_owned(), port, transport)),
                "{url}"
            );
        }
    }

    #[test]
    fn what_is_no_usable_relay_is_ignored() {
        for url in [
            "",
            "turn:",
            "turn::3478",
            "turn:host:0",
            "turn:host:70000",
            "turn:ho st",
            "turn:host?transport=sctp",
            "turns:host?transport=udp",
            "stun:host",
            "http://host",
            &format!("turn:{}", "x".repeat(300)),
        ] {
            assert_eq!(parsed(url), None, "{url}");
        }
    }

    #[test]
    fn a_list_gives_relays_with_credentials_up_to_the_limit() {
        let server = |urls: &[&str], username: Option<&str>| IceServer {
            urls: urls.iter().map(|url| (*url).to_owned()).collect(),
            username: username.map(str::to_owned),
            credential: Some("a secret".to_owned()),
        };
        let many = vec!["turn:host"; 50];

        let turns = TurnServer::all_in(&[
            server(&["stun:host", "turn:nobody"], None),
            server(&many, Some("ana")),
        ]);

        assert_eq!(turns.len(), limits::MAX_TURN_SERVERS);
        assert!(
            turns
                .iter()
                .all(|turn| turn.host == "host" && turn.username == "ana")
        );
    }

    #[test]
    fn a_credential_is_not_shown() {
        let turn = TurnServer::parse("turn:host", "ana", "a secret").expect("a relay");

        assert!(!format!("{turn:?}").contains("secret"));
    }
}
