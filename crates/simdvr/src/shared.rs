//! What all connections of one simulated recorder share: settings, switches, counters, the gate.

mod slots;

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::clips::{self, Clip};
use crate::config::{ClipCodec, Config, SimLoudspeaker};
use crate::echo::Echo;
use crate::events::{SimEvents, SimSubscriptions};
use crate::faults::{CameraFault, DvrStats, FaultMode, HttpFaults};
use crate::gate::{Admitted, Gate, LoginAttempt, LoginRefusal, Scheme, TokenAttempt};
use crate::image::SimImage;
use crate::ptz::PtzMotors;
use crate::rtp::{PCMA_TYPE, PCMU_TYPE};
use crate::sound::SoundClip;
use crate::talk_line::TalkLineState;
use crate::timeline::ClipTimeline;
use crate::tls::TlsIdentity;
pub(crate) use slots::{ConnectionSlot, SessionSlot};

/// Streams that a camera may have.
pub(crate) const STREAMS: usize = 4;

/// The recorder's name in a login challenge.
const REALM: &str = "DS-7204HUHI";

/// State that all connections share. The locks are held for single look-ups, never across an await.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) http_addr: SocketAddr,
    pub(crate) rtsp_addr: SocketAddr,
    pub(crate) rtsps_addr: Option<SocketAddr>,
    pub(crate) started: Instant,
    pub(crate) mode: watch::Sender<FaultMode>,
    pub(crate) drops: watch::Sender<u64>,
    pub(crate) cameras: watch::Sender<Vec<CameraState>>,
    pub(crate) stats: watch::Sender<DvrStats>,
    /// The certificate that it shows.
    pub(crate) tls: TlsIdentity,
    gate: Mutex<Gate>,
    http_faults: Mutex<HttpFaults>,
    timelines: Mutex<Vec<[ClipTimeline; STREAMS]>>,
    motors: Mutex<Vec<PtzMotors>>,
    echoes: Mutex<Vec<Echo>>,
    talk_line: Mutex<TalkLineState>,
    images: Mutex<Vec<SimImage>>,
    outputs: Mutex<Vec<bool>>,
    pub(crate) events: SimEvents,
    subscriptions: Mutex<SimSubscriptions>,
}

/// The part of a camera that can change while the recorder runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CameraState {
    pub(crate) online: bool,
    /// Codec of the main, sub, third and transcoded stream, where there is one.
    pub(crate) codecs: [Option<ClipCodec>; STREAMS],
    /// Which of them are H.264+ or H.265+.
    pub(crate) is_smart: [bool; STREAMS],
    /// Which profiles have an audio output, and which a decoder.
    pub(crate) takes_sound: [[bool; 2]; STREAMS],
    pub(crate) fault: Option<CameraFault>,
    /// Counts changes; a session that started under another number has lost its source.
    pub(crate) revision: u64,
}

/// One stream as a session sees it when it begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SimulatedStream {
    /// ISAPI number: camera * 100 + 1 (main), 2 (sub), 3 (third) or 4 (transcoded).
    pub(crate) number: u32,
    pub(crate) clip: &'static Clip,
    pub(crate) sound: Option<&'static SoundClip>,
    /// Whether one can talk through its camera.
    pub(crate) has_talk: bool,
    /// Payload type of what is said there.
    pub(crate) talk_type: u8,
    pub(crate) fault: Option<CameraFault>,
    pub(crate) revision: u64,
}

impl SimulatedStream {
    /// Index of its camera in the settings.
    pub(crate) fn camera_index(&self) -> usize {
        (self.number / 100) as usize - 1
    }

    /// Its index among the streams of its camera.
    fn kind(&self) -> usize {
        (self.number % 100) as usize - 1
    }
}

/// Splits an ISAPI stream number into the indices of the camera and of its stream.
pub(crate) fn split_number(number: u32) -> Option<(usize, usize)> {
    let camera = (number / 100).checked_sub(1)? as usize;
    let stream = (number % 100).checked_sub(1)? as usize;
    (stream < STREAMS).then_some((camera, stream))
}

