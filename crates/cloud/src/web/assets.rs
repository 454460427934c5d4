//! Static files, embedded in the program, under one path that holds the hash of them all: a
//! browser keeps them for ever, relative imports work, and a new program has a new path.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use super::error;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut paths: Vec<_> = Files::iter().collect();
    paths.sort();
    let mut hash = Sha256::new();
    for path in paths {
        if let Some(file) = Files::get(&path) {
            hash.update(path.as_bytes());
            hash.update(file.metadata.sha256_hash());
        }
    }
    hash.finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
});

/// Address of a static file: `url("css/base.css")`. Templates call it too.
pub fn url(path: &str) -> String {
    format!("/assets/{}/{path}", *VERSION)
}

/// `GET /assets/{version}/{*path}`.
pub async fn show(Path((version, path)): Path<(String, String)>) -> Response {
    let caching = if version == *VERSION {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    file(&path, caching)
}

fn file(path: &str, caching: &'static str) -> Response {
    let Some(file) = Files::get(path) else {
        return error::not_found().into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, content_type(path)),
        (header::CACHE_CONTROL, caching),
    ];
    (StatusCode::OK, headers, file.data.into_owned()).into_response()
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("webmanifest") => "application/manifest+json",
        Some("json") => "application/json",
        Some("woff2") => "font/woff2",
        Some("wasm") => "application/wasm",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_one_for_all_files() {
        assert_eq!(VERSION.len(), 16);
        assert_eq!(url("js/app.js"), format!("/assets/{}/js/app.js", *VERSION));
    }

    #[test]
    fn modules_have_the_type_that_browsers_insist_on() {
        assert_eq!(content_type("js/app.js"), "text/javascript; charset=utf-8");
        assert_eq!(content_type("unknown"), "application/octet-stream");
    }
}
