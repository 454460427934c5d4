//! The STUN and TURN servers for one party of one call, with its own credential.

use std::net::{IpAddr, SocketAddr};

use proto::link::message::IceServer;
use proto::turn_credential::{self, Role, Secret};
use relay::core::{Family, PerFamily};
use url::Url;

use super::limits;
use crate::secrets::Secrets;
use crate::state::State;

/// The secret shared by relay and cloud, derived from the server key.
pub fn turn_secret(secrets: &Secrets) -> Secret {
    // A purpose of its own: a relay elsewhere can have this key, and it opens nothing else.
    Secret::new(secrets.derive("turn credentials", &[]))
}

/// Where the relay of this process was opened.
#[derive(Debug, Clone, Copy)]
pub(super) struct RelayAt {
    /// The port of its listeners.
    pub(super) port: u16,
    /// Its public addresses.
    pub(super) ips: PerFamily<Option<IpAddr>>,
}

/// Servers for `role` in `call`; none if this cloud has no relay.
pub(super) fn servers(
    state: &State,
    relay: Option<RelayAt>,
    call: &str,
    role: Role,
) -> Vec<IceServer> {
    let config = &state.config.relay;
    let relay = relay.unwrap_or(RelayAt {
        port: config.port(),
        ips: PerFamily::default(),
    });
    // Port 0 means any port, and the relay has not said yet which one it got.
    if !config.enabled || relay.port == 0 {
        return Vec::new();
    }
    let host = match config.public_host.as_str() {
        "" => state.public_url.host_str().unwrap_or_default(),
        host => host,
    };
    let places = places(host, relay);
    let of_all = |write: fn(&String) -> String| places.iter().map(write);
    let stun = IceServer {
        urls: of_all(|place| format!("stun:{place}")).collect(),
        username: None,
        credential: None,
    };
    let secret = turn_secret(&state.secrets);
    let now = state.clock.unix_seconds();
    match turn_credential::mint(&secret, call, role, now, limits::TURN_SECONDS) {
        Ok(credential) => {
            let udp = of_all(|place| format!("turn:{place}?transport=udp"));
            // TCP too, for networks that let no UDP out.
            let tcp = of_all(|place| format!("turn:{place}?transport=tcp"));
            // TLS on the port of the pages, for networks that let nothing else out.
            let tls = state
                .config
                .has_turn_over_tls()
                .then(|| over_tls(&state.public_url));
            let turn = IceServer {
                urls: udp.chain(tcp).chain(tls.flatten()).collect(),
                username: Some(credential.username),
                credential: Some(credential.password.reveal().to_owned()),
            };
            vec![stun, turn]
        }
        Err(error) => {
            tracing::error!(%error, "could not create a TURN credential");
            // Direct paths work without a relay.
            vec![stun]
        }
    }
}

/// TURN in TLS at the address of the pages, whose certificate is valid for that host.
fn over_tls(public_url: &Url) -> Option<String> {
    let port = public_url.port_or_known_default()?;
    let host = public_url.host_str()?;
    Some(format!("turns:{host}:{port}?transport=tcp"))
}

/// Host and port of the relay as URLs contain them. A name stands for both address families; beside
/// an address, the relay's address of the other family is named too.
fn places(host: &str, relay: RelayAt) -> Vec<String> {
    let port = relay.port;
    let Ok(ip) = host.trim_matches(['[', ']']).parse::<IpAddr>() else {
        return vec![format!("{host}:{port}")];
    };
    let family = Family::of(ip);
    let other = *relay.ips.of(family.other());
    let ips = std::iter::once(ip).chain(other);
    // A URI has brackets around an IPv6 address (RFC 7064 §3.1, RFC 7065 §3.1), as this has.
    ips.map(|ip| SocketAddr::new(ip, port).to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relay(v4: &str, v6: &str) -> RelayAt {
        RelayAt {
            port: 99,
            ips: PerFamily {
                v4: v4.parse().ok(),
                v6: v6.parse().ok(),
            },
        }
    }

    #[test]
    fn a_host_name_stands_for_both_families() {
        let relay = relay("5.9.0.1", "2a00:5::1");

        assert_eq!(places("cloud.example.org", relay), ["cloud.example.org:99"]);
    }

    #[test]
    fn turn_in_tls_is_where_the_pages_are() {
        for (url, expected) in [
            (
                "https://a.example.org",
                "turns:a.example.org:443?transport=tcp",
            ),
            (
                "https://a.example.org:8443",
                "turns:a.example.org:8443?transport=tcp",
            ),
            ("https://[2a00::1]", "turns:[2a00::1]:443?transport=tcp"),
        ] {
            assert_eq!(over_tls(&url.parse().unwrap()).unwrap(), expected);
        }
    }

    #[test]
    fn an_address_is_accompanied_by_the_other_family() {
        let both = relay("5.9.0.1", "2a00:5::1");

        assert_eq!(places("5.9.0.1", both), ["5.9.0.1:99", "[2a00:5::1]:99"]);
        assert_eq!(
            places("[2a00:5::1]", both),
            ["[2a00:5::1]:99", "5.9.0.1:99"]
        );
        assert_eq!(places("2a00:5::1", relay("", "")), ["[2a00:5::1]:99"]);
        assert_eq!(places("5.9.0.1", relay("5.9.0.1", "")), ["5.9.0.1:99"]);
    }
}
