//! Reads data from a Hikvision recorder for viewers: capabilities of cameras, and snapshots.

use bytes::Bytes;
use proto::control::requests::{CameraCapabilities, SnapshotSize};
use proto::isapi::{IsapiError, PtzCapabilities, ResponseStatus, path, ptz};
use proto::link::message::StreamKind;
use tokio::time::Instant;

use super::cameras::stream_id;
use super::http::GetError;
use super::isapi::Isapi;
use crate::limits::{CAPABILITIES_KEPT, MAX_SNAPSHOT_BYTES};
use crate::recorder::desk::DriverReports;
use crate::recorder::handle::{RecorderFetch, RecorderFetches, RequestError};
use crate::recorder::jpeg::is_picture;

/// Devices that cannot scale ignore it.
const SMALL: &str = "?videoResolutionWidth=640&videoResolutionHeight=360";

/// What a camera answered, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownCamera {
    pub(super) ptz: (Instant, PtzCapabilities),
    pub(super) all: Option<(Instant, CameraCapabilities)>,
}

impl Isapi {
    /// Fetches as long as somebody may ask.
    pub(super) async fn serve_fetches(
        &self,
        fetches: &mut RecorderFetches,
        reports: &DriverReports,
    ) {
        while let Some(fetch) = fetches.next().await {
            match fetch {
                RecorderFetch::Capabilities(asked) => {
                    let outcome = match super::channel(reports, &asked.question) {
                        Ok(channel) => self.camera_capabilities(channel, reports).await,
                        Err(error) => Err(error),
                    };
                    asked.answer(outcome);
                }
                RecorderFetch::Snapshot(asked) => {
                    let (camera, size) = &asked.question;
                    let outcome = match super::channel(reports, camera) {
                        Ok(channel) => self.snapshot(channel, *size).await,
                        Err(error) => Err(error),
                    };
                    asked.answer(outcome);
                }
                RecorderFetch::MakeViewable(asked) => {
                    let wish = &asked.question;
                    let outcome = match super::channel(reports, &wish.camera) {
                        Ok(channel) => self.make_viewable(channel, wish).await,
                        Err(error) => Err(error),
                    };
                    asked.answer(outcome);
                }
                RecorderFetch::Image(asked) => {
                    let outcome = match super::channel(reports, &asked.question) {
                        Ok(channel) => self.image(channel).await.map(|image| image.settings),
                        Err(error) => Err(error),
                    };
                    asked.answer(outcome);
                }
                RecorderFetch::SetImage(asked) => {
                    let (camera, change) = &asked.question;
                    let outcome = match super::channel(reports, camera) {
                        Ok(channel) => self.set_image(channel, change).await,
                        Err(error) => Err(error),
                    };
                    asked.answer(outcome);
                }
            }
        }
        std::future::pending().await
    }

    /// How a camera can be steered. A refusal means that it cannot.
    pub(super) async fn ptz_capabilities(
        &self,
        channel: u32,
    ) -> Result<PtzCapabilities, RequestError> {
        if let Some(known) = self.known().get(&channel)
            && known.ptz.0.elapsed() < CAPABILITIES_KEPT
        {
            return Ok(known.ptz.1);
        }
        let parsed = match self.http.get(&path::ptz_capabilities(channel)).await {
            Ok(body) => PtzCapabilities::parse(&body).map_err(GetError::from),
            Err(error) => Err(error),
        };
        let ptz = answered(parsed)?.unwrap_or_default();
        let known = KnownCamera {
            ptz: (Instant::now(), ptz),
            all: None,
        };
        self.known().insert(channel, known);
        Ok(ptz)
    }

    async fn camera_capabilities(
        &self,
        channel: u32,
        reports: &DriverReports,
    ) -> Result<CameraCapabilities, RequestError> {
        let ptz = self.ptz_capabilities(channel).await?;
        let known = self.known().get(&channel).and_then(|known| known.all);
        if let Some((at, all)) = known
            && at.elapsed() < CAPABILITIES_KEPT
        {
            return Ok(all);
        }
        let talk = reports.talk_place(&channel.to_string()).await;
        let all = CameraCapabilities {
            pan_tilt: ptz.has_pan_tilt,
            zoom: ptz.has_zoom,
            focus: self.has_lens(channel, true).await?,
            iris: self.has_lens(channel, false).await?,
            presets: ptz.n_presets,
            patrols: ptz.n_patrols,
            snapshot: match self.snapshot(channel, SnapshotSize::Small).await {
                Ok(_) => true,
                Err(RequestError::Offline) => return Err(RequestError::Offline),
                Err(_) => false,
            },
            talk: talk.clone().unwrap_or_default(),
            image: has(self
                .image(channel)
                .await
                .map(|image| image.settings.is_any()))?,
            outputs: u16::try_from(self.n_outputs().await?).unwrap_or(u16::MAX),
            events: self.has_events().await?,
        };
        // A camera that could not say it now is asked again.
        if talk.is_ok()
            && let Some(known) = self.known().get_mut(&channel)
        {
            known.all = Some((Instant::now(), all));
        }
        Ok(all)
    }

    async fn has_lens(&self, channel: u32, is_focus: bool) -> Result<bool, RequestError> {
        let parsed = match self.http.get(&path::lens(channel, is_focus)).await {
            Ok(body) => ptz::is_lens(&body).map_err(GetError::from),
            Err(error) => Err(error),
        };
        Ok(answered(parsed)?.unwrap_or(false))
    }

    async fn snapshot(&self, channel: u32, size: SnapshotSize) -> Result<Bytes, RequestError> {
        let stream = stream_id(channel, StreamKind::Main);
        let query = match size {
            SnapshotSize::Small => SMALL,
            SnapshotSize::Full => "",
        };
        // Recorders answer the first with badXmlContent for network cameras.
        let paths = [path::picture(stream), path::proxy_picture(stream)];
        let mut refused = RequestError::Unsupported;
        for path in paths {
            match self.picture(&format!("{path}{query}")).await {
                Ok(picture) => return Ok(picture),
                Err(error @ (GetError::Refused(_) | GetError::Unreachable(_))) => {
                    return Err(error.into());
                }
                Err(error) => refused = refused.or_worse(error.into()),
            }
        }
        Err(refused)
    }

    async fn picture(&self, path: &str) -> Result<Bytes, GetError> {
        let body = self.http.get_up_to(path, MAX_SNAPSHOT_BYTES).await?;
        if is_picture(&body) {
            return Ok(Bytes::from(body));
        }
        match ResponseStatus::parse(&body) {
            Ok(status) => Err(IsapiError::Status(status).into()),
            Err(error) => Err(error.into()),
        }
    }
}

impl RequestError {
    /// The reason that says more, of two paths for the same.
    pub(in crate::recorder) fn or_worse(self, other: RequestError) -> RequestError {
        match other {
            RequestError::Unsupported => self,
            other => other,
        }
    }
}

/// The same, where a user that may not read it cannot use it either.
fn has(answer: Result<bool, RequestError>) -> Result<bool, RequestError> {
    match answer {
        Err(error @ (RequestError::Offline | RequestError::Timeout)) => Err(error),
        answer => Ok(answer.unwrap_or(false)),
    }
}

/// A refusal answers a question about what a camera can do; everything else is no answer.
pub(super) fn answered<T>(parsed: Result<T, GetError>) -> Result<Option<T>, RequestError> {
    match parsed.map_err(RequestError::from) {
        Ok(value) => Ok(Some(value)),
        Err(RequestError::Unsupported) => Ok(None),
        Err(error) => Err(error),
    }
}
