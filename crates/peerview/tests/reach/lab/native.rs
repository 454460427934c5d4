//! The native viewer's process: signs in with a cookie, calls the recorder, and prints a line for each
//! picture. Like a browser, it names no host addresses, and it answers the recorder's ICE restarts.

use peer::{Config, Endpoint, Event, Events, TurnServer};
use proto::link::message::{
    Candidate, Connect, Connected, Invite, Invited, StreamKind, Trickle, Watch, method,
};
use proto::rpc::{self, Id, Message};
use serde_json::Value;

use super::client::{Client, ViewerSocket};
use super::sighting::{Sighting, say};

/// The request that asks for the call; registering was the first one.
const CONNECT_ID: u64 = 2;

/// Calls `serial` and watches its first camera until the call ends.
pub(crate) async fn watch(client: &Client, cookie: &str, serial: &str) -> Result<(), String> {
    let mut socket = client.socket(cookie).await?;
    socket.result(1).await?;
    say(&Sighting::Tap);
    let connect = Connect {
        peer: serial.to_owned(),
        authorization: None,
        profile: None,
        slots: Some(1),
        watch: vec![Watch {
            slot: 0,
            camera: "1".to_owned(),
            stream: StreamKind::Sub.into(),
        }],
        estimate: false,
        relayed: false,
    };
    socket.ask(CONNECT_ID, method::CONNECT, &connect).await?;
    let connected = socket.result(CONNECT_ID).await?;
    let connected: Connected = rpc::typed(connected).map_err(|error| error.to_string())?;
    let session = connected.session.ok_or("a call without an id")?;
    let config = Config {
        stun_servers: connected
            .ice_servers
            .iter()
            .flat_map(|server| server.urls.iter().cloned())
            .collect(),
        turn_servers: TurnServer::all_in(&connected.ice_servers),
        tls: Some(client.tls()),
        ..Config::default()
    };
    let (id, invite) = loop {
        let message = socket.next().await?.ok_or("the cloud closed the socket")?;
        if let Some(invite) = invitation(&message) {
            break invite;
        }
    };
    let (endpoint, events, answer) =
        Endpoint::answer(config, &invite.offer).map_err(|error| format!("{error:#}"))?;
    let mut call = NativeCall {
        socket: Some(socket),
        endpoint,
        session,
    };
    call.answer(id, &answer).await;
    call.run(events).await
}

struct NativeCall {
    /// Gone once the cloud is: the call goes on.
    socket: Option<ViewerSocket>,
    endpoint: Endpoint,
    session: String,
}

impl NativeCall {
    async fn run(mut self, mut events: Events) -> Result<(), String> {
        loop {
            tokio::select! {
                event = events.next() => match event {
                    Some(Event::Frame(_)) => say(&Sighting::Picture),
                    Some(Event::Candidate(Some(line))) if !line.contains("typ host") => {
                        self.trickle(line).await;
                    }
                    Some(Event::Ended(why)) => return Err(format!("the call ended: {why:?}")),
                    Some(_) => {}
                    None => return Err("the call ended".to_owned()),
                },
                message = hear(&mut self.socket) => match message {
                    Some(message) => self.hear(message).await?,
                    None => self.socket = None,
                },
            }
        }
    }

    async fn trickle(&mut self, line: String) {
        let trickle = Trickle {
            session: self.session.clone(),
            candidate: Some(Candidate {
                candidate: line,
                sdp_m_line_index: Some(0),
                ..Candidate::default()
            }),
        };
        self.say(&Message::notification(method::TRICKLE, &trickle))
            .await;
    }

    async fn hear(&mut self, message: Message) -> Result<(), String> {
        if let Some((id, invite)) = invitation(&message) {
            let answer = self.endpoint.accept_offer(&invite.offer).await;
            let answer = answer.map_err(|error| error.to_string())?;
            self.answer(id, &answer).await;
            return Ok(());
        }
        if let Message::Notification { method, params } = message
            && method == method::TRICKLE
            && let Ok(Trickle {
                candidate: Some(candidate),
                ..
            }) = rpc::typed(params)
        {
            // Candidates of kinds that this side does not use are passed over.
            let _ = self.endpoint.add_candidate(&candidate.candidate).await;
        }
        Ok(())
    }

    async fn answer(&mut self, id: Id, sdp: &str) {
        let invited = Invited {
            answer: without_hosts(sdp),
            subprotocols: Vec::new(),
        };
        self.say(&Message::result(id, &invited)).await;
    }

    async fn say(&mut self, message: &Message) {
        if let Some(socket) = &mut self.socket
            && socket.say(message).await.is_err()
        {
            self.socket = None;
        }
    }
}

async fn hear(socket: &mut Option<ViewerSocket>) -> Option<Message> {
    match socket {
        Some(socket) => socket.next().await.ok().flatten(),
        None => std::future::pending().await,
    }
}

fn invitation(message: &Message) -> Option<(Id, Invite)> {
    let Message::Request { id, method, params } = message else {
        return None;
    };
    let params: Value = params.clone();
    (method == method::INVITE).then(|| Some((id.clone(), rpc::typed(params).ok()?)))?
}

/// A browser hides the addresses of its machine.
fn without_hosts(sdp: &str) -> String {
    let lines = sdp.split_inclusive('\n');
    lines
        .filter(|line| !(line.starts_with("a=candidate:") && line.contains("typ host")))
        .collect()
}