impl Shared {
    pub(crate) fn new(
        config: Config,
        http_addr: SocketAddr,
        (rtsp_addr, rtsps_addr): (SocketAddr, Option<SocketAddr>),
    ) -> anyhow::Result<Self> {
        let cameras: Vec<_> = config
            .cameras
            .iter()
            .map(|camera| CameraState {
                online: true,
                codecs: [
                    Some(camera.codec),
                    Some(camera.sub_codec),
                    camera.third,
                    camera.transcoded,
                ],
                is_smart: [camera.is_smart, camera.is_smart, false, false],
                takes_sound: [[config.onvif.loudspeaker == SimLoudspeaker::Described; 2]; STREAMS],
                fault: None,
                revision: 0,
            })
            .collect();
        let now = Instant::now();
        let gate = Gate::new(&config.user, &config.password, REALM, config.digest)
            .with_only_basic(config.has_only_basic);
        Ok(Self {
            http_addr,
            rtsp_addr,
            rtsps_addr,
            tls: TlsIdentity::new()?,
            // On a machine that has just started, its clock may not reach so far back.
            started: now.checked_sub(config.running_for).unwrap_or(now),
            mode: watch::Sender::new(FaultMode::Normal),
            drops: watch::Sender::new(0),
            stats: watch::Sender::new(DvrStats::default()),
            gate: Mutex::new(gate),
            http_faults: Mutex::default(),
            timelines: Mutex::new(vec![Default::default(); cameras.len()]),
            motors: Mutex::new(vec![PtzMotors::default(); cameras.len()]),
            echoes: Mutex::new(cameras.iter().map(|_| Echo::default()).collect()),
            talk_line: Mutex::default(),
            images: Mutex::new(vec![SimImage::default(); cameras.len()]),
            outputs: Mutex::new(vec![false; config.outputs]),
            events: SimEvents::default(),
            subscriptions: Mutex::default(),
            cameras: watch::Sender::new(cameras),
            config,
        })
    }

    /// Time since the recorder started: the single clock for pacing, nonces and lock-out.
    pub(crate) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    pub(crate) fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn http_faults(&self) -> MutexGuard<'_, HttpFaults> {
        self.http_faults
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks a login and counts it if it is wrong.
    pub(crate) fn admit(&self, attempt: &LoginAttempt<'_>) -> Result<Admitted, LoginRefusal> {
        let judged = self.gate().admit(attempt, self.now());
        if attempt.authorization.is_some() {
            self.count(|stats| stats.signed_requests += 1);
        }
        if matches!(judged, Err(LoginRefusal::Wrong | LoginRefusal::Locked)) {
            self.count(|stats| stats.failed_logins += 1);
        }
        judged
    }

