//! Tries a recorder once with the typed address and login, through the driver that would serve it, and
//! inspects the pictures of a recorder that is already served.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use bytes::Bytes;
use proto::control::requests::SnapshotSize;
use proto::link::message::{Camera, StreamKind};
use proto::reason::Reason;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::film::film;
use crate::added::AddedRecorder;
use crate::certificates::CertificatePins;
use crate::config::RecorderKind;
use crate::identity::disk;
use crate::limits::{RECORDER_END, SETUP_PICTURE, SETUP_TRIAL};
use crate::recorder::{RecorderDriver, RecorderStatus};
use crate::roster::ServedRecorder;
use crate::stream::keeper::{Keeper, WarmBudget};
use crate::stream::{Codec, Event, FrameKind, StreamState, Streams, Subscription};

/// How a trial ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrialEnd {
    /// The recorder lists these cameras, or the camera sends pictures.
    Works(Vec<String>),
    /// The login was refused. It was sent once.
    Refused(Reason),
    /// It cannot be used for another reason.
    Failed(Reason),
    /// Something answers, and has no cameras: it may be no recorder of this kind.
    NoCameras,
}

/// What a camera shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// A picture as a JPEG file.
    Picture {
        /// Name of the camera.
        camera: String,
        /// The file.
        jpeg: Bytes,
    },
    /// The recorder gives no still picture.
    Pictures {
        /// A key frame that a browser can show.
        film: Option<Bytes>,
        /// Name of the camera.
        camera: String,
        /// Their codec.
        codec: &'static str,
        /// Their size in pixels, if known.
        size: Option<(u32, u32)>,
    },
    /// There is none yet.
    Nothing(Option<Reason>),
}

/// Tries a recorder with what is known of its certificate in `folder`. The driver itself sends a login once.
pub(super) async fn try_recorder(
    recorder: &AddedRecorder,
    folder: &Path,
    authorities: Arc<rustls::RootCertStore>,
) -> Result<TrialEnd> {
    disk::make_private_folder(folder)?;
    let pins = CertificatePins::open(folder, authorities)?;
    let driver = RecorderDriver::new(&recorder.config()?, &pins)?;
    let (status, sources) = (driver.status(), driver.sources());
    let (keeper, streams) = Keeper::new(
        driver.sources(),
        driver.status(),
        driver.handle(),
        WarmBudget::new(0),
    );
    let stop = CancellationToken::new();
    let _stopped_if_dropped = stop.clone().drop_guard();
    let mut tasks = JoinSet::new();
    tasks.spawn(driver.run(stop.clone()));
    tasks.spawn(keeper.run(stop.clone()));
    let settled = async {
        match answered(status).await {
            Some(end) => end,
            None if recorder.kind == RecorderKind::Rtsp => plays(&streams).await,
            None if sources.borrow().is_empty() => TrialEnd::NoCameras,
            None => {
                let names = sources.borrow().iter().map(|it| it.name.clone()).collect();
                TrialEnd::Works(names)
            }
        }
    };
    let end = timeout(SETUP_TRIAL, settled).await;
    let end = end.unwrap_or(TrialEnd::Failed(Reason::NoAnswer));
    stop.cancel();
    // So that no session stays open on a recorder that has few.
    let ended = async { while tasks.join_next().await.is_some() {} };
    timeout(RECORDER_END, ended).await.ok();
    forget_unmet(folder, &end);
    Ok(end)
}

/// Waits until the recorder has been reached or not; `None` if it has.
async fn answered(mut status: watch::Receiver<RecorderStatus>) -> Option<TrialEnd> {
    loop {
        match status.borrow_and_update().clone() {
            RecorderStatus::Opening => {}
            RecorderStatus::Online => return None,
            RecorderStatus::Unreachable(reason) => return Some(TrialEnd::Failed(reason)),
            RecorderStatus::Refused(reason) => return Some(TrialEnd::Refused(reason)),
        }
        if status.changed().await.is_err() {
            return Some(TrialEnd::Failed(Reason::Unknown));
        }
    }
}

