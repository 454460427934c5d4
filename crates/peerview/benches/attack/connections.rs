//! Connections that send nothing, or send something once and stay open: whether others still reach the pages
//! and the relay.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::table::Figure;
use crate::turn;
use crate::world::{World, ms, number};

/// How long honest people wait before they give up.
const PATIENCE: Duration = Duration::from_secs(8);
const REQUEST: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: peerview\r\n\r\n";
/// As the program is started where nobody raised it: soft and hard limit of open files.
const FILES: &str = "--nofile=1024:4096";

/// All attacks of this part, each on a fresh cloud.
pub(crate) async fn attack() -> Vec<Figure> {
    raise_own_limit();
    vec![
        silent().await,
        kept_alive().await,
        relay().await,
        long_head().await,
    ]
}

/// Eight addresses open connections and send nothing.
async fn silent() -> Figure {
    let world = World::start("relay.enabled = false", 0..1).await;
    let addr = address(&world);
    let mut held = Vec::new();
    for n in 1..=8 {
        for _ in 0..512 {
            held.extend(connect(Ipv4Addr::new(127, 4, n, 1), addr).await);
        }
    }
    let honest = asks(addr, REQUEST).await;
    figure(
        "8 addresses × 512 silent connections; then a page",
        held.len(),
        honest,
    )
}

/// One address asks once on each connection and keeps it.
async fn kept_alive() -> Figure {
    let world = World::start("relay.enabled = false", 0..1).await;
    let mut command = std::process::Command::new("prlimit");
    let cut = command
        .args([FILES, "--pid", &world.cloud.id().to_string()])
        .status();
    assert!(cut.is_ok_and(|status| status.success()), "prlimit fails");
    let addr = address(&world);
    let mut held = Vec::new();
    for _ in 0..1_100 {
        let Some(mut stream) = connect(Ipv4Addr::new(127, 4, 9, 1), addr).await else {
            continue;
        };
        let is_served = ask(&mut stream, REQUEST, Duration::from_secs(1)).await;
        held.push(stream);
        if !is_served {
            // Every place is taken; those behind it wait to be accepted.
            break;
        }
    }
    let honest = asks(addr, REQUEST).await;
    figure(
        "1,100 kept connections of one address, 1,024 files; then a page",
        held.len(),
        honest,
    )
}

/// Eight addresses open connections to the relay and send nothing.
async fn relay() -> Figure {
    let port = free_port();
    let settings = format!(
        "relay.listen = \"127.0.0.1:{port}\"\nrelay.public_ip = \"127.0.0.1\"\nrelay.allow_private_peers = true"
    );
    let _world = World::start(&settings, 0..1).await;
    let addr = SocketAddr::from(([127, 0, 0, 1], port));
    let mut held = Vec::new();
    for n in 1..=8 {
        for _ in 0..70 {
            held.extend(connect(Ipv4Addr::new(127, 4, n, 1), addr).await);
        }
    }
    let honest = asks(addr, &turn::binding_request()).await;
    figure(
        "8 addresses × 70 silent connections to the relay; then STUN over TCP",
        held.len(),
        honest,
    )
}

/// A request whose head is longer than the documented limit of 32 KiB.
async fn long_head() -> Figure {
    let world = World::start("relay.enabled = false", 0..1).await;
    let mut stream = TcpStream::connect(address(&world))
        .await
        .expect("the cloud listens");
    let filler = format!("x-filler: {}\r\n", "x".repeat(4_000)).repeat(10);
    let head = format!("GET /healthz HTTP/1.1\r\nhost: peerview\r\n{filler}\r\n");
    // A cloud that has read enough may close before the rest is sent.
    stream.write_all(head.as_bytes()).await.ok();
    let mut answer = vec![0; 64];
    let reading = tokio::time::timeout(PATIENCE, stream.read(&mut answer)).await;
    let length = reading.map_or(0, |read| read.unwrap_or(0));
    let text = String::from_utf8_lossy(&answer[..length]).into_owned();
    let status = text.split(' ').nth(1).and_then(|word| word.parse().ok());
    Figure {
        what: "a head of 40 kB".to_owned(),
        numbers: vec![("status", number(status.unwrap_or(0)))],
    }
}

fn figure(what: &str, held: usize, honest: Option<Duration>) -> Figure {
    Figure {
        what: what.to_owned(),
        numbers: vec![
            ("held", number(held as u64)),
            ("served", number(u64::from(honest.is_some()))),
            ("after_ms", ms(honest.unwrap_or(PATIENCE))),
        ],
    }
}

/// Asks from an address that nobody attacks from, again until somebody answers; how long that took.
async fn asks(addr: SocketAddr, request: &[u8]) -> Option<Duration> {
    let began = Instant::now();
    let asking = async {
        loop {
            let Some(mut stream) = connect(Ipv4Addr::new(127, 5, 0, 1), addr).await else {
                continue;
            };
            if ask(&mut stream, request, PATIENCE).await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.ok()?;
    Some(began.elapsed())
}

async fn ask(stream: &mut TcpStream, request: &[u8], within: Duration) -> bool {
    if stream.write_all(request).await.is_err() {
        return false;
    }
    let mut answer = vec![0; 1_024];
    let reading = tokio::time::timeout(within, stream.read(&mut answer)).await;
    matches!(reading, Ok(Ok(length)) if length > 0)
}

async fn connect(from: Ipv4Addr, to: SocketAddr) -> Option<TcpStream> {
    let socket = TcpSocket::new_v4().ok()?;
    socket.bind(SocketAddr::new(IpAddr::V4(from), 0)).ok()?;
    let connecting = tokio::time::timeout(Duration::from_secs(1), socket.connect(to)).await;
    connecting.ok()?.ok()
}

fn address(world: &World) -> SocketAddr {
    let place = world.url.trim_start_matches("http://");
    place.parse().expect("an address and a port")
}

fn free_port() -> u16 {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    socket.local_addr().expect("it is bound").port()
}

/// The attacker holds thousands of connections at once.
fn raise_own_limit() {
    let mut command = std::process::Command::new("prlimit");
    let raised = command
        .args(["--nofile=8192:", "--pid", &std::process::id().to_string()])
        .status();
    assert!(raised.is_ok_and(|status| status.success()), "prlimit fails");
}
