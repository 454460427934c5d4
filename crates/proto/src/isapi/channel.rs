//! The channels of a recorder: analog inputs, network cameras behind it, and the streams of both. A
//! list entry without a usable id is left out; the rest of the list is kept.

use std::collections::BTreeMap;

use super::error::IsapiError;
use super::xml::Element;

/// Real channel numbers are well below this.
const MAX_CHANNEL: u32 = 10_000;

/// One analog input, from `System/Video/inputs/channels`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoInput {
    /// Video channel, from 1.
    pub channel: u32,
    /// The camera's name given by people; may be empty.
    pub name: String,
    /// Whether a camera is connected and switched on.
    pub has_video: bool,
}

impl VideoInput {
    /// Reads the list.
    pub fn parse_list(body: &[u8]) -> Result<Vec<VideoInput>, IsapiError> {
        let root = Element::read(body, &["VideoInputChannelList", "VideoInputChannel"])?;
        Ok(entries(&root, "VideoInputChannel")
            .filter_map(|entry| {
                let is_enabled = entry.flag_of("videoInputEnabled").unwrap_or(true);
                // `resDesc` is "NO VIDEO" on an input without a camera (testdata/hybrid-dvr).
                let is_dark = entry
                    .text_of("resDesc")
                    .is_some_and(|text| text.eq_ignore_ascii_case("NO VIDEO"));
                Some(VideoInput {
                    channel: channel(entry)?,
                    name: entry.owned_text_of("name"),
                    has_video: is_enabled && !is_dark,
                })
            })
            .collect())
    }
}

/// One network camera behind a recorder, from `ContentMgmt/InputProxy/channels`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyChannel {
    /// Video channel of the recorder.
    pub channel: u32,
    /// The camera's name given by people; may be empty.
    pub name: String,
    /// Its port at the device that it is part of, by which some recorders name it in events.
    pub source_port: Option<u32>,
}

impl ProxyChannel {
    /// Reads the list. Its `size` attribute is the recorder's capacity, not a count.
    pub fn parse_list(body: &[u8]) -> Result<Vec<ProxyChannel>, IsapiError> {
        let root = Element::read(body, &["InputProxyChannelList", "InputProxyChannel"])?;
        Ok(entries(&root, "InputProxyChannel")
            .filter_map(|entry| {
                let source = entry.child("sourceInputPortDescriptor");
                Some(ProxyChannel {
                    channel: channel(entry)?,
                    name: entry.owned_text_of("name"),
                    source_port: source.and_then(|source| source.number_of("srcInputPort")),
                })
            })
            .collect())
    }
}

/// Whether network cameras are online, from `ContentMgmt/InputProxy/channels/status`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyStatus {
    is_online_by_channel: BTreeMap<u32, bool>,
}

impl ProxyStatus {
    /// Reads the list.
    pub fn parse(body: &[u8]) -> Result<ProxyStatus, IsapiError> {
        let root = Element::read(
            body,
            &["InputProxyChannelStatusList", "InputProxyChannelStatus"],
        )?;
        Ok(ProxyStatus {
            is_online_by_channel: entries(&root, "InputProxyChannelStatus")
                .filter_map(|entry| Some((channel(entry)?, entry.flag_of("online")?)))
                .collect(),
        })
    }

    /// Whether the camera on that channel is online; `None` if the recorder does not say.
    pub fn is_online(&self, channel: u32) -> Option<bool> {
        self.is_online_by_channel.get(&channel).copied()
    }
}

/// One stream of one channel, from `Streaming/channels`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamingChannel {
    /// Channel × 100 + stream: 101 is the main stream of channel 1, 102 its sub-stream.
    pub id: u32,
    /// Name given by people; "101" on some recorders.
    pub name: String,
    /// Whether the recorder sends it.
    pub is_enabled: bool,
    /// The picture, if it has one.
    pub video: Option<VideoFormat>,
    /// The audio codec, such as `G.711ulaw`, if audio is on.
    pub audio: Option<String>,
}

