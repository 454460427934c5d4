//! Communicates with one recorder: finds its cameras and the addresses of their streams, reports whether it
//! is reachable, and serves requests to it. One task owns the device with its login; everybody else has a
//! [`RecorderHandle`]. Each driver has its own folder.

mod desk;
mod due_stops;
pub(crate) mod event_tap;
mod events;
pub mod handle;
mod health;
mod hikvision;
mod jpeg;
mod onvif;
mod outputs;
mod rtsp;
mod steering;
mod talk;
mod turns;

use anyhow::{Context, Result};
use proto::health::RecorderHealth;
use proto::link::limits::MAX_NAME_CHARS;
use proto::reason::Reason;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::certificates::CertificatePins;
use crate::config::{RecorderConfig, address};
use crate::limits::END_MOVEMENTS;
use crate::stream::source::CameraSource;
use desk::{DriverDesk, DriverReports};
use handle::{RecorderHandle, RequestError};
use talk::TalkWays;

/// The connection state of a recorder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecorderStatus {
    /// It has not been reached yet.
    Opening,
    /// It has listed its cameras. A recorder configured by RTSP addresses is always in this state.
    Online,
    /// It is unreachable or sends invalid answers, and is tried again.
    Unreachable(Reason),
    /// It refused the login, and is not tried again until the settings change.
    Refused(Reason),
}

/// What a recorder says it is. Nothing of it is guessed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecorderIdentity {
    /// Model name, as the device spells it; empty if it does not say.
    pub model: String,
    /// Firmware version, as the device spells it; empty if it does not say.
    pub firmware: String,
}

/// A kind of recorder. Its cameras and states go to `reports`; what is asked of it comes from the
/// desk.
trait Driver {
    /// Monitors the recorder and serves requests. Returns only if the recorder must be left alone,
    /// for example after a refused password.
    fn run(&mut self, desk: &mut DriverDesk) -> impl Future<Output = ()> + Send;
}

/// One recorder, validated and ready to run.
#[derive(Debug)]
pub struct RecorderDriver {
    kind: DriverKind,
    desk: DriverDesk,
    handle: RecorderHandle,
}

#[derive(Debug)]
enum DriverKind {
    Hikvision(Box<hikvision::Isapi>),
    Onvif(Box<onvif::OnvifRecorder>),
    Rtsp(rtsp::RtspAddresses),
}

impl RecorderDriver {
    /// Validates the settings of a recorder without connecting to it.
    pub fn new(config: &RecorderConfig, pins: &CertificatePins) -> Result<RecorderDriver> {
        let (kind, reports) = match config {
            RecorderConfig::Hikvision(config) => {
                let isapi = hikvision::Isapi::new(config, pins)?;
                let talk = TalkWays::on_lines(isapi.talk_lines());
                let reports = DriverReports::new(Vec::new(), RecorderStatus::Opening, talk);
                (DriverKind::Hikvision(Box::new(isapi)), reports)
            }
            RecorderConfig::Onvif(config) => {
                let device = onvif::OnvifRecorder::new(config, pins)?;
                let talk = TalkWays::to_loudspeakers(device.loudspeakers());
                let reports = DriverReports::new(Vec::new(), RecorderStatus::Opening, talk);
                (DriverKind::Onvif(Box::new(device)), reports)
            }
            RecorderConfig::Rtsp(config) => {
                let cameras = rtsp::cameras(config, pins)?;
                let talk = TalkWays::default();
                let reports = DriverReports::new(cameras, RecorderStatus::Online, talk);
                (DriverKind::Rtsp(rtsp::RtspAddresses), reports)
            }
        };
        let (handle, requests) = RecorderHandle::new();
        let handle = handle.with_turns(reports.talk.turns());
        Ok(RecorderDriver {
            kind,
            desk: DriverDesk { reports, requests },
            handle,
        })
    }

    /// The cameras that were found, with the sources of their streams.
    pub fn sources(&self) -> watch::Receiver<Vec<CameraSource>> {
        self.desk.reports.sources.subscribe()
    }

    /// The connection state of the recorder.
    pub fn status(&self) -> watch::Receiver<RecorderStatus> {
        self.desk.reports.status.subscribe()
    }

