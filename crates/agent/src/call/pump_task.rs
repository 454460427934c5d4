//! A task of a call that ends with its owner.

use tokio::task::{AbortHandle, JoinHandle};

/// A task that is aborted when its owner is dropped.
pub(super) struct PumpTask(AbortHandle);

impl PumpTask {
    pub(super) fn of(task: &JoinHandle<()>) -> PumpTask {
        PumpTask(task.abort_handle())
    }
}

impl Drop for PumpTask {
    fn drop(&mut self) {
        self.0.abort();
    }
}
