//! Clients for the cloud's two WebSockets: open, register, ask and receive.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use proto::identity::Serial;
use proto::key::RecorderKey;
use proto::link::SUBPROTOCOL;
use proto::link::message::{Challenge, Register, method};
use proto::link::work::Search;
use proto::rpc::{self, Id, Message, RpcError};
use serde::Serialize;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::protocol::Message as Frame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// How long an answer of the cloud may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// One open WebSocket.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens `path` of the cloud at `url` (`http://…`); the reason in words where it does not.
    pub(crate) async fn open(
        url: &str,
        path: &str,
        headers: &[(HeaderName, &str)],
    ) -> Result<Socket, String> {
        let address = format!("{}{path}", url.replace("http://", "ws://"));
        let mut request = address.into_client_request().expect("a WebSocket address");
        let all = request.headers_mut();
        all.insert(
            SEC_WEBSOCKET_PROTOCOL,
            HeaderValue::from_static(SUBPROTOCOL),
        );
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).expect("headers are ASCII");
            all.insert(name, value);
        }
        let opening = tokio_tungstenite::connect_async(request);
        match tokio::time::timeout(PATIENCE, opening).await {
            Ok(Ok((socket, _))) => Ok(Socket(socket)),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("no answer".to_owned()),
        }
    }

    /// Sends a message.
    pub(crate) async fn say(&mut self, message: &Message) {
        let sent = self.0.send(Frame::text(message.to_text())).await;
        sent.expect("the cloud reads");
    }

    /// Sends a request.
    pub(crate) async fn ask(&mut self, id: u64, name: &str, params: &impl Serialize) {
        self.say(&Message::request(id, name, params)).await;
    }

    /// Waits for the answer to a request and passes over everything else.
    pub(crate) async fn result(&mut self, wanted: u64) -> Result<Value, RpcError> {
        loop {
            if let Message::Response {
                id: Some(Id::Number(id)),
                outcome,
            } = self.next().await
                && id == wanted
            {
                return outcome;
            }
        }
    }

    /// The next message; `None` once the socket is closed.
    pub(crate) async fn hear(&mut self) -> Option<Message> {
        loop {
            match self.0.next().await? {
                Ok(Frame::Text(text)) => {
                    return Some(Message::parse(text.as_str()).expect("JSON-RPC"));
                }
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    }

    /// The next message, which must come soon.
    pub(crate) async fn next(&mut self) -> Message {
        let heard = tokio::time::timeout(PATIENCE, self.hear()).await;
        heard
            .expect("the cloud says something")
            .expect("the cloud is there")
    }

    /// Proves a recorder's key, as an agent does, with the work that a new one is asked for.
    pub(crate) async fn register(
        &mut self,
        key: &RecorderKey,
        serial: &Serial,
    ) -> Result<Value, RpcError> {
        let Message::Notification { params, .. } = self.next().await else {
            panic!("no challenge")
        };
        let challenge: Challenge = rpc::typed(params).expect("a challenge");
        let mut register = Register {
            authorization: Some(key.prove(serial, &challenge.nonce, &challenge.host, now())),
            ..Register::default()
        };
        loop {
            self.ask(1, method::REGISTER, &register).await;
            let outcome = self.result(1).await;
            let Some(work) = outcome.as_ref().err().and_then(RpcError::work) else {
                return outcome;
            };
            let mut search = Search::new(&challenge.nonce, serial.as_str(), work);
            register.work = std::iter::repeat_with(|| search.step(100_000))
                .find_map(|found| found)
                .expect("it searches until it finds");
        }
    }
}

/// The key and the serial number of the recorder with this number.
pub(crate) fn recorder(number: u32) -> (RecorderKey, Serial) {
    let mut seed = [0; 32];
    seed[..4].copy_from_slice(&number.to_be_bytes());
    let mut random = [0; 13];
    for (index, byte) in random.iter_mut().enumerate() {
        *byte = u8::try_from((number >> (5 * (index % 4))) & 31).expect("five bits");
    }
    (RecorderKey::from_bytes(seed), Serial::from_random(random))
}

fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.expect("it is after 1970").as_secs()
}
