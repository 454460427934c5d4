//! The handle tests hold: what to break in a running recorder, and what the recorder has counted.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::config::ClipCodec;
use crate::shared::Shared;

/// Breaks and mends a running recorder; clones act on the same one. Cameras count from 1.
#[derive(Clone, Debug)]
pub struct Faults {
    shared: Arc<Shared>,
}

/// How the recorder as a whole behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FaultMode {
    /// As it should.
    #[default]
    Normal,
    /// Every answer is nonsense, then the connection is closed; open ones get nonsense at once.
    Garbage,
    /// Connections are accepted and stay open, and nothing more is ever sent.
    Hang,
    /// As while rebooting: every connection is dropped and new ones are refused.
    Refuse,
}

/// What the recorder has counted since it started. Streams are keyed by their ISAPI number (101 …).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DvrStats {
    /// RTSP connections open now.
    pub rtsp_connections: usize,
    /// RTSP sessions open now, per stream.
    pub sessions: BTreeMap<u32, usize>,
    /// RTSP sessions ever opened, per stream.
    pub sessions_opened: BTreeMap<u32, u64>,
    /// The most RTSP sessions that were open at one time, per stream.
    pub sessions_peak: BTreeMap<u32, usize>,
    /// RTSP sessions refused with 453.
    pub sessions_refused: u64,
    /// DESCRIBE requests answered with 200.
    pub describes: u64,
    /// HTTP requests that reached ISAPI with the right login.
    pub http_requests: u64,
    /// Wrong logins over HTTP and RTSP together, those of a locked account included.
    pub failed_logins: u64,
    /// Key frames asked for over ISAPI.
    pub key_frame_requests: u64,
}

impl DvrStats {
    /// RTSP sessions open now on all streams together.
    pub fn sessions_open(&self) -> usize {
        self.sessions.values().sum()
    }
}

impl Faults {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Takes a camera off its input or puts it back: its running sessions end, its streams answer
    /// 404, and the channel lists say so.
    ///
    /// # Panics
    /// Panics if there is no such camera; the first is 1.
    pub fn set_camera_online(&self, camera: usize, online: bool) {
        self.shared
            .change_camera(camera, |state| state.online = online);
    }

    /// Changes the codec of a camera's main and sub stream; its running sessions end.
    ///
    /// # Panics
    /// Panics if there is no such camera; the first is 1.
    pub fn set_camera_codec(&self, camera: usize, codec: ClipCodec) {
        self.shared
            .change_camera(camera, |state| state.codecs = [codec; 2]);
    }

    /// Closes every RTSP connection without a word, in mid-stream.
    pub fn drop_sessions(&self) {
        self.shared.drops.send_modify(|count| *count += 1);
    }

    /// Switches how the recorder as a whole behaves.
    pub fn set_mode(&self, mode: FaultMode) {
        self.shared.mode.send_replace(mode);
    }

    /// Changes the account's password; running sessions go on, as on a real recorder.
    pub fn set_password(&self, password: &str) {
        self.shared.gate().set_password(password);
    }

    /// Moves the clock of the lock-out and of the nonces forward.
    pub fn skip_time(&self, time: Duration) {
        self.shared.gate().skip_time(time);
    }

    /// The counts at this moment.
    pub fn stats(&self) -> DvrStats {
        self.shared.stats.borrow().clone()
    }

    /// Waits until the counts satisfy `condition` and returns them; put a timeout around it.
    pub async fn wait_for(&self, condition: impl FnMut(&DvrStats) -> bool) -> DvrStats {
        let mut counts = self.shared.stats.subscribe();
        match counts.wait_for(condition).await {
            Ok(stats) => stats.clone(),
            Err(_) => self.stats(),
        }
    }
}
