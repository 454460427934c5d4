//! The doctor's checks of a stand-alone relay on this machine: whether its certificate is valid, and whether
//! clients reach TURN over TLS at the name that the cloud announces.

use std::net::SocketAddr;

use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::dns::Dns;
use super::finding::Finding;
use super::options::DoctorOptions;
use super::{front, limits, relay};
use crate::config::RelayProgramConfig;
use crate::server::TurnInTls;

const CERTIFICATE: &str = "certificate of the relay";
const TLS: &str = "relay over TLS";

/// Checks a `[relay]` table; without TLS there is nothing to say.
pub(super) async fn look(config: &RelayProgramConfig, options: &DoctorOptions) -> Vec<Finding> {
    if config.tls_host.is_empty() {
        return Vec::new();
    }
    let certificate = match TurnInTls::check(config) {
        Ok(()) => Finding::ok(
            CERTIFICATE,
            "certificate and key match, and are for `tls_host`",
        ),
        Err(error) => Finding::bad(
            CERTIFICATE,
            format!("{error:#}"),
            "correct `certificate_file`, `key_file` and `tls_host` in [relay]",
        ),
    };
    vec![certificate, reached(config, options).await]
}

async fn reached(config: &RelayProgramConfig, options: &DoctorOptions) -> Finding {
    let place = format!("{}:{}", config.tls_host, config.tls_port);
    match timeout(limits::PATIENCE, ask(config, options)).await {
        Ok(Ok(addr)) => Finding::ok(TLS, format!("{place} ({addr}) takes TURN")),
        Ok(Err(words)) => unreached(&place, &words, config.tls_port),
        Err(_) => unreached(&place, "no answer", config.tls_port),
    }
}

fn unreached(place: &str, words: &str, port: u16) -> Finding {
    let fix = format!(
        "start the relay, publish the name in DNS, and open TCP port {port} in the firewall; browsers must trust \
         the certificate. An authority of your own is set with --ca-file"
    );
    Finding::bad(TLS, format!("{place}: {words}"), fix)
}

async fn ask(config: &RelayProgramConfig, options: &DoctorOptions) -> Result<SocketAddr, String> {
    let host = config.tls_host.as_str();
    let found = Dns::new(options.dns).addresses(host).await?;
    let ip = *found.first().ok_or("it has no address")?;
    let addr = SocketAddr::new(ip, config.tls_port);
    let name = ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
    let client = front::tls_client(options).map_err(|error| format!("{error:#}"))?;
    let client = front::without_protocol(&client);
    let words = |error: std::io::Error| error.to_string();
    let stream = TcpStream::connect(addr).await.map_err(words)?;
    let connecting = TlsConnector::from(client).connect(name, stream);
    let stream = connecting.await.map_err(words)?;
    relay::ask(stream).await.map_err(words)?;
    Ok(addr)
}
