//! `ISAPI/System/IO/outputs`: the outputs of the recorder.

use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

use super::Recorder;
use super::xml::{self, HIKVISION, Xml};
use crate::xml_text::text;

/// `GET /ISAPI/System/IO/outputs`.
pub(crate) async fn list(State(shared): Recorder) -> Xml {
    let n_outputs = shared.outputs().len();
    let items: String = (1..=n_outputs)
        .map(|id| {
            format!(
                "<IOOutputPort version=\"1.0\">\n<id>{id}</id>\n<PowerOnState>\n\
                 <defaultState>low</defaultState>\n<outputState>pulse</outputState>\n\
                 <pulseDuration>5000</pulseDuration>\n</PowerOnState>\n<name>Output {id}</name>\n\
                 </IOOutputPort>\n"
            )
        })
        .collect();
    Xml::list("IOOutputPortList", HIKVISION, n_outputs, &items)
}

/// `GET …/{id}/status`.
pub(crate) async fn state(State(shared): Recorder, uri: Uri, Path(id): Path<String>) -> Response {
    let is_on = index(&id).and_then(|at| shared.outputs().get(at).copied());
    let Some(is_on) = is_on else {
        return xml::refused(uri.path(), StatusCode::BAD_REQUEST, "badParameters");
    };
    let state = if is_on { "active" } else { "inactive" };
    let content = format!(
        "<ioPortID>{}</ioPortID>\n<ioPortType>output</ioPortType>\n<ioState>{state}</ioState>\n",
        xml::text(&id)
    );
    Xml::document("IOPortStatus", HIKVISION, &content).into_response()
}

/// `PUT …/{id}/trigger`.
pub(crate) async fn trigger(
    State(shared): Recorder,
    uri: Uri,
    Path(id): Path<String>,
    body: String,
) -> Response {
    let is_on = match text(&body, "outputState").as_deref() {
        Some("high") => true,
        Some("low") => false,
        _ => return xml::refused(uri.path(), StatusCode::BAD_REQUEST, "badXmlContent"),
    };
    let is_there =
        match index(&id).and_then(|at| shared.outputs().get_mut(at).map(|it| *it = is_on)) {
            Some(()) => true,
            None => false,
        };
    if !is_there {
        return xml::refused(uri.path(), StatusCode::BAD_REQUEST, "badParameters");
    }
    shared.count(|stats| stats.output_orders += 1);
    xml::done(uri.path()).into_response()
}

fn index(id: &str) -> Option<usize> {
    id.parse::<usize>().ok()?.checked_sub(1)
}
