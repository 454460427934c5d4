//! Where the streams of a camera come from, as the recorder driver found them.

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
    /// Its password.
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
    /// What to log in with, where the recorder asks.
    pub login: Option<Login>,
    /// How RTP travels.
    pub transport: RtpTransport,
    /// Shared by all streams with the same login, so that a wrong password is tried once.
    pub gate: Arc<LoginGate>,
    /// Asks for a key frame, where the recorder can be asked.
    pub key_frames: Option<KeyFrames>,
}

/// Asks a recorder for a key frame of one stream, so that a viewer need not wait for the next.
#[derive(Debug, Clone)]
pub struct KeyFrames {
    asks: mpsc::Sender<u32>,
    stream_id: u32,
}

impl KeyFrames {
    /// Puts the number of the stream into `asks`, which the recorder's driver empties.
    pub fn new(asks: mpsc::Sender<u32>, stream_id: u32) -> KeyFrames {
        KeyFrames { asks, stream_id }
    }

    /// Asks, unless too many asks wait already.
    pub fn ask(&self) {
        if self.asks.try_send(self.stream_id).is_err() {
            tracing::debug!(stream.id = self.stream_id, "no key frame asked for");
        }
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Source) -> bool {
        self.url == other.url && self.login == other.login && self.transport == other.transport
    }
}

impl fmt::Debug for Source {
    /// The path may carry a secret on some cameras, so it is left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("host", &self.url.host_str())
            .finish_non_exhaustive()
    }
}

/// One camera and where its streams come from.
#[derive(Debug, Clone, PartialEq)]
pub struct CameraSource {
    /// Stable within the recorder.
    pub id: String,
    /// What people call it, at most 64 characters.
    pub name: String,
    /// Whether the recorder says that the camera answers; `None` where it does not say, and the
    /// stream itself has to tell.
    pub is_online: Option<bool>,
    /// The full picture.
    pub main: Source,
    /// The small picture; the full one stands in where there is none.
    pub sub: Option<Source>,
}
