//! `ISAPI/System/TwoWayAudio`: the audio line of the recorder's own loudspeaker, with the number 1.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

use super::Recorder;
use super::xml::{self, HIKVISION, Xml};

/// `GET /ISAPI/System/TwoWayAudio/channels`.
pub(crate) async fn lines(State(shared): Recorder) -> Xml {
    let is_open = shared.talk_line().session().is_some();
    let line = shared.config.talk_line.map(|line| {
        format!(
            "<TwoWayAudioChannel version=\"2.0\">\n<id>1</id>\n<enabled>{is_open}</enabled>\n\
             <audioCompressionType>{}</audioCompressionType>\n<audioInputType>MicIn</audioInputType>\n\
             <speakerVolume>50</speakerVolume>\n<noisereduce>true</noisereduce>\n</TwoWayAudioChannel>\n",
            line.codec
        )
    });
    Xml::document(
        "TwoWayAudioChannelList",
        HIKVISION,
        &line.unwrap_or_default(),
    )
}

/// `PUT …/channels/1/open`, `…/audioData` and `…/close`.
pub(crate) async fn order(
    State(shared): Recorder,
    uri: Uri,
    Path((id, order)): Path<(String, String)>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    let path = uri.path();
    let Some(line) = shared.config.talk_line.filter(|_| id == "1") else {
        return xml::refused(path, StatusCode::NOT_FOUND, "notSupport");
    };
    let mut state = shared.talk_line();
    match order.as_str() {
        "open" => {
            let Some(session) = state.open() else {
                return xml::refused(path, StatusCode::SERVICE_UNAVAILABLE, "deviceBusy");
            };
            drop(state);
            shared.count(|stats| stats.is_talk_line_open = true);
            if !line.has_sessions {
                return xml::done(path).into_response();
            }
            let content = format!("<sessionId>{session}</sessionId>\n");
            Xml::document("TwoWayAudioSession", HIKVISION, &content).into_response()
        }
        // From the answer on, what comes on the connection is sound: see `talk_tap`.
        "audioData" => {
            let named = query.get("sessionId").and_then(|id| id.parse().ok());
            match state.session() {
                None => xml::refused(path, StatusCode::FORBIDDEN, "invalidOperation"),
                Some(session) if line.has_sessions && named != Some(session) => {
                    xml::refused(path, StatusCode::BAD_REQUEST, "badParameters")
                }
                Some(_) => StatusCode::OK.into_response(),
            }
        }
        "close" => {
            state.close();
            drop(state);
            shared.count(|stats| stats.is_talk_line_open = false);
            xml::done(path).into_response()
        }
        _ => xml::refused(path, StatusCode::NOT_FOUND, "notSupport"),
    }
}
