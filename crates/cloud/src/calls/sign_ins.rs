//! The sessions of sockets and calls. One task watches each session, whatever number of sockets and
//! calls it has, and announces its end, by log-out or by its own limits. Sockets and calls
//! therefore do not query the database.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::limits::{ASK_AGAIN_SECONDS, LOOK_AGAIN_SECONDS};
use crate::db::{accounts::sessions, behind_pages};
use crate::state::State;

/// The sessions of this process that have a socket or call.
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
    /// Watches a session, unless it is already watched.
    pub(super) fn watch(&self, state: &State, id: &str) -> Arc<WatchedSignIn> {
        let mut watched = self.lock();
        let known = watched.get(id).and_then(Weak::upgrade);
        // An expired Auto-login token may have been renewed since.
        if let Some(known) = known.filter(|known| !known.end.is_cancelled()) {
            return known;
        }
        let end = CancellationToken::new();
        // Fails closed: if the watching task panics, the session counts as ended.
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
        // A newer watch may have taken the entry after the last clone of this one went.
        let mut watched = self.all.lock();
        if watched
            .get(&self.id)
            .is_some_and(|known| known.strong_count() == 0)
        {
            watched.remove(&self.id);
        }
    }
}

/// Returns when a session has ended: at once after log-out, or when its own limits are reached.
async fn until_ended(state: State, id: String) {
    let mut told = state.ended_sessions.subscribe();
    loop {
        let now = state.clock.now();
        // Read after subscribing, so that no end is missed in between.
        let ends_at = match sessions::ends_at(&state.db, &id).await {
            Ok(Some(ends_at)) if ends_at > now => ends_at,
            Ok(_) => return,
            // Nobody is signed out because the database does not answer.
            Err(error) => {
                tracing::warn!(%error, "could not read when a session ends");
                now + ASK_AGAIN_SECONDS
            }
        };
        // The clock may be set back, and an order may be lost.
        let look_at = ends_at.min(now + LOOK_AGAIN_SECONDS);
        tokio::select! {
            is_over = is_told_of(&mut told, &id) => if is_over {
                return;
            },
            () = state.clock.sleep_until(look_at) => {}
        }
    }
}

/// Waits for the announcement that this session has ended; false if it may have been missed.
async fn is_told_of(told: &mut Receiver<String>, id: &str) -> bool {
    loop {
        match told.recv().await {
            Ok(session) if session == id => return true,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return false,
            // Cannot happen while this task holds the state, and the caller's timer ends the wait.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
