//! Requests that arrive before their authorization: the book of a stand-alone relay learns of a call and its
//! addresses a moment after the parties do. Such requests are held until the book has changed, and refused if
//! it does not change in time.

use std::time::Duration;

use super::super::core::ClientPath;
use super::super::limits::{EARLY_PER_CLIENT, EARLY_REQUESTS};

/// The held requests, oldest first. Only authenticated ones get in.
#[derive(Default)]
pub(super) struct EarlyRequests(Vec<EarlyRequest>);

/// One request as it came.
pub(super) struct EarlyRequest {
    pub(super) path: ClientPath,
    pub(super) packet: Vec<u8>,
    pub(super) until: Duration,
}

impl EarlyRequests {
    /// Holds a request; false if there is no room, and it has to be answered. A repetition waits no
    /// longer than the first.
    pub(super) fn hold(&mut self, path: ClientPath, packet: &[u8], until: Duration) -> bool {
        let is_known = |held: &EarlyRequest| held.path == path && held.packet == packet;
        if self.0.iter().any(is_known) {
            return true;
        }
        let n_of_client = self.0.iter().filter(|held| held.path == path).count();
        if self.0.len() >= EARLY_REQUESTS || n_of_client >= EARLY_PER_CLIENT {
            return false;
        }
        self.0.push(EarlyRequest {
            path,
            packet: packet.to_vec(),
            until,
        });
        true
    }

    /// Takes all of them out.
    pub(super) fn take(&mut self) -> Vec<EarlyRequest> {
        std::mem::take(&mut self.0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Drops those of a client that is gone.
    pub(super) fn forget(&mut self, path: ClientPath) {
        self.0.retain(|held| held.path != path);
    }
}