    /// Checks a token of ONVIF and counts it if it is wrong.
    pub(crate) fn admit_token(
        &self,
        token: &TokenAttempt,
        is_timely: bool,
    ) -> Result<(), LoginRefusal> {
        let judged = self.gate().admit_token(token, is_timely, self.now());
        if judged.is_err() {
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
            clip: clips::clip(config.clip, kind > 0, state.codecs[kind]?),
            sound: config.has_audio.then(|| SoundClip::of(config.sound)),
            has_talk: config.has_talk && state.takes_sound[kind] == [true; 2],
            talk_type: match config.takes_alaw {
                true => PCMA_TYPE,
                false => PCMU_TYPE,
            },
            fault: state.fault,
            revision: state.revision,
        })
    }

    /// The codec of a stream, whether its camera is connected or not.
    pub(crate) fn codec(&self, number: u32) -> Option<ClipCodec> {
        let (camera, kind) = split_number(number)?;
        self.cameras.borrow().get(camera)?.codecs[kind]
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
        self.timelines()[stream.camera_index()][stream.kind()]
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

    /// A client says over RTCP that it lacks a picture.
    pub(crate) fn note_picture_loss(&self, stream: &SimulatedStream) {
        self.hurry_key_frame(stream);
        self.count(|stats| stats.picture_losses += 1);
    }

    /// The camera has turned to another scene, which can only begin with a key frame.
    pub(crate) fn hurry_key_frame(&self, stream: &SimulatedStream) {
        let now = self.now();
        let mut timelines = self.timelines();
        timelines[stream.camera_index()][stream.kind()].request_key_frame(stream.clip, now);
    }

    /// What a stream shows now: the scene that its camera looks at. All clips of a size have the same
    /// length and key frames at the same places.
    pub(crate) fn shown(&self, stream: &SimulatedStream) -> &'static Clip {
        match self.scene(stream.camera_index()) {
            Some(scene) if stream.clip.codec == ClipCodec::H264 => {
                let is_mirrored = self.image(stream.camera_index(), |image| image.is_mirrored);
                clips::h264(scene, stream.kind() > 0, is_mirrored == Some(true))
            }
            // Every other codec shows one scene.
            _ => stream.clip,
        }
    }

    /// The scene that a connected camera looks at.
    pub(crate) fn scene(&self, camera: usize) -> Option<usize> {
        let config = self.config.cameras.get(camera)?;
        let is_online = self.cameras.borrow().get(camera)?.online;
        let view = self
            .motors(camera)
            .map_or(0, |motors| motors.view(self.now()));
        is_online.then_some(config.clip + view)
    }

    /// The motors of a camera that can be steered.
    pub(crate) fn motors(&self, camera: usize) -> Option<PtzMotors> {
        let config = self.config.cameras.get(camera)?;
        config.has_ptz.then(|| self.all_motors()[camera].clone())
    }

    /// Acts on the motors of a camera that can be steered and is connected.
    pub(crate) fn steer<T>(
        &self,
        camera: usize,
        act: impl FnOnce(&mut PtzMotors, Duration) -> T,
    ) -> Option<T> {
        let config = self.config.cameras.get(camera)?;
        let is_online = self.cameras.borrow().get(camera)?.online;
        let now = self.now();
        (config.has_ptz && is_online).then(|| act(&mut self.all_motors()[camera], now))
    }

    /// Acts on what is said through a camera.
    pub(crate) fn echo<T>(&self, stream: &SimulatedStream, act: impl FnOnce(&mut Echo) -> T) -> T {
        let mut echoes = self.echoes.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut echoes[stream.camera_index()])
    }

    /// Says something through a camera.
    pub(crate) fn say(&self, stream: &SimulatedStream, ulaw: &[u8]) {
        self.echo(stream, |echo| echo.say(ulaw));
        self.count_said(ulaw);
    }

    /// Says something through the recorder's own loudspeaker.
    pub(crate) fn say_on_line(&self, ulaw: &[u8]) {
        let mut echoes = self.echoes.lock().unwrap_or_else(PoisonError::into_inner);
        let cameras = self.config.cameras.iter().zip(echoes.iter_mut());
        for (_, echo) in cameras.filter(|(camera, _)| !camera.has_talk) {
            echo.say(ulaw);
        }
        drop(echoes);
        self.count_said(ulaw);
    }

    fn count_said(&self, ulaw: &[u8]) {
        // The lowest three segments of G.711 µ-law are below 2 % of the loudest.
        let n_loud = ulaw.iter().filter(|byte| !**byte >> 4 & 7 > 2).count();
        self.count(|stats| {
            stats.talk_samples += ulaw.len() as u64;
            stats.loud_talk_samples += n_loud as u64;
        });
    }

    /// The recorder's own talk line.
    pub(crate) fn talk_line(&self) -> MutexGuard<'_, TalkLineState> {
        self.talk_line
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Acts on the image settings of a connected camera.
    pub(crate) fn image<T>(
        &self,
        camera: usize,
        act: impl FnOnce(&mut SimImage) -> T,
    ) -> Option<T> {
        let is_online = self.cameras.borrow().get(camera)?.online;
        let mut images = self.images.lock().unwrap_or_else(PoisonError::into_inner);
        is_online.then(|| act(&mut images[camera]))
    }

    /// Which outputs are on.
    pub(crate) fn outputs(&self) -> MutexGuard<'_, Vec<bool>> {
        self.outputs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Subscriptions to events over ONVIF.
    pub(crate) fn subscriptions(&self) -> MutexGuard<'_, SimSubscriptions> {
        self.subscriptions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn all_motors(&self) -> MutexGuard<'_, Vec<PtzMotors>> {
        self.motors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn timelines(&self) -> MutexGuard<'_, Vec<[ClipTimeline; STREAMS]>> {
        self.timelines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
