//! What a recorder on the LAN answers (ISAPI).

use proto::control::image::{DayNight, ImageChange, ImageLevel};
use proto::isapi::alert_stream::MAX_ALERT_BYTES;
use proto::isapi::stream_settings::{self, ViewableEdit};
use proto::isapi::talk::TalkSession;
use proto::isapi::{
    AlertStream, Capabilities, DeviceInfo, EventAlert, EventChannels, IsapiError, IsapiImage,
    IsapiVideoCodec, Ports, ProxyChannel, ProxyStatus, RecorderTime, ResponseStatus,
    StreamingChannel, TalkChannel, UserCheck, VideoInput, outputs, storage,
};

/// Every reader of ISAPI takes any bytes; document types and entities are never let in.
pub(crate) fn isapi(data: &[u8]) {
    edited(data);
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
        told(TalkChannel::parse_list(data)),
        told(TalkSession::parse(data)),
        told(outputs::parse_outputs(data)),
        told(outputs::parse_state(data)),
        told(outputs::has_triggers(data)),
        told(storage::parse(data)),
        told(RecorderTime::parse(data)),
    ];
    isapi_image(data);
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

/// Settings that are edited say afterwards what was wanted.
fn edited(data: &[u8]) {
    let _any_options = stream_settings::codec_options(data);
    for edit in [ViewableEdit::Least, ViewableEdit::WithoutProfile] {
        let Ok(edited) = stream_settings::viewable(data, edit) else {
            continue;
        };
        let read = StreamingChannel::parse_list(edited.as_bytes()).expect("it was read before");
        let video = read.first().and_then(|stream| stream.video.as_ref());
        assert_eq!(video.map(|it| &it.codec), Some(&IsapiVideoCodec::H264));
    }
}

/// A change of image settings that are read can be written, and is read back.
fn isapi_image(data: &[u8]) {
    let Ok(image) = IsapiImage::parse(data, Some(data)) else {
        return;
    };
    let change = ImageChange {
        contrast: image.settings.contrast.and(ImageLevel::try_from(70).ok()),
        day_night: image.settings.day_night.and(Some(DayNight::Night)),
        ..ImageChange::default()
    };
    let (Ok(edited), Ok(_parts)) = (image.edited(&change), image.parts(&change)) else {
        return;
    };
    let again = IsapiImage::parse(edited.as_bytes(), None);
    assert!(again.is_ok(), "an edited document is none: {edited}");
}

/// An alert stream, in two pieces; what it holds is bounded, and its events have short words.
pub(crate) fn alert_stream(data: &[u8]) {
    let (first, second) = data.split_at(data.len() / 2);
    let mut stream = AlertStream::default();
    for piece in [first, second] {
        stream.push(piece);
        while let Some(document) = stream.poll() {
            assert!(document.len() <= MAX_ALERT_BYTES);
            if let Ok(alert) = EventAlert::parse(&document) {
                let key = alert.key(&EventChannels::default());
                assert!(key.word.is_none_or(|word| word.chars().count() <= 32));
            }
        }
    }
}

fn told<T>(read: Result<T, IsapiError>) -> bool {
    read.is_ok()
}
