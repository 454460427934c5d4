//! PTZ over ISAPI: capabilities, presets, and the bodies of requests.

use super::error::IsapiError;
use super::xml::Element;
use crate::control::requests::{MAX_PRESET, MAX_PRESET_NAME_CHARS, Preset, PtzSpeed};
use crate::shown::shown;

/// What a camera can do, from `GET /ISAPI/PTZCtrl/channels/{id}/capabilities`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PtzCapabilities {
    /// Turns and tilts.
    pub has_pan_tilt: bool,
    /// Zooms.
    pub has_zoom: bool,
    /// Takes movements that end by themselves; others go on until they are stopped.
    pub is_momentary: bool,
    /// Most presets, at most [`MAX_PRESET`].
    pub n_presets: u16,
    /// Most patrols.
    pub n_patrols: u16,
}

impl PtzCapabilities {
    /// Reads the answer. What it does not name counts as absent.
    pub fn parse(body: &[u8]) -> Result<PtzCapabilities, IsapiError> {
        // Devices spell the root with one "n" or with two.
        let root = Element::read(body, &["PTZChanelCap", "PTZChannelCap"])?;
        let has = |name| root.child(name).is_some();
        let number = |name| {
            let number = root.number_of(name).unwrap_or(0);
            u16::try_from(number).map_or(MAX_PRESET, |number| number.min(MAX_PRESET))
        };
        let is_momentary = has("MomentaryPanTiltSpace") || has("MomentaryZoomSpace");
        Ok(PtzCapabilities {
            has_pan_tilt: has("MomentaryPanTiltSpace") || has("ContinuousPanTiltSpace"),
            has_zoom: has("MomentaryZoomSpace") || has("ContinuousZoomSpace"),
            is_momentary,
            n_presets: number("maxPresetNum"),
            n_patrols: number("maxPatrolNum"),
        })
    }
}

/// The saved positions that are in use, from `GET /ISAPI/PTZCtrl/channels/{id}/presets`, by number.
pub fn parse_presets(body: &[u8]) -> Result<Vec<Preset>, IsapiError> {
    let root = Element::read(body, &["PTZPresetList", "PTZPreset"])?;
    let used = root
        .children("PTZPreset")
        .filter(|preset| preset.flag_of("enabled") != Some(false));
    let mut presets: Vec<Preset> = used
        .filter_map(|preset| {
            let id = u16::try_from(preset.number_of("id")?).ok()?;
            (1..=MAX_PRESET).contains(&id).then(|| Preset {
                id,
                name: shown(
                    preset.text_of("presetName").unwrap_or_default(),
                    MAX_PRESET_NAME_CHARS,
                ),
            })
        })
        .collect();
    presets.sort_by_key(|preset| preset.id);
    presets.dedup_by_key(|preset| preset.id);
    presets.truncate(usize::from(MAX_PRESET));
    Ok(presets)
}

/// Whether a body is the setting of a lens, `focus` or `iris`: then the lens can be moved.
pub fn is_lens(body: &[u8]) -> Result<bool, IsapiError> {
    Element::read(body, &["FocusData", "IrisData"]).map(|_| true)
}

/// The body of a movement. With a span the recorder ends it by itself.
pub fn movement(pan: PtzSpeed, tilt: PtzSpeed, zoom: PtzSpeed, span_ms: Option<u16>) -> String {
    let momentary = span_ms.map_or_else(String::new, |ms| {
        format!("<Momentary><duration>{ms}</duration></Momentary>")
    });
    document(
        "PTZData",
        &format!(
            "<pan>{}</pan><tilt>{}</tilt><zoom>{}</zoom>{momentary}",
            pan.percent(),
            tilt.percent(),
            zoom.percent()
        ),
    )
}

/// The body of a movement of a lens; 0 stops it.
pub fn lens_movement(is_focus: bool, speed: PtzSpeed) -> String {
    let (root, name) = if is_focus {
        ("FocusData", "focus")
    } else {
        ("IrisData", "iris")
    };
    document(root, &format!("<{name}>{}</{name}>", speed.percent()))
}

