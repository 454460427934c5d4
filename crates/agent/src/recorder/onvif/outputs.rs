//! The relay outputs of an ONVIF device, by DeviceIO or the device service. No device tells their states.

use onvif::relays::{self, OnvifRelay};
use onvif::{OnvifRequest, OnvifService, ptz};
use proto::control::outputs::{OutputList, RecorderOutput};

use super::OnvifRecorder;
use super::soap::SoapFailure;
use crate::recorder::handle::RequestError;
use crate::recorder::outputs::OutputSource;

/// The services that may have them, in the order of trust.
const SERVICES: [OnvifService; 2] = [OnvifService::DeviceIo, OnvifService::Device];

impl OutputSource for OnvifRecorder {
    async fn list_outputs(&self) -> Result<OutputList, RequestError> {
        let known = self.known_relays().await?;
        let outputs = known.into_iter().map(|relay| RecorderOutput {
            name: proto::shown::shown(&relay.token, proto::control::outputs::MAX_OUTPUT_NAME_CHARS),
            id: relay.token,
            is_on: None,
        });
        Ok(OutputList {
            outputs: outputs.collect(),
        })
    }

    async fn set_output(&self, id: &str, is_on: bool) -> Result<(), RequestError> {
        self.of_relays(
            |service| relays::set_relay_output(service, id, is_on),
            ptz::parse_done,
        )
        .await
    }
}

impl OnvifRecorder {
    /// Number of outputs; 0 if the device has none, or the user may not know.
    pub(super) async fn n_outputs(&self) -> Result<usize, RequestError> {
        match self.known_relays().await {
            Ok(known) => Ok(known.len()),
            Err(RequestError::Offline) => Err(RequestError::Offline),
            Err(_) => Ok(0),
        }
    }

    async fn known_relays(&self) -> Result<Vec<OnvifRelay>, RequestError> {
        self.of_relays(relays::get_relay_outputs, relays::parse_relay_outputs)
            .await
    }

    /// Asks the service that has the outputs.
    async fn of_relays<T>(
        &self,
        request: impl Fn(OnvifService) -> OnvifRequest,
        parse: fn(&[u8]) -> Result<T, onvif::OnvifError>,
    ) -> Result<T, RequestError> {
        let mut refused = RequestError::Unsupported;
        for service in SERVICES {
            let request = request(service);
            let answer = match (service, self.place(service)) {
                (OnvifService::Device, _) => self.soap.ask_device(&request).await,
                (_, Some(place)) => self.soap.ask(&request, &place).await,
                (_, None) => continue,
            };
            let parsed = answer.and_then(|body| parse(&body).map_err(SoapFailure::from));
            match parsed.map_err(RequestError::from) {
                Err(error @ (RequestError::Unsupported | RequestError::BadAnswer)) => {
                    refused = error;
                }
                parsed => return parsed,
            }
        }
        Err(refused)
    }
}
