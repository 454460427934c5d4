//! Requests of a viewer over the control channel: PTZ, snapshots, and capabilities of a camera. Every number
//! is bounded while it is parsed.

use serde::{Deserialize, Serialize};

/// Longest span of one movement. A lost stop costs no more than this.
pub const MAX_MOVE_MS: u16 = 2_000;
/// Span of a movement whose request names none.
pub const DEFAULT_MOVE_MS: u16 = 500;
/// Highest number of a preset or patrol; recorders have up to 300.
pub const MAX_PRESET: u16 = 512;
/// Longest name of a preset, in characters. Recorders take 32 bytes or more.
pub const MAX_PRESET_NAME_CHARS: usize = 32;
/// Bytes of a snapshot in one part; in base64 it stays well below the longest message.
pub const SNAPSHOT_PART_BYTES: usize = 30_000;

/// `ptz`: steers a camera.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ptz {
    /// Id of the camera.
    pub camera: String,
    /// What to do.
    #[serde(flatten)]
    pub action: PtzAction,
}

/// What to do with a camera that can be steered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
pub enum PtzAction {
    /// Moves for a while, then stops by itself; repeat it to go on.
    Move {
        /// To the right.
        #[serde(default)]
        pan: PtzSpeed,
        /// Up.
        #[serde(default)]
        tilt: PtzSpeed,
        /// Towards the picture.
        #[serde(default)]
        zoom: PtzSpeed,
        /// For how long.
        #[serde(default)]
        ms: MoveSpan,
    },
    /// Stops every movement.
    Stop,
    /// Turns the focus ring for a while.
    Focus {
        /// Positive is far.
        speed: PtzSpeed,
        /// For how long.
        #[serde(default)]
        ms: MoveSpan,
    },
    /// Turns the iris for a while.
    Iris {
        /// Positive opens.
        speed: PtzSpeed,
        /// For how long.
        #[serde(default)]
        ms: MoveSpan,
    },
    /// Lists the saved positions; the answer is a [`PresetList`].
    Presets,
    /// Goes to a saved position.
    Goto {
        /// Its number.
        preset: PresetNumber,
    },
    /// Saves the present position.
    Save {
        /// Its number.
        preset: PresetNumber,
        /// Its name.
        name: PresetName,
    },
    /// Forgets a saved position.
    Remove {
        /// Its number.
        preset: PresetNumber,
    },
    /// Starts or stops a round of saved positions.
    Patrol {
        /// Its number.
        patrol: PresetNumber,
        /// Whether it starts.
        #[serde(rename = "isOn")]
        is_on: bool,
    },
}

impl PtzAction {
    /// Whether the camera does something else than before; only then is it steered.
    pub fn is_steering(&self) -> bool {
        !matches!(self, PtzAction::Presets)
    }
}

/// A speed from −100 to 100; 0 stands still.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "i64")]
pub struct PtzSpeed(i8);

impl PtzSpeed {
    /// The speed in percent of the fastest.
    pub fn percent(self) -> i8 {
        self.0
    }
}

impl TryFrom<i64> for PtzSpeed {
    type Error = &'static str;

    fn try_from(percent: i64) -> Result<PtzSpeed, &'static str> {
        match i8::try_from(percent) {
            Ok(percent @ -100..=100) => Ok(PtzSpeed(percent)),
            _ => Err("a speed is between -100 and 100"),
        }
    }
}

/// How long a movement lasts: 1 to [`MAX_MOVE_MS`] ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u64")]
pub struct MoveSpan(u16);

impl MoveSpan {
    /// In milliseconds.
    pub fn ms(self) -> u16 {
        self.0
    }
}

impl Default for MoveSpan {
    fn default() -> MoveSpan {
        MoveSpan(DEFAULT_MOVE_MS)
    }
}

impl TryFrom<u64> for MoveSpan {
    type Error = &'static str;

    fn try_from(ms: u64) -> Result<MoveSpan, &'static str> {
        match u16::try_from(ms) {
            Ok(ms @ 1..=MAX_MOVE_MS) => Ok(MoveSpan(ms)),
            _ => Err("a movement lasts between 1 and 2000 ms"),
        }
    }
}

/// The number of a preset or patrol, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u64")]
pub struct PresetNumber(u16);

impl PresetNumber {
    /// The number.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl TryFrom<u64> for PresetNumber {
    type Error = &'static str;

    fn try_from(number: u64) -> Result<PresetNumber, &'static str> {
        match u16::try_from(number) {
            Ok(number @ 1..=MAX_PRESET) => Ok(PresetNumber(number)),
            _ => Err("a preset is between 1 and 512"),
        }
    }
}

/// The name of a preset: 1 to 32 characters that can be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct PresetName(String);

impl PresetName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PresetName {
    type Error = &'static str;

    fn try_from(name: String) -> Result<PresetName, &'static str> {
        let shown = crate::shown::shown(&name, MAX_PRESET_NAME_CHARS);
        if shown.is_empty() || shown != name {
            return Err("a name has between 1 and 32 characters");
        }
        Ok(PresetName(name))
    }
}

/// A saved position of a camera.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preset {
    /// Its number, from 1.
    pub id: u16,
    /// Its name on the recorder; may be empty.
    pub name: String,
}

/// The saved positions of a camera.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresetList {
    /// In the order of their numbers.
    pub presets: Vec<Preset>,
}

