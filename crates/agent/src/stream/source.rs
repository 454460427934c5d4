//! The sources of a camera's streams, as the recorder driver found them.

use std::fmt;
use std::sync::Arc;

use tokio::sync::mpsc;
use url::Url;

use super::login::LoginGate;
use crate::config::{Password, RtpTransport};

/// A user name and its password.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// User name on the recorder.
    pub user: String,
    /// Password of `user`.
    pub password: Password,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(hidden)")
    }
}

/// One stream on one recorder.
#[derive(Clone)]
pub struct Source {
    /// `rtsp://…`, without user name and password.
    pub url: Url,
    /// The login, if the recorder asks for one.
    pub login: Option<Login>,
    /// How RTP comes from the recorder.
    pub transport: RtpTransport,
    /// Shared by all streams with the same login, so that a wrong password is tried once.
    pub gate: Arc<LoginGate>,
    /// Requests a key frame, if the recorder supports it.
    pub key_frames: Option<KeyFrames>,
}

/// Requests a key frame of one stream from a recorder, so that a viewer need not wait for the next
/// one.
#[derive(Debug, Clone)]
pub struct KeyFrames {
    asks: mpsc::Sender<u32>,
    stream_id: u32,
}

impl KeyFrames {
    /// Queues the number of the stream in `asks`, which the recorder's driver reads.
    pub fn new(asks: mpsc::Sender<u32>, stream_id: u32) -> KeyFrames {
        KeyFrames { asks, stream_id }
    }

    /// Requests a key frame, unless too many requests are already waiting.
    pub fn ask(&self) {
        if self.asks.try_send(self.stream_id).is_err() {
            tracing::debug!(
                stream.id = self.stream_id,
                "skipped a key frame request: too many are waiting"
            );
        }
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Source) -> bool {
        // Gate and key frame asks are the driver's handles and make no other stream.
        self.url == other.url && self.login == other.login && self.transport == other.transport
    }
}

impl fmt::Debug for Source {
    /// The path is omitted, because it contains a secret on some cameras.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("host", &self.url.host_str())
            .finish_non_exhaustive()
    }
}

/// One camera and the sources of its streams.
#[derive(Debug, Clone, PartialEq)]
pub struct CameraSource {
    /// Id of the camera, stable within the recorder.
    pub id: String,
    /// Display name, at most 64 characters.
    pub name: String,
    /// Whether the recorder reports that the camera responds; `None` if it does not report it and
    /// the stream itself has to show it.
    pub is_online: Option<bool>,
    /// The main stream.
    pub main: Source,
    /// The small picture; if there is none, the full one is used.
    pub sub: Option<Source>,
}
