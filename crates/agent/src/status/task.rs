//! The task that writes the status file: when something changes, at most once in a few seconds, on request,
//! and once more at the end, so that the file says until when the agent ran.

use std::future::pending;
use std::path::PathBuf;
use std::pin::Pin;

use futures_util::future::select_all;
use proto::health::RecorderHealth;
use proto::link::message::Camera;
use proto::paced::Paced;
use proto::reach::SiteReach;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::cameras::BothClocks;
use super::question::StatusQuestion;
use super::{AgentReport, CameraReport, LinkReport, RecorderReport, RecorderState, file};
use crate::limits::STATUS_EVERY;
use crate::recorder::RecorderStatus;
use crate::stream::Streams;
use crate::unix_time::unix_seconds;

/// Writes the status of one agent into its data folder.
#[derive(Debug)]
pub(crate) struct StatusTask {
    data_dir: PathBuf,
    watches: StatusWatches,
    is_failing: bool,
}

/// Where a status comes from.
#[derive(Debug)]
pub(crate) struct StatusWatches {
    /// When the agent started, in seconds since 1970.
    pub(crate) started_at: u64,
    /// The cloud that it dials, without a login.
    pub(crate) cloud: String,
    pub(crate) reach: watch::Receiver<SiteReach>,
    /// Of the recorders that are served now.
    pub(crate) recorders: Vec<RecorderWatches>,
    /// Says which these are, and every change.
    pub(crate) served: watch::Receiver<Vec<RecorderWatches>>,
}

/// Where the report on a recorder comes from.
#[derive(Debug, Clone)]
pub(crate) struct RecorderWatches {
    pub(crate) name: String,
    pub(crate) serial: String,
    pub(crate) link: watch::Receiver<LinkReport>,
    pub(crate) status: watch::Receiver<RecorderStatus>,
    pub(crate) health: watch::Receiver<RecorderHealth>,
    pub(crate) cameras: watch::Receiver<Vec<Camera>>,
    pub(crate) streams: Streams,
}

impl StatusTask {
    pub(crate) fn new(data_dir: PathBuf, watches: StatusWatches) -> StatusTask {
        StatusTask {
            data_dir,
            watches,
            is_failing: false,
        }
    }

    /// Runs until `shutdown`, and then until the last write.
    pub(crate) async fn run(mut self, shutdown: CancellationToken) {
        let start = Instant::now();
        // When to write is decided there, and tested on virtual time.
        let mut paced = Paced::new(STATUS_EVERY);
        let mut question = StatusQuestion::new(&self.data_dir);
        while !shutdown.is_cancelled() {
            paced.set(self.watches.report());
            if let Some(report) = paced.take(start.elapsed())
                && !self.store(report).await
            {
                paced.not_passed_on();
            }
            let due = paced.due().map(|due| start + due);
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = self.watches.changed() => {}
                () = until(due) => {}
                () = question.is_asked() => {
                    let now = self.watches.report();
                    self.store(now).await;
                    question.is_answered();
                }
            }
        }
        let last = self.watches.report();
        self.store(last).await;
    }

    /// Whether that worked. A full disk is one message, not one every few seconds.
    async fn store(&mut self, report: AgentReport) -> bool {
        let data_dir = self.data_dir.clone();
        let storing = tokio::task::spawn_blocking(move || file::store(&data_dir, report));
        let stored = storing.await.map_err(anyhow::Error::from);
        let was_failing = self.is_failing;
        let stored = stored.and_then(|stored| stored);
        self.is_failing = stored.is_err();
        if let Err(error) = stored
            && !was_failing
        {
            tracing::warn!("the status file cannot be written: {error:#}");
        }
        !self.is_failing
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => pending().await,
    }
}

impl StatusWatches {
    pub(crate) fn new(
        cloud: String,
        reach: watch::Receiver<SiteReach>,
        mut served: watch::Receiver<Vec<RecorderWatches>>,
    ) -> StatusWatches {
        let recorders = served.borrow_and_update().clone();
        StatusWatches {
            started_at: unix_seconds(),
            cloud,
            reach,
            recorders,
            served,
        }
    }

