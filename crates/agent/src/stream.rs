//! The pictures and sound of one recorder. Each stream is pulled once and distributed to any number
//! of subscribers. A subscriber first receives the last group of pictures, then each frame as it
//! arrives. A slow subscriber misses frames up to the next key frame, and memory does not grow.

pub mod clock;
pub mod figures;
pub mod gop;
pub mod hub;
pub mod keeper;
pub mod login;
pub(crate) mod puller;
mod reason_log;
pub mod session_budget;
pub(crate) mod sessions;
pub mod source;
pub(crate) mod talk_line;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use proto::ladder::CameraStream;
use proto::link::message::{Camera, StreamKind};
use proto::quality::RatedStream;
use proto::reason::Reason;
use tokio::sync::watch;

use figures::StreamFigures;
use hub::Hub;
pub use hub::Subscription;

/// How a decoder treats a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameKind {
    /// A picture that depends on no other, preceded by its parameter sets.
    VideoKey,
    /// A picture that depends on the previous ones.
    VideoDelta,
    /// Sound.
    Audio,
}

/// How a frame is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// H.264 (RFC 6184), Annex B.
    H264,
    /// H.265 (RFC 7798), Annex B.
    H265,
    /// Whole JPEG files (RFC 2435); each is a key frame.
    Jpeg,
    /// G.711 µ-law at 8 kHz.
    Pcmu,
    /// G.711 A-law at 8 kHz.
    Pcma,
}

impl Codec {
    /// RTP encoding name (RFC 6184, RFC 7798, RFC 2435, RFC 3551).
    pub fn encoding_name(self) -> &'static str {
        match self {
            Codec::H264 => "H264",
            Codec::H265 => "H265",
            Codec::Jpeg => "JPEG",
            Codec::Pcmu => "PCMU",
            Codec::Pcma => "PCMA",
        }
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Codec::H264 => "H.264",
            Codec::H265 => "H.265",
            Codec::Jpeg => "MJPEG",
            Codec::Pcmu => "G.711 µ-law",
            Codec::Pcma => "G.711 A-law",
        }
    }
}

/// One access unit of video, or one audio packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamFrame {
    /// How a decoder treats it.
    pub kind: FrameKind,
    /// Codec of `data`.
    pub codec: Codec,
    /// An Annex B access unit, a JPEG file, or G.711 bytes.
    pub data: Bytes,
    /// Capture time, unwrapped: 90 kHz for video, 8 kHz for audio, both with the same zero. It
    /// continues across reconnects; only B-frames step back slightly.
    pub rtp_time: u64,
    /// When the agent received the complete frame.
    pub arrived: Instant,
    /// Width and height in pixels; key frames only.
    pub size: Option<(u32, u32)>,
}

/// The state of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamState {
    /// Nobody requests it yet, or it is starting.
    Waiting,
    /// Frames are coming.
    Playing {
        /// Codec of the pictures.
        codec: Codec,
        /// In pixels; 0 if unknown.
        width: u32,
        /// In pixels; 0 if unknown.
        height: u32,
    },
    /// Pictures are coming, but none yet that a decoder can begin with.
    NoKeyFrame,
    /// It is unavailable and will be tried again.
    Offline(Reason),
    /// The recorder refused the login; it is not tried again until the settings change.
    Refused(Reason),
}

/// What a subscriber receives next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The last group of pictures, video only, key frame first; send it immediately.
    Cached(Vec<Arc<StreamFrame>>),
    /// One more frame. After [`Event::Lagged`], after a reconnect, and if nothing was cached, the
    /// first video frame is a key frame.
    Frame(Arc<StreamFrame>),
    /// The state of the stream changed; the current state is sent once at the start.
    State(StreamState),
    /// Frames were missed; the next video frame is a key frame.
    Lagged,
}

/// Hubs by camera and stream.
pub type Hubs = BTreeMap<(String, StreamKind), Hub>;

