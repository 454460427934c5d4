//! The STUN and TURN servers for one party of one call, with its own credential.

use std::net::{IpAddr, SocketAddr};

use proto::link::message::IceServer;
use proto::turn_credential::{self, Role, Secret};
use relay::core::{Family, PerFamily};
use serde::Serialize;
use url::Url;

use super::limits;
use super::nearest::Nearest;
use crate::relays::limits::{RELAYS_OF_AGENT, RELAYS_OF_VIEWER};
use crate::relays::{HealthyRelay, JoinedRelays, OtherTurn};
use crate::secrets::Secrets;
use crate::state::State;

/// The secret shared by relay and cloud, derived from the server key.
pub fn turn_secret(secrets: &Secrets) -> Secret {
    // A separate purpose: a relay elsewhere can have this key, and it is good for nothing else.
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

impl RelayAt {
    /// Whether relayed sockets have this address.
    pub(super) fn has(&self, ip: IpAddr) -> bool {
        [self.ips.v4, self.ips.v6].contains(&Some(ip))
    }
}

/// One relay as it is announced to a party.
struct Offered {
    nearest: Option<Nearest>,
    stun: Vec<String>,
    turn: Vec<String>,
    secret: Secret,
}

/// Servers for `role` in `call`; none if this cloud has no relay. The relay that is nearest to the agent
/// comes first, then this process's own, then the least busy.
pub(super) fn servers(
    state: &State,
    (own, joined, nearest): (Option<RelayAt>, &JoinedRelays, Option<&Nearest>),
    call: &str,
    role: Role,
) -> Vec<IceServer> {
    let mut relays = closed_relays(state, own, joined);
    relays.extend(joined.others().iter().map(of_other));
    // A stable sort: the others keep their order.
    relays.sort_by_key(|relay| nearest.is_none() || relay.nearest.as_ref() != nearest);
    relays.truncate(match role {
        Role::Agent => RELAYS_OF_AGENT,
        Role::Viewer => RELAYS_OF_VIEWER,
    });
    let now = state.clock.unix_seconds();
    let servers = relays.into_iter();
    servers
        .flat_map(|relay| entries(relay, call, role, now))
        .collect()
}

/// The relays that carry packets of open calls only: this process's own, then the least busy.
fn closed_relays(state: &State, own: Option<RelayAt>, joined: &JoinedRelays) -> Vec<Offered> {
    let joined_relays = joined.healthy().into_iter().map(of_joined);
    own_relay(state, own)
        .into_iter()
        .chain(joined_relays)
        .collect()
}

/// What a page needs to find out what its network lets through.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TestServers {
    /// Where a page may ask for its address, at each relay.
    pub stun: Vec<String>,
    /// One relay, with a credential for each end of a test call: the page is both.
    pub ends: Vec<IceServer>,
    /// Whether these servers have an IPv6 address, as far as the cloud knows.
    pub has_ipv6: bool,
}

/// Servers for the test call `call`; none if this cloud has no Peerview relay. A TURN server of another
/// make is not among them: it knows nothing of calls, so a test of it could reach anybody.
pub(super) fn test_servers(
    state: &State,
    (own, joined): (Option<RelayAt>, &JoinedRelays),
    call: &str,
) -> TestServers {
    let relays = closed_relays(state, own, joined);
    let stun: Vec<String> = relays.iter().flat_map(|relay| relay.stun.clone()).collect();
    let own_v6 = own.is_some_and(|own| own.ips.v6.is_some());
    let has_ipv6 = own_v6 || stun.iter().any(|url| url.contains('['));
    let now = state.clock.unix_seconds();
    let Some(relay) = relays.into_iter().next() else {
        return TestServers::default();
    };
    let end = |role| {
        let credential =
            turn_credential::mint(&relay.secret, call, role, now, limits::TEST_SECONDS);
        credential.ok().map(|credential| IceServer {
            urls: relay.turn.clone(),
            username: Some(credential.username),
            credential: Some(credential.password.reveal().to_owned()),
        })
    };
    let ends = [Role::Viewer, Role::Agent].into_iter().filter_map(end);
    TestServers {
        ends: ends.collect(),
        stun,
        has_ipv6,
    }
}

/// The entries of one relay: without and with a credential.
fn entries(relay: Offered, call: &str, role: Role, now: u64) -> Vec<IceServer> {
    let stun = (!relay.stun.is_empty()).then_some(IceServer {
        urls: relay.stun,
        username: None,
        credential: None,
    });
    let minted = turn_credential::mint(&relay.secret, call, role, now, limits::TURN_SECONDS);
    let turn = match minted {
        Ok(credential) => Some(IceServer {
            urls: relay.turn,
            username: Some(credential.username),
            credential: Some(credential.password.reveal().to_owned()),
        }),
        Err(error) => {
            tracing::error!(%error, "could not create a TURN credential");
            // Direct paths work without a relay.
            None
        }
    };
    stun.into_iter().chain(turn).collect()
}

/// The relay of this process, if there is one.
fn own_relay(state: &State, at: Option<RelayAt>) -> Option<Offered> {
    let config = &state.config.relay;
    let at = at.unwrap_or(RelayAt {
        port: config.port(),
        ips: PerFamily::default(),
    });
    // Port 0 means any port, and the relay has not said yet which one it got.
    if !config.enabled || at.port == 0 {
        return None;
    }
    let host = match config.public_host.as_str() {
        "" => state.public_url.host_str().unwrap_or_default(),
        host => host,
    };
    let mut relay = at_places(&places(host, at), turn_secret(&state.secrets));
    relay.nearest = Some(Nearest::Own);
    // TLS on the port of the pages, for networks that let nothing else out.
    if state.config.has_turn_over_tls() {
        relay.turn.extend(over_tls(&state.public_url));
    }
    Some(relay)
}

fn of_joined(joined: HealthyRelay) -> Offered {
    let places = joined.addresses.iter().map(ToString::to_string);
    let mut relay = at_places(&places.collect::<Vec<_>>(), joined.turn_secret);
    let tls = joined.tls.map(|at| format!("turns:{at}?transport=tcp"));
    relay.turn.extend(tls);
    relay.nearest = Some(Nearest::Joined(joined.name));
    relay
}

fn of_other(other: &OtherTurn) -> Offered {
    let is_stun = |url: &&String| url.starts_with("stun");
    Offered {
        nearest: None,
        stun: other.urls.iter().filter(is_stun).cloned().collect(),
        turn: other
            .urls
            .iter()
            .filter(|url| !is_stun(url))
            .cloned()
            .collect(),
        secret: other.turn_secret.clone(),
    }
}

fn at_places(places: &[String], secret: Secret) -> Offered {
    let of_all = |write: fn(&String) -> String| places.iter().map(write);
    let udp = of_all(|place| format!("turn:{place}?transport=udp"));
    // TCP too, for networks that let no UDP out.
    let tcp = of_all(|place| format!("turn:{place}?transport=tcp"));
    Offered {
        nearest: None,
        stun: of_all(|place| format!("stun:{place}")).collect(),
        turn: udp.chain(tcp).collect(),
        secret,
    }
}

/// TURN over TLS at the address of the pages, whose certificate is valid for that host.
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
    fn a_host_name_covers_both_address_families() {
        let relay = relay("5.9.0.1", "2a00:5::1");

        assert_eq!(places("cloud.example.org", relay), ["cloud.example.org:99"]);
    }

    #[test]
    fn turn_over_tls_shares_the_port_of_the_pages() {
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
