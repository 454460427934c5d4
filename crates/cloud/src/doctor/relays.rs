//! Other relays of a cloud: whether the secrets of those that may join can be used, how many of them the
//! running cloud has, and whether TURN servers of other makes answer.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::dns::Dns;
use super::finding::Finding;
use super::{limits, relay};
use crate::config::Config;

const JOINED: &str = "joined relays";
const OTHERS: &str = "TURN servers";
/// Longest answer of our own listener that is read.
const MAX_METRICS_BYTES: u64 = 1 << 20;

pub(super) async fn look(config: &Config, dns: &Dns) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !config.relay.joined.is_empty() {
        findings.push(joined(config).await);
    }
    if let Err(error) = config.relay.turn_secrets() {
        let fix = "write the secret of the TURN server into that file";
        findings.push(Finding::bad(OTHERS, format!("{error:#}"), fix));
    }
    let servers = config.relay.turn_servers.iter();
    for url in servers.flat_map(|server| &server.urls) {
        // TCP and TLS end at the same server.
        if let Some((host, port)) = over_udp(url) {
            findings.push(other(&host, port, dns).await);
        }
    }
    findings
}

async fn joined(config: &Config) -> Finding {
    if let Err(error) = config.relay.join_secrets() {
        let fix = "write at least 32 random characters into that file: `openssl rand -hex 32`";
        return Finding::bad(JOINED, format!("{error:#}"), fix);
    }
    let n = config.relay.joined.len();
    let Some(addr) = config.metrics.listen else {
        return Finding::ok(
            JOINED,
            format!("{n} may join; with `listen` in [cloud.metrics] this says how many have"),
        );
    };
    match timeout(limits::PATIENCE, healthy(addr)).await {
        Ok(Ok(healthy)) if healthy == n => Finding::ok(JOINED, format!("all {n} take calls")),
        Ok(Ok(healthy)) => Finding::bad(
            JOINED,
            format!("{healthy} of {n} take calls"),
            "look at the log of the relay that is missing: it says why it does not reach the cloud",
        ),
        Ok(Err(_)) | Err(_) => Finding::warn(
            JOINED,
            format!("{n} may join; the cloud does not answer at {addr}"),
            "start the cloud",
        ),
    }
}

/// How many relays take calls, as the running cloud's metrics say.
async fn healthy(addr: SocketAddr) -> std::io::Result<usize> {
    let mut stream = TcpStream::connect(addr).await?;
    let request = format!("GET /metrics HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream
        .take(MAX_METRICS_BYTES)
        .read_to_end(&mut answer)
        .await?;
    number(&String::from_utf8_lossy(&answer))
        .ok_or_else(|| std::io::Error::other("the answer has no number of relays"))
}

fn number(metrics: &str) -> Option<usize> {
    let mut lines = metrics.lines();
    let value = lines.find_map(|line| line.strip_prefix("peerview_relays_healthy "))?;
    value.trim().parse().ok()
}

async fn other(host: &str, port: u16, dns: &Dns) -> Finding {
    let fix = "start it, open its port for UDP, or remove it from [[cloud.relay.turn_servers]]";
    let found = match dns.addresses(host).await {
        Ok(found) => found,
        Err(words) => return Finding::bad(OTHERS, words, fix),
    };
    for ip in found {
        let seen = timeout(limits::PATIENCE, relay::over_udp(SocketAddr::new(ip, port))).await;
        if matches!(seen, Ok(Ok(_))) {
            return Finding::ok(OTHERS, format!("{host}:{port} answers over UDP"));
        }
    }
    Finding::bad(
        OTHERS,
        format!("{host}:{port} does not answer over UDP"),
        fix,
    )
}

/// Host and port of a `turn:` or `stun:` URL over UDP (RFC 7064, RFC 7065).
fn over_udp(url: &str) -> Option<(String, u16)> {
    let (_, rest) = url
        .split_once(':')
        .filter(|(scheme, _)| *scheme != "turns")?;
    let (place, query) = rest.split_once('?').unwrap_or((rest, "transport=udp"));
    if query != "transport=udp" {
        return None;
    }
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
            (host, port.parse().ok()?)
        }
        _ => (place, 3478),
    };
    Some((host.trim_matches(['[', ']']).to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_url_over_udp_gives_host_and_port() {
        let at = |host: &str, port| Some((host.to_owned(), port));

        assert_eq!(
            over_udp("turn:a.example:99?transport=udp"),
            at("a.example", 99)
        );
        assert_eq!(over_udp("stun:a.example"), at("a.example", 3478));
        assert_eq!(over_udp("turn:[2001:db8::7]:99"), at("2001:db8::7", 99));
        assert_eq!(over_udp("turn:a.example?transport=tcp"), None);
        assert_eq!(over_udp("turns:a.example"), None);
    }

    #[test]
    fn the_number_of_relays_is_read_from_the_metrics() {
        let text = "HTTP/1.1 200 OK\r\n\r\n# TYPE x gauge\npeerview_relays_healthy 2\n";

        assert_eq!(number(text), Some(2));
        assert_eq!(number("peerview_relays_healthy two"), None);
        assert_eq!(number(""), None);
    }
}
