//! Many connections from few clients: everybody else is still served.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::authority::Authority;
use crate::support::{PATIENCE, TestCloud, shows};

const REQUEST: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// A connection from an address of this machine: all of 127.0.0.0/8 is.
async fn connect_from(cloud: &TestCloud, ip: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{ip}:0").parse().unwrap()).unwrap();
    socket.connect(cloud.addr).await.unwrap()
}

/// Whether the cloud answers this connection; false when it is closed. Reads the whole answer.
async fn is_served(stream: &mut TcpStream) -> bool {
    let mut answer = Vec::new();
    let asking = async {
        stream.write_all(REQUEST).await?;
        while !answer.ends_with(b"\r\n\r\nok\n") && !answer.ends_with(b"\r\n\r\nok") {
            if stream.read_buf(&mut answer).await? == 0 {
                break;
            }
        }
        std::io::Result::Ok(())
    };
    let answered = tokio::time::timeout(PATIENCE, asking).await;
    answered.expect("an answer or an end").is_ok() && answer.starts_with(b"HTTP/1.1 200")
}

/// Returns once the cloud has closed this connection.
async fn is_closed(stream: &mut TcpStream) {
    let mut bytes = Vec::new();
    let closing = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes));
    closing.await.expect("the cloud closes").ok();
}

#[tokio::test]
async fn eight_addresses_of_silent_connections_block_nobody() {
    let cloud = TestCloud::start_with(|config| {
        let places = &mut config.connections.places;
        (places.all, places.strangers) = (256, 192);
        (places.per_client, places.per_network) = (32, 64);
    })
    .await;
    let mut silent = Vec::new();
    for host in 1..=8 {
        for _ in 0..64 {
            silent.push(connect_from(&cloud, &format!("127.{host}.0.1")).await);
        }
    }

    let started = Instant::now();
    for n in 1..=20 {
        let mut stream = connect_from(&cloud, &format!("127.99.{n}.1")).await;
        assert!(is_served(&mut stream).await, "{n}");
    }

    let took = started.elapsed();
    shows(&format!(
        "512 silent connections of 8 addresses, 192 places for strangers: 20 others served in {took:?}"
    ));
    is_closed(&mut silent[0]).await;
}

#[tokio::test]
async fn idle_connections_of_one_address_keep_only_its_share() {
    let cloud = TestCloud::start_with(|config| config.connections.places.per_client = 20).await;
    let mut kept = Vec::new();
    for _ in 0..100 {
        let mut stream = connect_from(&cloud, "127.1.0.1").await;
        assert!(is_served(&mut stream).await);
        kept.push(stream);
    }

    for stream in &mut kept[..80] {
        is_closed(stream).await;
    }
    for stream in &mut kept[80..] {
        assert!(is_served(stream).await, "the newest are kept");
    }
}

#[tokio::test]
async fn a_request_without_its_body_loses_its_place() {
    let cloud = TestCloud::start_with(|config| config.connections.places.per_client = 4).await;
    let mut slow = Vec::new();
    for _ in 0..4 {
        let mut stream = connect_from(&cloud, "127.1.0.1").await;
        let head = b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n";
        stream.write_all(head).await.unwrap();
        slow.push(stream);
    }

    assert!(is_served(&mut connect_from(&cloud, "127.1.0.1").await).await);
    is_closed(&mut slow[0]).await;
}

#[tokio::test]
async fn signed_in_people_stay_connected_during_a_flood() {
    let cloud = TestCloud::start_with(|config| {
        config.demo = true;
        config.connections.places.per_client = 4;
    })
    .await;
    let ana = cloud.person("ana").await;
    let cookie = ana.cookie("session").unwrap().to_owned();
    let mut signed_in = connect_from(&cloud, "127.1.0.1").await;
    let request = format!(
        "GET /devices HTTP/1.1\r\nHost: localhost\r\nCookie: session={cookie}\r\nConnection: keep-alive\r\n\r\n"
    );
    signed_in.write_all(request.as_bytes()).await.unwrap();
    let mut first = [0; 12];
    signed_in.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");

    let mut strangers = Vec::new();
    for _ in 0..20 {
        let mut stream = connect_from(&cloud, "127.1.0.1").await;
        assert!(is_served(&mut stream).await);
        strangers.push(stream);
    }

    is_closed(&mut strangers[0]).await;
    signed_in.write_all(request.as_bytes()).await.unwrap();
    let mut page = String::new();
    while !page.contains("HTTP/1.1 200") {
        let mut bytes = vec![0; 16 * 1024];
        let read = tokio::time::timeout(PATIENCE, signed_in.read(&mut bytes)).await;
        let n = read.unwrap().unwrap();
        assert!(n > 0, "closed: {page}");
        page.push_str(&String::from_utf8_lossy(&bytes[..n]));
    }
}

