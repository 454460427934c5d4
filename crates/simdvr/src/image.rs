//! The image settings of a camera, in its own ranges.

/// Highest brightness; everything else goes to 100.
pub(crate) const MOST_BRIGHTNESS: u32 = 255;

/// What can be set about the picture of a camera.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimImage {
    /// From 0 to 255.
    pub brightness: u32,
    /// From 0 to 100.
    pub contrast: u32,
    /// From 0 to 100.
    pub saturation: u32,
    /// From 0 to 100.
    pub sharpness: u32,
    /// `auto`, `day`, `night` or `schedule`.
    pub day_night: String,
    /// Whether light and dark parts are evened out.
    pub wdr: bool,
    /// Whether the picture is mirrored from left to right.
    pub is_mirrored: bool,
}

impl Default for SimImage {
    fn default() -> Self {
        Self {
            brightness: 128,
            contrast: 50,
            saturation: 50,
            sharpness: 50,
            day_night: "auto".to_owned(),
            wdr: false,
            is_mirrored: false,
        }
    }
}

impl SimImage {
    /// Whether everything is within its range.
    pub(crate) fn is_possible(&self) -> bool {
        self.brightness <= MOST_BRIGHTNESS
            && [self.contrast, self.saturation, self.sharpness]
                .iter()
                .all(|level| *level <= 100)
            && ["auto", "day", "night", "schedule"].contains(&self.day_night.as_str())
    }
}
