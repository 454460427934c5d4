//! Loudspeakers of ONVIF cameras that take sound only once their profile names them: what is missing is looked for, and
//! added when somebody talks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use onvif::loudspeaker::{self, LoudspeakerPart};
use onvif::{OnvifService, ptz};
use url::Url;

use super::soap::{SoapClient, SoapFailure, optional};
use crate::recorder::handle::RequestError;

/// The way to the loudspeakers of a device.
#[derive(Debug)]
pub(in crate::recorder) struct Loudspeakers {
    pub(super) soap: Arc<SoapClient>,
    pub(super) services: Arc<Mutex<BTreeMap<OnvifService, Url>>>,
    /// By camera.
    pub(super) lacking: Arc<Mutex<BTreeMap<String, ProfileLack>>>,
}

/// What the profile of a camera lacks to take sound; nothing, if it has all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ProfileLack {
    pub(super) profile: String,
    pub(super) parts: Vec<LoudspeakerPart>,
}

/// What the profile of a camera lacks, and what the device has for it.
struct LoudspeakerAddition {
    service: OnvifService,
    address: Url,
    profile: String,
    /// Settings by what they are for.
    settings: Vec<(LoudspeakerPart, String)>,
}

impl Loudspeakers {
    /// Whether a camera would take sound after an addition. Only asks.
    pub(in crate::recorder) async fn can_add(&self, camera: &str) -> Result<bool, RequestError> {
        Ok(self.addition(camera).await?.is_some())
    }

    /// Adds what is missing. Afterwards the camera may describe a backchannel.
    pub(in crate::recorder) async fn add(&self, camera: &str) -> Result<(), RequestError> {
        let addition = self.addition(camera).await?;
        let addition = addition.ok_or(RequestError::Unsupported)?;
        tracing::info!(camera, "the profile of a camera gets its loudspeaker");
        for (part, settings) in &addition.settings {
            let request = loudspeaker::add(addition.service, *part, &addition.profile, settings);
            let answer = self.soap.ask(&request, &addition.address).await?;
            ptz::parse_done(&answer).map_err(SoapFailure::from)?;
        }
        Ok(())
    }

    /// What a camera lacks, as far as the device has it. Where the user may not ask, nothing is known.
    async fn addition(&self, camera: &str) -> Result<Option<LoudspeakerAddition>, RequestError> {
        let lack = {
            let lacking = self.lacking.lock().unwrap_or_else(PoisonError::into_inner);
            lacking.get(camera).cloned()
        };
        let ProfileLack { profile, parts } = lack.ok_or(RequestError::NoCamera)?;
        for service in [OnvifService::Media2, OnvifService::Media1] {
            let address = {
                let services = self.services.lock().unwrap_or_else(PoisonError::into_inner);
                services.get(&service).cloned()
            };
            let Some(address) = address else {
                continue;
            };
            let mut settings = Vec::new();
            for part in &parts {
                let request = loudspeaker::get_settings(service, *part, &profile);
                let answer = self.soap.ask(&request, &address).await;
                let tokens = optional(answer, loudspeaker::parse_settings)?.unwrap_or_default();
                match (tokens.into_iter().next(), part) {
                    (Some(token), _) => settings.push((*part, token)),
                    // Without a loudspeaker nothing else is of use.
                    (None, LoudspeakerPart::Output) => break,
                    (None, LoudspeakerPart::Decoder) => {}
                }
            }
            let has_output = !parts.contains(&LoudspeakerPart::Output)
                || settings
                    .iter()
                    .any(|(part, _)| *part == LoudspeakerPart::Output);
            if has_output && !settings.is_empty() {
                return Ok(Some(LoudspeakerAddition {
                    service,
                    address,
                    profile,
                    settings,
                }));
            }
        }
        Ok(None)
    }
}
