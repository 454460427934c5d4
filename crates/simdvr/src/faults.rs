//! The handle for tests: it breaks a running recorder in various ways, and returns its counters.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::config::ClipCodec;
use crate::shared::Shared;

/// Breaks and repairs a running recorder; clones act on the same one. Cameras count from 1.
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
    /// Every answer is invalid and then the connection is closed; open connections get invalid data
    /// at once.
    Garbage,
    /// Connections are accepted and stay open, and nothing more is ever sent.
    Hang,
    /// As during a reboot: every connection is dropped and new ones are refused.
    Refuse,
}

/// What the recorder has counted since it started. Streams are identified by their ISAPI number
/// (101 …).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DvrStats {
    /// Open RTSP connections.
    pub rtsp_connections: usize,
    /// Open RTSP sessions, per stream.
    pub sessions: BTreeMap<u32, usize>,
    /// RTSP sessions opened since the start, per stream.
    pub sessions_opened: BTreeMap<u32, u64>,
    /// Maximum number of simultaneous RTSP sessions, per stream.
    pub sessions_peak: BTreeMap<u32, usize>,
    /// RTSP sessions refused with 453.
    pub sessions_refused: u64,
    /// DESCRIBE requests answered with 200.
    pub describes: u64,
    /// HTTP requests that reached ISAPI with the right login.
    pub http_requests: u64,
    /// Wrong logins over HTTP and RTSP together, including those of a locked account.
    pub failed_logins: u64,
    /// Key frames requested over ISAPI.
    pub key_frame_requests: u64,
}

impl DvrStats {
    /// Open RTSP sessions of all streams together.
    pub fn sessions_open(&self) -> usize {
        self.sessions.values().sum()
    }
}

impl Faults {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Removes a camera from its input or reconnects it: its running sessions end, its streams
    /// answer 404, and the channel lists show it.
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

    /// Closes every RTSP connection mid-stream, without notice.
    pub fn drop_sessions(&self) {
        self.shared.drops.send_modify(|count| *count += 1);
    }

    /// Sets how the recorder as a whole behaves.
    pub fn set_mode(&self, mode: FaultMode) {
        self.shared.mode.send_replace(mode);
    }

    /// Changes the account's password; running sessions continue, as on a real recorder.
    pub fn set_password(&self, password: &str) {
        self.shared.gate().set_password(password);
    }

    /// Moves the clock of the lock-out and of the nonces forward.
    pub fn skip_time(&self, time: Duration) {
        self.shared.gate().skip_time(time);
    }

    /// The current counters.
    pub fn stats(&self) -> DvrStats {
        self.shared.stats.borrow().clone()
    }

    /// Waits until the counters satisfy `condition` and returns them; wrap it in a timeout.
    pub async fn wait_for(&self, condition: impl FnMut(&DvrStats) -> bool) -> DvrStats {
        let mut counts = self.shared.stats.subscribe();
        match counts.wait_for(condition).await {
            Ok(stats) => stats.clone(),
            Err(_) => self.stats(),
        }
    }
}
