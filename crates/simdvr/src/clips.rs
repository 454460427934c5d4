//! The built-in pictures, split into frames once. `scripts/make-clips.sh` creates them.

use std::sync::LazyLock;

use crate::config::ClipCodec;

/// A looping clip: Annex B or JPEG files, split into access units.
#[derive(Debug)]
pub(crate) struct Clip {
    pub(crate) codec: ClipCodec,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) fps: u32,
    pub(crate) frames: Vec<ClipFrame>,
}

#[derive(Debug, Default)]
pub(crate) struct ClipFrame {
    /// Its NAL units without start codes; one whole file in MJPEG.
    pub(crate) nals: Vec<&'static [u8]>,
    pub(crate) is_key: bool,
}

/// A JPEG of each scene, of the size of a sub stream.
static STILLS: [&[u8]; 4] = [
    include_bytes!("../clips/entrance.jpg"),
    include_bytes!("../clips/counter.jpg"),
    include_bytes!("../clips/backdoor.jpg"),
    include_bytes!("../clips/carpark.jpg"),
];

/// The same, mirrored from left to right.
static MIRRORED_STILLS: [&[u8]; 4] = [
    include_bytes!("../clips/entrance-mirrored.jpg"),
    include_bytes!("../clips/counter-mirrored.jpg"),
    include_bytes!("../clips/backdoor-mirrored.jpg"),
    include_bytes!("../clips/carpark-mirrored.jpg"),
];

/// A JPEG of a scene; scene numbers wrap around.
pub(crate) fn still(scene: usize, is_mirrored: bool) -> &'static [u8] {
    let stills = if is_mirrored { MIRRORED_STILLS } else { STILLS };
    stills[scene % STILLS.len()]
}

static MAIN: LazyLock<[Clip; 4]> = LazyLock::new(|| {
    [
        main_clip(include_bytes!("../clips/entrance-main.h264")),
        main_clip(include_bytes!("../clips/counter-main.h264")),
        main_clip(include_bytes!("../clips/backdoor-main.h264")),
        main_clip(include_bytes!("../clips/carpark-main.h264")),
    ]
});

static SUB: LazyLock<[Clip; 4]> = LazyLock::new(|| {
    [
        sub_clip(
            ClipCodec::H264,
            include_bytes!("../clips/entrance-sub.h264"),
        ),
        sub_clip(ClipCodec::H264, include_bytes!("../clips/counter-sub.h264")),
        sub_clip(
            ClipCodec::H264,
            include_bytes!("../clips/backdoor-sub.h264"),
        ),
        sub_clip(ClipCodec::H264, include_bytes!("../clips/carpark-sub.h264")),
    ]
});

static MIRRORED_MAIN: LazyLock<[Clip; 4]> = LazyLock::new(|| {
    [
        main_clip(include_bytes!("../clips/entrance-main-mirrored.h264")),
        main_clip(include_bytes!("../clips/counter-main-mirrored.h264")),
        main_clip(include_bytes!("../clips/backdoor-main-mirrored.h264")),
        main_clip(include_bytes!("../clips/carpark-main-mirrored.h264")),
    ]
});

static MIRRORED_SUB: LazyLock<[Clip; 4]> = LazyLock::new(|| {
    [
        &include_bytes!("../clips/entrance-sub-mirrored.h264")[..],
        include_bytes!("../clips/counter-sub-mirrored.h264"),
        include_bytes!("../clips/backdoor-sub-mirrored.h264"),
        include_bytes!("../clips/carpark-sub-mirrored.h264"),
    ]
    .map(|file| sub_clip(ClipCodec::H264, file))
});

/// Every H.265 stream shows the same small picture; only its codec matters.
static ANY_H265: LazyLock<Clip> =
    LazyLock::new(|| sub_clip(ClipCodec::H265, include_bytes!("../clips/any-sub.h265")));

/// The same, with more pixels than decoders in software take.
static LARGE_H265: LazyLock<Clip> = LazyLock::new(|| Clip {
    width: 2560,
    height: 1440,
    ..sub_clip(ClipCodec::H265, include_bytes!("../clips/any-large.h265"))
});

/// Every MJPEG stream shows the same small picture, too.
static ANY_JPEG: LazyLock<Clip> = LazyLock::new(|| {
    let files = include_bytes!("../clips/any.mjpeg");
    Clip {
        codec: ClipCodec::Jpeg,
        width: 640,
        height: 360,
        fps: 5,
        frames: jpeg_files(files).map(jpeg_frame).collect(),
    }
});

