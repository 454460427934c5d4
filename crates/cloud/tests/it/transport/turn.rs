//! TURN on the port of the pages, in TLS or as a TCP proxy passes it on, for networks that let nothing else
//! out.

use std::net::SocketAddr;
use std::time::Duration;

use cloud::calls::ice::turn_secret;
use cloud::config::Config;
use proto::turn_credential::{Role, mint};
use stun_types::attribute::{ErrorCode, Nonce, Realm, Username, XorMappedAddress};
use stun_types::message::{
    BINDING, IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageWrite, MessageWriteExt,
    MessageWriteVec,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use turn_types::attribute::RequestedTransport;
use turn_types::message::ALLOCATE;

use super::authority::{Authority, connect_naming};
use crate::support::{PATIENCE, TestCloud};

trait Stream: AsyncRead + AsyncWrite + Unpin {}
impl<S: AsyncRead + AsyncWrite + Unpin> Stream for S {}

fn with_relay(config: &mut Config) {
    config.relay.enabled = true;
    config.relay.listen = vec![SocketAddr::from(([127, 0, 0, 1], 0))];
}

async fn exchange(stream: &mut impl Stream, request: Vec<u8>) -> Vec<u8> {
    let answered = async {
        stream.write_all(&request).await.unwrap();
        let mut answer = vec![0; 20];
        stream.read_exact(&mut answer).await.unwrap();
        let length = usize::from(u16::from_be_bytes([answer[2], answer[3]]));
        answer.resize(20 + length, 0);
        stream.read_exact(&mut answer[20..]).await.unwrap();
        answer
    };
    let answered = tokio::time::timeout(PATIENCE, answered);
    answered.await.expect("the relay answers")
}

/// The address of the client as the relay sees it.
async fn mapped(stream: &mut impl Stream) -> SocketAddr {
    let request = Message::builder_request(BINDING, MessageWriteVec::new());
    let answer = exchange(stream, request.finish()).await;
    let answer = Message::from_bytes(&answer).unwrap();
    let mapped = answer.attribute::<XorMappedAddress>().unwrap();
    mapped.addr(answer.transaction_id())
}

/// Asks for an allocation of an open call; gives the code of the error, 0 for success.
async fn allocate(cloud: &TestCloud, stream: &mut impl Stream) -> u16 {
    let now = u64::try_from(cloud.state.clock.now()).unwrap();
    cloud.state.call_book.open("call", "ana", now + 600);
    let secret = turn_secret(&cloud.state.secrets);
    let credential = mint(&secret, "call", Role::Viewer, now, 600).unwrap();
    let request = || {
        let mut request = Message::builder_request(ALLOCATE, MessageWriteVec::new());
        request.add_attribute(&RequestedTransport::new(17)).unwrap();
        request
    };
    let challenge = exchange(stream, request().finish()).await;
    let challenge = Message::from_bytes(&challenge).unwrap();
    let realm = challenge.attribute::<Realm>().unwrap();
    let mut signed = request();
    let username = Username::new(&credential.username).unwrap();
    signed.add_attribute(&username).unwrap();
    signed.add_attribute(&realm).unwrap();
    let nonce = challenge.attribute::<Nonce>().unwrap();
    signed.add_attribute(&nonce).unwrap();
    let password = credential.password.reveal().to_owned();
    let realm = realm.realm().to_owned();
    let key = LongTermKeyCredentials::new(credential.username.clone(), password, realm)
        .make_key(IntegrityAlgorithm::Sha1);
    signed
        .add_message_integrity_with_key(&key, IntegrityAlgorithm::Sha1)
        .unwrap();
    let answer = exchange(stream, signed.finish()).await;
    let error = Message::from_bytes(&answer)
        .unwrap()
        .attribute::<ErrorCode>();
    error.map_or(0, |error| error.code())
}

async fn is_closed(stream: &mut impl Stream) -> bool {
    let end = tokio::time::timeout(PATIENCE, stream.read(&mut [0; 64])).await;
    !matches!(end.expect("it is closed in time"), Ok(1..))
}

#[tokio::test]
async fn turn_and_pages_share_the_tls_port() {
    let authority = Authority::new();
    let cloud = TestCloud::start_with(|config| {
        authority.set(config);
        with_relay(config);
    })
    .await;

    // Browsers name no protocol for `turns:`.
    for protocols in [&[][..], &[&b"stun.turn"[..]], &[b"http/1.1", b"stun.turn"]] {
        let mut stream = connect_naming(&authority.root_file(), cloud.addr, "localhost", protocols)
            .await
            .unwrap();
        let is_http = protocols.len() == 2;
        assert_eq!(
            stream.get_ref().1.alpn_protocol(),
            protocols.first().copied()
        );
        if is_http {
            // The server's preference decides, and a client that names HTTP gets HTTP.
            stream
                .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .await
                .unwrap();
            let mut answer = [0; 12];
            stream.read_exact(&mut answer).await.unwrap();
            assert_eq!(&answer, b"HTTP/1.1 200");
            continue;
        }
        let local = stream.get_ref().0.local_addr().unwrap();
        assert_eq!(mapped(&mut stream).await, local);
        assert_eq!(allocate(&cloud, &mut stream).await, 0, "{protocols:?}");
    }

    let mut unnamed = authority.connect(cloud.addr).await;
    unnamed
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .unwrap();
    let mut answer = [0; 12];
    unnamed.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
}

#[tokio::test]
async fn a_tls_client_that_stays_silent_is_closed() {
    let authority = Authority::new();
    let cloud = TestCloud::start_with(|config| {
        authority.set(config);
        with_relay(config);
        config.connections.headers = Duration::from_millis(300);
    })
    .await;

    let mut silent = authority.connect(cloud.addr).await;
    assert!(is_closed(&mut silent).await);

    let mut broken = authority.connect(cloud.addr).await;
    broken.write_all(&[0, 1, 0, 3]).await.unwrap();
    assert!(
        is_closed(&mut broken).await,
        "no STUN message has this length"
    );
    assert_eq!(
        mapped(&mut authority.connect(cloud.addr).await).await.ip(),
        cloud.addr.ip()
    );
}

#[tokio::test]
async fn turn_clients_do_not_count_as_page_connections() {
    let authority = Authority::new();
    let cloud = TestCloud::start_with(|config| {
        authority.set(config);
        with_relay(config);
        config.connections.places.per_client = 2;
    })
    .await;
    let mut clients = Vec::new();
    for _ in 0..4 {
        let mut stream = authority.connect(cloud.addr).await;
        assert_eq!(allocate(&cloud, &mut stream).await, 0);
        clients.push(stream);
    }

    let page = authority
        .https_client()
        .get(format!("https://localhost:{}/healthz", cloud.addr.port()));
    assert_eq!(page.send().await.unwrap().status(), 200);
    for stream in &mut clients {
        mapped(stream).await;
    }
}

#[tokio::test]
async fn a_setting_lets_a_tcp_proxy_pass_turn_on() {
    let behind = |config: &mut Config| {
        with_relay(config);
        config.public_url = Some("https://cloud.example.org".parse().unwrap());
        config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    };
    let binding = || Message::builder_request(BINDING, MessageWriteVec::new()).finish();

    let cloud = TestCloud::start_with(behind).await;
    let mut stream = TcpStream::connect(cloud.addr).await.unwrap();
    stream.write_all(&binding()).await.unwrap();
    let mut answer = [0; 2];
    let read = tokio::time::timeout(PATIENCE, stream.read(&mut answer)).await;
    assert!(
        !matches!(read.unwrap(), Ok(1..) if answer == [1, 1]),
        "no answer of a relay"
    );

    let cloud = TestCloud::start_with(|config| {
        behind(config);
        config.relay.turn_over_tls = Some(true);
    })
    .await;
    let mut stream = TcpStream::connect(cloud.addr).await.unwrap();
    assert_eq!(mapped(&mut stream).await, stream.local_addr().unwrap());
    assert_eq!(allocate(&cloud, &mut stream).await, 0);
    let mut page = TcpStream::connect(cloud.addr).await.unwrap();
    page.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .unwrap();
    let mut answer = [0; 12];
    page.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
}