/// Whether the first camera plays.
async fn plays(streams: &Streams) -> TrialEnd {
    let Some((camera, mut subscription)) = first_camera(streams, StreamKind::Main).await else {
        return TrialEnd::NoCameras;
    };
    loop {
        match subscription.next().await {
            Event::State(StreamState::Playing { .. } | StreamState::NoKeyFrame) => {
                return TrialEnd::Works(vec![camera.name]);
            }
            Event::State(StreamState::Refused(reason)) => return TrialEnd::Refused(reason),
            Event::State(StreamState::Offline(reason)) => return TrialEnd::Failed(reason),
            _ => {}
        }
    }
}

/// Removes what was kept about an address at which there was no recorder. A certificate that was met together with
/// a refused login, or that is another one than before, stays known.
fn forget_unmet(folder: &Path, end: &TrialEnd) {
    let is_met = match end {
        TrialEnd::Works(_) | TrialEnd::Refused(_) => true,
        TrialEnd::Failed(reason) => *reason == Reason::CertificateChanged,
        TrialEnd::NoCameras => false,
    };
    if is_met || folder.join("identity.json").exists() {
        return;
    }
    let file = fs::remove_file(folder.join("certificates.json"));
    // Fails where anything else is in it.
    let removed = fs::remove_dir(folder);
    if let Err(error) = file.and(removed) {
        tracing::debug!("could not remove the folder of a trial: {error}");
    }
}

/// Waits for a picture of a recorder's first camera with one.
pub(super) async fn look(recorder: &ServedRecorder) -> Sight {
    let sight = async {
        let mut status = recorder.status.clone();
        let is_settled = |it: &RecorderStatus| *it != RecorderStatus::Opening;
        match status.wait_for(is_settled).await.map(|it| it.clone()) {
            Ok(RecorderStatus::Refused(reason) | RecorderStatus::Unreachable(reason)) => {
                return Sight::Nothing(Some(reason));
            }
            Ok(_) => {}
            Err(_) => return Sight::Nothing(None),
        }
        let found = first_camera(&recorder.streams, StreamKind::Sub).await;
        let Some((camera, subscription)) = found else {
            return Sight::Nothing(None);
        };
        let asked = recorder.handle.snapshot(&camera.id, SnapshotSize::Small);
        match asked.get().await {
            Ok(jpeg) => Sight::Picture {
                camera: camera.name,
                jpeg,
            },
            Err(_) => first_picture(camera, subscription).await,
        }
    };
    let looked = timeout(SETUP_PICTURE, sight).await;
    looked.unwrap_or(Sight::Nothing(None))
}

async fn first_picture(camera: Camera, mut subscription: Subscription) -> Sight {
    loop {
        let frame = match subscription.next().await {
            Event::Cached(frames) => frames.into_iter().next(),
            Event::Frame(frame) => Some(frame),
            Event::State(StreamState::Refused(reason) | StreamState::Offline(reason)) => {
                return Sight::Nothing(Some(reason));
            }
            Event::State(_) | Event::Lagged => None,
        };
        match frame.filter(|frame| frame.kind == FrameKind::VideoKey) {
            Some(frame) if frame.codec == Codec::Jpeg => {
                return Sight::Picture {
                    camera: camera.name,
                    jpeg: frame.data.clone(),
                };
            }
            Some(frame) => {
                let size = frame.size.filter(|_| frame.codec == Codec::H264);
                return Sight::Pictures {
                    film: size.and_then(|size| film(&frame.data, size)),
                    camera: camera.name,
                    codec: frame.codec.name(),
                    size: frame.size,
                };
            }
            None => {}
        }
    }
}

/// Waits for the list of cameras; the first one that is online, or the first of all.
async fn first_camera(streams: &Streams, kind: StreamKind) -> Option<(Camera, Subscription)> {
    let mut cameras = streams.cameras();
    let listed = cameras.wait_for(|cameras| !cameras.is_empty()).await.ok()?;
    let online = listed.iter().find(|camera| camera.is_online);
    let camera = online.or_else(|| listed.first())?.clone();
    drop(listed);
    let subscription = streams.subscribe(&camera.id, kind);
    let subscription = subscription.or_else(|| streams.subscribe(&camera.id, StreamKind::Main))?;
    Some((camera, subscription))
}
