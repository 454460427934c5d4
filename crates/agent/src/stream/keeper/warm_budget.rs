//! The memory budget for streams that nobody watches.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::WARM_STREAM_BYTES;

/// The memory for warm streams, shared by all recorders of the agent.
#[derive(Debug, Clone)]
pub struct WarmBudget(Arc<Semaphore>);

impl WarmBudget {
    /// Creates a budget of this many bytes.
    pub fn new(bytes: usize) -> WarmBudget {
        let n_streams = (bytes / WARM_STREAM_BYTES).min(Semaphore::MAX_PERMITS);
        WarmBudget(Arc::new(Semaphore::new(n_streams)))
    }

    /// Memory for a stream that costs as much as this many sub-streams, if there is some left.
    pub(super) fn take(&self, cost: u32) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0).try_acquire_many_owned(cost).ok()
    }
}
