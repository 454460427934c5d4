//! Derives cameras from the profiles of a device. Pure.

use std::collections::BTreeMap;

use onvif::loudspeaker::LoudspeakerPart;
use onvif::media::{
    MediaProfile, ProfileCodec,
    ProfileCodec::{H264, H265, Jpeg},
    ProfileVideo,
};
use proto::ladder::{ListedCodec, StreamFormat};
use proto::stream_kind::StreamKind;

use super::loudspeakers::ProfileLack;
use crate::limits::{MAX_CAMERAS, MAX_MORE_STREAMS};
use crate::recorder::camera_name;

/// Pixels of a picture that is still small enough for a grid of cameras.
const MOST_SUB_PIXELS: u64 = 1024 * 768;

/// A camera of the device: one of its video sources.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OnvifCamera {
    /// Its number, from 1, in the order of the profiles.
    pub(super) id: String,
    pub(super) name: String,
    /// Token of the profile with the largest picture.
    pub(super) main: String,
    /// Token of the profile for grids.
    pub(super) sub: Option<String>,
    /// Tokens of its other profiles.
    pub(super) more: BTreeMap<StreamKind, String>,
    /// What the device says about each.
    pub(super) formats: BTreeMap<StreamKind, StreamFormat>,
    /// Tokens of the settings of each one's pictures.
    pub(super) encoders: BTreeMap<StreamKind, String>,
    /// Token of the video source, if it has one.
    pub(super) source: Option<String>,
    /// Other tokens by which events name it: its profiles and their settings of the video source.
    pub(super) tokens: Vec<String>,
    pub(super) motor: Option<Motor>,
    /// What its largest picture lacks to take sound.
    lacks: Vec<LoudspeakerPart>,
}

impl OnvifCamera {
    /// Whether a token is one of this camera.
    pub(super) fn is_named(&self, token: &str) -> bool {
        self.source.as_deref() == Some(token) || self.tokens.iter().any(|own| own == token)
    }
}

/// How a camera is steered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Motor {
    /// The profile that requests name.
    pub(super) profile: String,
    /// The node that says what it can do.
    pub(super) node: String,
}

impl OnvifCamera {
    /// What it lacks to take sound, by its id.
    pub(super) fn lack(&self) -> (String, ProfileLack) {
        let lack = ProfileLack {
            profile: self.main.clone(),
            parts: self.lacks.clone(),
        };
        (self.id.clone(), lack)
    }

    /// Token of the profile of a stream.
    pub(super) fn profile(&self, stream: StreamKind) -> Option<&str> {
        match stream {
            StreamKind::Main => Some(&self.main),
            StreamKind::Sub => self.sub.as_deref(),
            other => self.more.get(&other).map(String::as_str),
        }
    }
}

/// The cameras of a device. Profiles with the same video source are streams of the same camera.
pub(super) fn cameras(profiles: &[MediaProfile]) -> Vec<OnvifCamera> {
    let mut sources: Vec<Option<&str>> = Vec::new();
    for profile in profiles.iter().filter(|profile| can_play(profile)) {
        let source = profile.source.as_deref();
        if !sources.contains(&source) && sources.len() < MAX_CAMERAS {
            sources.push(source);
        }
    }
    let is_single = sources.len() == 1;
    let numbered = (1..).zip(sources);
    numbered
        .filter_map(|(number, source)| {
            let of_source = |profile: &&MediaProfile| profile.source.as_deref() == source;
            let own: Vec<&MediaProfile> = profiles.iter().filter(of_source).collect();
            camera(number, &own, is_single)
        })
        .collect()
}

fn camera(number: u32, own: &[&MediaProfile], is_single: bool) -> Option<OnvifCamera> {
    let all: Vec<&MediaProfile> = own.iter().copied().filter(|it| can_play(it)).collect();
    let mut playable = all.clone();
    // JPEG takes ten times the bytes: only where there is nothing else.
    if playable.iter().any(|profile| !is_jpeg(profile)) {
        playable.retain(|profile| !is_jpeg(profile));
    }
    // Of equal ones the first, and H.264 before H.265, which fewer browsers show.
    let main = playable
        .iter()
        .rev()
        .max_by_key(|profile| (pixels(profile), is_h264(profile)))?;
    let smaller = playable
        .iter()
        .filter(|profile| pixels(profile) < pixels(main) && pixels(profile) > 0);
    let sub = smaller.rev().max_by_key(|profile| {
        let is_small = pixels(profile) <= MOST_SUB_PIXELS;
        // The largest of the small ones, or the smallest of the large ones.
        let size = i64::try_from(pixels(profile)).unwrap_or(i64::MAX);
        (
            is_small,
            is_h264(profile),
            if is_small { size } else { -size },
        )
    });
    let motor = own.iter().find_map(|profile| {
        Some(Motor {
            profile: profile.token.clone(),
            node: profile.ptz.clone()?,
        })
    });
    let streams = named(&all, &main.token, sub.map(|profile| profile.token.as_str()));
    let is_more = |kind: &StreamKind| matches!(kind, StreamKind::Other(_));
    let more = streams.iter().filter(|(kind, _)| is_more(kind));
    let encoders = streams.iter().filter_map(|(kind, profile)| {
        let encoder = profile.video.as_ref()?.encoder.clone()?;
        Some((*kind, encoder))
    });
    Some(OnvifCamera {
        id: number.to_string(),
        name: camera_name(&shown_name(main, is_single), number),
        main: main.token.clone(),
        sub: sub.map(|profile| profile.token.clone()),
        more: more.map(|(kind, it)| (*kind, it.token.clone())).collect(),
        encoders: encoders.collect(),
        formats: streams
            .iter()
            .map(|(kind, profile)| (*kind, format(profile)))
            .collect(),
        source: main.source.clone(),
        tokens: own
            .iter()
            .flat_map(|profile| [Some(profile.token.clone()), profile.source_settings.clone()])
            .flatten()
            .collect(),
        motor,
        lacks: lacking(main),
    })
}