/// The body that saves the present position.
pub fn preset(id: u16, name: &str) -> String {
    let name = quick_xml::escape::escape(name);
    document(
        "PTZPreset",
        &format!("<enabled>true</enabled><id>{id}</id><presetName>{name}</presetName>"),
    )
}

fn document(root: &str, content: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <{root} version=\"2.0\" xmlns=\"http://www.isapi.org/ver20/XMLSchema\">{content}</{root}>"
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn speed(percent: i64) -> PtzSpeed {
        PtzSpeed::try_from(percent).expect("a speed")
    }

    #[test]
    fn a_dome_reports_what_it_can_do() {
        let body = b"<PTZChanelCap version=\"2.0\" xmlns=\"http://www.hikvision.com/ver20/XMLSchema\">\
            <ContinuousPanTiltSpace><XRange><Min>-100</Min><Max>100</Max></XRange></ContinuousPanTiltSpace>\
            <ContinuousZoomSpace><ZRange><Min>-100</Min><Max>100</Max></ZRange></ContinuousZoomSpace>\
            <MomentaryPanTiltSpace/><maxPresetNum>300</maxPresetNum><maxPatrolNum>8</maxPatrolNum>\
            </PTZChanelCap>";

        let expected = PtzCapabilities {
            has_pan_tilt: true,
            has_zoom: true,
            is_momentary: true,
            n_presets: 300,
            n_patrols: 8,
        };
        assert_eq!(PtzCapabilities::parse(body), Ok(expected));
    }

    #[test]
    fn a_fixed_camera_can_do_nothing() {
        let parsed = PtzCapabilities::parse(
            b"<PTZChannelCap><maxPresetNum>0</maxPresetNum></PTZChannelCap>",
        );

        assert_eq!(parsed, Ok(PtzCapabilities::default()));
    }

    #[test]
    fn presets_in_use_are_listed_by_number() {
        let body = b"<PTZPresetList><PTZPreset><enabled>true</enabled><id>7</id><presetName>Door & gate</presetName></PTZPreset>\
            <PTZPreset><enabled>false</enabled><id>2</id><presetName>Preset 2</presetName></PTZPreset>\
            <PTZPreset><id>1</id></PTZPreset><PTZPreset><id>1</id></PTZPreset>\
            <PTZPreset><id>0</id></PTZPreset><PTZPreset><id>70000</id></PTZPreset></PTZPresetList>";

        let presets = parse_presets(body).expect("a list");

        let listed: Vec<_> = presets.iter().map(|it| (it.id, it.name.as_str())).collect();
        assert_eq!(listed, [(1, ""), (7, "Door & gate")]);
    }

    #[test]
    fn a_refusal_under_status_200_is_no_capability() {
        let body = include_bytes!("../../testdata/hostile/response_status.xml");

        assert!(matches!(
            PtzCapabilities::parse(body),
            Err(IsapiError::Status(_))
        ));
        assert!(matches!(parse_presets(body), Err(IsapiError::Status(_))));
        assert!(matches!(is_lens(body), Err(IsapiError::Status(_))));
    }

    #[test]
    fn bodies_are_documents_with_the_vendors_names() {
        let moved = movement(speed(40), speed(-5), speed(0), Some(300));
        assert!(
            moved.contains("<pan>40</pan><tilt>-5</tilt><zoom>0</zoom>"),
            "{moved}"
        );
        assert!(moved.contains("<Momentary><duration>300</duration></Momentary>"));
        assert!(!movement(speed(1), speed(0), speed(0), None).contains("Momentary"));
        assert!(lens_movement(true, speed(7)).contains("<focus>7</focus>"));
        assert!(lens_movement(false, speed(-7)).contains("<iris>-7</iris>"));
    }

    proptest! {
        #[test]
        fn any_preset_name_is_read_back_from_its_body(name in "\\PC{1,32}") {
            let name = shown(&name, MAX_PRESET_NAME_CHARS);
            let list = format!("<PTZPresetList>{}</PTZPresetList>", preset(3, &name).split_once("?>").expect("a declaration").1);

            let presets = parse_presets(list.as_bytes()).expect("our own list");

            prop_assert_eq!(presets[0].name.as_str(), name.trim());
        }
    }
}
