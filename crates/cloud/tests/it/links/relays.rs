//! Stand-alone relays: which may join, what of the call book they get, and who is told about them.

#![expect(clippy::unwrap_used, reason = "a failing helper fails its test")]

use std::path::PathBuf;
use std::time::Duration;

use cloud::config::{Config, JoinedRelayConfig, TurnServerConfig};
use cloud::random::Random;
use futures_util::{SinkExt, StreamExt};
use proto::joining::book_change::BookChange;
use proto::joining::message::TlsPlace;
use proto::joining::proof::JoinSecret;
use proto::joining::relay_end::{JoinAs, RelayEnd, RelayEndEvent, RelayEndInput};
use proto::joining::{REFUSED, SUBPROTOCOL};
use proto::link::leg::{IncomingFrame, OutgoingFrame, SocketOutput};
use proto::machine::Machine;
use proto::turn_credential::{Role, Secret};
use relay::OpenCalls;
use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message as WsMessage;

use crate::support::wire::{PATIENCE, Person, Socket, Wire, establish, serial};

const NORTH: &str = "0123456789abcdef0123456789abcdef";
const SOUTH: &str = "south6789abcdef0123456789abcdef0";

/// Files with secrets that end with the test.
struct SecretFiles(PathBuf);

impl SecretFiles {
    fn new() -> SecretFiles {
        let folder = std::env::temp_dir().join(format!("relays-{}", Random.id()));
        std::fs::create_dir_all(&folder).unwrap();
        for (name, secret) in [
            ("north", NORTH),
            ("south", SOUTH),
            ("coturn", "a shared secret"),
        ] {
            std::fs::write(folder.join(name), secret).unwrap();
        }
        SecretFiles(folder)
    }

    fn expect(&self, config: &mut Config, names: &[&str]) {
        let joined = names.iter().map(|name| JoinedRelayConfig {
            name: (*name).to_owned(),
            secret_file: self.0.join(name),
        });
        config.relay.joined = joined.collect();
    }
}

impl Drop for SecretFiles {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// A relay's end of its socket.
struct FakeRelay {
    socket: Socket,
    end: RelayEnd,
    start: Instant,
}

impl FakeRelay {
    async fn open(wire: &Wire, name: &str, secret: &str, address: &str) -> FakeRelay {
        let headers = [("sec-websocket-protocol", SUBPROTOCOL)];
        let who = JoinAs {
            name: name.to_owned(),
            secret: JoinSecret::parse(secret).unwrap(),
            origin: wire.state.public_url.origin().ascii_serialization(),
            addresses: vec![address.parse().unwrap()],
            tls: Some(TlsPlace {
                host: format!("{name}.example.org"),
                port: 443,
            }),
            nonce: Random.token(),
        };
        FakeRelay {
            socket: wire.open("/relay", &headers).await.unwrap(),
            end: RelayEnd::new(who, Duration::ZERO),
            start: Instant::now(),
        }
    }

    /// Joins and waits for the whole book.
    async fn joined(wire: &Wire, name: &str, secret: &str, address: &str) -> FakeRelay {
        let mut relay = FakeRelay::open(wire, name, secret, address).await;
        let whole = |event: &RelayEndEvent| *event == RelayEndEvent::Whole;
        relay.until(whole).await;
        relay
    }

    /// Serves until an event comes; gives all of them.
    async fn until(&mut self, is_last: impl Fn(&RelayEndEvent) -> bool) -> Vec<RelayEndEvent> {
        let mut events = Vec::new();
        let serving = async {
            loop {
                while let Some(output) = self.end.poll_output() {
                    match output {
                        SocketOutput::Send(OutgoingFrame::Text(text)) => {
                            self.socket
                                .socket
                                .send(WsMessage::text(text))
                                .await
                                .unwrap();
                        }
                        SocketOutput::Send(other) => panic!("{other:?}"),
                        SocketOutput::Event(event) => events.push(event),
                    }
                }
                if events.iter().any(&is_last) {
                    return;
                }
                let due = self.start + self.end.poll_timeout().expect("it lives");
                tokio::select! {
                    message = self.socket.socket.next() => {
                        let message = message.expect("open").expect("readable");
                        if let WsMessage::Text(text) = message {
                            let frame = IncomingFrame::Text(text.as_str().to_owned());
                            self.end.handle(RelayEndInput::Frame(frame), self.start.elapsed());
                        }
                    }
                    () = tokio::time::sleep_until(due) => {
                        self.end.handle_timeout(self.start.elapsed());
                    }
                }
            }
        };
        tokio::time::timeout(PATIENCE, serving)
            .await
            .expect("it comes");
        events
    }

