//! `X-Forwarded-For`, which anybody may send and proxies add to.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::{HeaderMap, HeaderValue};
use cloud::visitor::Client;
use cloud::web::forwarded::{MOST_HOPS, client};

const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const STRANGER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

/// Every line is a header line: a stranger's say nothing, and what a proxy writes last counts,
/// whatever a client wrote before it.
pub(crate) fn forwarded(data: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n').take(64) {
        let Ok(value) = HeaderValue::from_bytes(line) else {
            return;
        };
        headers.append("x-forwarded-for", value);
    }
    assert_eq!(client(STRANGER, &headers, is_proxy), STRANGER);
    let said = client(PROXY, &headers, is_proxy);
    assert_eq!(said, said.to_canonical());
    assert!(said == PROXY || is_named(&headers, said), "{said}");
    let shown = Client::of(said);
    assert!(
        !shown.place().is_empty() && !shown.network().is_empty(),
        "{shown:?}"
    );

    headers.append(
        "x-forwarded-for",
        HeaderValue::from_static("192.0.2.1, 10.0.0.2"),
    );
    assert_eq!(client(PROXY, &headers, is_proxy), STRANGER);
}

fn is_proxy(ip: IpAddr) -> bool {
    matches!(ip, IpAddr::V4(ip) if ip.octets()[0] == 10)
}

/// Whether one of the last hops is this address.
fn is_named(headers: &HeaderMap, ip: IpAddr) -> bool {
    let lines: Vec<_> = headers.get_all("x-forwarded-for").iter().collect();
    let hops = lines.into_iter().rev().flat_map(|line| {
        let line = line.to_str().unwrap_or_default();
        line.rsplit(',').collect::<Vec<_>>()
    });
    let mut last = hops.take(MOST_HOPS);
    last.any(|hop| {
        let bare = hop.trim().trim_matches(['[', ']']);
        let read = bare.parse().or_else(|_| {
            let socket = hop.trim().parse::<std::net::SocketAddr>();
            socket.map(|socket| socket.ip())
        });
        read.is_ok_and(|read: IpAddr| read.to_canonical() == ip)
    })
}
