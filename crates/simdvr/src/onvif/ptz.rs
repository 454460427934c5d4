//! The PTZ service, on the motors that ISAPI moves as well.

use std::time::Duration;

use super::envelope::{SimFault, SoapCall};
use super::media::profile_number;
use crate::isapi::xml;
use crate::limits::MAX_PRESETS;
use crate::ptz::{PtzMotors, PtzSpeeds};
use crate::shared::Shared;

pub(super) fn answer(shared: &Shared, call: &SoapCall) -> Result<String, SimFault> {
    let operation = call.operation.as_str();
    let inside = match operation {
        "GetNode" => node(shared, call)?,
        "GetPresets" => steer(shared, call, |motors, _| Ok(presets(motors)))?,
        _ => {
            let inside = steer(shared, call, |motors, now| order(shared, call, motors, now))?;
            shared.count(|stats| stats.ptz_orders += 1);
            inside
        }
    };
    Ok(format!(
        "<tptz:{operation}Response>{inside}</tptz:{operation}Response>"
    ))
}

/// Acts on the motors of the profile's camera.
fn steer(
    shared: &Shared,
    call: &SoapCall,
    act: impl FnOnce(&mut PtzMotors, Duration) -> Result<String, SimFault>,
) -> Result<String, SimFault> {
    let number = profile_number(shared, call)?;
    let camera = number as usize / 100 - 1;
    let acted = shared.steer(camera, act);
    acted.ok_or_else(|| SimFault::sender("ter:NoPTZProfile", "No PTZ profile"))?
}

fn order(
    shared: &Shared,
    call: &SoapCall,
    motors: &mut PtzMotors,
    now: Duration,
) -> Result<String, SimFault> {
    let no_token = || SimFault::sender("ter:NoToken", "The requested preset token does not exist");
    let preset = || {
        call.text("PresetToken")
            .and_then(|token| token.parse::<u16>().ok())
    };
    let is_done = match call.operation.as_str() {
        "ContinuousMove" => {
            // Some devices ignore the time limit.
            let span = shared
                .config
                .has_momentary_ptz
                .then(|| timeout(call))
                .flatten();
            motors.go(speeds(call)?, span, now);
            true
        }
        "Stop" => {
            motors.go(PtzSpeeds::default(), None, now);
            true
        }
        "GotoPreset" => motors.go_to(preset().ok_or_else(no_token)?, now),
        "RemovePreset" => motors.remove(preset().ok_or_else(no_token)?),
        "SetPreset" => {
            let free = (1..=MAX_PRESETS).find(|id| !motors.presets().contains_key(id));
            let id = preset().or(free).ok_or_else(no_token)?;
            let name = call.text("PresetName").unwrap_or_default();
            if !motors.save(id, &name, now) {
                return Err(no_token());
            }
            return Ok(format!("<tptz:PresetToken>{id}</tptz:PresetToken>"));
        }
        _ => return Err(SimFault::unsupported()),
    };
    if is_done {
        Ok(String::new())
    } else {
        Err(no_token())
    }
}

fn speeds(call: &SoapCall) -> Result<PtzSpeeds, SimFault> {
    let speed = |element, axis| match call.attribute(element, axis) {
        Some(text) => {
            let share = text.parse::<f64>().ok().filter(|share| share.abs() <= 1.0);
            #[expect(
                clippy::cast_possible_truncation,
                reason = "it is between -100 and 100"
            )]
            share
                .map(|share| (share * 100.0).round() as i64)
                .ok_or_else(|| SimFault::sender("ter:InvalidVelocity", "Velocity out of range"))
        }
        None => Ok(0),
    };
    Ok(PtzSpeeds {
        pan: speed("PanTilt", "x")?,
        tilt: speed("PanTilt", "y")?,
        zoom: speed("Zoom", "x")?,
    })
}

/// `PT1.5S`.
fn timeout(call: &SoapCall) -> Option<Duration> {
    let text = call.text("Timeout")?;
    let seconds = text.strip_prefix("PT")?.strip_suffix('S')?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

fn presets(motors: &PtzMotors) -> String {
    let items = motors.presets().iter().map(|(id, preset)| {
        let name = xml::text(&preset.name);
        format!("<tptz:Preset token=\"{id}\"><tt:Name>{name}</tt:Name></tptz:Preset>")
    });
    items.collect()
}

fn node(shared: &Shared, call: &SoapCall) -> Result<String, SimFault> {
    let token = call.text("NodeToken").unwrap_or_default();
    let camera = token
        .strip_prefix("Node_")
        .and_then(|it| it.parse::<usize>().ok());
    let config = camera.and_then(|camera| shared.config.cameras.get(camera.checked_sub(1)?));
    if !config.is_some_and(|config| config.has_ptz) {
        return Err(SimFault::sender("ter:NoEntity", "No such PTZ node"));
    }
    Ok(format!(
        "<tptz:PTZNode token=\"{token}\"><tt:Name>motor</tt:Name><tt:SupportedPTZSpaces>\
         <tt:ContinuousPanTiltVelocitySpace/><tt:ContinuousZoomVelocitySpace/></tt:SupportedPTZSpaces>\
         <tt:MaximumNumberOfPresets>{MAX_PRESETS}</tt:MaximumNumberOfPresets>\
         <tt:HomeSupported>false</tt:HomeSupported></tptz:PTZNode>"
    ))
}