/// The picture of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoFormat {
    /// H.264, H.265 or another coding.
    pub codec: IsapiVideoCodec,
    /// Width in pixels; 0 if the recorder does not say.
    pub width: u32,
    /// Height in pixels; 0 if the recorder does not say.
    pub height: u32,
    /// Frames per second × 100 (1500 is 15 a second); 0 if the recorder does not say.
    pub max_frame_rate_x100: u32,
    /// Kilobits per second at most; 0 if the recorder does not say.
    pub max_kilobits: u32,
    /// H.264+ or H.265+, which browsers may not play well.
    pub is_smart_codec: bool,
}

/// Coding of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IsapiVideoCodec {
    /// H.264.
    H264,
    /// H.265.
    H265,
    /// One JPEG after the other.
    Jpeg,
    /// Any other, as the recorder writes it.
    Other(String),
}

impl IsapiVideoCodec {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            IsapiVideoCodec::H264 => "H.264",
            IsapiVideoCodec::H265 => "H.265",
            IsapiVideoCodec::Jpeg => "MJPEG",
            IsapiVideoCodec::Other(name) => name,
        }
    }
}

impl StreamingChannel {
    /// Reads the list, or the one stream of `Streaming/channels/<id>`.
    pub fn parse_list(body: &[u8]) -> Result<Vec<StreamingChannel>, IsapiError> {
        let root = Element::read(body, &["StreamingChannelList", "StreamingChannel"])?;
        Ok(entries(&root, "StreamingChannel")
            .filter_map(StreamingChannel::from_element)
            .collect())
    }

    /// The video channel it belongs to.
    pub fn channel(&self) -> u32 {
        self.id / 100
    }

    /// Which stream of the channel it is: 1 main, 2 sub, 3 third, 4 transcoded.
    pub fn stream(&self) -> u32 {
        self.id % 100
    }

    fn from_element(entry: &Element) -> Option<StreamingChannel> {
        let id = entry.number_of("id")?;
        if !(101..=MAX_CHANNEL * 100).contains(&id) {
            return None;
        }
        let audio = entry
            .child("Audio")
            .filter(|audio| audio.flag_of("enabled") == Some(true))
            .and_then(|audio| audio.text_of("audioCompressionType"));
        Some(StreamingChannel {
            id,
            name: entry.owned_text_of("channelName"),
            is_enabled: entry.flag_of("enabled").unwrap_or(true),
            video: entry.child("Video").and_then(VideoFormat::from_element),
            audio: audio.map(str::to_owned),
        })
    }
}

impl VideoFormat {
    fn from_element(video: &Element) -> Option<VideoFormat> {
        let codec = match video.text_of("videoCodecType")? {
            "H.264" | "H264" => IsapiVideoCodec::H264,
            "H.265" | "H265" => IsapiVideoCodec::H265,
            "MJPEG" => IsapiVideoCodec::Jpeg,
            other => IsapiVideoCodec::Other(other.to_owned()),
        };
        Some(VideoFormat {
            codec,
            width: video.number_of("videoResolutionWidth").unwrap_or(0),
            height: video.number_of("videoResolutionHeight").unwrap_or(0),
            max_frame_rate_x100: video.number_of("maxFrameRate").unwrap_or(0),
            max_kilobits: match video.text_of("videoQualityControlType") {
                Some("CBR" | "cbr") => video.number_of("constantBitRate"),
                _ => video.number_of("vbrUpperCap"),
            }
            .unwrap_or(0),
            is_smart_codec: video
                .child("SmartCodec")
                .and_then(|smart| smart.flag_of("enabled"))
                .unwrap_or(false),
        })
    }
}

/// The entries of a list, or the root itself if the answer is a single entry.
fn entries<'a>(root: &'a Element, name: &'static str) -> impl Iterator<Item = &'a Element> {
    let single = root.is_named(name).then_some(root);
    single.into_iter().chain(root.children(name))
}

