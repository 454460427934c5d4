//! Streams that another listener accepted, such as TURN over TLS on the port of the pages. The task that
//! accepted one moves its bytes; the driver exchanges them with it through bounded buffers, and the
//! stream is one more TCP client with the same limits.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{Notify, mpsc};

use super::super::limits::{HANDED_CHUNKS, HANDED_READ_BYTES, HANDOVER_QUEUE, TCP_QUEUE_BYTES};
use super::sockets::NotSent;

/// Hands streams to a running relay; clones hand over to the same one.
#[derive(Clone, Debug)]
pub struct Handover(mpsc::Sender<HandedClient>);

/// The driver's end of [`Handover`].
pub(crate) type HandoverQueue = mpsc::Receiver<HandedClient>;

/// A stream as the driver has it.
pub(crate) struct HandedClient {
    pub(super) addr: SocketAddr,
    pub(super) from_client: mpsc::Receiver<Vec<u8>>,
    pub(super) queue: Arc<StreamQueue>,
}

/// What waits for one client.
#[derive(Default)]
pub(super) struct StreamQueue {
    waiting: Mutex<WaitingBytes>,
    is_filled: Notify,
}

#[derive(Default)]
struct WaitingBytes {
    bytes: Vec<u8>,
    n_being_written: usize,
}

/// Makes both ends.
pub(crate) fn handover() -> (Handover, HandoverQueue) {
    let (sender, queue) = mpsc::channel(HANDOVER_QUEUE);
    (Handover(sender), queue)
}

impl Handover {
    /// Serves a stream of STUN and TURN frames from a client at `addr` until either side closes it,
    /// the relay refuses it, or the relay ends.
    pub async fn serve<S>(&self, stream: S, addr: SocketAddr)
    where
        S: AsyncRead + AsyncWrite + Send,
    {
        let (bytes, from_client) = mpsc::channel(HANDED_CHUNKS);
        let queue = Arc::new(StreamQueue::default());
        let client = HandedClient {
            addr: SocketAddr::new(addr.ip().to_canonical(), addr.port()),
            from_client,
            queue: Arc::clone(&queue),
        };
        if self.0.send(client).await.is_err() {
            return;
        }
        let (reader, writer) = tokio::io::split(stream);
        // An error of the stream is its end, as for other clients.
        tokio::select! {
            () = bytes.closed() => {}
            _ = read(reader, &bytes) => {}
            _ = queue.write_to(writer) => {}
        }
    }
}

async fn read(
    mut reader: impl AsyncRead + Unpin,
    bytes: &mpsc::Sender<Vec<u8>>,
) -> std::io::Result<()> {
    let mut buffer = vec![0; HANDED_READ_BYTES];
    loop {
        let length = reader.read(&mut buffer).await?;
        // Nothing more is read until the driver has taken this, as with its own sockets.
        if length == 0 || bytes.send(buffer[..length].to_vec()).await.is_err() {
            return Ok(());
        }
    }
}

impl StreamQueue {
    /// Queues a complete frame.
    pub(super) fn send(&self, frame: &[u8]) -> Result<(), NotSent> {
        let mut waiting = self.lock();
        let n_waiting = waiting.bytes.len() + waiting.n_being_written;
        if n_waiting + frame.len() > TCP_QUEUE_BYTES {
            return Err(NotSent::Full);
        }
        waiting.bytes.extend_from_slice(frame);
        drop(waiting);
        self.is_filled.notify_one();
        Ok(())
    }

    /// Writes whatever is queued, until the stream breaks.
    async fn write_to(&self, mut writer: impl AsyncWrite + Unpin) -> std::io::Result<()> {
        let mut bytes = Vec::new();
        loop {
            self.is_filled.notified().await;
            {
                let mut waiting = self.lock();
                std::mem::swap(&mut bytes, &mut waiting.bytes);
                waiting.n_being_written = bytes.len();
            }
            writer.write_all(&bytes).await?;
            writer.flush().await?;
            bytes.clear();
            self.lock().n_being_written = 0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, WaitingBytes> {
        // Held for one copy; a panic between two changes is impossible.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_queue_of_an_unread_stream_is_limited() {
        let (ours, _silent) = tokio::io::duplex(16);
        let queue = Arc::new(StreamQueue::default());
        let writing = Arc::clone(&queue);
        let task = tokio::spawn(async move { writing.write_to(ours).await });
        let frame = [7; 8_000];
        let mut n_taken = 0;

        while queue.send(&frame).is_ok() {
            n_taken += 1;
            // The writer takes what waits, and still holds it.
            tokio::task::yield_now().await;
        }

        assert_eq!(n_taken, TCP_QUEUE_BYTES / frame.len());
        task.abort();
    }

    #[tokio::test]
    async fn frames_arrive_in_order_and_complete() {
        let (ours, mut theirs) = tokio::io::duplex(7);
        let queue = Arc::new(StreamQueue::default());
        let writing = Arc::clone(&queue);
        let task = tokio::spawn(async move { writing.write_to(ours).await });

        for n in 0..50 {
            queue.send(&[n; 30]).unwrap();
        }

        let mut got = vec![0; 50 * 30];
        theirs.read_exact(&mut got).await.unwrap();
        let expected: Vec<u8> = (0..50).flat_map(|n| [n; 30]).collect();
        assert_eq!(got, expected);
        drop(theirs);
        queue.send(&[0; 30]).unwrap();
        assert!(task.await.unwrap().is_err(), "the stream broke");
    }
}
