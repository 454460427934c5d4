//! Runs one puller per stream of a recorder's cameras, decides which streams stay warm, and reports
//! which cameras are online. The recorder driver supplies the list of cameras.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use proto::link::message::{Camera, StreamKind};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::gop::GopLimits;
use super::hub::Hub;
use super::puller::{Plan, Puller};
use super::source::{CameraSource, Source};
use super::{Hubs, StreamState, Streams};
use crate::limits::{
    CACHED_TAIL_FRAMES, MAX_CACHED_FRAMES, MAX_CAMERAS, WARM_STREAM_BYTES, WATCHED_STREAM_BYTES,
};

/// A full picture that replaces a missing sub-stream costs as much as this many sub-streams.
const MAIN_STREAM_COST: u32 = 3;

/// The memory for warm streams, shared by all recorders of the agent.
#[derive(Debug, Clone)]
pub struct WarmBudget(Arc<Semaphore>);

impl WarmBudget {
    /// Creates a budget of this many bytes.
    pub fn new(bytes: usize) -> WarmBudget {
        let n_streams = (bytes / WARM_STREAM_BYTES).min(Semaphore::MAX_PERMITS);
        WarmBudget(Arc::new(Semaphore::new(n_streams)))
    }

    fn take(&self, cost: u32) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0).try_acquire_many_owned(cost).ok()
    }
}

/// Owns the streams of one recorder.
#[derive(Debug)]
pub struct Keeper {
    sources: watch::Receiver<Vec<CameraSource>>,
    budget: WarmBudget,
    cameras: watch::Sender<Vec<Camera>>,
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
    /// Held while the stream is warm.
    warmth: Option<OwnedSemaphorePermit>,
}

impl Keeper {
    /// Creates a keeper for the cameras that `sources` will list, and the streams for its users.
    pub fn new(
        sources: watch::Receiver<Vec<CameraSource>>,
        budget: WarmBudget,
    ) -> (Keeper, Streams) {
        let cameras = watch::Sender::new(Vec::new());
        let hubs = watch::Sender::new(Arc::new(Hubs::new()));
        let streams = Streams::new(cameras.subscribe(), hubs.subscribe());
        let keeper = Keeper {
            sources,
            budget,
            cameras,
            hubs,
            kept: BTreeMap::new(),
            on_state: Arc::new(Notify::new()),
            epoch: Instant::now(),
            tasks: TaskTracker::new(),
        };
        (keeper, streams)
    }

    /// Runs until `shutdown` and until all streams have ended.
    pub async fn run(mut self, shutdown: CancellationToken) {
        loop {
            let sources = self.sources.borrow_and_update().clone();
            self.follow(&sources);
            loop {
                self.tell_cameras(&sources);
                tokio::select! {
                    () = shutdown.cancelled() => return self.end().await,
                    changed = self.sources.changed() => match changed {
                        Ok(()) => break,
                        // The driver has ended; its cameras stay unchanged until shutdown.
                        Err(_) => {
                            shutdown.cancelled().await;
                            return self.end().await;
                        }
                    },
                    () = self.on_state.notified() => {}
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
        }
        // Dropping the plan ends the puller.
        self.kept.retain(|key, _| named.contains(key));
        self.hubs.send_replace(Arc::new(hubs));
    }

    fn keep(&mut self, key: &(String, StreamKind), source: &Source, camera: &CameraSource) -> Hub {
        let is_camera_offline = camera.is_online == Some(false);
        let cost = match (key.1, &camera.sub) {
            (StreamKind::Sub, _) => Some(1),
            (StreamKind::Main, None) => Some(MAIN_STREAM_COST),
            (StreamKind::Main, Some(_)) => None,
        };
        let held = self.kept.get_mut(key).and_then(|kept| kept.warmth.take());
        let warmth = match cost {
            Some(cost) if !is_camera_offline => held.or_else(|| self.budget.take(cost)),
            _ => None,
        };
        let plan = Plan {
            source: source.clone(),
            is_warm: warmth.is_some(),
            is_camera_offline,
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
            };
            self.tasks.spawn(puller.run());
            KeptStream {
                hub,
                plan,
                warmth: None,
            }
        });
        kept.hub.set_limits(limits);
        kept.warmth = warmth;
        kept.plan.send_if_modified(|old| {
            let is_new = *old != plan;
            *old = plan;
            is_new
        });
        kept.hub.clone()
    }

    /// Publishes the camera list if it changed.
    fn tell_cameras(&self, sources: &[CameraSource]) {
        let told = self.cameras.borrow().clone();
        let cameras: Vec<Camera> = sources
            .iter()
            .take(MAX_CAMERAS)
            .map(|source| {
                let before = told.iter().find(|camera| camera.id == source.id);
                Camera {
                    id: source.id.clone(),
                    name: source.name.clone(),
                    is_online: self.is_online(source, before),
                }
            })
            .collect();
        if cameras != told {
            self.cameras.send_replace(cameras);
        }
    }

    /// The recorder's status decides. If it reports none, the stream that is shown first decides.
    fn is_online(&self, source: &CameraSource, before: Option<&Camera>) -> bool {
        let kind = match source.sub {
            Some(_) => StreamKind::Sub,
            None => StreamKind::Main,
        };
        let Some(kept) = self.kept.get(&(source.id.clone(), kind)) else {
            return false;
        };
        let state = kept.hub.state();
        let state = state.borrow();
        match (&*state, source.is_online) {
            (StreamState::Refused, _) => false,
            (_, Some(is_online)) => is_online,
            (StreamState::Playing { .. }, None) => true,
            (StreamState::Offline(_), None) => false,
            (StreamState::Waiting, None) => match before {
                Some(before) => before.is_online,
                // A cold stream is not tried before somebody watches: it counts as online.
                None => kept.warmth.is_none(),
            },
        }
    }
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
