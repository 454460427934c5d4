//! Opens a WebSocket to the cloud: links of recorders and relays that run alone do it alike.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use proto::rpc::MAX_MESSAGE_BYTES;
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
};
use url::Url;

use crate::trust;

/// Maximum time for name resolution, TCP, TLS and the upgrade together.
const CONNECT: Duration = Duration::from_secs(15);

/// An open WebSocket.
pub type CloudWebSocket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// One kind of WebSocket that the cloud serves.
#[derive(Debug, Clone, Copy)]
pub struct CloudEndpoint {
    /// Path below the cloud's address.
    pub path: &'static str,
    /// WebSocket subprotocol.
    pub subprotocol: &'static str,
    /// Table of the settings that name the cloud, for errors.
    pub table: &'static str,
}

impl CloudEndpoint {
    /// Connects within a time limit.
    ///
    /// # Errors
    /// With advice, where the cloud's certificate is the reason.
    pub async fn connect(&self, cloud: &Url, tls: Arc<ClientConfig>) -> Result<CloudWebSocket> {
        let url = self.url(cloud)?;
        let mut request = url
            .as_str()
            .into_client_request()
            .context("preparing the WebSocket request")?;
        request.headers_mut().insert(
            "Sec-WebSocket-Protocol",
            HeaderValue::from_static(self.subprotocol),
        );
        let config = WebSocketConfig::default()
            .max_message_size(Some(MAX_MESSAGE_BYTES))
            .max_frame_size(Some(MAX_MESSAGE_BYTES));
        // Without Nagle's algorithm: small messages must not wait for each other.
        let connector = Connector::Rustls(tls);
        let connecting =
            connect_async_tls_with_config(request, Some(config), true, Some(connector));
        let connected = tokio::time::timeout(CONNECT, connecting)
            .await
            .with_context(|| format!("connecting to {url}: no answer"))?
            .with_context(|| format!("connecting to {url}"));
        match connected {
            Ok((socket, _response)) => Ok(socket),
            Err(error) => Err(match trust::advice(&error, self.table) {
                Some(advice) => error.context(advice),
                None => error,
            }),
        }
    }

    /// `https://cloud/path` → `wss://cloud/path/link`.
    fn url(&self, cloud: &Url) -> Result<Url> {
        let scheme = match cloud.scheme() {
            "https" | "wss" => "wss",
            "http" | "ws" => "ws",
            other => {
                anyhow::bail!("the cloud's address must start with https://, not with {other}:")
            }
        };
        let mut url = cloud.clone();
        let path = format!("{}{}", cloud.path().trim_end_matches('/'), self.path);
        url.set_path(&path);
        url.set_query(None);
        url.set_fragment(None);
        url.set_scheme(scheme)
            .map_err(|()| anyhow::anyhow!("the cloud's address cannot be used for a WebSocket"))?;
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoints_url_is_derived_from_the_cloud_address() {
        let to = CloudEndpoint {
            path: "/link",
            subprotocol: "x",
            table: "agent",
        };
        for (cloud, link) in [
            ("https://cloud.example.org", "wss://cloud.example.org/link"),
            ("http://127.0.0.1:8080/", "ws://127.0.0.1:8080/link"),
            (
                "https://example.org/peerview/?x#y",
                "wss://example.org/peerview/link",
            ),
        ] {
            let cloud = cloud.parse().expect("a URL");
            assert_eq!(to.url(&cloud).expect("a link").as_str(), link);
        }
        assert!(
            to.url(&"ftp://example.org".parse().expect("a URL"))
                .is_err()
        );
    }
}
