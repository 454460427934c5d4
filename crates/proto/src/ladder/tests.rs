//! The choice of streams as a table: what the viewer plays, what the camera has, what is sent.

use super::*;

const H264: &str = "H.264";
const H265: &str = "H.265";
const JPEG: &str = "MJPEG";
const OLD: &str = "MPEG4";
/// Nobody has said it.
const UNSAID: &str = "";

use StreamKind::{Main, Other, Sub, Third, Transcoded};

/// A browser as it is found most often.
const PLAIN: ViewerPlays = ViewerPlays {
    h264: true,
    h265: false,
    decoders: Decoders {
        jpeg: true,
        h264: false,
        h265: false,
        h265_pixels: None,
        still: false,
    },
};
const WITH_H265: ViewerPlays = ViewerPlays {
    h265: true,
    ..PLAIN
};
const WITH_DECODER: ViewerPlays = ViewerPlays {
    decoders: Decoders {
        jpeg: true,
        h264: false,
        h265: true,
        h265_pixels: Some(1280 * 720),
        still: false,
    },
    ..PLAIN
};

/// A Firefox without OpenH264.
const WITHOUT_H264: ViewerPlays = ViewerPlays {
    h264: false,
    decoders: Decoders {
        h264: true,
        ..WITH_DECODER.decoders
    },
    ..PLAIN
};

type LadderCase = (
    &'static [(StreamKind, &'static str)],
    ViewerPlays,
    Option<(StreamKind, PictureRung)>,
);

const CASES: [LadderCase; 19] = [
    // The sub-stream in H.264, whatever else there is.
    (
        &[(Main, H265), (Sub, H264), (Third, H264)],
        WITH_H265,
        Some((Sub, PictureRung::H264)),
    ),
    // What camera or recorder make in H.264 goes before H.265, also where that would play.
    (
        &[(Main, H265), (Sub, H265), (Third, H264)],
        PLAIN,
        Some((Third, PictureRung::H264)),
    ),
    (
        &[(Main, H265), (Sub, H265), (Transcoded, H264)],
        WITH_H265,
        Some((Transcoded, PictureRung::H264)),
    ),
    (
        &[(Main, H265), (Sub, H265), (Third, H264), (Transcoded, H264)],
        PLAIN,
        Some((Third, PictureRung::H264)),
    ),
    (
        &[(Main, H265), (Sub, H265), (Other(3), H264)],
        PLAIN,
        Some((Other(3), PictureRung::H264)),
    ),
    // H.265 over WebRTC, then over a data channel.
    (
        &[(Main, H265), (Sub, H265)],
        WITH_H265,
        Some((Sub, PictureRung::H265)),
    ),
    (
        &[(Main, H265), (Sub, H265), (Transcoded, H265)],
        WITH_DECODER,
        Some((Sub, PictureRung::H265Data)),
    ),
    (
        &[(Main, H264), (Sub, H265)],
        WITH_DECODER,
        Some((Sub, PictureRung::H265Data)),
    ),
    // JPEG.
    (
        &[(Main, H265), (Sub, H265), (Third, JPEG)],
        PLAIN,
        Some((Third, PictureRung::Jpeg)),
    ),
    (&[(Main, JPEG)], PLAIN, Some((Main, PictureRung::Jpeg))),
    (
        &[(Main, H265), (Sub, H265), (Third, JPEG)],
        WITH_DECODER,
        Some((Sub, PictureRung::H265Data)),
    ),
    // Where H.264 does not come over WebRTC, it goes before H.265 over a data channel, too.
    (
        &[(Main, H264), (Sub, H264)],
        WITHOUT_H264,
        Some((Sub, PictureRung::H264Data)),
    ),
    (
        &[(Main, H264), (Sub, H265), (Third, H264)],
        WITHOUT_H264,
        Some((Third, PictureRung::H264Data)),
    ),
    // The full picture, where no small one can be shown.
    (
        &[(Main, H264), (Sub, H265)],
        PLAIN,
        Some((Main, PictureRung::H264)),
    ),
    (&[(Main, H264)], PLAIN, Some((Main, PictureRung::H264))),
    // Else words.
    (&[(Main, H265), (Sub, H265), (Third, OLD)], PLAIN, None),
    (&[], WITH_H265, None),
    // A codec that nobody has said is tried where it was asked for, and otherwise only at the end.
    (
        &[(Main, UNSAID), (Sub, UNSAID)],
        PLAIN,
        Some((Sub, PictureRung::Untried)),
    ),
    (
        &[(Main, H264), (Sub, H265), (Third, UNSAID)],
        PLAIN,
        Some((Third, PictureRung::Untried)),
    ),
];

