//! HTTP connections that break on request.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use super::talk_tap::TalkTap;
use crate::door::Door;
use crate::faults::FaultMode;
use crate::limits::MAX_HTTP_CONNECTIONS;
use crate::rtsp::begun;
use crate::shared::Shared;
use crate::tls::SimStream;

/// What is sent in `FaultMode::Garbage`: no HTTP.
const GARBAGE: &[u8] = b"\x00\xffHTTP/7.7 maybe nonsense\n\n\x80\x80<<<\r\n";

/// Passes connections to axum while the recorder works, and handles them itself otherwise.
pub(crate) struct Listener {
    door: Door,
    shared: Arc<Shared>,
    stop: CancellationToken,
    places: Arc<Semaphore>,
}

impl Listener {
    pub(crate) fn new(door: Door, shared: Arc<Shared>, stop: CancellationToken) -> Self {
        Self {
            door,
            shared,
            stop,
            places: Arc::new(Semaphore::new(MAX_HTTP_CONNECTIONS)),
        }
    }
}

impl axum::serve::Listener for Listener {
    type Io = Breakable;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Breakable, SocketAddr) {
        loop {
            let (stream, peer) = self.door.accept().await;
            let Ok(place) = self.places.clone().try_acquire_owned() else {
                continue;
            };
            let mode = *self.shared.mode.borrow();
            let end = end_of_connection(self.shared.clone(), self.stop.clone());
            match mode {
                FaultMode::Normal => {
                    // One after the other: nobody slow talks to a simulated recorder.
                    let Ok(stream) = begun(stream, self.door.is_tls(), &self.shared).await else {
                        continue;
                    };
                    let broken = Box::pin(end);
                    let connection = Breakable {
                        stream,
                        talk: TalkTap::default(),
                        broken,
                        shared: self.shared.clone(),
                        _place: place,
                    };
                    return (connection, peer);
                }
                FaultMode::Garbage => {
                    tokio::spawn(talk_nonsense(stream, place));
                }
                FaultMode::Hang => {
                    tokio::spawn(async move {
                        end.await;
                        drop((stream, place));
                    });
                }
                FaultMode::Refuse => {}
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.door.addr())
    }
}

async fn talk_nonsense(mut stream: TcpStream, _place: OwnedSemaphorePermit) {
    let mut request = [0; 1024];
    let talk = async {
        tokio::io::AsyncReadExt::read(&mut stream, &mut request).await?;
        stream.write_all(GARBAGE).await?;
        stream.shutdown().await
    };
    let limit = crate::limits::WRITE_TIMEOUT;
    if let Ok(Err(error)) = tokio::time::timeout(limit, talk).await {
        tracing::debug!(%error, "could not send garbage");
    }
}

/// Completes when a connection must end: when the recorder stops, in a fault that breaks
/// connections, or when a hanging recorder recovers.
async fn end_of_connection(shared: Arc<Shared>, stop: CancellationToken) {
    let mut mode = shared.mode.subscribe();
    let fault = async {
        let fault = mode.wait_for(|mode| *mode != FaultMode::Normal).await;
        if fault.is_ok_and(|mode| *mode == FaultMode::Hang) {
            drop(mode.wait_for(|mode| *mode != FaultMode::Hang).await);
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = fault => {}
    }
}

/// A TCP stream that reports a reset once it is broken, and stays silent while the recorder hangs.
pub(crate) struct Breakable {
    stream: SimStream,
    talk: TalkTap,
    broken: Pin<Box<dyn Future<Output = ()> + Send>>,
    shared: Arc<Shared>,
    _place: OwnedSemaphorePermit,
}

impl Breakable {
    /// Returning Pending is safe while hanging: polling `broken` has registered a wake-up.
    fn poll_fault(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.broken.as_mut().poll(cx).is_ready() {
            // A future must not be polled after its end.
            self.broken = Box::pin(std::future::ready(()));
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        if *self.shared.mode.borrow() == FaultMode::Hang {
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Breakable {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        std::task::ready!(self.poll_fault(cx))?;
        let this = &mut *self;
        loop {
            let n_before = buffer.filled().len();
            std::task::ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
            let read = &buffer.filled()[n_before..];
            if !this.talk.is_open() || read.is_empty() {
                this.talk.asked(read);
                return Poll::Ready(Ok(()));
            }
            if this.shared.talk_line().session().is_none() {
                return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
            }
            // What is said is no request.
            this.shared.say_on_line(read);
            buffer.set_filled(n_before);
        }
    }
}

impl AsyncWrite for Breakable {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        std::task::ready!(self.poll_fault(cx))?;
        let written = std::task::ready!(Pin::new(&mut self.stream).poll_write(cx, bytes))?;
        self.talk.answered(&bytes[..written]);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
