//! Whether a stream is wanted: by the keeper, which keeps some streams warm, or by viewers.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until};

use super::Plan;
use crate::limits::LINGER;
use crate::stream::hub::Hub;
use crate::stream::source::Source;

/// Observes the plan and the viewers of one stream.
pub(super) struct StreamDemand {
    plan: watch::Receiver<Plan>,
    n_subscribers: watch::Receiver<usize>,
    /// Notified when viewers come or go.
    on_change: Arc<Notify>,
    is_removed: bool,
}

impl StreamDemand {
    pub(super) fn new(
        plan: watch::Receiver<Plan>,
        hub: &Hub,
        on_change: Arc<Notify>,
    ) -> StreamDemand {
        StreamDemand {
            plan,
            n_subscribers: hub.n_subscribers(),
            on_change,
            is_removed: false,
        }
    }

    /// The current plan.
    pub(super) fn plan(&mut self) -> Plan {
        self.plan.borrow_and_update().clone()
    }

    /// Whether the camera no longer exists.
    pub(super) fn is_removed(&self) -> bool {
        self.is_removed
    }

    /// Whether anything wants the stream now.
    pub(super) fn is_now(&mut self) -> bool {
        self.plan.borrow().is_warm || *self.n_subscribers.borrow_and_update() > 0
    }

    /// Waits for a change of the plan or the viewers.
    pub(super) async fn changed(&mut self) {
        tokio::select! {
            changed = self.plan.changed() => self.is_removed |= changed.is_err(),
            changed = self.n_subscribers.changed() => {
                changed.expect("the hub outlives its puller");
                self.on_change.notify_one();
            }
        }
    }

    /// Waits until a stream from `source` is no longer wanted: immediately if the plan says so,
    /// otherwise some time after the last viewer left, or as soon as another stream needs its session.
    pub(super) async fn is_lost(&mut self, source: &Source) {
        let mut ends_at = None;
        while self.is_planned(source) {
            if self.is_now() {
                ends_at = None;
                self.changed().await;
            } else if !self.plan.borrow().may_linger {
                return;
            } else {
                // From the moment the last viewer left, whatever changes meanwhile.
                let ends_at = *ends_at.get_or_insert_with(|| Instant::now() + LINGER);
                tokio::select! {
                    () = self.changed() => {}
                    () = sleep_until(ends_at) => return,
                }
            }
        }
    }

    /// Waits until the plan has a source other than `source`.
    pub(super) async fn source_changed(&mut self, source: &Source) {
        while !self.is_removed && self.plan().source == *source {
            self.is_removed |= self.plan.changed().await.is_err();
        }
    }

    /// Waits before the next attempt. A viewer who arrives in the meantime shortens the wait to
    /// `at_least`; a change of plan, or of what the recorder reports about the camera, ends it.
    pub(super) async fn pause(&mut self, source: &Source, wait: Duration, at_least: Duration) {
        let start = Instant::now();
        let mut until = start + wait;
        let mut n_before = *self.n_subscribers.borrow_and_update();
        let was_offline = self.plan().is_camera_offline;
        while self.is_planned(source) && self.plan().is_camera_offline == was_offline {
            tokio::select! {
                () = sleep_until(until) => return,
                () = self.changed() => {
                    let n = *self.n_subscribers.borrow_and_update();
                    if n > n_before {
                        until = until.min(start + at_least);
                    }
                    n_before = n;
                }
            }
        }
    }

    fn is_planned(&mut self, source: &Source) -> bool {
        let plan = self.plan();
        !self.is_removed && plan.source == *source
    }
}
