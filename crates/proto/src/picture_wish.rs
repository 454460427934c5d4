//! Chooses the stream of a camera for a person who prefers it clear, balanced or fluent, and explains a
//! result that differs from what the name suggests. Cameras have one stream or many, and only their sizes
//! tell them apart.

use serde::{Deserialize, Serialize};

use crate::ladder::{CameraStream, ViewerPlays};
use crate::quality::RatedStream;
use crate::stream_kind::{PictureWish, StreamKind};

/// A balanced picture has at most the pixels of 1280 × 720.
const BALANCED_PIXELS: u64 = 1_280 * 720;
/// Pixels of a full picture, and of any other, of which nobody says how many.
const USUAL_MAIN_PIXELS: u64 = 1_920 * 1_080;
const USUAL_SMALL_PIXELS: u64 = 640 * 360;

/// Why a slot carries another picture than its viewer may expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChoiceNote {
    /// The camera has one stream.
    OnlyOne,
    /// The camera has nothing between its full and its small picture; the small one is sent.
    NothingBetween,
    /// The camera's full picture is no larger than a balanced one.
    FullIsSmall,
    /// The viewer cannot show the stream that would be sent.
    CannotShow,
    /// The recorder has no session for the stream that would be sent.
    NoSession,
}

/// A stream, and why it is not another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WishedStream {
    /// The stream.
    pub stream: StreamKind,
    /// What a person should know about it.
    pub note: Option<ChoiceNote>,
}

/// The stream of a camera that is nearest to a preference; `None` if the camera has none.
///
/// Clear is the picture with the most pixels. Fluent takes least of the path. Balanced is the largest picture up to
/// 1280 × 720. Streams that the viewer cannot show count only if it can show none.
pub fn choose(
    wish: PictureWish,
    streams: &[CameraStream],
    plays: ViewerPlays,
) -> Option<WishedStream> {
    let of_all = nearest(wish, streams)?;
    let mut shown = streams.to_vec();
    shown.retain(|it| plays.rung(&it.format).is_some());
    let chosen = nearest(wish, &shown).unwrap_or(of_all);
    if chosen.stream != of_all.stream {
        let note = Some(ChoiceNote::CannotShow);
        return Some(WishedStream { note, ..chosen });
    }
    // What other streams there are does not matter if nobody can see them.
    Some(of_all)
}

fn nearest(wish: PictureWish, streams: &[CameraStream]) -> Option<WishedStream> {
    // Of streams that are alike, the full one by name is the clear one.
    let size = |it: &&CameraStream| (pixels(it), rate(it), it.stream == StreamKind::Main);
    let cost = |it: &&CameraStream| (rate(it), pixels(it), it.stream == StreamKind::Main);
    let clear = streams.iter().max_by_key(size)?;
    let fluent = streams.iter().min_by_key(cost)?;
    let chosen = match wish {
        PictureWish::Clear => clear,
        PictureWish::Fluent => fluent,
        PictureWish::Balanced => {
            let moderate = streams.iter().filter(|it| pixels(it) <= BALANCED_PIXELS);
            moderate.max_by_key(size).unwrap_or(fluent)
        }
    };
    let note = match wish {
        PictureWish::Clear => None,
        _ if streams.len() == 1 => Some(ChoiceNote::OnlyOne),
        PictureWish::Balanced if chosen.stream == clear.stream => Some(ChoiceNote::FullIsSmall),
        PictureWish::Balanced if chosen.stream == fluent.stream => Some(ChoiceNote::NothingBetween),
        PictureWish::Balanced | PictureWish::Fluent => None,
    };
    let stream = chosen.stream;
    Some(WishedStream { stream, note })
}

fn rate(stream: &CameraStream) -> u64 {
    RatedStream::new(stream.stream, &stream.format, None).rate
}

