//! The image settings of a channel (`Image/channels/{id}`): parses them, and writes a change into the
//! recorder's own document.

mod flip;

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::edit::{find, reader_of, replaced};
use super::error::{IsapiError, MAX_BODY_BYTES};
use super::xml::{Element, decoded};
use crate::control::image::{DayNight, ImageChange, ImageLevel, ImageSettings};

const ROOT: &str = "ImageChannel";
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
/// Modes of day and night that are read of one camera; devices have up to six.
const MAX_MODES: usize = 16;

/// Where the levels are, with the part of the document that some recorders want alone.
const LEVELS: [(&str, &str); 4] = [
    ("Color", "brightnessLevel"),
    ("Color", "contrastLevel"),
    ("Color", "saturationLevel"),
    ("Sharpness", "SharpnessLevel"),
];
/// Parts of the document and the resources that take them alone.
const PARTS: [(&str, &str); 7] = [
    ("ImageFlip", "imageFlip"),
    ("Color", "color"),
    ("Sharpness", "sharpness"),
    ("IrcutFilter", "ircutFilter"),
    ("IrcutFilterExt", "ircutFilter"),
    ("WDR", "WDR"),
    ("WDRExt", "WDR"),
];

/// The image settings of one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct IsapiImage {
    text: String,
    ranges: [LevelRange; 4],
    /// What the camera has.
    pub settings: ImageSettings,
}

/// The camera's own range of a level.
#[derive(Debug, Clone, Copy, PartialEq)]
struct LevelRange {
    min: f64,
    max: f64,
}

impl LevelRange {
    fn level(self, own: u32) -> ImageLevel {
        ImageLevel::of_share((f64::from(own) - self.min) / (self.max - self.min))
    }

    fn own(self, level: ImageLevel) -> String {
        let own = self.min + level.share() * (self.max - self.min);
        format!("{:.0}", own.round())
    }
}

impl IsapiImage {
    /// Reads the settings, and the ranges if the recorder tells them; otherwise levels go from 0 to 100.
    pub fn parse(body: &[u8], capabilities: Option<&[u8]>) -> Result<IsapiImage, IsapiError> {
        let root = Element::read(body, &[ROOT])?;
        let said = capabilities.map_or_else(BTreeMap::new, said_of_elements);
        let ranges = LEVELS.map(|(_, name)| range(said.get(name)));
        let level = |at: usize| {
            let (part, name) = LEVELS[at];
            let own = root.child(part)?.number_of(name)?;
            Some(ranges[at].level(own))
        };
        let of_part = |parts: [&str; 2], name: &str| {
            parts
                .iter()
                .find_map(|part| root.child(part)?.text_of(name))
        };
        let mode = of_part(["IrcutFilter", "IrcutFilterExt"], "IrcutFilterType");
        let wdr = of_part(["WDR", "WDRExt"], "mode");
        let flip = flip::read(&root);
        let settings = ImageSettings {
            brightness: level(0),
            contrast: level(1),
            saturation: level(2),
            sharpness: level(3),
            day_night: mode.map(day_night),
            day_night_modes: mode.map_or_else(Vec::new, |_| modes(said.get("IrcutFilterType"))),
            wdr: wdr.map(|mode| !mode.eq_ignore_ascii_case("close")),
            flip,
            flip_modes: flip.map_or_else(Vec::new, |_| flip::modes(said.get(flip::STYLE))),
        };
        Ok(IsapiImage {
            text: in_utf8(&decoded(body)),
            ranges,
            settings,
        })
    }

    /// The whole document with a change in it.
    pub fn edited(&self, change: &ImageChange) -> Result<String, IsapiError> {
        let levels = [
            change.brightness,
            change.contrast,
            change.saturation,
            change.sharpness,
        ];
        let mut text = self.text.clone();
        for ((part, name), (level, range)) in
            LEVELS.into_iter().zip(levels.into_iter().zip(self.ranges))
        {
            if let Some(level) = level {
                text = replaced(&text, &[ROOT, part, name], &range.own(level))?;
            }
        }
        if let Some(mode) = change.day_night.and_then(isapi_name) {
            for part in ["IrcutFilter", "IrcutFilterExt"] {
                text = replaced(&text, &[ROOT, part, "IrcutFilterType"], mode)?;
            }
        }
        if let Some(is_on) = change.wdr {
            let mode = if is_on { "open" } else { "close" };
            for part in ["WDR", "WDRExt"] {
                text = replaced(&text, &[ROOT, part, "mode"], mode)?;
            }
        }
        match change.flip {
            Some(flip) => flip::edited(&text, flip),
            None => Ok(text),
        }
    }

