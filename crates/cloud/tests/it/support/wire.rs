//! A cloud on a real port, and fake agents and viewers that speak to it over real sockets.

#![expect(clippy::unwrap_used, reason = "a failing helper fails its test")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use cloud::accounts::session;
use cloud::accounts::session::new_session::{BrowserKey, SignIn};
use cloud::clock::{Clock, TestClock};
use cloud::config::Config;
use cloud::db::{accounts, recorders};
use cloud::live::Live;
use cloud::random::Random;
use cloud::visitor::{Browser, SignedIn};
use futures_util::{SinkExt, StreamExt};
use proto::identity::Serial;
use proto::key::RecorderKey;
use proto::link::message::{Cameras, Challenge, Register};
use proto::link::work::Search;
use proto::rpc::{Id, Message, RpcError};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{self, Message as WsMessage};
use tokio_util::sync::CancellationToken;

use crate::support;
use crate::support::postgres::Database;

/// Longer than anything that is waited for may take on a slow machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const SUBPROTOCOL: &str = "webrtc.onvif.org";
pub(crate) const OFFER: &str = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n\
    a=ice-ufrag:agent\r\na=ice-pwd:agent/password+of22letters\r\n\
    a=candidate:1 1 udp 1 198.51.100.4 5000 typ host\r\n";
pub(crate) const ANSWER: &str = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n\
    a=ice-ufrag:viewer\r\na=ice-pwd:viewer/password+of22letters\r\n";

/// A running cloud; it ends with this value.
pub(crate) struct Wire {
    pub(crate) state: Live,
    pub(crate) clock: TestClock,
    addr: SocketAddr,
    shutdown: CancellationToken,
    dir: PathBuf,
    _database: Option<Database>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.shutdown.cancel();
        support::expect_verdicts(&self.state);
        std::fs::remove_dir_all(&self.dir).ok();
    }
}

/// Somebody with an account, signed in.
pub(crate) struct Person {
    pub(crate) who: SignedIn,
    cookie: String,
}

impl Person {
    /// The secret of the session.
    pub(crate) fn token(&self) -> &str {
        self.cookie.trim_start_matches("session=")
    }
}

impl Wire {
    pub(crate) async fn start() -> Wire {
        Wire::start_with(|_| {}).await
    }

