//! Changing the settings of a stream. Like a real device, it takes its own document back whole, and
//! refuses one in which anything else than codec and smart codec has changed.

use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

use super::Recorder;
use super::streaming::{document, number};
use super::xml::{self, HIKVISION, Xml};
use crate::config::ClipCodec;
use crate::faults::SettingsFate;
use crate::shared::split_number;
use crate::xml_text::text;

/// `GET /ISAPI/Streaming/channels/{id}/capabilities`, as far as clients look at it.
pub(crate) async fn capabilities(
    State(shared): Recorder,
    uri: Uri,
    Path(id): Path<String>,
) -> Response {
    let number = match number(&shared, &id) {
        Ok(number) => number,
        Err(status) => return xml::refused(uri.path(), status, "notSupport"),
    };
    let codec = shared.codec(number).map_or("", ClipCodec::isapi_name);
    let content = format!(
        "<id>{number}</id>\n<Video>\n<videoCodecType opt=\"H.264,H.265,MJPEG\">{codec}</videoCodecType>\n\
         </Video>\n"
    );
    Xml::document("StreamingChannel", HIKVISION, &content).into_response()
}

/// `PUT /ISAPI/Streaming/channels/{id}`.
pub(crate) async fn change(
    State(shared): Recorder,
    uri: Uri,
    Path(id): Path<String>,
    body: String,
) -> Response {
    let refused = |reason| xml::refused(uri.path(), StatusCode::BAD_REQUEST, reason);
    let number = match number(&shared, &id) {
        Ok(number) => number,
        Err(status) => return xml::refused(uri.path(), status, "notSupport"),
    };
    let (Some((camera, kind)), Some(Xml(shown))) =
        (split_number(number), document(&shared, number))
    else {
        return refused("badParameters");
    };
    let Some((codec, is_smart)) = changes(&body) else {
        return refused("badXmlContent");
    };
    let fate = shared.http_faults().settings;
    let without_profile = without_profile(&shown);
    let is_sound = |shown: &str| expected(shown, codec, is_smart) == body;
    let is_whole = is_sound(&shown) && fate != SettingsFate::WithoutProfile;
    let is_plain = codec.isapi_name() != ClipCodec::H265.isapi_name() && is_sound(&without_profile);
    if !is_whole && !is_plain {
        return refused("badXmlContent");
    }
    match fate {
        SettingsFate::AfterRestart => return xml::after_restart(uri.path()).into_response(),
        SettingsFate::Forgotten => {}
        SettingsFate::Kept | SettingsFate::WithoutProfile => {
            shared.count(|stats| stats.settings_changed += 1);
            shared.change_camera(camera + 1, |state| {
                state.codecs[kind] = Some(codec);
                state.is_smart[kind] = is_smart;
            });
        }
    }
    xml::done(uri.path()).into_response()
}

/// What a document says about codec and smart codec.
fn changes(body: &str) -> Option<(ClipCodec, bool)> {
    let named = text(body, "videoCodecType")?;
    let codecs = [ClipCodec::H264, ClipCodec::H265, ClipCodec::Jpeg];
    let codec = codecs
        .into_iter()
        .find(|codec| codec.isapi_name() == named)?;
    let smart = &body[body.find("<SmartCodec>")?..];
    let is_smart = text(smart, "enabled")?.parse().ok()?;
    Some((codec, is_smart))
}

/// The shown document with another codec and smart codec.
fn expected(shown: &str, codec: ClipCodec, is_smart: bool) -> String {
    let codec = codec.isapi_name();
    let shown = replaced(shown, "<videoCodecType>", codec);
    match shown.split_once("<SmartCodec>") {
        Some((before, after)) => {
            let after = replaced(after, "<enabled>", &is_smart.to_string());
            format!("{before}<SmartCodec>{after}")
        }
        None => shown,
    }
}

/// The text with something else in the first element that begins so.
fn replaced(text: &str, tag: &str, inside: &str) -> String {
    let Some((before, after)) = text.split_once(tag) else {
        return text.to_owned();
    };
    let rest = after.find('<').map_or("", |end| &after[end..]);
    format!("{before}{tag}{inside}{rest}")
}

fn without_profile(shown: &str) -> String {
    shown.replace("<H265Profile>Main</H265Profile>", "")
}
