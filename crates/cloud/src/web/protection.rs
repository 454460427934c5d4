//! Remote clients never get a page over plain HTTP.

use axum::extract::{Request, State as From};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::error;
use super::forwarded::peer;
use super::guard::is_upgrade;
use crate::config::TlsMode;
use crate::live::Live;

/// Plain HTTP is for this machine and trusted proxies; others are redirected to the public address.
pub(super) async fn require(From(state): From<Live>, request: Request, next: Next) -> Response {
    if state.config.tls.mode() != TlsMode::Off {
        return next.run(request).await;
    }
    // The peer and not the client: what a header says protects no connection.
    let ip = match peer(request.extensions()) {
        Ok(peer) => peer.ip().to_canonical(),
        Err(error) => return error.into_response(),
    };
    if ip.is_loopback() || state.config.is_trusted_proxy(ip) {
        return next.run(request).await;
    }
    if matches!(*request.method(), Method::GET | Method::HEAD) && !is_upgrade(request.headers()) {
        let mut target = state.public_url.clone();
        target.set_path(request.uri().path());
        target.set_query(request.uri().query());
        return Redirect::permanent(target.as_str()).into_response();
    }
    error::refused().into_response()
}
