//! Slow clients, and too many clients.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::authority::Authority;
use crate::support::{PATIENCE, TestCloud, shows};

const SHORT: Duration = Duration::from_millis(300);

/// Reads until the other end closes; gives what came.
async fn until_closed(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes))
        .await
        .expect("the cloud closes the connection")
        .ok();
    bytes
}

#[tokio::test]
async fn an_endless_request_head_times_out() {
    let cloud = TestCloud::start_with(|config| config.connections.headers = SHORT).await;
    let mut slow = TcpStream::connect(cloud.addr).await.unwrap();

    slow.write_all(b"GET /login HTTP/1.1\r\nHost: localhost\r\nX: ")
        .await
        .unwrap();

    let answer = until_closed(&mut slow).await;
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
    assert_eq!(cloud.browser().get("/login").await.status, 200);
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_its_request() {
    let cloud = TestCloud::start_with(|config| config.connections.headers = SHORT).await;
    let mut idle = TcpStream::connect(cloud.addr).await.unwrap();

    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .unwrap();

    let answer = until_closed(&mut idle).await;
    assert!(answer.starts_with(b"HTTP/1.1 200"));
}

#[tokio::test]
async fn an_endless_handshake_times_out() {
    let authority = Authority::new();
    let cloud = TestCloud::start_with(|config| {
        authority.set(config);
        config.connections.handshake = SHORT;
    })
    .await;
    let mut silent = TcpStream::connect(cloud.addr).await.unwrap();
    let mut stuck = TcpStream::connect(cloud.addr).await.unwrap();
    stuck.write_all(&[0x16, 3, 1, 2, 0, 1]).await.unwrap();

    authority.connect(cloud.addr).await;

    assert!(until_closed(&mut silent).await.is_empty());
    until_closed(&mut stuck).await;
}

/// The first message of a TLS client.
fn client_hello() -> Vec<u8> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut hello = Vec::new();
    client.write_tls(&mut hello).unwrap();
    hello
}

#[tokio::test]
async fn stalled_handshakes_do_not_block_pages() {
    let authority = Authority::new();
    let cloud = TestCloud::start_with(|config| {
        authority.set(config);
        // Longer than anybody here waits: none of them makes room by being cut off.
        config.connections.handshake = 4 * PATIENCE;
    })
    .await;
    let hello = client_hello();
    let mut stalled = Vec::new();
    // Nothing at all, half a first message, and a whole one after which nothing comes.
    for (begun, n) in [(0, 50), (hello.len() / 2, 50), (hello.len(), 300)] {
        for _ in 0..n {
            let mut stream = TcpStream::connect(cloud.addr).await.unwrap();
            stream.write_all(&hello[..begun]).await.unwrap();
            stalled.push(stream);
        }
    }
    // Each of those has been answered, so its handshake has begun.
    for stream in &mut stalled[100..] {
        stream.read_exact(&mut [0]).await.unwrap();
    }

    let mut slowest = Duration::ZERO;
    for _ in 0..20 {
        let began = Instant::now();
        let page = authority.https_client();
        let page = page.get(format!("https://{}/login", cloud.addr)).send();
        let page = tokio::time::timeout(PATIENCE, page).await;
        assert_eq!(page.expect("a page comes").unwrap().status(), 200);
        slowest = slowest.max(began.elapsed());
    }

    for stream in &stalled {
        let state = stream.try_read(&mut [0; 8_192]);
        let is_open = !matches!(state, Ok(0));
        assert!(is_open, "it stalls on while pages are answered");
    }
    shows(&format!(
        "a page over TLS beside {} stalled handshakes: {slowest:?} at most",
        stalled.len()
    ));
}

#[tokio::test]
async fn a_client_that_does_not_read_is_disconnected() {
    let cloud = TestCloud::start_with(|config| {
        config.connections.stalled_write = SHORT;
        config.connections.places.all = 1;
    })
    .await;
    let mut deaf = TcpStream::connect(cloud.addr).await.unwrap();
    let request = b"GET /login HTTP/1.1\r\nHost: localhost\r\n\r\n";

    // Asks for more and more without reading, until the cloud has had enough.
    let asking = async { while deaf.write_all(&request.repeat(50)).await.is_ok() {} };
    tokio::time::timeout(PATIENCE, asking)
        .await
        .expect("the cloud closes the connection");
}

#[tokio::test]
async fn an_oversized_request_head_is_refused() {
    let cloud = TestCloud::start().await;
    let long = "x".repeat(200_000);
    let many: String = (0..100).map(|i| format!("X-{i}: 1\r\n")).collect();

    for headers in [format!("X: {long}\r\n"), many] {
        let mut stream = TcpStream::connect(cloud.addr).await.unwrap();
        let head = format!("GET /login HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        stream.write_all(head.as_bytes()).await.ok();
        let answer = until_closed(&mut stream).await;

        let answer = String::from_utf8_lossy(&answer);
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
            "{answer}"
        );
    }
}
