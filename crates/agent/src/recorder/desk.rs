//! The driver's side: where it reports what it finds, and where requests come in.

use std::fmt;
use std::sync::Arc;

use proto::control::requests::TalkPlace;
use proto::health::RecorderHealth;
use proto::reason::Reason;
use tokio::sync::{Notify, watch};

use super::handle::{RecorderRequests, RequestError};
use super::talk::TalkWays;
use super::{RecorderIdentity, RecorderStatus};
use crate::stream::source::CameraSource;

/// Everything that connects a driver with the rest of the agent.
#[derive(Debug)]
pub(super) struct DriverDesk {
    pub(super) reports: DriverReports,
    pub(super) requests: RecorderRequests,
}

/// What a driver found out; everybody reads the latest.
#[derive(Debug)]
pub(super) struct DriverReports {
    pub(super) identity: watch::Sender<Option<RecorderIdentity>>,
    pub(super) health: watch::Sender<RecorderHealth>,
    pub(super) sources: watch::Sender<Vec<CameraSource>>,
    pub(super) status: watch::Sender<RecorderStatus>,
    pub(super) talk: Arc<TalkWays>,
    /// An event about a disk began or ended.
    pub(super) disk_event: Notify,
}

impl DriverReports {
    pub(super) fn new(
        sources: Vec<CameraSource>,
        status: RecorderStatus,
        talk: TalkWays,
    ) -> DriverReports {
        DriverReports {
            identity: watch::Sender::new(None),
            health: watch::Sender::default(),
            sources: watch::Sender::new(sources),
            status: watch::Sender::new(status),
            talk: Arc::new(talk),
            disk_event: Notify::new(),
        }
    }

    /// Replaces the list of cameras; nobody is woken if it is the same.
    pub(super) fn found(&self, sources: Vec<CameraSource>) {
        replace_if_new(&self.sources, sources);
    }

    /// Where one is heard who talks through a camera.
    pub(super) async fn talk_place(&self, camera: &str) -> Result<Option<TalkPlace>, RequestError> {
        let found = {
            let sources = self.sources.borrow();
            sources.iter().find(|it| it.id == camera).cloned()
        };
        self.talk.place(&found.ok_or(RequestError::NoCamera)?).await
    }

    pub(super) fn status(&self, status: RecorderStatus) {
        replace_if_new(&self.status, status);
    }

    /// The login is wrong, and nothing more is tried.
    pub(super) fn refused(&self, host: Option<&str>, reason: Reason) {
        tracing::error!(recorder.host = host, "{reason}");
        self.status(RecorderStatus::Refused(reason));
    }

    /// Nobody answers, for now. A recorder that stays away for the same reason is one line.
    pub(super) fn lost(&self, host: Option<&str>, reason: Reason, detail: &impl fmt::Display) {
        let lost = RecorderStatus::Unreachable(reason.clone());
        if *self.status.borrow() == lost {
            tracing::debug!(recorder.host = host, error = %detail, "recorder still lost");
        } else {
            let detail = beyond(&reason, detail);
            tracing::warn!(recorder.host = host, detail, "recorder lost: {reason}");
            self.status(lost);
        }
    }

    pub(super) fn identity(&self, identity: RecorderIdentity) {
        replace_if_new(&self.identity, Some(identity));
    }

    /// How its clock and its disks are; each change is one line of the log.
    pub(super) fn health(&self, host: Option<&str>, health: RecorderHealth) {
        let (old, new) = (self.health.borrow().warnings(), health.warnings());
        for warning in new.iter().filter(|it| !old.contains(it)) {
            tracing::warn!(recorder.host = host, "look after the recorder: {warning}");
        }
        for warning in old.iter().filter(|it| !new.contains(it)) {
            tracing::info!(
                recorder.host = host,
                "no longer true of the recorder: {warning}"
            );
        }
        replace_if_new(&self.health, health);
    }
}

/// What an error says that the reason does not.
fn beyond(reason: &Reason, detail: &impl fmt::Display) -> Option<String> {
    let (said, detail) = (reason.to_string(), detail.to_string());
    (!said.contains(detail.trim_end_matches('.'))).then_some(detail)
}

fn replace_if_new<T: PartialEq>(sender: &watch::Sender<T>, value: T) {
    sender.send_if_modified(|old| {
        let is_new = *old != value;
        *old = value;
        is_new
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_line_says_a_reason_once() {
        let said = Reason::Closed.to_string();

        assert_eq!(beyond(&Reason::Closed, &said), None);
        assert_eq!(beyond(&Reason::Closed, &said.trim_end_matches('.')), None);
        let other = "reading the list of cameras: no element DeviceInfo";
        assert_eq!(beyond(&Reason::Closed, &other), Some(other.to_owned()));
    }
}