/// `capabilities`: asks what a camera can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapabilitiesRequest {
    /// Id of the camera.
    pub camera: String,
}

/// What a camera can do, as it answered when it was asked. Nothing of it is guessed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CameraCapabilities {
    /// Turns and tilts.
    pub pan_tilt: bool,
    /// Zooms.
    pub zoom: bool,
    /// Its focus can be moved.
    pub focus: bool,
    /// Its iris can be moved.
    pub iris: bool,
    /// Most saved positions; 0 if it has none.
    pub presets: u16,
    /// Most patrols; 0 if it has none.
    pub patrols: u16,
    /// It sends a picture on request.
    pub snapshot: bool,
    /// Where one is heard who talks through it; `None` if nowhere.
    #[serde(default)]
    pub talk: Option<TalkPlace>,
    /// Some of its image settings can be changed.
    pub image: bool,
    /// Outputs of its recorder.
    pub outputs: u16,
    /// Its recorder tells of events.
    pub events: bool,
}

/// Where one is heard who talks through a camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TalkPlace {
    /// At the camera.
    Camera,
    /// At its recorder, which has the only loudspeaker.
    Recorder,
}

/// `snapshot`: asks for one picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotRequest {
    /// Id of the camera.
    pub camera: String,
    /// A small picture, or as large as the camera makes it.
    #[serde(default)]
    pub size: SnapshotSize,
}

/// How large a snapshot is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SnapshotSize {
    /// About 640 × 360.
    #[default]
    Small,
    /// The camera's own size.
    Full,
}

/// A snapshot is ready; the viewer requests its parts one by one, so it is never sent more than it reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotReady {
    /// Its number in this call. A later snapshot replaces it.
    pub snapshot: u32,
    /// `image/jpeg`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Length in bytes.
    pub bytes: usize,
    /// Number of parts.
    pub parts: usize,
}

/// `snapshotPart`: asks for one part of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotPartRequest {
    /// Number of the snapshot.
    pub snapshot: u32,
    /// Which part, from 0.
    pub part: usize,
}

/// One part of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotPart {
    /// At most [`SNAPSHOT_PART_BYTES`] bytes in base64 (RFC 4648 §4).
    pub data: String,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn ptz(params: Value) -> Result<Ptz, serde_json::Error> {
        serde_json::from_value(params)
    }

    #[test]
    fn a_movement_has_a_speed_and_a_short_span() {
        let read = ptz(json!({"camera": "1", "do": "move", "pan": -40, "ms": 300})).expect("right");

        let PtzAction::Move {
            pan,
            tilt,
            zoom,
            ms,
        } = read.action
        else {
            panic!("a movement: {read:?}");
        };
        assert_eq!((pan.percent(), tilt.percent(), zoom.percent()), (-40, 0, 0));
        assert_eq!(ms.ms(), 300);
        let unsaid = ptz(json!({"camera": "1", "do": "move", "zoom": 100})).expect("right");
        assert!(matches!(unsaid.action, PtzAction::Move { ms, .. } if ms.ms() == DEFAULT_MOVE_MS));
    }

    #[test]
    fn numbers_beyond_their_bounds_are_refused() {
        for params in [
            json!({"camera": "1", "do": "move", "pan": 101}),
            json!({"camera": "1", "do": "move", "pan": -101}),
            json!({"camera": "1", "do": "move", "pan": 1.5}),
            json!({"camera": "1", "do": "move", "pan": 1, "ms": 0}),
            json!({"camera": "1", "do": "move", "pan": 1, "ms": 2001}),
            json!({"camera": "1", "do": "move", "pan": 1, "ms": -1}),
            json!({"camera": "1", "do": "focus"}),
            json!({"camera": "1", "do": "goto", "preset": 0}),
            json!({"camera": "1", "do": "goto", "preset": 513}),
            json!({"camera": "1", "do": "goto"}),
            json!({"camera": "1", "do": "save", "preset": 1, "name": ""}),
            json!({"camera": "1", "do": "save", "preset": 1, "name": "a\u{7}b"}),
            json!({"camera": "1", "do": "save", "preset": 1, "name": "x".repeat(33)}),
            json!({"camera": "1", "do": "spin"}),
            json!({"camera": 1, "do": "stop"}),
            json!({"do": "stop"}),
            json!({"camera": "1"}),
        ] {
            assert!(ptz(params.clone()).is_err(), "{params}");
        }
    }

    #[test]
    fn every_action_survives_writing_and_parsing() {
        for params in [
            json!({"camera": "1", "do": "move", "pan": 1, "tilt": -1, "zoom": 0, "ms": 1}),
            json!({"camera": "1", "do": "stop"}),
            json!({"camera": "1", "do": "focus", "speed": 100, "ms": 2000}),
            json!({"camera": "1", "do": "iris", "speed": -100, "ms": 5}),
            json!({"camera": "1", "do": "presets"}),
            json!({"camera": "1", "do": "goto", "preset": 512}),
            json!({"camera": "1", "do": "save", "preset": 1, "name": "Tür & Tor"}),
            json!({"camera": "1", "do": "remove", "preset": 3}),
            json!({"camera": "1", "do": "patrol", "patrol": 2, "isOn": true}),
        ] {
            let read = ptz(params.clone()).expect("right");
            assert_eq!(serde_json::to_value(&read).expect("JSON"), params);
        }
    }
}