/// The clip of a scene; scene numbers wrap around.
pub(crate) fn clip(scene: usize, is_sub: bool, codec: ClipCodec) -> &'static Clip {
    match (codec, is_sub) {
        (ClipCodec::H265, _) => &ANY_H265,
        (ClipCodec::LargeH265, _) => &LARGE_H265,
        (ClipCodec::Jpeg, _) => &ANY_JPEG,
        (ClipCodec::H264, is_sub) => h264(scene, is_sub, false),
    }
}

/// The H.264 clip of a scene, as it is or mirrored from left to right.
pub(crate) fn h264(scene: usize, is_sub: bool, is_mirrored: bool) -> &'static Clip {
    let clips = match (is_sub, is_mirrored) {
        (false, false) => &MAIN,
        (true, false) => &SUB,
        (false, true) => &MIRRORED_MAIN,
        (true, true) => &MIRRORED_SUB,
    };
    &clips[scene % clips.len()]
}

fn main_clip(annex_b: &'static [u8]) -> Clip {
    Clip {
        codec: ClipCodec::H264,
        width: 1280,
        height: 720,
        fps: 25,
        frames: frames(ClipCodec::H264, annex_b),
    }
}

fn sub_clip(codec: ClipCodec, annex_b: &'static [u8]) -> Clip {
    Clip {
        codec,
        width: 640,
        height: 360,
        fps: 15,
        frames: frames(codec, annex_b),
    }
}

impl Clip {
    /// The parameter sets of the first key frame, in stream order (SPS and PPS; VPS first in H.265).
    pub(crate) fn parameter_sets(&self) -> Vec<&'static [u8]> {
        let first = self.frames.first().into_iter();
        first
            .flat_map(|frame| frame.nals.iter().copied())
            .filter(|nal| is_parameter_set(self.codec, nal))
            .collect()
    }

    /// Frames from one key frame to the next.
    pub(crate) fn key_frame_distance(&self) -> usize {
        let later = self.frames.iter().skip(1);
        later
            .take_while(|frame| !frame.is_key)
            .count()
            .saturating_add(1)
    }
}

/// The type field of a NAL unit (H.264 §7.3.1, H.265 §7.3.1.2).
pub(crate) fn nal_type(codec: ClipCodec, nal: &[u8]) -> u8 {
    let first = nal.first().copied().unwrap_or(0);
    match codec {
        ClipCodec::H264 => first & 0x1f,
        ClipCodec::H265 | ClipCodec::LargeH265 => (first >> 1) & 0x3f,
        ClipCodec::Jpeg => 0,
    }
}

fn is_parameter_set(codec: ClipCodec, nal: &[u8]) -> bool {
    let kind = nal_type(codec, nal);
    // SPS and PPS of H.264 (table 7-1); VPS, SPS and PPS of H.265 (table 7-1).
    match codec {
        ClipCodec::H264 => kind == 7 || kind == 8,
        ClipCodec::H265 | ClipCodec::LargeH265 => (32..=34).contains(&kind),
        ClipCodec::Jpeg => false,
    }
}

/// Whether a NAL unit is a slice, and if so whether it opens a picture and is part of a key frame.
struct Slice {
    is_first: bool,
    is_key: bool,
}

fn slice(codec: ClipCodec, nal: &[u8]) -> Option<Slice> {
    let kind = nal_type(codec, nal);
    // The first bit of a slice header says "first of its picture": in H.264 it is the Exp-Golomb
    // code of macroblock 0, in H.265 a flag.
    let (header, is_slice, is_key) = match codec {
        ClipCodec::H264 => (1, (1..=5).contains(&kind), kind == 5),
        ClipCodec::H265 | ClipCodec::LargeH265 => (2, kind < 32, (16..=23).contains(&kind)),
        ClipCodec::Jpeg => (0, false, false),
    };
    is_slice.then(|| Slice {
        is_first: nal.get(header).is_some_and(|byte| byte & 0x80 != 0),
        is_key,
    })
}

fn frames(codec: ClipCodec, annex_b: &'static [u8]) -> Vec<ClipFrame> {
    let mut frames = Vec::new();
    let mut current = ClipFrame::default();
    let mut has_slice = false;
    for nal in nal_units(annex_b) {
        let slice = slice(codec, nal);
        // Parameter sets and SEI belong to the picture after them.
        let opens_frame = slice.as_ref().is_none_or(|slice| slice.is_first);
        if has_slice && opens_frame {
            frames.push(std::mem::take(&mut current));
            has_slice = false;
        }
        if let Some(slice) = slice {
            has_slice = true;
            current.is_key |= slice.is_key;
        }
        current.nals.push(nal);
    }
    if has_slice {
        frames.push(current);
    }
    frames
}

fn jpeg_frame(file: &'static [u8]) -> ClipFrame {
    ClipFrame {
        nals: vec![file],
        is_key: true,
    }
}

