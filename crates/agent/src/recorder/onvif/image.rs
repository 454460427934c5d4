//! The image settings of an ONVIF camera, by its imaging service. Only what changes is sent.

use onvif::imaging::{self, ImagingOptions, ImagingSettings, IrCutFilter, NumberRange};
use onvif::ptz;
use proto::control::image::{DayNight, ImageChange, ImageLevel, ImageSettings};

use super::OnvifRecorder;
use super::cameras::OnvifCamera;
use super::soap::{SoapFailure, optional};
use crate::recorder::handle::RequestError;
use onvif::OnvifService;

impl OnvifRecorder {
    /// The image settings of a camera.
    pub(super) async fn image(&self, camera: &OnvifCamera) -> Result<ImageSettings, RequestError> {
        let (settings, options) = self.imaging(camera).await?;
        Ok(shown(&settings, &options))
    }

    /// Changes image settings; returns them as the device has them then.
    pub(super) async fn set_image(
        &self,
        camera: &OnvifCamera,
        change: &ImageChange,
    ) -> Result<ImageSettings, RequestError> {
        let (settings, options) = self.imaging(camera).await?;
        if !change.is_possible(&shown(&settings, &options)) {
            return Err(RequestError::Unsupported);
        }
        let (source, place) = self.imaging_of(camera)?;
        let request = imaging::set_settings(source, &sent(change, &options));
        let answer = self.soap.ask(&request, &place).await?;
        ptz::parse_done(&answer).map_err(SoapFailure::from)?;
        self.image(camera).await
    }

    async fn imaging(
        &self,
        camera: &OnvifCamera,
    ) -> Result<(ImagingSettings, ImagingOptions), RequestError> {
        let (source, place) = self.imaging_of(camera)?;
        let answer = self
            .soap
            .ask(&imaging::get_settings(source), &place)
            .await?;
        let settings = imaging::parse_settings(&answer).map_err(SoapFailure::from)?;
        // Without its ranges, no number means anything.
        let answer = self.soap.ask(&imaging::get_options(source), &place).await;
        let options = optional(answer, imaging::parse_options)?.unwrap_or_default();
        Ok((settings, options))
    }

    fn imaging_of<'a>(&self, camera: &'a OnvifCamera) -> Result<(&'a str, url::Url), RequestError> {
        let source = camera.source.as_deref().ok_or(RequestError::Unsupported)?;
        Ok((source, self.must_have(OnvifService::Imaging)?))
    }
}

/// In our levels.
fn shown(settings: &ImagingSettings, options: &ImagingOptions) -> ImageSettings {
    let level = |own: Option<f64>, range: Option<NumberRange>| {
        let (own, range) = own.zip(range)?;
        Some(ImageLevel::of_share(
            (own - range.min) / (range.max - range.min),
        ))
    };
    let mut modes: Vec<DayNight> = options.filters.iter().copied().map(mode).collect();
    modes.sort_unstable();
    modes.dedup();
    ImageSettings {
        brightness: level(settings.brightness, options.brightness),
        contrast: level(settings.contrast, options.contrast),
        saturation: level(settings.saturation, options.saturation),
        sharpness: level(settings.sharpness, options.sharpness),
        day_night: settings.filter.map(mode).filter(|_| !modes.is_empty()),
        day_night_modes: modes,
        wdr: settings.wdr.filter(|_| options.has_wdr),
        // The imaging service has none.
        flip: None,
        flip_modes: Vec::new(),
    }
}

/// In the device's own numbers.
fn sent(change: &ImageChange, options: &ImagingOptions) -> ImagingSettings {
    let own = |level: Option<ImageLevel>, range: Option<NumberRange>| {
        let (level, range) = level.zip(range)?;
        Some(range.min + level.share() * (range.max - range.min))
    };
    ImagingSettings {
        brightness: own(change.brightness, options.brightness),
        saturation: own(change.saturation, options.saturation),
        contrast: own(change.contrast, options.contrast),
        sharpness: own(change.sharpness, options.sharpness),
        filter: change.day_night.and_then(|mode| match mode {
            DayNight::Day => Some(IrCutFilter::On),
            DayNight::Night => Some(IrCutFilter::Off),
            DayNight::Auto => Some(IrCutFilter::Auto),
            DayNight::Other => None,
        }),
        wdr: change.wdr,
    }
}

fn mode(filter: IrCutFilter) -> DayNight {
    match filter {
        IrCutFilter::On => DayNight::Day,
        IrCutFilter::Off => DayNight::Night,
        IrCutFilter::Auto => DayNight::Auto,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_survives_the_way_to_a_device_and_back() {
        for (min, max) in [(0.0, 100.0), (0.0, 255.0), (-1.0, 1.0), (1.0, 10.0)] {
            let options = ImagingOptions {
                contrast: Some(NumberRange { min, max }),
                ..ImagingOptions::default()
            };
            for percent in 0..=100 {
                let contrast = ImageLevel::try_from(percent).ok();
                let change = ImageChange {
                    contrast,
                    ..ImageChange::default()
                };
                assert_eq!(shown(&sent(&change, &options), &options).contrast, contrast);
            }
        }
    }

    #[test]
    fn a_setting_without_a_range_is_absent() {
        let settings = ImagingSettings {
            brightness: Some(50.0),
            filter: Some(IrCutFilter::Auto),
            wdr: Some(true),
            ..ImagingSettings::default()
        };

        assert!(!shown(&settings, &ImagingOptions::default()).is_any());
    }
}
