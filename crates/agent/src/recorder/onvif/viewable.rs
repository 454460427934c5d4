//! Changes a stream of an ONVIF camera so that every browser shows it: the settings of its encoder are
//! read, changed to H.264 within what the device says it can do, put back whole and read again.

use onvif::encoder::{self, EncoderSettings, H264Options};
use onvif::media::ProfileCodec;
use onvif::{OnvifService, ptz};
use proto::control::streams::{MakeViewable, ViewableChange};
use tokio::time::sleep;
use url::Url;

use super::OnvifRecorder;
use super::cameras::{OnvifCamera, picture_format};
use super::soap::{SoapFailure, optional};
use crate::limits::{MAX_READ_BACKS, READ_BACK_AGAIN};
use crate::recorder::handle::RequestError;

/// Where the settings of an encoder are.
struct EncoderPlace<'a> {
    service: OnvifService,
    address: Url,
    encoder: &'a str,
}

impl OnvifRecorder {
    /// What would change, or what has changed if the person agrees.
    pub(super) async fn make_viewable(
        &self,
        camera: &OnvifCamera,
        wish: &MakeViewable,
    ) -> Result<ViewableChange, RequestError> {
        let encoder = camera.encoders.get(&wish.stream);
        let encoder = encoder.ok_or(RequestError::Unsupported)?;
        let (place, before) = self.encoder_settings(encoder).await?;
        let options = self.h264_options(&place).await?;
        let is_h264 = before.video.codec == ProfileCodec::H264;
        let to = match is_h264 {
            true => before.video.clone(),
            false => before.as_h264(&options),
        };
        let mut change = ViewableChange {
            stream: wish.stream,
            from: picture_format(&before.video),
            to: picture_format(&to),
            is_done: is_h264,
            // ONVIF has no such answer: a change counts at once.
            needs_restart: false,
        };
        if is_h264 || !wish.is_agreed {
            return Ok(change);
        }
        tracing::info!(camera = camera.id, stream = ?wish.stream, "a viewer changes a stream to H.264");
        let request = before.set_h264(place.service, &options);
        let answer = self.soap.ask(&request, &place.address).await?;
        ptz::parse_done(&answer).map_err(|_| RequestError::Refused)?;
        self.read_back(&place).await?;
        change.is_done = true;
        // Whatever the stream sends, its session began before.
        if let Some(profile) = camera.profile(wish.stream) {
            *self.revisions().entry(profile.to_owned()).or_default() += 1;
        }
        self.changed.notify_one();
        Ok(change)
    }

    /// The settings of an encoder, from the second media service where there is one: the first has no name
    /// for H.265.
    async fn encoder_settings<'a>(
        &self,
        encoder: &'a str,
    ) -> Result<(EncoderPlace<'a>, EncoderSettings), RequestError> {
        let mut refused = RequestError::Unsupported;
        for service in [OnvifService::Media2, OnvifService::Media1] {
            let Some(address) = self.place(service) else {
                continue;
            };
            let place = EncoderPlace {
                service,
                address,
                encoder,
            };
            match self.settings_at(&place).await {
                Ok(settings) => return Ok((place, settings)),
                Err(RequestError::Offline) => return Err(RequestError::Offline),
                Err(error) => refused = refused.or_worse(error),
            }
        }
        Err(refused)
    }

    async fn settings_at(&self, place: &EncoderPlace<'_>) -> Result<EncoderSettings, RequestError> {
        let request = encoder::get_settings(place.service, place.encoder);
        let answer = self.soap.ask(&request, &place.address).await?;
        let settings = encoder::parse_settings(&answer, place.encoder);
        Ok(settings.map_err(SoapFailure::from)?)
    }

    /// What the encoder can do in H.264. Not every device says.
    async fn h264_options(&self, place: &EncoderPlace<'_>) -> Result<H264Options, RequestError> {
        let request = encoder::get_options(place.service, place.encoder);
        let answer = self.soap.ask(&request, &place.address).await;
        match optional(answer, encoder::parse_options)? {
            Some(Some(options)) => Ok(options),
            Some(None) => Err(RequestError::Unsupported),
            None => Ok(H264Options::default()),
        }
    }

    /// Waits until the device shows the change.
    async fn read_back(&self, place: &EncoderPlace<'_>) -> Result<(), RequestError> {
        for n_read in 0..MAX_READ_BACKS {
            if n_read > 0 {
                sleep(READ_BACK_AGAIN).await;
            }
            match self.settings_at(place).await {
                Ok(now) if now.video.codec == ProfileCodec::H264 => return Ok(()),
                Err(RequestError::Refused) => return Err(RequestError::Refused),
                // A camera that restarts its encoder may answer nothing for a moment.
                Ok(_) | Err(_) => {}
            }
        }
        Err(RequestError::NotKept)
    }
}
