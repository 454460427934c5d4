//! Steers the cameras of an ONVIF device: orders in their order, one at a time. Movements have a time
//! limit, which some firmware ignores, so a stop follows from here.

use onvif::ptz::{self, OnvifPreset, PtzVelocity};
use onvif::{OnvifRequest, OnvifService, imaging};
use proto::control::requests::{MAX_PRESET, MAX_PRESET_NAME_CHARS, Preset, PresetList, PtzAction};
use proto::shown::shown;
use tokio::time::{Instant, timeout};
use url::Url;

use super::OnvifRecorder;
use super::cameras::OnvifCamera;
use super::soap::SoapFailure;
use crate::limits::ORDER_REQUEST;
use crate::recorder::desk::DriverReports;
use crate::recorder::due_stops::DueStops;
use crate::recorder::handle::{PtzOrder, RequestError};
use crate::recorder::steering::{Steering, after};

/// What has to be stopped: a profile's motor, or a video source's focus.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::recorder) enum Moving {
    Turn(String),
    Focus(String),
}

impl Steering for OnvifRecorder {
    type Motion = Moving;

    async fn steer(
        &self,
        order: &PtzOrder,
        stops: &mut DueStops<Moving>,
        reports: &DriverReports,
    ) -> Result<PresetList, RequestError> {
        let camera = self.camera(reports, &order.camera)?;
        if let PtzAction::Focus { speed, ms } = &order.action {
            let source = camera.source.as_deref().ok_or(RequestError::Unsupported)?;
            stops.plan(Moving::Focus(source.to_owned()), after(ms.ms()));
            let request = imaging::move_focus(source, speed.percent());
            let moved = self.order(OnvifService::Imaging, &request).await;
            if moved == Err(RequestError::Unsupported) {
                // Nothing moves, so nothing has to be stopped.
                stops.forget(&Moving::Focus(source.to_owned()));
            }
            return moved.map(|()| PresetList::default());
        }
        let motor = camera.motor.as_ref().ok_or(RequestError::Unsupported)?;
        let profile = motor.profile.as_str();
        match &order.action {
            PtzAction::Move {
                pan,
                tilt,
                zoom,
                ms,
            } => {
                let velocity = PtzVelocity {
                    pan: pan.percent(),
                    tilt: tilt.percent(),
                    zoom: zoom.percent(),
                };
                self.turn(&camera, profile, (velocity, ms.ms()), stops)
                    .await?;
            }
            PtzAction::Stop => self.stop_all(&camera, profile, stops).await?,
            PtzAction::Presets => {
                let presets = numbered(self.presets(profile).await?);
                return Ok(shown_presets(presets));
            }
            PtzAction::Goto { preset } => {
                let token = self.preset_token(profile, preset.get()).await?;
                let request = ptz::goto_preset(profile, &token);
                self.order(OnvifService::Ptz, &request).await?;
            }
            PtzAction::Save { preset, name } => {
                self.save(profile, preset.get(), name.as_str()).await?;
            }
            PtzAction::Remove { preset } => {
                let token = self.preset_token(profile, preset.get()).await?;
                let request = ptz::remove_preset(profile, &token);
                self.order(OnvifService::Ptz, &request).await?;
            }
            // ONVIF has no order for the iris that all lenses understand, and its tours are optional.
            PtzAction::Focus { .. } | PtzAction::Iris { .. } | PtzAction::Patrol { .. } => {
                return Err(RequestError::Unsupported);
            }
        }
        Ok(PresetList::default())
    }

    async fn stop(&self, moving: &Moving) -> Result<(), RequestError> {
        match moving {
            Moving::Turn(profile) => self.order(OnvifService::Ptz, &ptz::stop(profile)).await,
            Moving::Focus(source) => {
                let request = imaging::stop_focus(source);
                self.order(OnvifService::Imaging, &request).await
            }
        }
    }
}

impl OnvifRecorder {
    async fn turn(
        &self,
        camera: &OnvifCamera,
        profile: &str,
        (velocity, ms): (PtzVelocity, u16),
        stops: &mut DueStops<Moving>,
    ) -> Result<(), RequestError> {
        let node = self.node(camera).await?;
        let is_turn = velocity.pan != 0 || velocity.tilt != 0;
        if is_turn && !node.has_pan_tilt || velocity.zoom != 0 && !node.has_zoom {
            return Err(RequestError::Unsupported);
        }
        stops.plan(Moving::Turn(profile.to_owned()), after(ms));
        let request = ptz::continuous_move(profile, velocity, ms);
        self.order(OnvifService::Ptz, &request).await
    }

