//! The second listener, usually port 80: it answers ACME challenges (RFC 8555 §8.3), redirects
//! pages to https, and refuses everything else. It has no session, form or socket.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State as From};
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use url::Url;

use crate::certificates::Certificates;

#[derive(Clone)]
struct Redirect {
    certificates: Option<Arc<Certificates>>,
    public_url: Url,
}

/// The routes of that listener.
pub(crate) fn router(certificates: Option<Arc<Certificates>>, public_url: Url) -> Router {
    let redirect = Redirect {
        certificates,
        public_url,
    };
    Router::new()
        .route("/.well-known/acme-challenge/{token}", get(challenge))
        .fallback(elsewhere)
        .with_state(redirect)
}

async fn challenge(From(redirect): From<Redirect>, Path(token): Path<String>) -> Response {
    let answer = redirect
        .certificates
        .and_then(|certificates| certificates.http_answer(&token));
    match answer {
        Some(answer) => ([(header::CONTENT_TYPE, "text/plain")], answer).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn elsewhere(From(redirect): From<Redirect>, method: Method, uri: Uri) -> Response {
    // The content of a form is lost once it was sent in plain text; a redirect would hide that.
    if !matches!(method, Method::GET | Method::HEAD) {
        return (
            StatusCode::FORBIDDEN,
            "This cloud takes nothing over plain HTTP.\n",
        )
            .into_response();
    }
    // The host is ours and not the one that the request names (ASVS 3.7.2).
    let mut target = redirect.public_url;
    target.set_path(uri.path());
    target.set_query(uri.query());
    (
        StatusCode::PERMANENT_REDIRECT,
        [(header::LOCATION, target.to_string())],
    )
        .into_response()
}
