//! Runs one puller per stream of a recorder's cameras, decides which streams stay warm, and reports
//! which cameras are online. The recorder driver supplies the list of cameras.

mod warm_budget;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use proto::link::message::{Camera, StreamKind};
use proto::reason::Reason;
use tokio::sync::{Notify, OwnedSemaphorePermit, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::gop::GopLimits;
use super::hub::Hub;
use super::puller::{KeyFrames, Plan, Puller};
use super::reason_log::ReasonLog;
use super::session_budget::StreamUse;
use super::sessions::Sessions;
use super::source::{CameraSource, Source};
use super::{Hubs, StreamState, Streams};
use crate::limits::{
    CACHED_TAIL_FRAMES, MAX_CACHED_FRAMES, MAX_CAMERAS, WARM_STREAM_BYTES, WATCHED_STREAM_BYTES,
};
use crate::recorder::RecorderStatus;
use crate::recorder::handle::RecorderHandle;
pub use warm_budget::WarmBudget;

/// A full picture that replaces a missing sub-stream costs as much as this many sub-streams.
const MAIN_STREAM_COST: u32 = 3;

/// Owns the streams of one recorder.
#[derive(Debug)]
pub struct Keeper {
    sources: watch::Receiver<Vec<CameraSource>>,
    status: watch::Receiver<RecorderStatus>,
    recorder: RecorderHandle,
    budget: WarmBudget,
    /// By the host of the streams; most recorders have one.
    sessions: BTreeMap<String, Sessions>,
    /// How many the settings say.
    n_sessions_told: Option<usize>,
    cameras: watch::Sender<Vec<Camera>>,
    reason: watch::Sender<Option<Reason>>,
    log: ReasonLog,
    hubs: watch::Sender<Arc<Hubs>>,
    kept: BTreeMap<(String, StreamKind), KeptStream>,
    on_state: Arc<Notify>,
    epoch: Instant,
    tasks: TaskTracker,
}

#[derive(Debug)]
struct KeptStream {
    hub: Hub,
    plan: watch::Sender<Plan>,
    /// Held while the stream may be warm.
    warmth: Option<OwnedSemaphorePermit>,
    /// What the log says is wrong with it.
    logged: Option<Reason>,
}

impl KeptStream {
    fn session_use(&self) -> StreamUse {
        let state = self.hub.state();
        let state = state.borrow();
        StreamUse {
            is_watched: *self.hub.n_subscribers().borrow() > 0,
            is_open: matches!(
                *state,
                StreamState::Playing { .. } | StreamState::NoKeyFrame
            ),
            is_failing: matches!(*state, StreamState::Offline(_) | StreamState::Refused(_)),
            is_first_shown: self.warmth.is_some(),
        }
    }

    fn is_playing(&self) -> bool {
        matches!(*self.hub.state().borrow(), StreamState::Playing { .. })
    }

    /// Whether somebody would get no picture of a stream that the recorder has no session for.
    fn is_wanted_in_vain(&self) -> bool {
        let is_watched = *self.hub.n_subscribers().borrow() > 0;
        is_watched || self.plan.borrow().sessions.are_used_up()
    }
}

impl Keeper {
    /// Creates a keeper for the cameras that `sources` will list, and the streams for its users, who
    /// also learn what `status` says. `recorder` is asked for key frames.
    pub fn new(
        sources: watch::Receiver<Vec<CameraSource>>,
        status: watch::Receiver<RecorderStatus>,
        recorder: RecorderHandle,
        budget: WarmBudget,
    ) -> (Keeper, Streams) {
        let cameras = watch::Sender::new(Vec::new());
        let hubs = watch::Sender::new(Arc::new(Hubs::new()));
        let reason = watch::Sender::new(None);
        let streams = Streams::new(cameras.subscribe(), hubs.subscribe());
        let streams = streams.with_reason(reason.subscribe());
        let keeper = Keeper {
            sources,
            status,
            recorder,
            budget,
            sessions: BTreeMap::new(),
            n_sessions_told: None,
            cameras,
            reason,
            log: ReasonLog::default(),
            hubs,
            kept: BTreeMap::new(),
            on_state: Arc::new(Notify::new()),
            epoch: Instant::now(),
            tasks: TaskTracker::new(),
        };
        (keeper, streams)
    }

    /// The same for a recorder that supports so many sessions.
    #[must_use]
    pub fn with_sessions(self, n_sessions_told: Option<usize>) -> Keeper {
        Keeper {
            n_sessions_told,
            ..self
        }
    }

    /// Runs until `shutdown` and until all streams have ended.
    pub async fn run(mut self, shutdown: CancellationToken) {
        let mut is_driven = true;
        loop {
            let sources = self.sources.borrow_and_update().clone();
            self.follow(&sources);
            loop {
                self.share_sessions();
                self.log_changes();
                self.tell_cameras(&sources);
                let due = self.sessions.values().filter_map(Sessions::next_try).min();
                tokio::select! {
                    () = shutdown.cancelled() => return self.end().await,
                    changed = self.sources.changed(), if is_driven => match changed {
                        Ok(()) => break,
                        // The driver has ended, for example after a refused login: its cameras stay,
                        // and what happens to their streams is still told.
                        Err(_) => is_driven = false,
                    },
                    () = self.on_state.notified() => {}
                    () = until(due) => {}
                    Ok(()) = self.status.changed() => {}
                }
            }
        }
    }

    async fn end(mut self) {
        self.kept.clear();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Starts, changes and stops pullers so that they match `sources`.
    fn follow(&mut self, sources: &[CameraSource]) {
        let mut hubs = Hubs::new();
        let mut named = BTreeSet::new();
        for camera in sources.iter().take(MAX_CAMERAS) {
            let main = (camera.id.clone(), StreamKind::Main);
            let sub = (camera.id.clone(), StreamKind::Sub);
            let main_hub = self.keep(&main, &camera.main, camera);
            let sub_hub = match &camera.sub {
                Some(source) => {
                    named.insert(sub.clone());
                    self.keep(&sub, source, camera)
                }
                None => main_hub.clone(),
            };
            named.insert(main.clone());
            hubs.insert(main, main_hub);
            hubs.insert(sub, sub_hub);
            for (kind, source) in &camera.more {
                let key = (camera.id.clone(), *kind);
                named.insert(key.clone());
                let hub = self.keep(&key, source, camera);
                hubs.insert(key, hub);
            }
        }
        // Dropping the plan ends the puller.
        self.kept.retain(|key, _| named.contains(key));
        let in_use = |sessions: &Sessions| {
            let mut plans = self.kept.values().map(|kept| kept.plan.borrow());
            plans.any(|plan| plan.sessions == *sessions)
        };
        self.sessions.retain(|_, sessions| in_use(sessions));
        self.hubs.send_replace(Arc::new(hubs));
    }

    fn keep(&mut self, key: &(String, StreamKind), source: &Source, camera: &CameraSource) -> Hub {
        let is_camera_offline = camera.is_online == Some(false);
        let cost = match (key.1, &camera.sub) {
            (StreamKind::Sub, _) => Some(1),
            (StreamKind::Main, None) => Some(MAIN_STREAM_COST),
            (StreamKind::Main, Some(_)) => None,
            // Opened for a viewer who can show neither of those two.
            (StreamKind::Third | StreamKind::Transcoded | StreamKind::Other(_), _) => None,
        };
        let held = self.kept.get_mut(key).and_then(|kept| kept.warmth.take());
        let warmth = match cost {
            Some(cost) if !is_camera_offline => held.or_else(|| self.budget.take(cost)),
            _ => None,
        };
        let before = self.kept.get(key).map(|kept| kept.plan.borrow().clone());
        let plan = Plan {
            source: source.clone(),
            is_warm: warmth.is_some() && before.as_ref().is_some_and(|plan| plan.is_warm),
            may_linger: before.is_none_or(|plan| plan.may_linger),
            is_camera_offline,
            sessions: self.sessions_at(source),
        };
        let limits = limits(warmth.as_ref());
        let kept = self.kept.entry(key.clone()).or_insert_with(|| {
            let hub = Hub::new(limits);
            let (plan, wanted) = watch::channel(plan.clone());
            let puller = Puller {
                hub: hub.clone(),
                plan: wanted,
                on_state: Arc::clone(&self.on_state),
                epoch: self.epoch,
                key_frames: KeyFrames {
                    recorder: self.recorder.clone(),
                    camera: key.0.clone(),
                    stream: key.1,
                },
            };
            self.tasks.spawn(puller.run());
            KeptStream {
                hub,
                plan,
                warmth: None,
                logged: None,
            }
        });
        kept.hub.set_limits(limits);
        let format = camera.formats.get(&key.1);
        kept.hub.list_as(format.cloned().unwrap_or_default());
        kept.warmth = warmth;
        kept.plan.send_if_modified(|old| {
            let is_new = *old != plan;
            *old = plan;
            is_new
        });
        kept.hub.clone()
    }

    /// The sessions of the recorder or camera that a stream comes from.
    fn sessions_at(&mut self, source: &Source) -> Sessions {
        let place = format!("{}:{}", source.address.host, source.address.port);
        let (told, on_state) = (self.n_sessions_told, &self.on_state);
        let sessions = self.sessions.entry(place);
        let new = || Sessions::new(&source.address.host, told, Arc::clone(on_state));
        sessions.or_insert_with(new).clone()
    }

    /// Tells each stream whether it goes on without a viewer.
    fn share_sessions(&self) {
        for sessions in self.sessions.values() {
            let kept = self.kept.values();
            let own: Vec<&KeptStream> = kept
                .filter(|kept| kept.plan.borrow().sessions == *sessions)
                .collect();
            let uses: Vec<StreamUse> = own.iter().map(|kept| kept.session_use()).collect();
            for (kept, is_kept) in own.iter().zip(sessions.kept(&uses)) {
                let is_warm = is_kept && kept.warmth.is_some();
                kept.plan.send_if_modified(|plan| {
                    let is_new = (plan.is_warm, plan.may_linger) != (is_warm, is_kept);
                    (plan.is_warm, plan.may_linger) = (is_warm, is_kept);
                    is_new
                });
            }
        }
    }

    /// Writes one line for each stream whose pictures have failed or come back. A refused login has its
    /// own line, once for all streams.
    fn log_changes(&mut self) {
        for ((camera, kind), kept) in &mut self.kept {
            let state = kept.hub.state();
            match &*state.borrow() {
                StreamState::Offline(reason) if kept.logged.as_ref() != Some(reason) => {
                    tracing::warn!(camera, ?kind, "no pictures: {reason}");
                    kept.logged = Some(reason.clone());
                }
                StreamState::Playing { .. } if kept.logged.is_some() => {
                    tracing::info!(camera, ?kind, "pictures again");
                    kept.logged = None;
                }
                _ => {}
            }
        }
    }

    /// Publishes the camera list, and what is wrong with the recorder, where they changed.
    fn tell_cameras(&mut self, sources: &[CameraSource]) {
        let told = self.cameras.borrow().clone();
        let cameras: Vec<Camera> = sources
            .iter()
            .take(MAX_CAMERAS)
            .map(|source| {
                let before = told.iter().find(|camera| camera.id == source.id);
                let (is_online, reason) = self.condition(source, before);
                Camera {
                    id: source.id.clone(),
                    name: source.name.clone(),
                    is_online,
                    reason,
                }
            })
            .collect();
        let status = self.status.borrow_and_update().clone();
        let reason = recorder_reason(&status, &cameras);
        let is_drivers = !matches!(status, RecorderStatus::Opening | RecorderStatus::Online);
        let is_playing = self.kept.values().any(KeptStream::is_playing);
        self.log.note(reason.as_ref(), is_drivers, is_playing);
        self.reason
            .send_if_modified(|old| std::mem::replace(old, reason.clone()) != reason);
        if cameras != told {
            self.cameras.send_replace(cameras);
        }
    }

    /// Whether a camera is online, and what is wrong with its picture. The recorder's word decides; if
    /// it says nothing, the stream that is shown first does.
    fn condition(&self, source: &CameraSource, before: Option<&Camera>) -> (bool, Option<Reason>) {
        let kind = match source.sub {
            Some(_) => StreamKind::Sub,
            None => StreamKind::Main,
        };
        let Some(kept) = self.kept.get(&(source.id.clone(), kind)) else {
            return (false, Some(Reason::NoCamera));
        };
        let state = kept.hub.state();
        let state = state.borrow();
        match (&*state, source.is_online) {
            (StreamState::Refused(reason), _) => (false, Some(reason.clone())),
            // Pictures are the truth, whatever the recorder reports.
            (StreamState::Playing { .. }, _) => (true, None),
            (_, Some(false)) => (false, Some(Reason::Unplugged)),
            // Others run; this one is opened when somebody watches.
            (StreamState::Offline(Reason::Full), _) if !kept.is_wanted_in_vain() => (true, None),
            (StreamState::Offline(reason), said) => (said == Some(true), Some(reason.clone())),
            (StreamState::NoKeyFrame, _) => (true, Some(Reason::NoKeyFrame)),
            (StreamState::Waiting, Some(true)) => (true, None),
            (StreamState::Waiting, None) => match before {
                Some(before) => (before.is_online, before.reason.clone()),
                // A cold stream is not tried before somebody watches: it counts as online.
                None => (!kept.plan.borrow().is_warm, None),
            },
        }
    }
}

async fn until(due: Option<tokio::time::Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// What is wrong with the recorder: what its driver says, else what all of its cameras have in common. One that is
/// unplugged says nothing about the others.
fn recorder_reason(status: &RecorderStatus, cameras: &[Camera]) -> Option<Reason> {
    match status {
        RecorderStatus::Unreachable(reason) | RecorderStatus::Refused(reason) => {
            return Some(reason.clone());
        }
        RecorderStatus::Opening | RecorderStatus::Online => {}
    }
    let plugged = |camera: &&Camera| camera.reason != Some(Reason::Unplugged);
    let mut reasons = cameras.iter().filter(plugged).map(|it| &it.reason);
    let Some(first) = reasons.next() else {
        return cameras.first()?.reason.clone();
    };
    let is_common = reasons.all(|reason| reason == first);
    first.clone().filter(|_| is_common)
}

fn limits(warmth: Option<&OwnedSemaphorePermit>) -> GopLimits {
    GopLimits {
        bytes: match warmth {
            Some(permit) => permit.num_permits() * WARM_STREAM_BYTES,
            None => WATCHED_STREAM_BYTES,
        },
        frames: MAX_CACHED_FRAMES,
        tail_frames: CACHED_TAIL_FRAMES,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn camera(reason: Option<Reason>) -> Camera {
        Camera {
            id: "1".to_owned(),
            name: "Door".to_owned(),
            is_online: reason.is_none(),
            reason,
        }
    }

    #[test]
    fn the_drivers_reason_for_the_recorder_has_priority() {
        let refused = RecorderStatus::Refused(Reason::LoginMissing);

        let reason = recorder_reason(&refused, &[camera(Some(Reason::Full))]);

        assert_eq!(reason, Some(Reason::LoginMissing));
        assert_eq!(recorder_reason(&refused, &[]), Some(Reason::LoginMissing));
    }

    #[test]
    fn what_all_cameras_have_in_common_is_the_recorders() {
        let of = |reasons: [Option<Reason>; 2]| {
            recorder_reason(&RecorderStatus::Online, &reasons.map(camera))
        };
        let unplugged = Some(Reason::Unplugged);

        assert_eq!(
            of([Some(Reason::Full), Some(Reason::Full)]),
            Some(Reason::Full)
        );
        assert_eq!(of([Some(Reason::Full), None]), None);
        assert_eq!(of([Some(Reason::Full), Some(Reason::NoStream)]), None);
        assert_eq!(of([None, None]), None);
        assert_eq!(
            of([unplugged.clone(), Some(Reason::Full)]),
            Some(Reason::Full)
        );
        assert_eq!(of([unplugged.clone(), None]), None);
        assert_eq!(of([unplugged.clone(), unplugged.clone()]), unplugged);
        assert_eq!(recorder_reason(&RecorderStatus::Online, &[]), None);
    }
}
