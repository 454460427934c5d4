//! The audit log: who did what, when, from where and with what result, as lines in a hash chain. Rules call
//! [`Audit::note`], which never waits, because a separate thread writes. `inventory` lists all events; they
//! never include secrets or typed text.

pub mod chain;
mod event;
mod inventory;
pub mod limits;
pub mod line;
mod log_file;
mod outcome;
mod repetition;
pub mod trail;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};

use anyhow::Context;
use tokio::sync::{Semaphore, oneshot, watch};

use crate::clock::Clock;
use crate::config::Config;
pub use event::{Actor, Event, asked_from, asking_client};
pub use inventory::Action;
pub use line::Line;
pub use log_file::{FILE, LOCK_FILE, hold};
pub use outcome::Outcome;
use trail::{Trail, TrailLimits};

/// Whether the log can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Lines are written as usual.
    Good,
    /// Lines are lost: no space, or the file cannot be written.
    Losing,
    /// Somebody else removed or changed lines under us.
    Tampered,
}

/// Messages to the writer's thread.
enum ToWriter {
    // Boxed, because the queue allocates all its places at once.
    Note(Box<(i64, Event, Actor)>),
    Flush(oneshot::Sender<()>),
}

/// Access to the log; clones share it.
#[derive(Clone)]
pub struct Audit(Arc<AuditInner>);

struct AuditInner {
    queue: SyncSender<ToWriter>,
    clock: Clock,
    lost: Arc<AtomicU64>,
    health: watch::Receiver<Health>,
    folder: PathBuf,
    /// One reader at a time: a log is long, and requests share the disk with it.
    reading: Semaphore,
}

impl Audit {
    /// Opens the log that the settings name and starts its writer, which ends with the last clone.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn open(config: &Config, clock: Clock) -> anyhow::Result<Audit> {
        let lost = Arc::new(AtomicU64::new(0));
        let (queue, waiting) = sync_channel(limits::QUEUE);
        let (health, seen) = watch::channel(Health::Good);
        writer::start(config, waiting, lost.clone(), health, clock.clone())?;
        Ok(Audit(Arc::new(AuditInner {
            queue,
            clock,
            lost,
            health: seen,
            folder: config.data_dir.clone(),
            reading: Semaphore::new(1),
        })))
    }

    /// Notes an event of the request or command that is being worked on. Never waits: a queue that
    /// is full loses the event, and the log says how many were lost.
    pub fn note(&self, event: Event) {
        let asker = Actor::current();
        let note = ToWriter::Note(Box::new((self.0.clock.now(), event, asker)));
        if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) =
            self.0.queue.try_send(note)
        {
            self.0.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Returns once everything noted so far is on the disk, or after a moment.
    pub async fn flush(&self) {
        let (done, written) = oneshot::channel();
        let queue = self.0.queue.clone();
        let flushing = async {
            // The queue may be full, and this may wait for it.
            tokio::task::spawn_blocking(move || queue.send(ToWriter::Flush(done)))
                .await
                .is_ok_and(|sent| sent.is_ok())
                && written.await.is_ok()
        };
        // A slow disk must not hold up the answer; the lines are still in the queue, not lost.
        if tokio::time::timeout(limits::FLUSH, flushing).await != Ok(true) {
            tracing::warn!("the audit log cannot keep up");
        }
    }

    /// The newest lines about an account, with what was noted just now. It is read on a separate thread, and
    /// other readers wait for their turn.
    ///
    /// # Errors
    /// The log cannot be read.
    pub async fn trail(&self, account_id: &str, most: TrailLimits) -> anyhow::Result<Trail> {
        self.flush().await;
        let turn = self.0.reading.acquire().await;
        let _turn = turn.context("waiting to read the audit log")?;
        let (folder, id) = (self.0.folder.clone(), account_id.to_owned());
        let reading = move || trail::of_account(&folder, &id, most);
        let read = tokio::task::spawn_blocking(reading).await;
        read.context("reading the audit log")?
            .context("reading the audit log")
    }

    /// How many events were lost and are not counted in the log yet.
    pub fn n_lost(&self) -> u64 {
        self.0.lost.load(Ordering::Relaxed)
    }

    /// Whether lines are written; watchers wake when that changes.
    pub fn health(&self) -> watch::Receiver<Health> {
        self.0.health.clone()
    }
}