fn streams(of: &[(StreamKind, &str)]) -> Vec<CameraStream> {
    of.iter()
        .map(|(stream, codec)| CameraStream {
            stream: *stream,
            format: StreamFormat {
                codec: (*codec != UNSAID).then(|| ListedCodec::named(codec)),
                ..StreamFormat::default()
            },
        })
        .collect()
}

#[test]
fn each_viewer_gets_the_best_stream_of_each_camera() {
    for (camera, plays, expected) in CASES {
        let chosen = choose(Sub, &streams(camera), plays);
        let chosen = chosen.map(|it| (it.stream, it.rung));
        assert_eq!(chosen, expected, "{camera:?} for {plays:?}");
    }
}

#[test]
fn the_full_picture_uses_any_available_transport() {
    let camera = streams(&[(Main, H265), (Sub, H264), (Third, H264)]);
    let chosen = |wanted, plays| {
        let chosen = choose(wanted, &camera, plays).expect("a stream");
        (chosen.stream, chosen.rung)
    };

    assert_eq!(chosen(Main, WITH_H265), (Main, PictureRung::H265));
    assert_eq!(chosen(Main, WITH_DECODER), (Main, PictureRung::H265Data));
    assert_eq!(chosen(Main, PLAIN), (Sub, PictureRung::H264));
    assert_eq!(chosen(Third, PLAIN), (Third, PictureRung::H264));
    // Without a stream of that name.
    assert_eq!(chosen(Transcoded, PLAIN), (Sub, PictureRung::H264));
}

#[test]
fn pictures_too_large_for_the_decoder_are_left_out() {
    let sized = |stream, codec, (width, height)| CameraStream {
        stream,
        format: StreamFormat {
            codec: Some(ListedCodec::named(codec)),
            width: Some(width),
            height: Some(height),
            ..StreamFormat::default()
        },
    };
    let (large, small) = ((2560, 1440), (640, 360));
    let chosen = |wanted, streams: &[CameraStream]| {
        choose(wanted, streams, WITH_DECODER).map(|it| (it.stream, it.rung))
    };

    let main_is_large = [sized(Main, H265, large), sized(Sub, H265, small)];
    let sub_is_large = [sized(Main, H264, large), sized(Sub, H265, large)];
    let all_are_large = [sized(Main, H265, large), sized(Sub, H265, large)];

    let expected = Some((Sub, PictureRung::H265Data));
    assert_eq!(chosen(Main, &main_is_large), expected);
    let expected = Some((Main, PictureRung::H264));
    assert_eq!(chosen(Sub, &sub_is_large), expected);
    assert_eq!(chosen(Main, &all_are_large), None);
}

#[test]
fn codecs_are_known_in_every_spelling() {
    for (name, expected) in [
        ("H.264", "H264"),
        ("video/H265", "H265"),
        ("hevc", "H265"),
        ("jpeg", "JPEG"),
        ("MPEG4", "MPEG4"),
        ("<script>", "SCRIPT"),
    ] {
        assert_eq!(ListedCodec::named(name).name(), expected);
    }
}

#[test]
fn a_stream_is_serialized_flat_without_unknown_fields() {
    let format = StreamFormat {
        codec: Some(ListedCodec::named(H265)),
        width: Some(640),
        height: Some(360),
        picture_rate: Some(12.5),
        ..StreamFormat::default()
    };
    let stream = CameraStream {
        stream: Sub,
        format: format.with_sound("G.711\u{7}ulaw"),
    };

    let json = serde_json::to_value(&stream).expect("JSON");

    let expected = serde_json::json!({"stream": "sub", "codec": "H265", "width": 640,
        "height": 360, "pictureRate": 12.5, "sound": "G.711ulaw"});
    assert_eq!(json, expected);
}
