//! The relay outputs, by DeviceIO and by the device service, on the outputs that ISAPI switches as well.

use super::envelope::{SimFault, SoapCall};
use crate::shared::Shared;

/// `prefix` is that of the service; both have the same operations.
pub(super) fn answer(shared: &Shared, call: &SoapCall, prefix: &str) -> Result<String, SimFault> {
    let inside = match call.operation.as_str() {
        "GetRelayOutputs" => (1..=shared.outputs().len())
            .map(|id| {
                format!(
                    "<{prefix}:RelayOutputs token=\"Relay_{id}\"><tt:Properties><tt:Mode>Bistable</tt:Mode>\
                     <tt:DelayTime>PT1S</tt:DelayTime><tt:IdleState>open</tt:IdleState></tt:Properties>\
                     </{prefix}:RelayOutputs>"
                )
            })
            .collect(),
        "SetRelayOutputState" => {
            set(shared, call)?;
            String::new()
        }
        _ => return Err(SimFault::unsupported()),
    };
    let operation = &call.operation;
    Ok(format!(
        "<{prefix}:{operation}Response xmlns:tmd=\"http://www.onvif.org/ver10/deviceIO/wsdl\">{inside}\
         </{prefix}:{operation}Response>"
    ))
}

fn set(shared: &Shared, call: &SoapCall) -> Result<(), SimFault> {
    let no_token = || SimFault::sender("ter:RelayToken", "Unknown relay token reference");
    let token = call.text("RelayOutputToken").unwrap_or_default();
    let at = token
        .strip_prefix("Relay_")
        .and_then(|it| it.parse::<usize>().ok()?.checked_sub(1));
    let is_on = call.text("LogicalState").as_deref() == Some("active");
    {
        let mut outputs = shared.outputs();
        let output = at.and_then(|at| outputs.get_mut(at)).ok_or_else(no_token)?;
        *output = is_on;
    }
    shared.count(|stats| stats.output_orders += 1);
    Ok(())
}
