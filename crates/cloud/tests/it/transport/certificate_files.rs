//! Certificate files of the operator.

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use super::authority::{Authority, shown};
use crate::support::{PATIENCE, TestCloud};

async fn cloud_with(authority: &Authority) -> TestCloud {
    TestCloud::start_with(|config| {
        config.demo = true;
        authority.set(config);
    })
    .await
}

#[tokio::test]
async fn pages_are_served_over_https_with_hsts() {
    let authority = Authority::new();
    let cloud = cloud_with(&authority).await;

    let page = authority
        .https_client()
        .get(format!("https://localhost:{}/login", cloud.addr.port()))
        .send()
        .await
        .unwrap();

    assert_eq!(page.status(), 200);
    let header = |name: &str| page.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("strict-transport-security"), "max-age=63072000");
    assert!(header("content-security-policy").contains("connect-src 'self' wss://"));
}

#[tokio::test]
async fn asvs_12_2_1_plain_http_on_the_tls_port_gets_no_page() {
    let authority = Authority::new();
    let cloud = cloud_with(&authority).await;
    let mut stream = tokio::net::TcpStream::connect(cloud.addr).await.unwrap();

    stream
        .write_all(b"GET /login HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .unwrap();
    let mut answer = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer))
        .await
        .unwrap()
        .ok();

    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
}

#[tokio::test]
async fn a_new_certificate_is_used_while_old_connections_continue() {
    let authority = Authority::new();
    let cloud = cloud_with(&authority).await;
    let mut old = authority.connect(cloud.addr).await;
    let first = shown(&old);

    authority.issue();
    let shown_now = wait_for_another_certificate(&cloud, &authority, &first).await;
    old.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    old.read_to_string(&mut answer).await.ok();

    assert_ne!(shown_now, first);
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
}

/// Lets the cloud look at its files until it shows another certificate than this.
async fn wait_for_another_certificate(
    cloud: &TestCloud,
    authority: &Authority,
    first: &[u8],
) -> Vec<u8> {
    let waiting = async {
        loop {
            cloud.clock.advance(60);
            let shown = shown(&authority.connect(cloud.addr).await);
            if shown != first {
                return shown;
            }
        }
    };
    tokio::time::timeout(PATIENCE, waiting)
        .await
        .expect("the files are read again")
}

#[tokio::test]
async fn a_new_certificate_needs_its_new_key_before_use() {
    let authority = Authority::new();
    let cloud = cloud_with(&authority).await;
    let first = shown(&authority.connect(cloud.addr).await);
    let (_, key) = authority.issue();
    let new_key = std::fs::read(&key).unwrap();

    std::fs::write(&key, "").unwrap();
    for _ in 0..20 {
        cloud.clock.advance(60);
        assert_eq!(shown(&authority.connect(cloud.addr).await), first);
    }
    std::fs::write(&key, new_key).unwrap();

    wait_for_another_certificate(&cloud, &authority, &first).await;
}

#[tokio::test]
async fn the_link_works_over_wss() {
    let authority = Authority::new();
    let cloud = cloud_with(&authority).await;
    let mut request = format!("wss://localhost:{}/link", cloud.addr.port())
        .into_client_request()
        .unwrap();
    request.headers_mut().insert(
        "sec-websocket-protocol",
        proto::link::SUBPROTOCOL.parse().unwrap(),
    );
    let stream = authority.connect(cloud.addr).await;

    let (mut socket, _) = tokio_tungstenite::client_async(request, stream)
        .await
        .unwrap();
    socket
        .send(Message::Ping("still there?".into()))
        .await
        .unwrap();
    let pong = async {
        loop {
            if let Message::Pong(bytes) = socket.next().await.unwrap().unwrap() {
                return bytes;
            }
        }
    };

    let bytes = tokio::time::timeout(PATIENCE, pong).await.unwrap();
    assert_eq!(&bytes[..], b"still there?");
}

#[tokio::test]
async fn a_mismatched_key_is_reported_at_startup() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue();
    let other = rcgen::KeyPair::generate().unwrap();
    std::fs::write(&key, other.serialize_pem()).unwrap();
    let mut config = cloud::config::Config {
        data_dir: authority.folder.join("data"),
        ..Default::default()
    };
    config.listen.set_port(0);
    config.tls.certificate_file = certificate;
    config.tls.key_file = key;

    let error = cloud::bind(config).await.err().expect("it does not start");

    assert!(format!("{error:#}").contains("do not match"), "{error:#}");
}
