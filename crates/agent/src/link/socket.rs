//! The WebSocket of a link: messages in and out.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use futures_util::{SinkExt, StreamExt};
use proto::link::SUBPROTOCOL;
use proto::link::agent_side::AgentInput;
use rustls::ClientConfig;
use tokio_tungstenite::tungstenite::{Bytes, Message};
use url::Url;

use crate::cloud_endpoint::{CloudEndpoint, CloudWebSocket};

/// Maximum time to send one message.
const SEND: Duration = Duration::from_secs(15);

pub(super) struct LinkSocket(CloudWebSocket);

impl LinkSocket {
    pub(super) async fn connect(cloud: &Url, tls: Arc<ClientConfig>) -> Result<LinkSocket> {
        let to = CloudEndpoint {
            path: "/link",
            subprotocol: SUBPROTOCOL,
            table: "agent",
        };
        Ok(LinkSocket(to.connect(cloud, tls).await?))
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
            .context("the cloud accepts no more messages")?
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

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
    use rustls::ServerConfig;
    use rustls::pki_types::PrivateKeyDer;
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;
    use tokio_tungstenite::tungstenite::http::HeaderValue;

    use super::*;
    use crate::trust;

    /// A cloud whose certificate comes from a private authority; its address and the authority.
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

        let tls = trust::client_config(&file, "agent").expect("an authority");
        let connected = LinkSocket::connect(&cloud, tls).await;
        let _ = std::fs::remove_file(&file);
        let mut socket = connected.expect("it is trusted");

        let heard = socket.next().await.expect("a message");
        assert!(matches!(heard, AgentInput::Text(text) if text == "hello"));
    }

    #[tokio::test]
    async fn an_untrusted_cloud_is_refused_and_the_setting_named() {
        let (cloud, _) = cloud_with_own_authority().await;

        let tls =
            trust::client_config(std::path::Path::new(""), "agent").expect("public authorities");
        let Err(error) = LinkSocket::connect(&cloud, tls).await else {
            panic!("a stranger's certificate was accepted");
        };

        let words = format!("{error:#}");
        assert!(words.contains("`ca_file` under [agent]"), "{words}");
    }
}