fn pixels(stream: &CameraStream) -> u64 {
    let (width, height) = (stream.format.width, stream.format.height);
    let by_name = match stream.stream {
        StreamKind::Main => USUAL_MAIN_PIXELS,
        _ => USUAL_SMALL_PIXELS,
    };
    let size = width.zip(height);
    size.map_or(by_name, |(width, height)| {
        u64::from(width) * u64::from(height)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ladder::{ListedCodec, StreamFormat};
    use crate::video::{CameraCodec, Decoders};

    const CHROMIUM: ViewerPlays = ViewerPlays {
        h264: true,
        h265: false,
        decoders: Decoders {
            jpeg: false,
            h264: false,
            h265: false,
            h265_pixels: None,
            still: false,
        },
    };

    fn stream(stream: StreamKind, size: (u32, u32), codec: CameraCodec) -> CameraStream {
        let format = StreamFormat {
            codec: Some(ListedCodec::Known(codec)),
            width: Some(size.0),
            height: Some(size.1),
            ..StreamFormat::default()
        };
        CameraStream { stream, format }
    }

    fn h264(kind: StreamKind, width: u32, height: u32) -> CameraStream {
        stream(kind, (width, height), CameraCodec::H264)
    }

    /// The stream of each preference, the clear one first.
    fn chosen(streams: &[CameraStream]) -> [(StreamKind, Option<ChoiceNote>); 3] {
        [
            PictureWish::Clear,
            PictureWish::Balanced,
            PictureWish::Fluent,
        ]
        .map(|wish| {
            let it = choose(wish, streams, CHROMIUM).expect("there is one");
            (it.stream, it.note)
        })
    }

    #[test]
    fn three_streams_serve_three_preferences() {
        let streams = [
            h264(StreamKind::Main, 2_560, 1_440),
            h264(StreamKind::Sub, 352, 288),
            h264(StreamKind::Third, 1_280, 720),
        ];

        let found = chosen(&streams);

        assert_eq!(
            found,
            [
                (StreamKind::Main, None),
                (StreamKind::Third, None),
                (StreamKind::Sub, None)
            ]
        );
    }

    #[test]
    fn two_streams_leave_nothing_between_and_say_so() {
        let streams = [
            h264(StreamKind::Main, 1_920, 1_080),
            h264(StreamKind::Sub, 640, 360),
        ];

        let found = chosen(&streams);

        assert_eq!(
            found[1..],
            [
                (StreamKind::Sub, Some(ChoiceNote::NothingBetween)),
                (StreamKind::Sub, None)
            ]
        );
    }

    #[test]
    fn a_small_full_picture_is_balanced_too() {
        let streams = [
            h264(StreamKind::Main, 1_280, 720),
            h264(StreamKind::Sub, 640, 360),
        ];

        let balanced = choose(PictureWish::Balanced, &streams, CHROMIUM);

        let note = Some(ChoiceNote::FullIsSmall);
        let stream = StreamKind::Main;
        assert_eq!(balanced, Some(WishedStream { stream, note }));
    }

    #[test]
    fn a_single_stream_is_all_that_there_is() {
        let streams = [h264(StreamKind::Main, 1_920, 1_080)];

        let found = chosen(&streams);

        let only = (StreamKind::Main, Some(ChoiceNote::OnlyOne));
        assert_eq!(found, [(StreamKind::Main, None), only, only]);
        assert_eq!(choose(PictureWish::Clear, &[], CHROMIUM), None);
    }

    #[test]
    fn clear_prefers_a_stream_that_the_viewer_can_show() {
        let streams = [
            stream(StreamKind::Main, (1_920, 1_080), CameraCodec::H265),
            h264(StreamKind::Sub, 640, 360),
        ];

        let clear = choose(PictureWish::Clear, &streams, CHROMIUM);
        let on_nothing = choose(PictureWish::Clear, &streams, ViewerPlays::default());

        let note = Some(ChoiceNote::CannotShow);
        let stream = StreamKind::Sub;
        assert_eq!(clear, Some(WishedStream { stream, note }));
        assert_eq!(on_nothing.map(|it| it.stream), Some(StreamKind::Main));
    }

    #[test]
    fn streams_of_unknown_size_are_distinguished_by_name() {
        let unknown = |stream| CameraStream {
            stream,
            format: StreamFormat::default(),
        };
        let streams = [unknown(StreamKind::Main), unknown(StreamKind::Sub)];

        let found = chosen(&streams).map(|(stream, _)| stream);

        assert_eq!(found, [StreamKind::Main, StreamKind::Sub, StreamKind::Sub]);
    }

    #[test]
    fn similar_streams_are_distinguished_by_name() {
        let alike = [
            h264(StreamKind::Main, 1_920, 1_080),
            h264(StreamKind::Sub, 1_920, 1_080),
        ];

        let found = chosen(&alike).map(|(stream, _)| stream);

        assert_eq!(found, [StreamKind::Main, StreamKind::Sub, StreamKind::Sub]);
    }

    #[test]
    fn sizes_without_sense_break_nothing() {
        let streams = [
            h264(StreamKind::Main, 0, 0),
            h264(StreamKind::Sub, u32::MAX, u32::MAX),
        ];

        let found = chosen(&streams).map(|(stream, _)| stream);

        assert_eq!(found, [StreamKind::Sub, StreamKind::Main, StreamKind::Main]);
    }
}