    /// [`Wire::start`] with other settings.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Wire {
        let database = support::database().await;
        let url = database.as_ref().map(|database| database.url.clone());
        let mut wire = Wire::start_at(url, change).await;
        wire._database = database;
        wire
    }

    /// [`Wire::start`] on a PostgreSQL, or on SQLite in its own folder.
    pub(crate) async fn start_on(url: Option<String>) -> Wire {
        Wire::start_at(url, |_| {}).await
    }

    async fn start_at(url: Option<String>, change: impl FnOnce(&mut Config)) -> Wire {
        let dir = std::env::temp_dir().join(format!("cloud-{}", Random.id()));
        Wire::start_in_with(dir, url, change).await
    }

    /// [`Wire::start_on`] with a folder that goes with it.
    pub(crate) async fn start_in(dir: PathBuf, url: Option<String>) -> Wire {
        Wire::start_in_with(dir, url, |_| {}).await
    }

    async fn start_in_with(
        dir: PathBuf,
        url: Option<String>,
        change: impl FnOnce(&mut Config),
    ) -> Wire {
        let mut config = Config {
            data_dir: dir.clone(),
            sign_in_reserve_bytes: 1 << 20,
            ..Config::default()
        };
        config.database.url = url.unwrap_or_default();
        config.limits.cheap_hashes = true;
        change(&mut config);
        config.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        config.limits.work_bits = 0;
        config.relay.listen = vec![SocketAddr::from(([127, 0, 0, 1], 0))];
        config.relay.public_ip = Some([127, 0, 0, 1].into());
        let clock = TestClock::at(1_800_000_000);
        let cloud = cloud::bind_with_clock(config, Clock::Test(clock.clone()))
            .await
            .unwrap();
        let (state, addr) = (cloud.live().clone(), cloud.http_addr());
        let shutdown = CancellationToken::new();
        tokio::spawn(cloud.run(shutdown.clone()));
        support::first_purge(&state).await;
        Wire {
            state,
            clock,
            addr,
            shutdown,
            dir,
            _database: None,
        }
    }

    /// The sockets of a cloud that runs already and goes on without this value.
    pub(crate) fn of(cloud: &support::TestCloud) -> Wire {
        Wire {
            state: cloud.state.clone(),
            clock: cloud.clock.clone(),
            addr: cloud.addr,
            shutdown: CancellationToken::new(),
            dir: PathBuf::new(),
            _database: None,
        }
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub(crate) async fn person(&self, name: &str) -> Person {
        let mut tx = self.state.db.begin().await.unwrap();
        let new = accounts::NewAccount {
            id: name,
            user_name: name,
            user_name_key: name,
            email: name,
            email_key: name,
            password_hash: "",
        };
        let now = self.state.clock.now();
        assert!(accounts::insert(&mut tx, &new, now).await.unwrap());
        tx.commit().await.unwrap();
        self.sign_in(name).await
    }

    pub(crate) async fn sign_in(&self, name: &str) -> Person {
        self.sign_in_with(name, None).await
    }

    /// Signs in with Auto-login where the browser has a key, else without.
    pub(crate) async fn sign_in_with(&self, name: &str, key: Option<BrowserKey>) -> Person {
        let browser = Browser {
            token: Random.token(),
            user_agent: String::new(),
            place: String::new(),
        };
        let sign_in = SignIn {
            account_id: name,
            auto_login: key.is_some(),
            key,
            browser: &browser,
            n_failed: 0,
        };
        let mut tx = self.state.db.begin().await.unwrap();
        let started = session::start(&self.state, &mut tx, &sign_in)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let token = started.committed(&self.state);
        let session = session::find(&self.state, &token.value)
            .await
            .unwrap()
            .unwrap();
        let who = SignedIn::new(session, self.state.clock.now());
        Person {
            who,
            cookie: format!("session={}", token.value),
        }
    }

    /// Opens a socket; fails with the status that was answered instead.
    pub(crate) async fn open(
        &self,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Socket, u16> {
        let mut request = format!("ws://{}{path}", self.addr)
            .into_client_request()
            .unwrap();
        for (name, value) in headers {
            request
                .headers_mut()
                .insert(*name, HeaderValue::from_str(value).unwrap());
        }
        let stream = TcpStream::connect(self.addr).await.unwrap();
        match tokio_tungstenite::client_async(request, stream).await {
            Ok((socket, _)) => Ok(Socket { socket, last_id: 0 }),
            Err(tungstenite::Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) async fn link(&self) -> Socket {
        self.open("/link", &[("sec-websocket-protocol", SUBPROTOCOL)])
            .await
            .unwrap()
    }

    /// An agent whose key and serial follow from `seed`, online.
    pub(crate) async fn agent(&self, seed: u8) -> Socket {
        let mut socket = self.link().await;
        let (_, registered) = socket.registers_with_work(&key(seed), &serial(seed)).await;
        registered.unwrap();
        socket
    }

    /// [`Wire::agent`] of a recorder that `person` owns.
    pub(crate) async fn agent_of(&self, person: &Person, seed: u8) -> Socket {
        let agent = self.agent(seed).await;
        let name = format!("Recorder {seed}");
        self.own(person, seed, &name).await;
        agent
    }

    pub(crate) async fn own(&self, person: &Person, seed: u8, name: &str) {
        let serial = serial(seed);
        let claimed = recorders::claim(
            &self.state.db,
            serial.as_str(),
            &person.who.account_id,
            name,
            0,
        )
        .await;
        assert!(claimed.unwrap());
        self.state
            .links
            .changed_for(&person.who.account_id, serial.as_str());
    }

    pub(crate) async fn call_socket(&self, person: &Person) -> Socket {
        let headers = [
            ("sec-websocket-protocol", SUBPROTOCOL),
            ("cookie", person.cookie.as_str()),
        ];
        self.open("/call", &headers).await.unwrap()
    }

    /// A registered viewer; its first presence messages are still to come.
    pub(crate) async fn viewer(&self, person: &Person) -> Socket {
        let mut socket = self.call_socket(person).await;
        socket.request("register", json!({})).await.unwrap();
        socket
    }

    pub(crate) fn cookie<'a>(&self, person: &'a Person) -> &'a str {
        &person.cookie
    }

    /// Waits until `condition` holds.
    pub(crate) async fn until(&self, condition: impl Fn(&Live) -> bool) {
        let polling = async {
            while !condition(&self.state) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, polling)
            .await
            .expect("it never came about");
    }
}

pub(crate) fn key(seed: u8) -> RecorderKey {
    RecorderKey::from_bytes([seed; 32])
}

pub(crate) fn serial(seed: u8) -> Serial {
    Serial::from_random([seed; 13])
}

/// One WebSocket of a test.
pub(crate) struct Socket {
    pub(crate) socket: WebSocketStream<TcpStream>,
    last_id: u64,
}

impl Socket {
    pub(crate) async fn text(&mut self, text: &str) {
        self.socket.send(WsMessage::text(text)).await.unwrap();
    }

    pub(crate) async fn send(&mut self, message: &Message) {
        self.text(&message.to_text()).await;
    }

    pub(crate) async fn notify(&mut self, method: &str, params: Value) {
        self.send(&Message::notification(method, &params)).await;
    }

    /// Sends a request and returns its number.
    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> u64 {
        self.last_id += 1;
        self.send(&Message::request(self.last_id, method, &params))
            .await;
        self.last_id
    }

    /// Sends a request and waits for its answer, passing over everything else.
    pub(crate) async fn request(&mut self, method: &str, params: Value) -> Result<Value, RpcError> {
        let asked = Some(Id::Number(self.ask(method, params).await));
        loop {
            if let Message::Response { id, outcome } = self.next().await
                && id == asked
            {
                return outcome;
            }
        }
    }

    /// The next text as it came; `None` once the socket is closed.
    pub(crate) async fn raw(&mut self) -> Option<String> {
        let receiving = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(WsMessage::Text(text))) => return Some(text.as_str().to_owned()),
                    Some(Ok(WsMessage::Ping(_) | WsMessage::Pong(_))) => {}
                    Some(Ok(_) | Err(_)) | None => return None,
                }
            }
        };
        tokio::time::timeout(PATIENCE, receiving)
            .await
            .expect("nothing came")
    }

    pub(crate) async fn next(&mut self) -> Message {
        Message::parse(&self.raw().await.expect("the socket is open")).unwrap()
    }

    /// Waits for a request or notification of this name, passing over everything else.
    pub(crate) async fn wait_for(&mut self, name: &str) -> (Option<Id>, Value) {
        loop {
            match self.next().await {
                Message::Request { id, method, params } if method == name => {
                    return (Some(id), params);
                }
                Message::Notification { method, params } if method == name => {
                    return (None, params);
                }
                _ => {}
            }
        }
    }

    /// Waits for an error that answers no request.
    pub(crate) async fn wait_for_error(&mut self) -> RpcError {
        loop {
            if let Message::Response {
                id: None,
                outcome: Err(error),
            } = self.next().await
            {
                return error;
            }
        }
    }

    pub(crate) async fn answer(&mut self, id: Option<Id>, result: Value) {
        self.send(&Message::result(id.expect("it was a request"), &result))
            .await;
    }

    pub(crate) async fn refuse(&mut self, id: Option<Id>, code: i64) {
        let error = RpcError::new(code, "no");
        self.send(&Message::refusal(id.expect("it was a request"), error))
            .await;
    }

    /// Waits for the last frame and returns its code.
    pub(crate) async fn close_code(&mut self) -> u16 {
        let receiving = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(WsMessage::Close(Some(frame)))) => return u16::from(frame.code),
                    Some(Ok(_)) => {}
                    other => panic!("closed without a code: {other:?}"),
                }
            }
        };
        tokio::time::timeout(PATIENCE, receiving)
            .await
            .expect("the socket stays open")
    }

    pub(crate) async fn challenge(&mut self) -> Challenge {
        let (_, challenge) = self.wait_for("peerview/challenge").await;
        serde_json::from_value(challenge).unwrap()
    }

    pub(crate) async fn register_agent(
        &mut self,
        key: &RecorderKey,
        serial: &Serial,
    ) -> Result<Value, RpcError> {
        let Challenge { nonce, host } = self.challenge().await;
        let authorization = key.prove(serial, &nonce, &host, 0);
        self.register_with(authorization).await
    }

    /// Registers as an honest agent does, with the work that is asked for; gives its bits too.
    pub(crate) async fn registers_with_work(
        &mut self,
        key: &RecorderKey,
        serial: &Serial,
    ) -> (u32, Result<Value, RpcError>) {
        let Challenge { nonce, host } = self.challenge().await;
        let mut register = Register {
            authorization: Some(key.prove(serial, &nonce, &host, 0)),
            ..Register::default()
        };
        let mut bits = 0;
        loop {
            let params = serde_json::to_value(&register).unwrap();
            let outcome = self.request("register", params).await;
            let Some(work) = outcome.as_ref().err().and_then(RpcError::work) else {
                return (bits, outcome);
            };
            bits = work.bits;
            let mut search = Search::new(&nonce, serial.as_str(), work);
            register.work = std::iter::repeat_with(|| search.step(100_000))
                .find_map(|found| found)
                .unwrap();
        }
    }

    pub(crate) async fn register_with(&mut self, authorization: String) -> Result<Value, RpcError> {
        let register = Register {
            authorization: Some(authorization),
            ..Register::default()
        };
        self.request("register", serde_json::to_value(register).unwrap())
            .await
    }

    pub(crate) async fn cameras(&mut self, cameras: Value) {
        let cameras: Cameras = serde_json::from_value(json!({"cameras": cameras})).unwrap();
        self.notify("peerview/cameras", serde_json::to_value(cameras).unwrap())
            .await;
    }

    /// Keeps reading, so that pings are answered, until the returned value is dropped.
    pub(crate) fn keep_alive(mut self) -> tokio_util::task::AbortOnDropHandle<()> {
        tokio_util::task::AbortOnDropHandle::new(tokio::spawn(async move {
            while self.socket.next().await.is_some() {}
        }))
    }
}

