//! Passes a recorder's events to the calls of its viewers: any number of subscribers, and one sender that
//! knows how many there are.

use std::sync::Arc;

use proto::control::events::RecorderEvent;
use tokio::sync::{broadcast, watch};

use crate::limits::MAX_WAITING_EVENTS;

/// Hears of the events of one recorder; cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct EventTap {
    changes: broadcast::Sender<RecorderEvent>,
    going_on: watch::Receiver<Vec<RecorderEvent>>,
    n_feeds: Arc<watch::Sender<usize>>,
}

/// The events of a recorder as one viewer's call hears of them. As long as there is one, the recorder is
/// listened to.
#[derive(Debug)]
pub(crate) struct EventFeed {
    changes: broadcast::Receiver<RecorderEvent>,
    going_on: watch::Receiver<Vec<RecorderEvent>>,
    n_feeds: Arc<watch::Sender<usize>>,
}

/// The driver's end.
#[derive(Debug)]
pub(super) struct EventOutlet {
    pub(super) changes: broadcast::Sender<RecorderEvent>,
    pub(super) going_on: watch::Sender<Vec<RecorderEvent>>,
    pub(super) n_feeds: watch::Receiver<usize>,
}

impl EventTap {
    pub(super) fn new() -> (EventTap, EventOutlet) {
        let (changes, _) = broadcast::channel(MAX_WAITING_EVENTS);
        let (going_on, shown) = watch::channel(Vec::new());
        let (n_feeds, wanted) = watch::channel(0);
        let tap = EventTap {
            changes: changes.clone(),
            going_on: shown,
            n_feeds: Arc::new(n_feeds),
        };
        let outlet = EventOutlet {
            changes,
            going_on,
            n_feeds: wanted,
        };
        (tap, outlet)
    }

    pub(super) fn listen(&self) -> EventFeed {
        let feed = EventFeed {
            changes: self.changes.subscribe(),
            going_on: self.going_on.clone(),
            n_feeds: Arc::clone(&self.n_feeds),
        };
        self.n_feeds.send_modify(|n_feeds| *n_feeds += 1);
        feed
    }
}

impl Drop for EventFeed {
    fn drop(&mut self) {
        self.n_feeds.send_modify(|n_feeds| *n_feeds -= 1);
    }
}

impl EventFeed {
    /// The events that have begun and not ended.
    pub(crate) fn going_on(&self) -> Vec<RecorderEvent> {
        self.going_on.borrow().clone()
    }

    /// The next start or stop.
    pub(crate) async fn next(&mut self) -> RecorderEvent {
        loop {
            match self.changes.recv().await {
                Ok(event) => return event,
                Err(broadcast::error::RecvError::Lagged(n_missed)) => {
                    tracing::warn!(n_missed, "a call was too slow for its events");
                }
                Err(broadcast::error::RecvError::Closed) => return std::future::pending().await,
            }
        }
    }
}