    /// The changed parts alone, with the resources that take them, for recorders that refuse the whole.
    pub fn parts(&self, change: &ImageChange) -> Result<Vec<(&'static str, String)>, IsapiError> {
        let edited = self.edited(change)?;
        let namespace = namespace(&edited);
        let mut parts = Vec::new();
        for (part, resource) in PARTS {
            let (before, after) = (
                find(&self.text, &[ROOT, part])?,
                find(&edited, &[ROOT, part])?,
            );
            let Some((before, after)) = before.zip(after) else {
                continue;
            };
            let inside = &edited[after.inside];
            if self.text[before.inside] != *inside {
                let body =
                    format!("{DECLARATION}<{part} version=\"2.0\"{namespace}>{inside}</{part}>");
                parts.push((resource, body));
            }
        }
        Ok(parts)
    }
}

/// The attributes that say what an element may be.
#[derive(Debug, Default)]
struct SaidOfElement {
    min: Option<f64>,
    max: Option<f64>,
    options: Vec<String>,
}

/// What the capabilities say of the elements that are looked for, by local name.
fn said_of_elements(body: &[u8]) -> BTreeMap<&'static str, SaidOfElement> {
    let text = decoded(&body[..body.len().min(MAX_BODY_BYTES)]);
    let mut reader = reader_of(&text);
    let mut said = BTreeMap::new();
    while let Ok(event) = reader.read_event() {
        let tag = match event {
            Event::Start(tag) | Event::Empty(tag) => tag,
            Event::Eof => break,
            _ => continue,
        };
        let names = LEVELS
            .iter()
            .map(|(_, name)| *name)
            .chain(["IrcutFilterType", flip::STYLE]);
        let name = tag.local_name();
        if let Some(known) = names.into_iter().find(|known| *known == name.as_ref()) {
            said.entry(known).or_insert_with(|| said_of(&tag));
        }
    }
    said
}

fn said_of(tag: &BytesStart<'_>) -> SaidOfElement {
    let attribute = |name: &str| {
        let mut attributes = tag.attributes();
        let mut all = attributes.with_checks(false).flatten();
        let found = all.find(|attribute| attribute.key.local_name().as_ref() == name);
        found.map(|attribute| attribute.value.into_owned())
    };
    let number = |name| attribute(name)?.trim().parse::<f64>().ok();
    let options = attribute("opt").unwrap_or_default();
    SaidOfElement {
        min: number("min"),
        max: number("max"),
        options: options
            .split(',')
            .take(MAX_MODES)
            .map(|option| option.trim().to_owned())
            .collect(),
    }
}

fn range(said: Option<&SaidOfElement>) -> LevelRange {
    let usual = LevelRange {
        min: 0.0,
        max: 100.0,
    };
    let said = said.and_then(|said| {
        let (min, max) = (said.min?, said.max?);
        let is_range = min >= 0.0 && max > min && max <= f64::from(u16::MAX);
        is_range.then_some(LevelRange { min, max })
    });
    said.unwrap_or(usual)
}

fn day_night(mode: &str) -> DayNight {
    match mode.to_ascii_lowercase().as_str() {
        "auto" => DayNight::Auto,
        "day" => DayNight::Day,
        "night" => DayNight::Night,
        _ => DayNight::Other,
    }
}

fn isapi_name(mode: DayNight) -> Option<&'static str> {
    match mode {
        DayNight::Auto => Some("auto"),
        DayNight::Day => Some("day"),
        DayNight::Night => Some("night"),
        DayNight::Other => None,
    }
}

/// The modes that can be chosen. A camera that has the setting and does not list them has these three.
fn modes(said: Option<&SaidOfElement>) -> Vec<DayNight> {
    let all = [DayNight::Auto, DayNight::Day, DayNight::Night];
    let listed = said.map_or(&[][..], |said| &said.options);
    let is_listed = |mode: &DayNight| listed.iter().any(|option| day_night(option) == *mode);
    if listed.iter().all(String::is_empty) {
        return all.to_vec();
    }
    all.into_iter().filter(is_listed).collect()
}

/// The text with a declaration that is true for what is sent.
fn in_utf8(text: &str) -> String {
    let text = text.trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t']);
    let rest = match text
        .strip_prefix("<?xml")
        .and_then(|rest| rest.split_once("?>"))
    {
        Some((_, rest)) => rest,
        None => text,
    };
    format!("{DECLARATION}{rest}")
}

