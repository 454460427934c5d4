//! The sessions of one recorder: its streams report when one opens, ends or is refused, and the keeper asks
//! which of them continue without a viewer.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::{Instant, timeout};

use super::session_budget::{SessionBudget, StreamUse};
use crate::limits::WAIT_FOR_SESSION;

/// Shared by the streams of one recorder.
#[derive(Debug, Clone)]
pub(crate) struct Sessions(Arc<SharedSessions>);

#[derive(Debug)]
struct SharedSessions {
    host: String,
    budget: Mutex<SessionBudget>,
    n_open: watch::Sender<usize>,
    start: Instant,
    /// Notified when the rule may say something else.
    on_change: Arc<Notify>,
}

/// An open session; dropping it says that it has ended.
#[derive(Debug)]
pub(crate) struct OpenSession(Sessions);

impl PartialEq for Sessions {
    fn eq(&self, other: &Sessions) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Sessions {
    pub(crate) fn new(host: &str, told: Option<usize>, on_change: Arc<Notify>) -> Sessions {
        Sessions(Arc::new(SharedSessions {
            host: host.to_owned(),
            budget: Mutex::new(SessionBudget::new(told)),
            n_open: watch::Sender::new(0),
            start: Instant::now(),
            on_change,
        }))
    }

    /// Which streams go on without a viewer.
    pub(crate) fn kept(&self, streams: &[StreamUse]) -> Vec<bool> {
        let now = self.now();
        self.budget().kept(streams, now)
    }

    /// When that may change although nothing has happened.
    pub(crate) fn next_try(&self) -> Option<Instant> {
        let now = self.now();
        let due = self.budget().next_try(now)?;
        Some(self.0.start + due)
    }

    /// Whether the recorder gives no session at all.
    pub(crate) fn are_used_up(&self) -> bool {
        self.budget().limit() == Some(0)
    }

    /// Waits for a moment until another stream has given way, if all sessions are in use.
    pub(crate) async fn free_one(&self) {
        let Some(limit) = self.budget().limit() else {
            return;
        };
        let mut n_open = self.0.n_open.subscribe();
        // Whether there is one in spite of what was learnt is for the recorder to say.
        timeout(WAIT_FOR_SESSION, n_open.wait_for(|n| *n < limit))
            .await
            .ok();
    }

    /// A session is open.
    pub(crate) fn opened(&self) -> OpenSession {
        self.0.n_open.send_modify(|n| *n += 1);
        let n_open = *self.0.n_open.borrow();
        self.budget().opened(n_open);
        self.0.on_change.notify_one();
        OpenSession(self.clone())
    }

    /// Whether some of its sessions are open, so that a refusal is about their number.
    pub(crate) fn is_any_open(&self) -> bool {
        *self.0.n_open.borrow() > 0
    }

    /// The recorder refused a session because it has no more.
    pub(crate) fn refused(&self) {
        let (n_open, now) = (*self.0.n_open.borrow(), self.now());
        if self.budget().refused(n_open, now) {
            tracing::info!(
                recorder.host = self.0.host,
                "the recorder supports {n_open} sessions; streams that nobody watches leave one of them free"
            );
        }
        self.0.on_change.notify_one();
    }

    fn budget(&self) -> MutexGuard<'_, SessionBudget> {
        let budget = self.0.budget.lock();
        budget.expect("no code panics while it holds the budget")
    }

    fn now(&self) -> Duration {
        self.0.start.elapsed()
    }
}

impl Drop for OpenSession {
    fn drop(&mut self) {
        let Sessions(shared) = &self.0;
        shared.n_open.send_modify(|n| *n -= 1);
        let now = self.0.now();
        self.0.budget().closed(now);
        shared.on_change.notify_one();
    }
}
