//! Requests of the camera. They are answered, or cameras that ask whether the client is still there end the session.

use std::time::Duration;

use bytes::{Bytes, BytesMut};

use crate::limits::{MAX_SERVER_REQUESTS, SERVER_REQUEST_WINDOW};
use crate::message::{Headers, RtspAnswer, RtspRequest};

/// Counts requests, so that a camera cannot make the client send without end.
#[derive(Debug, Default)]
pub(super) struct ServerRequests {
    window_from: Duration,
    n_in_window: u32,
}

impl ServerRequests {
    pub(super) fn admits(&mut self, now: Duration) -> bool {
        if now >= self.window_from + SERVER_REQUEST_WINDOW {
            self.window_from = now;
            self.n_in_window = 0;
        }
        self.n_in_window = self.n_in_window.saturating_add(1);
        self.n_in_window <= MAX_SERVER_REQUESTS
    }
}

/// The answer to a request.
pub(super) fn answer(request: &RtspRequest) -> Bytes {
    let known = [
        "OPTIONS",
        "GET_PARAMETER",
        "SET_PARAMETER",
        "ANNOUNCE",
        "PLAY_NOTIFY",
        "REDIRECT",
        "TEARDOWN",
    ];
    let is_known = known.contains(&request.method.as_str());
    let (status, reason) = match is_known {
        true => (200, "OK"),
        false => (501, "Not Implemented"),
    };
    let mut headers = Headers::default();
    for name in ["CSeq", "Session"] {
        if let Some(value) = request.headers.get(name) {
            headers.push(name, value);
        }
    }
    if request.method == "OPTIONS" {
        headers.push(
            "Public",
            "OPTIONS, GET_PARAMETER, SET_PARAMETER, ANNOUNCE, REDIRECT",
        );
    }
    let answer = RtspAnswer {
        status,
        reason: reason.to_owned(),
        headers,
        ..RtspAnswer::default()
    };
    let mut bytes = BytesMut::new();
    answer.write(&mut bytes);
    bytes.freeze()
}

/// Whether the recording ends: 2101 by convention, a word in RTSP 2.0 (RFC 7826 §13.5.1).
pub(super) fn is_end(request: &RtspRequest) -> bool {
    let notice = request.headers.get("x-notice").unwrap_or_default();
    let reason = request.headers.get("notify-reason").unwrap_or_default();
    notice.trim_start().starts_with("2101") || reason.trim().eq_ignore_ascii_case("end-of-stream")
}
