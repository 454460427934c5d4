//! `GET /downloads/{name}`: a program or package for the computer beside a recorder. Anybody can fetch it, because that
//! computer is signed in to nothing.

use axum::body::Body;
use axum::extract::{Path, Request, State as From};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::StreamExt;
use tower::ServiceExt;
use tower_http::services::ServeFile;

use crate::downloads::DownloadKind;
use crate::limits;
use crate::state::State;
use crate::visitor::Client;
use crate::web::error::{self, Result};

/// The file, or the asked part of it.
pub async fn show(
    From(state): From<State>,
    client: Client,
    Path(name): Path<String>,
    request: Request,
) -> Result {
    let file = state.downloads.named(&name).ok_or_else(error::not_found)?;
    let turn = state.downloads.turns.of(&client.0).await;
    let serving = ServeFile::new(file.path()).with_buf_chunk_size(limits::DOWNLOAD_PART_BYTES);
    let Ok(answer) = serving.oneshot(request).await;
    if answer.status() == StatusCode::NOT_FOUND {
        return Err(error::not_found());
    }
    if answer.status().is_server_error() {
        return Err(error::unavailable());
    }
    let (mut head, body) = answer.into_parts();
    let kind = match file.kind {
        DownloadKind::Package => "application/vnd.debian.binary-package",
        DownloadKind::Program => "application/octet-stream",
    };
    let saved_as = format!("attachment; filename=\"{}\"", file.name);
    for (name, value) in [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        // Kept copies are compared by their ETag: the file changes with each version.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&saved_as).expect("the names are ours"),
        ),
    ] {
        head.headers.insert(name, value);
    }
    // The turn ends with the last byte, or when the client goes away.
    let parts = Body::new(body).into_data_stream().map(move |part| {
        let _held = &turn;
        part
    });
    Ok(Response::from_parts(head, Body::from_stream(parts)))
}
