//! The HTTPS client of a viewer process, with the lab's certificate authority: it logs in, and opens the
//! viewer's WebSocket.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use proto::link::SUBPROTOCOL;
use proto::link::message::{Presence, Register, method};
use proto::rpc::{self, Id, Message, RpcError};
use reqwest::header::{CONTENT_TYPE, COOKIE, ORIGIN, SET_COOKIE};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde::Serialize;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::tungstenite::protocol::Message as Frame;
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream};

/// How long the cloud may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// How programs of the lab reach the cloud.
#[derive(Clone)]
pub(crate) struct Client {
    url: String,
    tls: Arc<rustls::ClientConfig>,
}

/// The viewer's socket.
pub(crate) struct ViewerSocket(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// TLS that trusts the authority in this file, and no other.
fn tls(authority: &Path) -> Arc<rustls::ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    let certificate = CertificateDer::from_pem_file(authority).expect("a certificate of the lab");
    roots.add(certificate).expect("an authority");
    let config = rustls::ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}

impl Client {
    /// For the cloud at `url`, without a slash at the end.
    pub(crate) fn new(url: &str, authority: &Path) -> Client {
        Client {
            url: url.to_owned(),
            tls: tls(authority),
        }
    }

    /// Whom to trust as a relay over TLS.
    pub(crate) fn tls(&self) -> Arc<rustls::ClientConfig> {
        Arc::clone(&self.tls)
    }

    /// Logs in; what a browser would send as `Cookie` from then on.
    pub(crate) async fn log_in(&self, user: &str, password: &str) -> Result<String, String> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(rustls::ClientConfig::clone(&self.tls))
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .map_err(|error| error.to_string())?;
        let body = format!("login={user}&password={}", password.replace(' ', "+"));
        let answer = client
            .post(format!("{}/login", self.url))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ORIGIN.as_str(), &self.url)
            .body(body)
            .send()
            .await
            .map_err(|error| format!("logging in: {error:?}"))?;
        if answer.status() != 303 {
            return Err(format!("logging in: {}", answer.status()));
        }
        let cookies = answer.headers().get_all(SET_COOKIE).iter();
        let pairs = cookies.filter_map(|line| line.to_str().ok()?.split(';').next());
        Ok(pairs.collect::<Vec<_>>().join("; "))
    }

    /// Opens a viewer's socket and registers.
    pub(crate) async fn socket(&self, cookie: &str) -> Result<ViewerSocket, String> {
        let address = format!("{}/call", self.url.replacen("https://", "wss://", 1));
        let mut request = address
            .into_client_request()
            .map_err(|error| error.to_string())?;
        let headers = request.headers_mut();
        headers.insert(
            SEC_WEBSOCKET_PROTOCOL,
            HeaderValue::from_static(SUBPROTOCOL),
        );
        for (name, value) in [(ORIGIN, self.url.as_str()), (COOKIE, cookie)] {
            let value = HeaderValue::from_str(value).map_err(|error| error.to_string())?;
            headers.insert(name, value);
        }
        let connector = Connector::Rustls(Arc::clone(&self.tls));
        let opening =
            tokio_tungstenite::connect_async_tls_with_config(request, None, true, Some(connector));
        let (socket, _) = tokio::time::timeout(PATIENCE, opening)
            .await
            .map_err(|_| "the cloud does not answer".to_owned())?
            .map_err(|error| format!("the viewer's socket: {error}"))?;
        let mut socket = ViewerSocket(socket);
        socket
            .ask(1, method::REGISTER, &Register::default())
            .await?;
        Ok(socket)
    }

    /// Waits until this recorder and at least one camera of it are online.
    pub(crate) async fn sees_online(&self, cookie: &str, serial: &str) -> Result<(), String> {
        let waiting = self.waits_online(cookie, serial);
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        waited.map_err(|_| format!("it does not come online within {PATIENCE:?}"))?
    }

    async fn waits_online(&self, cookie: &str, serial: &str) -> Result<(), String> {
        let mut socket = self.socket(cookie).await?;
        loop {
            let message = socket.next().await?.ok_or("the cloud closed the socket")?;
            if let Message::Notification { method, params } = message
                && method == method::PRESENCE
                && let Ok(presence) = rpc::typed::<Presence>(params)
                && presence.serial == serial
                && presence.is_online
                && presence.cameras.iter().any(|camera| camera.is_online)
            {
                return Ok(());
            }
        }
    }
}

impl ViewerSocket {
    /// Sends a message.
    pub(crate) async fn say(&mut self, message: &Message) -> Result<(), String> {
        let sent = self.0.send(Frame::text(message.to_text())).await;
        sent.map_err(|error| error.to_string())
    }

    /// Sends a request.
    pub(crate) async fn ask(
        &mut self,
        id: u64,
        name: &str,
        params: &impl Serialize,
    ) -> Result<(), String> {
        self.say(&Message::request(id, name, params)).await
    }

    /// Waits for the answer to a request and passes over everything else.
    pub(crate) async fn result(&mut self, wanted: u64) -> Result<Value, String> {
        let waiting = async {
            loop {
                let message = self.next().await?.ok_or("the cloud closed the socket")?;
                if let Message::Response {
                    id: Some(Id::Number(id)),
                    outcome,
                } = message
                    && id == wanted
                {
                    return outcome.map_err(|error: RpcError| error.to_string());
                }
            }
        };
        let answered = tokio::time::timeout(PATIENCE, waiting).await;
        answered.map_err(|_| "the cloud does not answer".to_owned())?
    }

    /// The next message; `None` once the socket is closed.
    pub(crate) async fn next(&mut self) -> Result<Option<Message>, String> {
        loop {
            match self.0.next().await {
                None => return Ok(None),
                Some(Ok(Frame::Text(text))) => {
                    let message = Message::parse(text.as_str());
                    return message.map(Some).map_err(|error| format!("{error:?}"));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.to_string()),
            }
        }
    }
}
