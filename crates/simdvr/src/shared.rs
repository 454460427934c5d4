//! What all connections of one simulated recorder share: settings, switches, counters, the gate.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::clips::{self, Clip};
use crate::config::{ClipCodec, Config};
use crate::faults::{DvrStats, FaultMode};
use crate::gate::{Admitted, Gate, LoginAttempt, LoginRefusal, Scheme};
use crate::limits::MAX_RTSP_CONNECTIONS;
use crate::timeline::ClipTimeline;

/// The recorder's name in a login challenge.
const REALM: &str = "DS-7204HUHI";

/// State that all connections share. The locks are held for single look-ups, never across an await.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) http_addr: SocketAddr,
    pub(crate) rtsp_addr: SocketAddr,
    pub(crate) started: Instant,
    pub(crate) mode: watch::Sender<FaultMode>,
    pub(crate) drops: watch::Sender<u64>,
    pub(crate) cameras: watch::Sender<Vec<CameraState>>,
    pub(crate) stats: watch::Sender<DvrStats>,
    gate: Mutex<Gate>,
    timelines: Mutex<Vec<[ClipTimeline; 2]>>,
}

/// The part of a camera that can change while the recorder runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CameraState {
    pub(crate) online: bool,
    /// Codec of the main and of the sub stream.
    pub(crate) codecs: [ClipCodec; 2],
    /// Counts changes; a session that started under another number has lost its source.
    pub(crate) revision: u64,
}

/// One stream as a session sees it when it begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SimulatedStream {
    /// ISAPI number: camera * 100 + 1 (main) or 2 (sub).
    pub(crate) number: u32,
    pub(crate) clip: &'static Clip,
    pub(crate) has_audio: bool,
    pub(crate) revision: u64,
}

impl SimulatedStream {
    /// Index of its camera in the settings.
    pub(crate) fn camera_index(&self) -> usize {
        (self.number / 100) as usize - 1
    }
}

/// Splits an ISAPI stream number into the camera's index and 0 (main) or 1 (sub).
pub(crate) fn split_number(number: u32) -> Option<(usize, usize)> {
    let camera = (number / 100).checked_sub(1)? as usize;
    match number % 100 {
        1 => Some((camera, 0)),
        2 => Some((camera, 1)),
        _ => None,
    }
}

impl Shared {
    pub(crate) fn new(config: Config, http_addr: SocketAddr, rtsp_addr: SocketAddr) -> Self {
        let cameras: Vec<_> = config
            .cameras
            .iter()
            .map(|camera| CameraState {
                online: true,
                codecs: [camera.codec, camera.sub_codec],
                revision: 0,
            })
            .collect();
        let now = Instant::now();
        let gate = Gate::new(&config.user, &config.password, REALM, config.digest);
        Self {
            http_addr,
            rtsp_addr,
            // On a machine that has just started, its clock may not reach so far back.
            started: now.checked_sub(config.running_for).unwrap_or(now),
            mode: watch::Sender::new(FaultMode::Normal),
            drops: watch::Sender::new(0),
            stats: watch::Sender::new(DvrStats::default()),
            gate: Mutex::new(gate),
            timelines: Mutex::new(vec![Default::default(); cameras.len()]),
            cameras: watch::Sender::new(cameras),
            config,
        }
    }

    /// Time since the recorder started: the single clock for pacing, nonces and lock-out.
    pub(crate) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    pub(crate) fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks a login and counts it if it is wrong.
    pub(crate) fn admit(&self, attempt: &LoginAttempt<'_>) -> Result<Admitted, LoginRefusal> {
        let judged = self.gate().admit(attempt, self.now());
        if matches!(judged, Err(LoginRefusal::Wrong | LoginRefusal::Locked)) {
            self.count(|stats| stats.failed_logins += 1);
        }
        judged
    }

    /// The challenge of a refusal.
    pub(crate) fn challenge(&self, scheme: Scheme, refusal: LoginRefusal) -> String {
        let stale = refusal == LoginRefusal::Stale;
        self.gate().challenge(scheme, stale, self.now())
    }

