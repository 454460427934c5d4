//! The public address as browsers and agents see it: its name in DNS, its certificate, whether this
//! cloud answers there, and whether WebSockets work.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use anyhow::Context;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use proto::addresses::is_local;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use super::dns::Dns;
use super::finding::{Finding, Grade};
use super::options::DoctorOptions;
use super::{limits, relay};
use crate::certificates::Validity;
use crate::config::Config;

const NAME: &str = "public address";
const TLS: &str = "certificate";
const PAGES: &str = "pages";
const SOCKETS: &str = "WebSockets";

trait ByteStream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> ByteStream for S {}

/// Looks from outside; `takes_turn` if the relay is to be found there too.
pub(super) async fn look(
    config: &Config,
    (options, dns): (&DoctorOptions, &Dns),
    takes_turn: bool,
) -> Vec<Finding> {
    let url = config.public_url(config.listen);
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or_default();
    let addresses = match dns.addresses(host).await {
        Ok(addresses) => addresses,
        Err(words) => {
            let fix =
                "make sure that this machine can reach a DNS server, or choose one with --dns";
            return vec![Finding::bad(NAME, words, fix)];
        }
    };
    let mut findings = vec![name(&url, &addresses)];
    let client = match tls_client(options) {
        Ok(client) => client,
        Err(error) => {
            findings.push(Finding::bad(TLS, format!("{error:#}"), "correct --ca-file"));
            return findings;
        }
    };
    // Every address: browsers choose in their own order, and one dead address slows some of them.
    for (n, ip) in addresses.iter().enumerate() {
        let addr = SocketAddr::new(*ip, port);
        let mut seen = reach(&url, addr, &client, options).await;
        if takes_turn && !seen.iter().any(is_bad) {
            let client = without_protocol(&client);
            seen.push(match connect(&url, addr, &client, options).await {
                Ok((stream, _)) => relay::over_tls(addr, stream).await,
                Err(finding) => finding,
            });
        }
        let has_trouble = seen.iter().any(is_bad);
        if n > 0 {
            // A success is reported once.
            seen.retain(is_bad);
        }
        findings.extend(seen);
        if has_trouble {
            break;
        }
    }
    findings
}

fn is_bad(finding: &Finding) -> bool {
    finding.grade == Grade::Bad
}

fn name(url: &Url, addresses: &[IpAddr]) -> Finding {
    let host = url.host_str().unwrap_or_default();
    let shown: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    let shown = shown.join(", ");
    if addresses.is_empty() {
        let found = format!("{host} has no address in DNS");
        let fix = format!("publish `{host}. IN A ADDRESS` (and AAAA) with this machine's address");
        return Finding::bad(NAME, found, fix);
    }
    if addresses.iter().all(|ip| is_local(*ip)) {
        let found =
            format!("{url} is {shown}, which is reachable only from this machine or network");
        let fix =
            "set `public_url` to a name that leads here from the internet, unless this is intended";
        return Finding::warn(NAME, found, fix);
    }
    Finding::ok(NAME, format!("{url} is {shown}"))
}

/// Checks one address, as far as it works.
async fn reach(
    url: &Url,
    addr: SocketAddr,
    client: &Arc<ClientConfig>,
    options: &DoctorOptions,
) -> Vec<Finding> {
    let (stream, certificate) = match connect(url, addr, client, options).await {
        Ok(connected) => connected,
        Err(finding) => return vec![finding],
    };
    let mut seen = Vec::from_iter(certificate);
    seen.push(pages(url, addr, stream).await.unwrap_or_else(|bad| bad));
    if seen.iter().any(is_bad) {
        return seen;
    }
    // A new connection, because the previous request closed its connection.
    seen.push(match connect(url, addr, client, options).await {
        Ok((stream, _)) => sockets(url, addr, stream).await.unwrap_or_else(|bad| bad),
        Err(finding) => finding,
    });
    seen
}

