//! The sessions that sockets and calls hang on: one task watches each, however much hangs on it, and tells
//! when it has ended, by log-out or by its own limits. What hangs on it asks the database nothing for that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::limits::{ASK_AGAIN_SECONDS, LOOK_AGAIN_SECONDS};
use crate::db::{behind_pages, sessions};
use crate::state::State;

/// The sessions of this process that something hangs on.
#[derive(Debug, Clone, Default)]
pub(super) struct SignIns(Arc<Mutex<HashMap<String, Weak<WatchedSignIn>>>>);

/// A session that is watched until this is dropped.
#[derive(Debug)]
pub(super) struct WatchedSignIn {
    id: String,
    end: CancellationToken,
    _watching: AbortOnDropHandle<()>,
    all: SignIns,
}

impl SignIns {
    /// Watches a session, if nobody does yet.
    pub(super) fn watch(&self, state: &State, id: &str) -> Arc<WatchedSignIn> {
        let mut watched = self.lock();
        let known = watched.get(id).and_then(Weak::upgrade);
        // A token of Auto-login that was over may have been renewed since.
        if let Some(known) = known.filter(|known| !known.end.is_cancelled()) {
            return known;
        }
        let end = CancellationToken::new();
        let ended = end.clone().drop_guard();
        let watching = until_ended(state.clone(), id.to_owned());
        let watching = tokio::spawn(async move {
            behind_pages(watching).await;
            drop(ended);
        });
        let sign_in = Arc::new(WatchedSignIn {
            id: id.to_owned(),
            end,
            _watching: AbortOnDropHandle::new(watching),
            all: self.clone(),
        });
        watched.insert(id.to_owned(), Arc::downgrade(&sign_in));
        sign_in
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Weak<WatchedSignIn>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WatchedSignIn {
    /// Returns when the session has ended.
    pub(super) async fn ended(&self) {
        self.end.cancelled().await;
    }
}

impl Drop for WatchedSignIn {
    fn drop(&mut self) {
        let mut watched = self.all.lock();
        if watched
            .get(&self.id)
            .is_some_and(|known| known.strong_count() == 0)
        {
            watched.remove(&self.id);
        }
    }
}

/// Returns when a session has ended: by log-out at once, by its own limits when they are reached.
async fn until_ended(state: State, id: String) {
    let mut told = state.ended_sessions.subscribe();
    loop {
        let now = state.clock.now();
        // Asked after subscribing, so that no end falls in between.
        let ends_at = match sessions::ends_at(&state.db, &id).await {
            Ok(Some(ends_at)) if ends_at > now => ends_at,
            Ok(_) => return,
            // Without an answer of the database nobody is signed out.
            Err(error) => {
                tracing::warn!(%error, "asking when a session ends");
                now + ASK_AGAIN_SECONDS
            }
        };
        // The clock may be set back, and an order be lost with it.
        let look_at = ends_at.min(now + LOOK_AGAIN_SECONDS);
        tokio::select! {
            is_over = is_told_of(&mut told, &id) => if is_over {
                return;
            },
            () = state.clock.sleep_until(look_at) => {}
        }
    }
}

/// Waits until it is told that this session has ended; false when that may have been missed.
async fn is_told_of(told: &mut Receiver<String>, id: &str) -> bool {
    loop {
        match told.recv().await {
            Ok(session) if session == id => return true,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return false,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
