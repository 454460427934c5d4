//! Counted connections and sessions, of which a recorder accepts only a limited number.

use std::sync::Arc;

use super::Shared;
use crate::limits::MAX_RTSP_CONNECTIONS;

/// One counted RTSP connection; dropping it frees the slot.
pub(crate) struct ConnectionSlot<'a>(&'a Shared);

impl<'a> ConnectionSlot<'a> {
    /// Takes a slot, or returns nothing if all are taken.
    pub(crate) fn take(shared: &'a Shared) -> Option<Self> {
        let taken = shared.stats.send_if_modified(|stats| {
            let free = stats.rtsp_connections < MAX_RTSP_CONNECTIONS;
            stats.rtsp_connections += usize::from(free);
            free
        });
        taken.then_some(Self(shared))
    }
}

impl Drop for ConnectionSlot<'_> {
    fn drop(&mut self) {
        self.0.count(|stats| stats.rtsp_connections -= 1);
    }
}

/// One counted RTSP session; dropping it frees the slot.
pub(crate) struct SessionSlot {
    shared: Arc<Shared>,
    number: u32,
}

impl SessionSlot {
    /// Takes a slot for a session of this stream, or returns nothing if all are taken.
    pub(crate) fn take(shared: &Arc<Shared>, number: u32) -> Option<Self> {
        let mut taken = false;
        shared.count(|stats| {
            if stats.sessions_open() >= shared.config.max_sessions {
                stats.sessions_refused += 1;
                return;
            }
            let open = stats.sessions.entry(number).or_default();
            *open += 1;
            let peak = stats.sessions_peak.entry(number).or_default();
            *peak = (*peak).max(*open);
            *stats.sessions_opened.entry(number).or_default() += 1;
            taken = true;
        });
        taken.then(|| Self {
            shared: shared.clone(),
            number,
        })
    }
}

impl Drop for SessionSlot {
    fn drop(&mut self) {
        self.shared.count(|stats| {
            if let Some(open) = stats.sessions.get_mut(&self.number) {
                *open -= 1;
                if *open == 0 {
                    stats.sessions.remove(&self.number);
                }
            }
        });
    }
}
