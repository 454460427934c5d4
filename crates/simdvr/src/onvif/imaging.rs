//! The imaging service, on the settings that ISAPI changes as well.

use super::envelope::{SimFault, SoapCall};
use crate::image::{MOST_BRIGHTNESS, SimImage};
use crate::shared::Shared;

pub(super) fn answer(shared: &Shared, call: &SoapCall) -> Result<String, SimFault> {
    let operation = call.operation.as_str();
    let token = call.text("VideoSourceToken").unwrap_or_default();
    let camera = token
        .strip_prefix("VideoSource_")
        .and_then(|it| it.parse::<usize>().ok()?.checked_sub(1));
    let acted = camera.and_then(|camera| {
        shared.image(camera, |image| match operation {
            "GetImagingSettings" => Ok(settings(image)),
            "GetOptions" => Ok(options()),
            "SetImagingSettings" => {
                let new = changed(call, image).filter(SimImage::is_possible);
                *image = new.ok_or_else(|| {
                    SimFault::sender(
                        "ter:SettingsInvalid",
                        "The requested settings are incorrect",
                    )
                })?;
                Ok(String::new())
            }
            _ => Err(SimFault::unsupported()),
        })
    });
    let inside = acted.ok_or_else(|| {
        SimFault::sender("ter:NoSource", "The requested VideoSource does not exist")
    })??;
    if operation == "SetImagingSettings" {
        shared.count(|stats| stats.image_orders += 1);
    }
    Ok(format!(
        "<timg:{operation}Response xmlns:timg=\"http://www.onvif.org/ver20/imaging/wsdl\">{inside}\
         </timg:{operation}Response>"
    ))
}

fn settings(image: &SimImage) -> String {
    let filter = match image.day_night.as_str() {
        "day" => "ON",
        "night" => "OFF",
        _ => "AUTO",
    };
    let wdr = if image.wdr { "ON" } else { "OFF" };
    format!(
        "<timg:ImagingSettings><tt:Brightness>{}</tt:Brightness>\
         <tt:ColorSaturation>{}</tt:ColorSaturation><tt:Contrast>{}</tt:Contrast>\
         <tt:IrCutFilter>{filter}</tt:IrCutFilter><tt:Sharpness>{}</tt:Sharpness>\
         <tt:WideDynamicRange><tt:Mode>{wdr}</tt:Mode><tt:Level>50</tt:Level></tt:WideDynamicRange>\
         </timg:ImagingSettings>",
        image.brightness, image.saturation, image.contrast, image.sharpness
    )
}

fn options() -> String {
    let range = |name: &str, max: u32| {
        format!("<tt:{name}><tt:Min>0</tt:Min><tt:Max>{max}</tt:Max></tt:{name}>")
    };
    format!(
        "<timg:ImagingOptions>{}{}{}<tt:IrCutFilterModes>ON</tt:IrCutFilterModes>\
         <tt:IrCutFilterModes>OFF</tt:IrCutFilterModes><tt:IrCutFilterModes>AUTO</tt:IrCutFilterModes>{}\
         <tt:WideDynamicRange><tt:Mode>OFF</tt:Mode><tt:Mode>ON</tt:Mode>\
         <tt:Level><tt:Min>0</tt:Min><tt:Max>100</tt:Max></tt:Level></tt:WideDynamicRange>\
         </timg:ImagingOptions>",
        range("Brightness", MOST_BRIGHTNESS),
        range("ColorSaturation", 100),
        range("Contrast", 100),
        range("Sharpness", 100),
    )
}

/// The settings with what a request changes.
fn changed(call: &SoapCall, before: &SimImage) -> Option<SimImage> {
    let level = |name, before: u32| match call.text(name) {
        Some(text) => {
            let number: f64 = text.parse().ok()?;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is between 0 and 1,000"
            )]
            (0.0..=1_000.0)
                .contains(&number)
                .then(|| number.round() as u32)
        }
        None => Some(before),
    };
    let day_night = match call.text("IrCutFilter").as_deref() {
        Some("ON") => "day".to_owned(),
        Some("OFF") => "night".to_owned(),
        Some("AUTO") => "auto".to_owned(),
        Some(_) => return None,
        None => before.day_night.clone(),
    };
    Some(SimImage {
        brightness: level("Brightness", before.brightness)?,
        contrast: level("Contrast", before.contrast)?,
        saturation: level("ColorSaturation", before.saturation)?,
        sharpness: level("Sharpness", before.sharpness)?,
        day_night,
        wdr: call.text("Mode").map_or(before.wdr, |mode| mode == "ON"),
        is_mirrored: before.is_mirrored,
    })
}
