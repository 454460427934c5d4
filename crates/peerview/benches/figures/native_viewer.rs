//! A viewer without a browser: signs in with a browser's cookie, calls a recorder, and counts
//! the pictures that come.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use peer::{Config, Endpoint, Event, Events};
use proto::link::message::{
    Candidate, Connect, Connected, Invite, Invited, Register, StreamKind, Trickle, Watch, method,
};
use proto::rpc::{self, Message};
use tokio_util::sync::{CancellationToken, DropGuard};

use tokio_tungstenite::tungstenite::http::header::{COOKIE, ORIGIN};

use crate::wire::{PATIENCE, Socket};

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
                message = self.socket.hear() => match message {
                    Some(message) => self.hear(message).await,
                    // The call goes on without the cloud.
                    None => return std::future::pending().await,
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
        self.socket.say(&message).await;
    }

    async fn hear(&mut self, message: Message) {
        let Message::Notification {
            method: name,
            params,
        } = message
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
    let headers = [(ORIGIN, url), (COOKIE, cookie)];
    let mut socket = Socket::open(url, "/call", &headers)
        .await
        .expect("the cloud takes viewers");
    socket.ask(1, method::REGISTER, &Register::default()).await;
    socket.result(1).await.expect("the cloud takes viewers");
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
            stream: StreamKind::Main.into(),
        }],
        estimate: false,
        relayed: false,
    };
    socket.ask(2, method::CONNECT, &connect).await;
    let connected: Connected =
        rpc::typed(socket.result(2).await.expect("a call")).expect("an answer to connect");
    let session = connected.session.expect("a session");
    loop {
        let Message::Request {
            id,
            method: name,
            params,
        } = socket.next().await
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
        socket.say(&Message::result(id, &invited)).await;
        return (endpoint, events, session);
    }
}
