//! The streams of a camera over the control channel: the list, how each would reach the viewer, and changing
//! one so that every browser can show it.

use serde::{Deserialize, Serialize};

use crate::ladder::{CameraStream, LadderChoice, PictureRung, StreamFormat, ViewerPlays, choose};
use crate::stream_kind::StreamKind;

/// `streams`: asks which streams a camera has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamsRequest {
    /// Id of the camera.
    pub camera: String,
}

/// The streams of a camera.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StreamList {
    /// All of them.
    pub streams: Vec<OfferedStream>,
    /// What `watch` with `main` sends; absent if the viewer can show none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main: Option<LadderChoice>,
    /// What `watch` with `sub` sends; absent if the viewer can show none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<LadderChoice>,
    /// Whether the viewer may change the camera's streams.
    #[serde(rename = "mayChange")]
    pub may_change: bool,
}

/// A stream, and how it would get to the viewer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OfferedStream {
    /// The stream.
    #[serde(flatten)]
    pub stream: CameraStream,
    /// The way of its pictures; absent if the viewer cannot show them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub way: Option<PictureRung>,
}

impl StreamList {
    /// The list for a viewer who can show this, and may change something or not.
    pub fn new(streams: Vec<CameraStream>, plays: ViewerPlays, may_change: bool) -> StreamList {
        let main = choose(StreamKind::Main, &streams, plays);
        let sub = choose(StreamKind::Sub, &streams, plays);
        let offered = streams.into_iter().map(|stream| OfferedStream {
            way: plays.rung(&stream.format),
            stream,
        });
        StreamList {
            streams: offered.collect(),
            main,
            sub,
            may_change,
        }
    }
}

/// `makeViewable`: changes a stream on the camera so that every browser shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeViewable {
    /// Id of the camera.
    pub camera: String,
    /// Which of its streams.
    #[serde(default = "small")]
    pub stream: StreamKind,
    /// Whether the person has seen what will change. Without it nothing does.
    #[serde(rename = "isAgreed", default)]
    pub is_agreed: bool,
}

fn small() -> StreamKind {
    StreamKind::Sub
}

/// What changes, or has changed, on the camera.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ViewableChange {
    /// The stream.
    pub stream: StreamKind,
    /// How it was before.
    pub from: StreamFormat,
    /// How it is afterwards; the same if nothing has to change.
    pub to: StreamFormat,
    /// Whether the camera has been asked, and has said that it is so now.
    pub is_done: bool,
    /// Whether the camera does it only once it is restarted, which is left to a person.
    pub needs_restart: bool,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ladder::ListedCodec;

    fn stream(stream: StreamKind, codec: &str) -> CameraStream {
        CameraStream {
            stream,
            format: StreamFormat {
                codec: Some(ListedCodec::named(codec)),
                ..StreamFormat::default()
            },
        }
    }

    #[test]
    fn a_stream_list_shows_what_the_viewer_would_get() {
        let streams = vec![
            stream(StreamKind::Main, "H.265"),
            stream(StreamKind::Sub, "H.265"),
            stream(StreamKind::Transcoded, "H.264"),
        ];
        let plays = ViewerPlays {
            h264: true,
            ..ViewerPlays::default()
        };

        let list = serde_json::to_value(StreamList::new(streams, plays, true)).expect("JSON");

        let expected = json!({
            "streams": [{"stream": "main", "codec": "H265"}, {"stream": "sub", "codec": "H265"},
                {"stream": "transcoded", "codec": "H264", "way": "h264"}],
            "main": {"stream": "transcoded", "rung": "h264"},
            "sub": {"stream": "transcoded", "rung": "h264"},
            "mayChange": true,
        });
        assert_eq!(list, expected);
    }

    #[test]
    fn nothing_is_changed_without_consent() {
        let read = |params| serde_json::from_value::<MakeViewable>(params);

        let first = read(json!({"camera": "1"})).expect("right");
        let second = read(json!({"camera": "1", "stream": "main", "isAgreed": true}));

        assert_eq!((first.stream, first.is_agreed), (StreamKind::Sub, false));
        let second = second.expect("right");
        assert_eq!((second.stream, second.is_agreed), (StreamKind::Main, true));
        for wrong in [
            json!({}),
            json!({"camera": 1}),
            json!({"camera": "1", "isAgreed": 1}),
            json!({"camera": "1", "stream": "all"}),
        ] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
