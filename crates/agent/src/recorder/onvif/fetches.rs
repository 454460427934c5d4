//! Reads data from an ONVIF device for viewers: capabilities of cameras, and snapshots.

use bytes::Bytes;
use onvif::ptz::PtzNode;
use onvif::{OnvifService, imaging, media};
use proto::control::requests::{CameraCapabilities, MAX_PRESET};
use tokio::time::Instant;

use super::OnvifRecorder;
use super::cameras::OnvifCamera;
use super::soap::optional;
use crate::limits::{CAPABILITIES_KEPT, MAX_SNAPSHOT_BYTES};
use crate::recorder::desk::DriverReports;
use crate::recorder::handle::{RecorderFetch, RecorderFetches, RequestError};
use crate::recorder::jpeg::is_picture;

/// What a camera answered, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownOnvif {
    node: (Instant, PtzNode),
    all: Option<(Instant, CameraCapabilities)>,
}

impl OnvifRecorder {
    /// Fetches as long as somebody may ask.
    pub(super) async fn serve_fetches(
        &self,
        fetches: &mut RecorderFetches,
        reports: &DriverReports,
    ) {
        while let Some(fetch) = fetches.next().await {
            match fetch {
                RecorderFetch::Capabilities(asked) => {
                    let outcome = match self.camera(reports, &asked.question) {
                        Ok(camera) => self.capabilities(&camera, reports).await,
                        Err(error) => Err(error),
                    };
                    asked.answer(outcome);
                }
                RecorderFetch::Snapshot(asked) => {
                    // The profile decides how large a picture is.
                    let (camera, _) = &asked.question;
                    let outcome = match self.camera(reports, camera) {
                        Ok(camera) => self.snapshot(&camera).await,
                        Err(error) => Err(error),
                    };
                    asked.answer(outcome);
                }
                RecorderFetch::MakeViewable(asked) => {
                    let wish = &asked.question;
                    let outcome = match self.camera(reports, &wish.camera) {
                        Ok(camera) => self.make_viewable(&camera, wish).await,
                        Err(error) => Err(error),
                    };
                    asked.answer(outcome);
                }
                RecorderFetch::Image(asked) => {
                    let outcome = match self.camera(reports, &asked.question) {
                        Ok(camera) => self.image(&camera).await,
                        Err(error) => Err(error),
                    };
                    asked.answer(outcome);
                }
                RecorderFetch::SetImage(asked) => {
                    let (camera, change) = &asked.question;
                    let outcome = match self.camera(reports, camera) {
                        Ok(camera) => self.set_image(&camera, change).await,
                        Err(error) => Err(error),
                    };
                    asked.answer(outcome);
                }
            }
        }
        std::future::pending().await
    }

    /// What the motor of a camera can do.
    pub(super) async fn node(&self, camera: &OnvifCamera) -> Result<PtzNode, RequestError> {
        if let Some(known) = self.known().get(&camera.id)
            && known.node.0.elapsed() < CAPABILITIES_KEPT
        {
            return Ok(known.node.1);
        }
        let motor = camera.motor.as_ref().zip(self.place(OnvifService::Ptz));
        let node = match motor {
            Some((motor, place)) => {
                let answer = self.soap.ask(&PtzNode::get(&motor.node), &place).await;
                optional(answer, PtzNode::parse)?.unwrap_or_default()
            }
            None => PtzNode::default(),
        };
        let known = KnownOnvif {
            node: (Instant::now(), node),
            all: None,
        };
        self.known().insert(camera.id.clone(), known);
        Ok(node)
    }

    async fn capabilities(
        &self,
        camera: &OnvifCamera,
        reports: &DriverReports,
    ) -> Result<CameraCapabilities, RequestError> {
        let node = self.node(camera).await?;
        let known = self.known().get(&camera.id).and_then(|known| known.all);
        if let Some((at, all)) = known
            && at.elapsed() < CAPABILITIES_KEPT
        {
            return Ok(all);
        }
        let focus = match camera
            .source
            .as_ref()
            .zip(self.place(OnvifService::Imaging))
        {
            Some((source, place)) => {
                let request = imaging::get_move_options(source);
                let answer = self.soap.ask(&request, &place).await;
                optional(answer, imaging::parse_move_options)?.unwrap_or(false)
            }
            None => false,
        };
        let talk = reports.talk_place(&camera.id).await;
        let all = CameraCapabilities {
            pan_tilt: node.has_pan_tilt,
            zoom: node.has_zoom,
            focus,
            iris: false,
            presets: u16::try_from(node.n_presets)
                .unwrap_or(MAX_PRESET)
                .min(MAX_PRESET),
            patrols: 0,
            snapshot: match self.snapshot(camera).await {
                Ok(_) => true,
                Err(RequestError::Offline) => return Err(RequestError::Offline),
                Err(_) => false,
            },
            talk: talk.clone().unwrap_or_default(),
            image: match self.image(camera).await {
                Ok(image) => image.is_any(),
                Err(RequestError::Offline) => return Err(RequestError::Offline),
                Err(_) => false,
            },
            outputs: u16::try_from(self.n_outputs().await?).unwrap_or(u16::MAX),
            events: self.has_events(),
        };
        // A camera that could not say it now is asked again.
        if talk.is_ok()
            && let Some(known) = self.known().get_mut(&camera.id)
        {
            known.all = Some((Instant::now(), all));
        }
        Ok(all)
    }

    async fn snapshot(&self, camera: &OnvifCamera) -> Result<Bytes, RequestError> {
        let said = self.snapshot_address(camera).await?;
        let address = self.reached(&said).ok_or(RequestError::BadAnswer)?;
        let picture = self.soap.picture(&address, MAX_SNAPSHOT_BYTES).await?;
        if is_picture(&picture) {
            Ok(Bytes::from(picture))
        } else {
            Err(RequestError::BadAnswer)
        }
    }

    /// Where a picture is. Media1 knows it on more devices than Media2.
    async fn snapshot_address(&self, camera: &OnvifCamera) -> Result<String, RequestError> {
        for service in [OnvifService::Media1, OnvifService::Media2] {
            let Some(place) = self.place(service) else {
                continue;
            };
            let request = media::get_snapshot_uri(service, &camera.main);
            let answer = self.soap.ask(&request, &place).await;
            if let Some(said) = optional(answer, media::parse_snapshot_uri)? {
                return Ok(said);
            }
        }
        Err(RequestError::Unsupported)
    }
}