/// Sets a call up as far as the agent's yes; returns its session id.
pub(crate) async fn ring(viewer: &mut Socket, agent: &mut Socket, seed: u8) -> String {
    let asked = viewer
        .ask("connect", json!({"peer": serial(seed).as_str()}))
        .await;
    let (id, connect) = agent.wait_for("connect").await;
    agent.answer(id, json!({"capabilities": ["extend"]})).await;
    loop {
        if let Message::Response {
            id: Some(Id::Number(id)),
            outcome,
        } = viewer.next().await
            && id == asked
        {
            assert_eq!(outcome.unwrap()["session"], connect["session"]);
            return connect["session"].as_str().unwrap().to_owned();
        }
    }
}

/// [`ring`], then offer and answer.
pub(crate) async fn establish(viewer: &mut Socket, agent: &mut Socket, seed: u8) -> String {
    let session = ring(viewer, agent, seed).await;
    let asked = agent
        .ask("invite", json!({"session": session, "offer": OFFER}))
        .await;
    let (id, invite) = viewer.wait_for("invite").await;
    assert_eq!(invite["offer"], OFFER);
    viewer.answer(id, json!({"answer": ANSWER})).await;
    loop {
        if let Message::Response {
            id: Some(Id::Number(id)),
            outcome,
        } = agent.next().await
            && id == asked
        {
            assert_eq!(outcome.unwrap()["answer"], ANSWER);
            return session;
        }
    }
}
