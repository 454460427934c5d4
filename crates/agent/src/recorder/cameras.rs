//! Derives cameras from the lists of a recorder. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proto::isapi::{IsapiVideoCodec, ProxyChannel, ProxyStatus, StreamingChannel, VideoInput};
use proto::link::limits::MAX_NAME_CHARS;
use tokio::sync::mpsc;
use url::Url;

use crate::config::RtpTransport;
use crate::limits::MAX_CAMERAS;
use crate::stream::login::LoginGate;
use crate::stream::source::{CameraSource, KeyFrames, Login, Source};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Lists {
    pub(super) inputs: Vec<VideoInput>,
    /// Network cameras behind a recorder.
    pub(super) proxies: Vec<ProxyChannel>,
    /// Whether those respond, if the recorder reports it.
    pub(super) proxy_status: Option<ProxyStatus>,
    /// Streams; empty if the user may not see them.
    pub(super) streams: Vec<StreamingChannel>,
}

/// What all streams of a recorder share.
#[derive(Debug, Clone)]
pub(super) struct Access {
    /// `rtsp://host:port/`.
    pub(super) rtsp: Url,
    /// The login for the streams.
    pub(super) login: Login,
    pub(super) transport: RtpTransport,
    /// Shared by HTTP and RTSP.
    pub(super) gate: Arc<LoginGate>,
    /// Receives the numbers of streams that need a key frame.
    pub(super) key_frame_asks: mpsc::Sender<u32>,
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
        .streams
        .iter()
        .filter(can_play)
        .map(|it| it.id)
        .collect();
    channels
        .into_iter()
        .take(MAX_CAMERAS)
        .map(|(number, channel)| {
            // Without a list the sub-stream is assumed, since nearly every camera has one.
            let has_sub = lists.streams.is_empty() || playable.contains(&(number * 100 + 2));
            CameraSource {
                id: number.to_string(),
                name: camera_name(channel.name, number),
                is_online: channel.is_online,
                main: access.source(number * 100 + 1),
                sub: has_sub.then(|| access.source(number * 100 + 2)),
            }
        })
        .collect()
}

/// A name that is valid for the registry; "Camera 3" if there is none.
pub(super) fn camera_name(name: &str, number: u32) -> String {
    let name = proto::shown::shown(name, MAX_NAME_CHARS);
    if name.is_empty() {
        format!("Camera {number}")
    } else {
        name
    }
}

impl Access {
    fn source(&self, stream_id: u32) -> Source {
        let mut url = self.rtsp.clone();
        url.set_path(&format!("/Streaming/Channels/{stream_id}"));
        Source {
            url,
            login: Some(self.login.clone()),
            transport: self.transport,
            gate: Arc::clone(&self.gate),
            key_frames: Some(KeyFrames::new(self.key_frame_asks.clone(), stream_id)),
        }
    }
}

fn can_play(stream: &&StreamingChannel) -> bool {
    let is_known = stream
        .video
        .as_ref()
        .is_some_and(|video| matches!(video.codec, IsapiVideoCodec::H264 | IsapiVideoCodec::H265));
    stream.is_enabled && is_known
}

#[cfg(test)]
mod tests {
    use proto::isapi::VideoFormat;

    use super::*;
    use crate::config::Password;

    fn access() -> Access {
        Access {
            rtsp: Url::parse("rtsp://192.0.2.1:10554").expect("a URL"),
            login: Login {
                user: "ana".to_owned(),
                password: Password::new("x"),
            },
            transport: RtpTransport::Tcp,
            gate: Arc::default(),
            key_frame_asks: mpsc::channel(1).0,
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
            cameras[0].main.url.as_str(),
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
                stream(102, IsapiVideoCodec::Other("MJPEG".to_owned())),
            ],
            ..Lists::default()
        };

        assert_eq!(cameras(&lists, &access())[0].sub, None);
    }

    #[test]
    fn camera_names_are_cleaned_and_cut_to_64_characters() {
        assert_eq!(camera_name("  Gate\u{7} ", 1), "Gate");
        assert_eq!(
            camera_name("\u{e9}".repeat(100).as_str(), 1)
                .chars()
                .count(),
            64
        );
        assert_eq!(camera_name("", 7), "Camera 7");
    }
}