/// The files in a sequence of JPEGs, each from its first marker (T.81 §B.1.1.3) to the next one's.
fn jpeg_files(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    const START: [u8; 3] = [0xff, 0xd8, 0xff];
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        // Within a scan 0xff is always followed by 0 or a restart marker.
        let next = rest.windows(3).skip(1).position(|three| three == START);
        let (file, more) = rest.split_at(next.map_or(rest.len(), |at| at + 1));
        rest = more;
        Some(file)
    })
}

/// The NAL units between start codes (H.264 Annex B), without trailing zero bytes.
fn nal_units(annex_b: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = after_start_code(annex_b).unwrap_or(&[]);
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let next = rest.windows(3).position(|window| window == [0, 0, 1]);
        let end = next.unwrap_or(rest.len());
        let unit = &rest[..end];
        rest = next.map_or(&[][..], |at| &rest[at + 3..]);
        // The first zero of a four-byte start code ends up in the unit before it.
        let used = unit.iter().rposition(|byte| *byte != 0);
        Some(&unit[..used.map_or(0, |at| at + 1)])
    })
    .filter(|unit| !unit.is_empty())
}

fn after_start_code(bytes: &[u8]) -> Option<&[u8]> {
    let at = bytes.windows(3).position(|window| window == [0, 0, 1])?;
    Some(&bytes[at + 3..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_codes_of_both_lengths_separate_units() {
        let bytes = [
            0, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x68, 2, 0, 0, 0, 0, 1, 0x65, 0, 3,
        ];

        let units: Vec<_> = nal_units(&bytes).collect();

        assert_eq!(units, [&[0x67, 1][..], &[0x68, 2], &[0x65, 0, 3]]);
    }

    #[test]
    fn bytes_without_a_start_code_contain_no_unit() {
        assert_eq!(nal_units(&[]).count(), 0);
        assert_eq!(nal_units(&[1, 2, 3, 0, 0]).count(), 0);
        assert_eq!(nal_units(&[0, 0, 1]).count(), 0);
    }

    #[test]
    fn every_clip_has_eight_seconds_and_four_key_frames() {
        for codec in [ClipCodec::H264, ClipCodec::H265, ClipCodec::LargeH265] {
            for (scene, is_sub) in (0..4).flat_map(|scene| [(scene, false), (scene, true)]) {
                let clip = clip(scene, is_sub, codec);
                let fps = clip.fps as usize;

                assert_eq!(clip.frames.len(), 8 * fps, "{codec:?} {scene} {is_sub}");
                for (at, frame) in clip.frames.iter().enumerate() {
                    assert_eq!(frame.is_key, at % (2 * fps) == 0, "frame {at}");
                }
                assert_eq!(clip.key_frame_distance(), 2 * fps);
            }
        }
    }

    #[test]
    fn a_mirrored_clip_replaces_the_other_picture_by_picture() {
        for (scene, is_sub) in (0..4).flat_map(|scene| [(scene, false), (scene, true)]) {
            let (clip, mirrored) = (h264(scene, is_sub, false), h264(scene, is_sub, true));

            let keys = |clip: &Clip| -> Vec<bool> {
                clip.frames.iter().map(|frame| frame.is_key).collect()
            };
            assert_eq!(keys(mirrored), keys(clip), "{scene} {is_sub}");
            assert_eq!(
                (mirrored.width, mirrored.height, mirrored.fps),
                (clip.width, clip.height, clip.fps)
            );
        }
    }

    #[test]
    fn the_mjpeg_clip_is_forty_whole_files() {
        let clip = clip(0, true, ClipCodec::Jpeg);

        assert_eq!(clip.frames.len(), 40);
        for frame in &clip.frames {
            let file = frame.nals[0];
            assert!(file.starts_with(&[0xff, 0xd8]) && file.ends_with(&[0xff, 0xd9]));
        }
    }

    #[test]
    fn the_scenes_of_a_quarter_turn_differ() {
        for scene in 0..4 {
            let (this, next) = (still(scene, false), still(scene + 1, false));
            assert_ne!(this, next);
            assert!(this.starts_with(&[0xff, 0xd8]) && this.ends_with(&[0xff, 0xd9]));
        }
    }

    #[test]
    fn every_key_frame_repeats_its_parameter_sets() {
        for (codec, sets) in [
            (ClipCodec::H264, 2),
            (ClipCodec::H265, 3),
            (ClipCodec::LargeH265, 3),
        ] {
            let clip = clip(0, true, codec);
            assert_eq!(clip.parameter_sets().len(), sets);

            for frame in clip.frames.iter().filter(|frame| frame.is_key) {
                let repeated = frame.nals.iter().filter(|nal| is_parameter_set(codec, nal));
                assert_eq!(repeated.count(), sets);
            }
        }
    }
}
