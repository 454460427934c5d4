//! `ISAPI/PTZCtrl` and the lens settings of the inputs: steering, presets, patrols.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

use super::Recorder;
use super::xml::{self, HIKVISION, ISAPI, Xml};
use crate::limits::{MAX_PATROL, MAX_PRESETS};
use crate::ptz::{PtzMotors, PtzSpeeds};
use crate::shared::Shared;
use crate::xml_text::text;

/// Longest movement that ends by itself.
const MAX_MOMENTARY: Duration = Duration::from_secs(60);

/// `GET …/capabilities`.
pub(crate) async fn capabilities(
    State(shared): Recorder,
    uri: Uri,
    Path(channel): Path<String>,
) -> Response {
    answer(&shared, &uri, &channel, |_, _| {
        let range =
            |axis| format!("<{axis}Range>\n<Min>-100</Min>\n<Max>100</Max>\n</{axis}Range>\n");
        let space = |kind: &str| {
            format!(
                "<{kind}PanTiltSpace>\n{}{}</{kind}PanTiltSpace>\n<{kind}ZoomSpace>\n{}</{kind}ZoomSpace>\n",
                range("X"),
                range("Y"),
                range("Z")
            )
        };
        let momentary = if shared.config.has_momentary_ptz {
            space("Momentary")
        } else {
            String::new()
        };
        let content = format!(
            "{}{momentary}<maxPresetNum>{MAX_PRESETS}</maxPresetNum>\n\
             <maxPatrolNum>{MAX_PATROL}</maxPatrolNum>\n",
            space("Continuous")
        );
        // The vendor's spelling.
        Ok(Xml::document("PTZChanelCap", HIKVISION, &content))
    })
}

/// `GET …/status`.
pub(crate) async fn status(
    State(shared): Recorder,
    uri: Uri,
    Path(channel): Path<String>,
) -> Response {
    answer(&shared, &uri, &channel, |motors, now| {
        let at = motors.position(now);
        let content = format!(
            "<AbsoluteHigh>\n<elevation>{}</elevation>\n<azimuth>{}</azimuth>\n\
             <absoluteZoom>{}</absoluteZoom>\n</AbsoluteHigh>\n",
            at.tilt, at.pan, at.zoom
        );
        Ok(Xml::document("PTZStatus", ISAPI, &content))
    })
}

/// `PUT …/continuous`: moves until another movement comes.
pub(crate) async fn continuous(
    State(shared): Recorder,
    uri: Uri,
    Path(channel): Path<String>,
    body: String,
) -> Response {
    order(&shared, &uri, &channel, |motors, now| {
        motors.go(speeds(&body)?, None, now);
        Ok(xml::done(uri.path()))
    })
}

/// `PUT …/momentary`: moves for `duration` milliseconds.
pub(crate) async fn momentary(
    State(shared): Recorder,
    uri: Uri,
    Path(channel): Path<String>,
    body: String,
) -> Response {
    if !shared.config.has_momentary_ptz {
        return xml::refused(uri.path(), StatusCode::FORBIDDEN, "notSupport");
    }
    order(&shared, &uri, &channel, |motors, now| {
        let ms = number(&body, "duration").ok_or(BAD_CONTENT)?;
        let ms = u64::try_from(ms).map_err(|_| BAD_CONTENT)?;
        let span = Duration::from_millis(ms).min(MAX_MOMENTARY);
        motors.go(speeds(&body)?, Some(span), now);
        Ok(xml::done(uri.path()))
    })
}

/// `GET …/presets`: those in use, and one that is not.
pub(crate) async fn presets(
    State(shared): Recorder,
    uri: Uri,
    Path(channel): Path<String>,
) -> Response {
    answer(&shared, &uri, &channel, |motors, _| {
        let item = |id: u16, name: &str, is_used: bool| {
            format!(
                "<PTZPreset version=\"2.0\">\n<enabled>{is_used}</enabled>\n<id>{id}</id>\n\
                 <presetName>{}</presetName>\n</PTZPreset>\n",
                xml::text(name)
            )
        };
        let used = motors.presets().iter();
        let mut items: String = used.map(|(id, it)| item(*id, &it.name, true)).collect();
        // Real devices list numbers that nobody has saved, too.
        items += &item(
            MAX_PRESETS,
            "Preset 300",
            motors.presets().contains_key(&MAX_PRESETS),
        );
        Ok(Xml::list(
            "PTZPresetList",
            ISAPI,
            motors.presets().len() + 1,
            &items,
        ))
    })
}

/// `PUT …/presets/{id}`: saves the present position.
pub(crate) async fn save_preset(
    State(shared): Recorder,
    uri: Uri,
    Path((channel, id)): Path<(String, String)>,
    body: String,
) -> Response {
    order(&shared, &uri, &channel, |motors, now| {
        let name = text(&body, "presetName").ok_or(BAD_CONTENT)?;
        let is_saved = id.parse().is_ok_and(|id| motors.save(id, &name, now));
        done_if(is_saved, &uri)
    })
}

