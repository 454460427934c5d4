//! One RTSP connection: reads requests, answers them, and sends its session's packets on time.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use rtsp_types::{Message, ParseError, StatusCode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_util::sync::CancellationToken;

use super::answer::{Answer, plain};
use super::session::RtspSession;
use crate::faults::FaultMode;
use crate::limits::{MAX_RTSP_REQUEST, WRITE_TIMEOUT};
use crate::shared::{ConnectionSlot, Shared};
use crate::tls::{SimStream, tcp};

/// What is sent in `FaultMode::Garbage`: neither RTSP nor anything else.
const GARBAGE: &[u8] = b"\x00\xff$$RTSP/9.9 !! nonsense\n\n\x80\x80\x80\x80<xml?>\r\n";

/// Serves one connection until it ends, in any mode of the recorder.
pub(crate) async fn serve(stream: SimStream, shared: Arc<Shared>, stop: CancellationToken) {
    let Some(_slot) = ConnectionSlot::take(&shared) else {
        return;
    };
    let mut mode = shared.mode.subscribe();
    let mut drops = shared.drops.subscribe();
    let mut connection = match RtspConnection::new(stream, shared.clone()) {
        Ok(connection) => connection,
        Err(error) => return tracing::debug!("RTSP connection not served: {error:#}"),
    };
    let fault = tokio::select! {
        // A fault must end a connection that is busy, too.
        biased;
        () = stop.cancelled() => return,
        _ = drops.changed() => return,
        fault = async { mode.wait_for(|mode| *mode != FaultMode::Normal).await.map(|mode| *mode) } => fault,
        ended = connection.run() => {
            if let Err(error) = ended {
                tracing::debug!("RTSP connection ended: {error:#}");
            }
            return;
        }
    };
    match fault {
        Ok(FaultMode::Garbage) => {
            if let Err(error) = connection.write(GARBAGE).await {
                tracing::debug!("could not send garbage: {error:#}");
            }
        }
        Ok(FaultMode::Hang) => tokio::select! {
            () = stop.cancelled() => {}
            _ = drops.changed() => {}
            _ = mode.wait_for(|mode| *mode != FaultMode::Hang) => {}
        },
        Ok(FaultMode::Normal | FaultMode::Refuse) | Err(_) => {}
    }
}

/// One client and its session, if any.
pub(super) struct RtspConnection {
    pub(super) shared: Arc<Shared>,
    stream: SimStream,
    pub(super) local: SocketAddr,
    pub(super) peer: SocketAddr,
    input: Vec<u8>,
    pub(super) session: Option<RtspSession>,
    /// The nonce of the first correct login; it stays valid on this connection.
    pub(super) nonce: Option<String>,
}

/// What wakes the connection's task.
enum Event {
    Read(usize),
    Due,
    Heard,
    CamerasChanged,
}

impl RtspConnection {
    fn new(stream: SimStream, shared: Arc<Shared>) -> anyhow::Result<Self> {
        let tcp = tcp(&stream);
        tcp.set_nodelay(true).context("setting TCP_NODELAY")?;
        Ok(Self {
            shared,
            local: tcp.local_addr().context("reading the local address")?,
            peer: tcp.peer_addr().context("reading the peer's address")?,
            stream,
            input: Vec::new(),
            session: None,
            nonce: None,
        })
    }

    async fn run(&mut self) -> anyhow::Result<()> {
        let mut cameras = self.shared.cameras.subscribe();
        let mut out = Vec::new();
        loop {
            let due = self.session.as_ref().map(RtspSession::next_due);
            let session = self.session.as_ref();
            let event = tokio::select! {
                // Requests come before packets, so that a TEARDOWN is heard while much is due.
                biased;
                _ = cameras.changed() => Event::CamerasChanged,
                read = self.stream.read_buf(&mut self.input) => {
                    Event::Read(read.context("reading RTSP requests")?)
                }
                () = heard(session) => Event::Heard,
                () = sleep_until(&self.shared, due) => Event::Due,
            };
            match event {
                Event::Read(0) => return Ok(()),
                Event::Read(_) => self.take_requests().await?,
                Event::Heard => self.saw_client(),
                Event::CamerasChanged => {
                    let lost = |s: &RtspSession| !self.shared.is_current(&s.stream);
                    if self.session.as_ref().is_some_and(lost) {
                        bail!("the camera of the session is gone");
                    }
                }
                Event::Due => self.send_due(&mut out).await?,
            }
        }
    }

    fn saw_client(&mut self) {
        let now = self.shared.now();
        if let Some(session) = &mut self.session {
            session.last_seen = now;
        }
    }

    async fn send_due(&mut self, out: &mut Vec<u8>) -> anyhow::Result<()> {
        let Some(session) = &mut self.session else {
            return Ok(());
        };
        if session.is_expired() {
            bail!("no sign of life within the session's timeout");
        }
        out.clear();
        session.send_due(out);
        if out.is_empty() {
            return Ok(());
        }
        self.write(out).await
    }

    async fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        let writing = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        let written = tokio::time::timeout(WRITE_TIMEOUT, writing).await;
        written
            .context("the client does not read")?
            .context("writing to the client")
    }

    /// Answers every complete request in the buffer. Data on channels is what the client says, or RTCP.
    async fn take_requests(&mut self) -> anyhow::Result<()> {
        loop {
            if self.input.is_empty() {
                return Ok(());
            }
            match Message::<Vec<u8>>::parse(&self.input) {
                Ok((message, used)) => {
                    self.input.drain(..used);
                    self.saw_client();
                    match message {
                        Message::Request(request) => {
                            let answer = self.answer(&request).await;
                            self.send(answer).await?;
                        }
                        Message::Data(data) => {
                            if let Some(session) = &self.session {
                                session.hear(data.channel_id(), data.as_slice());
                            }
                        }
                        Message::Response(_) => {}
                    }
                }
                Err(ParseError::Incomplete(_)) if self.input.len() <= MAX_RTSP_REQUEST => {
                    return Ok(());
                }
                Err(error) => {
                    let status = match error {
                        ParseError::Incomplete(_) => StatusCode::RequestMessageBodyTooLarge,
                        ParseError::Error => StatusCode::BadRequest,
                    };
                    self.send(plain(status)).await?;
                    bail!("what the client sent is not RTSP");
                }
            }
        }
    }

    async fn send(&mut self, answer: Answer) -> anyhow::Result<()> {
        let mut bytes = Vec::new();
        Message::Response(answer)
            .write(&mut bytes)
            .context("writing an RTSP response")?;
        self.write(&bytes).await
    }
}

/// Completes when the session's client has sent something over UDP; never without a session.
async fn heard(session: Option<&RtspSession>) {
    match session {
        Some(session) => poll_fn(|cx| session.poll_heard(cx)).await,
        None => std::future::pending().await,
    }
}

/// Completes at a time of the recorder's clock; never without one.
async fn sleep_until(shared: &Shared, due: Option<std::time::Duration>) {
    match due {
        Some(due) => tokio::time::sleep_until(shared.started + due).await,
        None => std::future::pending().await,
    }
}
