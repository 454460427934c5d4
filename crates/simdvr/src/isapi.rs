//! The HTTP side: ISAPI behind Digest, with the document structure and mixed namespaces of real
//! devices.

mod alerts;
mod connection;
mod image;
mod inputs;
mod outputs;
mod picture;
mod ptz;
mod security;
mod settings;
mod streaming;
mod system;
mod talk;
mod talk_tap;
pub(crate) mod xml;

use std::future::IntoFuture as _;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get, put};
use tokio_util::sync::CancellationToken;

use crate::door::Door;
use crate::gate::{LoginAttempt, LoginRefusal, Scheme};
use crate::limits::MAX_HTTP_BODY;
use crate::shared::Shared;

/// How long running requests may take after the recorder was stopped.
const GRACE: Duration = Duration::from_millis(500);

type Recorder = State<Arc<Shared>>;

/// Serves ISAPI until `stop`, which also ends the connections.
pub(crate) async fn serve(
    door: Door,
    shared: Arc<Shared>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let router = router(shared.clone(), door.is_tls());
    let listener = connection::Listener::new(door, shared, stop.clone());
    let ended = stop.clone();
    let server = axum::serve(listener, router)
        .with_graceful_shutdown(async move { ended.cancelled().await })
        .into_future();
    tokio::select! {
        result = server => Ok(result?),
        () = async { stop.cancelled().await; tokio::time::sleep(GRACE).await } => Ok(()),
    }
}

fn router(shared: Arc<Shared>, is_tls: bool) -> Router {
    let mut isapi = Router::new();
    for (path, method) in routes()
        .into_iter()
        .chain(steering_routes())
        .chain(alarm_routes())
    {
        isapi = isapi.route(&format!("/ISAPI{path}"), method);
    }
    isapi
        .route("/Event/notification/alertStream", get(alerts::old_stream))
        .fallback(async |request: Request| {
            xml::refused(request.uri().path(), StatusCode::NOT_FOUND, "notSupport")
        })
        .method_not_allowed_fallback(async |request: Request| {
            let status = StatusCode::METHOD_NOT_ALLOWED;
            xml::refused(request.uri().path(), status, "methodNotAllowed")
        })
        .layer(DefaultBodyLimit::max(MAX_HTTP_BODY))
        // The layer added last runs first: nothing is read of somebody without a login.
        .layer(middleware::from_fn_with_state(
            (shared.clone(), is_tls),
            admit,
        ))
        .with_state(shared.clone())
        .merge(crate::onvif::router(shared))
}

