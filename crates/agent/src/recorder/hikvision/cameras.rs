//! Derives cameras from the lists of a recorder. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proto::isapi::{IsapiVideoCodec, ProxyChannel, ProxyStatus, StreamingChannel, VideoInput};
use proto::ladder::{ListedCodec, StreamFormat};
use proto::link::message::StreamKind;
use rtsp::address::StreamAddress;

use crate::certificates::CertificatePin;
use crate::config::RtpTransport;
use crate::limits::MAX_CAMERAS;
use crate::recorder::camera_name;
use crate::stream::login::LoginGate;
use crate::stream::source::{CameraSource, Login, Source};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Lists {
    pub(super) inputs: Vec<VideoInput>,
    /// Network cameras behind a recorder.
    pub(super) proxies: Vec<ProxyChannel>,
    /// Whether those respond, if the recorder reports it.
    pub(super) proxy_status: Option<ProxyStatus>,
    /// Streams; empty if the user may not see them.
    pub(super) streams: Vec<StreamingChannel>,
    /// Streams that the recorder re-encodes, which are in no list.
    pub(super) transcoded: Vec<StreamingChannel>,
}

impl Lists {
    fn all_streams(&self) -> impl Iterator<Item = &StreamingChannel> {
        self.streams.iter().chain(&self.transcoded)
    }
}

/// What all streams of a recorder share.
#[derive(Debug, Clone)]
pub(super) struct Access {
    /// Where its streams are, without the path.
    pub(super) rtsp: StreamAddress,
    /// The login for the streams.
    pub(super) login: Login,
    pub(super) transport: RtpTransport,
    pub(super) is_basic_allowed: bool,
    pub(super) certificate: CertificatePin,
    /// Shared by HTTP and RTSP.
    pub(super) gate: Arc<LoginGate>,
    /// How often the settings of a stream were changed from here.
    pub(super) revisions: BTreeMap<u32, u32>,
}

struct InputChannel<'a> {
    name: &'a str,
    is_online: Option<bool>,
}

/// The cameras of a recorder, by channel. If it lists no inputs (a single camera), its streams name
/// the channels.
pub(super) fn cameras(lists: &Lists, access: &Access) -> Vec<CameraSource> {
    let mut channels: BTreeMap<u32, InputChannel<'_>> = BTreeMap::new();
    for input in &lists.inputs {
        let channel = InputChannel {
            name: &input.name,
            is_online: Some(input.has_video),
        };
        channels.insert(input.channel, channel);
    }
    let n_analog = lists.inputs.iter().map(|input| input.channel).max();
    for proxy in &lists.proxies {
        // On hybrid recorders, network cameras follow the analog inputs; some firmware counts them
        // from 1.
        let is_taken = lists.inputs.iter().any(|it| it.channel == proxy.channel);
        let offset = n_analog.filter(|_| is_taken).unwrap_or(0);
        let status = lists.proxy_status.as_ref();
        let channel = InputChannel {
            name: &proxy.name,
            is_online: status.and_then(|status| status.is_online(proxy.channel)),
        };
        channels.insert(proxy.channel + offset, channel);
    }
    if channels.is_empty() {
        for stream in lists.streams.iter().filter(|stream| stream.stream() == 1) {
            let channel = InputChannel {
                name: &stream.name,
                is_online: None,
            };
            channels.insert(stream.channel(), channel);
        }
    }
    let playable: BTreeSet<u32> = lists
        .all_streams()
        .filter(can_play)
        .map(|it| it.id)
        .collect();
    channels
        .into_iter()
        .take(MAX_CAMERAS)
        .map(|(number, channel)| {
            // Without a list the sub-stream is assumed, since nearly every camera has one.
            let has_sub = lists.streams.is_empty()
                || playable.contains(&(stream_id(number, StreamKind::Sub)));
            let source = |kind| access.source(stream_id(number, kind));
            let more = [StreamKind::Third, StreamKind::Transcoded].into_iter();
            let more = more.filter(|kind| playable.contains(&stream_id(number, *kind)));
            CameraSource {
                id: number.to_string(),
                name: camera_name(channel.name, number),
                is_online: channel.is_online,
                main: source(StreamKind::Main),
                sub: has_sub.then(|| source(StreamKind::Sub)),
                more: more.map(|kind| (kind, source(kind))).collect(),
                formats: formats(lists, number),
            }
        })
        .collect()
}

