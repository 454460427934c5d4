//! Events of a recorder and its cameras, as they are sent to viewers.

use serde::{Deserialize, Serialize};

/// Longest word of a recorder for an event, in characters.
pub const MAX_EVENT_WORD_CHARS: usize = 32;

/// `event`: something begins or ends. A start for an event that is already active changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecorderEvent {
    /// What it is about.
    #[serde(flatten)]
    pub key: EventKey,
    /// Whether it begins or ends.
    pub state: EventPhase,
    /// When the agent heard of it, in milliseconds since 1970 on its own clock: those of recorders are
    /// often hours off, or in a zone that they do not name.
    pub at: u64,
}

/// What an event is about. There is one of each at a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EventKey {
    /// Id of the camera; `None` if it is about the recorder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub camera: Option<String>,
    /// What happens.
    pub kind: EventKind,
    /// The recorder's own word for it, where the kind leaves something open: what was detected, which
    /// input, what else. At most [`MAX_EVENT_WORD_CHARS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word: Option<String>,
}

impl EventKey {
    /// With as much of the word as may be shown.
    pub fn new(camera: Option<String>, kind: EventKind, word: &str) -> EventKey {
        let word = crate::shown::shown(word, MAX_EVENT_WORD_CHARS);
        EventKey {
            camera,
            kind,
            word: Some(word).filter(|word| !word.is_empty()),
        }
    }
}

/// Whether something begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventPhase {
    /// It begins.
    Start,
    /// It ends.
    Stop,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EventKind {
    /// Something moves.
    Motion,
    /// Something crosses a line.
    Line,
    /// Something is in an area, enters or leaves it.
    Intrusion,
    /// A person, face, vehicle or animal is seen; the word says which.
    Object,
    /// The camera is covered, turned or out of focus.
    Tamper,
    /// The recorder gets no picture of the camera.
    VideoLoss,
    /// An alarm input is on; the word says which.
    Input,
    /// There is no room for recordings.
    DiskFull,
    /// A disk fails or is missing.
    DiskError,
    /// Anything else, as the word says. Also every kind that this version does not know.
    #[serde(other)]
    Other,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_flat_on_the_wire() {
        let event = RecorderEvent {
            key: EventKey::new(Some("3".to_owned()), EventKind::VideoLoss, ""),
            state: EventPhase::Start,
            at: 1_700_000_000_123,
        };

        let written = serde_json::to_value(&event).expect("JSON");

        let expected = json!({"camera": "3", "kind": "videoLoss", "state": "start",
            "at": 1_700_000_000_123_u64});
        assert_eq!(written, expected);
        assert_eq!(
            serde_json::from_value::<RecorderEvent>(written).ok(),
            Some(event)
        );
    }

    #[test]
    fn a_recorders_own_event_name_is_short_and_printable() {
        let key = EventKey::new(
            None,
            EventKind::Other,
            &format!("\u{202e}a{}", "b".repeat(99)),
        );

        let word = key.word.expect("a word");
        assert_eq!(word.chars().count(), MAX_EVENT_WORD_CHARS);
        assert!(word.starts_with("ab"));
        assert_eq!(EventKey::new(None, EventKind::Other, "\u{7}").word, None);
    }
}