fn channel(entry: &Element) -> Option<u32> {
    entry
        .number_of("id")
        .filter(|id| (1..=MAX_CHANNEL).contains(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disconnected_input_has_no_video() {
        let inputs =
            VideoInput::parse_list(include_bytes!("../../testdata/hybrid-dvr/video_inputs.xml"))
                .expect("a list");

        let told: Vec<(u32, &str, bool)> = inputs
            .iter()
            .map(|input| (input.channel, input.name.as_str(), input.has_video))
            .collect();
        assert_eq!(
            told,
            [
                (1, "Front door", true),
                (2, "Till & safe", true),
                (3, "Camera 03", false),
                (4, "Yard", false),
            ]
        );
    }

    #[test]
    fn an_empty_list_with_a_size_is_empty() {
        let body = include_bytes!("../../testdata/hybrid-dvr/proxy_channels.xml");

        assert_eq!(ProxyChannel::parse_list(body), Ok(Vec::new()));
    }

    #[test]
    fn network_cameras_have_names_and_a_status() {
        let channels =
            ProxyChannel::parse_list(include_bytes!("../../testdata/nvr/proxy_channels.xml"))
                .expect("a list");
        let status = ProxyStatus::parse(include_bytes!("../../testdata/nvr/proxy_status.xml"))
            .expect("a list");

        let told: Vec<(&str, Option<bool>)> = channels
            .iter()
            .map(|channel| (channel.name.as_str(), status.is_online(channel.channel)))
            .collect();
        assert_eq!(
            told,
            [
                ("Gate", Some(true)),
                ("Garage", Some(false)),
                ("Attic", None)
            ]
        );
    }

    #[test]
    fn streams_report_codec_size_frame_rate_and_audio() {
        let streams =
            StreamingChannel::parse_list(include_bytes!("../../testdata/nvr/streams.xml"))
                .expect("a list");

        let main = &streams[0];
        assert_eq!((main.channel(), main.stream()), (1, 1));
        assert_eq!(main.audio.as_deref(), Some("G.711ulaw"));
        assert_eq!(
            main.video,
            Some(VideoFormat {
                codec: IsapiVideoCodec::H265,
                width: 2560,
                height: 1440,
                max_frame_rate_x100: 2000,
                max_kilobits: 4096,
                is_smart_codec: true,
            })
        );
        let sub = &streams[1];
        assert_eq!((sub.id, sub.audio.as_deref()), (102, None));
        let codecs: Vec<IsapiVideoCodec> = streams
            .iter()
            .filter_map(|stream| Some(stream.video.as_ref()?.codec.clone()))
            .collect();
        assert_eq!(
            codecs,
            [
                IsapiVideoCodec::H265,
                IsapiVideoCodec::H264,
                IsapiVideoCodec::Jpeg
            ]
        );
        assert!(!streams[2].is_enabled);
    }

    #[test]
    fn a_single_stream_is_read_like_a_list() {
        let body = include_bytes!("../../testdata/camera/stream.xml");

        let ids = StreamingChannel::parse_list(body)
            .map(|streams| streams.iter().map(|stream| stream.id).collect::<Vec<_>>());

        assert_eq!(ids, Ok(vec![101]));
    }

    #[test]
    fn entries_without_a_usable_id_are_left_out() {
        let body = b"<StreamingChannelList><StreamingChannel/>\
            <StreamingChannel><id>-1</id></StreamingChannel>\
            <StreamingChannel><id>99</id></StreamingChannel>\
            <StreamingChannel><id>99999999999</id></StreamingChannel>\
            <StreamingChannel><id>101</id></StreamingChannel></StreamingChannelList>";

        let streams = StreamingChannel::parse_list(body).expect("a list");

        assert_eq!(streams.len(), 1);
        assert_eq!((streams[0].id, &streams[0].video), (101, &None));
    }
}
