//! Pulls one stream while somebody wants it: connects, publishes frames to the hub, and retries
//! with jittered delays. After a refused password it does nothing until the source changes.

mod connection;
mod demand;
mod key_frames;
mod reason;
mod session;
mod sound;
pub(crate) mod talk;
pub(crate) mod tls;
mod tracks;
mod udp_ports;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt;
use proto::backoff::Backoff;
use proto::reason::Reason;
use tokio::sync::{Notify, watch};

use super::StreamState;
use super::hub::Hub;
use super::sessions::Sessions;
use super::source::Source;
use crate::limits::{RETRY_FIRST, RETRY_MOST};
use demand::StreamDemand;
pub(super) use key_frames::KeyFrames;
use reason::SessionEnd;
use session::StreamSession;

/// What the keeper requests of a stream.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    pub(super) source: Source,
    /// Whether it runs without viewers.
    pub(super) is_warm: bool,
    /// Whether it goes on for a while after its last viewer.
    pub(super) may_linger: bool,
    /// Whether the recorder reports that the camera does not respond.
    pub(super) is_camera_offline: bool,
    /// Those of its recorder.
    pub(super) sessions: Sessions,
}

pub(super) struct Puller {
    pub(super) hub: Hub,
    /// What the keeper requests; the stream ends when the sender is dropped.
    pub(super) plan: watch::Receiver<Plan>,
    /// Notified on every change of state.
    pub(super) on_state: Arc<Notify>,
    /// The common zero of all frame times of the recorder.
    pub(super) epoch: Instant,
    /// For a viewer who would wait for the next key frame.
    pub(super) key_frames: KeyFrames,
}

impl Puller {
    /// Runs until the keeper drops the plan.
    pub(super) async fn run(self) {
        let mut demand =
            StreamDemand::new(self.plan.clone(), &self.hub, Arc::clone(&self.on_state));
        let mut session = StreamSession::new(
            self.hub.clone(),
            self.epoch,
            Arc::clone(&self.on_state),
            self.key_frames.clone(),
        );
        let mut backoff = Backoff::new(RETRY_FIRST, RETRY_MOST);
        while let Some(source) = self.next_source(&mut demand).await {
            let sessions = demand.plan().sessions;
            sessions.free_one().await;
            self.hub.opens();
            // What cameras send is parsed here: a panic would end this session, not the stream.
            let mut open = None;
            let played = session.play(&source, &sessions, &mut open);
            let played = AssertUnwindSafe(played).catch_unwind();
            let outcome = tokio::select! {
                played = played => played.ok(),
                () = demand.is_lost(&source) => Some(SessionEnd::Unwanted),
            };
            self.hub.clear();
            // After a panic nothing is known about the connection; it is only dropped.
            if let (Some(_), Some(open)) = (&outcome, open) {
                open.tear_down().await;
            }
            let outcome = outcome.unwrap_or(SessionEnd::Failed(Reason::InvalidAnswer));
            if session.has_played() {
                backoff.succeeded();
            }
            match outcome {
                SessionEnd::Unwanted => {}
                SessionEnd::Refused(reason) => {
                    self.set_state(StreamState::Refused(reason));
                    demand.source_changed(&source).await;
                    backoff.succeeded();
                }
                SessionEnd::Failed(reason) => {
                    let reason = self.about_sessions(reason, &sessions);
                    tracing::debug!(stream.host = source.address.host, "stream broke: {reason}");
                    let is_unplugged = demand.plan().is_camera_offline;
                    let reason = if is_unplugged {
                        Reason::Unplugged
                    } else {
                        reason
                    };
                    self.set_state(StreamState::Offline(reason));
                    let wait = backoff.next_wait(rand::random());
                    demand.pause(&source, wait, RETRY_FIRST).await;
                }
            }
        }
        self.set_state(StreamState::Offline(Reason::NoCamera));
    }

    /// Whether a failure says that the recorder has no more sessions; some say so in other ways than with 453.
    fn about_sessions(&self, reason: Reason, sessions: &Sessions) -> Reason {
        let is_told = reason == Reason::Full;
        let is_likely = matches!(reason, Reason::Status(500 | 503)) && sessions.is_any_open();
        if !is_told && !is_likely {
            return reason;
        }
        sessions.refused();
        Reason::Full
    }

    /// Waits until the stream is wanted, and shows why it is idle; `None` once it is removed.
    async fn next_source(&self, demand: &mut StreamDemand) -> Option<Source> {
        loop {
            if demand.is_removed() {
                return None;
            }
            let plan = demand.plan();
            if demand.is_now() {
                // Also while the recorder reports "NO VIDEO": some do so while the stream plays.
                return Some(plan.source);
            }
            if plan.is_camera_offline {
                self.set_state(StreamState::Offline(Reason::Unplugged));
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
