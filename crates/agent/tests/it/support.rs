//! The world of these tests: a simulated recorder, the agent's recorder side, and patience.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use agent::certificates::CertificatePins;
use agent::config::{HikvisionConfig, Password, RecorderConfig, RtpTransport};
use agent::recorder::handle::RecorderHandle;
use agent::recorder::{RecorderDriver, RecorderStatus};
use agent::stream::keeper::{Keeper, WarmBudget};
use agent::stream::{Event, FrameKind, StreamFrame, StreamState, Streams, Subscription};
use proto::health::RecorderHealth;
use proto::link::message::Camera;
use simdvr::{Faults, SimDvr};
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

pub(crate) const USER: &str = "viewer";
pub(crate) const PASSWORD: &str = "right-password";
/// Generous: two cores may be busy with something else.
const PATIENCE: Duration = Duration::from_secs(40);

/// Waits for something that has to happen.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| panic!("waited too long for {what}"))
}

/// A simulated recorder that runs until dropped.
pub(crate) struct Dvr {
    pub(crate) faults: Faults,
    pub(crate) http: std::net::SocketAddr,
    pub(crate) rtsp: std::net::SocketAddr,
    /// If it has TLS.
    pub(crate) https: Option<std::net::SocketAddr>,
    /// If it has TLS.
    pub(crate) rtsps: Option<std::net::SocketAddr>,
    pub(crate) discovery: Option<std::net::SocketAddr>,
    _stop: DropGuard,
}

impl Dvr {
    pub(crate) async fn with_four_cameras() -> Dvr {
        Dvr::start(simdvr::Config::four_cameras(USER, PASSWORD)).await
    }

    pub(crate) async fn start(config: simdvr::Config) -> Dvr {
        let dvr = SimDvr::bind(config).await.expect("free ports");
        let stop = CancellationToken::new();
        let (faults, http, rtsp) = (dvr.faults(), dvr.http_addr(), dvr.rtsp_addr());
        let (https, rtsps) = (dvr.https_addr(), dvr.rtsps_addr());
        let discovery = dvr.discovery_addr();
        tokio::spawn(dvr.run(stop.clone()));
        Dvr {
            faults,
            http,
            rtsp,
            https,
            rtsps,
            discovery,
            _stop: stop.drop_guard(),
        }
    }

    pub(crate) fn settings(&self) -> HikvisionConfig {
        HikvisionConfig {
            id: None,
            name: None,
            address: self.http.to_string(),
            user: USER.to_owned(),
            password: Password::new(PASSWORD),
            rtsp_port: None,
            poll_seconds: 1,
            transport: RtpTransport::Tcp,
            allow_basic: false,
            sessions: None,
        }
    }

    /// Runs the recorder side of an agent against this recorder, with all sub-streams warm.
    pub(crate) fn watched(&self) -> Side {
        Side::start(&RecorderConfig::Hikvision(self.settings()), 64 << 20)
    }
}

/// The recorder side of an agent: driver, keeper, streams. Runs until dropped.
pub(crate) struct Side {
    pub(crate) streams: Streams,
    pub(crate) status: watch::Receiver<RecorderStatus>,
    pub(crate) health: watch::Receiver<RecorderHealth>,
    pub(crate) recorder: RecorderHandle,
    pub(crate) stop: CancellationToken,
    pub(crate) tasks: Vec<JoinHandle<()>>,
    /// Of the recorder.
    pub(crate) folder: Arc<Folder>,
    _stop: DropGuard,
}

impl Side {
    pub(crate) fn start(config: &RecorderConfig, warm_memory_bytes: usize) -> Side {
        Side::start_in(Arc::new(Folder::new()), config, warm_memory_bytes)
    }

    /// The same, with what an earlier one has kept.
    pub(crate) fn start_in(
        folder: Arc<Folder>,
        config: &RecorderConfig,
        warm_memory_bytes: usize,
    ) -> Side {
        let no_roots = Arc::new(rustls::RootCertStore::empty());
        let pins = CertificatePins::open(&folder.recorder(), no_roots).expect("a folder");
        let recorder = RecorderDriver::new(config, &pins).expect("right settings");
        let (status, health) = (recorder.status(), recorder.health());
        let handle = recorder.handle();
        let (keeper, streams) = Keeper::new(
            recorder.sources(),
            recorder.status(),
            recorder.handle(),
            WarmBudget::new(warm_memory_bytes),
        );
        let keeper = keeper.with_sessions(config.sessions());
        let stop = CancellationToken::new();
        let tasks = vec![
            tokio::spawn(recorder.run(stop.clone())),
            tokio::spawn(keeper.run(stop.clone())),
        ];
        Side {
            streams,
            status,
            health,
            recorder: handle,
            tasks,
            folder,
            _stop: stop.clone().drop_guard(),
            stop,
        }
    }

    pub(crate) fn from_text(settings: &str) -> Side {
        Side::start(&rtsp_settings(settings), 64 << 20)
    }

    /// Waits until the camera list satisfies `is_so`.
    pub(crate) async fn cameras_when(
        &self,
        what: &str,
        is_so: impl FnMut(&Vec<Camera>) -> bool,
    ) -> Vec<Camera> {
        let mut cameras = self.streams.cameras();
        let found = soon(what, cameras.wait_for(is_so)).await;
        found.expect("the keeper runs").clone()
    }

    /// Waits until the recorder's status satisfies `is_so`.
    pub(crate) async fn status_when(
        &mut self,
        what: &str,
        is_so: impl FnMut(&RecorderStatus) -> bool,
    ) -> RecorderStatus {
        let status = soon(what, self.status.wait_for(is_so)).await;
        status.expect("the recorder runs").clone()
    }
}

/// Settings of a recorder by RTSP addresses, with `kind` filled in.
pub(crate) fn rtsp_settings(text: &str) -> RecorderConfig {
    RecorderConfig::Rtsp(toml::from_str(text).expect("right settings"))
}

/// Waits until a subscription's stream is in such a state.
pub(crate) async fn state_when(
    subscription: &mut Subscription,
    what: &str,
    mut is_so: impl FnMut(&StreamState) -> bool,
) -> StreamState {
    soon(what, async {
        loop {
            if let Event::State(state) = subscription.next().await
                && is_so(&state)
            {
                return state;
            }
        }
    })
    .await
}

/// Waits for the next frame of such a kind.
pub(crate) async fn next_frame(
    subscription: &mut Subscription,
    mut is_so: impl FnMut(&StreamFrame) -> bool,
) -> Arc<StreamFrame> {
    soon("a frame", async {
        loop {
            if let Event::Frame(frame) = subscription.next().await
                && is_so(&frame)
            {
                return frame;
            }
        }
    })
    .await
}

pub(crate) fn is_video(frame: &StreamFrame) -> bool {
    frame.kind != FrameKind::Audio
}

/// A folder of this test alone, removed at its end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Folder {
        static N_FOLDERS: AtomicU32 = AtomicU32::new(0);
        let number = N_FOLDERS.fetch_add(1, Ordering::Relaxed);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("agent-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a writable folder");
        Folder(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The folder of a recorder, if this is an agent's data folder.
    pub(crate) fn recorder(&self) -> PathBuf {
        let folder = self.0.join("recorders/recorder");
        std::fs::create_dir_all(&folder).expect("a writable folder");
        folder
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _may_be_gone_already = std::fs::remove_dir_all(&self.0);
    }
}
