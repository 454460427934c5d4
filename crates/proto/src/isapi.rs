//! Answers of Hikvision recorders (ISAPI), parsed strictly and with limits. Elements are matched by
//! local name, because namespaces differ even within one device. Nothing here does HTTP.

pub mod channel;
pub mod device;
mod error;
pub mod security;
mod xml;

pub use channel::{
    IsapiVideoCodec, ProxyChannel, ProxyStatus, StreamingChannel, VideoFormat, VideoInput,
};
pub use device::{Capabilities, DeviceInfo, DeviceKind};
pub use error::{IsapiError, MAX_BODY_BYTES, MAX_LIST};
pub use security::{Ports, ResponseStatus, UserCheck};

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
    /// [`super::UserCheck`]; its body comes with status 401 as well.
    pub const USER_CHECK: &str = "/ISAPI/Security/userCheck";

    /// PUT: requests a key frame as a stream's next picture. Its answer is
    /// [`super::ResponseStatus`].
    pub fn request_key_frame(stream_id: u32) -> String {
        format!("{STREAMING_CHANNELS}/{stream_id}/requestKeyFrame")
    }
}
