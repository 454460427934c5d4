//! A viewer without a browser: signs in with a browser's cookie, calls a recorder, and counts
//! the pictures that come.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use peer::{Config, Endpoint, Event, Events};
use proto::link::SUBPROTOCOL;
use proto::link::message::{
    Candidate, Connect, Connected, Invite, Invited, Register, StreamKind, Trickle, Watch, method,
};
use proto::rpc::{self, Message};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::{COOKIE, ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use tokio_tungstenite::tungstenite::protocol::Message as Frame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use tokio_util::sync::{CancellationToken, DropGuard};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const PATIENCE: Duration = Duration::from_secs(20);

/// A viewer that watches until it is dropped.
pub(crate) struct NativeViewer {
    frames: Arc<AtomicU64>,
    _stop: DropGuard,
}

impl NativeViewer {
    /// Calls a recorder and returns when the first picture has come.
    pub(crate) async fn watch(url: &str, cookie: &str, serial: &str) -> NativeViewer {
        let mut socket = open(url, cookie).await;
        let (endpoint, events, session) = answer(&mut socket, serial).await;
        let frames = Arc::new(AtomicU64::new(0));
        let stop = CancellationToken::new();
        let task = Watching {
            socket,
            endpoint,
            events,
            session,
            frames: Arc::clone(&frames),
        };
        let token = stop.clone();
        tokio::spawn(async move { token.run_until_cancelled(task.run()).await });
        let first = async {
            while frames.load(Ordering::Relaxed) == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, first)
            .await
            .expect("a first picture comes");
        NativeViewer {
            frames,
            _stop: stop.drop_guard(),
        }
    }

    /// Pictures so far.
    pub(crate) fn frames(&self) -> u64 {
        self.frames.load(Ordering::Relaxed)
    }
}

struct Watching {
    socket: Socket,
    endpoint: Endpoint,
    events: Events,
    session: String,
    frames: Arc<AtomicU64>,
}

impl Watching {
    async fn run(mut self) {
        loop {
            tokio::select! {
                event = self.events.next() => match event {
                    Some(Event::Frame(_)) => {
                        self.frames.fetch_add(1, Ordering::Relaxed);
                    }
                    Some(Event::Candidate(Some(line))) => self.trickle(line).await,
                    Some(Event::Ended(why)) => panic!("a viewer's call ended: {why:?}"),
                    Some(_) => {}
                    None => return,
                },
                frame = self.socket.next() => match frame {
                    Some(Ok(Frame::Text(text))) => self.hear(text.as_str()).await,
                    Some(Ok(_)) => {}
                    // The call goes on without the cloud.
                    _ => return std::future::pending().await,
                },
            }
        }
    }

    async fn trickle(&mut self, line: String) {
        let candidate = Candidate {
            candidate: line,
            sdp_m_line_index: Some(0),
            ..Candidate::default()
        };
        let trickle = Trickle {
            session: self.session.clone(),
            candidate: Some(candidate),
        };
        let message = Message::notification(method::TRICKLE, &trickle);
        self.socket
            .send(Frame::text(message.to_text()))
            .await
            .expect("the cloud reads");
    }

    async fn hear(&mut self, text: &str) {
        let Ok(Message::Notification {
            method: name,
            params,
        }) = Message::parse(text)
        else {
            return;
        };
        if name != method::TRICKLE {
            return;
        }
        let trickle: Trickle = rpc::typed(params).expect("a candidate");
        if let Some(candidate) = trickle.candidate {
            // Candidates of kinds that this side does not use are passed over.
            let _ = self.endpoint.add_candidate(&candidate.candidate).await;
        }
    }
}

async fn open(url: &str, cookie: &str) -> Socket {
    let address = format!("{}/call", url.replace("http://", "ws://"));
    let mut request = address.into_client_request().expect("a WebSocket address");
    let headers = request.headers_mut();
    headers.insert(
        SEC_WEBSOCKET_PROTOCOL,
        HeaderValue::from_static(SUBPROTOCOL),
    );
    headers.insert(
        ORIGIN,
        HeaderValue::from_str(url).expect("an address is ASCII"),
    );
    headers.insert(
        COOKIE,
        HeaderValue::from_str(cookie).expect("a cookie is ASCII"),
    );
    let (mut socket, _) = tokio_tungstenite::connect_async(request)
        .await
        .expect("the cloud takes viewers");
    say(
        &mut socket,
        &Message::request(1, method::REGISTER, &Register::default()),
    )
    .await;
    result(&mut socket, 1).await;
    socket
}

/// Asks for a call and answers the recorder's offer.
async fn answer(socket: &mut Socket, serial: &str) -> (Endpoint, Events, String) {
    let connect = Connect {
        peer: serial.to_owned(),
        authorization: None,
        profile: None,
        slots: Some(1),
        watch: vec![Watch {
            slot: 0,
            camera: "1".to_owned(),
            stream: StreamKind::Main,
        }],
    };
    say(socket, &Message::request(2, method::CONNECT, &connect)).await;
    let connected: Connected = rpc::typed(result(socket, 2).await).expect("an answer to connect");
    let session = connected.session.expect("a session");
    loop {
        let Message::Request {
            id,
            method: name,
            params,
        } = next(socket).await
        else {
            continue;
        };
        if name != method::INVITE {
            continue;
        }
        let invite: Invite = rpc::typed(params).expect("an invitation");
        let config = Config {
            with_loopback: true,
            ..Config::default()
        };
        let (endpoint, events, answer) =
            Endpoint::answer(config, &invite.offer).expect("an offer can be answered");
        let invited = Invited {
            answer,
            subprotocols: Vec::new(),
        };
        say(socket, &Message::result(id, &invited)).await;
        return (endpoint, events, session);
    }
}

async fn say(socket: &mut Socket, message: &Message) {
    socket
        .send(Frame::text(message.to_text()))
        .await
        .expect("the cloud reads");
}

async fn result(socket: &mut Socket, wanted: u64) -> serde_json::Value {
    loop {
        if let Message::Response {
            id: Some(rpc::Id::Number(id)),
            outcome,
        } = next(socket).await
            && id == wanted
        {
            return outcome.unwrap_or_else(|error| panic!("request {id}: {error}"));
        }
    }
}

async fn next(socket: &mut Socket) -> Message {
    let waiting = async {
        loop {
            if let Frame::Text(text) = socket
                .next()
                .await
                .expect("the cloud is there")
                .expect("a frame")
            {
                return Message::parse(text.as_str()).expect("JSON-RPC");
            }
        }
    };
    tokio::time::timeout(PATIENCE, waiting)
        .await
        .expect("the cloud says something")
}