impl Access {
    fn source(&self, stream_id: u32) -> Source {
        Source {
            address: StreamAddress {
                path: format!("/Streaming/Channels/{stream_id}"),
                ..self.rtsp.clone()
            },
            login: Some(self.login.clone()),
            transport: self.transport,
            is_basic_allowed: self.is_basic_allowed,
            certificate: self.certificate.clone(),
            gate: Arc::clone(&self.gate),
            revision: self.revisions.get(&stream_id).copied().unwrap_or(0),
        }
    }
}

/// Channels whose small pictures not every browser shows, and for which the recorder has not listed one that
/// it makes itself: it may make one all the same, and says so only if it is asked for that stream.
pub(super) fn without_plain_picture(lists: &Lists) -> Vec<u32> {
    let mut channels: BTreeMap<u32, bool> = BTreeMap::new();
    for stream in lists.streams.iter().filter(can_play) {
        let is_plain = stream.stream() != 1 && codec_of(stream) == Some(&IsapiVideoCodec::H264);
        let is_made = stream.stream() == 4;
        *channels.entry(stream.channel()).or_default() |= is_plain || is_made;
    }
    let without = channels.into_iter().filter(|(_, has_one)| !has_one);
    without
        .map(|(channel, _)| channel)
        .take(MAX_CAMERAS)
        .collect()
}

/// What the recorder says about the streams of a channel.
fn formats(lists: &Lists, channel: u32) -> BTreeMap<StreamKind, StreamFormat> {
    let all = lists.all_streams();
    let own = all.filter(|stream| stream.channel() == channel);
    own.filter_map(|stream| {
        let kind = match stream.stream() {
            1 => StreamKind::Main,
            2 => StreamKind::Sub,
            3 => StreamKind::Third,
            4 => StreamKind::Transcoded,
            _ => return None,
        };
        Some((kind, format(stream)))
    })
    .collect()
}

/// What the recorder says about a stream.
pub(super) fn format(stream: &StreamingChannel) -> StreamFormat {
    let video = stream.video.as_ref();
    let said = |number: u32| (number > 0).then_some(number);
    let format = StreamFormat {
        codec: video.map(|video| ListedCodec::named(video.codec.name())),
        width: video.and_then(|video| said(video.width)),
        height: video.and_then(|video| said(video.height)),
        picture_rate: video
            .and_then(|video| said(video.max_frame_rate_x100))
            .map(|rate| f64::from(rate) / 100.0),
        bit_rate: video.and_then(|video| said(video.max_kilobits)),
        sound: None,
        is_smart: video.is_some_and(|video| video.is_smart_codec),
    };
    match &stream.audio {
        Some(sound) => format.with_sound(sound),
        None => format,
    }
}

fn codec_of(stream: &StreamingChannel) -> Option<&IsapiVideoCodec> {
    stream.video.as_ref().map(|video| &video.codec)
}

/// The number of a stream in paths of ISAPI and RTSP.
pub(super) fn stream_id(channel: u32, stream: StreamKind) -> u32 {
    channel * 100
        + match stream {
            StreamKind::Main => 1,
            StreamKind::Sub => 2,
            StreamKind::Third => 3,
            StreamKind::Transcoded => 4,
            StreamKind::Other(number) => u32::from(number) % 100,
        }
}

fn can_play(stream: &&StreamingChannel) -> bool {
    let is_known = |codec: &IsapiVideoCodec| match codec {
        IsapiVideoCodec::H264 | IsapiVideoCodec::H265 | IsapiVideoCodec::Jpeg => true,
        IsapiVideoCodec::Other(_) => false,
    };
    let video = stream.video.as_ref();
    stream.is_enabled && video.is_some_and(|video| is_known(&video.codec))
}

#[cfg(test)]
mod tests {
    use proto::isapi::VideoFormat;

    use super::*;
    use crate::certificates::CertificatePins;
    use crate::config::Password;

    fn access() -> Access {
        let (address, _) = StreamAddress::parse("rtsp://192.0.2.1:10554").expect("an address");
        let no_roots = Arc::new(rustls::RootCertStore::empty());
        let pins = CertificatePins::open(std::path::Path::new("/nowhere"), no_roots);
        Access {
            rtsp: address,
            login: Login {
                user: "ana".to_owned(),
                password: Password::new("x"),
            },
            transport: RtpTransport::Tcp,
            is_basic_allowed: false,
            certificate: pins.expect("no file").of("192.0.2.1"),
            gate: Arc::default(),
            revisions: BTreeMap::new(),
        }
    }

    fn input(channel: u32, name: &str, has_video: bool) -> VideoInput {
        VideoInput {
            channel,
            name: name.to_owned(),
            has_video,
        }
    }

