//! Speaks TLS to the cloud for an agent on the same machine that speaks plain HTTP.

use std::path::Path;

use rustls::pki_types::ServerName;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;

use super::client;
use super::roles::print;

/// Passes on connections until it is ended.
pub(crate) async fn serve(cloud: &str, authority: &Path) -> Result<(), String> {
    let connector = TlsConnector::from(client::tls(authority));
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(words)?;
    print(&format!("Front: {}", listener.local_addr().map_err(words)?));
    loop {
        let (mut inside, _) = listener.accept().await.map_err(words)?;
        let (connector, cloud) = (connector.clone(), cloud.to_owned());
        tokio::spawn(async move {
            let outside = TcpStream::connect((cloud.as_str(), 443)).await?;
            outside.set_nodelay(true)?;
            let name = ServerName::try_from(cloud).map_err(std::io::Error::other)?;
            let mut outside = connector.connect(name, outside).await?;
            tokio::io::copy_bidirectional(&mut inside, &mut outside).await
        });
    }
}

fn words(error: std::io::Error) -> String {
    error.to_string()
}
