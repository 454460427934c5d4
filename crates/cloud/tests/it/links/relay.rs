//! The relay inside a cloud: its calls, credentials and time are the cloud's. What it does with them
//! is tested where it lives, in crates/relay.

#![expect(clippy::unwrap_used, reason = "a failing helper fails its test")]

use serde_json::{Value, json};
use stun_types::attribute::{ErrorCode, Nonce, Realm, Username};
use stun_types::message::{
    IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageWrite, MessageWriteExt,
    MessageWriteVec,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use turn_types::attribute::RequestedTransport;
use turn_types::message::ALLOCATE;

use crate::support::wire::{Socket, Wire, serial};

/// Asks for a call, and gives the TURN server that the recorder was told of.
async fn turn_server(viewer: &mut Socket, agent: &mut Socket) -> Value {
    let peer = json!({"peer": serial(1).as_str()});
    viewer.ask("connect", peer).await;
    let (_, told) = agent.wait_for("connect").await;
    told["iceServers"][1].clone()
}

/// Asks for an allocation, the second time with what the first answer wants; the code of the error
/// that comes back, 0 for success. The allocation lives as long as the stream.
async fn allocate(server: &Value) -> (u16, TcpStream) {
    let url = server["urls"][1].as_str().unwrap();
    let addr = url.strip_prefix("turn:").unwrap().split('?').next();
    let mut stream = TcpStream::connect(addr.unwrap()).await.unwrap();
    let challenge = exchange(&mut stream, request().finish()).await;
    let challenge = Message::from_bytes(&challenge).unwrap();
    let realm = challenge.attribute::<Realm>().unwrap().realm().to_owned();
    let nonce = challenge.attribute::<Nonce>().unwrap().nonce().to_owned();
    let username = server["username"].as_str().unwrap();
    let password = server["credential"].as_str().unwrap();

    let mut request = request();
    request
        .add_attribute(&Username::new(username).unwrap())
        .unwrap();
    request.add_attribute(&Realm::new(&realm).unwrap()).unwrap();
    request.add_attribute(&Nonce::new(&nonce).unwrap()).unwrap();
    let key = LongTermKeyCredentials::new(username.to_owned(), password.to_owned(), realm)
        .make_key(IntegrityAlgorithm::Sha1);
    request
        .add_message_integrity_with_key(&key, IntegrityAlgorithm::Sha1)
        .unwrap();
    let answer = exchange(&mut stream, request.finish()).await;
    let error = Message::from_bytes(&answer)
        .unwrap()
        .attribute::<ErrorCode>()
        .map_or(0, |error| error.code());
    (error, stream)
}

fn request() -> MessageWriteVec {
    let mut request = Message::builder_request(ALLOCATE, MessageWriteVec::new());
    request.add_attribute(&RequestedTransport::new(17)).unwrap();
    request
}

async fn exchange(stream: &mut TcpStream, request: Vec<u8>) -> Vec<u8> {
    stream.write_all(&request).await.unwrap();
    let mut answer = vec![0; 20];
    stream.read_exact(&mut answer).await.unwrap();
    let length = usize::from(u16::from_be_bytes([answer[2], answer[3]]));
    answer.resize(20 + length, 0);
    stream.read_exact(&mut answer[20..]).await.unwrap();
    answer
}

async fn has_allocations(wire: &Wire, n: usize) -> bool {
    let text = cloud::exporter::text(&wire.state).await.unwrap();
    let line = format!("peerview_relay_allocations {n}");
    text.lines().any(|got| got == line)
}

#[tokio::test]
async fn an_allocation_ends_with_its_call() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    let server = turn_server(&mut viewer, &mut agent).await;

    let (error, _stream) = allocate(&server).await;
    assert_eq!(error, 0);
    assert!(has_allocations(&wire, 1).await);

    drop(viewer);
    wire.until(|state| state.calls.n_calls() == 0).await;
    let ended = async {
        let mut ticks = tokio::time::interval(std::time::Duration::from_millis(20));
        while !has_allocations(&wire, 0).await {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(crate::support::PATIENCE, ended)
        .await
        .expect("the relay looks at its calls every second");
    assert_eq!(allocate(&server).await.0, 403);
}

#[tokio::test]
async fn a_relay_credential_expires_by_the_clouds_clock() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let mut viewer = wire.viewer(&ana).await;
    let server = turn_server(&mut viewer, &mut agent).await;

    wire.clock.advance(599);
    assert_eq!(allocate(&server).await.0, 0);
    wire.clock.advance(1);
    assert_eq!(allocate(&server).await.0, 401);
}

#[tokio::test]
async fn asvs_9_2_1_a_test_credential_is_valid_for_a_minute() {
    let wire = Wire::start().await;
    let ana = wire.person("ana").await;
    let answer = reqwest::Client::new()
        .post(format!("http://{}/help/connection", wire.addr()))
        .header("cookie", wire.cookie(&ana))
        .send()
        .await
        .unwrap();
    let servers: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    let [viewer, agent] = [0, 1].map(|end| &servers["ends"][end]);

    assert_eq!(allocate(viewer).await.0, 0);
    assert_eq!(allocate(agent).await.0, 0);
    wire.clock.advance(60);
    assert_eq!(allocate(viewer).await.0, 401);
}
