//! `ISAPI/Streaming`: the streams of every camera, and key frames on request.

use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

use super::Recorder;
use super::xml::{self, HIKVISION, ISAPI, Xml};
use crate::clips;
use crate::config::{ClipCodec, Input};
use crate::faults::CameraFault;
use crate::shared::{Shared, split_number};
use crate::sound::SoundClip;

/// `GET /ISAPI/Streaming/channels`.
pub(crate) async fn list(State(shared): Recorder) -> Xml {
    let cameras = 1..=u32::try_from(shared.config.cameras.len()).unwrap_or(0);
    // What the recorder re-encodes is in no list.
    let numbers = cameras.flat_map(|camera| [1, 2, 3].map(|kind| camera * 100 + kind));
    let items: Vec<_> = numbers
        .filter_map(|number| content(&shared, number))
        .map(|content| {
            format!("<StreamingChannel version=\"2.0\">\n{content}</StreamingChannel>\n")
        })
        .collect();
    Xml::list("StreamingChannelList", ISAPI, items.len(), &items.concat())
}

/// `GET /ISAPI/Streaming/channels/{id}`. Where there is none, a third stream is answered with 400 and a
/// transcoded one with 403, as real DVRs do.
pub(crate) async fn show(State(shared): Recorder, uri: Uri, Path(id): Path<String>) -> Response {
    match number(&shared, &id) {
        Ok(number) => match document(&shared, number) {
            Some(document) => document.into_response(),
            None => xml::refused(uri.path(), StatusCode::BAD_REQUEST, "badParameters"),
        },
        Err(status) => xml::refused(uri.path(), status, "notSupport"),
    }
}

/// The document of one stream.
pub(super) fn document(shared: &Shared, number: u32) -> Option<Xml> {
    let content = content(shared, number)?;
    Some(Xml::document("StreamingChannel", HIKVISION, &content))
}

/// `PUT /ISAPI/Streaming/channels/{id}/requestKeyFrame`.
pub(crate) async fn request_key_frame(
    State(shared): Recorder,
    uri: Uri,
    Path(id): Path<String>,
) -> Response {
    match number(&shared, &id) {
        Ok(number) if shared.request_key_frame(number) => xml::done(uri.path()).into_response(),
        Ok(_) => xml::refused(uri.path(), StatusCode::FORBIDDEN, "deviceOffline"),
        Err(status) => xml::refused(uri.path(), status, "notSupport"),
    }
}

/// The number of an existing stream, or the status of the refusal.
pub(super) fn number(shared: &Shared, id: &str) -> Result<u32, StatusCode> {
    let number: u32 = id.parse().map_err(|_| StatusCode::BAD_REQUEST)?;
    match shared.codec(number) {
        Some(_) => Ok(number),
        None if number % 100 == 4 => Err(StatusCode::FORBIDDEN),
        None => Err(StatusCode::BAD_REQUEST),
    }
}

/// What is inside a `StreamingChannel`.
fn content(shared: &Shared, number: u32) -> Option<String> {
    let (camera, kind) = split_number(number)?;
    let config = shared.config.cameras.get(camera)?;
    let state = shared.cameras.borrow().get(camera)?.clone();
    let codec = state.codecs[kind]?;
    let clip = clips::clip(config.clip, kind > 0, codec);
    let codec_name = match state.fault {
        Some(CameraFault::Mpeg4) => "MPEG4",
        _ => codec.isapi_name(),
    };
    // An analog channel has only its number here; its name is in the list of inputs.
    let name = match config.input {
        Input::Analog => number.to_string(),
        Input::Network => xml::text(&config.name),
    };
    let profile = match codec {
        ClipCodec::H264 => "<H264Profile>Main</H264Profile>\n",
        ClipCodec::H265 | ClipCodec::LargeH265 => "<H265Profile>Main</H265Profile>\n",
        ClipCodec::Jpeg => "",
    };
    let is_smart = state.is_smart[kind];
    let audio = config.has_audio;
    let coding = SoundClip::of(config.sound).isapi_name;
    Some(format!(
        "<id>{number}</id>\n<channelName>{name}</channelName>\n<enabled>true</enabled>\n\
         <TrackTransport>\n<maxPacketSize>1000</maxPacketSize>\n<ControlProtocolList>\n\
         <ControlProtocol>\n<streamingTransport>RTSP</streamingTransport>\n</ControlProtocol>\n\
         </ControlProtocolList>\n<rtspPortNo>{port}</rtspPortNo>\n</TrackTransport>\n\
         <Video>\n<enabled>true</enabled>\n<videoInputChannelID>{input}</videoInputChannelID>\n\
         <videoCodecType>{codec_name}</videoCodecType>\n<videoScanType>progressive</videoScanType>\n\
         <videoResolutionWidth>{width}</videoResolutionWidth>\n\
         <videoResolutionHeight>{height}</videoResolutionHeight>\n\
         <videoQualityControlType>VBR</videoQualityControlType>\n\
         <vbrUpperCap>512</vbrUpperCap>\n<maxFrameRate>{rate}</maxFrameRate>\n\
         <GovLength>{group}</GovLength>\n{profile}<SmartCodec>\n<enabled>{is_smart}</enabled>\n\
         </SmartCodec>\n</Video>\n\
         <Audio>\n<enabled>{audio}</enabled>\n<audioInputChannelID>{input}</audioInputChannelID>\n\
         <audioCompressionType>{coding}</audioCompressionType>\n</Audio>\n",
        port = shared.rtsp_addr.port(),
        input = camera + 1,
        width = clip.width,
        height = clip.height,
        rate = clip.fps * 100,
        group = clip.key_frame_distance(),
    ))
}
