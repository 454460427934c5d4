//! The imaging service: image settings of a video source, and the focus of its lens.

use crate::error::OnvifError;
use crate::request::{OnvifRequest, OnvifService, SCHEMA};
use crate::xml::XmlNode;

/// Asks whether the focus of a video source can be moved.
pub fn get_move_options(source: &str) -> OnvifRequest {
    OnvifRequest::new(OnvifService::Imaging, "GetMoveOptions").with("VideoSourceToken", source)
}

/// Whether the focus can be moved with a speed.
pub fn parse_move_options(answer: &[u8]) -> Result<bool, OnvifError> {
    let answer = XmlNode::answer(answer, "GetMoveOptionsResponse")?;
    Ok(answer.at(&["MoveOptions", "Continuous"]).is_some())
}

/// Moves the focus until it is stopped; the speed is in percent, far is positive.
pub fn move_focus(source: &str, percent: i8) -> OnvifRequest {
    let speed = f32::from(percent) / 100.0;
    OnvifRequest::new(OnvifService::Imaging, "Move")
        .with("VideoSourceToken", source)
        .with_markup(&format!(
            "<Focus><Continuous xmlns=\"{SCHEMA}\"><Speed>{speed:.2}</Speed></Continuous></Focus>"
        ))
}

/// Stops the focus.
pub fn stop_focus(source: &str) -> OnvifRequest {
    OnvifRequest::new(OnvifService::Imaging, "Stop").with("VideoSourceToken", source)
}

/// Where a number of an image setting may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumberRange {
    /// The least.
    pub min: f64,
    /// The most.
    pub max: f64,
}

/// When the infrared filter is in front of the sensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IrCutFilter {
    /// Always: the picture is in colour.
    On,
    /// Never.
    Off,
    /// As it is light or dark.
    Auto,
}

impl IrCutFilter {
    fn named(name: &str) -> Option<IrCutFilter> {
        match name.to_ascii_uppercase().as_str() {
            "ON" => Some(IrCutFilter::On),
            "OFF" => Some(IrCutFilter::Off),
            "AUTO" => Some(IrCutFilter::Auto),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            IrCutFilter::On => "ON",
            IrCutFilter::Off => "OFF",
            IrCutFilter::Auto => "AUTO",
        }
    }
}

/// Image settings of a video source; what is absent it does not have, or is to stay as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ImagingSettings {
    /// How bright it is.
    pub brightness: Option<f64>,
    /// Its colours.
    pub saturation: Option<f64>,
    /// Its contrast.
    pub contrast: Option<f64>,
    /// How much edges are sharpened.
    pub sharpness: Option<f64>,
    /// The infrared filter.
    pub filter: Option<IrCutFilter>,
    /// Whether light and dark parts are evened out.
    pub wdr: Option<bool>,
}

/// What may be set.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ImagingOptions {
    /// How bright it may be.
    pub brightness: Option<NumberRange>,
    /// Its colours.
    pub saturation: Option<NumberRange>,
    /// Its contrast.
    pub contrast: Option<NumberRange>,
    /// How much edges may be sharpened.
    pub sharpness: Option<NumberRange>,
    /// The modes of the infrared filter.
    pub filters: Vec<IrCutFilter>,
    /// Whether light and dark parts can be evened out.
    pub has_wdr: bool,
}

/// Asks for the image settings of a video source.
pub fn get_settings(source: &str) -> OnvifRequest {
    OnvifRequest::new(OnvifService::Imaging, "GetImagingSettings").with("VideoSourceToken", source)
}

/// Reads the answer.
pub fn parse_settings(answer: &[u8]) -> Result<ImagingSettings, OnvifError> {
    let answer = XmlNode::answer(answer, "GetImagingSettingsResponse")?;
    let all = answer
        .child("ImagingSettings")
        .ok_or(OnvifError::Field("ImagingSettings"))?;
    let wdr = all
        .child("WideDynamicRange")
        .and_then(|wdr| wdr.text_of("Mode"));
    Ok(ImagingSettings {
        brightness: number(all, "Brightness"),
        saturation: number(all, "ColorSaturation"),
        contrast: number(all, "Contrast"),
        sharpness: number(all, "Sharpness"),
        filter: all.text_of("IrCutFilter").and_then(IrCutFilter::named),
        wdr: wdr.map(|mode| mode.eq_ignore_ascii_case("ON")),
    })
}

/// Asks what may be set.
pub fn get_options(source: &str) -> OnvifRequest {
    OnvifRequest::new(OnvifService::Imaging, "GetOptions").with("VideoSourceToken", source)
}

/// Reads the answer.
pub fn parse_options(answer: &[u8]) -> Result<ImagingOptions, OnvifError> {
    let answer = XmlNode::answer(answer, "GetOptionsResponse")?;
    let all = answer
        .child("ImagingOptions")
        .ok_or(OnvifError::Field("ImagingOptions"))?;
    let range = |name| {
        let node = all.child(name)?;
        let (min, max) = (number(node, "Min")?, number(node, "Max")?);
        (min < max).then_some(NumberRange { min, max })
    };
    let filters = all.children("IrCutFilterModes").take(MAX_MODES);
    let wdr = all.child("WideDynamicRange");
    Ok(ImagingOptions {
        brightness: range("Brightness"),
        saturation: range("ColorSaturation"),
        contrast: range("Contrast"),
        sharpness: range("Sharpness"),
        filters: filters
            .filter_map(|mode| IrCutFilter::named(mode.own_text()?))
            .collect(),
        has_wdr: wdr.is_some_and(|wdr| {
            let mut modes = wdr.children("Mode").filter_map(XmlNode::own_text);
            modes.any(|mode| mode.eq_ignore_ascii_case("ON"))
        }),
    })
}

/// Changes image settings, and keeps them over a restart.
pub fn set_settings(source: &str, change: &ImagingSettings) -> OnvifRequest {
    let mut inside = String::new();
    let mut element = |name: &str, text: Option<String>| {
        if let Some(text) = text {
            inside.push_str(&format!("<{name} xmlns=\"{SCHEMA}\">{text}</{name}>"));
        }
    };
    let written = |value: Option<f64>| value.map(|value| format!("{value:.2}"));
    // In the order of the schema, which some devices insist on.
    element("Brightness", written(change.brightness));
    element("ColorSaturation", written(change.saturation));
    element("Contrast", written(change.contrast));
    let filter = change.filter.map(|filter| filter.name().to_owned());
    element("IrCutFilter", filter);
    element("Sharpness", written(change.sharpness));
    let wdr = change.wdr.map(|is_on| {
        let mode = if is_on { "ON" } else { "OFF" };
        format!("<Mode>{mode}</Mode>")
    });
    element("WideDynamicRange", wdr);
    OnvifRequest::new(OnvifService::Imaging, "SetImagingSettings")
        .with("VideoSourceToken", source)
        .with_markup(&format!("<ImagingSettings>{inside}</ImagingSettings>"))
        .with("ForcePersistence", "true")
}

/// Modes of the filter that are read of one device; there are three.
const MAX_MODES: usize = 8;

fn number(node: &XmlNode, name: &str) -> Option<f64> {
    let number: f64 = node.text_of(name)?.parse().ok()?;
    // Nothing real is larger, and differences stay exact.
    (number.abs() <= 1e6).then_some(number)
}
