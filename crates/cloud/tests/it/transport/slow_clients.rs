//! Clients that take their time, and clients that are too many.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::authority::Authority;
use crate::support::{PATIENCE, TestCloud};

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
async fn a_head_that_never_ends_is_cut_off() {
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
async fn a_handshake_that_never_ends_is_cut_off() {
    let authority = Authority::new();
    let cloud = TestCloud::start_with(|config| {
        authority.set(config);
        config.connections.handshake = SHORT;
        config.connections.handshakes = 1;
    })
    .await;
    let mut silent = TcpStream::connect(cloud.addr).await.unwrap();
    let mut stuck = TcpStream::connect(cloud.addr).await.unwrap();
    stuck.write_all(&[0x16, 3, 1, 2, 0, 1]).await.unwrap();

    authority.connect(cloud.addr).await;

    assert!(until_closed(&mut silent).await.is_empty());
    until_closed(&mut stuck).await;
}

#[tokio::test]
async fn who_does_not_read_the_answer_is_given_up() {
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
async fn a_head_that_is_too_long_is_refused() {
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