    /// What the recorder says it is; `None` until it has answered.
    pub fn identity(&self) -> watch::Receiver<Option<RecorderIdentity>> {
        self.desk.reports.identity.subscribe()
    }

    /// How its clock and its disks are, as far as it says.
    pub fn health(&self) -> watch::Receiver<RecorderHealth> {
        self.desk.reports.health.subscribe()
    }

    /// The way to ask something of the recorder.
    pub fn handle(&self) -> RecorderHandle {
        self.handle.clone()
    }

    /// Monitors the recorder and serves requests until `shutdown`.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut desk = self.desk;
        let talks = desk.requests.talks.take();
        let (sources, ways) = (desk.reports.sources.subscribe(), desk.reports.talk.clone());
        let (orders, outputs) = (
            desk.requests.orders.last.clone(),
            desk.requests.outputs.last.clone(),
        );
        let talking = async {
            match talks {
                Some(talks) => talk::serve(talks, sources, ways, shutdown.clone()).await,
                None => shutdown.cancelled().await,
            }
        };
        let driving = async {
            match self.kind {
                DriverKind::Hikvision(mut isapi) => isapi.run(&mut desk).await,
                DriverKind::Onvif(mut device) => device.run(&mut desk).await,
                DriverKind::Rtsp(mut addresses) => addresses.run(&mut desk).await,
            }
            desk.requests.refuse_all(&RequestError::Refused).await;
        };
        let ending = async {
            tokio::join!(talking, async {
                shutdown.cancelled().await;
                let stopped = async { tokio::join!(orders.end(), outputs.end()) };
                // A recorder that does not answer holds nobody up.
                let _ = tokio::time::timeout(END_MOVEMENTS, stopped).await;
            });
        };
        tokio::select! {
            // Ends after `shutdown`, when the talks have ended and nothing moves any more.
            () = ending => {}
            () = driving => {}
        }
    }
}

/// The host and port of a recorder in the settings, for names and folders.
pub(crate) fn place(config: &RecorderConfig) -> Result<String> {
    let url = match config {
        RecorderConfig::Hikvision(config) => base_url(&config.address)?,
        RecorderConfig::Onvif(config) => base_url(&config.address)?,
        RecorderConfig::Rtsp(config) => return Ok(rtsp::first_address(config)?.place()),
    };
    Ok(host_and_port(&url))
}

/// Completes an address as people write it.
fn base_url(address: &str) -> Result<Url> {
    address::recorder_url(address).context("reading the address of a recorder")
}

fn host_and_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// A name that is valid for the registry; "Camera 3" if there is none.
fn camera_name(name: &str, number: u32) -> String {
    let name = proto::shown::shown(name, MAX_NAME_CHARS);
    if name.is_empty() {
        format!("Camera {number}")
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn camera_names_are_cleaned_and_cut_to_64_characters() {
        assert_eq!(camera_name("  Gate\u{7} ", 1), "Gate");
        assert_eq!(
            camera_name("\u{e9}".repeat(100).as_str(), 1)
                .chars()
                .count(),
            64
        );
        assert_eq!(camera_name("", 7), "Camera 7");
    }

    #[test]
    fn addresses_without_scheme_or_port_are_completed() {
        for (address, expected) in [
            ("192.0.2.10", "http://192.0.2.10/"),
            ("192.0.2.10:8000", "http://192.0.2.10:8000/"),
            ("[2001:db8::1]:81", "http://[2001:db8::1]:81/"),
            ("dvr.lan", "http://dvr.lan/"),
            ("https://dvr.lan", "https://dvr.lan/"),
        ] {
            assert_eq!(base_url(address).expect(address).as_str(), expected);
        }
    }

    #[test]
    fn addresses_with_a_login_or_a_path_are_refused() {
        for address in [
            "",
            "http://ana:x@192.0.2.1",
            "admin:12345#67@192.0.2.1",
            "admin:pa#ss@192.0.2.1",
            "192.0.2.1#x",
            "192.0.2.1/ISAPI",
            "ftp://192.0.2.1",
        ] {
            assert!(base_url(address).is_err(), "{address}");
        }
    }
}
