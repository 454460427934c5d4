//! The lines of a message before its body.

use bytes::Bytes;

use super::{Headers, RtspAnswer, RtspMessage, RtspRequest};
use crate::limits::MAX_METHOD_BYTES;

/// How bytes at the place of a message begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StartLine {
    /// Like a message.
    Plausible,
    /// Like no message.
    Implausible,
    /// Too few bytes to say.
    Unclear,
}

/// Whether `bytes` can be the beginning of a message, so that a camera which sends something else is noticed
/// before a whole line has come.
pub(super) fn start_line(bytes: &[u8]) -> StartLine {
    let is_word = |byte: &u8| byte.is_ascii_uppercase() || *byte == b'_' || *byte == b'-';
    let n_word = bytes.iter().take_while(|byte| is_word(byte)).count();
    match bytes.get(n_word) {
        _ if n_word > MAX_METHOD_BYTES => StartLine::Implausible,
        None => StartLine::Unclear,
        Some(b'/') if matches!(&bytes[..n_word], b"RTSP" | b"HTTP") => StartLine::Plausible,
        Some(b' ') if n_word > 0 => StartLine::Plausible,
        Some(_) => StartLine::Implausible,
    }
}

/// Reads the head of a message without its empty line, and gives the length that the body should have.
/// `None` if its first line belongs to no message.
pub(super) fn read(head: &[u8]) -> Option<(RtspMessage, usize)> {
    // Names of cameras come in any encoding; nothing that is needed has them.
    let text = String::from_utf8_lossy(head);
    let mut lines = text
        .split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line));
    let first = lines.next()?;
    let headers = headers(lines);
    let n_body = headers.get("content-length").map_or(0, length);
    let mut words = first.split_ascii_whitespace();
    let word = words.next()?;
    let message = if word.starts_with("RTSP/") || word.starts_with("HTTP/") {
        let status = words.next()?;
        let reason: Vec<&str> = words.collect();
        RtspMessage::Answer(RtspAnswer {
            status: status
                .parse()
                .ok()
                .filter(|status| (100..1000).contains(status))?,
            reason: reason.join(" "),
            is_http: word.starts_with("HTTP/"),
            headers,
            body: Bytes::new(),
        })
    } else {
        let url = words.next()?;
        if !words.next()?.starts_with("RTSP/") {
            return None;
        }
        RtspMessage::Request(RtspRequest {
            method: word.to_owned(),
            url: url.to_owned(),
            headers,
            body: Bytes::new(),
        })
    };
    Some((message, n_body))
}

/// Lines without a colon are ignored; a line that begins with a blank continues the one before.
fn headers<'a>(lines: impl Iterator<Item = &'a str>) -> Headers {
    let mut headers = Headers::default();
    for line in lines {
        if line.starts_with([' ', '\t']) {
            headers.fold(line.trim());
        } else if let Some((name, value)) = line.split_once(':') {
            headers.push(name.trim(), value.trim());
        }
    }
    headers
}

/// The number at the beginning of a `Content-Length`; 0 if there is none.
fn length(value: &str) -> usize {
    let digits = value.split(|c: char| !c.is_ascii_digit()).next();
    match digits.unwrap_or_default() {
        "" => 0,
        // What exceeds a number exceeds the limit as well.
        digits => digits.parse().unwrap_or(usize::MAX),
    }
}
