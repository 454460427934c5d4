//! TLS between the agent and a camera (RTSPS, and talk over HTTPS): the certificate is checked before any
//! request is sent.

use std::net::IpAddr;

use proto::reason::Reason;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::certificates::{self, CertificatePin};
use crate::limits::RTSP_CONNECT;

/// Boxed, because its state is several times as large as that of a plain connection.
pub(crate) type TlsConnection = Box<TlsStream<TcpStream>>;

/// Shakes hands with the camera on `stream`.
pub(crate) async fn connect(
    stream: TcpStream,
    host: &str,
    certificate: &CertificatePin,
) -> Result<TlsConnection, Reason> {
    let name = server_name(host, &stream).ok_or(Reason::Unreachable)?;
    let connecting = TlsConnector::from(certificate.tls()).connect(name, stream);
    match timeout(RTSP_CONNECT, connecting).await {
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(error)) => {
            tracing::debug!("RTSPS: {error}");
            Err(certificates::reason(&error).unwrap_or(match error.kind() {
                // What TLS itself does not understand, for example plain RTSP.
                std::io::ErrorKind::InvalidData => Reason::InvalidAnswer,
                _ => Reason::Closed,
            }))
        }
        Err(_) => Err(Reason::NoAnswer),
    }
}

/// The name that an authority would have to vouch for. A zone has a meaning on this machine only, and what is no
/// name for TLS is the address behind it.
fn server_name(host: &str, stream: &TcpStream) -> Option<ServerName<'static>> {
    let bare = host.split('%').next().unwrap_or_default();
    if let Ok(ip) = bare.parse::<IpAddr>() {
        return Some(ServerName::from(ip));
    }
    let of_address = || Some(ServerName::from(stream.peer_addr().ok()?.ip()));
    ServerName::try_from(bare.to_owned())
        .ok()
        .or_else(of_address)
}
