//! Asks a DNS server directly: over UDP, and over TCP if the answer is too long. The system
//! resolver supports neither TXT nor MX records, and it reads `/etc/hosts`, which others do not
//! see.

pub mod message;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use simple_dns::TYPE;
use simple_dns::rdata::RData;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{limits, udp};
use crate::random::Random;
use message::Question;

const PORT: u16 = 53;
/// Longest UDP answer without extensions (RFC 1035 §2.3.4), with some reserve.
const UDP_BYTES: usize = 4096;

/// The servers to ask, in order.
#[derive(Debug)]
pub(super) struct Dns {
    servers: Vec<SocketAddr>,
}

impl Dns {
    /// Asks `chosen`, or the servers of this machine.
    pub(super) fn new(chosen: Option<SocketAddr>) -> Dns {
        let servers = match chosen {
            Some(server) => vec![server],
            None => {
                let text = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
                named_in(&text)
            }
        };
        Dns { servers }
    }

    /// The addresses of a host name; an IP address stands for itself.
    pub(super) async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, String> {
        if let Ok(ip) = host.trim_matches(['[', ']']).parse() {
            return Ok(vec![ip]);
        }
        // By definition, whatever a server answers (RFC 6761 §6.3).
        if host == "localhost" {
            return Ok(vec![Ipv4Addr::LOCALHOST.into()]);
        }
        let mut addresses = self.ask(host, TYPE::A, message::address).await?;
        addresses.extend(self.ask(host, TYPE::AAAA, message::address).await?);
        addresses.truncate(limits::ADDRESSES);
        Ok(addresses)
    }

    /// The TXT records of a name.
    pub(super) async fn texts(&self, name: &str) -> Result<Vec<String>, String> {
        self.ask(name, TYPE::TXT, message::text).await
    }

    /// The mail hosts of a domain; `.` means that it accepts no mail (RFC 7505).
    pub(super) async fn mail_hosts(&self, domain: &str) -> Result<Vec<String>, String> {
        self.ask(domain, TYPE::MX, message::mail_host).await
    }

    async fn ask<T>(
        &self,
        name: &str,
        kind: TYPE,
        read: impl Fn(&RData<'_>) -> Option<T>,
    ) -> Result<Vec<T>, String> {
        let mut trouble = "/etc/resolv.conf contains no DNS server".to_owned();
        for server in &self.servers {
            // UDP may get lost: one silence is no answer yet.
            for _ in 0..limits::DNS_TRIES {
                match ask_one(*server, name, kind, &read).await {
                    Ok(found) => return Ok(found),
                    Err(words) => trouble = words,
                }
            }
        }
        Err(trouble)
    }
}

/// The name servers in the text of a `resolv.conf`.
fn named_in(text: &str) -> Vec<SocketAddr> {
    text.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let is_server = words.next() == Some("nameserver");
            let ip = words.next()?.parse().ok()?;
            is_server.then_some(SocketAddr::new(ip, PORT))
        })
        .take(limits::DNS_SERVERS)
        .collect()
}

async fn ask_one<T>(
    server: SocketAddr,
    name: &str,
    kind: TYPE,
    read: impl Fn(&RData<'_>) -> Option<T>,
) -> Result<Vec<T>, String> {
    let id = u16::from_le_bytes(Random.bytes());
    let query = message::query(id, name, kind)?;
    let silent = |_| format!("the DNS server {server} does not answer");
    let unreachable = |error: std::io::Error| format!("asking the DNS server {server}: {error}");
    let mut answer = timeout(limits::DNS_PATIENCE, over_udp(server, &query, id))
        .await
        .map_err(silent)?
        .map_err(unreachable)?;
    if message::is_cut(&answer) {
        answer = timeout(limits::DNS_PATIENCE, over_tcp(server, &query))
            .await
            .map_err(silent)?
            .map_err(unreachable)?;
    }
    message::read(&answer, &Question { server, id, name }, read)
}

async fn over_udp(server: SocketAddr, query: &[u8], id: u16) -> std::io::Result<Vec<u8>> {
    let socket = udp::socket_to(server).await?;
    socket.send(query).await?;
    let mut answer = vec![0; UDP_BYTES];
    loop {
        let n = socket.recv(&mut answer).await?;
        // A late answer to an earlier question is not an answer to this one.
        if answer[..n].starts_with(&id.to_be_bytes()) {
            answer.truncate(n);
            return Ok(answer);
        }
    }
}

/// Each message is preceded by two bytes of length (RFC 1035 §4.2.2).
async fn over_tcp(server: SocketAddr, query: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(server).await?;
    let length = u16::try_from(query.len()).map_err(std::io::Error::other)?;
    stream.write_all(&length.to_be_bytes()).await?;
    stream.write_all(query).await?;
    let mut answer = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut answer).await?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_servers_are_read_from_resolv_conf() {
        let text = "# comment\nsearch example.org\nnameserver 192.0.2.1\n nameserver ::1 # x\n\
                    nameserver fe80::1%eth0\nnameserver\nnameserver 192.0.2.2\nnameserver 192.0.2.3";

        let found: Vec<String> = named_in(text).iter().map(ToString::to_string).collect();

        assert_eq!(found, ["192.0.2.1:53", "[::1]:53", "192.0.2.2:53"]);
    }
}