fn lacking(profile: &MediaProfile) -> Vec<LoudspeakerPart> {
    let parts = [
        (profile.has_loudspeaker, LoudspeakerPart::Output),
        (profile.has_decoder, LoudspeakerPart::Decoder),
    ];
    let lacking = parts.into_iter().filter(|(has, _)| !has);
    lacking.map(|(_, part)| part).collect()
}

/// The profiles of a camera by the names of their streams.
fn named<'a>(
    all: &[&'a MediaProfile],
    main: &str,
    sub: Option<&str>,
) -> BTreeMap<StreamKind, &'a MediaProfile> {
    let mut streams = BTreeMap::new();
    for (place, profile) in (1_u8..).zip(all) {
        let kind = match profile.token.as_str() {
            profile if profile == main => StreamKind::Main,
            profile if Some(profile) == sub => StreamKind::Sub,
            _ => StreamKind::Other(place),
        };
        if streams.len() < MAX_MORE_STREAMS || !matches!(kind, StreamKind::Other(_)) {
            streams.insert(kind, *profile);
        }
    }
    streams
}

/// What the device says about a profile.
fn format(profile: &MediaProfile) -> StreamFormat {
    let pictures = profile.video.as_ref().map(picture_format);
    pictures.unwrap_or_default().with_sound(&profile.sound)
}

/// What the device says about pictures.
pub(super) fn picture_format(video: &ProfileVideo) -> StreamFormat {
    let said = |number: u32| (number > 0).then_some(number);
    let codec = match &video.codec {
        H264 => "H264",
        H265 => "H265",
        Jpeg => "JPEG",
        ProfileCodec::Other(name) => name,
    };
    StreamFormat {
        codec: Some(ListedCodec::named(codec)),
        width: said(video.width),
        height: said(video.height),
        picture_rate: said(video.frame_rate).map(f64::from),
        bit_rate: said(video.bit_rate),
        ..StreamFormat::default()
    }
}

/// The name of the video source if a person gave it. Those of the makers are no names.
fn shown_name(profile: &MediaProfile, is_single: bool) -> String {
    let name = profile.source_name.trim();
    let plain = name.to_ascii_lowercase();
    let is_makers = ["source", "config", "vsc", "vsconf", "profile", "user0"]
        .iter()
        .any(|word| plain.contains(word));
    let is_number = name.chars().all(|c| c.is_ascii_digit() || c == '_');
    if is_makers || is_number || is_single && plain.is_empty() {
        String::new()
    } else {
        name.to_owned()
    }
}

/// Whether the profile has pictures that can be passed on. Without a word about its encoder it is tried.
fn can_play(profile: &MediaProfile) -> bool {
    let video = profile.video.as_ref();
    video.is_some_and(|video| matches!(video.codec, H264 | H265 | Jpeg))
}

fn is_jpeg(profile: &MediaProfile) -> bool {
    let video = profile.video.as_ref();
    video.is_some_and(|video| video.codec == ProfileCodec::Jpeg)
}

fn is_h264(profile: &MediaProfile) -> bool {
    let video = profile.video.as_ref();
    video.is_some_and(|video| video.codec == ProfileCodec::H264)
}