#[tokio::test]
async fn stalled_handshakes_do_not_block_other_handshakes() {
    let authority = Authority::new();
    let cloud = TestCloud::start_with(|config| {
        authority.set(config);
        config.connections.handshakes = 1;
        config.connections.places.per_client = 32;
    })
    .await;
    let hello = client_hello(&authority, &cloud).await;
    let mut stalled = Vec::new();
    for _ in 0..64 {
        let mut stream = connect_from(&cloud, "127.1.0.1").await;
        stream.write_all(&hello).await.unwrap();
        stalled.push(stream);
    }
    // Our answer came, and theirs never does.
    let last = stalled.last_mut().unwrap();
    tokio::time::timeout(PATIENCE, last.read_u8())
        .await
        .expect("the cloud answers")
        .unwrap();

    let started = Instant::now();
    authority.connect(cloud.addr).await;

    let took = started.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    shows(&format!("64 stalled handshakes: another one took {took:?}"));
    is_closed(&mut stalled[0]).await;
}

/// The first message of a real handshake, as a client sends it.
async fn client_hello(authority: &Authority, cloud: &TestCloud) -> Vec<u8> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let root = authority.root_file();
    let addr = listener.local_addr().unwrap();
    assert_ne!(addr, cloud.addr);
    let connecting =
        tokio::spawn(async move { super::authority::connect(&root, addr, "localhost").await });
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut hello = vec![0; 5];
    stream.read_exact(&mut hello).await.unwrap();
    let length = usize::from(u16::from_be_bytes([hello[3], hello[4]]));
    hello.resize(5 + length, 0);
    stream.read_exact(&mut hello[5..]).await.unwrap();
    connecting.abort();
    hello
}

#[tokio::test]
async fn a_request_head_may_have_32_kib() {
    let cloud = TestCloud::start().await;
    let head_of = |length: usize| {
        let (start, end) = (
            "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ",
            "\r\n\r\n",
        );
        let padding = "x".repeat(length - start.len() - end.len());
        format!("{start}{padding}{end}")
    };

    for (length, status) in [
        (32 * 1024 - 1, "200"),
        (32 * 1024, "200"),
        (32 * 1024 + 1, "431"),
        (40_000, "431"),
        (60_000, "431"),
        (200_000, "431"),
    ] {
        let head = head_of(length);
        // Whole, and in parts that end anywhere.
        for part in [head.len(), 1_000, 4_095] {
            let mut stream = TcpStream::connect(cloud.addr).await.unwrap();
            let (mut reading, mut writing) = stream.split();
            let mut first = [0; 12];
            let (_, read) = tokio::join!(
                async {
                    for bytes in head.as_bytes().chunks(part) {
                        if writing.write_all(bytes).await.is_err() {
                            break;
                        }
                    }
                },
                tokio::time::timeout(PATIENCE, reading.read_exact(&mut first)),
            );
            // Whoever is still writing may find the connection gone with the answer in it.
            if read.unwrap().is_ok() || length <= 32 * 1024 + 1 {
                let said = String::from_utf8_lossy(&first);
                assert_eq!(
                    said,
                    format!("HTTP/1.1 {status}"),
                    "{length} in parts of {part}"
                );
            }
        }
    }
}

#[tokio::test]
async fn blanks_around_a_header_value_count_towards_the_limit() {
    let cloud = TestCloud::start().await;
    let blanks = " ".repeat(40_000);
    let head = format!("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX:{blanks}x\r\n\r\n");
    let mut stream = TcpStream::connect(cloud.addr).await.unwrap();

    stream.write_all(head.as_bytes()).await.ok();

    let mut answer = Vec::new();
    let reading = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer));
    reading.await.expect("the cloud closes").ok();
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
}