    fn proxy(channel: u32) -> ProxyChannel {
        ProxyChannel {
            channel,
            name: format!("IP {channel}"),
            source_port: None,
        }
    }

    fn stream(id: u32, codec: IsapiVideoCodec) -> StreamingChannel {
        StreamingChannel {
            id,
            name: "Porch".to_owned(),
            is_enabled: true,
            video: Some(VideoFormat {
                codec,
                width: 640,
                height: 360,
                max_frame_rate_x100: 1500,
                max_kilobits: 512,
                is_smart_codec: false,
            }),
            audio: None,
        }
    }

    fn told(cameras: &[CameraSource]) -> Vec<(&str, &str, Option<bool>)> {
        cameras
            .iter()
            .map(|camera| (camera.id.as_str(), camera.name.as_str(), camera.is_online))
            .collect()
    }

    #[test]
    fn analog_inputs_report_their_name_and_connection() {
        let lists = Lists {
            inputs: vec![input(1, "Door", true), input(2, " ", false)],
            ..Lists::default()
        };

        let cameras = cameras(&lists, &access());

        assert_eq!(
            told(&cameras),
            [("1", "Door", Some(true)), ("2", "Camera 2", Some(false))]
        );
        assert_eq!(
            cameras[0].main.address.url(),
            "rtsp://192.0.2.1:10554/Streaming/Channels/101"
        );
    }

    #[test]
    fn a_hybrid_recorder_numbers_network_cameras_after_its_inputs() {
        let lists = Lists {
            inputs: vec![input(1, "Door", true), input(2, "Yard", true)],
            proxies: vec![proxy(1)],
            ..Lists::default()
        };

        assert_eq!(told(&cameras(&lists, &access()))[2], ("3", "IP 1", None));

        let lists = Lists {
            proxies: vec![proxy(3)],
            ..lists
        };
        assert_eq!(told(&cameras(&lists, &access()))[2], ("3", "IP 3", None));
    }

    #[test]
    fn a_single_camera_takes_its_name_from_its_streams() {
        let lists = Lists {
            streams: vec![
                stream(101, IsapiVideoCodec::H265),
                stream(102, IsapiVideoCodec::H264),
            ],
            ..Lists::default()
        };

        let cameras = cameras(&lists, &access());

        assert_eq!(told(&cameras), [("1", "Porch", None)]);
        assert!(cameras[0].sub.is_some());
    }

    #[test]
    fn an_unplayable_sub_stream_is_left_out() {
        let lists = Lists {
            inputs: vec![input(1, "Door", true)],
            streams: vec![
                stream(101, IsapiVideoCodec::H264),
                stream(102, IsapiVideoCodec::Other("MPEG4".to_owned())),
            ],
            ..Lists::default()
        };

        assert_eq!(cameras(&lists, &access())[0].sub, None);
    }

    #[test]
    fn every_stream_that_a_recorder_makes_is_listed() {
        let lists = Lists {
            inputs: vec![input(1, "Door", true), input(2, "Yard", true)],
            streams: vec![
                stream(101, IsapiVideoCodec::H265),
                stream(102, IsapiVideoCodec::H265),
                stream(103, IsapiVideoCodec::Jpeg),
                stream(104, IsapiVideoCodec::H264),
                stream(201, IsapiVideoCodec::H264),
            ],
            ..Lists::default()
        };

        let cameras = cameras(&lists, &access());

        let more: Vec<_> = cameras[0].more.keys().copied().collect();
        assert_eq!(more, [StreamKind::Third, StreamKind::Transcoded]);
        let made = &cameras[0].more[&StreamKind::Transcoded];
        assert!(made.address.url().ends_with("/104"), "{made:?}");
        let format = &cameras[0].formats[&StreamKind::Sub];
        assert_eq!(format.codec, Some(ListedCodec::named("H265")));
        assert_eq!((format.width, format.picture_rate), (Some(640), Some(15.0)));
        assert!(cameras[1].more.is_empty());
    }

    #[test]
    fn only_channels_without_a_plain_small_picture_are_asked() {
        use IsapiVideoCodec::{H264, H265};
        let lists = Lists {
            streams: vec![
                stream(101, H265),
                stream(102, H264),
                stream(201, H264),
                stream(202, H265),
                stream(301, H265),
                stream(302, H265),
                stream(303, H264),
                stream(401, H265),
                stream(402, H265),
                stream(404, H265),
            ],
            ..Lists::default()
        };

        assert_eq!(without_plain_picture(&lists), [2]);
    }
}