    fn report(&mut self) -> AgentReport {
        AgentReport {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: self.started_at,
            cloud: self.cloud.clone(),
            reach: *self.reach.borrow_and_update(),
            recorders: self
                .recorders
                .iter_mut()
                .map(RecorderWatches::report)
                .collect(),
        }
    }

    async fn changed(&mut self) {
        let mut changes: Vec<Pin<Box<dyn Future<Output = ()> + Send + '_>>> = Vec::new();
        changes.push(Box::pin(change(&mut self.reach)));
        for recorder in &mut self.recorders {
            changes.push(Box::pin(change(&mut recorder.link)));
            changes.push(Box::pin(change(&mut recorder.status)));
            changes.push(Box::pin(change(&mut recorder.health)));
            changes.push(Box::pin(change(&mut recorder.cameras)));
        }
        let is_roster_new = tokio::select! {
            _ = select_all(changes) => false,
            () = change(&mut self.served) => true,
        };
        if is_roster_new {
            self.recorders.clone_from(&self.served.borrow());
        }
    }
}

impl RecorderWatches {
    fn report(&mut self) -> RecorderReport {
        let (state, error) = RecorderState::of(&self.status.borrow_and_update());
        let health = self.health.borrow_and_update().clone();
        let cameras = self.cameras.borrow_and_update();
        let now = BothClocks {
            instant: std::time::Instant::now(),
            unix: unix_seconds(),
        };
        RecorderReport {
            name: self.name.clone(),
            serial: self.serial.clone(),
            link: self.link.borrow_and_update().clone(),
            state,
            error,
            n_cameras: cameras.len(),
            n_cameras_online: cameras.iter().filter(|camera| camera.is_online).count(),
            cameras: cameras
                .iter()
                .map(|camera| CameraReport::of(camera, &self.streams, now))
                .collect(),
            warnings: health.warnings().iter().map(ToString::to_string).collect(),
            health,
        }
    }
}

/// For ever once nobody changes it any more.
async fn change<T: Send + Sync>(watch: &mut watch::Receiver<T>) {
    if watch.changed().await.is_err() {
        pending().await
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proto::reach::MappingState;
    use proto::reason::Reason;

    use super::*;
    use crate::status::LinkState;

    #[test]
    fn a_status_collects_link_recorder_and_cameras() {
        let (_reach, reach) = watch::channel(SiteReach::unknown(MappingState::Silent));
        let mut link = LinkReport::new(100);
        link.becomes(LinkState::Up, 101);
        let camera = |id: &str, is_online| Camera {
            id: id.to_owned(),
            name: id.to_owned(),
            is_online,
            reason: None,
        };
        let unreachable = RecorderStatus::Unreachable(Reason::NoAnswer);
        let (_link, link) = watch::channel(link);
        let (_status, status) = watch::channel(unreachable);
        let (_health, health) = watch::channel(RecorderHealth {
            clock_ahead: Some(3_600),
            disks: None,
        });
        let (_cameras, cameras) = watch::channel(vec![camera("1", true), camera("2", false)]);
        let mut watches = StatusWatches {
            started_at: 100,
            cloud: "https://cloud.example.org/".to_owned(),
            reach,
            recorders: vec![RecorderWatches {
                name: "Home".to_owned(),
                serial: "PV".to_owned(),
                link,
                status,
                health,
                cameras,
                streams: Streams::from_hubs(Vec::new(), BTreeMap::new()),
            }],
            served: watch::channel(Vec::new()).1,
        };

        let report = watches.report();

        let recorder = &report.recorders[0];
        assert_eq!(recorder.link.state, LinkState::Up);
        assert_eq!(recorder.state, RecorderState::Unreachable);
        assert_eq!(
            recorder.error.as_deref(),
            Some("the recorder does not answer")
        );
        assert_eq!((recorder.n_cameras, recorder.n_cameras_online), (2, 1));
        assert_eq!(recorder.cameras.len(), 2);
        assert!(
            recorder.warnings[0].contains("60 minutes ahead"),
            "{recorder:?}"
        );
    }
}
