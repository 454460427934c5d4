//! Answers of Hikvision recorders (ISAPI), parsed strictly and with limits. Elements are matched by
//! local name, because namespaces differ even within one device. Nothing here does HTTP.

pub mod alert;
pub mod alert_stream;
pub mod channel;
pub mod device;
mod edit;
mod error;
pub mod image;
pub mod outputs;
pub mod ptz;
pub mod security;
pub mod storage;
pub mod stream_settings;
pub mod talk;
pub mod time;
mod xml;

pub use alert::{EventAlert, EventChannels};
pub use alert_stream::AlertStream;
pub use channel::{
    IsapiVideoCodec, ProxyChannel, ProxyStatus, StreamingChannel, VideoFormat, VideoInput,
};
pub use device::{Capabilities, DeviceInfo, DeviceKind};
pub use error::{IsapiError, MAX_BODY_BYTES, MAX_LIST};
pub use image::IsapiImage;
pub use ptz::PtzCapabilities;
pub use security::{Ports, ResponseStatus, UserCheck};
pub use talk::TalkChannel;
pub use time::RecorderTime;

/// Paths of the requests whose answers are parsed here; all are GET unless they say otherwise.
pub mod path {
    /// [`super::DeviceInfo`].
    pub const DEVICE_INFO: &str = "/ISAPI/System/deviceInfo";
    /// [`super::Capabilities`].
    pub const CAPABILITIES: &str = "/ISAPI/System/capabilities";
    /// [`super::VideoInput`] list: analog cameras.
    pub const VIDEO_INPUTS: &str = "/ISAPI/System/Video/inputs/channels";
    /// [`super::ProxyChannel`] list: network cameras behind a recorder.
    pub const PROXY_CHANNELS: &str = "/ISAPI/ContentMgmt/InputProxy/channels";
    /// [`super::ProxyStatus`] list.
    pub const PROXY_STATUS: &str = "/ISAPI/ContentMgmt/InputProxy/channels/status";
    /// [`super::StreamingChannel`] list.
    pub const STREAMING_CHANNELS: &str = "/ISAPI/Streaming/channels";
    /// [`super::Ports`]; not available to every user.
    pub const ADMIN_ACCESSES: &str = "/ISAPI/Security/adminAccesses";
    /// [`super::RecorderTime`].
    pub const TIME: &str = "/ISAPI/System/time";
    /// [`super::storage::parse`].
    pub const STORAGE: &str = "/ISAPI/ContentMgmt/Storage";
    /// [`super::UserCheck`]; its body comes with status 401 as well.
    pub const USER_CHECK: &str = "/ISAPI/Security/userCheck";

    /// [`super::PtzCapabilities`] of one channel. Unlike the recorder's own list of capabilities, this
    /// is true.
    pub fn ptz_capabilities(channel: u32) -> String {
        ptz(channel, "capabilities")
    }

    /// PUT [`super::ptz::movement`] with a span.
    pub fn ptz_momentary(channel: u32) -> String {
        ptz(channel, "momentary")
    }

    /// PUT [`super::ptz::movement`] without a span.
    pub fn ptz_continuous(channel: u32) -> String {
        ptz(channel, "continuous")
    }

    /// [`super::ptz::parse_presets`].
    pub fn ptz_presets(channel: u32) -> String {
        ptz(channel, "presets")
    }

    /// PUT [`super::ptz::preset`] saves it, DELETE removes it.
    pub fn ptz_preset(channel: u32, preset: u16) -> String {
        ptz(channel, &format!("presets/{preset}"))
    }

    /// PUT: goes to a preset.
    pub fn ptz_go_to(channel: u32, preset: u16) -> String {
        ptz(channel, &format!("presets/{preset}/goto"))
    }

    /// PUT: starts or stops a patrol.
    pub fn ptz_patrol(channel: u32, patrol: u16, is_on: bool) -> String {
        let order = if is_on { "start" } else { "stop" };
        ptz(channel, &format!("patrols/{patrol}/{order}"))
    }

