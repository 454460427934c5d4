//! The page that a phone shows without a network, and the service worker that caches it.

use askama::Template;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::web::{assets, page};

#[derive(Template)]
#[template(path = "offline.html")]
struct OfflinePage;

/// `GET /offline`: the same for everybody.
pub async fn show() -> Response {
    page::show(&OfflinePage)
}

/// `GET /service-worker.js`: at the root, because a worker only serves what is below its address. Differs with every
/// program and language, so that browsers take the new one.
pub async fn worker() -> Response {
    let script = format!(
        "globalThis.VERSION = {:?};\n{}",
        assets::url(""),
        assets::service_worker()
    );
    let content_type = (header::CONTENT_TYPE, "text/javascript; charset=utf-8");
    ([content_type], script).into_response()
}
