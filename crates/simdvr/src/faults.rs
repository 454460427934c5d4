//! The handle for tests: it breaks a running recorder in various ways, and returns its counters.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::config::ClipCodec;
use crate::events::SimEvent;
use crate::health::SimHealth;
use crate::image::SimImage;
use crate::ptz::PtzPosition;
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

/// How the streams of one camera fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameraFault {
    /// SETUP is refused with this RTSP status: 453 where all streams are in use.
    Refused(u16),
    /// Both streams are MPEG-4 Part 2. They are only described; nothing is sent.
    Mpeg4,
    /// The lists report "NO VIDEO" or offline, while the streams play.
    ReportedOffline,
    /// Key frames are left out, as by a camera that sends one every few minutes.
    NoKeyFrames,
}

/// How ISAPI fails, while RTSP works.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpFaults {
    /// Every request over plain HTTP is answered with 302 to this address.
    pub redirect: Option<String>,
    /// These documents are refused with 403, for want of a right.
    pub forbidden: Vec<&'static str>,
    /// These documents are refused with 401, although the login is right, as by firmware that means "not now".
    pub unauthorized: Vec<&'static str>,
    /// Documents are in GB2312 and say so, as of firmware from 2014.
    pub is_gb2312: bool,
    /// Capabilities have no `RacmCap`, although the list of network cameras is there.
    pub lacks_racm: bool,
    /// What becomes of changed settings of a stream.
    pub settings: SettingsFate,
    /// How its clock and disks are.
    pub health: SimHealth,
}

/// What a recorder does with changed settings of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SettingsFate {
    /// They count at once.
    #[default]
    Kept,
    /// It says that they do, and forgets them.
    Forgotten,
    /// They count after a restart, and it says so.
    AfterRestart,
    /// A document with a profile of H.265 beside H.264 is refused.
    WithoutProfile,
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
    /// RTSP sessions that their clients ended with TEARDOWN.
    pub teardowns: u64,
    /// RTSP sessions refused with 453.
    pub sessions_refused: u64,
    /// DESCRIBE requests answered with 200.
    pub describes: u64,
    /// HTTP requests that reached ISAPI with the right login.
    pub http_requests: u64,
    /// Of these, questions for its clock and its disks.
    pub health_questions: u64,
    /// ONVIF requests that were let in.
    pub soap_requests: u64,
    /// Wrong logins over HTTP and RTSP together, including those of a locked account.
    pub failed_logins: u64,
    /// Requests with a login, right or wrong, over HTTP and RTSP together.
    pub signed_requests: u64,
    /// Those of them that came over plain HTTP.
    pub signed_in_clear: u64,
    /// TLS handshakes that clients began.
    pub tls_handshakes: u64,
    /// Key frames requested over ISAPI.
    pub key_frame_requests: u64,
    /// Questions for key frames over RTCP.
    pub picture_losses: u64,
    /// JPEGs sent.
    pub snapshots: u64,
    /// Settings of streams that were changed.
    pub settings_changed: u64,
    /// Movements, presets and patrols that were ordered.
    pub ptz_orders: u64,
    /// Whether somebody is on the recorder's talk line.
    pub is_talk_line_open: bool,
    /// Samples that were said through loudspeakers.
    pub talk_samples: u64,
    /// Those of them that one hears.
    pub loud_talk_samples: u64,
    /// Image settings that were changed.
    pub image_orders: u64,
    /// Outputs that were switched.
    pub output_orders: u64,
    /// Audio outputs and decoders that were added to profiles.
    pub loudspeaker_parts_added: u64,
    /// Those who listen for events over ISAPI.
    pub alert_listeners: usize,
    /// Alert streams opened since the start.
    pub alert_streams: u64,
    /// Subscriptions to events over ONVIF that were made.
    pub subscriptions: u64,
    /// Renewals of subscriptions.
    pub renewals: u64,
    /// Subscriptions that were ended by their client.
    pub unsubscribed: u64,
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

    /// Where RTSP is answered.
    pub fn rtsp_address(&self) -> SocketAddr {
        self.shared.rtsp_addr
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
            .change_camera(camera, |state| state.codecs[..2].fill(Some(codec)));
    }

    /// Changes the codec of one stream of a camera, 0 for the main and 1 for the sub stream; its running sessions
    /// end.
    ///
    /// # Panics
    /// Panics if there is no such camera or stream; the first camera is 1.
    pub fn set_stream_codec(&self, camera: usize, stream: usize, codec: ClipCodec) {
        self.shared
            .change_camera(camera, |state| state.codecs[stream] = Some(codec));
    }

    /// Makes the streams of a camera fail, or work again; its running sessions end.
    ///
    /// # Panics
    /// Panics if there is no such camera; the first is 1.
    pub fn set_camera_fault(&self, camera: usize, fault: Option<CameraFault>) {
        self.shared
            .change_camera(camera, |state| state.fault = fault);
    }

    /// Makes ISAPI fail; the default repairs it.
    pub fn set_http_faults(&self, faults: HttpFaults) {
        *self.shared.http_faults() = faults;
    }

    /// Where a camera looks; nothing if it cannot be steered.
    pub fn ptz(&self, camera: usize) -> Option<PtzPosition> {
        let motors = self.shared.motors(camera.checked_sub(1)?)?;
        Some(motors.position(self.shared.now()))
    }

    /// Somebody begins to talk on the recorder's line who never closes it, as a program that has crashed.
    pub fn leave_talk_line_open(&self) {
        let opened = self.shared.talk_line().open();
        self.shared.count(|stats| stats.is_talk_line_open = true);
        tracing::debug!(?opened, "a talk was left open");
    }

    /// Ends the talk on the recorder's line, as for somebody at the recorder itself: its connection is closed.
    pub fn end_talk(&self) {
        self.shared.talk_line().close();
        self.shared.count(|stats| stats.is_talk_line_open = false);
    }

    /// Whether a camera moves.
    pub fn is_moving(&self, camera: usize) -> bool {
        let motors = camera.checked_sub(1).and_then(|it| self.shared.motors(it));
        motors.is_some_and(|motors| motors.is_moving(self.shared.now()))
    }

    /// Something begins, goes on or ends at a camera, or at the recorder if it names none; the type is
    /// one of ISAPI.
    pub fn raise(&self, camera: Option<usize>, event_type: &str, is_active: bool) {
        self.shared.events.raise(SimEvent {
            camera,
            event_type: event_type.to_owned(),
            is_active,
        });
    }

    /// The image settings of a connected camera.
    pub fn image(&self, camera: usize) -> Option<SimImage> {
        self.shared
            .image(camera.checked_sub(1)?, |image| image.clone())
    }

    /// Which outputs are on.
    pub fn outputs(&self) -> Vec<bool> {
        self.shared.outputs().clone()
    }

    /// Closes every alert stream without notice.
    pub fn drop_alert_streams(&self) {
        self.shared.events.drop_listeners();
    }

    /// Closes every RTSP connection mid-stream, without notice.
    pub fn drop_sessions(&self) {
        self.shared.drops.send_modify(|count| *count += 1);
    }

    /// Sets how the recorder as a whole behaves.
    pub fn set_mode(&self, mode: FaultMode) {
        self.shared.mode.send_replace(mode);
    }

    /// Shows another certificate from now on, as after a reset; open connections stay.
    ///
    /// # Panics
    /// Panics if no certificate can be made.
    pub fn change_certificate(&self) {
        self.shared.tls.change().expect("a certificate");
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
