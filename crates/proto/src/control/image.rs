//! Image settings of a camera, as a viewer reads and changes them. Every level goes from 0 to 100, whatever
//! the camera's own range is; settings that a camera lacks are absent.

use serde::{Deserialize, Serialize};

/// `image`: asks for the image settings of a camera.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageRequest {
    /// Id of the camera.
    pub camera: String,
}

/// `setImage`: changes some of them; the answer is [`ImageSettings`] as they are then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetImage {
    /// Id of the camera.
    pub camera: String,
    /// What is to change.
    #[serde(flatten)]
    pub change: ImageChange,
}

/// A level from 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u64")]
pub struct ImageLevel(u8);

impl ImageLevel {
    /// In percent of the camera's range.
    pub fn percent(self) -> u8 {
        self.0
    }

    /// The level that is nearest to a share of the range, which counts from 0 to 1.
    pub fn of_share(share: f64) -> ImageLevel {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is between 0 and 100, and not a number becomes 0"
        )]
        ImageLevel((share.clamp(0.0, 1.0) * 100.0).round() as u8)
    }

    /// As a share of the range, from 0 to 1.
    pub fn share(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

impl TryFrom<u64> for ImageLevel {
    type Error = &'static str;

    fn try_from(percent: u64) -> Result<ImageLevel, &'static str> {
        match u8::try_from(percent) {
            Ok(percent @ 0..=100) => Ok(ImageLevel(percent)),
            _ => Err("a level is between 0 and 100"),
        }
    }
}

/// When a camera is in colour, and when it sees infrared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DayNight {
    /// As it is light or dark.
    Auto,
    /// Always in colour, with the infrared filter.
    Day,
    /// Always without the filter.
    Night,
    /// A vendor-specific mode, such as a schedule; it can be left, but not chosen here.
    Other,
}

/// How a camera turns its picture over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ImageFlip {
    /// As it sees it.
    None,
    /// As in a mirror.
    LeftRight,
    /// Upside down, as in water.
    UpDown,
    /// Both, as of a camera that hangs upside down.
    Both,
}

/// The image settings of a camera.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageSettings {
    /// How bright it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brightness: Option<ImageLevel>,
    /// Its contrast.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contrast: Option<ImageLevel>,
    /// Its colours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saturation: Option<ImageLevel>,
    /// How much edges are sharpened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sharpness: Option<ImageLevel>,
    /// Day or night.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_night: Option<DayNight>,
    /// What can be chosen there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub day_night_modes: Vec<DayNight>,
    /// Whether light and dark parts are evened out (wide dynamic range).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wdr: Option<bool>,
    /// How the picture is turned over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flip: Option<ImageFlip>,
    /// What can be chosen there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flip_modes: Vec<ImageFlip>,
}

/// What is to change; the rest stays as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageChange {
    /// How bright it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brightness: Option<ImageLevel>,
    /// Its contrast.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contrast: Option<ImageLevel>,
    /// Its colours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saturation: Option<ImageLevel>,
    /// How much edges are sharpened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sharpness: Option<ImageLevel>,
    /// Day or night.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_night: Option<DayNight>,
    /// Whether light and dark parts are evened out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wdr: Option<bool>,
    /// How the picture is turned over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flip: Option<ImageFlip>,
}

impl ImageSettings {
    /// Whether a camera says that it has any of them.
    pub fn is_any(&self) -> bool {
        *self != ImageSettings::default()
    }
}

impl ImageChange {
    /// Whether nothing is to change.
    pub fn is_empty(&self) -> bool {
        *self == ImageChange::default()
    }

    /// Whether a camera with these settings has everything that is to change.
    pub fn is_possible(&self, now: &ImageSettings) -> bool {
        let has = |wanted: Option<ImageLevel>, known: Option<ImageLevel>| {
            wanted.is_none() || known.is_some()
        };
        let is_mode = |mode: DayNight| now.day_night_modes.contains(&mode);
        has(self.brightness, now.brightness)
            && has(self.contrast, now.contrast)
            && has(self.saturation, now.saturation)
            && has(self.sharpness, now.sharpness)
            && self.day_night.is_none_or(is_mode)
            && (self.wdr.is_none() || now.wdr.is_some())
            && self.flip.is_none_or(|flip| now.flip_modes.contains(&flip))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn levels_are_bounded_while_they_are_read() {
        for level in [json!(101), json!(-1), json!(1.5), json!("5"), json!(1e9)] {
            let read =
                serde_json::from_value::<SetImage>(json!({"camera": "1", "contrast": level}));
            assert!(read.is_err(), "{level}");
        }
        let read: SetImage =
            serde_json::from_value(json!({"camera": "1", "contrast": 100, "dayNight": "night"}))
                .expect("right");

        assert_eq!(read.change.contrast.map(ImageLevel::percent), Some(100));
        assert_eq!(read.change.day_night, Some(DayNight::Night));
        assert!(!read.change.is_empty());
    }

    #[test]
    fn only_supported_settings_can_be_changed() {
        let level = ImageLevel::try_from(50).ok();
        let now = ImageSettings {
            brightness: level,
            day_night: Some(DayNight::Other),
            day_night_modes: vec![DayNight::Auto, DayNight::Day],
            flip: Some(ImageFlip::None),
            flip_modes: vec![ImageFlip::None, ImageFlip::Both],
            ..ImageSettings::default()
        };
        let change = |params| -> ImageChange { serde_json::from_value(params).expect("right") };

        for (params, is_possible) in [
            (json!({"brightness": 7}), true),
            (json!({"dayNight": "day"}), true),
            (json!({"contrast": 7}), false),
            (json!({"brightness": 7, "sharpness": 7}), false),
            (json!({"dayNight": "night"}), false),
            (json!({"dayNight": "other"}), false),
            (json!({"wdr": false}), false),
            (json!({"flip": "both"}), true),
            (json!({"flip": "upDown"}), false),
        ] {
            assert_eq!(
                change(params.clone()).is_possible(&now),
                is_possible,
                "{params}"
            );
        }
    }

    #[test]
    fn every_level_survives_the_way_to_a_share_and_back() {
        for percent in 0..=100 {
            let level = ImageLevel::try_from(percent).expect("a level");
            assert_eq!(ImageLevel::of_share(level.share()), level);
        }
        assert_eq!(ImageLevel::of_share(f64::NAN).percent(), 0);
        assert_eq!(ImageLevel::of_share(7.0).percent(), 100);
    }
}
