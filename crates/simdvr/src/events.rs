//! Events on demand: the active events of the cameras, and their subscribers.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{broadcast, watch};
use tokio::time::Instant;

use crate::limits::{MAX_ACTIVE_EVENTS, MAX_WAITING_EVENTS};

/// Something that happens at a camera or the recorder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimEvent {
    /// The camera, from 1; none if it is about the recorder.
    pub camera: Option<usize>,
    /// Its type as ISAPI names it.
    pub event_type: String,
    /// Whether it goes on.
    pub is_active: bool,
}

/// One subscription to events over ONVIF.
#[derive(Debug)]
pub(crate) struct SimSubscription {
    pub(crate) id: u64,
    pub(crate) ends: Instant,
    pub(crate) waiting: Vec<SimEvent>,
    pub(crate) changes: broadcast::Receiver<SimEvent>,
}

/// All subscriptions of a recorder. A question takes its subscription out while it waits.
pub(crate) type SimSubscriptions = Vec<SimSubscription>;

/// The events of one recorder.
#[derive(Debug)]
pub(crate) struct SimEvents {
    changes: broadcast::Sender<SimEvent>,
    active: Mutex<Vec<SimEvent>>,
    drops: watch::Sender<u64>,
}

impl Default for SimEvents {
    fn default() -> Self {
        Self {
            changes: broadcast::Sender::new(MAX_WAITING_EVENTS),
            active: Mutex::default(),
            drops: watch::Sender::new(0),
        }
    }
}

impl SimEvents {
    pub(crate) fn raise(&self, event: SimEvent) {
        let mut active = self.lock();
        active
            .retain(|other| (other.camera, &other.event_type) != (event.camera, &event.event_type));
        if event.is_active && active.len() < MAX_ACTIVE_EVENTS {
            active.push(event.clone());
        }
        // Nobody may be listening. Sent within the lock, so that a new listener misses nothing.
        let _ = self.changes.send(event);
    }

    /// What goes on, and what changes from now on.
    pub(crate) fn listen(&self) -> (Vec<SimEvent>, broadcast::Receiver<SimEvent>) {
        let active = self.lock();
        (active.clone(), self.changes.subscribe())
    }

    /// What goes on.
    pub(crate) fn active(&self) -> Vec<SimEvent> {
        self.lock().clone()
    }

    pub(crate) fn drop_listeners(&self) {
        self.drops.send_modify(|n_drops| *n_drops += 1);
    }

    /// Changes when all listeners are dropped.
    pub(crate) fn drops(&self) -> watch::Receiver<u64> {
        self.drops.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<SimEvent>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
