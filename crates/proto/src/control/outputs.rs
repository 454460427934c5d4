//! The outputs of a recorder (relays for a gate, a siren, a light), as a viewer sees and switches them.

use serde::{Deserialize, Serialize};

/// Longest pulse. A lost end costs no more than this.
pub const MAX_PULSE_MS: u16 = 10_000;
/// Span of a pulse whose request names none: what openers of gates and doors want.
pub const DEFAULT_PULSE_MS: u16 = 500;
/// Most outputs that are listed; recorders have up to 24, with those of their cameras.
pub const MAX_OUTPUTS: usize = 32;
/// Longest name of an output, in characters.
pub const MAX_OUTPUT_NAME_CHARS: usize = 64;

/// An output of a recorder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecorderOutput {
    /// What it is called in requests.
    pub id: String,
    /// Its name on the recorder; may be empty.
    pub name: String,
    /// Whether it is on; `None` if the recorder does not tell.
    pub is_on: Option<bool>,
}

/// All outputs of a recorder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputList {
    /// At most [`MAX_OUTPUTS`].
    pub outputs: Vec<RecorderOutput>,
}

/// `setOutput`: switches an output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetOutput {
    /// Its id.
    pub output: String,
    /// What to do with it.
    #[serde(flatten)]
    pub action: OutputAction,
}

/// What to do with an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
pub enum OutputAction {
    /// Switches it on.
    On,
    /// Switches it off.
    Off,
    /// Switches it on for a while.
    Pulse {
        /// For how long.
        #[serde(default)]
        ms: PulseSpan,
    },
}

/// How long a pulse lasts: 1 to [`MAX_PULSE_MS`] ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u64")]
pub struct PulseSpan(u16);

impl PulseSpan {
    /// In milliseconds.
    pub fn ms(self) -> u16 {
        self.0
    }
}

impl Default for PulseSpan {
    fn default() -> PulseSpan {
        PulseSpan(DEFAULT_PULSE_MS)
    }
}

impl TryFrom<u64> for PulseSpan {
    type Error = &'static str;

    fn try_from(ms: u64) -> Result<PulseSpan, &'static str> {
        match u16::try_from(ms) {
            Ok(ms @ 1..=MAX_PULSE_MS) => Ok(PulseSpan(ms)),
            _ => Err("a pulse lasts between 1 and 10000 ms"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pulse_has_a_short_span() {
        let read = |params| serde_json::from_value::<SetOutput>(params);

        for params in [
            json!({"output": "1", "do": "pulse", "ms": 0}),
            json!({"output": "1", "do": "pulse", "ms": 10_001}),
            json!({"output": "1", "do": "pulse", "ms": -1}),
            json!({"output": 1, "do": "on"}),
            json!({"output": "1", "do": "toggle"}),
            json!({"output": "1"}),
        ] {
            assert!(read(params.clone()).is_err(), "{params}");
        }
        let unsaid = read(json!({"output": "1", "do": "pulse"})).expect("right");
        let ms = PulseSpan(DEFAULT_PULSE_MS);
        assert_eq!(unsaid.action, OutputAction::Pulse { ms });
        let off = read(json!({"output": "2", "do": "off"})).expect("right");
        assert_eq!((off.output.as_str(), off.action), ("2", OutputAction::Off));
    }
}
