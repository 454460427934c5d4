//! The WebSocket of a link: its address, its limits, and messages in and out.

use std::time::Duration;

use anyhow::{Context, Result};
use futures_util::{SinkExt, StreamExt};
use proto::link::SUBPROTOCOL;
use proto::link::agent_side::AgentInput;
use proto::rpc::MAX_MESSAGE_BYTES;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};
use url::Url;

/// Maximum time for name resolution, TCP, TLS and the upgrade together.
const CONNECT: Duration = Duration::from_secs(15);
/// Maximum time to send one message.
const SEND: Duration = Duration::from_secs(15);

pub(super) struct LinkSocket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl LinkSocket {
    pub(super) async fn connect(cloud: &Url) -> Result<LinkSocket> {
        let url = link_url(cloud)?;
        let mut request = url
            .as_str()
            .into_client_request()
            .context("asking for the link")?;
        request.headers_mut().insert(
            "Sec-WebSocket-Protocol",
            HeaderValue::from_static(SUBPROTOCOL),
        );
        let config = WebSocketConfig::default()
            .max_message_size(Some(MAX_MESSAGE_BYTES))
            .max_frame_size(Some(MAX_MESSAGE_BYTES));
        // Without Nagle's algorithm: small messages must not wait for each other.
        let connecting = connect_async_with_config(request, Some(config), true);
        let (socket, _response) = tokio::time::timeout(CONNECT, connecting)
            .await
            .with_context(|| format!("connecting to {url}: no answer"))?
            .with_context(|| format!("connecting to {url}"))?;
        Ok(LinkSocket(socket))
    }

    pub(super) async fn send(&mut self, text: String) -> Result<()> {
        self.push(Message::Text(text.into())).await
    }

    pub(super) async fn ping(&mut self) -> Result<()> {
        self.push(Message::Ping(Bytes::new())).await
    }

    async fn push(&mut self, message: Message) -> Result<()> {
        tokio::time::timeout(SEND, self.0.send(message))
            .await
            .context("the cloud takes no more messages")?
            .context("sending to the cloud")
    }

    /// Waits for the next message. Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> Result<AgentInput> {
        let message = self
            .0
            .next()
            .await
            .context("the cloud closed the connection")?
            .context("reading from the cloud")?;
        match message {
            Message::Text(text) => Ok(AgentInput::Text(text.as_str().to_owned())),
            Message::Close(_) => anyhow::bail!("the cloud closed the link"),
            _ => Ok(AgentInput::SignOfLife),
        }
    }
}

/// `https://cloud/path` → `wss://cloud/path/link`.
fn link_url(cloud: &Url) -> Result<Url> {
    let scheme = match cloud.scheme() {
        "https" | "wss" => "wss",
        "http" | "ws" => "ws",
        other => anyhow::bail!("the cloud's address must start with https://, not with {other}:"),
    };
    let mut url = cloud.clone();
    let path = format!("{}/link", cloud.path().trim_end_matches('/'));
    url.set_path(&path);
    url.set_query(None);
    url.set_fragment(None);
    url.set_scheme(scheme)
        .map_err(|()| anyhow::anyhow!("the cloud's address cannot be used for a WebSocket"))?;
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_url_is_derived_from_the_cloud_address() {
        for (cloud, link) in [
            ("https://cloud.example.org", "wss://cloud.example.org/link"),
            ("http://127.0.0.1:8080/", "ws://127.0.0.1:8080/link"),
            (
                "https://example.org/peerview/?x#y",
                "wss://example.org/peerview/link",
            ),
        ] {
            let cloud = cloud.parse().expect("a URL");
            assert_eq!(link_url(&cloud).expect("a link").as_str(), link);
        }
        assert!(link_url(&"ftp://example.org".parse().expect("a URL")).is_err());
    }
}