/// `DELETE …/presets/{id}`.
pub(crate) async fn remove_preset(
    State(shared): Recorder,
    uri: Uri,
    Path((channel, id)): Path<(String, String)>,
) -> Response {
    order(&shared, &uri, &channel, |motors, _| {
        done_if(id.parse().is_ok_and(|id| motors.remove(id)), &uri)
    })
}

/// `PUT …/presets/{id}/goto`.
pub(crate) async fn go_to_preset(
    State(shared): Recorder,
    uri: Uri,
    Path((channel, id)): Path<(String, String)>,
) -> Response {
    order(&shared, &uri, &channel, |motors, now| {
        done_if(id.parse().is_ok_and(|id| motors.go_to(id, now)), &uri)
    })
}

/// `PUT …/patrols/{id}/start` and `…/stop`.
pub(crate) async fn patrol(
    State(shared): Recorder,
    uri: Uri,
    Path((channel, id, verb)): Path<(String, String, String)>,
) -> Response {
    order(&shared, &uri, &channel, |motors, now| {
        let is_on = match verb.as_str() {
            "start" => true,
            "stop" => false,
            _ => return Err((StatusCode::NOT_FOUND, "notSupport")),
        };
        let is_done = id.parse().is_ok_and(|id| motors.patrol(id, is_on, now));
        done_if(is_done, &uri)
    })
}

/// `GET /ISAPI/System/Video/inputs/channels/{id}/focus` and `…/iris`.
pub(crate) async fn lens(
    State(shared): Recorder,
    uri: Uri,
    Path((channel, lens)): Path<(String, String)>,
) -> Response {
    answer(&shared, &uri, &channel, |_, _| match lens.as_str() {
        "focus" => Ok(Xml::document("FocusData", ISAPI, "<focus>0</focus>\n")),
        "iris" => Ok(Xml::document("IrisData", ISAPI, "<iris>0</iris>\n")),
        _ => Err((StatusCode::NOT_FOUND, "notSupport")),
    })
}

/// `PUT` of the same: moves the lens until 0 comes.
pub(crate) async fn move_lens(
    State(shared): Recorder,
    uri: Uri,
    Path((channel, lens)): Path<(String, String)>,
    body: String,
) -> Response {
    order(&shared, &uri, &channel, |motors, now| {
        let speed = speed(&body, &lens)?;
        match lens.as_str() {
            "focus" => motors.focus(speed, now),
            "iris" => motors.iris(speed, now),
            _ => return Err((StatusCode::NOT_FOUND, "notSupport")),
        }
        Ok(xml::done(uri.path()))
    })
}

type Refusal = (StatusCode, &'static str);

const BAD_CONTENT: Refusal = (StatusCode::BAD_REQUEST, "badXmlContent");

/// Acts on the motors of a camera that has some and is connected.
fn answer(
    shared: &Shared,
    uri: &Uri,
    channel: &str,
    act: impl FnOnce(&mut PtzMotors, Duration) -> Result<Xml, Refusal>,
) -> Response {
    let camera = channel
        .parse::<usize>()
        .ok()
        .and_then(|it| it.checked_sub(1));
    let acted = camera.and_then(|camera| shared.steer(camera, act));
    match acted {
        Some(Ok(xml)) => xml.into_response(),
        Some(Err((status, reason))) => xml::refused(uri.path(), status, reason),
        None => xml::refused(uri.path(), StatusCode::FORBIDDEN, "notSupport"),
    }
}

/// The same for whatever changes something; it is counted.
fn order(
    shared: &Shared,
    uri: &Uri,
    channel: &str,
    act: impl FnOnce(&mut PtzMotors, Duration) -> Result<Xml, Refusal>,
) -> Response {
    let response = answer(shared, uri, channel, act);
    if response.status().is_success() {
        shared.count(|stats| stats.ptz_orders += 1);
    }
    response
}

fn done_if(is_done: bool, uri: &Uri) -> Result<Xml, Refusal> {
    if is_done {
        Ok(xml::done(uri.path()))
    } else {
        Err((StatusCode::BAD_REQUEST, "badParameters"))
    }
}

fn speeds(body: &str) -> Result<PtzSpeeds, Refusal> {
    Ok(PtzSpeeds {
        pan: speed(body, "pan")?,
        tilt: speed(body, "tilt")?,
        zoom: speed(body, "zoom")?,
    })
}

fn speed(body: &str, name: &str) -> Result<i64, Refusal> {
    number(body, name)
        .filter(|speed| (-100..=100).contains(speed))
        .ok_or(BAD_CONTENT)
}

fn number(body: &str, name: &str) -> Option<i64> {
    text(body, name)?.trim().parse().ok()
}