/// All streams of one recorder; cheap to clone.
#[derive(Debug, Clone)]
pub struct Streams {
    cameras: watch::Receiver<Vec<Camera>>,
    hubs: watch::Receiver<Arc<Hubs>>,
    reason: watch::Receiver<Option<Reason>>,
}

impl Streams {
    /// Combines what [`keeper`] publishes; tests may publish directly.
    pub fn new(cameras: watch::Receiver<Vec<Camera>>, hubs: watch::Receiver<Arc<Hubs>>) -> Streams {
        Streams {
            cameras,
            hubs,
            reason: watch::channel(None).1,
        }
    }

    /// The same streams, with what is wrong with their recorder.
    #[must_use]
    pub fn with_reason(self, reason: watch::Receiver<Option<Reason>>) -> Streams {
        Streams { reason, ..self }
    }

    /// Fixed streams that the caller feeds through their hubs, without a recorder.
    pub fn from_hubs(cameras: Vec<Camera>, hubs: Hubs) -> Streams {
        Streams::new(watch::channel(cameras).1, watch::channel(Arc::new(hubs)).1)
    }

    /// Subscribes to a stream, and starts it if it is not running. Returns `None` if there is no
    /// such camera.
    pub fn subscribe(&self, camera: &str, kind: StreamKind) -> Option<Subscription> {
        let hubs = self.hubs.borrow();
        hubs.get(&(camera.to_owned(), kind)).map(Hub::subscribe)
    }

    /// The streams of a camera, and what comes in on each. A stream that serves as both is there once.
    pub fn figures(&self, camera: &str) -> Vec<(StreamKind, StreamState, StreamFigures)> {
        self.of_camera(camera, |kind, hub| {
            (kind, hub.state().borrow().clone(), hub.figures())
        })
    }

    /// The streams of a camera, and what is known about each; none if there is no such camera.
    pub fn list(&self, camera: &str) -> Vec<CameraStream> {
        self.of_camera(camera, |stream, hub| CameraStream {
            stream,
            format: hub.format(),
        })
    }

    /// The same as the recorder alone lists them.
    pub fn listed(&self, camera: &str) -> Vec<CameraStream> {
        self.of_camera(camera, |stream, hub| CameraStream {
            stream,
            format: hub.listed(),
        })
    }

    /// What each stream of a camera takes of a path.
    pub fn rated(&self, camera: &str) -> Vec<RatedStream> {
        self.of_camera(camera, |stream, hub| {
            RatedStream::new(stream, &hub.format(), hub.figures().bits_per_second())
        })
    }

    /// Bits per second of a stream's pictures, once counted.
    pub fn bits_per_second(&self, camera: &str, kind: StreamKind) -> Option<u64> {
        let hubs = self.hubs.borrow();
        let hub = hubs.get(&(camera.to_owned(), kind))?;
        hub.figures().bits_per_second()
    }

    fn of_camera<T>(&self, camera: &str, mut of: impl FnMut(StreamKind, &Hub) -> T) -> Vec<T> {
        let hubs = self.hubs.borrow();
        let first = (camera.to_owned(), StreamKind::Main);
        let main = hubs.get(&first);
        let own = hubs.range(first.clone()..);
        own.take_while(|((id, _), _)| id == camera)
            .filter(|((_, kind), hub)| {
                *kind == StreamKind::Main || main.is_none_or(|main| !main.is(hub))
            })
            .map(|((_, kind), hub)| of(*kind, hub))
            .collect()
    }

    /// The streams of all cameras, and every change to them.
    pub fn hubs(&self) -> watch::Receiver<Arc<Hubs>> {
        self.hubs.clone()
    }

    /// The cameras of the recorder, and every change to them.
    pub fn cameras(&self) -> watch::Receiver<Vec<Camera>> {
        self.cameras.clone()
    }

    /// What is wrong with the recorder as a whole, and every change to it.
    pub fn reason(&self) -> watch::Receiver<Option<Reason>> {
        self.reason.clone()
    }
}
