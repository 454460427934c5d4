//! A TCP or TLS connection to a relay: frames in, frames out, and a bounded queue in between that
//! drops packets like a full link.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::framing::FrameReader;
use crate::limits;

/// Bytes read at once.
const READ_BYTES: usize = 16 * 1024;

/// What carries the frames.
pub(super) trait RelayByteStream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> RelayByteStream for T {}

/// A connected stream.
pub(super) struct FrameStream {
    io: Box<dyn RelayByteStream>,
    frames: FrameReader,
    outgoing: BytesMut,
    needs_flush: bool,
    n_written: u64,
    space: Vec<u8>,
}

impl FrameStream {
    pub(super) fn new(io: Box<dyn RelayByteStream>) -> FrameStream {
        FrameStream {
            io,
            frames: FrameReader::default(),
            outgoing: BytesMut::new(),
            needs_flush: false,
            n_written: 0,
            space: vec![0; READ_BYTES],
        }
    }

    /// Queues a packet, or drops it if too much is waiting.
    pub(super) fn send_packet(&mut self, frame: &[u8]) {
        if self.outgoing.len() + frame.len() <= limits::RELAY_STREAM_BYTES {
            self.queue(frame);
        }
    }

    /// Queues a request; these are few, and are not dropped in favour of packets.
    ///
    /// # Errors
    /// The relay has taken nothing for so long that even requests pile up.
    pub(super) fn send_request(&mut self, frame: &[u8]) -> io::Result<()> {
        if self.outgoing.len() > 2 * limits::RELAY_STREAM_BYTES {
            return Err(io::Error::other("the relay takes nothing"));
        }
        self.queue(frame);
        Ok(())
    }

    /// Bytes written since the start, and whether more are waiting.
    pub(super) fn progress(&self) -> (u64, bool) {
        (self.n_written, !self.outgoing.is_empty())
    }

    /// Writes what is queued, and waits for the next frame. Dropping the future loses nothing.
    pub(super) async fn next_frame(&mut self) -> io::Result<Vec<u8>> {
        poll_fn(|context| {
            self.poll_write_queue(context)?;
            self.poll_frame(context)
        })
        .await
    }

    fn queue(&mut self, frame: &[u8]) {
        self.outgoing.extend_from_slice(frame);
        // On a stream, ChannelData is padded to four bytes (RFC 8656 §12.5); the library leaves it out.
        let n_padding = frame.len().next_multiple_of(4) - frame.len();
        self.outgoing.extend_from_slice(&[0; 3][..n_padding]);
    }

    fn poll_write_queue(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        while !self.outgoing.is_empty() {
            match Pin::new(&mut self.io).poll_write(context, &self.outgoing) {
                Poll::Ready(Ok(0)) => return Err(io::ErrorKind::WriteZero.into()),
                Poll::Ready(Ok(n)) => {
                    self.outgoing.advance(n);
                    self.n_written += n as u64;
                    self.needs_flush = true;
                }
                Poll::Ready(Err(error)) => return Err(error),
                Poll::Pending => return Ok(()),
            }
        }
        if self.needs_flush && Pin::new(&mut self.io).poll_flush(context)?.is_ready() {
            self.needs_flush = false;
        }
        Ok(())
    }

    fn poll_frame(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Vec<u8>>> {
        let FrameStream {
            io, frames, space, ..
        } = self;
        loop {
            match frames.next_frame() {
                Ok(Some(frame)) => return Poll::Ready(Ok(frame)),
                Ok(None) => {}
                Err(error) => return Poll::Ready(Err(io::Error::other(error))),
            }
            let mut buffer = ReadBuf::new(space);
            match Pin::new(&mut *io).poll_read(context, &mut buffer)? {
                Poll::Ready(()) if buffer.filled().is_empty() => {
                    return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
                }
                Poll::Ready(()) => frames.push(buffer.filled()),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn a_stalled_relay_connection_drops_packets_and_stays_bounded() {
        let (near, mut far) = tokio::io::duplex(4_096);
        let mut stream = FrameStream::new(Box::new(near));
        let mut packet = vec![0x40, 1, 4, 0xb0];
        packet.resize(1_204, 7);

        for _ in 0..10_000 {
            stream.send_packet(&packet);
            assert!(stream.outgoing.len() <= limits::RELAY_STREAM_BYTES);
        }
        // A frame that arrives meanwhile is not kept waiting by the full queue.
        far.write_all(&[0x40, 2, 0, 0]).await.expect("room");

        assert_eq!(stream.next_frame().await.expect("a frame"), [0x40, 2, 0, 0]);
        assert!(stream.progress().1, "still waiting");
        stream.send_request(&[0; 20]).expect("requests still fit");
    }

    #[tokio::test]
    async fn frames_are_padded_on_a_stream() {
        let (near, mut far) = tokio::io::duplex(4_096);
        let mut stream = FrameStream::new(Box::new(near));
        stream.send_packet(&[0x40, 1, 0, 1, 9]);
        far.write_all(&[0x40, 1, 0, 1, 8, 0, 0, 0])
            .await
            .expect("room");

        assert_eq!(
            stream.next_frame().await.expect("a frame"),
            [0x40, 1, 0, 1, 8]
        );
        let mut got = [0; 8];
        far.read_exact(&mut got).await.expect("eight bytes");
        assert_eq!(got, [0x40, 1, 0, 1, 9, 0, 0, 0]);
    }

    #[tokio::test]
    async fn a_closed_relay_connection_is_an_error() {
        let (near, far) = tokio::io::duplex(64);
        let mut stream = FrameStream::new(Box::new(near));
        drop(far);

        let error = stream.next_frame().await.expect_err("it is closed");

        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
