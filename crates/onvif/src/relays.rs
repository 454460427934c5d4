//! The relay outputs of a device, by the device service of Profile S, or by DeviceIO of Profile T and recorders.

use crate::error::OnvifError;
use crate::limits::MAX_RELAYS;
use crate::request::{OnvifRequest, OnvifService};
use crate::xml::XmlNode;

/// A relay output. What it is at, no device tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnvifRelay {
    /// What it is called in requests.
    pub token: String,
    /// Whether it goes back by itself after the time that the device is set to.
    pub is_monostable: bool,
}

/// Asks either service for the relay outputs.
pub fn get_relay_outputs(service: OnvifService) -> OnvifRequest {
    OnvifRequest::new(service, "GetRelayOutputs")
}

/// Reads the answer.
pub fn parse_relay_outputs(answer: &[u8]) -> Result<Vec<OnvifRelay>, OnvifError> {
    let answer = XmlNode::answer(answer, "GetRelayOutputsResponse")?;
    let outputs = answer.children("RelayOutputs").filter_map(|output| {
        let mode = output.at(&["Properties"]).and_then(|it| it.text_of("Mode"));
        Some(OnvifRelay {
            token: output.token()?.to_owned(),
            is_monostable: mode == Some("Monostable"),
        })
    });
    Ok(outputs.take(MAX_RELAYS).collect())
}

/// Switches a relay output.
pub fn set_relay_output(service: OnvifService, token: &str, is_on: bool) -> OnvifRequest {
    let state = if is_on { "active" } else { "inactive" };
    OnvifRequest::new(service, "SetRelayOutputState")
        .with("RelayOutputToken", token)
        .with("LogicalState", state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relay_outputs_are_read_with_their_mode() {
        let answer = b"<GetRelayOutputsResponse><RelayOutputs token=\"AlarmOut_0\"><Properties>\
            <Mode>Monostable</Mode><DelayTime>PT10S</DelayTime><IdleState>closed</IdleState></Properties>\
            </RelayOutputs><RelayOutputs token=\"b\"/><RelayOutputs/></GetRelayOutputsResponse>";

        let outputs = parse_relay_outputs(answer).expect("a list");

        let told: Vec<_> = outputs
            .iter()
            .map(|it| (it.token.as_str(), it.is_monostable))
            .collect();
        assert_eq!(told, [("AlarmOut_0", true), ("b", false)]);
    }
}
