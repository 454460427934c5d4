//! Static files, embedded in the program, under one path that contains the hash of all files and
//! the language. Browsers cache them forever, relative imports work, a new program has a new path,
//! and a module imports the `texts.js` of its page's language.

mod imports;
mod sheets;

use std::borrow::Cow;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use data_encoding::HEXLOWER;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[cfg(test)]
pub(super) use imports::imported;
pub use imports::scripts;

use super::compression;
use super::error;
use crate::language::{self, Language, script, texts};

#[derive(RustEmbed)]
#[folder = "static/"]
struct AssetFiles;

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut paths: Vec<_> = AssetFiles::iter().collect();
    paths.sort();
    let mut hash = Sha256::new();
    for path in paths {
        if let Some(file) = AssetFiles::get(&path) {
            hash.update(path.as_bytes());
            hash.update(file.metadata.sha256_hash());
        }
    }
    for (path, names) in sheets::JOINED {
        hash.update(path.as_bytes());
        hash.update(names.concat().as_bytes());
    }
    for file_of_texts in texts::file_hashes() {
        hash.update(file_of_texts);
    }
    HEXLOWER.encode(&hash.finalize()[..8])
});

/// Address of a static file: `url("css/base.css")`. Templates call it too.
pub fn url(path: &str) -> String {
    format!("/assets/{}-{}/{path}", *VERSION, language::current().code())
}

/// Whether this is the address of a file that no worker runs. It then obeys the policy of the page that loads it.
pub(super) fn is_part_of_a_page(address: &str) -> bool {
    address.starts_with("/assets/") && !address.ends_with("_worker.js")
}

/// Whether this is the address of the script that decodes H.265 in WebAssembly.
pub(super) fn is_decoder(address: &str) -> bool {
    address.starts_with("/assets/") && address.ends_with("/js/h265_worker.js")
}

/// The script that `GET /service-worker.js` answers with.
pub(super) fn service_worker() -> String {
    let script = AssetFiles::get("js/service_worker.js").expect("it is one of our files");
    String::from_utf8_lossy(&script.data).into_owned()
}

/// `GET /assets/{version}/{*path}`: one static file, cached by its version.
pub async fn show(Path((version, path)): Path<(String, String)>, asked: HeaderMap) -> Response {
    let (version, language) = version.split_once('-').unwrap_or((&version, ""));
    let caching = if version == *VERSION {
        "public, max-age=31536000, immutable"
    } else {
        // A page from before an upgrade asks for it: the new content must not be kept there.
        "no-cache"
    };
    let language = Language::from_code(language).unwrap_or_default();
    let found = content_type(&path).zip(content(&path, language));
    let Some((content_type, content)) = found else {
        return error::not_found().into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, caching),
    ];
    if matches!(content_type, "image/png" | "image/webp") {
        return (StatusCode::OK, headers, content).into_response();
    }
    let language = if TRANSLATED.contains(&path.as_str()) {
        language
    } else {
        Language::default()
    };
    let (encoding, content) = compression::of_asset(&path, language, content, &asked);
    (StatusCode::OK, headers, encoding, content).into_response()
}

/// Files that differ by language.
const TRANSLATED: [&str; 2] = [TEXTS, MANIFEST];
const TEXTS: &str = "js/lib/texts.js";
const MANIFEST: &str = "manifest.webmanifest";

/// Content of a file.
fn content(path: &str, language: Language) -> Option<Bytes> {
    if let Some(sheet) = sheets::joined(path) {
        return Some(sheet.into());
    }
    let file = AssetFiles::get(path)?.data;
    match path {
        TEXTS => Some(script::module(language).into_bytes().into()),
        MANIFEST => Some(translated(&file, language).into()),
        _ => Some(match file {
            Cow::Borrowed(file) => Bytes::from_static(file),
            Cow::Owned(file) => file.into(),
        }),
    }
}

/// The manifest translated into this language.
fn translated(manifest: &[u8], language: Language) -> Vec<u8> {
    let mut manifest: serde_json::Value =
        serde_json::from_slice(manifest).expect("our manifest is JSON, and a test reads it");
    manifest["lang"] = language.code().into();
    manifest["description"] = language::speaking(language, || say!("slogan")).into();
    for (place, key) in ["menu-live", "menu-devices"].into_iter().enumerate() {
        manifest["shortcuts"][place]["name"] = language::speaking(language, || say!(key)).into();
    }
    manifest.to_string().into_bytes()
}

/// Content type of a file; `None` for types that no page uses and for tests beside our scripts.
fn content_type(path: &str) -> Option<&'static str> {
    if path.ends_with(".test.js") {
        return None;
    }
    Some(match path.rsplit_once('.')?.1 {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_static_files_share_one_version() {
        assert_eq!(VERSION.len(), 16);
        assert_eq!(
            url("js/app.js"),
            format!("/assets/{}-en/js/app.js", *VERSION)
        );
    }

    #[test]
    fn the_manifest_uses_the_language_of_its_path() {
        let manifest = content("manifest.webmanifest", Language::German).unwrap();
        let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();

        assert_eq!(manifest["lang"], "de");
        assert_eq!(
            manifest["description"],
            "Ihre Rekorder, direkt auf Ihr Telefon"
        );
        assert_eq!(manifest["start_url"], "/");
        assert_eq!(manifest["shortcuts"][0]["name"], "Live-Ansicht");
        assert_eq!(manifest["shortcuts"][1]["url"], "/devices");
    }

    #[test]
    fn a_script_that_runs_as_a_worker_is_called_so() {
        let mut n_workers = 0;
        for path in AssetFiles::iter().filter(|path| path.ends_with(".js")) {
            let file = AssetFiles::get(&path).unwrap();
            let text = String::from_utf8_lossy(&file.data);
            for line in text.lines().filter(|line| line.contains("new Worker(")) {
                n_workers += 1;
                assert!(line.contains("_worker.js\""), "{path}: {line}");
            }
        }
        assert!(n_workers > 2, "{n_workers}");
        assert!(is_part_of_a_page("/assets/0-en/js/app.js"));
        assert!(!is_part_of_a_page("/assets/0-en/js/work_worker.js"));
        assert!(!is_part_of_a_page("/js/app.js"));
    }

    #[test]
    fn asvs_13_4_7_only_listed_file_types_are_served() {
        let unlisted: Vec<_> = AssetFiles::iter()
            .filter(|path| content_type(path).is_none() && !path.ends_with(".test.js"))
            .collect();

        assert_eq!(
            unlisted,
            Vec::<String>::new(),
            "list its kind, or take it out"
        );
        assert_eq!(
            content_type("js/app.js"),
            Some("text/javascript; charset=utf-8")
        );
        for path in [
            "js/lib/rpc.test.js",
            "a.bak",
            "a.map",
            "a.html",
            "a",
            ".env",
            "js/",
        ] {
            assert_eq!(content_type(path), None, "{path}");
        }
    }
}