    /// The changes that come until one fits.
    async fn changes_until(&mut self, is_last: impl Fn(&BookChange) -> bool) -> Vec<BookChange> {
        let fits = |event: &RelayEndEvent| match event {
            RelayEndEvent::Changes(changes) => changes.iter().any(&is_last),
            _ => false,
        };
        let events = self.until(fits).await.into_iter();
        let changes = events.filter_map(|event| match event {
            RelayEndEvent::Changes(changes) => Some(changes),
            _ => None,
        });
        changes.flatten().collect()
    }
}

/// Begins a call and gives the servers that its agent and its viewer are told.
async fn servers(wire: &Wire, ana: &Person, agent: &mut Socket) -> (Value, Value) {
    let mut viewer = wire.viewer(ana).await;
    let asked = viewer
        .ask("connect", json!({"peer": serial(1).as_str()}))
        .await;
    let (id, for_agent) = agent.wait_for("connect").await;
    agent.answer(id, json!({})).await;
    let for_viewer = loop {
        if let proto::rpc::Message::Response { id, outcome } = viewer.next().await
            && id == Some(proto::rpc::Id::Number(asked))
        {
            break outcome.unwrap();
        }
    };
    (for_agent, for_viewer)
}

/// The first URL of every entry with a credential.
fn relays(told: &Value) -> Vec<String> {
    let servers = told["iceServers"].as_array().unwrap().iter();
    let turns = servers.filter(|server| server["username"].is_string());
    turns
        .map(|server| server["urls"][0].as_str().unwrap().to_owned())
        .collect()
}

fn is_of(name: &'static str) -> impl Fn(&cloud::live::Live) -> bool {
    move |live| live.relays.healthy().iter().any(|of| of.name == name)
}

#[tokio::test]
async fn a_joined_relay_follows_the_book_without_accounts() {
    let files = SecretFiles::new();
    let wire = Wire::start_with(|config| files.expect(config, &["north"])).await;
    wire.state.call_book.open("earlier", "ana", 1_900_000_000);

    let mut relay = FakeRelay::open(&wire, "north", NORTH, "192.0.2.7:3478").await;
    let book = relay.until(|event| *event == RelayEndEvent::Whole).await;
    let party = [203, 0, 113, 9].into();
    wire.state
        .call_book
        .add_party_ip("earlier", Role::Agent, party);
    wire.state.call_book.open("later", "ana", 1_900_000_000);
    wire.state.call_book.close("earlier");
    let changes = relay
        .changes_until(|change| matches!(change, BookChange::Close { .. }))
        .await;

    assert!(
        book.contains(&RelayEndEvent::CloudTime(1_800_000_000)),
        "{book:?}"
    );
    let pseudonym = JoinSecret::parse(NORTH).unwrap().pseudonym("ana");
    let open = |call: &str| BookChange::Open {
        call: call.to_owned(),
        quota_key: pseudonym.clone(),
        until: 1_900_000_000,
    };
    assert!(
        book.contains(&RelayEndEvent::Changes(vec![open("earlier")])),
        "{book:?}"
    );
    let announced = BookChange::Ip {
        call: "earlier".to_owned(),
        role: Role::Agent.into(),
        ip: party,
    };
    let closed = BookChange::Close {
        call: "earlier".to_owned(),
    };
    assert_eq!(changes, [announced, open("later"), closed]);
}

#[tokio::test]
async fn clients_get_the_joined_relays_that_are_alive() {
    let files = SecretFiles::new();
    let wire = Wire::start_with(|config| files.expect(config, &["north", "south"])).await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let north = FakeRelay::joined(&wire, "north", NORTH, "192.0.2.7:3478").await;
    let south = FakeRelay::joined(&wire, "south", SOUTH, "192.0.2.8:3478").await;

    let (for_agent, for_viewer) = servers(&wire, &ana, &mut agent).await;
    assert_eq!(relays(&for_agent).len(), 3, "{for_agent}");
    assert!(relays(&for_agent)[1].starts_with("turn:192.0.2.7:3478"));
    assert_eq!(relays(&for_viewer).len(), 2, "browsers get slow with more");
    let turn = &for_agent["iceServers"][3];
    let urls = turn["urls"].as_array().unwrap();
    let in_tls = "turns:north.example.org:443?transport=tcp";
    assert_eq!(urls.last(), Some(&Value::from(in_tls)), "after UDP and TCP");
    let username = turn["username"].as_str().unwrap();
    let secret = JoinSecret::parse(NORTH).unwrap().turn_secret();
    assert_eq!(turn["credential"], secret.password(username).reveal());

    drop(north);
    wire.until(|live| live.relays.healthy().len() == 1).await;
    let (for_agent, _) = servers(&wire, &ana, &mut agent).await;
    assert_eq!(relays(&for_agent).len(), 2, "{for_agent}");
    assert!(relays(&for_agent)[1].contains("192.0.2.8"));
    drop(south);
}

#[tokio::test]
async fn a_silent_relay_gets_no_new_calls() {
    let files = SecretFiles::new();
    let wire = Wire::start_with(|config| files.expect(config, &["north"])).await;
    let mut relay = FakeRelay::joined(&wire, "north", NORTH, "192.0.2.7:3478").await;
    assert!(is_of("north")(&wire.state));

    // Its socket stays open, and nothing is said on it.
    wire.until(|live| live.relays.healthy().is_empty()).await;
    relay
        .end
        .handle(RelayEndInput::Beat(3), relay.start.elapsed());
    relay
        .until(|event| matches!(event, RelayEndEvent::CloudTime(_)))
        .await;
    wire.until(is_of("north")).await;

    relay
        .end
        .handle(RelayEndInput::Drain, relay.start.elapsed());
    relay
        .until(|event| matches!(event, RelayEndEvent::CloudTime(_)))
        .await;
    wire.until(|live| live.relays.healthy().is_empty()).await;
}

#[tokio::test]
async fn strangers_and_impostors_are_refused_alike() {
    let files = SecretFiles::new();
    let wire = Wire::start_with(|config| files.expect(config, &["north", "south"])).await;
    wire.state.call_book.open("call", "ana", 1_900_000_000);

    for (name, secret) in [
        ("north", "another secret".repeat(3).replace(' ', "-")),
        // The name of another relay.
        ("south", NORTH.to_owned()),
        ("west", NORTH.to_owned()),
    ] {
        let mut relay = FakeRelay::open(&wire, name, &secret, "192.0.2.7:3478").await;
        let challenge = relay.socket.raw().await.expect("a challenge");
        let frame = IncomingFrame::Text(challenge);
        relay
            .end
            .handle(RelayEndInput::Frame(frame), Duration::ZERO);
        let Some(SocketOutput::Send(OutgoingFrame::Text(join))) = relay.end.poll_output() else {
            panic!("it joins")
        };
        relay.socket.text(&join).await;

        assert_eq!(relay.socket.close_code().await, REFUSED);
        assert!(wire.state.relays.healthy().is_empty());
    }
}

#[tokio::test]
async fn a_cloud_that_expects_no_relay_accepts_none() {
    let wire = Wire::start().await;

    let headers = [("sec-websocket-protocol", SUBPROTOCOL)];
    assert_eq!(wire.open("/relay", &headers).await.err(), Some(404));

    let files = SecretFiles::new();
    let wire = Wire::start_with(|config| files.expect(config, &["north"])).await;
    assert_eq!(wire.open("/relay", &[]).await.err(), Some(400));
}

#[tokio::test]
async fn the_relay_that_answered_the_agent_first_leads_next_time() {
    let files = SecretFiles::new();
    let wire = Wire::start_with(|config| files.expect(config, &["north", "south"])).await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;
    let _north = FakeRelay::joined(&wire, "north", NORTH, "192.0.2.7:3478").await;
    let _south = FakeRelay::joined(&wire, "south", SOUTH, "192.0.2.8:3478").await;
    let (first, _) = servers(&wire, &ana, &mut agent).await;
    let mut viewer = wire.viewer(&ana).await;
    let session = establish(&mut viewer, &mut agent, 1).await;

    let line = "candidate:1 1 udp 99 192.0.2.8 50000 typ relay raddr 0.0.0.0 rport 0";
    let candidate = json!({"candidate": line, "sdpMid": "0"});
    let params = json!({"session": session, "candidate": candidate});
    agent.notify("trickle", params).await;
    let book = &wire.state.call_book;
    wire.until(|_| book.has_announced(&session, Role::Agent, [192, 0, 2, 8].into()))
        .await;
    let (for_agent, for_viewer) = servers(&wire, &ana, &mut agent).await;

    assert!(!relays(&first)[0].contains("192.0.2.8"), "{first}");
    assert!(relays(&for_viewer)[0].contains("192.0.2.8"), "{for_viewer}");
    assert!(relays(&for_agent)[0].contains("192.0.2.8"), "{for_agent}");
}

#[tokio::test]
async fn third_party_turn_servers_get_rest_credentials() {
    let files = SecretFiles::new();
    let wire = Wire::start_with(|config| {
        config.relay.enabled = false;
        config.relay.turn_servers = vec![TurnServerConfig {
            urls: vec![
                "turn:192.0.2.9:3478".to_owned(),
                "stun:192.0.2.9".to_owned(),
            ],
            secret_file: files.0.join("coturn"),
        }];
    })
    .await;
    let ana = wire.person("ana").await;
    let mut agent = wire.agent_of(&ana, 1).await;

    let (for_agent, for_viewer) = servers(&wire, &ana, &mut agent).await;

    for told in [&for_agent, &for_viewer] {
        assert_eq!(relays(told), ["turn:192.0.2.9:3478"], "{told}");
        let username = told["iceServers"][1]["username"].as_str().unwrap();
        let password = Secret::new(*b"a shared secret").password(username);
        assert_eq!(told["iceServers"][1]["credential"], password.reveal());
        assert_eq!(told["iceServers"][0]["urls"][0], "stun:192.0.2.9");
    }
}
