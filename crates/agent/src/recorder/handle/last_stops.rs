//! Shutdown of the program: every temporary movement or pulse is stopped before the program ends.

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The end of one queue of requests, shared by its driver and the shutdown of the program.
#[derive(Debug, Clone)]
pub(crate) struct LastStops {
    closing: CancellationToken,
    /// Whether something has to be stopped.
    is_due: watch::Sender<bool>,
}

impl Default for LastStops {
    fn default() -> LastStops {
        LastStops {
            closing: CancellationToken::new(),
            is_due: watch::Sender::new(false),
        }
    }
}

impl LastStops {
    /// The driver has planned stops, or sent the last one.
    pub(crate) fn plan(&self, is_due: bool) {
        self.is_due.send_if_modified(|was| {
            let is_new = *was != is_due;
            *was = is_due;
            is_new
        });
    }

    /// Waits until the program ends.
    pub(super) async fn closing(&self) {
        self.closing.cancelled().await;
    }

    /// Lets the driver take no further request, and waits until it has stopped everything.
    pub(in crate::recorder) async fn end(&self) {
        self.closing.cancel();
        let mut is_due = self.is_due.subscribe();
        // Its sender is this one, which lives.
        let _ = is_due.wait_for(|is_due| !is_due).await;
    }
}
