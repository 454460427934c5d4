//! What the cloud is to know about a recorder, and when that changes.

use std::future::pending;

use proto::health::RecorderHealth;
use proto::link::message::{Camera, Cameras};
use proto::reason::Reason;
use tokio::sync::watch;

use crate::link_context::LinkContext;

/// Watches everything that is told with the list of cameras.
pub(super) struct RecorderNews {
    context: LinkContext,
    cameras: watch::Receiver<Vec<Camera>>,
    reason: watch::Receiver<Option<Reason>>,
    health: watch::Receiver<RecorderHealth>,
}

impl RecorderNews {
    pub(super) fn new(context: &LinkContext) -> RecorderNews {
        RecorderNews {
            cameras: context.streams.cameras(),
            reason: context.streams.reason(),
            health: context.health.clone(),
            context: context.clone(),
        }
    }

    /// As it is now. Whenever a certificate is new, so is the list or the reason.
    pub(super) fn current(&mut self) -> Cameras {
        let health = self.health.borrow_and_update().clone();
        Cameras {
            cameras: self.cameras.borrow_and_update().clone(),
            reason: self.reason.borrow_and_update().clone(),
            certificates: self.context.certificates.told(),
            about: self.context.about_recorder(),
            health: Some(health).filter(RecorderHealth::is_known),
        }
    }

    /// Waits for something new. If the recorder's driver has ended, what was known last remains.
    pub(super) async fn changed(&mut self) {
        tokio::select! {
            Ok(()) = self.cameras.changed() => {}
            Ok(()) = self.reason.changed() => {}
            Ok(()) = self.health.changed() => {}
            else => pending().await,
        }
    }
}
