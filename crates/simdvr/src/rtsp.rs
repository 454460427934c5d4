//! The RTSP side: accepts connections and starts a task for each.

mod answer;
mod connection;
mod request;
mod session;
mod transport;

use std::sync::Arc;

use rtsp_types::{Message, headers};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::door::Door;
use crate::gate;
use crate::shared::Shared;
use crate::tls::SimStream;

/// Whether bytes are the start of a stream of valid requests, with valid addresses, transports and
/// logins. It does what a connection reads, without a connection.
pub fn understands(mut bytes: &[u8]) -> bool {
    let mut is_sense = true;
    while let Ok((message, used)) = Message::<Vec<u8>>::parse(bytes) {
        bytes = &bytes[used..];
        let Message::Request(request) = message else {
            continue;
        };
        let uri = request.request_uri();
        is_sense &= uri.is_none_or(|url| {
            request::base(url);
            request::target(url).is_some()
        });
        let transport = request.header(&headers::TRANSPORT);
        is_sense &= transport.is_none_or(|value| request::wish(value.as_str()).is_some());
        let login = request.header(&headers::AUTHORIZATION);
        is_sense &= login.is_none_or(|value| gate::is_login(value.as_str()));
    }
    is_sense && bytes.is_empty()
}

/// Serves RTSP until `stop`, which also ends the connections.
pub(crate) async fn serve(mut door: Door, shared: Arc<Shared>, stop: CancellationToken) {
    let tasks = TaskTracker::new();
    loop {
        let stream: TcpStream = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            (stream, _) = door.accept() => stream,
        };
        let (shared, stop, is_tls) = (shared.clone(), stop.clone(), door.is_tls());
        tasks.spawn(async move {
            match begun(stream, is_tls, &shared).await {
                Ok(stream) => connection::serve(stream, shared, stop).await,
                Err(error) => tracing::debug!("no TLS: {error}"),
            }
        });
    }
    tasks.close();
    tasks.wait().await;
}

/// The connection on which a client speaks.
pub(crate) async fn begun(
    stream: TcpStream,
    is_tls: bool,
    shared: &Shared,
) -> std::io::Result<SimStream> {
    if !is_tls {
        return Ok(SimStream::Left(stream));
    }
    shared.count(|stats| stats.tls_handshakes += 1);
    shared.tls.accept(stream).await
}
