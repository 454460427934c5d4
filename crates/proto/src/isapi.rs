//! Answers of Hikvision recorders (ISAPI), read strictly and bounded. Elements are matched by
//! local name, because namespaces differ even inside one device. Nothing here does HTTP.

pub mod channel;
pub mod device;
pub mod security;
mod xml;

pub use channel::{
    ProxyChannel, ProxyStatus, StreamingChannel, VideoCodec, VideoFormat, VideoInput,
};
pub use device::{Capabilities, DeviceInfo, DeviceKind};
pub use security::{Ports, ResponseStatus, UserCheck};

/// Paths of the requests whose answers are read here; all are GET unless they say otherwise.
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
    /// [`super::Ports`]; not for every user.
    pub const ADMIN_ACCESSES: &str = "/ISAPI/Security/adminAccesses";
    /// [`super::UserCheck`]; its body comes with status 401 as well.
    pub const USER_CHECK: &str = "/ISAPI/Security/userCheck";

    /// PUT: makes a stream's next picture a key frame. Its answer is [`super::ResponseStatus`].
    pub fn request_key_frame(stream_id: u32) -> String {
        format!("{STREAMING_CHANNELS}/{stream_id}/requestKeyFrame")
    }
}

/// Longest body that is looked at, in bytes; the largest known capabilities stay below 200 kB.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;
/// Most entries of a list that are kept; recorders have at most 256 channels of four streams.
pub const MAX_LIST: usize = 1024;

/// Why an answer was not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IsapiError {
    /// Longer than [`MAX_BODY_BYTES`].
    #[error("the recorder's answer is too long")]
    TooLong,
    /// Nested deeper, or made of more elements, than any real answer.
    #[error("the recorder's answer is too deep or has too many parts")]
    TooComplex,
    /// A document type or an entity of its own, which no recorder sends.
    #[error("the recorder's answer declares or uses XML entities")]
    Entities,
    /// Not XML, or cut off.
    #[error("the recorder's answer is not XML")]
    Malformed,
    /// Another document than asked for.
    #[error("the recorder answered with another document than {0}")]
    Unexpected(&'static str),
    /// A field that has to be there is absent or makes no sense.
    #[error("the recorder's answer has no usable {0}")]
    Field(&'static str),
    /// The recorder says that it will not; some say so under HTTP status 200.
    #[error("the recorder answered: {0}")]
    Status(ResponseStatus),
}