/// A connection, over TLS if the address is https, and the findings about it.
async fn connect(
    url: &Url,
    addr: SocketAddr,
    client: &Arc<ClientConfig>,
    options: &DoctorOptions,
) -> Result<(Box<dyn ByteStream>, Option<Finding>), Finding> {
    let unreachable = |words: String| {
        let found = format!("{addr}: {words}");
        let fix = format!(
            "start the cloud, and open TCP port {} in the firewall",
            addr.port()
        );
        Finding::bad(PAGES, found, fix)
    };
    let stream = timeout(limits::PATIENCE, TcpStream::connect(addr))
        .await
        .map_err(|_| unreachable("no answer".to_owned()))?
        .map_err(|error| unreachable(error.to_string()))?;
    if url.scheme() != "https" {
        return Ok((Box::new(stream), None));
    }
    let name = match url.host() {
        Some(Host::Domain(name)) => ServerName::try_from(name.to_owned()).ok(),
        Some(Host::Ipv4(ip)) => Some(ServerName::from(IpAddr::from(ip))),
        Some(Host::Ipv6(ip)) => Some(ServerName::from(IpAddr::from(ip))),
        None => None,
    };
    let Some(name) = name else {
        return Err(Finding::bad(
            TLS,
            format!("{url} has no host"),
            "correct `public_url`",
        ));
    };
    let connecting = TlsConnector::from(client.clone()).connect(name, stream);
    let stream = timeout(limits::PATIENCE, connecting)
        .await
        .map_err(|_| {
            distrust(
                addr,
                "the handshake is not answered",
                "check what listens there",
            )
        })?
        .map_err(|error| mistrusted(addr, &error))?;
    let shown = stream.get_ref().1.peer_certificates();
    let first = shown.and_then(|chain| chain.first());
    let finding = first.map(|certificate| life(addr, certificate, options.clock.now()));
    match finding {
        Some(Ok(finding)) => Ok((Box::new(stream), Some(finding))),
        Some(Err(error)) => Err(distrust(
            addr,
            &format!("{error:#}"),
            "use another certificate",
        )),
        None => Err(distrust(
            addr,
            "no certificate was shown",
            "check what listens there",
        )),
    }
}

fn distrust(addr: SocketAddr, found: &str, fix: &str) -> Finding {
    Finding::bad(TLS, format!("{addr}: {found}"), fix)
}

