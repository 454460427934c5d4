//! The same recorder over ONVIF: device, both media services, PTZ, imaging, relays, events and pictures, and answers to a
//! search of the LAN. It is written without crate `onvif`, so that the two check each other.

mod device;
pub(crate) mod discovery;
mod encoder;
mod envelope;
mod events;
mod imaging;
mod login;
mod loudspeaker;
mod media;
mod ptz;
mod relays;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use crate::gate::{LoginAttempt, LoginRefusal, Scheme};
use crate::limits::MAX_HTTP_BODY;
use crate::shared::{Shared, split_number};
use crate::snapshot;
use envelope::{SimFault, SoapCall};

type Device = State<Arc<Shared>>;

/// What is served below `/onvif`.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/onvif/{service}", post(answer))
        .route("/onvif/snapshot/{number}", get(picture))
        .layer(DefaultBodyLimit::max(MAX_HTTP_BODY))
        .with_state(shared)
}

async fn answer(
    State(shared): Device,
    Path(service): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let Some(call) = SoapCall::read(&body) else {
        return SimFault::sender("ter:WellFormed", "Well-formed Error").into_response();
    };
    // ONVIF Core §5.9.4.4 (PRE_AUTH): what a client needs in order to log in.
    let is_open = matches!(
        call.operation.as_str(),
        "GetSystemDateAndTime" | "GetCapabilities" | "GetServices"
    );
    if !is_open && let Some(refusal) = login::refusal(&shared, &service, &headers, &call) {
        return refusal;
    }
    shared.count(|stats| stats.soap_requests += 1);
    let answered = match service.as_str() {
        "device_service" => device::answer(&shared, &call),
        "media_service" => media::answer(&shared, &call, false),
        "media2_service" if shared.config.onvif.has_media2 => media::answer(&shared, &call, true),
        "ptz_service" => ptz::answer(&shared, &call),
        "imaging_service" => imaging::answer(&shared, &call),
        "deviceio_service" => relays::answer(&shared, &call, "tmd"),
        "event_service" => events::create(&shared, &call),
        service => match service.strip_prefix(events::MANAGER) {
            Some(number) => events::manage(&shared, number, &call).await,
            None => return StatusCode::NOT_FOUND.into_response(),
        },
    };
    match answered {
        Ok(inside) => envelope::answered(&inside),
        Err(fault) => fault.into_response(),
    }
}

/// A picture, behind HTTP Digest.
async fn picture(State(shared): Device, Path(number): Path<String>, request: Request) -> Response {
    let authorization = request.headers().get(header::AUTHORIZATION);
    let attempt = LoginAttempt {
        method: "GET",
        authorization: authorization.and_then(|value| value.to_str().ok()),
        trusted_nonce: None,
    };
    if let Err(refusal) = shared.admit(&attempt) {
        return challenged(&shared, refusal);
    }
    let camera = number.parse().ok().and_then(split_number);
    match camera.and_then(|(camera, _)| snapshot::snapshot(&shared, camera)) {
        Some(picture) => {
            shared.count(|stats| stats.snapshots += 1);
            ([(header::CONTENT_TYPE, "image/jpeg")], picture).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn challenged(shared: &Shared, refusal: LoginRefusal) -> Response {
    let mut response = StatusCode::UNAUTHORIZED.into_response();
    if let Ok(value) = HeaderValue::from_str(&shared.challenge(Scheme::Http, refusal)) {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, value);
    }
    response
}

/// The address of a service, with the host that the device reports for itself.
fn address(shared: &Shared, service: &str) -> String {
    let port = shared.http_addr.port();
    format!("http://{}:{port}/onvif/{service}", host(shared))
}

fn host(shared: &Shared) -> String {
    let known = shared.config.onvif.wrong_host.clone();
    known.unwrap_or_else(|| shared.http_addr.ip().to_string())
}

/// The cameras that a device lists, with their indices.
fn cameras(shared: &Shared) -> impl Iterator<Item = (usize, &crate::config::CameraConfig)> {
    shared.config.cameras.iter().enumerate()
}
