//! Talks to one recorder: finds its cameras, their names and where their streams are, and says
//! whether it can be reached. What it finds goes to the stream keeper.

mod cameras;
mod http;
mod isapi;
mod rtsp;

use anyhow::Result;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::config::RecorderConfig;
use crate::stream::source::CameraSource;

/// How the agent stands with a recorder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecorderStatus {
    /// Not reached yet.
    Opening,
    /// It told its cameras. A recorder by RTSP addresses is always so.
    Online,
    /// It cannot be reached or makes no sense, and is tried again; a sentence for people.
    Unreachable(String),
    /// It refused the user name or password, and nothing is tried again until the settings
    /// change; a sentence for people.
    Refused(String),
}

/// One recorder, checked and ready to run.
#[derive(Debug)]
pub struct RecorderDriver {
    kind: DriverKind,
    sources: watch::Sender<Vec<CameraSource>>,
    status: watch::Sender<RecorderStatus>,
}

#[derive(Debug)]
enum DriverKind {
    Hikvision(Box<isapi::Isapi>),
    Rtsp,
}

impl RecorderDriver {
    /// Checks the settings of a recorder without talking to it.
    pub fn new(config: &RecorderConfig) -> Result<RecorderDriver> {
        let (kind, sources, status) = match config {
            RecorderConfig::Hikvision(config) => (
                DriverKind::Hikvision(Box::new(isapi::Isapi::new(config)?)),
                Vec::new(),
                RecorderStatus::Opening,
            ),
            RecorderConfig::Rtsp(config) => (
                DriverKind::Rtsp,
                rtsp::cameras(config)?,
                RecorderStatus::Online,
            ),
        };
        Ok(RecorderDriver {
            kind,
            sources: watch::Sender::new(sources),
            status: watch::Sender::new(status),
        })
    }

    /// The cameras as they are found, with where their streams come from.
    pub fn sources(&self) -> watch::Receiver<Vec<CameraSource>> {
        self.sources.subscribe()
    }

    /// How the agent stands with the recorder.
    pub fn status(&self) -> watch::Receiver<RecorderStatus> {
        self.status.subscribe()
    }

    /// Watches over the recorder until `shutdown`.
    pub async fn run(self, shutdown: CancellationToken) {
        match self.kind {
            DriverKind::Hikvision(mut isapi) => {
                tokio::select! {
                    () = shutdown.cancelled() => {}
                    () = isapi.run(&self.sources, &self.status) => {}
                }
            }
            DriverKind::Rtsp => shutdown.cancelled().await,
        }
    }
}

/// What the settings call the place of a recorder: its host and port, for names and folders.
pub(crate) fn place(config: &RecorderConfig) -> Result<String> {
    let url = match config {
        RecorderConfig::Hikvision(config) => isapi::base_url(&config.address)?,
        RecorderConfig::Rtsp(config) => rtsp::first_url(config)?,
    };
    Ok(host_and_port(&url))
}

fn host_and_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}
