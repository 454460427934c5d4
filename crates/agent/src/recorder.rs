//! Communicates with one recorder: finds its cameras, their names and the addresses of their
//! streams, and reports whether it is reachable. The stream keeper receives the result.

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

/// The connection state of a recorder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecorderStatus {
    /// It has not been reached yet.
    Opening,
    /// It has listed its cameras. A recorder configured by RTSP addresses is always in this state.
    Online,
    /// It is unreachable or sends invalid answers, and is tried again. The text is a sentence for
    /// people.
    Unreachable(String),
    /// It refused the user name or password, and is not tried again until the settings change. The
    /// text is a sentence for people.
    Refused(String),
}

/// One recorder, validated and ready to run.
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
    /// Validates the settings of a recorder without connecting to it.
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

    /// The cameras that were found, with the sources of their streams.
    pub fn sources(&self) -> watch::Receiver<Vec<CameraSource>> {
        self.sources.subscribe()
    }

    /// The connection state of the recorder.
    pub fn status(&self) -> watch::Receiver<RecorderStatus> {
        self.status.subscribe()
    }

    /// Monitors the recorder until `shutdown`.
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

/// The host and port of a recorder in the settings, for names and folders.
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
