//! STUN and TURN as viewers reach them: a binding request over UDP and over TCP to the public host, and in
//! TLS to the port of the pages.

use std::net::SocketAddr;

use stun_types::attribute::XorMappedAddress;
use stun_types::message::{BINDING, Message, MessageWrite, MessageWriteVec};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::dns::Dns;
use super::finding::Finding;
use super::{limits, udp};
use crate::config::Config;

const UDP: &str = "relay over UDP";
const TCP: &str = "relay over TCP";
const TLS: &str = "relay over TLS";
/// Length of a STUN header; the length of the rest is in its second word (RFC 8489 §5).
const HEAD: usize = 20;

pub(super) async fn look(config: &Config, dns: &Dns) -> Vec<Finding> {
    let has_others = !config.relay.joined.is_empty() || !config.relay.turn_servers.is_empty();
    if !config.relay.enabled && has_others {
        return Vec::new();
    }
    if !config.relay.enabled {
        let found = "it is disabled, so nobody behind a strict firewall can watch";
        let fix = "set `enabled = true` in [cloud.relay], or name another TURN server in [[cloud.relay.turn_servers]]";
        return vec![Finding::warn("relay", found, fix)];
    }
    let relays = match addresses(config, dns).await {
        Ok(relays) => relays,
        Err(words) => {
            let fix = "publish the host in DNS, or set `public_host` in [cloud.relay]";
            return vec![Finding::bad(UDP, words, fix)];
        }
    };
    let mut findings = Vec::new();
    for relay in relays {
        let (udp, tcp) = tokio::join!(
            timeout(limits::PATIENCE, over_udp(relay)),
            timeout(limits::PATIENCE, over_tcp(relay)),
        );
        findings.push(judge(UDP, relay, udp.map_err(|_| silent())));
        findings.push(judge(TCP, relay, tcp.map_err(|_| silent())));
    }
    findings
}

fn silent() -> std::io::Error {
    std::io::Error::other("no answer")
}

fn judge(
    topic: &'static str,
    relay: SocketAddr,
    seen: Result<std::io::Result<SocketAddr>, std::io::Error>,
) -> Finding {
    match seen.and_then(|seen| seen) {
        Ok(as_seen) => Finding::ok(
            topic,
            format!("{relay} answers, and sees this machine as {}", as_seen.ip()),
        ),
        Err(error) => Finding::bad(
            topic,
            format!("{relay}: {error}"),
            format!(
                "start the cloud; open port {} for UDP and TCP in the firewall, and UDP ports {}; behind a \
                 router, forward them all to this machine. Many routers do not lead their public address back \
                 inside: then this check fails here although it works, so try once over mobile data",
                relay.port(),
                "`min_port` to `max_port` of [cloud.relay]"
            ),
        ),
    }
}

/// The relay as it is reached over each family that it listens on and that its host has.
async fn addresses(config: &Config, dns: &Dns) -> Result<Vec<SocketAddr>, String> {
    let url = config.public_url(config.listen);
    let host = match config.relay.public_host.as_str() {
        "" => url.host_str().unwrap_or_default(),
        host => host,
    };
    let found = dns.addresses(host).await?;
    let (mut relays, mut missing) = (Vec::new(), Vec::new());
    for listener in config.relay.listeners() {
        let of_family = found.iter().find(|ip| ip.is_ipv4() == listener.is_ipv4());
        match of_family {
            Some(ip) => relays.push(SocketAddr::new(*ip, config.relay.port())),
            None if listener.is_ipv4() => missing.push("IPv4"),
            None => missing.push("IPv6"),
        }
    }
    if relays.is_empty() {
        return Err(format!(
            "{host} has no {} address",
            missing.join(" and no ")
        ));
    }
    Ok(relays)
}

pub(super) async fn over_udp(relay: SocketAddr) -> std::io::Result<SocketAddr> {
    let socket = udp::socket_to(relay).await?;
    socket.send(&binding()).await?;
    let mut answer = vec![0; 1500];
    let n = socket.recv(&mut answer).await?;
    mapped(&answer[..n])
}

async fn over_tcp(relay: SocketAddr) -> std::io::Result<SocketAddr> {
    ask(TcpStream::connect(relay).await?).await
}

/// TURN over TLS at the address of the pages.
pub(super) async fn over_tls(
    addr: SocketAddr,
    stream: impl AsyncRead + AsyncWrite + Unpin,
) -> Finding {
    let seen = timeout(limits::PATIENCE, ask(stream)).await;
    match seen.unwrap_or_else(|_| Err(silent())) {
        Ok(_) => Finding::ok(TLS, format!("{addr} takes TURN beside pages")),
        Err(error) => Finding::bad(
            TLS,
            format!("{addr}: {error}"),
            "set `turn_over_tls = false` in [cloud.relay] if an HTTP proxy is in front, which cannot forward TURN",
        ),
    }
}

pub(super) async fn ask(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
) -> std::io::Result<SocketAddr> {
    stream.write_all(&binding()).await?;
    let mut answer = vec![0; HEAD];
    stream.read_exact(&mut answer).await?;
    let length = usize::from(u16::from_be_bytes([answer[2], answer[3]]));
    answer.resize(HEAD + length, 0);
    stream.read_exact(&mut answer[HEAD..]).await?;
    mapped(&answer)
}

fn binding() -> Vec<u8> {
    Message::builder_request(BINDING, MessageWriteVec::new()).finish()
}

fn mapped(answer: &[u8]) -> std::io::Result<SocketAddr> {
    let other = || std::io::Error::other("the listener is not a STUN server");
    let message = Message::from_bytes(answer).map_err(|_| other())?;
    let attribute = message
        .attribute::<XorMappedAddress>()
        .map_err(|_| other())?;
    Ok(attribute.addr(message.transaction_id()))
}
