//! Looks up the names of STUN servers in the background, all at once: the connection does not wait for
//! them, and a name that is not found delays no other.

use std::net::SocketAddr;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::limits;
use crate::turn::host_and_port;

/// Addresses per name: one of each family.
const MAX_ADDRESSES: usize = 2;

/// Sends the addresses behind `stun:` URLs, at most two of each; ends when all were looked up.
pub(super) async fn resolve(urls: Vec<String>, servers: mpsc::Sender<SocketAddr>) {
    let mut lookups = JoinSet::new();
    for url in &urls {
        let Some((host, port)) = stun_server(url) else {
            continue;
        };
        if lookups.len() == limits::MAX_STUN_SERVERS {
            break;
        }
        let servers = servers.clone();
        lookups.spawn(async move {
            match tokio::net::lookup_host((host.as_str(), port)).await {
                Ok(addresses) => {
                    for address in addresses.take(MAX_ADDRESSES) {
                        let _ = servers.send(address).await;
                    }
                }
                Err(error) => tracing::debug!(host, %error, "STUN server not found"),
            }
        });
    }
    while lookups.join_next().await.is_some() {}
}

/// The server of a `stun:` URL (RFC 7064).
fn stun_server(url: &str) -> Option<(String, u16)> {
    host_and_port(url.strip_prefix("stun:")?, 3478)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stun_urls_are_read_with_and_without_a_port() {
        for (url, host, port) in [
            ("stun:stun.example.org", "stun.example.org", 3478),
            ("stun:192.0.2.7:3479", "192.0.2.7", 3479),
            ("stun:[2001:db8::7]:19302", "2001:db8::7", 19302),
            ("stun:2001:db8::7", "2001:db8::7", 3478),
        ] {
            assert_eq!(stun_server(url), Some((host.to_owned(), port)), "{url}");
        }
        assert_eq!(stun_server("turn:stun.example.org"), None);
        assert_eq!(stun_server("stun:"), None);
    }

    #[tokio::test]
    async fn every_stun_server_up_to_the_limit_is_looked_up() {
        let urls: Vec<String> = (1..=9).map(|n| format!("stun:127.0.0.{n}:1")).collect();
        let (sender, mut found) = mpsc::channel(64);

        resolve(urls, sender).await;

        let mut addresses = Vec::new();
        while let Some(address) = found.recv().await {
            addresses.push(address);
        }
        assert_eq!(addresses.len(), limits::MAX_STUN_SERVERS);
    }
}
