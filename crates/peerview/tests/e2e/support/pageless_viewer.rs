//! A viewer without a browser: calls a recorder through the cloud with a person's session, and sends requests
//! over the control channel.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use peer::{AudioCodec, Config, Endpoint, Event, Events, Sound};
use proto::link::SUBPROTOCOL;
use proto::link::message::{Connect, Invite, Invited, Register, method};
use proto::rpc::{self, Id, Message};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::AbortHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::{COOKIE, ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use tokio_tungstenite::tungstenite::protocol::Message as Frame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::person::Person;
use super::process::PATIENCE;

/// A call of a viewer without pages.
pub(crate) struct PagelessViewer {
    endpoint: Endpoint,
    events: Events,
    next_id: u64,
    /// The call ends with it.
    _socket: ViewerWire,
}

type ViewerWire = WebSocketStream<MaybeTlsStream<TcpStream>>;

impl PagelessViewer {
    /// Calls a recorder in a person's name.
    pub(crate) async fn calls(person: &Person, serial: &str) -> PagelessViewer {
        let calling = PagelessViewer::connect(person, serial);
        let viewer = tokio::time::timeout(PATIENCE, calling).await;
        let mut viewer = viewer.expect("the cloud connects them");
        viewer
            .until("the control channel", |event| {
                matches!(event, Event::ControlOpen).then_some(())
            })
            .await;
        viewer
    }

    async fn connect(person: &Person, serial: &str) -> PagelessViewer {
        let mut socket = open(person).await;
        say(
            &mut socket,
            &Message::request(1, method::REGISTER, &Register::default()),
        )
        .await;
        let connect = Connect {
            peer: serial.to_owned(),
            authorization: None,
            profile: None,
            slots: Some(1),
            watch: Vec::new(),
            estimate: false,
            relayed: false,
        };
        say(&mut socket, &Message::request(2, method::CONNECT, &connect)).await;
        let (id, invite) = loop {
            match hear(&mut socket).await {
                Message::Request { id, method, params } if method == method::INVITE => {
                    break (id, rpc::typed::<Invite>(params).expect("an invitation"));
                }
                Message::Response {
                    outcome: Err(error),
                    ..
                } => panic!("the cloud refused: {error}"),
                _ => {}
            }
        };
        let config = Config {
            with_loopback: true,
            bind: Some(IpAddr::from([127, 0, 0, 1])),
            ..Config::default()
        };
        let (endpoint, events, answer) = Endpoint::answer(config, &invite.offer).expect("an offer");
        answer_with(&mut socket, id, answer).await;
        PagelessViewer {
            endpoint,
            events,
            next_id: 1,
            _socket: socket,
        }
    }

    /// Asks over the control channel, and returns the answer whole.
    pub(crate) async fn asks(&mut self, method: &str, params: Value) -> Value {
        self.next_id += 1;
        let id = self.next_id;
        let request = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        let sent = self.endpoint.send_control(request.to_string()).await;
        sent.expect("the channel is open");
        self.until(method, |event| match event {
            Event::Control(text) => {
                let message: Value = serde_json::from_str(text).expect("JSON");
                (message["id"] == id).then_some(message)
            }
            _ => None,
        })
        .await
    }

    /// Asks for something that has to be done.
    pub(crate) async fn gets(&mut self, method: &str, params: Value) -> Value {
        let answer = self.asks(method, params).await;
        let result = answer.get("result").cloned();
        result.unwrap_or_else(|| panic!("{method}: {answer}"))
    }

    /// Says a noise until dropped.
    pub(crate) fn speaks(&self) -> PagelessVoice {
        let media = self.endpoint.media();
        let task = tokio::spawn(async move {
            let mut every_20_ms = tokio::time::interval(Duration::from_millis(20));
            for n in 0_u64.. {
                every_20_ms.tick().await;
                let sound = Sound {
                    // A loud rectangle of 400 Hz in G.711 µ-law.
                    data: [[0x80; 10], [0x00; 10]].concat().repeat(8).into(),
                    codec: AudioCodec::Pcmu,
                    time: 160 * n,
                    arrived: Instant::now(),
                    source: 1,
                };
                if media.sound(sound).await.is_err() {
                    return;
                }
            }
        });
        PagelessVoice(task.abort_handle())
    }

    async fn until<T>(&mut self, what: &str, mut pick: impl FnMut(&Event) -> Option<T>) -> T {
        let waiting = async {
            loop {
                let event = self.events.next().await.expect("the call goes on");
                if let Some(picked) = pick(&event) {
                    return picked;
                }
            }
        };
        let picked = tokio::time::timeout(PATIENCE, waiting).await;
        picked.unwrap_or_else(|_| panic!("waited too long for {what}"))
    }
}

/// Somebody who is speaking.
pub(crate) struct PagelessVoice(AbortHandle);

impl Drop for PagelessVoice {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn open(person: &Person) -> ViewerWire {
    let cookies = person.browser.client().get_all_cookies().await;
    let cookies = cookies.expect("the browser is signed in");
    let cookies = cookies
        .iter()
        .map(|it| format!("{}={}", it.name(), it.value()));
    let cookie = cookies.collect::<Vec<_>>().join("; ");
    let address = format!("{}/call", person.url().replacen("http://", "ws://", 1));
    let mut request = address.into_client_request().expect("an address");
    let headers = request.headers_mut();
    headers.insert(
        SEC_WEBSOCKET_PROTOCOL,
        HeaderValue::from_static(SUBPROTOCOL),
    );
    for (name, value) in [(ORIGIN, person.url()), (COOKIE, cookie.as_str())] {
        headers.insert(name, HeaderValue::from_str(value).expect("ASCII"));
    }
    let opened = tokio_tungstenite::connect_async(request).await;
    opened.expect("a socket for viewers").0
}

async fn answer_with(socket: &mut ViewerWire, id: Id, answer: String) {
    let invited = Invited {
        answer,
        subprotocols: Vec::new(),
    };
    say(socket, &Message::result(id, &invited)).await;
}

async fn say(socket: &mut ViewerWire, message: &Message) {
    let sent = socket.send(Frame::text(message.to_text())).await;
    sent.expect("the cloud listens");
}

async fn hear(socket: &mut ViewerWire) -> Message {
    loop {
        match socket.next().await.expect("an open socket") {
            Ok(Frame::Text(text)) => return Message::parse(text.as_str()).expect("a message"),
            Ok(_) => {}
            Err(error) => panic!("the viewer's socket: {error}"),
        }
    }
}