    async fn stop_all(
        &self,
        camera: &OnvifCamera,
        profile: &str,
        stops: &mut DueStops<Moving>,
    ) -> Result<(), RequestError> {
        if let Some(source) = &camera.source {
            let focus = Moving::Focus(source.clone());
            if stops.contains(&focus) {
                stops.plan(focus, Instant::now());
            }
        }
        let turn = Moving::Turn(profile.to_owned());
        let stopped = self.stop(&turn).await;
        stops.sent(&turn, &stopped);
        stopped
    }

    async fn presets(&self, profile: &str) -> Result<Vec<OnvifPreset>, RequestError> {
        let place = self.must_have(OnvifService::Ptz)?;
        let asked = self.soap_timed(&ptz::get_presets(profile), &place).await?;
        Ok(ptz::parse_presets(&asked).map_err(SoapFailure::from)?)
    }

    /// The token of a preset that the device has.
    async fn preset_token(&self, profile: &str, number: u16) -> Result<String, RequestError> {
        let presets = numbered(self.presets(profile).await?);
        let found = presets.into_iter().find(|(known, _)| *known == number);
        found
            .map(|(_, preset)| preset.token)
            .ok_or(RequestError::Refused)
    }

    async fn save(&self, profile: &str, number: u16, name: &str) -> Result<(), RequestError> {
        let presets = numbered(self.presets(profile).await?);
        let known = presets.into_iter().find(|(known, _)| *known == number);
        let token = known.map_or_else(|| number.to_string(), |(_, preset)| preset.token);
        let request = ptz::set_preset(profile, name, Some(&token));
        match self.order(OnvifService::Ptz, &request).await {
            // Devices that choose the tokens themselves know no other one.
            Err(RequestError::Refused) => {
                let request = ptz::set_preset(profile, name, None);
                self.order(OnvifService::Ptz, &request).await
            }
            saved => saved,
        }
    }

    /// Has a service do something.
    async fn order(
        &self,
        service: OnvifService,
        request: &OnvifRequest,
    ) -> Result<(), RequestError> {
        let place = self.must_have(service)?;
        let answer = self.soap_timed(request, &place).await?;
        Ok(ptz::parse_done(&answer).map_err(SoapFailure::from)?)
    }

    pub(super) fn must_have(&self, service: OnvifService) -> Result<Url, RequestError> {
        self.place(service).ok_or(RequestError::Unsupported)
    }

    async fn soap_timed(
        &self,
        request: &OnvifRequest,
        place: &Url,
    ) -> Result<Vec<u8>, RequestError> {
        match timeout(ORDER_REQUEST, self.soap.ask(request, place)).await {
            Ok(outcome) => Ok(outcome?),
            Err(_) => Err(RequestError::Timeout),
        }
    }
}

/// Presets with the numbers that people know them by: the number in the token if every token is one,
/// otherwise the place in the list.
fn numbered(presets: Vec<OnvifPreset>) -> Vec<(u16, OnvifPreset)> {
    let number = |preset: &OnvifPreset| {
        let number = preset.token.parse::<u16>().ok();
        number.filter(|number| (1..=MAX_PRESET).contains(number))
    };
    let own: Option<Vec<u16>> = presets.iter().map(number).collect();
    match own {
        Some(numbers) => numbers.into_iter().zip(presets).collect(),
        None => (1..=MAX_PRESET).zip(presets).collect(),
    }
}

fn shown_presets(presets: Vec<(u16, OnvifPreset)>) -> PresetList {
    let mut presets: Vec<Preset> = presets
        .into_iter()
        .map(|(id, preset)| Preset {
            id,
            name: shown(&preset.name, MAX_PRESET_NAME_CHARS),
        })
        .collect();
    presets.sort_by_key(|preset| preset.id);
    PresetList { presets }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presets(tokens: &[&str]) -> Vec<u16> {
        let presets = tokens.iter().map(|token| OnvifPreset {
            token: (*token).to_owned(),
            name: String::new(),
        });
        let numbered = numbered(presets.collect());
        numbered.into_iter().map(|(number, _)| number).collect()
    }

    #[test]
    fn presets_keep_their_numbers_if_they_have_some() {
        assert_eq!(presets(&["3", "33", "1"]), [3, 33, 1]);
        assert_eq!(presets(&["Preset_1", "3"]), [1, 2]);
        assert_eq!(presets(&["0", "9999"]), [1, 2]);
    }
}
