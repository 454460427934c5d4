//! The HTTP side: ISAPI behind Digest, with the document structure and mixed namespaces of real
//! devices.

mod connection;
mod inputs;
mod security;
mod streaming;
mod system;
mod xml;

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
    let router = router(shared.clone());
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

fn router(shared: Arc<Shared>) -> Router {
    let routes: [(&str, MethodRouter<Arc<Shared>>); 11] = [
        ("/System/deviceInfo", get(system::device_info)),
        ("/System/capabilities", get(system::capabilities)),
        ("/System/time", get(system::time)),
        ("/System/Video/inputs/channels", get(inputs::analog)),
        ("/ContentMgmt/InputProxy/channels", get(inputs::network)),
        (
            "/ContentMgmt/InputProxy/channels/status",
            get(inputs::network_status),
        ),
        ("/Streaming/channels", get(streaming::list)),
        ("/Streaming/channels/{id}", get(streaming::show)),
        (
            "/Streaming/channels/{id}/requestKeyFrame",
            put(streaming::request_key_frame),
        ),
        ("/Security/userCheck", get(security::user_check)),
        ("/Security/adminAccesses", get(security::admin_accesses)),
    ];
    let mut isapi = Router::new();
    for (path, method) in routes {
        isapi = isapi.route(&format!("/ISAPI{path}"), method);
    }
    isapi
        .fallback(async |request: Request| {
            xml::refused(request.uri().path(), StatusCode::NOT_FOUND, "notSupport")
        })
        .method_not_allowed_fallback(async |request: Request| {
            let status = StatusCode::METHOD_NOT_ALLOWED;
            xml::refused(request.uri().path(), status, "methodNotAllowed")
        })
        .layer(DefaultBodyLimit::max(MAX_HTTP_BODY))
        // The layer added last runs first: nothing is read of somebody without a login.
        .layer(middleware::from_fn_with_state(shared.clone(), admit))
        .with_state(shared)
}

/// Admits requests with a correct login. A refusal of `userCheck` contains the lock state.
async fn admit(State(shared): Recorder, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let sent_to = request
        .uri()
        .path_and_query()
        .map_or_else(|| path.clone(), ToString::to_string);
    let authorization = request.headers().get(header::AUTHORIZATION);
    let authorization = authorization.map(|value| String::from_utf8_lossy(value.as_bytes()));
    let attempt = LoginAttempt {
        method: request.method().as_str(),
        authorization: authorization.as_deref(),
        trusted_nonce: None,
    };
    let refusal = match shared.admit(&attempt) {
        Ok(admitted) if admitted.uri == sent_to => {
            shared.count(|stats| stats.http_requests += 1);
            return next.run(request).await;
        }
        // The digest is for another address than the request's (RFC 7616 §3.4.6).
        Ok(_) | Err(LoginRefusal::Malformed) => {
            return xml::refused(&path, StatusCode::BAD_REQUEST, "badAuthorization");
        }
        Err(refusal) => refusal,
    };
    let challenge = shared.challenge(Scheme::Http, refusal);
    let mut response = if path == "/ISAPI/Security/userCheck" {
        let state = shared
            .gate()
            .lock_state(authorization.as_deref(), shared.now());
        (StatusCode::UNAUTHORIZED, security::user_check_body(state)).into_response()
    } else {
        xml::refused(&path, StatusCode::UNAUTHORIZED, "unauthorized")
    };
    if let Ok(value) = HeaderValue::from_str(&challenge) {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, value);
    }
    response
}