/// What is served below `/ISAPI`.
fn routes() -> [(&'static str, MethodRouter<Arc<Shared>>); 19] {
    [
        ("/System/deviceInfo", get(system::device_info)),
        ("/System/capabilities", get(system::capabilities)),
        ("/System/time", get(system::time)),
        ("/System/status", get(system::status)),
        ("/Event/triggers", get(system::event_triggers)),
        ("/System/Video/inputs/channels", get(inputs::analog)),
        ("/ContentMgmt/Storage", get(system::storage)),
        ("/ContentMgmt/InputProxy/channels", get(inputs::network)),
        (
            "/ContentMgmt/InputProxy/channels/status",
            get(inputs::network_status),
        ),
        ("/Streaming/channels", get(streaming::list)),
        (
            "/Streaming/channels/{id}",
            get(streaming::show).put(settings::change),
        ),
        (
            "/Streaming/channels/{id}/capabilities",
            get(settings::capabilities),
        ),
        (
            "/Streaming/channels/{id}/requestKeyFrame",
            put(streaming::request_key_frame),
        ),
        ("/Streaming/channels/{id}/picture", get(picture::of_input)),
        (
            "/ContentMgmt/StreamingProxy/channels/{id}/picture",
            get(picture::of_proxy),
        ),
        ("/System/TwoWayAudio/channels", get(talk::lines)),
        (
            "/System/TwoWayAudio/channels/{id}/{order}",
            put(talk::order),
        ),
        ("/Security/userCheck", get(security::user_check)),
        ("/Security/adminAccesses", get(security::admin_accesses)),
    ]
}

/// What is served for steering a camera.
fn steering_routes() -> [(&'static str, MethodRouter<Arc<Shared>>); 9] {
    [
        (
            "/PTZCtrl/channels/{id}/capabilities",
            get(ptz::capabilities),
        ),
        ("/PTZCtrl/channels/{id}/status", get(ptz::status)),
        ("/PTZCtrl/channels/{id}/continuous", put(ptz::continuous)),
        ("/PTZCtrl/channels/{id}/momentary", put(ptz::momentary)),
        ("/PTZCtrl/channels/{id}/presets", get(ptz::presets)),
        (
            "/PTZCtrl/channels/{id}/presets/{preset}",
            put(ptz::save_preset).delete(ptz::remove_preset),
        ),
        (
            "/PTZCtrl/channels/{id}/presets/{preset}/goto",
            put(ptz::go_to_preset),
        ),
        (
            "/PTZCtrl/channels/{id}/patrols/{patrol}/{order}",
            put(ptz::patrol),
        ),
        (
            "/System/Video/inputs/channels/{id}/{lens}",
            get(ptz::lens).put(ptz::move_lens),
        ),
    ]
}

/// What is served about events, outputs and pictures.
fn alarm_routes() -> [(&'static str, MethodRouter<Arc<Shared>>); 6] {
    [
        ("/Event/notification/alertStream", get(alerts::stream)),
        ("/System/IO/outputs", get(outputs::list)),
        ("/System/IO/outputs/{id}/status", get(outputs::state)),
        ("/System/IO/outputs/{id}/trigger", put(outputs::trigger)),
        ("/Image/channels/{id}", get(image::show).put(image::replace)),
        (
            "/Image/channels/{id}/{part}",
            get(image::capabilities).put(image::replace_part),
        ),
    ]
}

/// The same document in the character set of old firmware for China.
async fn in_gb2312(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_HTTP_BODY).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let text = String::from_utf8_lossy(&body).replacen("\"UTF-8\"", "\"GB2312\"", 1);
    parts.headers.remove(header::CONTENT_LENGTH);
    let kind = HeaderValue::from_static("application/xml");
    parts.headers.insert(header::CONTENT_TYPE, kind);
    let (bytes, _, _) = encoding_rs::GBK.encode(&text);
    Response::from_parts(parts, bytes.into_owned().into())
}

/// Admits requests with a correct login. A refusal of `userCheck` contains the lock state.
async fn admit(
    State((shared, is_tls)): State<(Arc<Shared>, bool)>,
    request: Request,
    next: Next,
) -> Response {
    if !is_tls && request.headers().contains_key(header::AUTHORIZATION) {
        shared.count(|stats| stats.signed_in_clear += 1);
    }
    let path = request.uri().path().to_owned();
    let faults = shared.http_faults().clone();
    if let Some(to) = faults
        .redirect
        .filter(|_| !is_tls)
        .and_then(|to| HeaderValue::from_str(&to).ok())
    {
        return (StatusCode::FOUND, [(header::LOCATION, to)]).into_response();
    }
    let sent_to = request
        .uri()
        .path_and_query()
        .map_or_else(|| path.clone(), ToString::to_string);
    let authorization = request.headers().get(header::AUTHORIZATION);
    let authorization =
        authorization.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let attempt = LoginAttempt {
        method: request.method().as_str(),
        authorization: authorization.as_deref(),
        trusted_nonce: None,
    };
    let refusal = match shared.admit(&attempt) {
        Ok(admitted) if admitted.uri.as_ref().is_none_or(|uri| *uri == sent_to) => {
            let is_about_health = path == "/ISAPI/System/time" || path.ends_with("/Storage");
            shared.count(|stats| {
                stats.http_requests += 1;
                stats.health_questions += u64::from(is_about_health);
            });
            if faults.forbidden.contains(&path.as_str()) {
                return xml::refused(&path, StatusCode::FORBIDDEN, "lowPrivilege");
            }
            if faults.unauthorized.contains(&path.as_str()) {
                return challenged(&shared, &path, LoginRefusal::NoLogin, None);
            }
            let response = next.run(request).await;
            return if faults.is_gb2312 {
                in_gb2312(response).await
            } else {
                response
            };
        }
        // The digest is for another address than the request's (RFC 7616 §3.4.6).
        Ok(_) | Err(LoginRefusal::Malformed) => {
            return xml::refused(&path, StatusCode::BAD_REQUEST, "badAuthorization");
        }
        Err(refusal) => refusal,
    };
    challenged(&shared, &path, refusal, authorization.as_deref())
}

/// The refusal of a login, which asks for another one.
fn challenged(
    shared: &Shared,
    path: &str,
    refusal: LoginRefusal,
    authorization: Option<&str>,
) -> Response {
    let mut response = if path == "/ISAPI/Security/userCheck" {
        let state = shared.gate().lock_state(authorization, shared.now());
        (StatusCode::UNAUTHORIZED, security::user_check_body(state)).into_response()
    } else {
        xml::refused(path, StatusCode::UNAUTHORIZED, "unauthorized")
    };
    add_challenge(shared, refusal, &mut response);
    response
}

/// The refusal of a login that is right.
fn unauthorized(shared: &Shared, path: &str) -> Response {
    shared.count(|stats| stats.failed_logins += 1);
    let mut response = xml::refused(path, StatusCode::UNAUTHORIZED, "unauthorized");
    add_challenge(shared, LoginRefusal::Wrong, &mut response);
    response
}

fn add_challenge(shared: &Shared, refusal: LoginRefusal, response: &mut Response) {
    let challenge = shared.challenge(Scheme::Http, refusal);
    if let Ok(value) = HeaderValue::from_str(&challenge) {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, value);
    }
}
