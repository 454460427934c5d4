//! Audio outputs and decoders of the profiles of cameras with a loudspeaker, over both media services.

use super::cameras;
use super::envelope::{SimFault, SoapCall};
use super::media::profile_number;
use crate::config::SimLoudspeaker;
use crate::shared::{Shared, split_number};

/// Whether it is a request about loudspeakers.
pub(super) fn is_about(operation: &str) -> bool {
    let names = ["AudioOutput", "AudioDecoder", "AddConfiguration"];
    names.iter().any(|name| operation.contains(name))
}

/// What is inside the answer.
pub(super) fn answer(
    shared: &Shared,
    call: &SoapCall,
    is_second: bool,
) -> Result<String, SimFault> {
    let operation = call.operation.as_str();
    match (operation, is_second) {
        ("GetAudioOutputs", false) => Ok(cameras(shared)
            .filter(|(_, camera)| camera.has_talk)
            .map(|(at, _)| format!("<trt:AudioOutputs token=\"AudioOutput_{}\"/>", at + 1))
            .collect()),
        ("GetCompatibleAudioOutputConfigurations", false)
        | ("GetAudioOutputConfigurations", true) => list(shared, call, is_second, 0),
        ("GetCompatibleAudioDecoderConfigurations", false)
        | ("GetAudioDecoderConfigurations", true) => list(shared, call, is_second, 1),
        ("AddAudioOutputConfiguration", false) => add(shared, call, 0),
        ("AddAudioDecoderConfiguration", false) => add(shared, call, 1),
        ("AddConfiguration", true) => match call.text("Type").as_deref() {
            Some("AudioOutput") => add(shared, call, 0),
            Some("AudioDecoder") => add(shared, call, 1),
            _ => Err(SimFault::unsupported()),
        },
        _ => Err(SimFault::unsupported()),
    }
}

/// The parts of a profile about its loudspeaker, if it has them.
pub(super) fn of_profile(shared: &Shared, number: u32, is_second: bool) -> String {
    let Some((camera, kind)) = split_number(number) else {
        return String::new();
    };
    if !shared.config.cameras[camera].has_talk {
        return String::new();
    }
    let has = shared.cameras.borrow()[camera].takes_sound[kind];
    let parts: String = (0..2)
        .filter(|part| has[*part])
        .map(|part| {
            let name = match is_second {
                true => ["tr2:AudioOutput", "tr2:AudioDecoder"][part],
                false => [
                    "tt:AudioOutputConfiguration",
                    "tt:AudioDecoderConfiguration",
                ][part],
            };
            let token = token(camera, part);
            format!(
                "<{name} token=\"{token}\">{}</{name}>",
                settings(camera, part)
            )
        })
        .collect();
    if is_second || parts.is_empty() {
        parts
    } else {
        format!("<tt:Extension>{parts}</tt:Extension>")
    }
}

fn list(
    shared: &Shared,
    call: &SoapCall,
    is_second: bool,
    part: usize,
) -> Result<String, SimFault> {
    let camera = camera_of(shared, profile_number(shared, call)?)?;
    let prefix = if is_second { "tr2" } else { "trt" };
    if !shared.config.cameras[camera].has_talk {
        return Ok(String::new());
    }
    Ok(format!(
        "<{prefix}:Configurations token=\"{}\">{}</{prefix}:Configurations>",
        token(camera, part),
        settings(camera, part)
    ))
}

fn add(shared: &Shared, call: &SoapCall, part: usize) -> Result<String, SimFault> {
    let number = profile_number(shared, call)?;
    let camera = camera_of(shared, number)?;
    let named = call.text("ConfigurationToken").or(call.text("Token"));
    if named != Some(token(camera, part)) || !shared.config.cameras[camera].has_talk {
        return Err(SimFault::sender(
            "ter:NoConfig",
            "The requested configuration does not exist",
        ));
    }
    if shared.config.onvif.loudspeaker == SimLoudspeaker::Forbidden {
        return Err(SimFault::sender(
            "ter:NotAuthorized",
            "Sender not Authorized",
        ));
    }
    let kind = split_number(number).map_or(0, |(_, kind)| kind);
    shared.cameras.send_modify(|cameras| {
        cameras[camera].takes_sound[kind][part] = true;
    });
    shared.count(|stats| stats.loudspeaker_parts_added += 1);
    Ok(String::new())
}

fn camera_of(shared: &Shared, number: u32) -> Result<usize, SimFault> {
    let camera = split_number(number).map(|(camera, _)| camera);
    let camera = camera.filter(|camera| *camera < shared.config.cameras.len());
    camera.ok_or_else(SimFault::unsupported)
}

fn token(camera: usize, part: usize) -> String {
    let name = ["AudioOutputConfig", "AudioDecoderConfig"][part];
    format!("{name}_{}", camera + 1)
}

/// The children of the settings.
fn settings(camera: usize, part: usize) -> String {
    let number = camera + 1;
    match part {
        0 => format!(
            "<tt:Name>Speaker</tt:Name><tt:UseCount>1</tt:UseCount>\
             <tt:OutputToken>AudioOutput_{number}</tt:OutputToken><tt:OutputLevel>50</tt:OutputLevel>"
        ),
        _ => "<tt:Name>Decoder</tt:Name><tt:UseCount>1</tt:UseCount>".to_owned(),
    }
}
