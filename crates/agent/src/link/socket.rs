//! The WebSocket of a link: its address, its limits, and messages in and out.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use futures_util::{SinkExt, StreamExt};
use proto::link::SUBPROTOCOL;
use proto::link::agent_side::AgentInput;
use proto::rpc::MAX_MESSAGE_BYTES;
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
};
use url::Url;

use crate::trust;

/// Maximum time for name resolution, TCP, TLS and the upgrade together.
const CONNECT: Duration = Duration::from_secs(15);
/// Maximum time to send one message.
const SEND: Duration = Duration::from_secs(15);

pub(super) struct LinkSocket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl LinkSocket {
    pub(super) async fn connect(cloud: &Url, tls: Arc<ClientConfig>) -> Result<LinkSocket> {
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
        let connector = Connector::Rustls(tls);
        let connecting =
            connect_async_tls_with_config(request, Some(config), true, Some(connector));
        let connected = tokio::time::timeout(CONNECT, connecting)
            .await
            .with_context(|| format!("connecting to {url}: no answer"))?
            .with_context(|| format!("connecting to {url}"));
        match connected {
            Ok((socket, _response)) => Ok(LinkSocket(socket)),
            Err(error) => Err(match trust::advice(&error) {
                Some(advice) => error.context(advice),
                None => error,
            }),
        }
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
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
    use rustls::ServerConfig;
    use rustls::pki_types::PrivateKeyDer;
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;

    use super::*;

    /// A cloud whose certificate comes from an authority of its own; its address and the authority.
    async fn cloud_with_own_authority() -> (Url, String) {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let authority = CertifiedIssuer::self_signed(params, key).expect("an authority");
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("an address");
        let certificate = params.signed_by(&key, &authority).expect("a certificate");
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("a certificate with its key");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let address = listener.local_addr().expect("bound");
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(stream) = acceptor.accept(stream).await else {
                    continue;
                };
                #[expect(clippy::result_large_err, reason = "the library's callback")]
                let answer = |_: &_, mut response: tokio_tungstenite::tungstenite::handshake::server::Response| {
                    let protocol = HeaderValue::from_static(SUBPROTOCOL);
                    response.headers_mut().insert("Sec-WebSocket-Protocol", protocol);
                    Ok(response)
                };
                let socket = tokio_tungstenite::accept_hdr_async(stream, answer).await;
                let _ = socket.expect("a link").send(Message::text("hello")).await;
            }
        });
        let url = format!("https://{address}").parse().expect("a URL");
        (url, authority.pem())
    }

    #[tokio::test]
    async fn a_cloud_with_an_own_authority_is_reached() {
        let (cloud, authority) = cloud_with_own_authority().await;
        let name = format!("peerview-ca-{:x}", rand::random::<u64>());
        let file = std::env::temp_dir().join(name);
        std::fs::write(&file, authority).expect("a file in the temporary folder");

        let tls = trust::client_config(&file).expect("an authority");
        let connected = LinkSocket::connect(&cloud, tls).await;
        let _ = std::fs::remove_file(&file);
        let mut socket = connected.expect("it is trusted");

        let heard = socket.next().await.expect("a message");
        assert!(matches!(heard, AgentInput::Text(text) if text == "hello"));
    }

    #[tokio::test]
    async fn an_untrusted_cloud_is_refused_and_the_setting_named() {
        let (cloud, _) = cloud_with_own_authority().await;

        let tls = trust::client_config(std::path::Path::new("")).expect("public authorities");
        let Err(error) = LinkSocket::connect(&cloud, tls).await else {
            panic!("a stranger's certificate was accepted");
        };

        let words = format!("{error:#}");
        assert!(words.contains("`ca_file` under [agent]"), "{words}");
    }

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
