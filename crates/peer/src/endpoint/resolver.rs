//! Looks up the names of STUN servers in the background; the connection does not wait for them.

use std::net::SocketAddr;

use tokio::sync::mpsc;

use crate::limits;

/// Sends the addresses behind `stun:` URLs, at most two of each; ends when all were looked up.
pub(super) async fn resolve(urls: Vec<String>, servers: mpsc::Sender<SocketAddr>) {
    let hosts = urls
        .iter()
        .filter_map(|url| url.strip_prefix("stun:"))
        .take(limits::MAX_STUN_SERVERS);
    for host in hosts {
        // An IPv6 address has colons of its own: a port follows only after `]`.
        let has_port = host.rsplit_once(':').is_some_and(|(name, port)| {
            port.parse::<u16>().is_ok() && (!name.contains(':') || name.ends_with(']'))
        });
        let host = if has_port {
            host.to_owned()
        } else {
            format!("{host}:3478")
        };
        match tokio::net::lookup_host(&host).await {
            Ok(addresses) => {
                for address in addresses.take(2) {
                    let _ = servers.send(address).await;
                }
            }
            Err(error) => tracing::debug!(host, %error, "STUN server not found"),
        }
    }
}