/// The namespace of the root as an attribute with a blank before it; none if it has none.
fn namespace(text: &str) -> String {
    let mut reader = Reader::from_str(text);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(tag) => {
                let mut attributes = tag.attributes();
                let mut all = attributes.with_checks(false).flatten();
                let found = all.find(|attribute| attribute.key.as_ref() == "xmlns");
                return found.map_or_else(String::new, |found| {
                    format!(" xmlns=\"{}\"", found.value.replace('"', "&quot;"))
                });
            }
            Event::Eof => break,
            _ => {}
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const IMAGE: &[u8] = include_bytes!("../../testdata/camera/image.xml");
    const CAPABILITIES: &[u8] = include_bytes!("../../testdata/camera/image_capabilities.xml");

    fn change(params: serde_json::Value) -> ImageChange {
        serde_json::from_value(params).expect("right")
    }

    #[test]
    fn image_settings_are_read_in_percent_of_their_range() {
        let image = IsapiImage::parse(IMAGE, Some(CAPABILITIES)).expect("settings");

        // Its brightness goes from 0 to 255.
        let expected = json!({"brightness": 50, "contrast": 40, "saturation": 60, "sharpness": 30,
            "dayNight": "other", "dayNightModes": ["auto", "day", "night"], "wdr": false,
            "flip": "none", "flipModes": ["none", "leftRight", "both"]});
        assert_eq!(serde_json::to_value(&image.settings).ok(), Some(expected));
    }

    #[test]
    fn a_change_leaves_everything_else_byte_for_byte() {
        let image = IsapiImage::parse(IMAGE, Some(CAPABILITIES)).expect("settings");

        let edited = image
            .edited(&change(
                json!({"brightness": 100, "dayNight": "night", "wdr": true}),
            ))
            .expect("a document");

        let expected = String::from_utf8_lossy(IMAGE)
            .replace("<brightnessLevel>128<", "<brightnessLevel>255<")
            .replace("<IrcutFilterType>schedule<", "<IrcutFilterType>night<")
            .replace("<mode>close<", "<mode>open<");
        assert_eq!(edited, expected);
        assert!(edited.contains("A & B"));
    }

    #[test]
    fn only_the_changed_parts_are_sent_alone() {
        let image = IsapiImage::parse(IMAGE, Some(CAPABILITIES)).expect("settings");

        let parts = image
            .parts(&change(
                json!({"contrast": 10, "dayNight": "day", "flip": "both"}),
            ))
            .expect("parts");

        let names: Vec<&str> = parts.iter().map(|(resource, _)| *resource).collect();
        assert_eq!(names, ["imageFlip", "color", "ircutFilter"]);
        let style = "<ImageFlipStyle>CENTER</ImageFlipStyle>";
        assert!(parts[0].1.contains(style), "{parts:?}");
        let color = &parts[1].1;
        assert!(
            color.contains("<contrastLevel>10</contrastLevel>"),
            "{color}"
        );
        assert!(color.contains("<brightnessLevel>128</brightnessLevel>"));
        assert!(color.contains(" xmlns=\"http://www.hikvision.com/ver20/XMLSchema\""));
        assert!(Element::read(color.as_bytes(), &["Color"]).is_ok());
        assert!(
            parts[2]
                .1
                .contains("<nightToDayFilterLevel>4</nightToDayFilterLevel>")
        );
    }

    #[test]
    fn a_camera_without_settings_has_none() {
        let body = b"<ImageChannel><id>1</id></ImageChannel>";

        let image = IsapiImage::parse(body, None).expect("settings");

        assert!(!image.settings.is_any());
        assert_eq!(image.parts(&change(json!({"contrast": 1}))), Ok(Vec::new()));
        let refusal = include_bytes!("../../testdata/hostile/response_status.xml");
        let refused = IsapiImage::parse(refusal, None);
        assert!(matches!(refused, Err(IsapiError::Status(_))));
    }

    #[test]
    fn another_character_set_is_put_back_in_utf8() {
        let body =
            b"<?xml version=\"1.0\" encoding=\"GB2312\"?><ImageChannel><name>\xc7\xb0</name>\
            <Color><contrastLevel>1</contrastLevel></Color></ImageChannel>";

        let image = IsapiImage::parse(body, None).expect("settings");

        let edited = image
            .edited(&change(json!({"contrast": 9})))
            .expect("a document");
        assert!(edited.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?><ImageChannel>"));
        assert!(
            edited.contains("<name>前</name>") && edited.contains(">9<"),
            "{edited}"
        );
    }

    #[test]
    fn a_range_that_makes_no_sense_counts_as_percent() {
        for attributes in [
            "min=\"9\" max=\"9\"",
            "min=\"x\" max=\"5\"",
            "min=\"-9\" max=\"NaN\"",
            "",
        ] {
            let capabilities = format!("<a><contrastLevel {attributes}/></a>");
            let body =
                b"<ImageChannel><Color><contrastLevel>40</contrastLevel></Color></ImageChannel>";
            let image = IsapiImage::parse(body, Some(capabilities.as_bytes())).expect("settings");
            assert_eq!(
                image.settings.contrast.map(ImageLevel::percent),
                Some(40),
                "{attributes}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_bytes_cause_a_panic_in_image_settings(
            body in prop::collection::vec(any::<u8>(), 0..300),
            capabilities in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            if let Ok(image) = IsapiImage::parse(&body, Some(&capabilities)) {
                let _any = image.parts(&change(json!({"contrast": 10, "wdr": true})));
            }
        }
    }
}