    pub(crate) fn count(&self, change: impl FnOnce(&mut DvrStats)) {
        self.stats.send_modify(change);
    }

    /// The stream with this number, if it exists and its camera is connected.
    pub(crate) fn stream(&self, number: u32) -> Option<SimulatedStream> {
        let (camera, kind) = split_number(number)?;
        let config = self.config.cameras.get(camera)?;
        let states = self.cameras.borrow();
        let state = states.get(camera).filter(|state| state.online)?;
        Some(SimulatedStream {
            number,
            clip: clips::clip(config.clip, kind == 1, state.codecs[kind]),
            has_audio: config.has_audio,
            revision: state.revision,
        })
    }

    /// Whether a stream's camera is unchanged since the session began.
    pub(crate) fn is_current(&self, stream: &SimulatedStream) -> bool {
        let states = self.cameras.borrow();
        let state = states.get(stream.camera_index());
        state.is_some_and(|state| state.online && state.revision == stream.revision)
    }

    pub(crate) fn change_camera(&self, camera: usize, change: impl FnOnce(&mut CameraState)) {
        let count = self.config.cameras.len();
        assert!(
            (1..=count).contains(&camera),
            "camera {camera} of a recorder with cameras 1 to {count}"
        );
        self.cameras.send_modify(|states| {
            let state = &mut states[camera - 1];
            change(state);
            state.revision += 1;
        });
    }

    /// The position of a stream in its clip; requested key frames move it.
    pub(crate) fn timeline(&self, stream: &SimulatedStream) -> ClipTimeline {
        let kind = usize::from(stream.number % 100 == 2);
        self.timelines()[stream.camera_index()][kind]
    }

    /// Turns one of the stream's next frames into a key frame. False if there is no such stream.
    pub(crate) fn request_key_frame(&self, number: u32) -> bool {
        let Some(stream) = self.stream(number) else {
            return false;
        };
        let (camera, kind) = split_number(number).expect("a stream has a camera and a kind");
        let now = self.now();
        self.timelines()[camera][kind].request_key_frame(stream.clip, now);
        self.count(|stats| stats.key_frame_requests += 1);
        true
    }

    fn timelines(&self) -> MutexGuard<'_, Vec<[ClipTimeline; 2]>> {
        self.timelines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// One counted RTSP connection; dropping it frees the slot.
pub(crate) struct ConnectionSlot<'a>(&'a Shared);

impl<'a> ConnectionSlot<'a> {
    /// Takes a slot, or returns nothing if all are taken.
    pub(crate) fn take(shared: &'a Shared) -> Option<Self> {
        let taken = shared.stats.send_if_modified(|stats| {
            let free = stats.rtsp_connections < MAX_RTSP_CONNECTIONS;
            stats.rtsp_connections += usize::from(free);
            free
        });
        taken.then_some(Self(shared))
    }
}

impl Drop for ConnectionSlot<'_> {
    fn drop(&mut self) {
        self.0.count(|stats| stats.rtsp_connections -= 1);
    }
}

/// One counted RTSP session; dropping it frees the slot.
pub(crate) struct SessionSlot {
    shared: Arc<Shared>,
    number: u32,
}

impl SessionSlot {
    /// Takes a slot for a session of this stream, or returns nothing if all are taken.
    pub(crate) fn take(shared: &Arc<Shared>, number: u32) -> Option<Self> {
        let mut taken = false;
        shared.count(|stats| {
            if stats.sessions_open() >= shared.config.max_sessions {
                stats.sessions_refused += 1;
                return;
            }
            let open = stats.sessions.entry(number).or_default();
            *open += 1;
            let peak = stats.sessions_peak.entry(number).or_default();
            *peak = (*peak).max(*open);
            *stats.sessions_opened.entry(number).or_default() += 1;
            taken = true;
        });
        taken.then(|| Self {
            shared: shared.clone(),
            number,
        })
    }
}

impl Drop for SessionSlot {
    fn drop(&mut self) {
        self.shared.count(|stats| {
            if let Some(open) = stats.sessions.get_mut(&self.number) {
                *open -= 1;
                if *open == 0 {
                    stats.sessions.remove(&self.number);
                }
            }
        });
    }
}
