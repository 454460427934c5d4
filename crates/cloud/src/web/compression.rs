//! Compressed answers. Static files are compressed once and cached; of the pages, only those are compressed
//! that contain no secret together with text that an attacker may have put into their address (BREACH).

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::{LazyLock, Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderValue, header};
use brotli::CompressorWriter;
use bytes::Bytes;
use flate2::write::GzEncoder;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

use crate::language::Language;

/// Brotli over plain HTTP is refused by browsers, and a proxy may add TLS to what it got compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Encoding {
    Brotli,
    Gzip,
}

/// Brotli's eleventh and slowest level saves 3 % more and takes ten times as long.
const BROTLI_QUALITY: u32 = 9;
const BROTLI_WINDOW_BITS: u32 = 22;
const BUFFER_BYTES: usize = 4096;

/// Compressed files: no more than there are static files, languages and encodings.
static KEPT: LazyLock<Mutex<KeptFiles>> = LazyLock::new(Mutex::default);

/// By path, language and encoding.
type KeptFiles = HashMap<(String, Language, Encoding), Bytes>;

/// The layer around pages that may be compressed.
pub(super) fn of_pages() -> CompressionLayer {
    CompressionLayer::new()
        .no_deflate()
        .no_zstd()
        .quality(CompressionLevel::Fastest)
}

/// A file as this client takes it, and the headers that say so.
pub(super) fn of_asset(
    path: &str,
    language: Language,
    content: Bytes,
    asked: &HeaderMap,
) -> (HeaderMap, Bytes) {
    let mut headers = HeaderMap::new();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let Some(encoding) = Encoding::accepted(asked) else {
        return (headers, content);
    };
    headers.insert(
        header::CONTENT_ENCODING,
        HeaderValue::from_static(encoding.name()),
    );
    let key = (path.to_owned(), language, encoding);
    let kept = KEPT
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get(&key)
        .cloned();
    if let Some(kept) = kept {
        return (headers, kept);
    }
    let Ok(compressed) = encoding.compress(&content) else {
        headers.remove(header::CONTENT_ENCODING);
        return (headers, content);
    };
    let compressed = Bytes::from(compressed);
    // In a program for development the files on the disk may change.
    if !cfg!(debug_assertions) {
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(key, compressed.clone());
    }
    (headers, compressed)
}

impl Encoding {
    /// The best one that the client names without forbidding it (RFC 9110 §12.5.3).
    fn accepted(asked: &HeaderMap) -> Option<Encoding> {
        let named: Vec<&str> = asked
            .get_all(header::ACCEPT_ENCODING)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','))
            .filter_map(|choice| {
                let (name, weight) = choice.split_once(';').unwrap_or((choice, "q=1"));
                let weight = weight.trim().strip_prefix("q=")?.parse::<f32>().ok()?;
                (weight > 0.0).then(|| name.trim())
            })
            .collect();
        [Encoding::Brotli, Encoding::Gzip].into_iter().find(|one| {
            named
                .iter()
                .any(|name| name.eq_ignore_ascii_case(one.name()))
        })
    }

    fn name(self) -> &'static str {
        match self {
            Encoding::Brotli => "br",
            Encoding::Gzip => "gzip",
        }
    }

    fn compress(self, content: &[u8]) -> io::Result<Vec<u8>> {
        let mut compressed = Vec::with_capacity(content.len() / 2);
        match self {
            Encoding::Brotli => CompressorWriter::new(
                &mut compressed,
                BUFFER_BYTES,
                BROTLI_QUALITY,
                BROTLI_WINDOW_BITS,
            )
            .write_all(content)?,
            Encoding::Gzip => {
                let mut writer = GzEncoder::new(&mut compressed, flate2::Compression::best());
                writer.write_all(content)?;
                writer.finish()?;
            }
        }
        Ok(compressed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(line: &str) -> Option<Encoding> {
        let mut asked = HeaderMap::new();
        asked.insert(header::ACCEPT_ENCODING, line.parse().unwrap());
        Encoding::accepted(&asked)
    }

    #[test]
    fn the_best_encoding_that_a_client_takes_is_chosen() {
        for (line, best) in [
            ("gzip, deflate, br, zstd", Some(Encoding::Brotli)),
            ("GZIP", Some(Encoding::Gzip)),
            ("br;q=0, gzip;q=0.5", Some(Encoding::Gzip)),
            ("br;q=0", None),
            ("identity", None),
            ("br;q=loud, brotli", None),
            ("", None),
        ] {
            assert_eq!(accepted(line), best, "{line}");
        }
    }

    #[test]
    fn what_is_compressed_can_be_read_again() {
        let text = "tile ".repeat(10_000);

        let brotli = Encoding::Brotli.compress(text.as_bytes()).unwrap();
        let gzip = Encoding::Gzip.compress(text.as_bytes()).unwrap();

        let mut read = Vec::new();
        brotli::BrotliDecompress(&mut brotli.as_slice(), &mut read).unwrap();
        assert_eq!(read, text.as_bytes());
        let read = io::read_to_string(flate2::read::GzDecoder::new(gzip.as_slice()));
        assert_eq!(read.unwrap(), text);
        assert!(brotli.len() < 100 && gzip.len() < 300);
    }
}
