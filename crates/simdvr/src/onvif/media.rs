//! Both media services: two profiles for each camera, named by the numbers of their streams.

use super::encoder;
use super::envelope::{SimFault, SoapCall};
use super::{address, cameras, host, loudspeaker};
use crate::clips;
use crate::config::CameraConfig;
use crate::isapi::xml;
use crate::shared::Shared;

pub(super) fn answer(
    shared: &Shared,
    call: &SoapCall,
    is_second: bool,
) -> Result<String, SimFault> {
    let prefix = if is_second { "tr2" } else { "trt" };
    let wrap = |uri: &str| match is_second {
        true => format!("<tr2:Uri>{uri}</tr2:Uri>"),
        false => format!(
            "<trt:MediaUri><tt:Uri>{uri}</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect>\
             <tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout></trt:MediaUri>"
        ),
    };
    let inside = match call.operation.as_str() {
        "GetProfiles" => cameras(shared)
            .flat_map(|(at, camera)| {
                let kinds = [1, 2, 3].into_iter();
                kinds.filter_map(move |kind| profile(shared, (at, camera), kind, is_second))
            })
            .collect(),
        "GetStreamUri" => {
            let number = profile_number(shared, call)?;
            let (host, port) = (host(shared), shared.rtsp_addr.port());
            wrap(&format!(
                "rtsp://{host}:{port}/Streaming/Channels/{number}?transportmode=unicast&amp;profile=Profile_{number}"
            ))
        }
        "GetSnapshotUri" => {
            let number = profile_number(shared, call)?;
            wrap(&address(shared, &format!("snapshot/{number}")))
        }
        "GetVideoSources" if !is_second => cameras(shared)
            .map(|(at, _)| format!("<trt:VideoSources token=\"VideoSource_{}\"/>", at + 1))
            .collect(),
        operation if operation.contains("VideoEncoderConfiguration") => {
            encoder::answer(shared, call, is_second)?
        }
        operation if loudspeaker::is_about(operation) => {
            loudspeaker::answer(shared, call, is_second)?
        }
        _ => return Err(SimFault::unsupported()),
    };
    let operation = &call.operation;
    Ok(format!(
        "<{prefix}:{operation}Response>{inside}</{prefix}:{operation}Response>"
    ))
}

/// The number of the stream whose profile a request names.
pub(super) fn profile_number(shared: &Shared, call: &SoapCall) -> Result<u32, SimFault> {
    let token = call.text("ProfileToken").unwrap_or_default();
    let number = token
        .strip_prefix("Profile_")
        .and_then(|it| it.parse().ok());
    let is_there = |number: &u32| shared.codec(*number).is_some();
    number.filter(is_there).ok_or_else(|| {
        SimFault::sender(
            "ter:NoProfile",
            "The requested profile token does not exist",
        )
    })
}

fn profile(
    shared: &Shared,
    (at, camera): (usize, &CameraConfig),
    kind: usize,
    is_second: bool,
) -> Option<String> {
    let codec = shared.cameras.borrow()[at].codecs[kind - 1]?;
    let clip = clips::clip(camera.clip, kind > 1, codec);
    let (width, height, fps) = (clip.width, clip.height, clip.fps);
    let number = (at + 1) * 100 + kind;
    let name = xml::text(&camera.name);
    let source = format!(
        "<tt:Name>{name}</tt:Name><tt:UseCount>2</tt:UseCount>\
         <tt:SourceToken>VideoSource_{}</tt:SourceToken>\
         <tt:Bounds x=\"0\" y=\"0\" width=\"{width}\" height=\"{height}\"/>",
        at + 1
    );
    let encoder = encoder::settings(codec, (width, height, fps));
    let node = format!(
        "<tt:Name>ptz</tt:Name><tt:UseCount>1</tt:UseCount><tt:NodeToken>Node_{}</tt:NodeToken>",
        at + 1
    );
    // The same parts under the names of each service.
    let (open, close, names) = match is_second {
        false => (
            "<trt:Profiles",
            "</trt:Profiles>",
            [
                "tt:VideoSourceConfiguration",
                "tt:VideoEncoderConfiguration",
                "tt:PTZConfiguration",
            ],
        ),
        true => (
            "<tr2:Profiles",
            "</tr2:Configurations></tr2:Profiles>",
            ["tr2:VideoSource", "tr2:VideoEncoder", "tr2:PTZ"],
        ),
    };
    let label = ["mainStream", "subStream", "thirdStream"][kind - 1];
    let [vs, ve, ptz] = names;
    let start = match is_second {
        false => format!("<tt:Name>{label}</tt:Name>"),
        true => format!("<tr2:Name>{label}</tr2:Name><tr2:Configurations>"),
    };
    let motor = if camera.has_ptz {
        format!("<{ptz} token=\"PtzConfig_{number}\">{node}</{ptz}>")
    } else {
        String::new()
    };
    let loudspeaker = loudspeaker::of_profile(shared, u32::try_from(number).ok()?, is_second);
    Some(format!(
        "{open} token=\"Profile_{number}\" fixed=\"true\">{start}\
         <{vs} token=\"Source_{number}\">{source}</{vs}>\
         <{ve} token=\"Encoder_{number}\">{encoder}</{ve}>{motor}{loudspeaker}{close}"
    ))
}
