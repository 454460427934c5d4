//! The STUN and TURN servers for one party of one call, with its own credential.

use proto::link::message::IceServer;
use proto::turn_credential::{self, Role, Secret};

use super::limits;
use crate::secrets::Secrets;
use crate::state::State;

/// The secret shared by relay and cloud, derived from the server key.
pub fn turn_secret(secrets: &Secrets) -> Secret {
    // A purpose of its own: a relay elsewhere can have this key, and it opens nothing else.
    Secret::new(secrets.derive("turn credentials", &[]))
}

/// Servers for `role` in `call`; none if this cloud has no relay. `relay_port` is the port that the
/// relay listens on.
pub(super) fn servers(
    state: &State,
    relay_port: Option<u16>,
    call: &str,
    role: Role,
) -> Vec<IceServer> {
    let relay = &state.config.relay;
    let port = relay_port.unwrap_or(relay.listen.port());
    // Port 0 means any port, and the relay has not said yet which one it got.
    if !relay.enabled || port == 0 {
        return Vec::new();
    }
    let host = match relay.public_host.as_str() {
        "" => state.public_url.host_str().unwrap_or_default().to_owned(),
        // A URI has brackets around an IPv6 address (RFC 7064 §3.1, RFC 7065 §3.1).
        host if host.parse::<std::net::Ipv6Addr>().is_ok() => format!("[{host}]"),
        host => host.to_owned(),
    };
    let stun = IceServer {
        urls: vec![format!("stun:{host}:{port}")],
        username: None,
        credential: None,
    };
    let secret = turn_secret(&state.secrets);
    let now = state.clock.unix_seconds();
    match turn_credential::mint(&secret, call, role, now, limits::TURN_SECONDS) {
        Ok(credential) => {
            let turn = |transport: &str| format!("turn:{host}:{port}?transport={transport}");
            // TCP too, for networks that let no UDP out.
            let turn = IceServer {
                urls: vec![turn("udp"), turn("tcp")],
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
