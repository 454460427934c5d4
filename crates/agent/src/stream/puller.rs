//! Pulls one stream while somebody wants it: connects, publishes frames to the hub, and retries
//! with jittered delays. After a refused password it does nothing until the source changes.

mod demand;
mod reason;
mod session;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt;
use proto::backoff::Backoff;
use tokio::sync::{Notify, watch};

use super::StreamState;
use super::hub::Hub;
use super::source::Source;
use crate::limits::{RETRY_FIRST, RETRY_MOST};
use demand::StreamDemand;
use session::StreamSession;

/// What the keeper requests of a stream.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    pub(super) source: Source,
    /// Whether it runs without viewers.
    pub(super) is_warm: bool,
    /// Whether the recorder reports that the camera does not respond.
    pub(super) is_camera_offline: bool,
}

/// How one session with a recorder ended.
#[derive(Debug, PartialEq, Eq)]
enum SessionEnd {
    /// Nobody wants it any more, or the source changed.
    Unwanted,
    Refused,
    /// It failed or was never established; the reason is a sentence for people.
    Failed(String),
}

pub(super) struct Puller {
    pub(super) hub: Hub,
    /// What the keeper requests; the stream ends when the sender is dropped.
    pub(super) plan: watch::Receiver<Plan>,
    /// Notified on every change of state.
    pub(super) on_state: Arc<Notify>,
    /// The common zero of all frame times of the recorder.
    pub(super) epoch: Instant,
}

impl Puller {
    /// Runs until the keeper drops the plan.
    pub(super) async fn run(self) {
        let mut demand = StreamDemand::new(self.plan.clone(), &self.hub);
        let mut session =
            StreamSession::new(self.hub.clone(), self.epoch, Arc::clone(&self.on_state));
        let mut backoff = Backoff::new(RETRY_FIRST, RETRY_MOST);
        while let Some(source) = self.next_source(&mut demand).await {
            // retina parses what cameras send: its panic ends this session, not the stream.
            let played = AssertUnwindSafe(session.play(&source)).catch_unwind();
            let outcome = tokio::select! {
                played = played => played.unwrap_or_else(|_| {
                    SessionEnd::Failed("the recorder's stream could not be read".to_owned())
                }),
                () = demand.is_lost(&source) => SessionEnd::Unwanted,
            };
            self.hub.clear();
            if session.has_played() {
                backoff.succeeded();
            }
            match outcome {
                SessionEnd::Unwanted => {}
                SessionEnd::Refused => {
                    self.set_state(StreamState::Refused);
                    demand.source_changed(&source).await;
                    backoff.succeeded();
                }
                SessionEnd::Failed(reason) => {
                    tracing::debug!(
                        stream.host = source.url.host_str(),
                        "stream broke: {reason}"
                    );
                    self.set_state(StreamState::Offline(reason));
                    let wait = backoff.next_wait(rand::random());
                    demand.pause(&source, wait, RETRY_FIRST).await;
                }
            }
        }
        self.set_state(StreamState::Offline("the camera was removed".to_owned()));
    }

    /// Waits until the stream is wanted, and shows why it is idle; `None` once it is removed.
    async fn next_source(&self, demand: &mut StreamDemand) -> Option<Source> {
        loop {
            if demand.is_removed() {
                return None;
            }
            let plan = demand.plan();
            if plan.is_camera_offline {
                self.set_state(StreamState::Offline("the camera is offline".to_owned()));
            } else if demand.is_now() {
                return Some(plan.source);
            } else {
                self.set_state(StreamState::Waiting);
            }
            demand.changed().await;
        }
    }

    fn set_state(&self, state: StreamState) {
        self.hub.set_state(state);
        self.on_state.notify_one();
    }
}