    fn ptz(channel: u32, what: &str) -> String {
        format!("/ISAPI/PTZCtrl/channels/{channel}/{what}")
    }

    /// [`super::ptz::is_lens`]; PUT [`super::ptz::lens_movement`].
    pub fn lens(channel: u32, is_focus: bool) -> String {
        let lens = if is_focus { "focus" } else { "iris" };
        format!("{VIDEO_INPUTS}/{channel}/{lens}")
    }

    /// What can become an event: [`super::outputs::has_triggers`].
    pub const EVENT_TRIGGERS: &str = "/ISAPI/Event/triggers";
    /// A body without an end, for [`super::AlertStream`].
    pub const ALERT_STREAM: &str = "/ISAPI/Event/notification/alertStream";
    /// The same on firmware that has events without the prefix.
    pub const OLD_ALERT_STREAM: &str = "/Event/notification/alertStream";
    /// [`super::outputs::parse_outputs`].
    pub const OUTPUTS: &str = "/ISAPI/System/IO/outputs";

    /// [`super::outputs::parse_state`].
    pub fn output_state(output: u32) -> String {
        format!("{OUTPUTS}/{output}/status")
    }

    /// PUT [`super::outputs::trigger`].
    pub fn output_trigger(output: u32) -> String {
        format!("{OUTPUTS}/{output}/trigger")
    }

    /// [`super::IsapiImage`]; PUT [`super::IsapiImage::edited`].
    pub fn image(channel: u32) -> String {
        format!("/ISAPI/Image/channels/{channel}")
    }

    /// What the levels of an image may be.
    pub fn image_capabilities(channel: u32) -> String {
        image_part(channel, "capabilities")
    }

    /// PUT: one of [`super::IsapiImage::parts`].
    pub fn image_part(channel: u32, part: &str) -> String {
        format!("/ISAPI/Image/channels/{channel}/{part}")
    }

    /// A JPEG of a stream's camera, of a single camera or an analog input.
    pub fn picture(stream_id: u32) -> String {
        format!("{STREAMING_CHANNELS}/{stream_id}/picture")
    }

    /// The same of a network camera behind a recorder.
    pub fn proxy_picture(stream_id: u32) -> String {
        format!("/ISAPI/ContentMgmt/StreamingProxy/channels/{stream_id}/picture")
    }

    /// [`super::TalkChannel`] list.
    pub const TALK_CHANNELS: &str = "/ISAPI/System/TwoWayAudio/channels";

    /// PUT: opens a line. Its answer is [`super::talk::TalkSession`].
    pub fn talk_open(channel: u32) -> String {
        format!("{TALK_CHANNELS}/{channel}/open")
    }

    /// PUT: its body is what is said, for as long as somebody talks.
    pub fn talk_sound(channel: u32) -> String {
        format!("{TALK_CHANNELS}/{channel}/audioData")
    }

    /// PUT: closes a line, no matter who is talking on it.
    pub fn talk_close(channel: u32) -> String {
        format!("{TALK_CHANNELS}/{channel}/close")
    }

    /// [`super::StreamingChannel`], one of them; PUT [`super::stream_settings::viewable`].
    pub fn stream(stream_id: u32) -> String {
        format!("{STREAMING_CHANNELS}/{stream_id}")
    }

    /// The same of a network camera behind a recorder, where the recorder does not know it as its own.
    pub fn proxy_stream(stream_id: u32) -> String {
        format!("/ISAPI/ContentMgmt/StreamingProxy/channels/{stream_id}")
    }

    /// What can be set below a [`stream`] or [`proxy_stream`]: [`super::stream_settings::codec_options`].
    pub fn capabilities_of(stream: &str) -> String {
        format!("{stream}/capabilities")
    }

    /// PUT: requests a key frame as a stream's next picture. Its answer is
    /// [`super::ResponseStatus`].
    pub fn request_key_frame(stream_id: u32) -> String {
        format!("{STREAMING_CHANNELS}/{stream_id}/requestKeyFrame")
    }
}