fn pixels(profile: &MediaProfile) -> u64 {
    let size = |video: &ProfileVideo| u64::from(video.width) * u64::from(video.height);
    profile.video.as_ref().map_or(0, size)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(token: &str, source: &str, codec: ProfileCodec, size: (u32, u32)) -> MediaProfile {
        MediaProfile {
            token: token.to_owned(),
            name: "mainStream".to_owned(),
            source: Some(source.to_owned()),
            source_settings: None,
            source_name: "VideoSourceConfig".to_owned(),
            video: Some(ProfileVideo {
                codec,
                width: size.0,
                height: size.1,
                frame_rate: 25,
                bit_rate: 2_048,
                encoder: None,
            }),
            has_audio: false,
            sound: String::new(),
            has_loudspeaker: false,
            has_decoder: false,
            ptz: None,
        }
    }

    #[test]
    fn profiles_of_one_video_source_are_one_camera() {
        let profiles = [
            profile("a", "1", H264, (1920, 1080)),
            profile("b", "2", H264, (1920, 1080)),
            profile("c", "1", H264, (640, 360)),
            profile("d", "1", Jpeg, (704, 576)),
        ];

        let cameras = cameras(&profiles);

        let told: Vec<_> = cameras
            .iter()
            .map(|it| {
                (
                    it.id.as_str(),
                    it.name.as_str(),
                    it.main.as_str(),
                    it.sub.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("1", "Camera 1", "a", Some("c")),
                ("2", "Camera 2", "b", None)
            ]
        );
    }

    #[test]
    fn every_further_profile_is_a_separate_stream() {
        let profiles = [
            profile("a", "1", H265, (2560, 1440)),
            profile("b", "1", Jpeg, (640, 480)),
            profile("c", "1", H265, (704, 576)),
            profile("d", "1", H264, (352, 288)),
        ];

        let camera = &cameras(&profiles)[0];

        let others: Vec<_> = camera
            .more
            .iter()
            .map(|(kind, it)| (*kind, it.as_str()))
            .collect();
        assert_eq!(camera.sub.as_deref(), Some("d"));
        assert_eq!(
            others,
            [(StreamKind::Other(2), "b"), (StreamKind::Other(3), "c")]
        );
        let format = &camera.formats[&StreamKind::Other(2)];
        assert_eq!(format.codec, Some(ListedCodec::named("JPEG")));
        assert_eq!((format.width, format.picture_rate), (Some(640), Some(25.0)));
        assert_eq!(camera.formats.len(), 4);
    }

    #[test]
    fn the_sub_stream_is_the_largest_one_that_is_small() {
        let profiles = [
            profile("a", "1", H265, (2560, 1440)),
            profile("b", "1", H264, (1920, 1080)),
            profile("c", "1", H264, (704, 576)),
            profile("d", "1", H264, (352, 288)),
            profile("e", "1", H265, (1024, 576)),
        ];

        let camera = &cameras(&profiles)[0];
        assert_eq!(
            (camera.main.as_str(), camera.sub.as_deref()),
            ("a", Some("c"))
        );

        let camera = &cameras(&profiles[..2])[0];
        assert_eq!(
            (camera.main.as_str(), camera.sub.as_deref()),
            ("a", Some("b"))
        );
    }

    #[test]
    fn two_profiles_of_one_size_are_no_sub_stream() {
        let profiles = [
            profile("h265", "1", H265, (1920, 1080)),
            profile("h264", "1", H264, (1920, 1080)),
        ];

        let camera = &cameras(&profiles)[0];

        assert_eq!(
            (camera.main.as_str(), camera.sub.as_deref()),
            ("h264", None)
        );
    }

    #[test]
    fn a_camera_without_playable_pictures_is_left_out() {
        let other = ProfileCodec::Other("MPEG4".to_owned());
        assert_eq!(cameras(&[profile("a", "1", other, (640, 480))]), []);
        let without = MediaProfile {
            video: None,
            ..profile("a", "1", H264, (1, 1))
        };
        assert_eq!(cameras(&[without]), []);
    }

    #[test]
    fn jpeg_is_played_where_there_is_nothing_else() {
        let profiles = [
            profile("jpeg", "1", Jpeg, (1920, 1080)),
            profile("h264", "1", H264, (640, 360)),
            profile("only", "2", Jpeg, (640, 480)),
        ];

        let mains: Vec<_> = cameras(&profiles).into_iter().map(|it| it.main).collect();

        assert_eq!(mains, ["h264", "only"]);
    }

    #[test]
    fn names_that_people_gave_are_kept() {
        let named = MediaProfile {
            source_name: "Front door".to_owned(),
            ..profile("a", "1", H264, (640, 480))
        };

        assert_eq!(cameras(&[named])[0].name, "Front door");
    }

    #[test]
    fn the_motor_may_belong_to_another_profile() {
        let steered = MediaProfile {
            ptz: Some("node".to_owned()),
            ..profile("b", "1", H264, (640, 480))
        };
        let profiles = [profile("a", "1", H264, (1920, 1080)), steered];

        let motor = cameras(&profiles)[0].motor.clone().expect("a motor");

        assert_eq!((motor.profile.as_str(), motor.node.as_str()), ("b", "node"));
    }
}
