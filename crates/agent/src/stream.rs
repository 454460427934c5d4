//! The pictures and sounds of one recorder: each stream is pulled once and handed to any number
//! of subscribers. A subscriber first gets the last group of pictures, then every frame as it
//! comes; one that is too slow misses frames up to the next key frame, and no memory grows.

pub mod clock;
pub mod gop;
pub mod hub;
pub mod keeper;
pub mod login;
mod puller;
pub mod source;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use proto::link::message::{Camera, StreamKind};
use tokio::sync::watch;

use hub::Hub;
pub use hub::Subscription;

/// What a frame is to a decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameKind {
    /// A picture that needs no other, with its parameter sets in front.
    VideoKey,
    /// A picture that builds on the ones before it.
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
    /// G.711 µ-law at 8 kHz.
    Pcmu,
    /// G.711 A-law at 8 kHz.
    Pcma,
}

/// One access unit of video, or one packet of sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamFrame {
    /// What it is to a decoder.
    pub kind: FrameKind,
    /// How it is encoded.
    pub codec: Codec,
    /// An Annex B access unit, or G.711 bytes.
    pub data: Bytes,
    /// Time of capture, unwrapped: 90 kHz for video, 8 kHz for sound, both from the same zero.
    /// It goes on across reconnects; only B-frames step back a little.
    pub rtp_time: u64,
    /// When the agent had the whole frame.
    pub arrived: Instant,
    /// Width and height in pixels; key frames only.
    pub size: Option<(u32, u32)>,
}

/// How a stream is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamState {
    /// Nothing wants it yet, or it is being started.
    Waiting,
    /// Frames are coming.
    Playing {
        /// Of the pictures.
        codec: Codec,
        /// In pixels; 0 while unknown.
        width: u32,
        /// In pixels; 0 while unknown.
        height: u32,
    },
    /// It cannot be had now, and is tried again; the reason is a sentence for people.
    Offline(String),
    /// The recorder refused the user name or password; nothing is tried again.
    Refused,
}

/// What a subscriber learns next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The last group of pictures, video only, key frame first: to be sent at once.
    Cached(Vec<Arc<StreamFrame>>),
    /// One more frame. The first video frame after [`Event::Lagged`], after a reconnect, and
    /// where nothing was cached, is a key frame.
    Frame(Arc<StreamFrame>),
    /// The stream changed its state; the present one is told once at the start.
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
}

impl Streams {
    /// Puts together what [`keeper`] publishes; tests may publish by hand.
    pub fn new(cameras: watch::Receiver<Vec<Camera>>, hubs: watch::Receiver<Arc<Hubs>>) -> Streams {
        Streams { cameras, hubs }
    }

    /// Fixed streams that the caller feeds through their hubs, with no recorder behind them.
    pub fn from_hubs(cameras: Vec<Camera>, hubs: Hubs) -> Streams {
        Streams::new(watch::channel(cameras).1, watch::channel(Arc::new(hubs)).1)
    }

    /// Starts watching one stream, which starts it where it is not running.
    /// `None` if there is no such camera.
    pub fn subscribe(&self, camera: &str, kind: StreamKind) -> Option<Subscription> {
        let hubs = self.hubs.borrow();
        hubs.get(&(camera.to_owned(), kind)).map(Hub::subscribe)
    }

    /// The cameras of the recorder, and every change of them.
    pub fn cameras(&self) -> watch::Receiver<Vec<Camera>> {
        self.cameras.clone()
    }
}
