//! A JPEG of a camera on request. As on real recorders, network cameras are asked under another path.

use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};

use super::{Recorder, xml};
use crate::config::Input;
use crate::shared::{Shared, split_number};
use crate::snapshot::snapshot;

/// `GET /ISAPI/Streaming/channels/{id}/picture`.
pub(crate) async fn of_input(
    State(shared): Recorder,
    uri: Uri,
    Path(id): Path<String>,
) -> Response {
    picture(&shared, &uri, &id, Input::Analog)
}

/// `GET /ISAPI/ContentMgmt/StreamingProxy/channels/{id}/picture`.
pub(crate) async fn of_proxy(
    State(shared): Recorder,
    uri: Uri,
    Path(id): Path<String>,
) -> Response {
    picture(&shared, &uri, &id, Input::Network)
}

fn picture(shared: &Shared, uri: &Uri, id: &str, input: Input) -> Response {
    let camera = id
        .parse()
        .ok()
        .and_then(split_number)
        .map(|(camera, _)| camera);
    let camera = camera.filter(|camera| {
        let config = shared.config.cameras.get(*camera);
        config.is_some_and(|config| config.input == input)
    });
    let Some(camera) = camera else {
        return xml::refused(uri.path(), StatusCode::BAD_REQUEST, "badXmlContent");
    };
    let Some(picture) = snapshot(shared, camera) else {
        return xml::refused(uri.path(), StatusCode::FORBIDDEN, "deviceOffline");
    };
    shared.count(|stats| stats.snapshots += 1);
    let kind = [(header::CONTENT_TYPE, "image/jpeg")];
    (kind, picture).into_response()
}