/// The problem with a certificate, as far as rustls reports it.
fn mistrusted(addr: SocketAddr, error: &std::io::Error) -> Finding {
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let Some(rustls::Error::InvalidCertificate(certificate)) = inner else {
        let fix = "the listener may use plain HTTP: set [cloud.tls], or check the proxy";
        return distrust(addr, &error.to_string(), fix);
    };
    match certificate {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => distrust(
            addr,
            "the certificate has expired",
            "renew it; with ACME, the log of the cloud says why the renewal fails",
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => distrust(
            addr,
            "the certificate is not valid yet",
            "check the clock of this machine",
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            distrust(
                addr,
                "the certificate is for other names",
                "use one for the host of `public_url`; with ACME, add the host to `acme_domains`",
            )
        }
        CertificateError::UnknownIssuer => distrust(
            addr,
            "browsers do not know the authority of the certificate",
            "add the intermediate certificates to `certificate_file`; an authority of your own \
             is set with --ca-file",
        ),
        other => distrust(addr, &other.to_string(), "use another certificate"),
    }
}

fn life(addr: SocketAddr, certificate: &CertificateDer<'_>, now: i64) -> anyhow::Result<Finding> {
    let Validity { from, until } = Validity::of(certificate)?;
    let days = (until - now) / proto::seconds::DAY;
    let found = format!("browsers trust the certificate of {addr} for {days} more days");
    if (until - now) * limits::LIFE_LEFT_PARTS < until - from {
        let fix = "renew it; with ACME, the log of the cloud says why the renewal fails";
        return Ok(Finding::warn(TLS, found, fix));
    }
    Ok(Finding::ok(TLS, found))
}

pub(super) fn tls_client(options: &DoctorOptions) -> anyhow::Result<Arc<ClientConfig>> {
    // The authorities that browsers trust, not those of this machine, which may have private ones.
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(file) = &options.ca_file {
        let reading = || format!("reading {}", file.display());
        for certificate in CertificateDer::pem_file_iter(file).with_context(reading)? {
            roots.add(certificate.with_context(reading)?)?;
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    // As agents do: a WebSocket begins with HTTP/1.1 (RFC 6455 §4.1).
    client.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(client))
}

/// The same client without a protocol in its handshake, as browsers do for `turns:`.
pub(super) fn without_protocol(client: &ClientConfig) -> Arc<ClientConfig> {
    let mut client = client.clone();
    client.alpn_protocols.clear();
    Arc::new(client)
}

async fn pages(
    url: &Url,
    addr: SocketAddr,
    stream: Box<dyn ByteStream>,
) -> Result<Finding, Finding> {
    let not_ours = |found: String| {
        let fix = "forward the public address to this cloud with an unchanged path; see the log of the proxy";
        Finding::bad(PAGES, format!("{addr}: {found}"), fix)
    };
    let request = Request::get("/healthz").header(header::CONNECTION, "close");
    let answer = exchange(url, stream, request).await.map_err(&not_ours)?;
    let status = answer.status();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let fix = "the cloud runs but its database does not: see the log of the cloud";
        return Err(Finding::bad(PAGES, format!("{addr} answers {status}"), fix));
    }
    let body = timeout(
        limits::PATIENCE,
        to_bytes(answer.into_body(), limits::PAGE_BYTES),
    )
    .await;
    // The exact words, because the default page of a proxy answers 200, too.
    if status == StatusCode::OK && matches!(body, Ok(Ok(body)) if &body[..] == b"ok\n") {
        return Ok(Finding::ok(
            PAGES,
            format!("{addr} answers, and its database works"),
        ));
    }
    Err(not_ours(format!(
        "the answer {status} does not come from Peerview"
    )))
}

async fn sockets(
    url: &Url,
    addr: SocketAddr,
    stream: Box<dyn ByteStream>,
) -> Result<Finding, Finding> {
    let closed = |found: String| {
        let fix = "let the proxy forward WebSockets (nginx: `proxy_http_version 1.1`, and the headers Upgrade and \
                   Connection)";
        Finding::bad(SOCKETS, format!("{addr}: {found}"), fix)
    };
    // The key is that of RFC 6455 §1.3; nothing depends on it here.
    let request = Request::get("/link")
        .header(header::CONNECTION, "Upgrade")
        .header(header::UPGRADE, "websocket")
        .header(header::SEC_WEBSOCKET_VERSION, "13")
        .header(header::SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ==")
        .header(header::SEC_WEBSOCKET_PROTOCOL, "webrtc.onvif.org");
    let answer = exchange(url, stream, request).await.map_err(&closed)?;
    match answer.status() {
        StatusCode::SWITCHING_PROTOCOLS => Ok(Finding::ok(SOCKETS, "recorders can connect")),
        status => Err(closed(format!("a WebSocket gets {status} instead of 101"))),
    }
}

/// One request and the head of its answer.
async fn exchange(
    url: &Url,
    stream: Box<dyn ByteStream>,
    request: axum::http::request::Builder,
) -> Result<Response<Body>, String> {
    let host = match url.port() {
        Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
        None => url.host_str().unwrap_or_default().to_owned(),
    };
    let host = HeaderValue::try_from(host).map_err(|error| error.to_string())?;
    let request = request
        .header(header::HOST, host)
        .body(Body::empty())
        .map_err(|error| error.to_string())?;
    let asking = async {
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        let connection = tokio::spawn(connection.with_upgrades());
        let answer = sender.send_request(request).await;
        // The reader of the body still needs the connection; it ends when the other end closes it.
        drop(connection);
        answer
    };
    let answer: Response<hyper::body::Incoming> = timeout(limits::PATIENCE, asking)
        .await
        .map_err(|_| "a request is not answered".to_owned())?
        .map_err(|error| error.to_string())?;
    Ok(answer.map(Body::new))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grade(url: &str, addresses: &[&str]) -> Grade {
        let addresses: Vec<IpAddr> = addresses.iter().map(|ip| ip.parse().unwrap()).collect();
        name(&url.parse().unwrap(), &addresses).grade
    }

    #[test]
    fn a_missing_or_private_address_is_reported() {
        let url = "https://cloud.example.org";

        assert_eq!(grade(url, &["203.0.113.1"]), Grade::Ok);
        assert_eq!(grade(url, &["10.0.0.1", "203.0.113.1"]), Grade::Ok);
        for local in [
            "127.0.0.1",
            "192.168.1.2",
            "fe80::1",
            "fd00::1",
            "::ffff:10.0.0.1",
        ] {
            assert_eq!(grade(url, &[local]), Grade::Warn, "{local}");
        }
        assert_eq!(grade(url, &[]), Grade::Bad);
    }
}
