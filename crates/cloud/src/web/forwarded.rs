//! The client behind a proxy: the last hop of `X-Forwarded-For` that is not a trusted proxy, and
//! only if the peer is one. Scheme and host are never taken from headers.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};

use super::error::{self, Error};
use crate::live::Live;

/// Hops that are examined, from the end; more are ignored.
pub const MOST_HOPS: usize = 16;

/// The address of a request's client: the peer's, or as reported by a trusted proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientIp(pub IpAddr);

impl FromRequestParts<Live> for ClientIp {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &Live) -> Result<ClientIp, Error> {
        let peer = peer(&parts.extensions)?.ip();
        let is_trusted = |ip| state.config.is_trusted_proxy(ip);
        Ok(ClientIp(client(peer, &parts.headers, is_trusted)))
    }
}

/// The peer of the connection itself.
pub(super) fn peer(extensions: &Extensions) -> Result<SocketAddr, Error> {
    let ConnectInfo(peer) = extensions
        .get::<ConnectInfo<SocketAddr>>()
        .ok_or_else(error::broken)?;
    Ok(*peer)
}

/// The client's address. A hop that cannot be read ends the search, because everything
/// before it could be forged.
pub fn client(peer: IpAddr, headers: &HeaderMap, is_trusted: impl Fn(IpAddr) -> bool) -> IpAddr {
    let peer = peer.to_canonical();
    if !is_trusted(peer) {
        return peer;
    }
    let lines = headers.get_all("x-forwarded-for");
    let lines: Vec<&str> = lines
        .iter()
        // An unreadable line becomes a hop that ends the search.
        .map(|line| line.to_str().unwrap_or(""))
        .collect();
    // From the right: each proxy appends, so only the last hops are written by ours.
    let hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
    let mut client = peer;
    for hop in hops.take(MOST_HOPS) {
        let Some(ip) = address(hop.trim()) else {
            return client;
        };
        client = ip;
        if !is_trusted(ip) {
            return client;
        }
    }
    client
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let ip = bare
        .parse::<IpAddr>()
        .ok()
        .or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()))?;
    Some(ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The client seen for somebody at `peer`, with 10.0.0.0/8 and this machine as trusted proxies.
    fn seen(peer: &str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let is_trusted = |ip: IpAddr| match ip {
            IpAddr::V4(ip) => ip.octets()[0] == 10 || ip.is_loopback(),
            IpAddr::V6(ip) => ip.is_loopback(),
        };
        client(peer.parse().unwrap(), &headers, is_trusted).to_string()
    }

    #[test]
    fn asvs_15_3_4_a_client_cannot_forge_its_address() {
        assert_eq!(seen("192.0.2.9", &["198.51.100.1"]), "192.0.2.9");
        assert_eq!(seen("::ffff:192.0.2.9", &["127.0.0.1"]), "192.0.2.9");
    }

    #[test]
    fn the_last_untrusted_hop_is_the_client() {
        assert_eq!(seen("127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            seen("10.0.0.2", &["203.0.113.5, 198.51.100.1, 10.0.0.1"]),
            "198.51.100.1",
            "203.0.113.5 is what the client claimed"
        );
        assert_eq!(
            seen("10.0.0.2", &["203.0.113.5", "198.51.100.1,10.0.0.1"]),
            "198.51.100.1"
        );
    }

    #[test]
    fn every_usual_address_spelling_is_read() {
        for (text, ip) in [
            ("198.51.100.1:4711", "198.51.100.1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("::ffff:198.51.100.1", "198.51.100.1"),
        ] {
            assert_eq!(seen("127.0.0.1", &[text]), ip, "{text}");
        }
    }

    #[test]
    fn garbage_in_the_header_falls_back_to_the_proxy() {
        for text in ["", "unknown", "_hidden", "1.2.3", ",", "198.51.100.1;"] {
            assert_eq!(seen("10.0.0.2", &[text]), "10.0.0.2", "{text}");
        }
        assert_eq!(
            seen("10.0.0.2", &["198.51.100.1, rubbish, 10.0.0.1"]),
            "10.0.0.1"
        );
    }

    #[test]
    fn a_long_list_of_hops_is_handled() {
        let line = "10.0.0.1, ".repeat(5_000) + "10.0.0.1";

        assert_eq!(seen("10.0.0.2", &[&line]), "10.0.0.1");
    }
}
