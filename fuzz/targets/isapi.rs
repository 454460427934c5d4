//! What a recorder on the LAN answers (ISAPI).

use proto::isapi::{
    Capabilities, DeviceInfo, IsapiError, Ports, ProxyChannel, ProxyStatus, ResponseStatus,
    StreamingChannel, UserCheck, VideoInput,
};

/// Every reader of ISAPI takes any bytes; document types and entities are never let in.
pub(crate) fn isapi(data: &[u8]) {
    let answers = [
        told(DeviceInfo::parse(data)),
        told(Capabilities::parse(data)),
        told(VideoInput::parse_list(data)),
        told(ProxyChannel::parse_list(data)),
        told(ProxyStatus::parse(data)),
        told(StreamingChannel::parse_list(data)),
        told(Ports::parse(data)),
        told(UserCheck::parse(data)),
        told(ResponseStatus::parse(data)),
    ];
    let has_document_type = data.windows(10).any(|ten| ten == b"<!DOCTYPE ");
    let is_plain =
        !data.windows(2).any(|two| two == b"<!" || two == b"<?") || data.starts_with(b"<!DOCTYPE ");
    if has_document_type && is_plain {
        assert!(
            answers.iter().all(|read| !read),
            "a document type was let in"
        );
    }
}

fn told<T>(read: Result<T, IsapiError>) -> bool {
    read.is_ok()
}
